//! A client that authenticates by an assertion (RFC 7521 section 4.2, RFC 7523).

use axum::http::header;
use axum::http::request::Parts;
use serde_json::Value;

use super::Parameters;
use super::client_auth::Unauthenticated;
use crate::clients::{Client, clients};
use crate::decisions::jwt::{Jwt, Object};
use crate::encoding;
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;

/// The client whose assertion the form holds.
pub(crate) async fn client(
    server: &Server,
    parts: &Parts,
    form: &Parameters,
) -> Result<&'static Client, Unauthenticated> {
    let rules = &server.decisions.grant.assertion;
    let beside =
        form.get("client_secret").is_some() || parts.headers.contains_key(header::AUTHORIZATION);
    if beside && !rules.beside_others {
        return Err(Unauthenticated::Several);
    }
    let text = form
        .get("client_assertion")
        .ok_or(Unauthenticated::Missing)?;
    if !(rules.kind)(form.get("client_assertion_type")) {
        return Err(Unauthenticated::Wrong);
    }
    let endpoint = format!("{}{}", server.reached_at(parts), parts.uri.path());
    let names = (rules.names)(&server.issuer(), &endpoint);
    let claims = verified(server, &rules.rules, text, &names)
        .await
        .ok_or(Unauthenticated::Wrong)?;
    let client = (rules.identifies)(&claims, form.get("client_id"));
    let client = client.ok_or(Unauthenticated::Wrong)?;
    if rules.once && !first(server, "assertion", &claims) {
        return Err(Unauthenticated::Wrong);
    }
    Ok(client)
}

/// The claims of a JWT that a registered client signed, if it is for one of these names.
pub(crate) async fn verified(
    server: &Server,
    rules: &Jwt,
    text: &str,
    names: &[String],
) -> Option<Object> {
    let keyed = clients().iter().filter(|client| client.jwk.is_some());
    let issuers: Vec<Issuer> = keyed.map(|client| Issuer::Client(client.id)).collect();
    let expected = Expected {
        issuers: &issuers,
        audience: names,
        shared: None,
    };
    let token = jwt::verify(server, rules, text, &expected).await.ok()?;
    Some(token.claims)
}

/// The name of the key with which a client authenticates, where it does by a JWT.
pub(crate) fn key_of(form: &Parameters) -> Option<String> {
    let header = form.get("client_assertion")?.split('.').next()?;
    let header: Value = serde_json::from_slice(&encoding::base64url_decode(header)?).ok()?;
    header["kid"].as_str().map(str::to_owned)
}

/// Whether the identifier of these claims was not seen before, among JWTs for this purpose.
pub(crate) fn first(server: &Server, purpose: &str, claims: &Object) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let name = format!("{purpose} {} {}", text("iss"), text("jti"));
    server.store().first(name)
}
