//! What is offered as a credential: the valid one, or one with a departure, put into a request.

use serde_json::{Map, Value};

use crate::forge::{PublicKey, Recipe, SignWith, stranger_shared};
use crate::model::{Header, Request, Secret, Vault};
use crate::suite::profile::{Carrier, Door, Form, Scheme};
use crate::suite::template::{Template, as_text};
use crate::wire::{basic, form, jose};

use super::act::Trouble;
use super::bindings::Scope;
use super::form_body::add_form_parameter;

/// In which form a credential went out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried {
    /// As the door takes it, or as the case spells it.
    AsWanted,
    /// In the standard form: the profile's own is fixed and has no place for another credential.
    InStandardForm,
}

/// A credential ready to be carried.
struct Ready {
    /// Scheme as spelled, none for a bare value.
    scheme: Option<String>,
    separator: String,
    /// Token, or base64 of user and password.
    value: String,
    prefix: String,
    suffix: String,
    carrier: Carrier,
    name: Option<String>,
    /// The standard's form, whatever the profile says.
    standard: bool,
}

impl Ready {
    fn new(scheme: &str, value: String) -> Self {
        Self {
            scheme: Some(scheme.to_owned()),
            separator: " ".to_owned(),
            value,
            prefix: String::new(),
            suffix: String::new(),
            carrier: Carrier::Header,
            name: None,
            standard: false,
        }
    }
}

/// Puts a credential into a request for a door.
pub(super) fn offer(
    wanted: &Value,
    door: &Door,
    scope: &Scope<'_>,
    request: &mut Request,
    vault: &mut Vault,
) -> Result<Carried, Trouble> {
    match wanted {
        Value::Array(all) => {
            let mut carried = Carried::AsWanted;
            for one in all {
                if offer(one, door, scope, request, vault)? == Carried::InStandardForm {
                    carried = Carried::InStandardForm;
                }
            }
            Ok(carried)
        }
        Value::String(word) if word == "none" => Ok(Carried::AsWanted),
        Value::Object(map) if map.contains_key("raw") => {
            let raw = map.get("raw").map(as_text).unwrap_or_default();
            request.headers.push(Header::new("Authorization", raw));
            Ok(Carried::AsWanted)
        }
        _ => {
            let ready = make(wanted, door, scope, vault)?;
            carry(&ready, door, scope, request)
        }
    }
}

fn make(
    wanted: &Value,
    door: &Door,
    scope: &Scope<'_>,
    vault: &mut Vault,
) -> Result<Ready, Trouble> {
    let empty = Map::new();
    match wanted {
        Value::Null => valid(door, scope),
        Value::String(word) => match word.as_str() {
            "valid" => valid(door, scope),
            "basic" => of_basic(&empty, scope, vault),
            "bearer" | "jwt" => of_token(scope),
            "invalid" => Ok(invalid(door, scope)),
            other => Err(format!("`{other}` is no credential").into()),
        },
        Value::Object(map) => {
            if let Some(Value::Object(changes)) = map.get("basic") {
                return of_basic(changes, scope, vault);
            }
            if let Some(Value::Object(changes)) = map.get("jwt") {
                return of_jwt(changes, scope, vault);
            }
            if let Some(token) = map.get("opaque") {
                return Ok(Ready::new("Bearer", as_text(token)));
            }
            match map.get("valid") {
                Some(Value::Object(changes)) => Ok(carried_otherwise(valid(door, scope)?, changes)),
                _ => Err("no known kind of credential".into()),
            }
        }
        _ => Err("no known kind of credential".into()),
    }
}

/// The valid credential of a door.
fn valid(door: &Door, scope: &Scope<'_>) -> Result<Ready, Trouble> {
    match door.scheme {
        Scheme::Basic => basic_of("alice", scope),
        Scheme::Bearer => of_token(scope),
        Scheme::Own if scope.world.token.is_some() => of_token(scope),
        Scheme::Own if scope.world.profile.basic => basic_of("alice", scope),
        Scheme::Own => Ok(Ready::new("", String::new())),
    }
}

fn basic_of(actor: &str, scope: &Scope<'_>) -> Result<Ready, Trouble> {
    let user = scope
        .world
        .profile
        .users
        .get(actor)
        .ok_or("the profile has no `basic:`")?;
    let password = user
        .password
        .as_ref()
        .ok_or("the account has no password")?;
    let coded = basic::encode(&user.name, password.reveal());
    Ok(Ready::new(
        "Basic",
        coded.trim_start_matches("Basic ").to_owned(),
    ))
}

fn of_token(scope: &Scope<'_>) -> Result<Ready, Trouble> {
    let token = scope.world.token.clone().ok_or("no valid token is known")?;
    Ok(Ready::new("Bearer", token))
}

/// A credential of the door's kind that nobody issued.
fn invalid(door: &Door, scope: &Scope<'_>) -> Ready {
    let made_up = scope.bindings.fresh("invalid credential");
    match door.scheme {
        Scheme::Basic => {
            let coded = basic::encode(&format!("nobody-{}", &made_up[..12]), &made_up);
            Ready::new("Basic", coded.trim_start_matches("Basic ").to_owned())
        }
        Scheme::Bearer | Scheme::Own => Ready::new("Bearer", made_up),
    }
}

fn of_basic(
    changes: &Map<String, Value>,
    scope: &Scope<'_>,
    vault: &mut Vault,
) -> Result<Ready, Trouble> {
    let text = |key: &str| changes.get(key).map(as_text);
    let valid = scope.world.profile.users.get("alice");
    let known = |what: fn(&crate::suite::profile::User) -> Option<String>| valid.and_then(what);
    let user = match text("user") {
        Some(user) => user,
        None => known(|user| Some(user.name.clone())).ok_or("the profile has no `basic:`")?,
    };
    let password = match text("password") {
        Some(password) => password,
        None => known(|user| user.password.as_ref().map(|one| one.reveal().to_owned()))
            .ok_or("the profile has no `basic:`")?,
    };
    let plain = text("raw").unwrap_or_else(|| format!("{user}:{password}"));
    let made_up = !changes.contains_key("bytes") && !holds_a_password(&plain, scope);
    let bytes = match (text("bytes"), text("charset").as_deref()) {
        (Some(hex), _) => unhex(&hex).ok_or("`bytes` is not hex")?,
        (None, Some("latin-1")) => latin1(&plain).ok_or("the text has no ISO 8859-1 form")?,
        (None, _) => plain.into_bytes(),
    };
    let coded = basic::encode_raw(&bytes)
        .trim_start_matches("Basic ")
        .to_owned();
    let coded = match text("mutate") {
        Some(name) => crate::forge::basic_mutation::apply(&name, &coded)?,
        None => text("coded").unwrap_or(coded),
    };
    let secret = Secret::new(coded.clone(), "basic credentials");
    if made_up {
        vault.add_made_up(&secret);
    } else {
        vault.add(&secret);
    }
    let mut ready = Ready::new("Basic", coded);
    spell(&mut ready, changes);
    Ok(ready)
}

/// Whether a password of the profile is inside. What a case makes up without one opens nothing.
fn holds_a_password(plain: &str, scope: &Scope<'_>) -> bool {
    let users = scope.world.profile.users.values();
    users
        .filter_map(|user| user.password.as_ref())
        .any(|password| plain.contains(password.reveal()))
}

fn spell(ready: &mut Ready, changes: &Map<String, Value>) {
    let text = |key: &str| changes.get(key).map(as_text);
    if let Some(scheme) = text("scheme") {
        ready.scheme = (!scheme.is_empty()).then_some(scheme);
        ready.standard = true;
    }
    if let Some(separator) = text("separator") {
        ready.separator = separator;
    }
    if let Some(suffix) = text("suffix") {
        ready.suffix = suffix;
    }
    if let Some(prefix) = text("prefix") {
        ready.prefix = prefix;
    }
}

fn carried_otherwise(mut ready: Ready, changes: &Map<String, Value>) -> Ready {
    spell(&mut ready, changes);
    let text = |key: &str| changes.get(key).map(as_text);
    ready.name = text("name");
    ready.standard |= text("form").is_some();
    ready.carrier = match text("in").as_deref() {
        Some("query") => Carrier::Query,
        Some("form") => Carrier::Form,
        Some("cookie") => Carrier::Cookie,
        _ => Carrier::Header,
    };
    ready
}

fn of_jwt(
    changes: &Map<String, Value>,
    scope: &Scope<'_>,
    vault: &mut Vault,
) -> Result<Ready, Trouble> {
    let key = Value::Object(changes.clone()).to_string();
    let token = scope.world.forged(&key, || recipe(changes, scope))?;
    vault.add(&Secret::new(token.clone(), "forged token"));
    let mut ready = Ready::new("Bearer", token);
    spell(&mut ready, changes);
    Ok(ready)
}

/// The recipe that a case describes, starting from the valid token.
fn recipe(changes: &Map<String, Value>, scope: &Scope<'_>) -> Result<Recipe, Trouble> {
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
    if matches!(sign_with, SignWith::Key(_)) {
        renew(&mut claims, scope);
    }
    let base = base_claims(scope);
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

fn base_claims(scope: &Scope<'_>) -> Map<String, Value> {
    scope
        .world
        .token
        .as_deref()
        .and_then(jose::read)
        .and_then(|token| token.claims)
        .unwrap_or_default()
}

/// A newly signed token is of now, unless the case says otherwise.
fn renew(claims: &mut Map<String, Value>, scope: &Scope<'_>) {
    let base = base_claims(scope);
    let now = scope.now.unix();
    let mut set = |name: &str, value: Value| {
        if base.contains_key(name) && !claims.contains_key(name) {
            claims.insert(name.to_owned(), value);
        }
    };
    set("iat", Value::from(now));
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
        let key: PublicKey = scope
            .world
            .public_key
            .clone()
            .ok_or("the issuer's public key is not known")?;
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

fn carry(
    ready: &Ready,
    door: &Door,
    scope: &Scope<'_>,
    request: &mut Request,
) -> Result<Carried, Trouble> {
    if ready.carrier == Carrier::Header
        && ready.name.is_none()
        && !ready.standard
        && let Some(form) = &door.form
    {
        return in_form(ready, form, scope, request);
    }
    let name = ready.name.clone();
    match ready.carrier {
        Carrier::Header => {
            let scheme = ready
                .scheme
                .as_ref()
                .map(|scheme| format!("{scheme}{}", ready.separator))
                .unwrap_or_default();
            let value = format!("{}{scheme}{}{}", ready.prefix, ready.value, ready.suffix);
            request.headers.push(Header::new(
                name.unwrap_or_else(|| "Authorization".to_owned()),
                value,
            ));
        }
        Carrier::Query => add_query(
            request,
            &name.unwrap_or_else(|| "access_token".to_owned()),
            &ready.value,
        ),
        Carrier::Form => {
            add_form_parameter(
                request,
                &name.unwrap_or_else(|| "access_token".to_owned()),
                &ready.value,
            );
        }
        Carrier::Cookie => {
            let pair = format!(
                "{}={}",
                name.unwrap_or_else(|| "access_token".to_owned()),
                ready.value
            );
            request.headers.push(Header::new("Cookie", pair));
        }
    }
    Ok(Carried::AsWanted)
}

/// The form that the profile gives; `${credential}` is the credential without its scheme.
fn in_form(
    ready: &Ready,
    form: &Form,
    scope: &Scope<'_>,
    request: &mut Request,
) -> Result<Carried, Trouble> {
    let value = form.value.expand(&mut |path| {
        let _ = scope;
        (path.root() == "credential")
            .then(|| Value::from(format!("{}{}", ready.value, ready.suffix)))
    });
    let value = value
        .map(|value| as_text(&value))
        .map_err(|why| format!("`${{{}}}` is not known here", why.0))?;
    let fixed = matches!(form.value, Template::Plain(_));
    let own = ready.scheme.as_deref().is_none_or(str::is_empty);
    if fixed && !own && !is_valid(ready, scope) {
        // a fixed credential has no place for another one: what differs goes in the standard's form
        let mut standard = Ready::new(
            ready.scheme.as_deref().unwrap_or_default(),
            ready.value.clone(),
        );
        standard.suffix.clone_from(&ready.suffix);
        standard.separator.clone_from(&ready.separator);
        let text = format!(
            "{}{}{}{}",
            ready.scheme.as_deref().unwrap_or_default(),
            standard.separator,
            standard.value,
            standard.suffix
        );
        request.headers.push(Header::new("Authorization", text));
        return Ok(Carried::InStandardForm);
    }
    match form.carrier {
        Carrier::Header => request.headers.push(Header::new(form.name.clone(), value)),
        Carrier::Query => add_query(request, &form.name, &value),
        Carrier::Form => add_form_parameter(request, &form.name, &value),
        Carrier::Cookie => request
            .headers
            .push(Header::new("Cookie", format!("{}={value}", form.name))),
    }
    Ok(Carried::AsWanted)
}

fn is_valid(ready: &Ready, scope: &Scope<'_>) -> bool {
    scope.world.token.as_deref() == Some(ready.value.as_str())
        || basic_of("alice", scope).is_ok_and(|valid| valid.value == ready.value)
}

/// Adds a query parameter.
pub(super) fn add_query(request: &mut Request, name: &str, value: &str) {
    let sign = if request.target.contains('?') {
        '&'
    } else {
        '?'
    };
    request.target = format!(
        "{}{sign}{}={}",
        request.target,
        form::encode_component(name),
        form::encode_component(value)
    );
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    digits
        .chunks(2)
        .map(|pair| {
            u8::from_str_radix(
                std::str::from_utf8(pair)
                    .ok()
                    .filter(|pair| pair.len() == 2)?,
                16,
            )
            .ok()
        })
        .collect()
}

fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|one| u8::try_from(u32::from(one)).ok())
        .collect()
}
