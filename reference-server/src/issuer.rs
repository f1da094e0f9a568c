//! The authorization server: code flow with login and consent, tokens, revocation, introspection.
//!
//! It knows users and clients, and nothing of the resource servers that take its tokens.

pub(crate) mod assertion;
pub(crate) mod attested;
pub(crate) mod authorize;
pub(crate) mod by_browser;
pub(crate) mod client_auth;
pub(crate) mod details;
pub(crate) mod device;
pub(crate) mod extension;
pub(crate) mod interaction;
pub(crate) mod management;
pub(crate) mod metadata;
pub(crate) mod mutual;
pub(crate) mod openid;
pub(crate) mod pages;
pub(crate) mod proof;
pub(crate) mod register;
pub(crate) mod request;
pub(crate) mod store;
pub(crate) mod token;
pub(crate) mod tokens;
pub(crate) mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, post};

use crate::encoding;
use crate::state::Server;

/// The routes of the authorization server.
pub(crate) fn routes(server: &Server) -> Router<Arc<Server>> {
    let token = if server.decisions.grant.back.any_method {
        any(token::endpoint)
    } else {
        post(token::endpoint)
    };
    let token = if server.decisions.grant.token_by_get {
        token.get(token::by_query)
    } else {
        token
    };
    let token = if server.decisions.grant.back.hides_from_get {
        token.get(async || crate::answer::empty(axum::http::StatusCode::NOT_FOUND))
    } else {
        token
    };
    let mut par = post(request::push);
    if server.decisions.grant.request.unbounded {
        par = par.layer(axum::extract::DefaultBodyLimit::disable());
    }
    if server.decisions.grant.request.hides_from_get {
        par = par.get(async || crate::answer::empty(axum::http::StatusCode::NOT_FOUND));
    }
    let bare = || async { axum::http::StatusCode::METHOD_NOT_ALLOWED };
    let token = if server.decisions.grant.back.lists_methods {
        token
    } else {
        any(bare).post(token::endpoint)
    };
    let after = &server.decisions.grant.afterwards;
    let mut revoke = post(management::revoke);
    if after.revoked_by_get {
        revoke = revoke.get(management::revoke_by_query);
    }
    let mut introspect = post(management::introspect);
    if after.told_by_get {
        introspect = introspect.get(management::introspect_by_query);
    }
    Router::new()
        .route(
            "/as/authorize",
            get(authorize::by_get).post(authorize::by_post),
        )
        .route("/as/login", post(interaction::login))
        .route(
            "/as/consent",
            get(interaction::consent_page).post(interaction::consent),
        )
        .route("/as/token", token)
        .route("/as/device", get(device::page).post(device::begin))
        .route("/as/device/confirm", post(device::confirm))
        .route("/as/par", par)
        .route("/as/register", post(register::register))
        .route(
            "/as/register/{id}",
            get(register::manage)
                .put(register::manage)
                .delete(register::manage),
        )
        .route(
            "/as/logout",
            get(interaction::logout).post(interaction::logout),
        )
        .route("/as/done", get(interaction::done))
        .route("/as/revoke", revoke)
        .route("/as/introspect", introspect)
        .route(
            "/as/userinfo",
            get(userinfo::endpoint).post(userinfo::endpoint),
        )
        .merge(documents(server))
        .merge(files(server))
}

/// What lies about beside the server: nothing, on a sound one.
fn files(server: &Server) -> Router<Arc<Server>> {
    let files = server.decisions.grant.front.files;
    files.iter().fold(Router::new(), |router, (path, text)| {
        router.route(path, get(async || *text))
    })
}

fn documents(server: &Server) -> Router<Arc<Server>> {
    let oauth = if server.decisions.grant.metadata_inserted {
        "/.well-known/oauth-authorization-server/as"
    } else {
        "/as/.well-known/oauth-authorization-server"
    };
    Router::new()
        .route("/as/jwks", get(metadata::key_set))
        .route(
            "/as/.well-known/openid-configuration",
            get(metadata::document),
        )
        .route(oauth, get(metadata::document))
        .route(
            "/.well-known/openid-configuration/as",
            get(metadata::document),
        )
}

/// The parameters of a request, in order. One without a value counts as left out (RFC 6749 3.1).
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self::read(text, false)
    }

    /// The same; on request the ones without a value count.
    pub(crate) fn read(text: &[u8], counts_empty: bool) -> Self {
        Self(
            encoding::form(text)
                .into_iter()
                .filter(|(_, value)| counts_empty || !value.is_empty())
                .collect(),
        )
    }

    /// The members of a JSON object, as if they stood in a form.
    pub(crate) fn of_json(text: &[u8]) -> Self {
        let members: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(text).unwrap_or_default();
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        Self(
            members
                .into_iter()
                .map(|(name, value)| (name, text(value)))
                .collect(),
        )
    }

    /// Whether all names are among these.
    pub(crate) fn knows_all(&self, known: &[&str]) -> bool {
        self.0
            .iter()
            .all(|(name, _)| known.contains(&name.as_str()))
    }

    /// Where a name stands first.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(given, _)| given == name)
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(given, _)| given == name);
        values.next().map(|(_, value)| value.as_str())
    }

    /// Sets a parameter, whatever it was.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Takes what another part of the request says in place of what is said here.
    pub(crate) fn override_with(&mut self, other: &Self) {
        for (name, value) in &other.0 {
            if !matches!(name.as_str(), "request" | "request_uri") {
                self.set(name, value);
            }
        }
    }

    /// Whether the name stands twice.
    pub(crate) fn repeats(&self, name: &str) -> bool {
        self.0.iter().filter(|(given, _)| given == name).count() > 1
    }

    /// Every value of a name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.0.iter().filter(move |(given, _)| given == name);
        values.map(|(_, value)| value.as_str())
    }

    /// Whether any name stands twice that may not (RFC 8707 section 2, RFC 8693 section 2.1).
    pub(crate) fn repeats_any(&self) -> bool {
        let single = |name: &str| !matches!(name, "resource" | "audience");
        let mut names = self.0.iter().map(|(name, _)| name);
        names.any(|name| single(name) && self.repeats(name))
    }

    /// Adds what another part of the request has.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}
