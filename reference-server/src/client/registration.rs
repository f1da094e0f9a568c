//! How this application registers itself at its provider (RFC 7591).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::state::Server;
use crate::{answer, guard};

/// `POST /connections`: a connection to the provider, by a registration of its own. Whoever may do this is another
/// page's business; nothing of it is used here.
pub(crate) async fn register(State(server): State<Arc<Server>>) -> Response {
    if guard::refuses_all(&server) {
        return (server.decisions.client.failure)(&[]);
    }
    let rules = &server.decisions.client.standing;
    let metadata = server.provider_metadata().await;
    let endpoint = metadata.and_then(|metadata| super::endpoint(metadata, "registration_endpoint"));
    let Some(endpoint) = endpoint else {
        return super::unreachable_provider();
    };
    let said = (rules.metadata)(&server.origin);
    let Some(answer) = server.http.post_object(endpoint, &said).await else {
        return super::unreachable_provider();
    };
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match (answer.status, body["client_id"].as_str()) {
        (201, Some(id)) => answer::json(StatusCode::CREATED, &json!({ "client": id })),
        _ => {
            let refused = body.as_object().map(rules.refused);
            answer::problem(
                refused.unwrap_or(StatusCode::BAD_GATEWAY),
                "Not registered",
                "The provider does not register this application.",
            )
        }
    }
}
