//! Every security decision of this server, grouped by area. Each field is one decision; its default
//! is right and cites the clause. A fault replaces the one in which its mistake lies, or both where it lies in two.
//!
//! No decision knows which faults exist, and none reads the state of another.

pub(crate) mod access;
pub(crate) mod basic;
pub(crate) mod bearer;
pub(crate) mod client;
pub(crate) mod dpop;
pub(crate) mod grant;
pub(crate) mod introspection;
pub(crate) mod jwe;
pub(crate) mod jwt;
pub(crate) mod metadata;
pub(crate) mod places;

use crate::tls::Tls;

/// All decisions of one running server.
#[derive(Clone)]
pub(crate) struct Decisions {
    /// What the guard sees and whom it believes.
    pub(crate) access: access::Access,
    /// HTTP Basic.
    pub(crate) basic: basic::Basic,
    /// Where a bearer token is read and how it is refused.
    pub(crate) bearer: bearer::Bearer,
    /// What stands beside the plain resources.
    pub(crate) places: places::Places,
    /// Tokens bound to a key.
    pub(crate) dpop: dpop::Dpop,
    /// The same API over TLS.
    pub(crate) tls: Tls,
    /// Which tokens are valid.
    pub(crate) jwt: jwt::Jwt,
    /// Which opaque tokens are valid.
    pub(crate) introspection: introspection::Introspection,
    /// What the resources say of themselves.
    pub(crate) metadata: metadata::Metadata,
    /// What goes to a provider, and whether it is the provider.
    pub(crate) transport: client::transport::Transport,
    /// Logging users in at a provider.
    pub(crate) client: client::Client,
    /// The authorization server.
    pub(crate) grant: grant::Grant,
}

impl Decisions {
    /// The decisions of a sound server.
    pub(crate) fn right() -> Self {
        Self {
            access: access::Access::right(),
            basic: basic::Basic::right(),
            bearer: bearer::Bearer::right(),
            places: places::Places::right(),
            dpop: dpop::Dpop::right(),
            tls: Tls::right(),
            jwt: jwt::Jwt::right(),
            introspection: introspection::Introspection::right(),
            metadata: metadata::Metadata::right(),
            transport: client::transport::Transport::right(),
            client: client::Client::right(),
            grant: grant::Grant::right(),
        }
    }
}
