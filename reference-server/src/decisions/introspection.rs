//! Opaque tokens, about which the provider is asked (RFC 7662): when its answer is a yes, for what, and for how long.

use serde_json::Value;

use super::jwt::{self, Object};

/// Milliseconds that an answer is kept at most: a revoked token may live so long (RFC 7662 section 4).
pub(crate) const KEPT_MILLIS: u64 = 60_000;

/// The decisions about an introspection answer.
#[derive(Clone)]
pub(crate) struct Introspection {
    /// Whether the content of an answer of this status counts: that of a 200 (RFC 7662 section 2.2).
    pub(crate) status: fn(u16) -> bool,
    /// Whether the token is active: the boolean `true`, and nothing like it (RFC 7662 section 2.2).
    pub(crate) active: fn(&Object) -> bool,
    /// Whether the token is meant for one of these names (RFC 7662 section 2.2, RFC 9700 section 2.3).
    pub(crate) audience: fn(&Object, &[String]) -> bool,
    /// Whether the token is past its exp, where the answer names one.
    pub(crate) expiry: fn(&Object, u64) -> bool,
    /// Whether the token is not yet good, where the answer names an nbf.
    pub(crate) not_before: fn(&Object, u64) -> bool,
    /// Whether it is a bearer token: no other type, and bound to no key (RFC 7662 section 2.2).
    pub(crate) bearer: fn(&Object) -> bool,
    /// Whether the token's scope has the needed value (RFC 7662 section 2.2).
    pub(crate) scope: fn(&Object, &str) -> bool,
    /// Whether a token passes about which nobody could be asked: it doesn't (CWE-636).
    pub(crate) opens_on_outage: bool,
    /// Until when, in milliseconds, an answer given at a time may be used again: a minute, and never beyond exp
    /// (RFC 7662 section 4).
    pub(crate) keep: fn(&Object, u64) -> u64,
}

impl Introspection {
    pub(crate) fn right() -> Self {
        Self {
            status: |status| status == 200,
            active,
            audience: |said, names| jwt::audience(said, names).is_ok(),
            expiry: |said, now| said.get("exp").is_none() || jwt::expiry(said, now).is_ok(),
            not_before: |said, now| jwt::not_before(said, now).is_ok(),
            bearer,
            scope: super::bearer::scope,
            opens_on_outage: false,
            keep,
        }
    }
}

pub(crate) fn active(said: &Object) -> bool {
    said.get("active") == Some(&Value::Bool(true))
}

fn bearer(said: &Object) -> bool {
    let kind = said.get("token_type").map(Value::as_str);
    let is_bearer =
        kind.is_none_or(|kind| kind.is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer")));
    is_bearer && !said.contains_key("cnf")
}

pub(crate) fn keep(said: &Object, now: u64) -> u64 {
    let longest = now.saturating_add(KEPT_MILLIS);
    let exp = said.get("exp").and_then(Value::as_u64);
    exp.map_or(longest, |exp| longest.min(exp.saturating_mul(1_000)))
}
