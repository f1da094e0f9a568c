//! Logouts that the provider tells of (OpenID Connect Back-Channel Logout).

use serde_json::Value;

use super::super::jwt::{self, Jwt, Object, ensure};
use super::id_token;

/// The decisions about logout tokens.
#[derive(Clone)]
pub(crate) struct BackChannel {
    /// The decisions about a logout token as a JWT (section 2.6).
    pub(crate) token: Jwt,
    /// Whether header and claims say that it is about a logout: by its type, by the one event, by having a name of its
    /// own and no nonce (section 2.4).
    pub(crate) is_about_logout: fn(&Object, &Object) -> bool,
    /// Whether a token works once (section 2.6).
    pub(crate) once: bool,
    /// Whether the session ends here (section 2.7).
    pub(crate) ends: bool,
}

/// The event of a logout.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

impl BackChannel {
    pub(crate) fn right() -> Self {
        Self {
            token: Jwt {
                kind: |_| Ok(()),
                subject: |_| Ok(()),
                required: |claims| {
                    ensure(["sub", "sid"].iter().any(|name| claims.contains_key(*name)))
                },
                ..id_token()
            },
            is_about_logout: |header, claims| {
                let names = |name: &str| claims.contains_key(name);
                is_typed(header) && has_event(claims) && names("jti") && !names("nonce")
            },
            once: true,
            ends: true,
        }
    }
}

pub(crate) fn is_typed(header: &Object) -> bool {
    let typ = header.get("typ").and_then(Value::as_str);
    let typ = typ.map(jwt::strip_application);
    typ.is_some_and(|typ| typ.eq_ignore_ascii_case("logout+jwt"))
}

pub(crate) fn has_event(claims: &Object) -> bool {
    let events = claims.get("events").and_then(Value::as_object);
    events.is_some_and(|events| events.get(EVENT).is_some_and(Value::is_object))
}
