//! A token: the valid one, or one forged from it.

use serde_json::{Map, Value};

use crate::forge::{PublicKey, Recipe, SignWith, envelope, stranger_shared};
use crate::model::{Secret, Vault};
use crate::suite::profile::{Door, Scheme};
use crate::suite::template::as_text;
use crate::wire::jose;

use super::super::act::Trouble;
use super::super::bindings::Scope;
use super::{Ready, spell};

/// A larger token fits into no field unless it is sealed and compressed, and what was sealed isn't sent. All the
/// spellings in which it would be looked for are a hundred times its size.
const LARGEST: usize = 1 << 20;

/// The valid token of a door.
pub(super) fn of_token(door: &Door, scope: &Scope<'_>) -> Result<Ready, Trouble> {
    let token = valid(door, scope).ok_or("no valid token is known")?;
    Ok(Ready::token(door, token.to_owned()))
}

/// The token that a door takes: where it must be bound, the one that is bound to our key or certificate.
fn valid<'a>(door: &Door, scope: &Scope<'a>) -> Option<&'a str> {
    match door.scheme {
        Scheme::Dpop => scope.world.bound.as_deref(),
        _ if door.certificate_bound => scope.world.certified.as_deref(),
        _ => scope.world.token.as_deref(),
    }
}

/// A token forged from the valid one of a door.
pub(super) fn of_jwt(
    changes: &Map<String, Value>,
    door: &Door,
    scope: &Scope<'_>,
    vault: &mut Vault,
) -> Result<Ready, Trouble> {
    let token = forged(changes, door, scope, vault)?;
    let token = match changes.get("encrypt") {
        Some(how) => {
            let text = |name: &str| how.get(name).map(as_text);
            let row = text("change").unwrap_or_else(|| "honest".to_owned());
            let sealed = envelope::seal(&token, &text("to").unwrap_or_default(), &row)
                .map_err(|why| Trouble::DoesNotApply(why.to_string()))?;
            vault.add(&Secret::new(sealed.clone(), "sealed token"));
            sealed
        }
        None => token,
    };
    let mut ready = Ready::token(door, token);
    spell(&mut ready, changes);
    Ok(ready)
}

/// The text of such a token.
pub(super) fn forged(
    changes: &Map<String, Value>,
    door: &Door,
    scope: &Scope<'_>,
    vault: &mut Vault,
) -> Result<String, Trouble> {
    let base = valid(door, scope).ok_or("no valid token is known")?;
    let key = Value::Object(changes.clone()).to_string();
    let token = scope
        .world
        .forged(base, &key, || recipe(changes, base, scope))?;
    if token.len() <= LARGEST {
        vault.add(&Secret::new(token.clone(), "forged token"));
    }
    Ok(token)
}

/// The recipe that a case describes, starting from the valid token.
fn recipe(changes: &Map<String, Value>, valid: &str, scope: &Scope<'_>) -> Result<Recipe, Trouble> {
    let map = |key: &str| {
        changes
            .get(key)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    };
    let mutate: Vec<String> = match changes.get("mutate") {
        Some(Value::Array(all)) => all.iter().map(as_text).collect(),
        Some(one) => vec![as_text(one)],
        None => Vec::new(),
    };
    let trusted_needed = changes.contains_key("repeat-claim")
        || mutate.iter().any(|name| {
            crate::forge::MUTATIONS
                .iter()
                .any(|row| row.name == name && row.needs_signature)
        });
    let sign_with = match changes.get("sign-with") {
        None if trusted_needed => trusted(scope)?,
        None => SignWith::Keep,
        Some(signer) => signer_of(
            signer,
            scope,
            map("header").get("alg").and_then(Value::as_str),
        )?,
    };
    let mut claims = map("claims");
    let base = base_claims(valid);
    if matches!(sign_with, SignWith::Key(_)) {
        renew(&mut claims, &base, scope);
    }
    let repeat = map("repeat-claim")
        .into_iter()
        .map(|(name, values)| {
            let valid = claims
                .get(&name)
                .or_else(|| base.get(&name))
                .cloned()
                .unwrap_or(Value::Null);
            let values = values.as_array().cloned().unwrap_or_default();
            let filled = values
                .into_iter()
                .map(|one| if one == "valid" { valid.clone() } else { one })
                .collect();
            (name, filled)
        })
        .collect();
    Ok(Recipe {
        header: map("header"),
        claims,
        repeat,
        mutate,
        sign_with,
    })
}

fn base_claims(valid: &str) -> Map<String, Value> {
    jose::read(valid)
        .and_then(|token| token.claims)
        .unwrap_or_default()
}

/// A newly signed token is of now, unless the case says otherwise.
fn renew(claims: &mut Map<String, Value>, base: &Map<String, Value>, scope: &Scope<'_>) {
    let now = scope.now.unix();
    let mut set = |name: &str, value: Value| {
        if base.contains_key(name) && !claims.contains_key(name) {
            claims.insert(name.to_owned(), value);
        }
    };
    set("iat", Value::from(now));
    set("auth_time", Value::from(now));
    set("exp", Value::from(now.saturating_add(3_600)));
}

fn trusted(scope: &Scope<'_>) -> Result<SignWith, Trouble> {
    scope
        .world
        .signing
        .clone()
        .map(SignWith::Key)
        .ok_or_else(|| "no key that the target trusts is known".into())
}

fn signer_of(signer: &Value, scope: &Scope<'_>, alg: Option<&str>) -> Result<SignWith, Trouble> {
    let base_alg = || {
        let token = scope.world.token.as_deref().and_then(jose::read);
        token
            .and_then(|token| token.alg().map(str::to_owned))
            .unwrap_or_else(|| "RS256".to_owned())
    };
    if let Some(word) = signer.as_str() {
        return match word {
            "keep" => Ok(SignWith::Keep),
            "trusted" => trusted(scope),
            "none" => Ok(SignWith::None),
            "stranger" => {
                let alg = alg.map_or_else(base_alg, str::to_owned);
                Ok(SignWith::Key(stranger_shared(&alg).clone()))
            }
            other => Err(format!("`{other}` is no signer").into()),
        };
    }
    if let Some(form) = signer.get("public-key-as").and_then(Value::as_str) {
        let key = match signer.get("of") {
            Some(jwk) => PublicKey::from_jwk(jwk).map_err(|why| why.to_string())?,
            None => {
                let known = scope.world.public_key.clone();
                known.ok_or("the issuer's public key is not known")?
            }
        };
        return Ok(SignWith::PublicKeyAs {
            form: form.to_owned(),
            key,
        });
    }
    match signer.get("text") {
        Some(text) => Ok(SignWith::Text(as_text(text).into_bytes())),
        None => Err("no known signer".into()),
    }
}
