//! Proofs of possession that the client sends (RFC 9449).

use serde_json::{Value, json};

use crate::client::challenge::{self, Challenge};
use crate::encoding;

/// What a proof is about.
pub(crate) struct About<'a> {
    pub(crate) method: &'static str,
    pub(crate) url: &'a str,
    pub(crate) token: Option<&'a str>,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) now: u64,
}

/// The decisions about proofs.
#[derive(Clone)]
pub(crate) struct Proofs {
    /// The header for a public key (RFC 9449 section 4.2).
    pub(crate) header: fn(Value) -> Value,
    /// The claims (RFC 9449 section 4.2).
    pub(crate) claims: fn(&About<'_>) -> Value,
    /// The scheme of a bound token (RFC 9449 section 7.1).
    pub(crate) scheme: &'static str,
    /// Whether a token of this answer is bound, as it was asked for (RFC 9449 section 5).
    pub(crate) bound: fn(&Value) -> bool,
    /// The challenges of a refusal, all of all fields, whatever parameters they have (RFC 9110 section 11.6.1, RFC 9449
    /// section 7.1).
    pub(crate) reads: fn(&[String]) -> Vec<Challenge>,
    /// Whether a request that lacked a nonce is sent again with it (RFC 9449 section 8).
    pub(crate) retries: bool,
    /// Whether the key of the proofs is named in the browser's address and not in the pushed request: it isn't (RFC
    /// 9449 section 10.1).
    pub(crate) key_in_the_open: bool,
    /// Whether the newest nonce is kept for the next request (RFC 9449 section 8.2).
    pub(crate) keeps_nonce: bool,
}

impl Proofs {
    pub(crate) fn right() -> Self {
        Self {
            header: |jwk| json!({ "typ": "dpop+jwt", "alg": "RS256", "jwk": jwk }),
            claims,
            scheme: "DPoP",
            bound: |answer| {
                answer["token_type"]
                    .as_str()
                    .is_some_and(|kind| kind.eq_ignore_ascii_case("DPoP"))
            },
            reads: challenge::all,
            retries: true,
            key_in_the_open: false,
            keeps_nonce: true,
        }
    }
}

pub(crate) fn claims(about: &About<'_>) -> Value {
    let address = about.url.split(['?', '#']).next().unwrap_or_default();
    let mut claims = json!({
        "jti": encoding::unguessable(),
        "htm": about.method,
        "htu": address,
        "iat": about.now,
    });
    if let Some(token) = about.token {
        let hash = encoding::sha256(token.as_bytes());
        claims["ath"] = encoding::base64url(&hash).into();
    }
    if let Some(nonce) = about.nonce {
        claims["nonce"] = nonce.into();
    }
    claims
}
