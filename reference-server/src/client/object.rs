//! Authorization requests that are signed (RFC 9101): sent as they are, or behind an address of this application.

use std::sync::{Arc, PoisonError};

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use crate::answer;
use crate::decisions::client::objects::{Asked, Facts};
use crate::state::Server;
use crate::upstream::Provider;

/// Objects that can be fetched; the oldest are forgotten first.
const KEPT: usize = 1_000;

fn text(server: &Server, provider: &Provider, asked: &Asked) -> String {
    let rules = &server.decisions.client.objects;
    let facts = Facts {
        client_id: &provider.registration.client_id,
        issuer: &provider.registration.issuer,
        now: server.clock.now(),
    };
    (rules.text)(&Value::Object((rules.claims)(asked, &facts)))
}

/// The request with its parameters in a signed object.
pub(super) fn signed(server: &Server, provider: &Provider, asked: Asked) -> Asked {
    let object = text(server, provider, &asked);
    let mut signed = (server.decisions.client.objects.beside)(&asked);
    signed.push(("request", object));
    signed
}

/// The request with the address of its object.
pub(super) fn by_address(server: &Server, provider: &Provider, asked: Asked) -> Asked {
    let object = text(server, provider, &asked);
    let rules = &server.decisions.client.objects;
    let objects = &server.kept.objects;
    let mut objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
    if objects.len() >= KEPT {
        objects.remove(0);
    }
    let name = (rules.name)(&object, objects.len());
    objects.push((name.clone(), object));
    let mut signed = (rules.beside)(&asked);
    signed.push((
        "request_uri",
        format!("{}/request-objects/{name}", server.origin),
    ));
    signed
}

/// `GET /request-objects/NAME`: for the provider.
pub(crate) async fn published(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
) -> Response {
    let objects = server
        .kept
        .objects
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let found = objects.iter().find(|(known, _)| *known == name);
    let Some((_, object)) = found else {
        return answer::problem(StatusCode::NOT_FOUND, "Not found", "There is nothing here.");
    };
    let mut response = answer::html(StatusCode::OK, object.clone());
    answer::set(
        &mut response,
        header::CONTENT_TYPE,
        "application/oauth-authz-req+jwt",
    );
    response
}
