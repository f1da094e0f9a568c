//! `/notes`: a guarded write, with a list that shows whether a refused request left something.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use crate::decisions::access::Order;
use crate::decisions::basic::CHALLENGE;
use crate::decisions::bearer::Problem;
use crate::state::Server;
use crate::{answer, basic, bearer, credential, guard};

/// How many notes are kept, and how long one may be.
const KEPT: usize = 1_000;
const LONGEST: usize = 1_000;

/// The notes.
pub(crate) async fn list(State(server): State<Arc<Server>>, parts: Parts, body: Bytes) -> Response {
    let response = match admit(&server, &parts, &body).await {
        Ok(()) => {
            let notes = server.memory().notes.clone();
            answer::json(StatusCode::OK, &json!({ "notes": notes }))
        }
        Err(refusal) => refusal,
    };
    guard::finish(&server, &parts, None, response)
}

/// Adds a note: `{"text": "..."}`.
pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let early = (server.decisions.access.order == Order::HandlerFirst).then(|| add(&server, &body));
    let response = match admit(&server, &parts, &body).await {
        Ok(()) => early.unwrap_or_else(|| add(&server, &body)),
        Err(refusal) => refusal,
    };
    guard::finish(&server, &parts, None, response)
}

fn add(server: &Server, body: &[u8]) -> Response {
    let text = serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|body| body.get("text")?.as_str().map(str::to_owned))
        .filter(|text| text.len() <= LONGEST);
    let Some(text) = text else {
        return answer::problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Unreadable note",
            "Send a JSON object with a text of at most 1000 bytes.",
        );
    };
    let mut memory = server.memory();
    if memory.notes.len() >= KEPT {
        memory.notes.remove(0);
    }
    memory.notes.push(text.clone());
    answer::json(StatusCode::CREATED, &json!({ "text": text }))
}

/// Basic and Bearer both open the notes; a refusal challenges for both.
async fn admit(server: &Server, parts: &Parts, body: &[u8]) -> Result<(), Response> {
    let is_basic = parts
        .headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| {
            credential::divide(value.as_bytes())
                .0
                .eq_ignore_ascii_case(b"Basic")
        });
    if is_basic {
        return basic::authenticate(server, parts)
            .map(|_| ())
            .map_err(|problem| (server.decisions.basic.refusal)(&problem, parts));
    }
    match bearer::authorize(server, parts, body, &server.issuers(), None).await {
        Ok(_) => Ok(()),
        Err(problem) => {
            let mut response = bearer::refuse(server, parts, &problem);
            if problem == Problem::Missing
                && response.headers().contains_key(header::WWW_AUTHENTICATE)
            {
                answer::add(&mut response, header::WWW_AUTHENTICATE, CHALLENGE);
            }
            Err(response)
        }
    }
}
