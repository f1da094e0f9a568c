//! The compact form of JOSE (RFC 7515, 7516, 7519), read permissively: this module looks at tokens that targets
//! issued, however odd they are. It checks no signature and has no opinion on algorithms.

use crate::wire::json;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};
use std::fmt;

/// The longest token that is looked at.
pub const LONGEST: usize = 1 << 20;

/// A token split and decoded as far as it goes.
#[derive(Clone, PartialEq)]
pub struct Compact {
    /// The decoded first segment.
    pub header: Map<String, Value>,
    /// The octets of the second segment; of a JWE, its encrypted key.
    pub payload: Vec<u8>,
    /// The payload, if it is a JSON object.
    pub claims: Option<Map<String, Value>>,
    /// The segments as written.
    pub parts: Vec<String>,
}

impl fmt::Debug for Compact {
    /// A token is a secret; only its shape is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compact")
            .field("parts", &self.parts.len())
            .finish_non_exhaustive()
    }
}

impl Compact {
    /// The `alg` of the header, if it is a string.
    pub fn alg(&self) -> Option<&str> {
        self.header.get("alg").and_then(Value::as_str)
    }

    /// The `kid` of the header, if it is a string.
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    /// What a signature of this token covers (RFC 7515 section 5.1, step 5).
    pub fn signing_input(&self) -> String {
        self.parts[..self.parts.len().min(2)].join(".")
    }

    /// The octets of the third segment.
    pub fn signature(&self) -> Option<Vec<u8>> {
        unbase64url(self.parts.get(2)?)
    }
}

/// Reads a token of two or more segments whose first is a JSON object; anything else is no token to look into.
pub fn read(token: &str) -> Option<Compact> {
    if token.len() > LONGEST {
        return None;
    }
    let parts: Vec<&str> = token.trim().split('.').take(6).collect();
    if parts.len() < 2 {
        return None;
    }
    let Some(Value::Object(header)) = json::parse_lenient(&unbase64url(parts[0])?) else {
        return None;
    };
    let payload = unbase64url(parts[1]).unwrap_or_default();
    let claims = match json::parse_lenient(&payload) {
        Some(Value::Object(claims)) => Some(claims),
        _ => None,
    };
    let parts = parts.into_iter().map(str::to_owned).collect();
    Some(Compact {
        header,
        payload,
        claims,
        parts,
    })
}

/// Base64url without padding (RFC 7515 section 2).
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The octets of base64url text, padded or not, whatever its unused bits are.
pub fn unbase64url(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    LENIENT.decode(text).ok()
}

/// The octets of base64url text exactly as RFC 7515 section 2 wants it.
pub fn unbase64url_strict(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The members that a JWK's thumbprint covers, in order and without white space (RFC 7638 section 3).
pub fn canonical_jwk(jwk: &Value) -> Option<String> {
    let names: &[&str] = match jwk.get("kty")?.as_str()? {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        "oct" => &["k", "kty"],
        _ => return None,
    };
    let members = names
        .iter()
        .map(|name| Some((*name, jwk.get(name)?.as_str()?)));
    let texts = members
        .map(|member| member.map(|(name, value)| format!("\"{name}\":{}", Value::from(value))))
        .collect::<Option<Vec<_>>>()?;
    Some(format!("{{{}}}", texts.join(",")))
}

/// The SHA-256 thumbprint of a JWK (RFC 7638).
pub fn thumbprint(jwk: &Value) -> Option<String> {
    let text = canonical_jwk(jwk)?;
    Some(base64url(
        digest::digest(&digest::SHA256, text.as_bytes()).as_ref(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EXAMPLE: &str = include_str!("../../fixtures/vectors/rfc7515-a1.jws");

    #[test]
    fn the_example_of_rfc_7515_appendix_a_1() {
        let token = read(EXAMPLE).unwrap();
        assert_eq!(token.alg(), Some("HS256"));
        let claims = token.claims.clone().unwrap();
        assert_eq!(claims["iss"], "joe");
        assert_eq!(claims["exp"], 1_300_819_380_u64);
        assert_eq!(token.signature().unwrap().len(), 32);
    }

    #[test]
    fn the_example_of_rfc_7638_section_3_1() {
        let jwk: Value =
            serde_json::from_str(include_str!("../../fixtures/vectors/rfc7638-3.1.jwk.json"))
                .unwrap();
        assert_eq!(
            thumbprint(&jwk).unwrap(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    #[test]
    fn odd_tokens_are_read_as_far_as_they_go() {
        let header = base64url(br#"{"alg":"none","kid":7}"#);
        let two = read(&format!("{header}.{}", base64url(b"[1]"))).unwrap();
        assert_eq!((two.parts.len(), &two.claims, two.kid()), (2, &None, None));
        let padded = read(&format!("{header}==.e30=.")).unwrap();
        assert_eq!(padded.claims, Some(Map::new()));
        for text in [
            "",
            "a",
            "..",
            "e30",
            "bm8.e30.",
            &".".repeat(9),
            &"a.".repeat(LONGEST),
        ] {
            assert!(read(text).is_none(), "{:.20}", text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC{0,80}", bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = read(&text);
            let _ = read(&format!("{}.{}.{}", base64url(&bytes), text, text));
            prop_assert_eq!(unbase64url(&base64url(&bytes)), Some(bytes));
        }
    }
}
