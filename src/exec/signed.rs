//! JWTs that a client signs itself: assertions that say who it is (RFC 7523), and request objects (RFC 9101).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::forge::{ForgeError, Key, PublicKey, Recipe, SignWith, forge, mint, stranger_shared};
use crate::forge::{dpop, envelope};
use crate::model::Secret;
use crate::suite::profile::OAuthClient;
use crate::suite::template::as_text;

use super::act::{Context, Trouble};

/// Seconds that a right one lives.
const LIFE: i64 = 120;

/// An assertion of this client for its authentication, or as a grant (RFC 7523 section 3), and what the case changes.
pub(super) fn assertion(
    client: &OAuthClient,
    changes: &Map<String, Value>,
    context: &mut Context<'_>,
) -> Result<String, Trouble> {
    let now = context.now.unix();
    let audience = client.audience.clone();
    let audience = audience.map_or_else(|| server(context), Ok)?;
    let claims = json!({
        "iss": client.id,
        "sub": client.id,
        "aud": audience,
        "jti": context.fresh("assertion"),
        "iat": now,
        "exp": now.saturating_add(LIFE),
    });
    signed("JWT", claims, client, changes, context)
}

/// A request object of this client with these parameters (RFC 9101 section 4), and what the case changes.
pub(super) fn request_object(
    client: &OAuthClient,
    pairs: &[(String, String)],
    changes: &Map<String, Value>,
    context: &mut Context<'_>,
) -> Result<String, Trouble> {
    let now = context.now.unix();
    let mut claims = json!({
        "iss": client.id,
        "aud": server(context)?,
        "jti": context.fresh("request object"),
        "iat": now,
        "nbf": now,
        "exp": now.saturating_add(LIFE),
    });
    for (name, value) in pairs {
        claims[name.as_str()] = Value::from(value.as_str());
    }
    signed("oauth-authz-req+jwt", claims, client, changes, context)
}

/// What an attester says of this client and its key, and what the client proves with it: the two fields of a client
/// that is vouched for (draft-ietf-oauth-attestation-based-client-auth), and what the case changes of each.
pub(super) fn attested(
    client: &OAuthClient,
    changes: &Map<String, Value>,
    proof_changes: &Map<String, Value>,
    context: &mut Context<'_>,
) -> Result<(String, String), Trouble> {
    let now = context.now.unix();
    let key = context.world.client_proof_key.clone();
    let key = key.ok_or("no key for proofs is known")?;
    let jwk = dpop::public_jwk(&key).ok_or("the key for proofs has no public half")?;
    let mut claims = json!({
        "sub": client.id,
        "iat": now,
        "exp": now.saturating_add(LIFE),
        "cnf": { "jwk": jwk },
    });
    if let Some(attester) = &client.attester {
        claims["iss"] = Value::from(attester.as_str());
    }
    let attestation = signed(
        "oauth-client-attestation+jwt",
        claims,
        client,
        changes,
        context,
    )?;
    let claims = json!({
        "iss": client.id,
        "aud": server(context)?,
        "jti": context.fresh("attestation"),
        "iat": now,
    });
    let typ = "oauth-client-attestation-pop+jwt";
    let proof = signed_by(typ, claims, &key, proof_changes, context)?;
    Ok((attestation, proof))
}

/// Whom such a JWT is for: the issuer, or the token endpoint of a server that has no identifier (RFC 7523 section 3).
fn server(context: &Context<'_>) -> Result<String, Trouble> {
    let profile = &context.world.profile;
    let issuer = profile.server.as_ref().and_then(|one| one.issuer.clone());
    let endpoint = || {
        let endpoint = context.world.endpoints.get("token")?;
        Some(super::act::request_for(endpoint).url())
    };
    let known = issuer.or_else(endpoint);
    known.ok_or_else(|| "neither issuer nor token endpoint is known".into())
}

fn signed(
    typ: &str,
    claims: Value,
    client: &OAuthClient,
    changes: &Map<String, Value>,
    context: &mut Context<'_>,
) -> Result<String, Trouble> {
    let key = client.key.clone();
    let key =
        key.ok_or("the client has no key to sign with (profile: clients: { ...: { pem: ... } })")?;
    signed_by(typ, claims, &key, changes, context)
}

fn signed_by(
    typ: &str,
    claims: Value,
    key: &Arc<Key>,
    changes: &Map<String, Value>,
    context: &mut Context<'_>,
) -> Result<String, Trouble> {
    let header = Map::from_iter([("typ".to_owned(), Value::from(typ))]);
    let claims = claims.as_object().cloned().unwrap_or_default();
    let made = mint(&header, &claims, key).and_then(|token| {
        if changes.is_empty() {
            return Ok(Ok(token));
        }
        match recipe(changes, key, context) {
            Ok(recipe) => forge(&token, &recipe).map(Ok),
            Err(why) => Ok(Err(why)),
        }
    });
    let token = made.map_err(|why| match why {
        ForgeError::NotApplicable { .. }
        | ForgeError::UnusableKey(_)
        | ForgeError::FormNotForKey(_) => Trouble::DoesNotApply(why.to_string()),
        _ => Trouble::CannotBeDone(why.to_string()),
    })??;
    let token = match changes.get("encrypt").filter(|how| !how.is_null()) {
        Some(how) => {
            let text = |name: &str| how.get(name).map(as_text);
            let row = text("change").unwrap_or_else(|| "honest".to_owned());
            envelope::seal_as(typ, &token, &text("to").unwrap_or_default(), &row)
                .map_err(|why| Trouble::DoesNotApply(why.to_string()))?
        }
        None => token,
    };
    context.vault.add(&Secret::new(token.clone(), "signed JWT"));
    Ok(token)
}

/// What the case changes; it is signed anew by the client unless the case says otherwise.
fn recipe(
    changes: &Map<String, Value>,
    key: &Arc<Key>,
    context: &Context<'_>,
) -> Result<Recipe, Trouble> {
    let part = |name: &str| {
        let part = changes.get(name).and_then(Value::as_object);
        part.cloned().unwrap_or_default()
    };
    let mutate: Vec<String> = match changes.get("mutate") {
        Some(Value::Array(all)) => all.iter().map(as_text).collect(),
        Some(one) => vec![as_text(one)],
        None => Vec::new(),
    };
    let sign_with = match changes.get("sign-with") {
        None => SignWith::Key(Arc::clone(key)),
        Some(signer) => signer_of(signer, key, context)?,
    };
    Ok(Recipe {
        header: part("header"),
        claims: part("claims"),
        repeat: Vec::new(),
        mutate,
        sign_with,
    })
}

fn signer_of(signer: &Value, key: &Arc<Key>, context: &Context<'_>) -> Result<SignWith, Trouble> {
    if let Some(form) = signer.get("public-key-as").map(as_text) {
        let key = PublicKey::of(key).ok_or_else(|| {
            Trouble::DoesNotApply("the client signs with a shared secret".to_owned())
        })?;
        return Ok(SignWith::PublicKeyAs { form, key });
    }
    if let Some(text) = signer.get("text").map(as_text) {
        return Ok(SignWith::Text(text.into_bytes()));
    }
    if let Some(role) = signer.get("client").map(as_text) {
        let other = context.world.profile.clients.get(&role);
        let other = other.and_then(|client| client.key.clone());
        let other =
            other.ok_or_else(|| format!("the profile gives no key of the client `{role}`"))?;
        return Ok(SignWith::Key(other));
    }
    match signer.as_str() {
        Some("own") => Ok(SignWith::Key(Arc::clone(key))),
        Some("stranger") => Ok(SignWith::Key(Arc::clone(stranger_shared(key.alg().name())))),
        Some("keep") => Ok(SignWith::Keep),
        Some("none") => Ok(SignWith::None),
        _ => Err("no known signer".into()),
    }
}
