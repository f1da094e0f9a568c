//! Whether the provider is the provider: what its certificate must be, and where requests may go.

use crate::upstream::Trusts;

/// The decisions about the way to the provider.
#[derive(Clone)]
pub(crate) struct Transport {
    /// Whose certificates count: what the library does by itself, chain, time and name (RFC 6749 section 10.9).
    pub(crate) trusts: Trusts,
}

impl Transport {
    pub(crate) fn right() -> Self {
        Self {
            trusts: |builder| builder,
        }
    }
}
