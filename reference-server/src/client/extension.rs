//! Logins that use an extension: client assertions, bound tokens, pushed requests, resource indicators.

use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};

use super::challenge::Challenge;
use super::exchange::TokenRequest;
use super::object;
use crate::decisions::client::assertions::Facts;
use crate::decisions::client::proofs::About;
use crate::decisions::dpop::thumbprint;
use crate::keys;
use crate::state::Server;
use crate::upstream::{Answer, LIMIT, Provider};

/// The extension that a login uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Way {
    #[default]
    Plain,
    Assertion,
    Dpop,
    Push,
    Resource,
    /// None, and no secret either.
    Public,
    /// ID tokens that are encrypted to a key of `/jwks`.
    Encrypted,
    /// The answer as a token.
    Response,
    Api,
    RequestObject,
    RequestUri,
    PushedObject,
    Details,
    Certificate,
}

impl Way {
    /// What the link to the login says.
    pub(crate) fn named(word: &str) -> Self {
        match word {
            "assertion" => Self::Assertion,
            "dpop" => Self::Dpop,
            "push" => Self::Push,
            "resource" => Self::Resource,
            "public" => Self::Public,
            "encrypted" => Self::Encrypted,
            "response-token" => Self::Response,
            "api" => Self::Api,
            "request-object" => Self::RequestObject,
            "request-uri" => Self::RequestUri,
            "pushed-object" => Self::PushedObject,
            "details" => Self::Details,
            "certificate" => Self::Certificate,
            _ => Self::Plain,
        }
    }

    /// Whether the client authenticates by an assertion.
    pub(crate) fn asserts(self) -> bool {
        matches!(self, Self::Assertion | Self::PushedObject)
    }
}

/// What is remembered between logins.
#[derive(Default)]
pub(crate) struct Kept {
    nonce: Mutex<Option<String>>,
    /// That of UserInfo, which is another server's (RFC 9449 section 9).
    resource_nonce: Mutex<Option<String>>,
    assertion: Mutex<Option<String>>,
    request_uri: Mutex<Option<String>>,
    /// Signed requests that the provider may fetch, newest last.
    pub(super) objects: Mutex<Vec<(String, String)>>,
    /// Tokens whose revocation the provider put off, and when to try again.
    pub(super) revocations: Mutex<Vec<(String, u64)>>,
    /// What the API says of itself.
    pub(super) api_metadata: Mutex<Option<Value>>,
    /// The token that the API is asked with, whoever asks; a fault keeps one.
    pub(super) token: Mutex<Option<String>>,
}

pub(super) fn get<T: Clone>(kept: &Mutex<Option<T>>) -> Option<T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

pub(super) fn put<T>(kept: &Mutex<Option<T>>, value: Option<T>) {
    *kept.lock().unwrap_or_else(PoisonError::into_inner) = value;
}

/// How the request travels: as it is, signed, pushed, or both.
pub(crate) async fn carried(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    way: Way,
    asked: Vec<(&'static str, String)>,
) -> Option<Vec<(&'static str, String)>> {
    let rules = &server.decisions.client;
    let demanded = (rules.assertions.must_push)(metadata);
    match way {
        Way::RequestObject => Some(object::signed(server, provider, asked)),
        Way::RequestUri => Some(object::by_address(server, provider, asked)),
        Way::PushedObject => {
            let signed = object::signed(server, provider, asked.clone());
            let signed = (rules.objects.pushed)(signed, asked);
            pushed(server, provider, metadata, &signed, way).await
        }
        Way::Push if rules.assertions.pushes => {
            let asked = (rules.assertions.pushed)(asked);
            pushed(server, provider, metadata, &asked, way).await
        }
        Way::Details if rules.objects.protects_details => {
            pushed(server, provider, metadata, &asked, way).await
        }
        // a provider that says to know both is told of the key where nobody can change it (RFC 9449 section 10.1)
        Way::Dpop if takes_both(metadata) && rules.assertions.pushes => {
            pushed(server, provider, metadata, &asked, way).await
        }
        Way::Plain if demanded => pushed(server, provider, metadata, &asked, way).await,
        _ => Some(asked),
    }
}

fn takes_both(metadata: &Map<String, Value>) -> bool {
    let both = [
        "pushed_authorization_request_endpoint",
        "dpop_signing_alg_values_supported",
    ];
    both.iter().all(|name| metadata.contains_key(*name))
}

/// The parameters by which the client authenticates with an assertion at an endpoint.
pub(crate) fn assertion(
    server: &Server,
    provider: &Provider,
    endpoint: &str,
) -> Vec<(&'static str, String)> {
    let rules = &server.decisions.client.assertions;
    let facts = Facts {
        client_id: &provider.registration.client_id,
        issuer: &provider.registration.issuer,
        origin: &server.origin,
        endpoint,
        now: server.clock.now(),
    };
    let known = get(&server.kept.assertion).filter(|_| rules.keeps);
    let text = known.unwrap_or_else(|| keys::sign("JWT", &(rules.claims)(&facts)));
    put(&server.kept.assertion, Some(text.clone()));
    vec![
        ("client_assertion_type", rules.kind.to_owned()),
        ("client_assertion", text),
    ]
}

fn proof(
    server: &Server,
    method: &'static str,
    url: &str,
    token: Option<&str>,
    nonce: Option<&str>,
) -> String {
    let rules = &server.decisions.client.proofs;
    let jwk = keys::own_jwk();
    let jwk = json!({ "kty": jwk["kty"], "n": jwk["n"], "e": jwk["e"] });
    let claims = (rules.claims)(&About {
        method,
        url,
        token,
        nonce,
        now: server.clock.now(),
    });
    keys::sign_under(&(rules.header)(jwk), &claims)
}

/// Sends a token request with a proof, and once more where a nonce is wanted.
pub(crate) async fn redeemed(
    server: &Server,
    request: &TokenRequest,
    fields: &[(&str, &str)],
) -> Option<Answer> {
    let rules = &server.decisions.client.proofs;
    let mut nonce = get(&server.kept.nonce).filter(|_| rules.keeps_nonce);
    for last in [false, true] {
        let proof = proof(server, "POST", &request.url, None, nonce.as_deref());
        let headers = [("dpop", proof)];
        let authorization = request.authorization.as_deref();
        let http = &server.http;
        let answer = http.post_proven(&request.url, fields, authorization, &headers);
        let answer = answer.await?;
        if answer.nonce.is_some() {
            put(&server.kept.nonce, answer.nonce.clone());
        }
        if last || !rules.retries || !wants_nonce(&answer) {
            return Some(answer);
        }
        nonce.clone_from(&answer.nonce);
    }
    None
}

fn wants_nonce(answer: &Answer) -> bool {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    answer.status == 400 && body["error"] == "use_dpop_nonce" && answer.nonce.is_some()
}

/// What UserInfo says to the bearer of a bound token, asked once more where a nonce is wanted (RFC 9449 section 9).
pub(crate) async fn described(server: &Server, endpoint: &str, token: &str) -> Option<Answer> {
    let rules = &server.decisions.client.proofs;
    let mut nonce = get(&server.kept.resource_nonce).filter(|_| rules.keeps_nonce);
    for last in [false, true] {
        let mut headers = vec![("authorization", format!("{} {token}", rules.scheme))];
        if rules.scheme == "DPoP" {
            let proof = proof(server, "GET", endpoint, Some(token), nonce.as_deref());
            headers.push(("dpop", proof));
        }
        let answer = server.http.get_proven(endpoint, &headers).await?;
        if answer.nonce.is_some() {
            put(&server.kept.resource_nonce, answer.nonce.clone());
        }
        let challenges = (rules.reads)(&answer.challenges);
        let asks_nonce = |one: &Challenge| {
            one.scheme.eq_ignore_ascii_case("DPoP")
                && one.parameter("error").as_deref() == Some("use_dpop_nonce")
        };
        let wanted = answer.status == 401 && challenges.iter().any(asks_nonce);
        if last || !rules.retries || !wanted || answer.nonce.is_none() {
            return Some(answer);
        }
        nonce.clone_from(&answer.nonce);
    }
    None
}

/// The thumbprint of the key of all proofs (RFC 9449 section 10).
pub(crate) fn proof_key() -> Option<String> {
    thumbprint(keys::own_jwk().as_object()?)
}

/// The authorization request by reference, after it was pushed (RFC 9126 section 2).
pub(crate) async fn pushed(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    asked: &[(&'static str, String)],
    way: Way,
) -> Option<Vec<(&'static str, String)>> {
    let rules = &server.decisions.client;
    let earlier = get(&server.kept.request_uri).filter(|_| way != Way::Dpop);
    let registration = &provider.registration;
    let by_reference = |uri: String| {
        vec![
            ("client_id", registration.client_id.clone()),
            ("request_uri", uri),
        ]
    };
    let kept = earlier.clone();
    if let Some(uri) = kept.filter(|_| rules.assertions.keeps_request_uri) {
        return Some(by_reference(uri));
    }
    let endpoint = super::endpoint(metadata, "pushed_authorization_request_endpoint")?;
    let earlier = earlier.filter(|_| rules.assertions.pushes_reference);
    let earlier = earlier.as_deref().map(|uri| ("request_uri", uri));
    let asserted = if way.asserts() {
        assertion(server, provider, endpoint)
    } else {
        Vec::new()
    };
    let fields: Vec<(&str, &str)> = asked
        .iter()
        .chain(&asserted)
        .map(|(name, value)| (*name, value.as_str()))
        .chain(earlier)
        .collect();
    let credentials = (rules.credentials)(&registration.client_id, &registration.client_secret);
    let credentials = Some(credentials).filter(|_| !way.asserts());
    let http = &server.http;
    let answer = http
        .post_form(endpoint, &fields, credentials.as_deref(), LIMIT)
        .await?;
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    let uri = body["request_uri"].as_str()?.to_owned();
    put(&server.kept.request_uri, Some(uri.clone()));
    Some(by_reference(uri))
}
