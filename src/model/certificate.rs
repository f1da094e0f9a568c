//! The certificate that a client shows in a TLS handshake (RFC 8446 section 4.4.2).

use std::sync::Arc;

use super::secret::Secret;

/// A client certificate with its key.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// What reports call it.
    pub name: &'static str,
    /// SHA-256 of its DER form in base64url: `x5t#S256` (RFC 8705 section 3.1).
    pub thumbprint: String,
    /// Its DER form in base64.
    pub base64: String,
    /// Certificate, those that vouch for it, and the private key, in PEM.
    pub pem: Secret,
}

/// Which certificate a connection shows, should the server ask for one. Without TLS it means nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Shown {
    /// Our own, if there is one.
    #[default]
    Usual,
    /// None, whatever we have.
    Nothing,
    /// This one.
    This(Arc<ClientCertificate>),
}

impl Shown {
    /// The certificate that is named here.
    pub fn named(&self) -> Option<&Arc<ClientCertificate>> {
        match self {
            Self::This(certificate) => Some(certificate),
            Self::Usual | Self::Nothing => None,
        }
    }
}
