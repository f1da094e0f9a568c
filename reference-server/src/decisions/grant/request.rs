//! Authorization requests that don't stand in the address: pushed ones (RFC 9126), and request objects (RFC 9101).

use serde_json::Value;

use super::super::jwe::Jwe;
use super::super::jwt::{self, Jwt, Object, ensure};
use super::assertion;
use crate::clients::Client;
use crate::encoding;
use crate::issuer::Parameters;

/// The decisions about such requests.
#[derive(Clone)]
pub(crate) struct Requests {
    /// Whether the client that asks with a request_uri is the one that pushed it (RFC 9126 section 2.2).
    pub(crate) pushed_by: fn(&str, &str) -> bool,
    /// Whether a request_uri is gone once a code came of it (RFC 9126 section 4).
    pub(crate) once: bool,
    /// Whether a request_uri is gone as soon as it was opened; it isn't, as users reload pages (RFC 9126 section 4).
    pub(crate) once_opened: bool,
    /// Milliseconds that a request_uri works (RFC 9126 section 4).
    pub(crate) life: u64,
    /// A new request_uri, which nobody can guess (RFC 9126 section 2.2).
    pub(crate) fresh: fn(u64) -> String,
    /// Whether a pushed request is validated like an authorization request (RFC 9126 section 2.1).
    pub(crate) validates: bool,
    /// Whether request_uri may be pushed: it may not (RFC 9126 section 2.1).
    pub(crate) pushes_request_uri: bool,
    /// Whether a client that only says its name may push, though it has a secret or key: it may not
    /// (RFC 9126 section 2.1).
    pub(crate) anyone_pushes: bool,
    /// Whether GET at the endpoint is told that there is nothing: it is told to POST (RFC 9126 section 2.3).
    pub(crate) hides_from_get: bool,
    /// What becomes of an answer to a push: nothing (RFC 9126 section 2.2).
    pub(crate) answer: fn(&mut Value, &mut u16),
    /// Whether a client that is registered to push can ask without (RFC 9126 section 6).
    pub(crate) plain_of_pushers: bool,
    /// What counts of a request whose parameters stand inside and outside: those inside (RFC 9126 section 4,
    /// RFC 9101 section 6.3).
    pub(crate) joined: fn(&Parameters, &Parameters) -> Parameters,
    /// Whether a client that is registered to sign its requests can ask without (RFC 9101 section 10.5).
    pub(crate) plain_of_signers: bool,
    /// Whether the request object of a client that is registered to encrypt it may come in the clear (RFC 9101 section 6.1).
    pub(crate) clear_of_sealers: bool,
    /// Whether request and request_uri may stand together: they may not (RFC 9101 section 5).
    pub(crate) takes_both: bool,
    /// The error for a request_uri that was not pushed (OIDC Core 6.2).
    pub(crate) uri_error: &'static str,
    /// Whether a push may be of any length: it may not (RFC 9126 section 2.3).
    pub(crate) unbounded: bool,
    /// The error for a pushed request object that isn't sound (RFC 9101 section 6.2).
    pub(crate) object_error: &'static str,
    /// Which text is a request object (RFC 9101 section 6).
    pub(crate) object: Jwt,
    /// The names that this server has in request objects (RFC 9101 section 4).
    pub(crate) names: fn(&str) -> Vec<String>,
    /// Whether the object is of the client that asks (RFC 9101 sections 4 and 6.3).
    pub(crate) of_client: fn(&Object, &Client) -> bool,
    /// Whether an object may hold another request: it may not (RFC 9101 section 4).
    pub(crate) nested: bool,
    /// Whether an object may be a client assertion too: it may not (RFC 9101 section 10.8).
    pub(crate) doubles_as_assertion: bool,
    /// Which request_uri is fetched: none, since no client registered one (RFC 9101 section 10.4).
    pub(crate) fetches: fn(&str) -> bool,
}

impl Requests {
    pub(crate) fn right() -> Self {
        Self {
            pushed_by: |owner, asking| owner == asking,
            once: true,
            once_opened: false,
            life: 90_000,
            fresh: |_| {
                format!(
                    "urn:ietf:params:oauth:request_uri:{}",
                    encoding::unguessable()
                )
            },
            validates: true,
            pushes_request_uri: false,
            anyone_pushes: false,
            hides_from_get: false,
            answer: |_, _| {},
            plain_of_pushers: false,
            joined: |inside, _| inside.clone(),
            plain_of_signers: false,
            clear_of_sealers: false,
            takes_both: false,
            uri_error: "request_uri_not_supported",
            unbounded: false,
            object_error: "invalid_request_object",
            object: object(),
            names: |issuer| vec![issuer.to_owned()],
            of_client: |claims, client| {
                let is = |name: &str| claims.get(name).and_then(Value::as_str) == Some(client.id);
                is("iss") && is("client_id")
            },
            nested: false,
            doubles_as_assertion: false,
            fetches: |_| false,
        }
    }
}

fn object() -> Jwt {
    Jwt {
        kind: |header| {
            let kind = header
                .get("typ")
                .map(|typ| typ.as_str().unwrap_or_default());
            let plain = kind.map(|kind| jwt::strip_application(kind).to_ascii_lowercase());
            ensure(plain.is_none_or(|kind| kind == "oauth-authz-req+jwt"))
        },
        jwe: Some(Jwe::right()),
        audience: jwt::audience,
        subject: |_| Ok(()),
        required: |_| Ok(()),
        ..assertion::rules()
    }
}
