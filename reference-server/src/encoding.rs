//! Base64 in its two strict forms, form encoding, and random identifiers.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Standard base64 with its padding and no stray bits (RFC 4648 sections 3.5 and 4).
pub(crate) fn base64_decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Unpadded base64url with no stray bits (RFC 7515 section 2).
pub(crate) fn base64url_decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Unpadded base64url.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Standard base64.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes)
        .as_ref()
        .to_vec()
}

/// A value nobody can guess: 256 random bits, base64url (RFC 6749 section 10.10 asks for 128).
pub(crate) fn unguessable() -> String {
    let mut bytes = [0_u8; 32];
    // A system without randomness can issue nothing: the connection ends without an answer.
    assert!(aws_lc_rs::rand::fill(&mut bytes).is_ok(), "no randomness");
    base64url(&bytes)
}

/// The pairs of a query or of a form body, in order.
pub(crate) fn form(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

/// Form-encodes one value (RFC 6749 appendix B).
pub(crate) fn form_encode(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}
