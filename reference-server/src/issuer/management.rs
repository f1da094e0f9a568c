//! What happens to tokens after they were issued: revocation (RFC 7009), introspection (RFC 7662).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Value, json};

use super::token::{authenticated, bad, fail};
use crate::answer;
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;

/// `POST /as/revoke`. A hint is not needed and a wrong one does no harm.
pub(crate) async fn revoke(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let (form, client) = match authenticated(&server, &parts, &body) {
        Ok(known) => known,
        Err(problem) => return fail(&server, problem),
    };
    let Some(token) = form.get("token") else {
        return fail(&server, bad("invalid_request", "token is missing"));
    };
    let jti = identifier(&server, token).await;
    let rules = &server.decisions.grant;
    let mut store = server.store();
    let refresh = store.refresh.get(token).map(|refresh| refresh.grant);
    let access = jti
        .as_ref()
        .and_then(|jti| store.access.get(jti))
        .map(|access| access.grant);
    let Some(number) = refresh.or(access) else {
        return answer::empty(StatusCode::OK);
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
        access.ended = true;
    }
    drop(store);
    answer::empty(StatusCode::OK)
}

/// `POST /as/introspect`.
pub(crate) async fn introspect(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let (form, client) = match authenticated(&server, &parts, &body) {
        Ok((form, client)) => (form, Some(client)),
        Err(_) if !server.decisions.grant.introspection_asks => {
            (super::Parameters::parse(&body), None)
        }
        Err(problem) => return fail(&server, problem),
    };
    if server.decisions.grant.introspection_asks
        && client.is_some_and(|client| client.secret.is_none())
    {
        // A name proves nothing (RFC 7662 section 2.1).
        let problem = crate::decisions::grant::Problem {
            status: 401,
            challenge: true,
            ..bad("invalid_client", "the client did not authenticate")
        };
        return fail(&server, problem);
    }
    let Some(token) = form.get("token") else {
        return fail(&server, bad("invalid_request", "token is missing"));
    };
    let known = match client {
        Some(client) => {
            let introspects = server.decisions.grant.introspects;
            described(&server, token)
                .await
                .filter(|(owner, _)| introspects(client, owner))
        }
        None => described(&server, token).await,
    };
    let answer = known.map_or_else(|| json!({ "active": false }), |(_, answer)| answer);
    answer::json(StatusCode::OK, &answer)
}

/// Whose a living token is, and what is to say about it.
async fn described(server: &Server, token: &str) -> Option<(String, Value)> {
    if let Some(known) = described_refresh(server, token) {
        return Some(known);
    }
    let claims = access_claims(server, token).await?;
    let owner = claims.get("client_id")?.as_str()?.to_owned();
    let mut answer = json!({ "active": true, "token_type": "Bearer" });
    for name in [
        "scope",
        "client_id",
        "sub",
        "aud",
        "iss",
        "exp",
        "iat",
        "jti",
    ] {
        if let Some(value) = claims.get(name) {
            answer[name] = value.clone();
        }
    }
    Some((owner, answer))
}

fn described_refresh(server: &Server, token: &str) -> Option<(String, Value)> {
    let store = server.store();
    let refresh = store.refresh.get(token)?;
    let granted = store.grants.get(&refresh.grant)?;
    let lives = !refresh.used && !granted.ended && server.clock.now() < refresh.expires;
    if !lives && server.decisions.grant.introspection_checks {
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

async fn access_claims(server: &Server, token: &str) -> Option<serde_json::Map<String, Value>> {
    let mut rules = server.decisions.jwt.clone();
    if !server.decisions.grant.introspection_checks {
        rules.expiry = |_, _| Ok(());
    }
    let expected = Expected {
        issuers: &[Issuer::Own(server.issuer())],
        audience: std::slice::from_ref(&server.origin),
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
    (!revoked || !server.decisions.grant.introspection_checks).then_some(claims)
}

/// The jti of a token of ours, expired or not.
async fn identifier(server: &Server, token: &str) -> Option<String> {
    let rules = jwt::tolerant(&server.decisions.jwt);
    let expected = Expected {
        issuers: &[Issuer::Own(server.issuer())],
        audience: std::slice::from_ref(&server.origin),
    };
    let claims = jwt::verify(server, &rules, token, &expected)
        .await
        .ok()?
        .claims;
    claims.get("jti").and_then(Value::as_str).map(str::to_owned)
}
