//! The UserInfo endpoint (OIDC Core 5.3).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use super::tokens;
use crate::decisions::bearer::Problem;
use crate::jwt::Issuer;
use crate::state::Server;
use crate::{answer, bearer};

/// GET or POST with an access token.
pub(crate) async fn endpoint(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let mut response = match answered(&server, &parts, &body).await {
        Ok(claims) => answer::json(StatusCode::OK, &claims),
        Err(problem) => bearer::refuse(&server, &parts, &problem),
    };
    // Scripts of other origins may ask: they must hold the token (OIDC Core 5.3).
    answer::set(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    response
}

async fn answered(server: &Server, parts: &Parts, body: &[u8]) -> Result<Value, Problem> {
    let own = [Issuer::Own(server.issuer())];
    let claims = bearer::authorize(server, parts, body, &own, None).await?;
    let account = bearer::account_of(&claims);
    let scope = claims
        .get("scope")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if !(server.decisions.grant.userinfo_scope)(&Value::Object(claims)) {
        return Err(Problem::InsufficientScope("openid"));
    }
    let account = account.ok_or(Problem::InvalidToken)?;
    Ok(Value::Object(tokens::user_claims(account, &scope)))
}
