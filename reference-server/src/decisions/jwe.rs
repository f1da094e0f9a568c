//! Encrypted tokens (RFC 7516): which are opened, with what, and what may be inside.

use serde_json::Value;

use super::bearer::Problem;
use super::jwt::{Check, Object, decode, ensure, object};
use crate::jwe::{self, Padding, Sealed};

/// The decisions about an encrypted token.
#[derive(Clone)]
pub(crate) struct Jwe {
    /// Exactly five parts (RFC 7516 section 3.1).
    pub(crate) parts: fn(&str) -> Result<[String; 5], Problem>,
    /// The header: JSON, no name twice (RFC 7516 section 4).
    pub(crate) header: fn(&[u8]) -> Result<Object, Problem>,
    /// Extensions marked critical: none is understood here (RFC 7516 section 4.1.13).
    pub(crate) critical: fn(&Object) -> Check,
    /// Compression: none, or DEFLATE (RFC 7516 section 4.1.3).
    pub(crate) zip: fn(&Object) -> Check,
    /// What DEFLATE packed, up to a limit (RFC 8725bis, CWE-409).
    pub(crate) unpack: fn(&[u8]) -> Option<Vec<u8>>,
    /// The cipher: A256GCM (RFC 7516 section 4.1.2).
    pub(crate) enc: fn(&Object) -> Check,
    /// The content key, of 32 octets (RFC 7516 section 5.2): by RSA-OAEP-256 or ECDH-ES, which keys are published for,
    /// or by a password.
    pub(crate) content_key: fn(&Self, &Object, &Sealed) -> Option<Vec<u8>>,
    /// What is said where there is none: the same as of everything else (RFC 7516 section 11.5).
    pub(crate) key_problem: Problem,
    /// The shared secret with a point of the curve (RFC 8725 section 3.4).
    pub(crate) shared: fn(&[u8], &[u8]) -> Option<Vec<u8>>,
    /// How often a password may be hashed, by who writes the token (RFC 7518 section 8.1).
    pub(crate) rounds: fn(u64) -> bool,
    /// The content, if the tag is right (RFC 7516 section 5.2).
    pub(crate) decrypt: fn(&[u8], &Sealed) -> Option<Vec<u8>>,
    /// What is inside: a token with a signature of its own (RFC 7519 section 7.2).
    pub(crate) inside: fn(&Object, &str) -> Inside,
}

/// What the content of an envelope is taken for.
pub(crate) enum Inside {
    /// A token that has to be verified.
    Signed,
    /// Claims that are believed, as octets.
    Believed(Vec<u8>),
}

/// The longest token that is unpacked.
const LONGEST: usize = 250 * 1024;

impl Jwe {
    pub(crate) fn right() -> Self {
        Self {
            parts,
            header: object,
            critical: |header| ensure(!header.contains_key("crit")),
            zip: |header| ensure(header.get("zip").is_none_or(|zip| zip == "DEF")),
            unpack: |content| jwe::inflate(content, LONGEST),
            enc: |header| ensure(text(header, "enc") == Some("A256GCM")),
            content_key,
            key_problem: Problem::InvalidToken,
            shared: jwe::shared,
            rounds: |rounds| (1_000..=100_000).contains(&rounds),
            decrypt: jwe::gcm,
            inside: |_, _| Inside::Signed,
        }
    }
}

fn content_key(rules: &Jwe, header: &Object, sealed: &Sealed) -> Option<Vec<u8>> {
    let key = match text(header, "alg")? {
        "RSA-OAEP-256" => jwe::unwrap(Padding::Oaep256, &sealed.key),
        "ECDH-ES" if sealed.key.is_empty() => agreed(rules, header),
        "PBES2-HS256+A128KW" => {
            let rounds = header.get("p2c")?.as_u64()?;
            let salt = decode(text(header, "p2s")?).ok()?;
            let rounds = (rules.rounds)(rounds).then(|| u32::try_from(rounds).ok())?;
            jwe::by_password(&salt, rounds?, &sealed.key)
        }
        _ => None,
    };
    key.filter(|key| key.len() == 32)
}

fn agreed(rules: &Jwe, header: &Object) -> Option<Vec<u8>> {
    let point = header.get("epk")?.as_object()?;
    if text(point, "kty") != Some("EC") || text(point, "crv") != Some("P-256") {
        return None;
    }
    let octets = |of: &Object, name: &str| decode(text(of, name)?).ok();
    let party = |name: &str| match header.get(name) {
        Some(_) => octets(header, name),
        None => Some(Vec::new()),
    };
    let secret = (rules.shared)(&octets(point, "x")?, &octets(point, "y")?)?;
    Some(jwe::derived(&secret, &party("apu")?, &party("apv")?))
}

pub(crate) fn text<'a>(header: &'a Object, name: &str) -> Option<&'a str> {
    header.get(name).and_then(Value::as_str)
}

pub(crate) fn parts(token: &str) -> Result<[String; 5], Problem> {
    let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts.try_into().map_err(|_| Problem::InvalidToken)
}
