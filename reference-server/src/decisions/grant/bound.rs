//! Tokens that are bound to a key of the client (RFC 9449, RFC 8705), as they are issued.

use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::super::dpop::{self, Dpop};
use crate::answer;

/// The decisions about bound tokens.
#[derive(Clone)]
pub(crate) struct Bound {
    /// Which proofs are right (RFC 9449 section 4.3).
    pub(crate) proof: Dpop,
    /// Whether a key is the one that the authorization request announced, if it announced any (RFC 9449 section 10).
    pub(crate) announced: fn(Option<&str>, Option<&str>) -> bool,
    /// Whether a push may announce another key than its proof's: it may not (RFC 9449 section 10.1).
    pub(crate) two_keys: bool,
    /// Whether a refresh token that is bound to a key is used with that key (RFC 9449 section 5).
    pub(crate) refreshes: fn(Option<&str>, Option<&str>) -> bool,
    /// Whether an access token says to which key it is bound (RFC 9449 section 6.1).
    pub(crate) confirms: bool,
    /// The token_type of a bound token (RFC 9449 section 5).
    pub(crate) kind: &'static str,
    /// The error for a proof that isn't right (RFC 9449 section 5).
    pub(crate) error: &'static str,
    /// Whether a client that is registered for bound tokens gets them alone (RFC 9449 section 5.2).
    pub(crate) demanded: bool,
    /// Whether a nonce will do, given whether it is one of this server's and young (RFC 9449 section 8).
    pub(crate) nonce: fn(Option<&Value>, bool) -> bool,
    /// The answer that asks for a nonce (RFC 9449 section 8).
    pub(crate) asks: fn(&str) -> Response,
    /// Whether introspection says it too (RFC 9449 section 6.2).
    pub(crate) told: bool,
}

impl Bound {
    pub(crate) fn right() -> Self {
        let same = |announced: Option<&str>, key: Option<&str>| {
            announced.is_none_or(|jkt| key == Some(jkt))
        };
        Self {
            proof: Dpop::right(),
            announced: same,
            two_keys: false,
            refreshes: same,
            confirms: true,
            kind: "DPoP",
            error: "invalid_dpop_proof",
            demanded: true,
            nonce: |_, live| live,
            asks,
            told: true,
        }
    }
}

/// The one answer that a client repeats its request for (RFC 9449 section 8).
pub(crate) fn asks(nonce: &str) -> Response {
    let body = json!({ "error": "use_dpop_nonce", "error_description": "Use the nonce of this answer in the proof." });
    let mut response = answer::json(StatusCode::BAD_REQUEST, &body);
    answer::set(&mut response, header::CACHE_CONTROL, "no-store");
    dpop::give(&mut response, nonce);
    response
}
