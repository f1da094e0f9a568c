//! The UserInfo endpoint (OIDC Core 5.3).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use super::tokens;
use crate::accounts::accounts;
use crate::clients::clients;
use crate::decisions::bearer::Problem;
use crate::decisions::jwt::Object;
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;
use crate::{answer, bearer, keys};

/// GET or POST with an access token.
pub(crate) async fn endpoint(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let rules = &server.decisions.grant.openid.info;
    if !(rules.method)(parts.method.as_str()) {
        return answer::empty(StatusCode::METHOD_NOT_ALLOWED);
    }
    if let Some(response) = kept_in_front(&server, &parts) {
        return response;
    }
    let mut response = match answered(&server, &parts, &body).await {
        Ok((claims, client)) if (rules.signs_for)(&client) => signed(&server, claims, &client),
        Ok((claims, _)) => {
            keep_in_front(&server, &parts, &claims);
            answer::json(StatusCode::OK, &claims)
        }
        Err(problem) => {
            let mut response = bearer::refuse(&server, &parts, &problem);
            (rules.refusal)(&mut response);
            response
        }
    };
    // Scripts of other origins may ask: they must hold the token (OIDC Core 5.3).
    answer::set(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    (rules.answer)(&mut response);
    response
}

/// The answer that a proxy kept for this credential.
fn kept_in_front(server: &Server, parts: &Parts) -> Option<Response> {
    let life = server.decisions.grant.openid.info.kept_in_front;
    let credential = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (claims, since) = server.memory().in_front.get(credential).cloned()?;
    let age = server.clock.now().saturating_sub(since);
    let mut response = answer::json(StatusCode::OK, &claims);
    answer::set(&mut response, header::AGE, &age.to_string());
    (age < life).then_some(response)
}

fn keep_in_front(server: &Server, parts: &Parts, claims: &Value) {
    let keeps = server.decisions.grant.openid.info.kept_in_front > 0;
    let credential = parts.headers.get(header::AUTHORIZATION).filter(|_| keeps);
    if let Some(credential) = credential.and_then(|value| value.to_str().ok()) {
        let kept = (claims.clone(), server.clock.now());
        let mut memory = server.memory();
        memory.in_front.insert(credential.to_owned(), kept);
    }
}

async fn answered(server: &Server, parts: &Parts, body: &[u8]) -> Result<(Value, String), Problem> {
    let rules = &server.decisions.grant.openid.info;
    let claims = match token_claims(server, parts, body).await {
        Err(problem) if (rules.open)(&problem) => {
            let somebody = accounts().first().ok_or(problem)?;
            let claims = tokens::user_claims(somebody, "openid email");
            return Ok((Value::Object(claims), String::new()));
        }
        claims => claims?,
    };
    let account = bearer::account_of(&claims);
    let text = |name: &str| {
        let text = claims.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let (scope, client) = (text("scope"), text("client_id"));
    if !(server.decisions.grant.userinfo_scope)(&Value::Object(claims)) {
        return Err(Problem::InsufficientScope("openid"));
    }
    let account = account.ok_or(Problem::InvalidToken)?;
    let mut claims = tokens::user_claims(account, &(rules.scope)(&scope));
    (rules.claims)(&mut claims);
    Ok((Value::Object(claims), client))
}

/// The answer as a JWT for the client that asks (OIDC Core 5.3.2).
fn signed(server: &Server, mut claims: Value, client: &str) -> Response {
    claims["iss"] = server.issuer().into();
    claims["aud"] = client.into();
    (server.decisions.grant.openid.info.signed)(&mut claims);
    let mut response = answer::html(StatusCode::OK, keys::sign("JWT", &claims));
    answer::set(&mut response, header::CONTENT_TYPE, "application/jwt");
    response
}

/// The claims of the access token, which alone opens this.
async fn token_claims(server: &Server, parts: &Parts, body: &[u8]) -> Result<Object, Problem> {
    let own = [Issuer::Own(server.issuer())];
    let problem = match bearer::authorize(server, parts, body, &own, None).await {
        Err(problem) if server.decisions.grant.openid.info.takes_id_tokens => problem,
        claims => return claims,
    };
    let bearer::Offered::Token(text) = bearer::offered(server, parts, body)? else {
        return Err(problem);
    };
    let audience: Vec<String> = clients()
        .iter()
        .map(|client| client.id.to_owned())
        .collect();
    let expected = Expected {
        issuers: &own,
        audience: &audience,
        shared: None,
    };
    let token = jwt::verify(server, &server.decisions.client.id_token, &text, &expected).await;
    let mut claims = token.map_err(|_| problem)?.claims;
    claims.insert("scope".to_owned(), "openid".into());
    Ok(claims)
}
