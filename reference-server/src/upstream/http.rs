//! How this server asks others: bounded in time and size, and no redirect followed.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::redirect::Policy;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::decisions::client::transport::Transport;
use crate::old_tls;

/// The longest answer that is read.
pub(crate) const LIMIT: usize = 256 * 1024;
const TIMEOUT: Duration = Duration::from_secs(4);

/// The client through which this server reaches others.
pub(crate) struct Http {
    client: OnceCell<reqwest::Client>,
    pub(super) transport: Transport,
    authority: Option<String>,
    /// It shows a certificate to whoever asks for one.
    identity: Option<reqwest::Identity>,
    certified: OnceLock<Option<Box<Self>>>,
}

/// The certificate by which this application authenticates where it is asked to: it vouches for itself (RFC 8705 section
/// 2.2).
const CERTIFICATE: &str = concat!(
    include_str!("../../keys/tls-self-signed.crt"),
    include_str!("../../keys/tls-server.pem")
);

/// Whose certificates count, over what was built in.
pub(crate) type Trusts = fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder;

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) location: Option<String>,
    pub(crate) nonce: Option<String>,
    /// The values of its WWW-Authenticate fields.
    pub(crate) challenges: Vec<String>,
    /// Seconds after which to come again, where it says so.
    pub(crate) retry_after: Option<u64>,
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
            identity: None,
            certified: OnceLock::new(),
        }
    }

    /// The same client with a certificate.
    pub(crate) fn certified(&self) -> Option<&Self> {
        let made = self.certified.get_or_init(|| {
            let identity = reqwest::Identity::from_pem(CERTIFICATE.as_bytes()).ok()?;
            let plain = Self::new(self.transport.clone(), self.authority.clone());
            Some(Box::new(Self {
                identity: Some(identity),
                ..plain
            }))
        });
        made.as_deref()
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
        let builder = match &self.identity {
            Some(identity) => builder.identity(identity.clone()),
            None => builder,
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
    pub(super) async fn key_set(&self, url: &str, follows: bool, longest: usize) -> Option<Value> {
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

    /// The same within a time of its own: those who ask again and again wait for no answer long.
    pub(crate) async fn poll(
        &self,
        url: &str,
        fields: &[(&str, &str)],
        authorization: Option<&str>,
        within: Duration,
    ) -> Option<Answer> {
        let request = self.client(url).await?.post(url).timeout(within);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        sent(request.body(form(fields)), authorization, LIMIT).await
    }

    /// What posting a JSON object gives.
    pub(crate) async fn post_object(&self, url: &str, object: &Value) -> Option<Answer> {
        let request = self.client(url).await?.post(url);
        let request = request.header("content-type", "application/json");
        sent(request.body(object.to_string()), None, LIMIT).await
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
    let retry_after = text("retry-after").and_then(|seconds| seconds.parse().ok());
    let challenges = response.headers().get_all("www-authenticate").iter();
    let challenges = challenges.filter_map(|value| value.to_str().ok().map(str::to_owned));
    let challenges = challenges.collect();
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
        retry_after,
        body,
    })
}
