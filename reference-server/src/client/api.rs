//! The API that this application asks for its users, and what its refusals lead to: to metadata, to the provider, to a
//! better login.

use std::sync::{Arc, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Value, json};

use super::challenge::Challenge;
use super::extension::{Way, get, put};
use crate::encoding;
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;
use crate::upstream::{Answer, Provider};
use crate::{answer, guard};

/// Asks the API without a token, and follows its challenge to a provider that this client knows. The API, as it calls
/// itself.
pub(super) async fn learned(server: &Server, provider: &Provider) -> Option<String> {
    let api = provider.registration.api.clone()?;
    let answer = server.http.get(&api, None).await?;
    let metadata = described(server, &api, &answer).await?;
    names(&metadata, provider).then_some(api)
}

/// Whether metadata leads to this provider.
fn names(metadata: &Value, provider: &Provider) -> bool {
    let servers = metadata["authorization_servers"].as_array();
    let known = &provider.registration.issuer;
    servers.is_some_and(|servers| servers.iter().any(|issuer| issuer == known))
}

/// What the API says of itself where its refusal leads, which takes the place of what it said before (RFC 9728 section
/// 5.2); that still counts while nothing can be fetched there.
async fn described(server: &Server, api: &str, refusal: &Answer) -> Option<Value> {
    let (rules, before) = (&server.decisions.client.api, &server.kept.api_metadata);
    if let Some(metadata) = get(before).filter(|_| !rules.reads_again) {
        return Some(metadata);
    }
    let challenges = (rules.reads)(&refusal.challenges);
    let named = |challenge: &Challenge| (rules.parameter)(challenge, "resource_metadata");
    let address = challenges.iter().find_map(named);
    let address = address.or_else(|| (rules.address)(api))?;
    let Some(metadata) = server.http.get_json(&address).await else {
        return get(before);
    };
    let metadata = believed(server, metadata).await?;
    let usable =
        (rules.readable)(metadata.as_object()?) && (rules.is_of)(&metadata["resource"], api);
    let metadata = usable.then_some(metadata)?;
    put(before, Some(metadata.clone()));
    Some(metadata)
}

/// The metadata with what a token in it says, which must be the provider's (RFC 9728 sections 2.2 and 3.3).
async fn believed(server: &Server, metadata: Value) -> Option<Value> {
    let rules = &server.decisions.client.api;
    let Some(text) = metadata["signed_metadata"].as_str().map(str::to_owned) else {
        return Some(metadata);
    };
    let provider = server.provider.as_ref()?;
    let expected = Expected {
        issuers: &[Issuer::Provider(provider.registration.issuer.clone())],
        audience: &[],
        shared: None,
    };
    let claims = if rules.verifies {
        let token = jwt::verify(server, &rules.token, &text, &expected).await;
        token.ok()?.claims
    } else {
        let payload = encoding::base64url_decode(text.split('.').nth(1)?)?;
        serde_json::from_slice(&payload).ok()?
    };
    let plain = metadata.as_object()?.clone();
    Some(Value::Object((rules.signed)(plain, claims)))
}

/// `GET /files`: what the API has of the user.
pub(crate) async fn files(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    if guard::refuses_all(&server) {
        return (server.decisions.client.failure)(&[]);
    }
    let rules = &server.decisions.client.api;
    let session = super::session(&server, &parts);
    let user = session.and_then(|session| server.browsers().user(&session));
    let front = super::front_of(&server, user.as_ref());
    let api = front.provider.as_ref();
    let api = api.and_then(|provider| provider.registration.api.clone());
    let own = user.map(|user| user.token);
    let mut kept = server
        .kept
        .token
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    if rules.keeps_token && own.is_some() {
        kept.clone_from(&own);
        server
            .kept
            .token
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(&own);
    }
    let (Some(api), Some(token)) = (api, own.or(kept)) else {
        return refused(StatusCode::UNAUTHORIZED, "Log in first.");
    };
    let Some(answer) = asked(&front, &api, &token).await else {
        return refused(StatusCode::BAD_GATEWAY, "The API does not answer.");
    };
    match answer.status {
        200 => {
            let files: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            answer::json(StatusCode::OK, &json!({ "files": files["items"] }))
        }
        401 => challenged(front, parts, &api, &answer).await,
        403 => refused(StatusCode::FORBIDDEN, "The API does not let this user in."),
        _ => refused(StatusCode::BAD_GATEWAY, "The API does not answer."),
    }
}

async fn asked(server: &Server, api: &str, token: &str) -> Option<Answer> {
    let mut answer = server.http.get(api, Some(token)).await?;
    for _ in 1..(server.decisions.client.api.attempts)(&answer) {
        answer = server.http.get(api, Some(token)).await?;
    }
    Some(answer)
}

/// A refusal: for a better login, or for another token.
async fn challenged(server: Arc<Server>, parts: Parts, api: &str, answer: &Answer) -> Response {
    let rules = &server.decisions.client.api;
    let challenges = (rules.reads)(&answer.challenges);
    let demand = challenges.iter().find(|challenge| {
        let error = (rules.parameter)(challenge, "error");
        error.as_deref() == Some("insufficient_user_authentication")
    });
    if let Some(demand) = demand {
        let stronger = (rules.stronger)(demand);
        return super::started(server, &parts, Way::Plain, stronger).await;
    }
    // who issues tokens may have changed (RFC 9728 section 5.2)
    let metadata = described(&server, api, answer).await;
    let provider = server.provider.as_ref();
    let leads_here = |metadata| provider.is_some_and(|provider| names(metadata, provider));
    match metadata.as_ref().is_none_or(leads_here) {
        true => refused(StatusCode::UNAUTHORIZED, "Log in again."),
        false => refused(StatusCode::UNAUTHORIZED, "The API has another provider."),
    }
}

fn refused(status: StatusCode, detail: &str) -> Response {
    answer::problem(status, "No files", detail)
}
