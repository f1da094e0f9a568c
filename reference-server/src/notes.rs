//! `/notes`: a guarded write, with a list that shows whether a refused request left something.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Value, json};

use crate::admit::admit;
use crate::decisions::access::Order;
use crate::state::Server;
use crate::{answer, guard};

/// How many notes are kept, and how long one may be.
const KEPT: usize = 1_000;
const LONGEST: usize = 1_000;

/// The notes.
pub(crate) async fn list(State(server): State<Arc<Server>>, parts: Parts, body: Bytes) -> Response {
    let response = match admit(&server, &parts, &body).await {
        Ok(_) => {
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
        Ok(_) => early.unwrap_or_else(|| add(&server, &body)),
        Err(refusal) => refusal,
    };
    guard::finish(&server, &parts, None, response)
}

pub(crate) fn add(server: &Server, body: &[u8]) -> Response {
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
