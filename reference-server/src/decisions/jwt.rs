//! JSON Web Tokens: which text is one, which key vouches for it, what its claims must say
//! (RFC 7515, 7519, 8725, 9068).

use serde_json::{Map, Value};

use super::bearer::Problem;
use super::jwe::Jwe;
use crate::encoding;
use crate::keys::{self, Key};

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// What gives the key in a JWK, if it may verify.
pub(crate) type Usable = fn(&Object) -> Option<Key>;

/// What one check says.
pub(crate) type Check = Result<(), Problem>;

/// The decisions about a token. There are two sets of them: access tokens and ID tokens.
#[derive(Clone)]
pub(crate) struct Jwt {
    /// How an encrypted token is opened, where one is taken.
    pub(crate) jwe: Option<Jwe>,
    /// Exactly three parts (RFC 7515 section 3.1).
    pub(crate) split: fn(&str) -> Result<[String; 3], Problem>,
    /// One part to octets: base64url, unpadded, canonical (RFC 7515 section 2).
    pub(crate) decode: fn(&str) -> Result<Vec<u8>, Problem>,
    /// Octets to an object: UTF-8, whole, no name twice (RFC 7515 sections 4, 10.12; RFC 7519 4).
    pub(crate) object: fn(&[u8]) -> Result<Object, Problem>,
    /// What is remembered of a verdict for the next token: nothing (CWE-347).
    pub(crate) remembers: Remembers,
    /// Whether the token needs no signature: every token needs one (RFC 8725 section 3.2).
    pub(crate) unsecured: fn(&Object, &[u8]) -> bool,
    /// Addresses that are asked on the word of header and claims alone: none (RFC 8725 section 3.10).
    pub(crate) asks: fn(&Object, &Object) -> Vec<String>,
    /// Where keys come from: the issuer's configured set, never the token (RFC 7515 section 10.3).
    pub(crate) source: fn(&Object, &Object) -> Source,
    /// Whether the claims name this issuer: one string, exactly (RFC 9068 section 4, RFC 8725 3.8).
    pub(crate) issuer: fn(&Object, &str) -> Result<bool, Problem>,
    /// Whether the keys of all issuers are one pool: each vouches for its own (RFC 8725 section 3.8).
    pub(crate) pools_keys: bool,
    /// Whether an unknown kid makes the key set be fetched again (OIDC Core 10.1.1).
    pub(crate) refetches: bool,
    /// Milliseconds that a fetched key set is used, so that a withdrawn key stops verifying.
    pub(crate) key_set_life: u64,
    /// Milliseconds that must pass between two fetches of a key set (CWE-400).
    pub(crate) key_set_rest: u64,
    /// Whether a key set can be used at all (RFC 7517 section 5).
    pub(crate) reads_key_set: fn(&Value) -> bool,
    /// Octets of a key set that are read (CWE-770).
    pub(crate) key_set_length: usize,
    /// Whether a redirect of the key set is followed: it isn't (CWE-918).
    pub(crate) follows_key_set: bool,
    /// The keys of a set: what can't be used is left out, the rest is used (RFC 7517 section 5).
    pub(crate) key_set: fn(&Value, Usable) -> Vec<Key>,
    /// Whether a token passes whose key set can't be had: it doesn't (CWE-636).
    pub(crate) opens_on_outage: bool,
    /// Which published keys may verify: signing keys, public, strong enough (RFC 7517 section 4).
    pub(crate) usable: Usable,
    /// Which of the issuer's keys the header names (RFC 7515 section 4.1.4).
    pub(crate) select: fn(&Object, &[Key]) -> Result<Vec<Key>, Problem>,
    /// Whether the signature is the key's, under the algorithm that the key is for
    /// (RFC 8725 section 3.1).
    pub(crate) signature: fn(&Signed<'_>) -> bool,
    /// Extensions marked critical: none is understood here (RFC 7515 section 4.1.11).
    pub(crate) critical: fn(&Object) -> Check,
    /// The kind of token, by typ (RFC 9068 section 4, RFC 8725 section 3.12).
    pub(crate) kind: fn(&Object) -> Check,
    /// Claims repeated in the header say the same, and those of the payload count (RFC 7519 section 5.3).
    pub(crate) replicated: fn(&Object, &mut Object) -> Check,
    /// Whether the token is meant for one of these names (RFC 7519 section 4.1.3).
    pub(crate) audience: fn(&Object, &[String]) -> Check,
    /// Not on or after exp (RFC 7519 section 4.1.4).
    pub(crate) expiry: fn(&Object, u64) -> Check,
    /// Not before nbf (RFC 7519 section 4.1.5).
    pub(crate) not_before: fn(&Object, u64) -> Check,
    /// iat is there, a number and not in the future (RFC 7519 section 4.1.6, RFC 9068 section 2.2).
    pub(crate) issued_at: fn(&Object, u64) -> Check,
    /// No token is older than a day, or good for more than ten years (CWE-613).
    pub(crate) span: fn(&Object, u64) -> Check,
    /// sub is one non-empty string (RFC 7519 section 4.1.2).
    pub(crate) subject: fn(&Object) -> Check,
    /// The other claims that this kind of token has (RFC 9068 section 2.2).
    pub(crate) required: fn(&Object) -> Check,
}

/// By what a token is recognised as one that was verified before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remembers {
    /// By nothing: every token is verified.
    Nothing,
    /// By its signature.
    Signature,
}

/// Where the keys of a token are taken from.
pub(crate) enum Source {
    /// From the set of the issuer.
    Issuer,
    /// From the token itself.
    Embedded(Vec<Key>),
    /// From certificates in the token, if one of them is for a key of the issuer's.
    Chain(Vec<Key>),
    /// From an address that the token names.
    Address { url: String, trust: Trust },
}

/// When the keys behind an address that a token names are used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Never: the address is only asked.
    Never,
    /// Where one of them is the issuer's.
    IfOneIsKnown,
    /// Always.
    Always,
}

/// What is signed, by which key it should be.
pub(crate) struct Signed<'a> {
    /// The protected header.
    pub(crate) header: &'a Object,
    /// `BASE64URL(header) "." BASE64URL(payload)`.
    pub(crate) input: &'a [u8],
    /// The signature.
    pub(crate) signature: &'a [u8],
    /// The key that was selected.
    pub(crate) key: &'a Key,
}

/// Seconds of clock skew that are forgiven (RFC 7519 section 4.1.4: no more than a few minutes).
pub(crate) const LEEWAY: f64 = 30.0;

const DAY: f64 = 86_400.0;

/// The last second of the year 9999. What lies beyond is no date.
const END_OF_TIME: f64 = 253_402_300_799.0;

impl Jwt {
    /// The decisions about access tokens (RFC 9068).
    pub(crate) fn right() -> Self {
        Self {
            jwe: Some(Jwe::right()),
            split,
            decode,
            object,
            remembers: Remembers::Nothing,
            unsecured: |_, _| false,
            asks: |_, _| Vec::new(),
            source: |_, _| Source::Issuer,
            issuer: |claims, issuer| Ok(claims.get("iss").and_then(Value::as_str) == Some(issuer)),
            pools_keys: false,
            refetches: true,
            key_set_life: 300_000,
            key_set_rest: 3_000,
            reads_key_set: |set| set.get("keys").is_some_and(Value::is_array),
            key_set_length: 256 * 1024,
            follows_key_set: false,
            key_set: keys::from_set,
            opens_on_outage: false,
            usable: Key::from_jwk,
            select,
            signature,
            critical,
            kind,
            replicated,
            audience,
            expiry,
            not_before,
            issued_at,
            span,
            subject: |claims| ensure(is_text(claims.get("sub"))),
            required: |claims| {
                ensure(is_text(claims.get("jti")) && is_text(claims.get("client_id")))
            },
        }
    }
}

/// Yes is yes, no is an invalid token.
pub(crate) fn ensure(good: bool) -> Check {
    if good {
        Ok(())
    } else {
        Err(Problem::InvalidToken)
    }
}

pub(crate) fn is_text(value: Option<&Value>) -> bool {
    value
        .and_then(Value::as_str)
        .is_some_and(|text| !text.is_empty())
}

pub(crate) fn split(token: &str) -> Result<[String; 3], Problem> {
    let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    <[String; 3]>::try_from(parts).map_err(|_| Problem::InvalidToken)
}

pub(crate) fn decode(part: &str) -> Result<Vec<u8>, Problem> {
    encoding::base64url_decode(part).ok_or(Problem::InvalidToken)
}

pub(crate) fn object(octets: &[u8]) -> Result<Object, Problem> {
    let text = std::str::from_utf8(octets).map_err(|_| Problem::InvalidToken)?;
    crate::jwt::json::strict_object(text).ok_or(Problem::InvalidToken)
}

pub(crate) fn select(header: &Object, keys: &[Key]) -> Result<Vec<Key>, Problem> {
    let alg = header.get("alg").and_then(Value::as_str);
    let fitting = keys.iter().filter(|key| Some(key.algorithm()) == alg);
    match header.get("kid") {
        Some(Value::String(kid)) => Ok(fitting
            .filter(|key| key.kid() == Some(kid.as_str()))
            .cloned()
            .collect()),
        Some(_) => Err(Problem::InvalidToken),
        // Without a name only a key that can't be mistaken for another one is used.
        None => {
            let fitting: Vec<Key> = fitting.cloned().collect();
            ensure(fitting.len() == 1)?;
            Ok(fitting)
        }
    }
}

pub(crate) fn signature(signed: &Signed<'_>) -> bool {
    let alg = signed.header.get("alg").and_then(Value::as_str);
    alg == Some(signed.key.algorithm()) && signed.key.verify(signed.input, signed.signature)
}

pub(crate) fn critical(header: &Object) -> Check {
    ensure(
        !header.contains_key("crit")
            && !matches!(header.get("b64"), Some(value) if value != &Value::Bool(true)),
    )
}

pub(crate) fn kind(header: &Object) -> Check {
    let typ = header.get("typ").and_then(Value::as_str);
    let plain = typ.map(|typ| strip_application(typ).to_ascii_lowercase());
    ensure(plain.as_deref() == Some("at+jwt"))
}

/// A typ without a slash is read as if `application/` stood before it (RFC 7515 section 4.1.9).
pub(crate) fn strip_application(typ: &str) -> &str {
    match typ.get(..12) {
        Some(prefix) if prefix.eq_ignore_ascii_case("application/") => {
            typ.get(12..).unwrap_or_default()
        }
        _ => typ,
    }
}

pub(crate) fn replicated(header: &Object, claims: &mut Object) -> Check {
    ensure(["iss", "sub", "aud"].iter().all(|name| {
        header
            .get(*name)
            .is_none_or(|value| claims.get(*name) == Some(value))
    }))
}

pub(crate) fn audience(claims: &Object, names: &[String]) -> Check {
    let ours = |value: &Value| matches!(value, Value::String(text) if names.contains(text));
    ensure(match claims.get("aud") {
        Some(Value::Array(several)) => {
            several.iter().all(Value::is_string) && several.iter().any(ours)
        }
        Some(one) => ours(one),
        None => false,
    })
}

/// A NumericDate: a JSON number, not past the calendar (RFC 7519 section 2).
pub(crate) fn date(value: Option<&Value>) -> Option<f64> {
    value
        .filter(|value| value.is_number())
        .and_then(Value::as_f64)
        .filter(|seconds| seconds.is_finite() && *seconds <= END_OF_TIME)
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit 53 bits")]
pub(crate) fn seconds(now: u64) -> f64 {
    now as f64
}

pub(crate) fn expiry(claims: &Object, now: u64) -> Check {
    ensure(date(claims.get("exp")).is_some_and(|exp| seconds(now) < exp + LEEWAY))
}

pub(crate) fn not_before(claims: &Object, now: u64) -> Check {
    ensure(match claims.get("nbf") {
        None => true,
        given => date(given).is_some_and(|nbf| nbf <= seconds(now) + LEEWAY),
    })
}

pub(crate) fn span(claims: &Object, now: u64) -> Check {
    young(claims, now)?;
    ends(claims, now)
}

/// Issued within the last day.
pub(crate) fn young(claims: &Object, now: u64) -> Check {
    ensure(date(claims.get("iat")).is_none_or(|iat| seconds(now) - iat <= DAY))
}

/// Over within ten years.
pub(crate) fn ends(claims: &Object, now: u64) -> Check {
    ensure(date(claims.get("exp")).is_none_or(|exp| exp - seconds(now) <= 3_653.0 * DAY))
}

pub(crate) fn issued_at(claims: &Object, now: u64) -> Check {
    ensure(date(claims.get("iat")).is_some_and(|iat| iat <= seconds(now) + LEEWAY))
}
