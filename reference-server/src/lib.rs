//! The server that authspec judges itself by.
//!
//! It guards an API with HTTP Basic and Bearer JWTs, logs users in as an OAuth client and is an
//! authorization server itself. It is right by default; a *fault* overrides exactly one of its
//! `decisions` by the mistake that a developer or a library really made.
//!
//! It knows nothing of the harness: no suite, no case, no expectation, and it shares no protocol
//! code with it, so that a misreading in one is seen by the other.

mod accounts;
mod admit;
mod answer;
mod basic;
mod bearer;
mod certificate;
mod client;
mod clients;
mod clock;
mod cookie;
mod credential;
mod decisions;
mod dpop;
mod encoding;
mod fault;
mod guard;
mod introspected;
mod issuer;
mod jwe;
mod jwt;
mod keys;
mod login;
mod notes;
mod old_tls;
mod places;
mod resource_metadata;
mod routes;
mod server;
mod state;
mod tls;
mod upstream;

use std::net::SocketAddr;

pub use accounts::{Account, accounts};
pub use clients::{Certificate, Client, clients};
pub use clock::Clock;
pub use fault::{Fault, faults};
pub use issuer::register::INITIAL_TOKEN;
pub use server::{Running, StartError, start};
pub use tls::tls_authority;

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Names of faults or of groups of faults. They compose.
    pub faults: Vec<String>,
    /// The provider that users log in at and whose tokens the API accepts beside its own.
    pub provider: Option<Upstream>,
    /// Another provider, at which only users log in: `/login?idp=second`.
    pub second_provider: Option<Upstream>,
    /// The authority of the provider's certificate, in PEM; without it those of the system count.
    pub provider_authority: Option<String>,
    /// The public origin, where it differs from the address listened on.
    pub origin: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            faults: Vec::new(),
            provider: None,
            second_provider: None,
            provider_authority: None,
            origin: None,
        }
    }
}

/// The OAuth provider that this server is registered at.
#[derive(Clone)]
pub struct Upstream {
    /// Its issuer identifier, to which its metadata is fetched (RFC 8414, OpenID Connect Discovery).
    pub issuer: String,
    /// The client identifier of this server there.
    pub client_id: String,
    /// The secret that goes with it.
    pub client_secret: String,
    /// The API that its users' access tokens are for, where there is one.
    pub api: Option<String>,
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upstream")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
