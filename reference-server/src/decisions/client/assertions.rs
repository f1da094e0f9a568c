//! Assertions by which the client authenticates (RFC 7523), and what else an extension lets it say.

use serde_json::{Map, Value, json};

use super::objects::Asked;
use crate::encoding;

/// What an assertion is made from.
pub(crate) struct Facts<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) origin: &'a str,
    /// Where it is sent.
    pub(crate) endpoint: &'a str,
    pub(crate) now: u64,
}

/// The decisions about assertions, pushed requests and resources.
#[derive(Clone)]
pub(crate) struct Assertions {
    /// The claims: for this provider, for a minute, once (RFC 7523 section 3).
    pub(crate) claims: fn(&Facts<'_>) -> Value,
    /// What `client_assertion_type` says (RFC 7523 section 2.2).
    pub(crate) kind: &'static str,
    /// Whether an assertion that was made once is used again: it isn't.
    pub(crate) keeps: bool,
    /// Whether a request that should be pushed is (RFC 9126 section 2).
    pub(crate) pushes: bool,
    /// What of a request is pushed: all of it (RFC 9126 section 2.1).
    pub(crate) pushed: fn(Asked) -> Asked,
    /// Whether the provider takes no request that was not pushed (RFC 9126 section 5).
    pub(crate) must_push: fn(&Map<String, Value>) -> bool,
    /// Whether the URI of a pushed request is used again: it isn't (RFC 9126 section 4).
    pub(crate) keeps_request_uri: bool,
    /// Whether the URI of an earlier push goes into the next: it doesn't (RFC 9126 section 2.1).
    pub(crate) pushes_reference: bool,
    /// The resource that a token is asked for, given the application's origin (RFC 8707 section 2).
    pub(crate) resource: fn(&str) -> String,
    /// Whether the token request names the resource too.
    pub(crate) repeats_resource: bool,
}

/// RFC 7523 section 2.2.
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl Assertions {
    pub(crate) fn right() -> Self {
        Self {
            claims,
            kind: JWT_BEARER,
            keeps: false,
            pushes: true,
            pushed: |asked| asked,
            must_push: |metadata| {
                let demanded = metadata.get("require_pushed_authorization_requests");
                demanded.is_some_and(|demanded| demanded == true)
            },
            keeps_request_uri: false,
            pushes_reference: false,
            resource: |origin| format!("{origin}/api"),
            repeats_resource: true,
        }
    }
}

pub(crate) fn claims(facts: &Facts<'_>) -> Value {
    json!({
        "iss": facts.client_id,
        "sub": facts.client_id,
        "aud": facts.issuer,
        "jti": encoding::unguessable(),
        "iat": facts.now,
        "exp": facts.now + 60,
    })
}
