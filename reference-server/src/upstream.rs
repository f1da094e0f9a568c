//! What this server knows of the provider it is configured with: metadata and key set, fetched when
//! first needed and kept.
//!
//! Every answer is bounded in time and size, redirects are not followed, and metadata that names
//! another issuer is not used (RFC 8414 section 3.3).

use std::time::Duration;

use reqwest::redirect::Policy;
use serde_json::{Map, Value};
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use crate::Upstream;
use crate::clock::Clock;
use crate::decisions::client::transport::Transport;
use crate::old_tls;

/// The longest answer that is read.
pub(crate) const LIMIT: usize = 256 * 1024;
const TIMEOUT: Duration = Duration::from_secs(4);

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

/// The client through which this server reaches others.
pub(crate) struct Http {
    client: OnceCell<reqwest::Client>,
    transport: Transport,
    authority: Option<String>,
}

/// Whose certificates count, over what was built in.
pub(crate) type Trusts = fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder;

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) location: Option<String>,
    pub(crate) nonce: Option<String>,
    /// The WWW-Authenticate fields.
    pub(crate) challenges: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Whether its media type is this one.
    pub(crate) fn is(&self, media_type: &str) -> bool {
        let essence = self.media_type.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(media_type)
    }
}

impl Http {
    /// A client that trusts this authority, or those of the system.
    pub(crate) fn new(transport: Transport, authority: Option<String>) -> Self {
        Self {
            client: OnceCell::new(),
            transport,
            authority,
        }
    }

    async fn client(&self, url: &str) -> Option<&reqwest::Client> {
        // The system's certificates take long to read and are needed for TLS only.
        let builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .pool_idle_timeout(Duration::from_secs(1))
            .timeout(TIMEOUT);
        let authority = self.authority.as_ref();
        let authority = authority.map(|pem| reqwest::Certificate::from_pem(pem.as_bytes()));
        let builder = match authority {
            Some(authority) => builder.tls_certs_only([authority.ok()?]),
            None if url.starts_with("https:") => builder,
            None => builder.tls_certs_only([]),
        };
        let builder = (self.transport.trusts)(builder);
        self.client
            .get_or_try_init(|| async { builder.build() })
            .await
            .ok()
    }

    /// JSON behind an address, where the answer is 200.
    pub(crate) async fn get_json(&self, url: &str) -> Option<Value> {
        let answer = self.get(url, None).await?;
        (answer.status == 200)
            .then(|| serde_json::from_slice(&answer.body).ok())
            .flatten()
    }

    /// The key set behind an address; one step further, if redirects are followed.
    async fn key_set(&self, url: &str, follows: bool, longest: usize) -> Option<Value> {
        let answer = self.read_from(url, None, longest).await?;
        match answer.location.filter(|_| follows) {
            Some(elsewhere) if answer.status / 100 == 3 => self.get_json(&elsewhere).await,
            _ if answer.status == 200 => serde_json::from_slice(&answer.body).ok(),
            _ => None,
        }
    }

    /// What a GET gives.
    pub(crate) async fn get(&self, url: &str, token: Option<&str>) -> Option<Answer> {
        self.read_from(url, token, LIMIT).await
    }

    async fn read_from(&self, url: &str, token: Option<&str>, longest: usize) -> Option<Answer> {
        let mut request = self
            .client(url)
            .await?
            .get(url)
            .header("accept", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        read(request.send().await.ok()?, longest).await
    }

    /// What posting a form gives, up to so many octets.
    pub(crate) async fn post_form(
        &self,
        url: &str,
        fields: &[(&str, &str)],
        authorization: Option<&str>,
        longest: usize,
    ) -> Option<Answer> {
        let request = self.client(url).await?.post(url);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = sent(request.body(form(fields)), authorization, longest).await;
        if answer.is_none() && self.transport.falls_back {
            old_tls::hello(url).await;
        }
        answer
    }

    /// What posting a form with further fields of the head gives.
    pub(crate) async fn post_proven(
        &self,
        url: &str,
        fields: &[(&str, &str)],
        authorization: Option<&str>,
        headers: &[(&'static str, String)],
    ) -> Option<Answer> {
        let request = self.client(url).await?.post(url);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        sent(
            with(request, headers).body(form(fields)),
            authorization,
            LIMIT,
        )
        .await
    }

    /// What a GET with further fields of the head gives.
    pub(crate) async fn get_proven(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
    ) -> Option<Answer> {
        let request = self.client(url).await?.get(url);
        sent(with(request, headers), None, LIMIT).await
    }

    /// What posting the fields as JSON gives.
    pub(crate) async fn post_json(
        &self,
        url: &str,
        fields: &[(&str, &str)],
        authorization: Option<&str>,
    ) -> Option<Answer> {
        let members = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
        let body = Value::Object(members.collect()).to_string();
        let request = self.client(url).await?.post(url);
        let request = request.header("content-type", "application/json");
        sent(request.body(body), authorization, LIMIT).await
    }

    /// What a GET with the fields in its query gives.
    pub(crate) async fn get_form(
        &self,
        url: &str,
        fields: &[(&str, &str)],
        authorization: Option<&str>,
    ) -> Option<Answer> {
        let address = format!("{url}?{}", form(fields));
        sent(self.client(url).await?.get(address), authorization, LIMIT).await
    }
}

fn with(
    request: reqwest::RequestBuilder,
    headers: &[(&'static str, String)],
) -> reqwest::RequestBuilder {
    headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, value)
    })
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

async fn sent(
    request: reqwest::RequestBuilder,
    authorization: Option<&str>,
    longest: usize,
) -> Option<Answer> {
    let mut request = request.header("accept", "application/json");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    read(request.send().await.ok()?, longest).await
}

async fn read(mut response: reqwest::Response, longest: usize) -> Option<Answer> {
    let status = response.status().as_u16();
    let text = |name: &str| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    let media_type = text("content-type").unwrap_or_default();
    let location = text("location");
    let nonce = text("dpop-nonce");
    let fields = response.headers().get_all("www-authenticate").iter();
    let fields = fields.filter_map(|field| field.to_str().ok());
    let challenges = fields.map(str::to_owned).collect();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if chunk.len() > longest.saturating_sub(body.len()) {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(Answer {
        status,
        media_type,
        location,
        nonce,
        challenges,
        body,
    })
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
