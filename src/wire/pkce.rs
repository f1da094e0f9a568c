//! Proof Key for Code Exchange (RFC 7636): the transformation and the grammar of the verifier. Verifiers are made
//! elsewhere, where randomness is.

use crate::wire::jose::base64url;
use aws_lc_rs::digest;

/// `BASE64URL(SHA256(ASCII(verifier)))` (section 4.2).
pub fn challenge_s256(verifier: &str) -> String {
    base64url(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref())
}

/// Whether a text is a code verifier: 43 to 128 unreserved characters (section 4.1).
pub fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(is_unreserved)
}

/// Whether a text is a code challenge, which has the same grammar (section 4.2).
pub fn is_challenge(text: &str) -> bool {
    is_verifier(text)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert!(is_verifier(verifier));
        assert_eq!(
            challenge_s256(verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn length_and_alphabet_are_bounded() {
        for (text, good) in [
            ("a".repeat(42), false),
            ("a".repeat(43), true),
            ("~".repeat(128), true),
            ("a".repeat(129), false),
            (format!("{}+", "a".repeat(43)), false),
            (format!("{}ä", "a".repeat(43)), false),
        ] {
            assert_eq!(is_verifier(&text), good, "{text}");
        }
    }
}
