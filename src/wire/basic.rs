//! The Basic scheme (RFC 7617): the value of an `Authorization` field and back. It doesn't know which charset a
//! server agreed on (section 2.1), so credentials are octets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// User-id and password as they stood in the field.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Everything before the first colon.
    pub user: Vec<u8>,
    /// Everything after the first colon, further colons included.
    pub password: Vec<u8>,
}

impl Credentials {
    /// The user-id, if it is UTF-8.
    pub fn user_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.user).ok()
    }

    /// The password, if it is UTF-8.
    pub fn password_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.password).ok()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// What keeps a field value from being Basic credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BasicError {
    /// The scheme is another one, or there is none.
    OtherScheme,
    /// Nothing stands behind the scheme.
    Empty,
    /// What stands behind the scheme isn't padded base64 (RFC 4648 section 4).
    NotBase64,
    /// The decoded text has no colon (RFC 7617 section 2).
    NoColon,
    /// A control character, which section 2 forbids in either half.
    ControlCharacter,
}

impl fmt::Display for BasicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherScheme => "the scheme is not Basic",
            Self::Empty => "nothing follows the scheme",
            Self::NotBase64 => "what follows the scheme is not base64",
            Self::NoColon => "the decoded credentials have no colon",
            Self::ControlCharacter => "the decoded credentials hold a control character",
        })
    }
}

impl std::error::Error for BasicError {}

/// The field value for a user-id and a password, encoded as UTF-8.
pub fn encode(user: &str, password: &str) -> String {
    encode_raw(format!("{user}:{password}").as_bytes())
}

/// The field value for octets that need not be credentials at all.
pub fn encode_raw(bytes: &[u8]) -> String {
    format!("Basic {}", STANDARD.encode(bytes))
}

/// Octets of base64 as certificates in a JWK have it (RFC 7517 section 4.7).
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads a field value strictly (RFC 7617 section 2).
pub fn decode(value: &[u8]) -> Result<Credentials, BasicError> {
    let value = value.trim_ascii();
    let end = value.iter().position(|b| *b == b' ').unwrap_or(value.len());
    let (scheme, rest) = value.split_at(end);
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return Err(BasicError::OtherScheme);
    }
    let token = rest.trim_ascii_start();
    if token.is_empty() {
        return Err(BasicError::Empty);
    }
    let decoded = STANDARD.decode(token).map_err(|_| BasicError::NotBase64)?;
    let colon = decoded
        .iter()
        .position(|b| *b == b':')
        .ok_or(BasicError::NoColon)?;
    if decoded.iter().any(u8::is_ascii_control) {
        return Err(BasicError::ControlCharacter);
    }
    Ok(Credentials {
        user: decoded[..colon].to_vec(),
        password: decoded[colon + 1..].to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_examples_of_rfc_7617() {
        let plain = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
        assert_eq!(encode("Aladdin", "open sesame"), plain);
        // section 2.1: the pound sign as UTF-8
        let pound = "Basic dGVzdDoxMjPCow==";
        assert_eq!(encode("test", "123£"), pound);
        let read = decode(pound.as_bytes()).unwrap();
        assert_eq!(read.user_text(), Some("test"));
        assert_eq!(read.password_text(), Some("123£"));
    }

    #[test]
    fn what_is_no_basic_credential_is_named() {
        for (value, error) in [
            ("", BasicError::OtherScheme),
            ("Bearer abc", BasicError::OtherScheme),
            ("Basic", BasicError::Empty),
            ("Basic  ", BasicError::Empty),
            ("Basic ???", BasicError::NotBase64),
            (
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ== x",
                BasicError::NotBase64,
            ),
            ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ", BasicError::NotBase64),
            ("Basic YWJj", BasicError::NoColon),
            ("Basic YToKYg==", BasicError::ControlCharacter),
        ] {
            assert_eq!(decode(value.as_bytes()), Err(error), "{value}");
        }
    }

    #[test]
    fn only_the_first_colon_separates_and_case_of_the_scheme_is_free() {
        let value = encode("u", "a:b:c").replace("Basic", "bAsIc");
        assert_eq!(decode(value.as_bytes()).unwrap().password, b"a:b:c");
    }

    #[test]
    fn debug_shows_nothing() {
        let read = decode(encode("alice", "hunter2").as_bytes()).unwrap();
        let shown = format!("{read:?}");
        assert!(
            !shown.contains("alice") && !shown.contains("104"),
            "{shown}"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
            let _ = decode(encode_raw(&bytes).as_bytes());
        }

        #[test]
        fn credentials_come_back(user in "[^:\\p{Cc}]{0,20}", password in "\\P{Cc}{0,20}") {
            let read = decode(encode(&user, &password).as_bytes()).unwrap();
            prop_assert_eq!(read.user_text(), Some(user.as_str()));
            prop_assert_eq!(read.password_text(), Some(password.as_str()));
        }
    }
}
