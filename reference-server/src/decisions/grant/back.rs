//! What a client sends to the token endpoint, and what it is handed.

use std::time::Duration;

use axum::response::Response;
use serde_json::{Value, json};

use super::Problem;

/// The decisions about what is handed out.
#[derive(Clone)]
pub(crate) struct Back {
    /// Whether every method is served: POST alone (RFC 6749 section 3.2).
    pub(crate) any_method: bool,
    /// Whether the scheme of a credential is compared without case (RFC 9110 section 11.1).
    pub(crate) scheme: fn(&str) -> bool,
    /// Whether a 405 lists the methods (RFC 9110 section 15.5.6).
    pub(crate) lists_methods: bool,
    /// How many wrong secrets in a row are taken (RFC 6749 section 2.3.1).
    pub(crate) most_tries: u32,
    /// Whether client_credentials is served.
    pub(crate) serves_own: bool,
    /// Whether an unknown parameter is refused: it is ignored (RFC 6749 section 3.2).
    pub(crate) refuses_unknown: bool,
    /// Whether a parameter without a value counts: it is as if left out (RFC 6749 section 3.2).
    pub(crate) counts_empty: bool,
    /// The grant of a request that names none: such a request is refused (RFC 6749 section 5.2).
    pub(crate) default_grant: Option<&'static str>,
    /// Whether a request that names no client is that of the code's or token's owner (RFC 6749 section 3.2.1).
    pub(crate) nameless: bool,
    /// What becomes of a token answer's members: nothing (RFC 6749 section 5.1).
    pub(crate) members: fn(&mut Value),
    /// What becomes of the whole answer: nothing.
    pub(crate) response: fn(&mut Response),
    /// The content of an error (RFC 6749 section 5.2).
    pub(crate) error: fn(&Problem) -> Value,
    /// What becomes of an error's answer: nothing.
    pub(crate) error_response: fn(&mut Response),
    /// What becomes of a signed access token, the how manieth it is: nothing.
    pub(crate) access_token: fn(String, u64) -> String,
    /// What becomes of an access token's claims: nothing (RFC 9068 section 2.2).
    pub(crate) claims: fn(&mut Value),
    /// Whether a client's own grant brings a refresh token (RFC 6749 section 4.4.3).
    pub(crate) own_refresh: bool,
    /// Whether a refresh token is taken as a code and a code as a refresh token.
    pub(crate) mixes: bool,
    /// The scope of a refresh that asks for one: what it asks for (RFC 6749 section 6).
    pub(crate) narrowed: fn(&str, &str) -> String,
    /// The scope of a refresh that asks for none: what was granted (RFC 6749 section 6).
    pub(crate) unasked: fn(&str) -> String,
    /// The scope that a new refresh token keeps: that of the old one (RFC 6749 section 6).
    pub(crate) kept: fn(&str, &str) -> String,
    /// Whether the access token of a refresh lives.
    pub(crate) refreshed_lives: bool,
    /// How long after its look-up a refresh token is spent, in a step of its own: it is one step (CWE-362).
    pub(crate) refresh_spends_after: Option<Duration>,
    /// Whether refresh tokens end with the password they were given for (RFC 9700 section 4.14.2).
    pub(crate) ends_with_password: bool,
    /// Whether a JSON body is read like a form: it isn't (RFC 6749 section 3.2).
    pub(crate) reads_json: bool,
    /// Whether GET is told that there is nothing: it is told to POST (RFC 9110 section 9.1).
    pub(crate) hides_from_get: bool,
    /// Whether the password grant compares the password (RFC 6749 section 4.3.2).
    pub(crate) password_is_compared: bool,
    /// Whether a client may refresh with another of its keys than it had before: it may (OIDC Core 10.1.1).
    pub(crate) refreshes_by: fn(Option<&str>, Option<&str>) -> bool,
    /// Whether refresh tokens expire (RFC 9700 section 4.14.2).
    pub(crate) refresh_expires: bool,
    /// The challenge of a client that failed (RFC 6749 section 5.2).
    pub(crate) challenge: &'static str,
}

impl Back {
    pub(crate) fn right() -> Self {
        Self {
            any_method: false,
            scheme: |scheme| scheme.eq_ignore_ascii_case("Basic"),
            lists_methods: true,
            most_tries: 30,
            serves_own: true,
            refuses_unknown: false,
            counts_empty: false,
            default_grant: None,
            nameless: false,
            members: |_| {},
            response: |_| {},
            error,
            error_response: |_| {},
            access_token: |token, _| token,
            claims: |_| {},
            own_refresh: false,
            mixes: false,
            narrowed: |_, asked| asked.to_owned(),
            unasked: str::to_owned,
            kept: |granted, _| granted.to_owned(),
            refreshed_lives: true,
            refresh_spends_after: None,
            ends_with_password: true,
            reads_json: false,
            hides_from_get: false,
            password_is_compared: true,
            refreshes_by: |_, _| true,
            refresh_expires: true,
            challenge: r#"Basic realm="authspec clients", charset="UTF-8""#,
        }
    }
}

pub(crate) fn error(problem: &Problem) -> Value {
    json!({ "error": problem.error, "error_description": problem.description })
}
