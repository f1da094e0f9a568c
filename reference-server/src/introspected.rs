//! `GET /introspected`: a resource guarded by opaque tokens, about which the provider is asked (RFC 7662).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::bearer::{self, Offered};
use crate::decisions::bearer::Problem;
use crate::decisions::jwt::Object;
use crate::state::Server;
use crate::upstream::LIMIT;
use crate::{answer, client, guard};

/// The scope that the resource asks for.
const SCOPE: &str = "read";

/// Why a token opens nothing.
enum Refused {
    Problem(Problem),
    /// Nobody could be asked about it.
    Unavailable,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// The resource.
pub(crate) async fn resource(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let response = match authorize(&server, &parts, &body).await {
        Ok(said) => content(&said),
        Err(Refused::Problem(problem)) => bearer::refuse(&server, &parts, &problem),
        Err(Refused::Unavailable) => answer::problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "Service unavailable",
            "The token could not be checked.",
        ),
    };
    guard::finish(&server, &parts, None, response)
}

fn content(said: &Object) -> Response {
    let body = json!({
        "mechanism": "introspection",
        "subject": said.get("sub").and_then(Value::as_str).unwrap_or_default(),
        "note": "Only who holds a token that is active reads this.",
    });
    answer::json(StatusCode::OK, &body)
}

async fn authorize(server: &Server, parts: &Parts, body: &[u8]) -> Result<Object, Refused> {
    let token = match bearer::offered(server, parts, body)? {
        Offered::Nobody(claims) => return Ok(claims),
        Offered::Token(token) => token,
    };
    let said = said(server, parts, &token).await?;
    if !(server.decisions.introspection.scope)(&said, SCOPE) {
        return Err(Problem::InsufficientScope(SCOPE).into());
    }
    Ok(said)
}

/// What was said of a token that is good here, now or a short while ago.
async fn said(server: &Server, parts: &Parts, token: &str) -> Result<Object, Refused> {
    let rules = &server.decisions.introspection;
    let now = server.clock.millis();
    let kept = server.memory().introspected.get(token).cloned();
    if let Some((said, until)) = kept
        && now < until
    {
        return Ok(said);
    }
    let said = match ask(server, token).await {
        Some(said) => said,
        None if rules.opens_on_outage => {
            return Ok(Map::from_iter([("scope".to_owned(), json!(SCOPE))]));
        }
        None => return Err(Refused::Unavailable),
    };
    let names = [
        server.origin.clone(),
        format!("{}{}", server.origin, parts.uri.path()),
    ];
    let seconds = now / 1_000;
    let good = (rules.active)(&said)
        && (rules.audience)(&said, &names)
        && (rules.expiry)(&said, seconds)
        && (rules.not_before)(&said, seconds)
        && (rules.bearer)(&said);
    if !good {
        return Err(Problem::InvalidToken.into());
    }
    let until = (rules.keep)(&said, now);
    server.memory().keep_introspected(token, &said, until, now);
    Ok(said)
}

/// The provider's answer, if there is one.
async fn ask(server: &Server, token: &str) -> Option<Object> {
    let provider = server.provider.as_ref()?;
    let registration = &provider.registration;
    let endpoint = client::endpoint(server.provider_metadata().await?, "introspection_endpoint")?;
    let credentials = server.decisions.client.credentials;
    let authorization = credentials(&registration.client_id, &registration.client_secret);
    let fields = [("token", token), ("token_type_hint", "access_token")];
    let http = &server.http;
    let answer = http
        .post_form(endpoint, &fields, Some(&authorization), LIMIT)
        .await?;
    if !(server.decisions.introspection.status)(answer.status) {
        return None;
    }
    serde_json::from_slice(&answer.body).ok()
}
