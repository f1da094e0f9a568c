//! Which handler answers which path.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::json;

use crate::state::Server;
use crate::{
    answer, basic, bearer, client, dpop, introspected, issuer, login, notes, places,
    resource_metadata,
};

/// The longest body that is read.
const BODY_LIMIT: usize = 64 * 1024;

/// All routes.
pub(crate) fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/public", get(public))
        .route("/basic", get(basic::resource))
        .route("/protected-resource", get(bearer::resource))
        .route("/protected-resource/admin", get(bearer::admin))
        .route(
            "/protected-resource/search",
            get(bearer::resource).post(bearer::resource),
        )
        .route("/protected-resource/logout", post(bearer::logout))
        .route("/protected-resource/strong", get(bearer::strong))
        .route("/protected-resource/certified", get(bearer::certified))
        .route("/introspected", get(introspected::resource))
        .route("/dpop", get(dpop::resource))
        .route("/dpop/nonce", get(dpop::with_nonce))
        .route("/notes", get(notes::list).post(notes::create))
        .route("/login", get(client::begin).post(login::with_password))
        .route("/callback", get(client::callback).post(client::posted))
        .route(
            "/callback/second",
            get(client::callback).post(client::posted),
        )
        .route("/login/initiate", get(client::initiate))
        .route("/me", get(client::me))
        .route("/logout", post(client::logout))
        .route("/logout/back-channel", post(client::back_channel_logout))
        .route("/files", get(client::api::files))
        .route(
            "/device",
            get(client::device::page).post(client::device::begin),
        )
        .route("/connections", post(client::registration::register))
        .route("/request-objects/{name}", get(client::object::published))
        .route("/jwks", get(issuer::metadata::key_set))
        .route(
            "/.well-known/oauth-protected-resource",
            get(resource_metadata::document),
        )
        .route(
            "/.well-known/oauth-protected-resource/{*path}",
            get(resource_metadata::document),
        )
        .merge(places::routes())
        .merge(issuer::routes(&server))
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(server)
}

async fn index(State(server): State<Arc<Server>>) -> Response {
    let body = json!({
        "service": "authspec reference server",
        "issuer": server.issuer(),
        "guarded": ["/basic", "/protected-resource", "/protected-resource/admin", "/protected-resource/strong", "/protected-resource/certified", "/introspected", "/dpop", "/dpop/nonce", "/notes", "/accounts", "/admin/accounts", "/socket", "/graphql"],
        "open": ["/public"],
    });
    answer::json(StatusCode::OK, &body)
}

async fn public() -> Response {
    let body = json!({ "open": true, "note": "Everyone may read this." });
    answer::json(StatusCode::OK, &body)
}

async fn not_found() -> Response {
    answer::problem(StatusCode::NOT_FOUND, "Not found", "There is nothing here.")
}

async fn not_allowed() -> Response {
    answer::problem(
        StatusCode::METHOD_NOT_ALLOWED,
        "Method not allowed",
        "See the Allow field for what this resource understands.",
    )
}
