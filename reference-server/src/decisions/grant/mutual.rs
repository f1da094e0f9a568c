//! Clients with certificates (RFC 8705): who they are, and what their tokens are bound to.

use axum::http::request::Parts;

use super::super::bearer;
use crate::{certificate, encoding};

/// The decisions about clients with certificates.
#[derive(Clone)]
pub(crate) struct Mutual {
    /// The certificate in DER: that of the TLS connection, never one that a field holds (section 2, RFC 9440 section 3).
    pub(crate) shown: fn(&Parts) -> Option<Vec<u8>>,
    /// Whether a client of these methods is believed without a certificate: it isn't (section 2).
    pub(crate) believes_names: bool,
    /// Whether a certificate is vouched for, at this time in seconds: by the authority of clients alone (section 2.1).
    pub(crate) vouched: fn(&[u8], u64) -> bool,
    /// Whether a subject is the registered one, which comes first: the same (section 2.1.2).
    pub(crate) subject: fn(&str, &str) -> bool,
    /// Whether a certificate is the registered one, which comes first: every octet (section 2.2).
    pub(crate) registered: fn(&[u8], &[u8]) -> bool,
    /// Whether a client that names itself nowhere is told by its certificate: it is to send client_id (section 2).
    pub(crate) told_by_certificate: bool,
    /// What a token is bound to (section 3.1).
    pub(crate) thumbprint: fn(&[u8]) -> String,
    /// Whether an access token says to which certificate it is bound (section 3.1).
    pub(crate) confirms: bool,
    /// Whether introspection says it too (section 3.2).
    pub(crate) told: bool,
    /// Whether a refresh token that is bound to a certificate is used with that one (section 4).
    pub(crate) refreshes: fn(Option<&str>, Option<&str>) -> bool,
}

impl Mutual {
    pub(crate) fn right() -> Self {
        Self {
            shown: bearer::certificate,
            believes_names: false,
            vouched: certificate::is_vouched_for,
            subject: |registered, shown| registered == shown,
            registered: |registered, shown| registered == shown,
            told_by_certificate: false,
            thumbprint: |der| encoding::base64url(&encoding::sha256(der)),
            confirms: true,
            told: true,
            refreshes: |bound, shown| bound.is_none_or(|bound| shown == Some(bound)),
        }
    }
}
