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
    /// Whether a client that authenticates like this gets a secret: one without secret gets none (RFC 6749 section 10.1).
    pub(crate) has_secret: fn(&str) -> bool,
    /// Whether a client chooses its own identifier: it doesn't (RFC 9700 section 2.6).
    pub(crate) names_itself: bool,
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
            has_secret: |method| {
                !method.starts_with("self_signed")
                    && !matches!(method, "none" | "private_key_jwt" | "tls_client_auth")
            },
            names_itself: false,
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

/// Whether metadata keeps a rule.
type Check = fn(&Map<String, Value>) -> bool;

/// What is asked of the other metadata, one thing each.
const CHECKS: [Check; 5] = [
    addresses,
    |said| said.get("jwks").is_none_or(public_keys),
    |said| {
        let has = |end: &str| said.contains_key(&format!("introspection_encrypted_response_{end}"));
        !has("enc") || has("alg")
    },
    grants_agree,
    own_pages,
];

pub(crate) fn metadata(said: &Map<String, Value>) -> bool {
    CHECKS.iter().all(|keeps| keeps(said))
}

/// All checks but one.
pub(crate) fn all_but<const ONE: usize>(said: &Map<String, Value>) -> bool {
    let mut kept = CHECKS.iter().enumerate().filter(|(place, _)| *place != ONE);
    kept.all(|(_, keeps)| keeps(said))
}

/// Keys in one place, the sector's document not at all, and addresses that the client is sent to with https.
fn addresses(said: &Map<String, Value>) -> bool {
    let has = |name: &str| said.contains_key(name);
    let https = |name: &str| {
        said.get(name).is_none_or(|value| {
            let text = value.as_str().unwrap_or_default();
            text.starts_with("https://")
        })
    };
    let twice = has("jwks") && has("jwks_uri");
    !(twice || has("sector_identifier_uri")) && https("initiate_login_uri") && https("jwks_uri")
}

/// A key set that holds public keys, and nothing that is for the client alone (RFC 7591 section 2).
fn public_keys(set: &Value) -> bool {
    let keys = set["keys"].as_array();
    keys.is_some_and(|keys| {
        keys.iter()
            .all(|key| key.is_object() && key.get("d").is_none())
    })
}

/// The response type code and the grant authorization_code stand together (RFC 7591 section 2.1).
fn grants_agree(said: &Map<String, Value>) -> bool {
    let lists = |name: &str, value: &str, default: bool| {
        let list = said.get(name).and_then(Value::as_array);
        list.map_or(default, |list| list.iter().any(|one| one == value))
    };
    lists("response_types", "code", true) == lists("grant_types", "authorization_code", true)
}

/// Pages that users are shown are of a host to which the client is sent back (RFC 7591 section 5).
fn own_pages(said: &Map<String, Value>) -> bool {
    let host = |text: &Value| {
        let url = Url::parse(text.as_str().unwrap_or_default()).ok();
        url.and_then(|url| url.host_str().map(str::to_owned))
    };
    let uris = said.get("redirect_uris").and_then(Value::as_array);
    let own: Vec<Option<String>> = uris.into_iter().flatten().map(host).collect();
    let pages = ["logo_uri", "client_uri", "tos_uri", "policy_uri"];
    pages
        .iter()
        .filter_map(|name| said.get(*name))
        .all(|page| own.contains(&host(page)))
}
