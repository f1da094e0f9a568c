//! Secrets that are public: words, examples of documentation, defaults of products. A token that was signed with one
//! is found out offline, without a request (RFC 8725 sections 2.2 and 3.5).
//!
//! The list is short on purpose. It shows that a secret is no secret; that none is found shows nothing.

use crate::forge::{Alg, Family, key};
use crate::wire::jose;

/// The secrets that are tried, the empty one among them.
pub const WEAK_SECRETS: &[&str] = &[
    "",
    " ",
    "0",
    "1",
    "123",
    "1234",
    "12345",
    "123456",
    "12345678",
    "123456789",
    "1234567890",
    "admin",
    "auth",
    "change-me",
    "change_me",
    "changeit",
    "changeme",
    "default",
    "dev",
    "development",
    "example",
    "false",
    "foo",
    "foobar",
    "guest",
    "hello",
    "hs256-secret",
    "jwt",
    "jwt-key",
    "jwt-secret",
    "jwt_secret",
    "jwt_secret_key",
    "jwtsecret",
    "key",
    "letmein",
    "my-32-character-ultra-secure-and-ultra-long-secret",
    "my-secret",
    "my-secret-key",
    "my_secret_key",
    "mysecret",
    "mysecretkey",
    "none",
    "null",
    "pass",
    "passw0rd",
    "password",
    "password123",
    "private",
    "private-key",
    "qwerty",
    "root",
    "s3cr3t",
    "secret",
    "secret-key",
    "secret123",
    "secret_key",
    "secretkey",
    "shhhh",
    "shhhhhared-secret",
    "super-secret",
    "super_secret",
    "supersecret",
    "supersecretkey",
    "test",
    "test-secret",
    "test123",
    "testing",
    "thisisasecret",
    "token",
    "topsecret",
    "true",
    "undefined",
    "user",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "your-secret",
    "your-secret-key",
    "your_jwt_secret",
    "your_secret_key",
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
];

/// The public secret that a token was signed with.
pub fn find(token: &str) -> Option<&'static str> {
    let read = jose::read(token)?;
    let alg = Alg::named(read.alg()?).filter(|alg| alg.family() == Family::Hmac)?;
    let (input, signature) = (read.signing_input(), read.signature()?);
    let signs = |secret: &&&str| key::mac(alg, secret.as_bytes(), input.as_bytes()) == signature;
    WEAK_SECRETS.iter().find(signs).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::{Key, mint, test_key};
    use serde_json::Map;

    #[test]
    fn a_public_secret_is_found_and_another_is_not() {
        for alg in ["HS256", "HS384", "HS512"] {
            let key = Key::hmac(b"your-256-bit-secret", alg, None).unwrap();
            let token = mint(&Map::new(), &Map::new(), &key).unwrap();
            assert_eq!(find(&token), Some("your-256-bit-secret"));
        }
        for name in ["test-hmac", "test-rsa"] {
            let token = mint(&Map::new(), &Map::new(), test_key(name).unwrap()).unwrap();
            assert_eq!(find(&token), None);
        }
        assert_eq!(find("opaque"), None);
    }

    /// The token that jwt.io showed for years.
    #[test]
    fn the_best_known_token_is_found_out() {
        let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
        assert_eq!(find(token), Some("your-256-bit-secret"));
    }
}
