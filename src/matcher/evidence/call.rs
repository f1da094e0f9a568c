//! Requests of a client at the provider: which endpoint, and with which parameters.

use crate::model::{Exchange, Hop, Request};
use crate::wire::form;

/// The endpoints of the provider: the word in YAML, the last segment of the path, what is counted.
const ENDPOINTS: &[(&str, &str, &str)] = &[
    (
        "authorize",
        "authorize",
        "Browsers at the authorization endpoint.",
    ),
    ("token", "token", "Requests at the token endpoint."),
    ("userinfo", "userinfo", "Requests at the userinfo endpoint."),
    ("jwks", "jwks", "Requests for the key set."),
    (
        "introspect",
        "introspect",
        "Requests at the introspection endpoint.",
    ),
    ("par", "par", "Requests that push an authorization request."),
    (
        "device",
        "device_authorization",
        "Requests for a device code.",
    ),
    ("revoke", "revoke", "Requests at the revocation endpoint."),
    (
        "register",
        "register",
        "Requests of a client that registers itself.",
    ),
    ("api", "api", "Requests at the API that takes the tokens."),
    (
        "api-metadata",
        API_METADATA,
        "Requests for what the API says of itself (RFC 9728).",
    ),
    ("metadata", ".well-known", "Requests for the metadata."),
    (
        "handshake",
        "handshake",
        "Handshakes that were answered in an old version of TLS.",
    ),
    (
        "old-handshake",
        "old-handshake",
        "Those of them that went on.",
    ),
];

/// The words of the endpoints, and what is counted there.
pub(crate) fn endpoints() -> Vec<(&'static str, &'static str)> {
    let words = ENDPOINTS.iter();
    words.map(|(word, _, doc)| (*word, *doc)).collect()
}

/// It stands in front of the API's own path.
const API_METADATA: &str = "oauth-protected-resource";

/// Whether an exchange is a call of this endpoint, by whoever calls it: browsers the authorization endpoint, the
/// target all others.
pub(crate) fn is_at(exchange: &Exchange, endpoint: &str) -> bool {
    let hop = if endpoint == "authorize" {
        Hop::BrowserToProvider
    } else {
        Hop::TargetToProvider
    };
    exchange.hop == hop && endpoint_of(&exchange.request) == Some(endpoint)
}

fn endpoint_of(request: &Request) -> Option<&'static str> {
    let path = request.path();
    let last = path.trim_end_matches('/').rsplit('/').next()?;
    let has = |segment: &str| path.split('/').any(|part| part == segment);
    let mut endpoints = ENDPOINTS.iter();
    let found = match (has(API_METADATA), has(".well-known")) {
        (true, _) => endpoints.find(|(_, segment, _)| *segment == API_METADATA),
        (_, true) => endpoints.find(|(_, segment, _)| *segment == ".well-known"),
        _ => endpoints.find(|(_, segment, _)| *segment == last),
    };
    found.map(|(word, _, _)| *word)
}

/// The parameters of the query.
pub(crate) fn query(request: &Request) -> Vec<(String, String)> {
    form::parse(request.query())
}

/// The parameters of a form in the content.
pub(crate) fn form(request: &Request) -> Vec<(String, String)> {
    let is_form = request.header("content-type").any(|value| {
        let value = value.to_ascii_lowercase();
        value.starts_with(b"application/x-www-form-urlencoded")
    });
    if is_form {
        form::parse(&String::from_utf8_lossy(&request.body))
    } else {
        Vec::new()
    }
}

/// Everything of a request in which a value could travel: target, fields and content.
pub(crate) fn bytes(request: &Request) -> Vec<u8> {
    let mut all = request.target.clone().into_bytes();
    for header in &request.headers {
        all.push(b'\n');
        all.extend_from_slice(header.name.as_bytes());
        all.extend_from_slice(b": ");
        all.extend_from_slice(&header.value);
    }
    all.extend_from_slice(b"\n\n");
    all.extend_from_slice(&request.body);
    all
}
