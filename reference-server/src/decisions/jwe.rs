//! Encrypted tokens (RFC 7516): which are opened, with what, and what may be inside.

use serde_json::Value;

use super::bearer::Problem;
use super::jwt::{Check, Object, ensure, object};
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
    /// Compression: none is understood here (RFC 7516 section 4.1.3).
    pub(crate) zip: fn(&Object) -> Check,
    /// The cipher: A256GCM (RFC 7516 section 4.1.2).
    pub(crate) enc: fn(&Object) -> Check,
    /// The content key: RSA-OAEP-256 alone, which the key is published for; 32 octets (RFC 7516 section 5.2).
    pub(crate) content_key: fn(&Object, &Sealed) -> Option<Vec<u8>>,
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

impl Jwe {
    pub(crate) fn right() -> Self {
        Self {
            parts,
            header: object,
            critical: |header| ensure(!header.contains_key("crit")),
            zip: |header| ensure(!header.contains_key("zip")),
            enc: |header| ensure(text(header, "enc") == Some("A256GCM")),
            content_key: |header, sealed| {
                let alg = text(header, "alg").filter(|alg| *alg == "RSA-OAEP-256");
                alg.and_then(|_| jwe::unwrap(Padding::Oaep256, &sealed.key))
                    .filter(|key| key.len() == 32)
            },
            decrypt: jwe::gcm,
            inside: |_, _| Inside::Signed,
        }
    }
}

pub(crate) fn text<'a>(header: &'a Object, name: &str) -> Option<&'a str> {
    header.get(name).and_then(Value::as_str)
}

pub(crate) fn parts(token: &str) -> Result<[String; 5], Problem> {
    let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts.try_into().map_err(|_| Problem::InvalidToken)
}
