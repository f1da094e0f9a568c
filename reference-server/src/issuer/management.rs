//! What happens to tokens after they were issued: revocation (RFC 7009), introspection (RFC 7662).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::token::{authenticated, bad, fail};
use crate::clients::Client;
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;
use crate::{answer, encoding, guard};

/// `POST /as/revoke`. A hint is not needed and a wrong one does no harm.
pub(crate) async fn revoke(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let (form, client) = match authenticated(&server, &parts, &body).await {
        Ok(known) => known,
        Err(problem) => return fail(&server, problem),
    };
    let rules = &server.decisions.grant;
    let after = &rules.afterwards;
    let hint = form.get("token_type_hint");
    if hint.is_some_and(after.refuses_hint) {
        let problem = bad("unsupported_token_type", "the hint is not known");
        return fail(&server, problem);
    }
    let token = match form.get("token") {
        Some(token) => token,
        None if after.needs_token => {
            return fail(&server, bad("invalid_request", "token is missing"));
        }
        None => "",
    };
    let jti = identifier(&server, token).await;
    let mut store = server.store();
    let refresh = store.refresh.get(token).map(|refresh| refresh.grant);
    let refresh = refresh.filter(|_| (after.finds)(hint, "refresh_token"));
    let access = jti
        .as_ref()
        .and_then(|jti| store.access.get(jti))
        .map(|access| access.grant)
        .filter(|_| (after.finds)(hint, "access_token"));
    let Some(number) = refresh.or(access) else {
        drop(store);
        return match after.unknown_revoked {
            200 => answer::empty(StatusCode::OK),
            _ => fail(&server, bad("invalid_grant", "the token is not known")),
        };
    };
    let owner = store
        .grants
        .get(&number)
        .map_or("", |granted| granted.client);
    if !(rules.revokes)(owner, client.id) {
        drop(store);
        return fail(
            &server,
            bad("invalid_grant", "the token is not this client's"),
        );
    }
    if !rules.revocation_works {
        return answer::empty(StatusCode::OK);
    }
    if refresh.is_some() {
        store.refresh.remove(token);
        if rules.revokes_family {
            store.end(number);
        }
    } else if let Some(access) = jti.and_then(|jti| store.access.get_mut(&jti)) {
        access.ended = after.ends_access;
    }
    drop(store);
    answer::empty(StatusCode::OK)
}

/// The same by GET, which a sound server has no route for.
pub(crate) async fn revoke_by_query(server: State<Arc<Server>>, parts: Parts) -> Response {
    let (parts, body) = as_form(parts);
    revoke(server, parts, body).await
}

/// The same by GET, which a sound server has no route for.
pub(crate) async fn introspect_by_query(server: State<Arc<Server>>, parts: Parts) -> Response {
    let (parts, body) = as_form(parts);
    introspect(server, parts, body).await
}

/// The query in place of a form.
fn as_form(mut parts: Parts) -> (Parts, Bytes) {
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    parts.headers.insert(header::CONTENT_TYPE, form);
    let body = parts.uri.query().unwrap_or_default().to_owned();
    (parts, Bytes::from(body))
}

/// `POST /as/introspect`.
pub(crate) async fn introspect(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let (form, client) = match authenticated(&server, &parts, &body).await {
        Ok((form, client)) => (form, Some(client)),
        Err(_) if !server.decisions.grant.introspection_asks => {
            (super::Parameters::parse(&body), None)
        }
        Err(problem) => return fail(&server, problem),
    };
    if server.decisions.grant.introspection_asks
        && client.is_some_and(|client| !client.is_confidential())
    {
        // A name proves nothing (RFC 7662 section 2.1).
        let problem = crate::decisions::grant::Problem {
            status: 401,
            challenge: true,
            ..bad("invalid_client", "the client did not authenticate")
        };
        return fail(&server, problem);
    }
    let after = &server.decisions.grant.afterwards;
    let token = match form.get("token") {
        Some(token) => token,
        None if after.needs_token => {
            return fail(&server, bad("invalid_request", "token is missing"));
        }
        None => "",
    };
    let hint = form.get("token_type_hint");
    let introspects = server.decisions.grant.introspects;
    let may_know = |owner: &str| client.is_none_or(|client| introspects(client, owner));
    let known = described(&server, token, hint, false).await;
    let (status, said) = match known.filter(|(owner, _)| may_know(owner)) {
        Some((_, mut said)) => {
            (after.told)(&mut said);
            (200, said)
        }
        None => match described(&server, token, hint, true).await {
            Some((owner, was)) if may_know(&owner) => (200, (after.told_of_dead)(was)),
            _ => (after.unknown_told, json!({ "active": false })),
        },
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let wants = guard::has(&parts, header::ACCEPT.as_str(), |kinds| {
        kinds.contains(SIGNED)
    });
    let mut response = match client.filter(|_| wants) {
        Some(client) => signed(&server, client, &said),
        None => answer::json(status, &said),
    };
    (after.answer)(&mut response);
    response
}

/// The media type of a signed answer.
const SIGNED: &str = "application/token-introspection+jwt";

/// The answer as a JWT for who asks (RFC 9701 section 5).
fn signed(server: &Server, client: &Client, said: &Value) -> Response {
    let after = &server.decisions.grant.afterwards;
    let mut claims = json!({
        "iss": server.issuer(),
        "aud": client.id,
        "iat": server.clock.now(),
        "token_introspection": said,
    });
    (after.signed)(&mut claims);
    let mut response = answer::empty(StatusCode::OK);
    answer::set(&mut response, header::CONTENT_TYPE, SIGNED);
    *response.body_mut() = (after.signs)(after.signed_kind, &claims).into();
    response
}

/// The claims of an access token that is exchanged; a fault takes one that was changed or is dead.
pub(crate) async fn subject(
    server: &Server,
    token: &str,
    checks: bool,
) -> Option<serde_json::Map<String, Value>> {
    if checks {
        return access_claims(server, token, false).await;
    }
    let payload = encoding::base64url_decode(token.split('.').nth(1)?)?;
    serde_json::from_slice(&payload).ok()
}

/// Whose a living token is, or a dead one, and what is to say about it.
async fn described(
    server: &Server,
    token: &str,
    hint: Option<&str>,
    dead: bool,
) -> Option<(String, Value)> {
    let finds = server.decisions.grant.afterwards.finds;
    let refresh = described_refresh(server, token, dead).filter(|_| finds(hint, "refresh_token"));
    if let Some(known) = refresh {
        return Some(known);
    }
    let claims = access_claims(server, token, dead).await?;
    if !finds(hint, "access_token") {
        return None;
    }
    let owner = claims.get("client_id")?.as_str()?.to_owned();
    let rules = &server.decisions.grant;
    let held = |member: &str| claims.get("cnf").and_then(|cnf| cnf.get(member)).cloned();
    let key = held("jkt").filter(|_| rules.bound.told);
    let kind = key.as_ref().map_or("Bearer", |_| "DPoP");
    let mut answer = json!({ "active": true, "token_type": kind });
    if let Some(key) = key {
        answer["cnf"]["jkt"] = key;
    }
    if let Some(thumbprint) = held("x5t#S256").filter(|_| rules.mutual.told) {
        answer["cnf"]["x5t#S256"] = thumbprint;
    }
    for name in [
        "scope",
        "client_id",
        "sub",
        "aud",
        "iss",
        "exp",
        "iat",
        "jti",
        "auth_time",
        "acr",
    ] {
        if let Some(value) = claims.get(name) {
            answer[name] = value.clone();
        }
    }
    let details = details_of(server, &claims);
    if let Some(details) = details.as_ref().and_then(rules.details.told) {
        answer["authorization_details"] = details;
    }
    Some((owner, answer))
}

/// What a token of ours is good for in detail, if it is: as it was granted, wherever the token says it.
fn details_of(server: &Server, claims: &serde_json::Map<String, Value>) -> Option<Value> {
    let jti = claims.get("jti")?.as_str()?;
    let details = server.store().access.get(jti)?.details.clone();
    Some(details).filter(|all| !all.is_empty()).map(Value::from)
}

fn described_refresh(server: &Server, token: &str, dead: bool) -> Option<(String, Value)> {
    let store = server.store();
    let refresh = store.refresh.get(token)?;
    let granted = store.grants.get(&refresh.grant)?;
    let lives = refresh.used.is_none() && !granted.ended && server.clock.now() < refresh.expires;
    if !lives && !dead && server.decisions.grant.introspection_checks {
        return None;
    }
    let answer = json!({
        "active": true,
        "scope": granted.scope,
        "client_id": granted.client,
        "sub": granted.account.map(|account| account.subject),
        "iss": server.issuer(),
        "exp": refresh.expires,
    });
    Some((granted.client.to_owned(), answer))
}

async fn access_claims(
    server: &Server,
    token: &str,
    dead: bool,
) -> Option<serde_json::Map<String, Value>> {
    let grant = &server.decisions.grant;
    let mut rules = server.decisions.jwt.clone();
    let checks = grant.introspection_checks && !dead;
    if !checks || !grant.afterwards.looks_at_expiry {
        rules.expiry = |_, _| Ok(());
    }
    if !grant.afterwards.looks_at_signature {
        rules.unsecured = |_, _| true;
    }
    let expected = Expected {
        issuers: &[Issuer::Own(server.issuer())],
        audience: std::slice::from_ref(&server.origin),
        shared: None,
    };
    let claims = jwt::verify(server, &rules, token, &expected)
        .await
        .ok()?
        .claims;
    let jti = claims
        .get("jti")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let revoked = server.store().is_revoked(jti);
    (!revoked || !checks).then_some(claims)
}

/// The jti of a token of ours, expired or not.
async fn identifier(server: &Server, token: &str) -> Option<String> {
    let rules = jwt::tolerant(&server.decisions.jwt);
    let expected = Expected {
        issuers: &[Issuer::Own(server.issuer())],
        audience: std::slice::from_ref(&server.origin),
        shared: None,
    };
    let claims = jwt::verify(server, &rules, token, &expected)
        .await
        .ok()?
        .claims;
    claims.get("jti").and_then(Value::as_str).map(str::to_owned)
}
