//! Logging users in at a provider: OAuth 2.0 and OpenID Connect, as the client.

pub(crate) mod addresses;
pub(crate) mod answers;
pub(crate) mod api;
pub(crate) mod assertions;
pub(crate) mod back_channel;
pub(crate) mod cookies;
pub(crate) mod device;
pub(crate) mod flow;
pub(crate) mod objects;
pub(crate) mod proofs;
pub(crate) mod standing;
pub(crate) mod transport;

use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Map, Value};

use self::answers::Answers;
use super::jwt::{self, Check, Jwt, Object, ensure};
use crate::client::browser::{Browser, Browsers, Login};
use crate::client::exchange::TokenRequest;
use crate::upstream::Discovery;
use crate::{answer, cookie, encoding};

/// The decisions of the client.
#[derive(Clone)]
pub(crate) struct Client {
    /// Whether metadata is that of the issuer that was asked: it says so (RFC 8414 section 3.3).
    pub(crate) discovery: Discovery,
    /// A new state for every request, which nobody can guess (RFC 6749 section 10.12).
    pub(crate) state: fn() -> String,
    /// A new nonce for every request (OIDC Core 3.1.2.1).
    pub(crate) nonce: fn() -> Option<String>,
    /// A new verifier for every request (RFC 7636 section 4.1).
    pub(crate) verifier: fn() -> Option<String>,
    /// The challenge of a verifier, and its method: S256 (RFC 7636 section 4.2).
    pub(crate) challenge: fn(&str) -> (String, &'static str),
    /// What else goes into the authorization request: nothing.
    pub(crate) asks: fn(&mut Vec<(&'static str, String)>, &crate::Upstream),
    /// The login that a callback belongs to: one that this browser began, by its state, once
    /// (RFC 9700 sections 2.1 and 4.2.4).
    pub(crate) take: fn(&mut Browsers, Option<&str>, Option<&str>) -> Option<Login>,
    /// The login of a callback whose state names none: there is no such login.
    pub(crate) stateless: fn(&mut Browser) -> Option<Login>,
    /// Whether the answer is one answer: each parameter once, a code and no error (RFC 6749 4.1.2).
    pub(crate) coherent: fn(&[(String, String)]) -> bool,
    /// Whether the answer comes from the issuer that was asked (RFC 9207 section 2.4).
    pub(crate) answered_by: fn(&[(String, String)], &str, bool) -> bool,
    /// How identifier and secret are written: form-encoded, then Basic (RFC 6749 section 2.3.1).
    pub(crate) credentials: fn(&str, &str) -> String,
    /// What becomes of the token request before it is sent: nothing.
    pub(crate) redeems: fn(&mut TokenRequest),
    /// Whether a redirect of the token endpoint is followed: it isn't (RFC 9110 section 15.4).
    pub(crate) follows_redirects: bool,
    /// Whether the token type is understood: Bearer, in any case (RFC 6749 sections 5.1 and 7.1).
    pub(crate) token_type: fn(&Value) -> bool,
    /// The decisions about the ID token as a JWT.
    pub(crate) id_token: Jwt,
    /// Whether the algorithm is the registered one (OIDC Core 3.1.3.7).
    pub(crate) algorithm: fn(&Object, &Map<String, Value>) -> bool,
    /// Whether the nonce is the one that was sent (OIDC Core 3.1.3.7).
    pub(crate) nonce_matches: fn(&Object, Option<&str>) -> bool,
    /// Whether the token was issued to this client: azp, where present (OIDC Core 3.1.3.7).
    pub(crate) authorized_party: fn(&Object, &str) -> bool,
    /// Whether at_hash, where present, is the access token's (OIDC Core 3.1.3.8).
    pub(crate) at_hash: fn(&Object, &str) -> bool,
    /// What is made of tokens, claims and UserInfo.
    pub(crate) answers: Answers,
    /// The address of UserInfo and the token for its Authorization field (RFC 6750 section 2.1).
    pub(crate) bears: fn(&str, &str) -> (String, Option<String>),
    /// An access token that the callback brings and that is used: none is (RFC 9700 section 4.6).
    pub(crate) brought: fn(&[(String, String)]) -> Option<String>,
    /// Whether a browser whose login failed may not begin another: it may (CWE-755).
    pub(crate) gives_up: bool,
    /// Whether UserInfo speaks of the same subject (OIDC Core 5.3.2).
    pub(crate) same_subject: fn(&str, &Value) -> bool,
    /// Whether the session gets a new identifier at login (CWE-384).
    pub(crate) renews_session: bool,
    /// The attributes of the session cookie (RFC 6265bis section 4.1).
    pub(crate) cookie: &'static str,
    /// Where the browser goes after login: to a page of ours, whatever was asked (CWE-601).
    pub(crate) destination: fn(Option<&str>) -> String,
    /// How the browser gets there: by a redirect, which leaves the code behind (RFC 6749 3.1.2.5).
    pub(crate) arrival: fn(&str) -> Response,
    /// Whether a logout was asked for by a page of ours (CWE-352).
    pub(crate) may_log_out: fn(&Parts, &str) -> bool,
    /// Whether logout ends the session here, and not only in the browser (CWE-613).
    pub(crate) ends_session: bool,
    /// What a failed login answers: no word of the provider's (CWE-79).
    pub(crate) failure: fn(&[(String, String)]) -> Response,
    /// The decisions about the requests of a login.
    pub(crate) flow: flow::Flow,
    /// The decisions about addresses.
    pub(crate) addresses: addresses::Addresses,
    /// The decisions about logouts that the provider tells of.
    pub(crate) back_channel: back_channel::BackChannel,
    /// The decisions about cookies.
    pub(crate) cookies: cookies::Cookies,
    /// The decisions about proofs of possession.
    pub(crate) proofs: proofs::Proofs,
    /// The decisions about assertions and other extensions.
    pub(crate) assertions: assertions::Assertions,
    /// The decisions about signed requests and rights in detail.
    pub(crate) objects: objects::Objects,
    /// The decisions about an API and its challenges.
    pub(crate) api: api::Api,
    /// The decisions about logins on other devices.
    pub(crate) device: device::Device,
    /// The decisions about how it stands with the provider: registered, and without tokens after a logout.
    pub(crate) standing: standing::Standing,
}

impl Client {
    pub(crate) fn right() -> Self {
        Self {
            discovery: |metadata, issuer| {
                metadata.get("issuer").is_some_and(|named| named == issuer)
            },
            state: encoding::unguessable,
            nonce: || Some(encoding::unguessable()),
            verifier: || Some(encoding::unguessable()),
            challenge: |verifier| {
                let hash = encoding::sha256(verifier.as_bytes());
                (encoding::base64url(&hash), "S256")
            },
            asks: |_, _| {},
            take,
            stateless: |_| None,
            coherent,
            answered_by,
            credentials,
            redeems: |_| {},
            follows_redirects: false,
            token_type: |answer| {
                answer["token_type"]
                    .as_str()
                    .is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer"))
            },
            id_token: id_token(),
            algorithm,
            nonce_matches: |claims, sent| match (claims.get("nonce"), sent) {
                (Some(Value::String(nonce)), Some(sent)) => nonce == sent,
                (None, None) => true,
                _ => false,
            },
            authorized_party: |claims, client_id| {
                claims.get("azp").is_none_or(|azp| azp == client_id)
            },
            at_hash: |claims, token| answers::is_half_hash(claims.get("at_hash"), token),
            answers: Answers::right(),
            bears: |endpoint, token| (endpoint.to_owned(), Some(token.to_owned())),
            brought: |_| None,
            gives_up: false,
            same_subject: |subject, user| user["sub"] == subject,
            renews_session: true,
            cookie: "Path=/; HttpOnly; SameSite=Lax",
            destination: |_| "/me".to_owned(),
            arrival: answer::see_other,
            may_log_out: cookie::same_origin,
            ends_session: true,
            failure: |_| {
                answer::problem(
                    StatusCode::BAD_REQUEST,
                    "Login failed",
                    "The login could not be completed. Begin again.",
                )
            },
            flow: flow::Flow::right(),
            addresses: addresses::Addresses::right(),
            back_channel: back_channel::BackChannel::right(),
            cookies: cookies::Cookies::right(),
            proofs: proofs::Proofs::right(),
            assertions: assertions::Assertions::right(),
            objects: objects::Objects::right(),
            api: api::Api::right(),
            device: device::Device::right(),
            standing: standing::Standing::right(),
        }
    }
}

pub(crate) fn take(
    browsers: &mut Browsers,
    browser: Option<&str>,
    state: Option<&str>,
) -> Option<Login> {
    browsers.get_mut(browser?)?.logins.remove(state?)
}

pub(crate) fn coherent(answer: &[(String, String)]) -> bool {
    let count = |name: &str| answer.iter().filter(|(given, _)| given == name).count();
    count("state") <= 1 && count("code") == 1 && count("error") == 0 && count("iss") <= 1
}

pub(crate) fn answered_by(answer: &[(String, String)], issuer: &str, announced: bool) -> bool {
    match answer.iter().find(|(name, _)| name == "iss") {
        Some((_, iss)) => announced && iss == issuer,
        None => !announced,
    }
}

pub(crate) fn credentials(client_id: &str, secret: &str) -> String {
    let pair = format!(
        "{}:{}",
        encoding::form_encode(client_id),
        encoding::form_encode(secret)
    );
    format!("Basic {}", encoding::base64(pair.as_bytes()))
}

/// An ID token is no access token: another typ, the client alone as audience (OIDC Core 3.1.3.7).
fn id_token() -> Jwt {
    Jwt {
        kind: |header| {
            ensure(header.get("typ").is_none_or(|typ| {
                typ.as_str()
                    .is_some_and(|typ| jwt::strip_application(typ).eq_ignore_ascii_case("JWT"))
            }))
        },
        audience: id_token_audience,
        required: |claims| {
            let length = claims
                .get("sub")
                .and_then(Value::as_str)
                .map_or(0, str::len);
            ensure(length <= 255)
        },
        span: jwt::young,
        jwe: None,
        ..Jwt::right()
    }
}

pub(crate) fn id_token_audience(claims: &Object, names: &[String]) -> Check {
    let ours = |value: &Value| matches!(value, Value::String(text) if names.contains(text));
    ensure(match claims.get("aud") {
        Some(Value::Array(several)) => !several.is_empty() && several.iter().all(ours),
        Some(one) => ours(one),
        None => false,
    })
}

pub(crate) fn algorithm(header: &Object, metadata: &Map<String, Value>) -> bool {
    let announced = metadata
        .get("id_token_signing_alg_values_supported")
        .and_then(Value::as_array);
    let default = announced.is_none_or(|several| several.iter().any(|alg| alg == "RS256"));
    // RS256 unless the provider doesn't have it; then the keys pin what it has.
    !default || header.get("alg").is_some_and(|alg| alg == "RS256")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pairs(query: &str) -> Vec<(String, String)> {
        encoding::form(query.as_bytes())
    }

    #[test]
    fn an_answer_is_one_code_and_no_error() {
        for (query, good) in [
            ("code=a&state=b", true),
            ("code=a&state=b&iss=c&session_state=d", true),
            ("code=a&code=b&state=c", false),
            ("code=a&state=b&state=c", false),
            ("code=a&state=b&error=c", false),
            ("code=a&state=b&iss=c&iss=c", false),
            ("state=b", false),
        ] {
            assert_eq!(coherent(&pairs(query)), good, "{query}");
        }
    }

    #[test]
    fn iss_is_there_when_it_was_announced_and_says_who_was_asked() {
        let issuer = "https://honest.example";
        for (query, announced, good) in [
            ("iss=https://honest.example", true, true),
            ("iss=https%3A%2F%2Fhonest.example", true, true),
            ("iss=https://honest.example/", true, false),
            ("iss=https://evil.example", true, false),
            ("x=y", true, false),
            ("x=y", false, true),
            ("iss=https://honest.example", false, false),
        ] {
            assert_eq!(
                answered_by(&pairs(query), issuer, announced),
                good,
                "{query}"
            );
        }
    }

    #[test]
    fn credentials_are_form_encoded_first() {
        let basic = credentials("a client:1", "p%ss+");
        let pair = encoding::base64_decode(basic.strip_prefix("Basic ").unwrap()).unwrap();
        assert_eq!(String::from_utf8(pair).unwrap(), "a+client%3A1:p%25ss%2B");
    }

    #[test]
    fn an_id_token_is_for_the_client_alone() {
        let names = ["client".to_owned()];
        for (aud, good) in [
            (json!("client"), true),
            (json!(["client"]), true),
            (json!(["client", "other"]), false),
            (json!([]), false),
            (json!("other"), false),
            (json!(null), false),
        ] {
            let claims = Object::from_iter([("aud".to_owned(), aud.clone())]);
            assert_eq!(id_token_audience(&claims, &names).is_ok(), good, "{aud}");
        }
    }
}
