//! Tokens bound to a key (RFC 9449): which request proves that its sender has the key, and how one that doesn't is
//! refused.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use url::Url;

use super::bearer;
use super::jwt::{self, Object, Signed};
use crate::keys::Key;
use crate::{answer, credential, encoding};

/// The decisions about proofs. Items are those of RFC 9449 section 4.3.
#[derive(Clone)]
pub(crate) struct Dpop {
    /// From the Authorization field to the token: scheme DPoP in any case (section 7.1).
    pub(crate) token: fn(&[u8]) -> Result<String, Problem>,
    /// A token that opens as a bearer token would, without a proof: none (section 7.2).
    pub(crate) downgraded: fn(&[u8]) -> Option<String>,
    /// The value of the one DPoP field (item 1).
    pub(crate) field: fn(&HeaderMap) -> Result<Option<String>, Problem>,
    /// What becomes of a request that lacks a proof: it is refused (items 1 and 2).
    pub(crate) lacking: fn(Lacking) -> Result<(), Problem>,
    /// The kind of JWT (item 4).
    pub(crate) kind: fn(&Object) -> bool,
    /// Header members that aren't known are ignored (RFC 7515 section 4).
    pub(crate) header: fn(&Object) -> bool,
    /// Claims that aren't known are ignored (RFC 7519 section 4).
    pub(crate) claims: fn(&Object) -> bool,
    /// Whether it needs no signature: every proof needs one (item 5).
    pub(crate) unsecured: fn(&Object) -> bool,
    /// The key in the header: public, asymmetric, for the algorithm that the header names (items 5 and 7).
    pub(crate) key: fn(&Object) -> Option<Key>,
    /// Whether the signature is that key's (item 6).
    pub(crate) signature: fn(&Signed<'_>) -> bool,
    /// jti is a name (item 3).
    pub(crate) name: fn(Option<&Value>) -> bool,
    /// htm is the method (item 8).
    pub(crate) method: fn(Option<&Value>, &str) -> bool,
    /// htu is the URI, both normalised, without query and fragment (item 9).
    pub(crate) uri: fn(Option<&Value>, &Asked<'_>) -> bool,
    /// The nonce is one that this server gave not long ago (item 10, section 9).
    pub(crate) nonce: fn(Option<&Value>, bool) -> bool,
    /// Seconds that a nonce is good for (section 8).
    pub(crate) nonce_life: u64,
    /// iat is of now (item 11).
    pub(crate) age: fn(Option<&Value>, u64) -> bool,
    /// By what a proof is known when it comes once more (section 11.1).
    pub(crate) mark: fn(&Object) -> Option<String>,
    /// ath is the hash of the token (item 12).
    pub(crate) hash: fn(Option<&Value>, &str) -> bool,
    /// The key is the one that the token is bound to (item 12).
    pub(crate) bound: fn(&Object, &str) -> bool,
    /// The answer to who isn't let in (section 7.1).
    pub(crate) refusal: fn(Problem) -> Response,
    /// The answer to who must use a nonce (section 9).
    pub(crate) challenge: fn(&str) -> Response,
}

/// What a request was about.
pub(crate) struct Asked<'a> {
    pub(crate) origin: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
}

/// What a request lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lacking {
    /// The field.
    Field,
    /// A JWT in it.
    Jwt,
}

/// Why a request opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No token was sent.
    Missing,
    /// Several fields, or a scheme without a token.
    InvalidRequest,
    /// The token is not valid, or bound to another key or to none.
    InvalidToken,
    /// The proof is not right.
    InvalidProof,
}

/// Seconds that a proof is good for, and that a clock may be ahead.
const WINDOW: f64 = 60.0;
pub(crate) const AHEAD: f64 = 30.0;

impl From<bearer::Problem> for Problem {
    fn from(problem: bearer::Problem) -> Self {
        match problem {
            bearer::Problem::Missing => Self::Missing,
            bearer::Problem::InvalidRequest => Self::InvalidRequest,
            _ => Self::InvalidToken,
        }
    }
}

impl Dpop {
    pub(crate) fn right() -> Self {
        Self {
            token,
            downgraded: |_| None,
            field,
            lacking: |_| Err(Problem::InvalidProof),
            kind: |header| {
                header
                    .get("typ")
                    .and_then(Value::as_str)
                    .is_some_and(is_proof)
            },
            header: |_| true,
            claims: |_| true,
            unsecured: |_| false,
            key,
            signature: jwt::signature,
            name: jwt::is_text,
            method: |htm, method| htm.and_then(Value::as_str) == Some(method),
            uri,
            nonce: |_, live| live,
            nonce_life: 30,
            age,
            mark: |claims| claims.get("jti").and_then(Value::as_str).map(str::to_owned),
            hash: |ath, token| {
                let hash = encoding::base64url(&encoding::sha256(token.as_bytes()));
                ath.and_then(Value::as_str) == Some(&hash)
            },
            bound: |claims, thumbprint| confirmed(claims) == Some(thumbprint),
            refusal,
            challenge,
        }
    }
}

fn is_proof(typ: &str) -> bool {
    jwt::strip_application(typ).eq_ignore_ascii_case("dpop+jwt")
}

pub(crate) fn token(value: &[u8]) -> Result<String, Problem> {
    let (scheme, rest) = credential::divide(value);
    if !scheme.eq_ignore_ascii_case(b"DPoP") {
        return Err(Problem::Missing);
    }
    text(rest)
}

pub(crate) fn text(token: &[u8]) -> Result<String, Problem> {
    if token.is_empty() {
        return Err(Problem::InvalidRequest);
    }
    String::from_utf8(token.to_vec()).map_err(|_| Problem::InvalidToken)
}

pub(crate) fn field(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all("dpop").iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => Ok(value.to_str().ok().map(str::to_owned)),
        (Some(_), Some(_)) => Err(Problem::InvalidProof),
    }
}

pub(crate) fn key(header: &Object) -> Option<Key> {
    let jwk = header.get("jwk")?.as_object()?;
    Key::from_jwk(jwk)?.under(header.get("alg")?.as_str()?)
}

pub(crate) fn uri(htu: Option<&Value>, asked: &Asked<'_>) -> bool {
    let own = format!("{}{}", asked.origin, asked.path);
    let said = htu.and_then(Value::as_str).and_then(normal);
    said.is_some() && said == normal(&own)
}

/// A URI without query and fragment, normalised by syntax and scheme (RFC 3986 sections 6.2.2 and 6.2.3).
fn normal(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    let mut plain = String::new();
    let mut rest = url.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        plain.push_str(before);
        let octet = after
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .map(char::from);
        match octet.filter(|one| one.is_ascii_alphanumeric() || "-._~".contains(*one)) {
            Some(unreserved) => {
                plain.push(unreserved);
                rest = after.get(2..)?;
            }
            None => {
                plain.push('%');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    Some(plain)
}

pub(crate) fn age(iat: Option<&Value>, now: u64) -> bool {
    let now = jwt::seconds(now);
    jwt::date(iat).is_some_and(|iat| iat > now - WINDOW && iat < now + AHEAD)
}

/// The thumbprint of the key that a token is bound to (section 6.1).
pub(crate) fn confirmed(claims: &Object) -> Option<&str> {
    claims.get("cnf")?.get("jkt")?.as_str()
}

/// The SHA-256 thumbprint of a key (RFC 7638 section 3).
pub(crate) fn thumbprint(jwk: &Object) -> Option<String> {
    let names: &[&str] = match jwk.get("kty")?.as_str()? {
        "EC" => &["crv", "kty", "x", "y"],
        "RSA" => &["e", "kty", "n"],
        "OKP" => &["crv", "kty", "x"],
        "oct" => &["k", "kty"],
        _ => return None,
    };
    let members = names.iter().map(|name| {
        let value = jwk.get(*name)?.as_str()?;
        Some(format!("\"{name}\":{}", Value::from(value)))
    });
    let members: Option<Vec<String>> = members.collect();
    let text = format!("{{{}}}", members?.join(","));
    Some(encoding::base64url(&encoding::sha256(text.as_bytes())))
}

/// The algorithms that proofs may be signed with here.
pub(crate) const ALGS: &str = "ES256 ES384 RS256 PS256 EdDSA";

/// Status, error and what is said of it.
pub(crate) fn told(problem: Problem) -> (StatusCode, Option<&'static str>, &'static str) {
    let unauthorized = StatusCode::UNAUTHORIZED;
    match problem {
        Problem::Missing => (
            unauthorized,
            None,
            "This resource needs a bound access token.",
        ),
        Problem::InvalidRequest => (
            StatusCode::BAD_REQUEST,
            Some("invalid_request"),
            "Send one access token, once, in the Authorization field.",
        ),
        Problem::InvalidToken => (
            unauthorized,
            Some("invalid_token"),
            "The access token is not valid here, or not bound to the key of the proof.",
        ),
        Problem::InvalidProof => (
            unauthorized,
            Some("invalid_dpop_proof"),
            "The DPoP proof is not right for this request.",
        ),
    }
}

pub(crate) fn refusal(problem: Problem) -> Response {
    let (status, error, detail) = told(problem);
    let error = error.map_or_else(String::new, |error| {
        format!(r#", error="{error}", error_description="{detail}""#)
    });
    refused(
        status,
        detail,
        &format!(r#"DPoP realm="authspec"{error}, algs="{ALGS}""#),
    )
}

pub(crate) fn challenge(nonce: &str) -> Response {
    let detail = "Use the nonce of this answer in the proof.";
    let challenge = format!(
        r#"DPoP realm="authspec", error="use_dpop_nonce", error_description="{detail}", algs="{ALGS}""#
    );
    let mut response = refused(StatusCode::UNAUTHORIZED, detail, &challenge);
    give(&mut response, nonce);
    response
}

/// The next nonce (section 8.2).
pub(crate) fn give(response: &mut Response, nonce: &str) {
    answer::set(
        response,
        axum::http::HeaderName::from_static("dpop-nonce"),
        nonce,
    );
}

pub(crate) fn refused(status: StatusCode, detail: &str, challenge: &str) -> Response {
    let mut response = answer::problem(status, "Not let in", detail);
    answer::add(&mut response, header::WWW_AUTHENTICATE, challenge);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Asked<'_> = Asked {
        origin: "https://api.example",
        path: "/orders",
        query: Some("a=b"),
    };

    #[test]
    fn a_uri_is_compared_without_query_and_spelling() {
        for (htu, same) in [
            ("https://api.example/orders", true),
            ("HTTPS://API.example:443/./orders", true),
            ("https://api.example/order%73?x#y", true),
            ("https://api.example/orders/", false),
            ("https://api.example/ORDERS", false),
            ("https://api.example/orders%2F", false),
            ("http://api.example/orders", false),
            ("https://api.example@other.example/orders", false),
            ("https://api.example.other.example/orders", false),
            ("/orders", false),
            ("", false),
        ] {
            assert_eq!(uri(Some(&Value::from(htu)), &ASKED), same, "{htu}");
        }
        assert!(!uri(None, &ASKED));
    }

    #[test]
    fn the_thumbprint_of_rfc_9449_section_6_1() {
        let jwk = serde_json::json!({
            "kty": "EC", "crv": "P-256",
            "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        });
        assert_eq!(
            thumbprint(jwk.as_object().unwrap()).as_deref(),
            Some("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")
        );
    }
}
