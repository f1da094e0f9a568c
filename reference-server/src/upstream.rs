//! What this server knows of the provider it is configured with: metadata and key set, fetched when
//! first needed and kept.
//!
//! Every answer is bounded in time and size, redirects are not followed, and metadata that names
//! another issuer is not used (RFC 8414 section 3.3).

mod http;

use serde_json::{Map, Value};
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use crate::Upstream;
use crate::clock::Clock;
pub(crate) use http::{Answer, Http, LIMIT, Trusts};

/// The provider as it is known so far.
pub(crate) struct Provider {
    pub(crate) registration: Upstream,
    metadata: OnceCell<Map<String, Value>>,
    keys: Mutex<KeySet>,
}

#[derive(Default)]
struct KeySet {
    set: Value,
    fetched: Option<u64>,
    tried: Option<u64>,
    failed: bool,
}

impl Provider {
    pub(crate) fn new(registration: Upstream) -> Self {
        Self {
            registration,
            metadata: OnceCell::new(),
            keys: Mutex::default(),
        }
    }

    /// The provider's metadata (RFC 8414 section 3, OpenID Connect Discovery section 4).
    pub(crate) async fn metadata(
        &self,
        http: &Http,
        usable: Discovery,
    ) -> Option<&Map<String, Value>> {
        self.metadata
            .get_or_try_init(|| async { self.discover(http, usable).await.ok_or(()) })
            .await
            .ok()
    }

    async fn discover(&self, http: &Http, usable: Discovery) -> Option<Map<String, Value>> {
        let issuer = self.registration.issuer.as_str();
        for address in (http.transport.addresses)(issuer) {
            if let Some(Value::Object(metadata)) = http.get_json(&address).await
                && usable(&metadata, issuer)
                && (http.transport.endpoints)(&metadata, issuer)
                && (http.transport.bare)(&metadata)
            {
                return Some((http.transport.learns)(metadata, issuer));
            }
        }
        None
    }

    /// The key set. It is fetched again when it has become old, and for a kid that it lacks (OIDC
    /// Core 10.1.1); when that fails the keys that were known stay known.
    pub(crate) async fn keys(&self, http: &Http, clock: &Clock, want: &Want<'_>) -> Keys {
        let mut keys = self.keys.lock().await;
        let has = |set: &Value, kid: &str| {
            set.get("keys")
                .and_then(Value::as_array)
                .is_some_and(|keys| keys.iter().any(|key| key["kid"] == kid))
        };
        let now = clock.millis();
        let age = |since: Option<u64>| since.map(|since| now.saturating_sub(since));
        let old = age(keys.fetched).is_none_or(|age| age >= want.life);
        let wanted = old || want.kid.is_some_and(|kid| !has(&keys.set, kid));
        let rested = age(keys.tried).is_none_or(|age| age >= want.rest);
        if wanted && (rested || keys.set.is_null()) {
            keys.tried = Some(now);
            keys.failed = true;
            let address = self
                .metadata(http, want.discovery)
                .await
                .and_then(|metadata| metadata.get("jwks_uri")?.as_str());
            if let Some(address) = address
                && let Some(set) = http.key_set(address, want.follows, want.longest).await
                && (want.readable)(&set)
            {
                keys.set = set;
                keys.fetched = Some(now);
                keys.failed = false;
            }
        }
        Keys {
            set: keys.set.clone(),
            failed: keys.failed,
        }
    }
}

/// What is wanted of a key set.
pub(crate) struct Want<'a> {
    /// A kid that should be in it.
    pub(crate) kid: Option<&'a str>,
    /// Milliseconds that a fetched set may be used.
    pub(crate) life: u64,
    /// Milliseconds between two attempts to fetch a set.
    pub(crate) rest: u64,
    /// Whether a set is one.
    pub(crate) readable: fn(&Value) -> bool,
    /// Whether a redirect is followed.
    pub(crate) follows: bool,
    /// Octets of a set that are read.
    pub(crate) longest: usize,
    /// Whether metadata that names this issuer is that of the other.
    pub(crate) discovery: Discovery,
}

/// A key set as it is known, and whether the last attempt to fetch it failed.
pub(crate) struct Keys {
    pub(crate) set: Value,
    pub(crate) failed: bool,
}

/// Whether metadata may be used, given the issuer that was asked.
pub(crate) type Discovery = fn(&Map<String, Value>, &str) -> bool;

/// Where the metadata of an issuer may be: the well-known part after the issuer's path (OpenID), or
/// between its host and path (RFC 8414 section 3.1).
pub(crate) fn metadata_addresses(issuer: &str) -> Vec<String> {
    let trimmed = issuer.trim_end_matches('/');
    let mut addresses = vec![format!("{trimmed}/.well-known/openid-configuration")];
    if let Ok(mut url) = Url::parse(trimmed) {
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
        addresses.push(url.to_string());
    }
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_looked_for_in_both_places() {
        for (issuer, second) in [
            (
                "http://127.0.0.1:1/a",
                "http://127.0.0.1:1/.well-known/oauth-authorization-server/a",
            ),
            (
                "http://127.0.0.1:1",
                "http://127.0.0.1:1/.well-known/oauth-authorization-server",
            ),
        ] {
            let addresses = metadata_addresses(issuer);
            assert_eq!(
                addresses[0],
                format!("{issuer}/.well-known/openid-configuration")
            );
            assert_eq!(addresses[1], second);
        }
    }
}
