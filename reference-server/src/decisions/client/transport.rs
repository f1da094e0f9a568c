//! Whether the provider is the provider: what its certificate must be, where its metadata is, where requests may go, and
//! what of one provider counts for another.

use serde_json::{Map, Value};

use url::Url;

use crate::Upstream;
use crate::client::browser::User;
use crate::upstream::{Trusts, metadata_addresses};

/// The decisions about the way to the provider, and about several.
#[derive(Clone)]
pub(crate) struct Transport {
    /// Whose certificates count: what the library does by itself, chain, time and name (RFC 6749 section 10.9).
    pub(crate) trusts: Trusts,
    /// Where the metadata of an issuer is looked for: at all of the places (RFC 8414 sections 3.1 and 5).
    pub(crate) addresses: fn(&str) -> Vec<String>,
    /// Whether these endpoints may be asked: an https issuer has https endpoints (RFC 6749 section 10.8).
    pub(crate) endpoints: fn(&Map<String, Value>, &str) -> bool,
    /// Whether an older version of TLS is tried where none could be agreed on: it isn't (RFC 9325 section 3.1.3).
    pub(crate) falls_back: bool,
    /// Whether the metadata names no address with a user name, which can look like a host (RFC 9110 section 4.2.4).
    pub(crate) bare: fn(&Map<String, Value>) -> bool,
    /// What is kept of the metadata: all of it (RFC 8414 section 3.2).
    pub(crate) learns: fn(Map<String, Value>, &str) -> Map<String, Value>,
    /// Who this client is at its second provider, given who it is at the first: somebody else (RFC 6749 section 2.2).
    pub(crate) registered: fn(&Upstream, &Upstream) -> Upstream,
    /// The account of a user: that of issuer and subject together (OIDC Core 5.7).
    pub(crate) account: fn(&User) -> String,
}

impl Transport {
    pub(crate) fn right() -> Self {
        Self {
            trusts: |builder| builder,
            addresses: metadata_addresses,
            endpoints: |metadata, issuer| {
                let plain = |(name, value): (&String, &Value)| {
                    let is_endpoint = name.ends_with("_endpoint") || name == "jwks_uri";
                    let plain = |url: &str| !url.starts_with("https://");
                    is_endpoint && value.as_str().is_some_and(plain)
                };
                !issuer.starts_with("https://") || !metadata.iter().any(plain)
            },
            falls_back: false,
            bare: |metadata| {
                let addresses = metadata.values().filter_map(Value::as_str);
                let mut addresses = addresses.filter_map(|address| Url::parse(address).ok());
                addresses.all(|address| address.username().is_empty())
            },
            learns: |metadata, _| metadata,
            registered: |second, _| second.clone(),
            account: |user| format!("{} at {}", user.subject, user.issuer),
        }
    }
}
