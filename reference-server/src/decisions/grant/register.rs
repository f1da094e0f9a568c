//! Clients that register themselves (RFC 7591), and manage what they registered (RFC 7592).

use axum::response::Response;
use serde_json::{Map, Value};
use url::Url;

use super::SCOPES;
use crate::encoding;

/// The decisions about registration.
#[derive(Clone)]
pub(crate) struct Registration {
    /// Whether a client may register without an initial access token: it may not (RFC 7591 section 3).
    pub(crate) open: bool,
    /// Whether a redirection URI may be registered (RFC 7591 section 5).
    pub(crate) redirect_uri: fn(&str) -> bool,
    /// Whether the other metadata is sound (RFC 7591 section 2).
    pub(crate) metadata: fn(&Map<String, Value>) -> bool,
    /// Whether the subject of a certificate is told in one way where it is to be told (RFC 8705 section 2.1.2).
    pub(crate) subject: fn(&Map<String, Value>) -> bool,
    /// Whether metadata that isn't known is refused: it is ignored (RFC 7591 section 2).
    pub(crate) refuses_unknown: bool,
    /// Addresses in the metadata that are asked at once: none (CWE-918).
    pub(crate) asks: fn(&Map<String, Value>) -> Vec<String>,
    /// What a software statement says that is believed: nothing, since nobody is trusted to make one; a request with one
    /// is refused (RFC 7591 section 3.1.1).
    pub(crate) statement: fn(&str) -> Option<Map<String, Value>>,
    /// The scope that a client is registered for: what it asked for, as far as there is such a scope.
    pub(crate) scope: fn(&str) -> String,
    /// The secret of a new client: its own (RFC 7591 section 3.2.1).
    pub(crate) secret: fn() -> String,
    /// What becomes of an answer with a registration: nothing (RFC 7591 section 3.2.1).
    pub(crate) answer: fn(&mut Value, &mut Response),
    /// What becomes of the error for bad metadata: nothing (RFC 7591 section 3.2.2).
    pub(crate) error: fn(&'static str) -> &'static str,
    /// Whether a token manages this client, given the client's own (RFC 7592 section 2).
    pub(crate) manages: fn(&str, &str) -> bool,
    /// Whether an update is validated like a registration (RFC 7592 section 2.2).
    pub(crate) validates_updates: bool,
    /// Whether deleting ends the registration (RFC 7592 section 2.3).
    pub(crate) deletes: bool,
}

impl Registration {
    pub(crate) fn right() -> Self {
        Self {
            open: false,
            redirect_uri,
            metadata,
            subject,
            refuses_unknown: false,
            asks: |_| Vec::new(),
            statement: |_| None,
            scope: |asked| {
                let known = asked.split(' ').filter(|value| SCOPES.contains(value));
                known.collect::<Vec<_>>().join(" ")
            },
            secret: encoding::unguessable,
            answer: |_, _| {},
            error: |error| error,
            manages: super::same,
            validates_updates: true,
            deletes: true,
        }
    }
}

/// https, http on loopback, or a scheme that an app has to itself; never with a fragment.
pub(crate) fn redirect_uri(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]"));
    let known = match url.scheme() {
        "https" => true,
        "http" => loopback,
        scheme => scheme.contains('.'),
    };
    known && !text.contains('#')
}

/// With `tls_client_auth` the subject is told in exactly one way.
fn subject(said: &Map<String, Value>) -> bool {
    let told = said.iter().filter(|(_, value)| !value.is_null());
    let ways = told.filter(|(name, _)| {
        name.starts_with("tls_client_auth_subject_") || name.starts_with("tls_client_auth_san_")
    });
    let method = said.get("token_endpoint_auth_method");
    method != Some(&"tls_client_auth".into()) || ways.count() == 1
}

/// Keys in one place, the sector's document not at all, and addresses that the client is sent to with https.
pub(crate) fn metadata(said: &Map<String, Value>) -> bool {
    let has = |name: &str| said.contains_key(name);
    let https = |name: &str| {
        said.get(name).is_none_or(|value| {
            let text = value.as_str().unwrap_or_default();
            text.starts_with("https://")
        })
    };
    let keys = said.get("jwks").is_none_or(|set| set["keys"].is_array());
    !(has("jwks") && has("jwks_uri"))
        && keys
        && !has("sector_identifier_uri")
        && https("initiate_login_uri")
        && https("jwks_uri")
}
