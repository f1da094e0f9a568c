//! The cookies that the client sets, and those that it believes.

use axum::http::request::Parts;

use crate::cookie;

/// The decisions about cookies.
#[derive(Clone)]
pub(crate) struct Cookies {
    /// The Set-Cookie fields as they are sent: as the grammar for servers has them, each cookie
    /// once (RFC 6265bis section 4.1.1).
    pub(crate) writes: fn(Vec<String>) -> Vec<String>,
    /// A cookie of a request, in whatever fields and order they come (RFC 6265bis section 4.2).
    pub(crate) reads: fn(&Parts, &str) -> Option<String>,
    /// The name that a cookie has where the browser came by TLS: with the prefix by which nobody else can have set it
    /// (RFC 6265bis section 4.1.3).
    pub(crate) prefix: &'static str,
    /// What a cookie says where the browser came by TLS: that it goes back by TLS alone (RFC 6265bis section 8.3).
    pub(crate) secure: &'static str,
    /// Whether the cookie that says whom to greet logs in: it can be written by anyone (CWE-565).
    pub(crate) believes_greeting: bool,
}

impl Cookies {
    pub(crate) fn right() -> Self {
        Self {
            writes: |fields| fields,
            reads: cookie::value,
            prefix: "__Host-",
            secure: "; Secure",
            believes_greeting: false,
        }
    }
}
