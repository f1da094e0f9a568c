//! What is said about tokens after they were issued, and how they end (RFC 7662, RFC 7009).

use axum::response::Response;
use serde_json::{Value, json};

/// The decisions about issued tokens.
#[derive(Clone)]
pub(crate) struct Afterwards {
    /// Whether a hint that names this kind of token lets the other kind be found: it does (RFC 7009 section 2.1,
    /// RFC 7662 section 2.1).
    pub(crate) finds: fn(Option<&str>, &str) -> bool,
    /// Whether a hint is refused: none is (RFC 7009 section 2.2).
    pub(crate) refuses_hint: fn(&str) -> bool,
    /// Whether a request needs a token: it does (RFC 7009 section 2.1, RFC 7662 section 2.1).
    pub(crate) needs_token: bool,
    /// What becomes of a good introspection answer: nothing (RFC 7662 section 2.2).
    pub(crate) told: fn(&mut Value),
    /// What is said about a token that is dead, given what was true of it: that it is not active
    /// (RFC 7662 section 2.2).
    pub(crate) told_of_dead: fn(Value) -> Value,
    /// The status of the answer about a token that isn't known: 200 (RFC 7662 section 2.2).
    pub(crate) unknown_told: u16,
    /// What becomes of the introspection answer as a whole: nothing.
    pub(crate) answer: fn(&mut Response),
    /// The typ of a signed introspection answer (RFC 9701 section 5).
    pub(crate) signed_kind: &'static str,
    /// How a signed answer is signed, by its typ: with the published key (RFC 9701 section 6).
    pub(crate) signs: fn(&str, &Value) -> String,
    /// What becomes of the claims of a signed introspection answer: nothing (RFC 9701 section 5).
    pub(crate) signed: fn(&mut Value),
    /// Whether introspection looks at expiry (RFC 7662 section 4).
    pub(crate) looks_at_expiry: bool,
    /// Whether introspection looks at the signature (RFC 7662 section 4).
    pub(crate) looks_at_signature: bool,
    /// Whether introspection serves GET (RFC 7662 section 2.1).
    pub(crate) told_by_get: bool,
    /// The status for revoking a token that isn't known: 200 (RFC 7009 section 2.2).
    pub(crate) unknown_revoked: u16,
    /// Whether revoking an access token ends it (RFC 7009 section 2).
    pub(crate) ends_access: bool,
    /// Whether revocation serves GET (RFC 7009 section 2.1).
    pub(crate) revoked_by_get: bool,
}

impl Afterwards {
    pub(crate) fn right() -> Self {
        Self {
            finds: |_, _| true,
            refuses_hint: |_| false,
            needs_token: true,
            told: |_| {},
            told_of_dead: |_| json!({ "active": false }),
            unknown_told: 200,
            answer: |_| {},
            signed_kind: "token-introspection+jwt",
            signs: crate::keys::sign,
            signed: |_| {},
            looks_at_expiry: true,
            looks_at_signature: true,
            told_by_get: false,
            unknown_revoked: 200,
            ends_access: true,
            revoked_by_get: false,
        }
    }
}
