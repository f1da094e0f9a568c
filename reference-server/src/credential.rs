//! The Authorization field (RFC 9110 section 11.6.2), read before any scheme is understood.

use axum::http::{HeaderMap, header};

/// What a request carries as Authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Field {
    /// No field.
    None,
    /// Exactly one field.
    One(Vec<u8>),
    /// More than one. The field is a singleton (RFC 9110 section 5.3): no way of choosing is right.
    Several,
}

/// Reads the Authorization field.
pub(crate) fn field(headers: &HeaderMap) -> Field {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (None, _) => Field::None,
        (Some(value), None) => Field::One(value.as_bytes().to_vec()),
        (Some(_), Some(_)) => Field::Several,
    }
}

/// Divides `auth-scheme 1*SP rest`. The rest is empty where only a scheme stands.
pub(crate) fn divide(value: &[u8]) -> (&[u8], &[u8]) {
    let end = value
        .iter()
        .position(|byte| *byte == b' ')
        .unwrap_or(value.len());
    let (scheme, rest) = value.split_at(end);
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    (scheme, rest.get(blanks..).unwrap_or_default())
}

/// Whether the text is a token68 (RFC 9110 section 11.2), of which b64token (RFC 6750) is a copy.
pub(crate) fn is_token68(text: &[u8]) -> bool {
    let body = text
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(byte))
        .count();
    body > 0 && text.iter().skip(body).all(|byte| *byte == b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_at_the_first_run_of_blanks() {
        assert_eq!(divide(b"Basic  abc d"), (&b"Basic"[..], &b"abc d"[..]));
        assert_eq!(divide(b"Basic"), (&b"Basic"[..], &b""[..]));
        assert_eq!(divide(b"Basic\tabc"), (&b"Basic\tabc"[..], &b""[..]));
    }

    #[test]
    fn token68_takes_padding_at_the_end_only() {
        for (text, good) in [
            ("YWJj", true),
            ("YQ==", true),
            ("a.b-c_d~e+f/g", true),
            ("", false),
            ("=", false),
            ("YQ==YQ", false),
            ("a b", false),
            ("a,b", false),
        ] {
            assert_eq!(is_token68(text.as_bytes()), good, "{text}");
        }
    }
}
