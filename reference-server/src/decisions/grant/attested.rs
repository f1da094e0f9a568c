//! Clients for which an attester vouches (draft-ietf-oauth-attestation-based-client-auth): what the attester says of a
//! client and its key, and what the client proves with that key.

use serde_json::Value;

use super::super::jwt::{self, Jwt, Object, ensure};

/// Seconds that a proof may be old.
const WINDOW: f64 = 300.0;

/// The decisions about such clients.
#[derive(Clone)]
pub(crate) struct Attested {
    /// Which text is an attestation: the attester's, of its kind, about a client, for a while.
    pub(crate) rules: Jwt,
    /// Whether a proof is of its kind, by header.
    pub(crate) kind: fn(&Object) -> bool,
    /// Whether the key of the attestation signed the proof, given whether it did.
    pub(crate) signed: fn(bool) -> bool,
    /// Whether a proof is for this server, and of now.
    pub(crate) sound: fn(&Object, issuer: &str, now: u64) -> bool,
    /// Whether a proof works once.
    pub(crate) once: bool,
}

impl Attested {
    pub(crate) fn right() -> Self {
        Self {
            rules: Jwt {
                jwe: None,
                kind: |header| is_kind(header, "oauth-client-attestation+jwt"),
                // there is one attester here, whatever it calls itself
                issuer: |_, _| Ok(true),
                audience: |_, _| Ok(()),
                issued_at: |_, _| Ok(()),
                span: |_, _| Ok(()),
                required: |claims| {
                    ensure(claims.get("cnf").is_some_and(|cnf| cnf["jwk"].is_object()))
                },
                ..Jwt::right()
            },
            kind: |header| is_kind(header, "oauth-client-attestation-pop+jwt").is_ok(),
            signed: |signed| signed,
            sound,
            once: true,
        }
    }
}

fn is_kind(header: &Object, kind: &str) -> jwt::Check {
    ensure(header.get("typ").and_then(Value::as_str) == Some(kind))
}

/// For this server, with a name, and made in the last minutes.
pub(crate) fn sound(claims: &Object, issuer: &str, now: u64) -> bool {
    claims.get("aud").and_then(Value::as_str) == Some(issuer) && named(claims) && young(claims, now)
}

/// Whether it has a name.
pub(crate) fn named(claims: &Object) -> bool {
    jwt::is_text(claims.get("jti"))
}

/// Whether it was made in the last minutes.
pub(crate) fn young(claims: &Object, now: u64) -> bool {
    let now = jwt::seconds(now);
    jwt::date(claims.get("iat")).is_some_and(|iat| iat > now - WINDOW && iat < now + WINDOW)
}
