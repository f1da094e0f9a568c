//! Logins on other devices (RFC 8628): how often the provider is asked, and when it is asked no more.

use serde_json::{Value, json};

/// The decisions about logins on other devices.
#[derive(Clone)]
pub(crate) struct Device {
    /// Whether the client says who it is (RFC 8628 section 3.1).
    pub(crate) authenticates: bool,
    /// The grant of the token request (RFC 8628 section 3.4).
    pub(crate) grant_type: &'static str,
    /// Seconds between two requests: what was said, or five (RFC 8628 section 3.2).
    pub(crate) interval: fn(&Value) -> u64,
    /// The interval after slow_down: five seconds more, from now on (RFC 8628 section 3.5).
    pub(crate) slower: fn(u64) -> u64,
    /// Whether a longer interval serves once only: it stays.
    pub(crate) forgets: bool,
    /// The interval after a time-out: twice as long (RFC 8628 section 3.5).
    pub(crate) backs_off: fn(u64) -> u64,
    /// Whether an error ends the login: every one but two (RFC 8628 section 3.5).
    pub(crate) ends: fn(&str) -> bool,
    /// Whether a login whose code is over begins anew by itself, told so by the provider or by its own clock: it doesn't
    /// (RFC 8628 sections 3.1 and 3.5).
    pub(crate) renews: bool,
    pub(crate) renews_in_time: bool,
    /// What is shown to the user: address and code (RFC 8628 section 3.3.1).
    pub(crate) shows: fn(&Value) -> Value,
}

/// RFC 8628 section 3.4.
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

impl Device {
    pub(crate) fn right() -> Self {
        Self {
            authenticates: true,
            grant_type: GRANT,
            interval: |said| said["interval"].as_u64().unwrap_or(5),
            slower: |interval| interval + 5,
            forgets: false,
            backs_off: |interval| interval.saturating_mul(2),
            ends: |error| !matches!(error, "authorization_pending" | "slow_down"),
            renews: false,
            renews_in_time: false,
            shows: |said| {
                json!({
                    "code": said["user_code"],
                    "address": said["verification_uri"],
                    "link": said["verification_uri_complete"],
                })
            },
        }
    }
}
