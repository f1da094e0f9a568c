//! Fixed keys that ship with the source: the stranger's, whom no target trusts, and the test keys of the embedded
//! provider. All are public; see `fixtures/keys/README.md`.

use crate::forge::alg::{Alg, Family};
use crate::forge::{ForgeError, Key};
use std::sync::{Arc, OnceLock};

macro_rules! pem {
    ($name:literal) => {
        include_str!(concat!("../../fixtures/keys/", $name, ".pem"))
    };
}

macro_rules! crt {
    ($name:literal) => {
        include_str!(concat!("../../fixtures/keys/", $name, ".crt"))
    };
}

const STRANGER_SECRET: &[u8] = b"authspec TEST SECRET of a stranger, never trust it: 6f1c9a0d";
const TEST_SECRET: &[u8] = b"authspec TEST SECRET, published with the source: 0b7e43d1c2aa";

/// The names that [`test_key`] knows.
pub const TEST_KEYS: [&str; 7] = [
    "test-rsa",
    "test-rsa-2",
    "test-p256",
    "test-p384",
    "test-p521",
    "test-ed25519",
    "test-hmac",
];

/// The stranger's key for an algorithm; for a name that is none, the RSA key.
pub fn stranger(alg: &str) -> &'static Key {
    stranger_shared(alg)
}

/// The same, for a recipe to hold.
pub fn stranger_shared(alg: &str) -> &'static Arc<Key> {
    static KEYS: [OnceLock<Arc<Key>>; Alg::ALL.len()] = [const { OnceLock::new() }; Alg::ALL.len()];
    let alg = Alg::named(alg).unwrap_or(Alg::RS256);
    let slot = Alg::ALL.iter().position(|known| *known == alg);
    KEYS[slot.unwrap_or(0)].get_or_init(|| {
        let kid = Some("stranger");
        let pem = match alg.family() {
            Family::Hmac => return shipped(Key::hmac(STRANGER_SECRET, alg.name(), kid)),
            Family::Rsa => pem!("stranger-rsa"),
            Family::P256 => pem!("stranger-p256"),
            Family::P384 => pem!("stranger-p384"),
            Family::P521 => pem!("stranger-p521"),
            Family::Ed25519 => pem!("stranger-ed25519"),
        };
        shipped(Key::from_pem(pem, Some(alg.name()), kid))
    })
}

/// The stranger's self-signed certificate for an algorithm, as an entry of `x5c` (RFC 7515 section 4.1.6). There is
/// none for a shared secret.
pub fn stranger_certificate(alg: &str) -> Option<String> {
    let pem = match Alg::named(alg)?.family() {
        Family::Hmac => return None,
        Family::Rsa => crt!("stranger-rsa"),
        Family::P256 => crt!("stranger-p256"),
        Family::P384 => crt!("stranger-p384"),
        Family::P521 => crt!("stranger-p521"),
        Family::Ed25519 => crt!("stranger-ed25519"),
    };
    Some(pem.lines().filter(|line| !line.starts_with('-')).collect())
}

/// A test key by its name, which is its `kid` too.
pub fn test_key(name: &str) -> Option<&'static Arc<Key>> {
    static KEYS: [OnceLock<Arc<Key>>; TEST_KEYS.len()] =
        [const { OnceLock::new() }; TEST_KEYS.len()];
    let slot = TEST_KEYS.iter().position(|known| *known == name)?;
    let pem = match name {
        "test-rsa" => pem!("test-rsa"),
        "test-rsa-2" => pem!("test-rsa-2"),
        "test-p256" => pem!("test-p256"),
        "test-p384" => pem!("test-p384"),
        "test-p521" => pem!("test-p521"),
        "test-ed25519" => pem!("test-ed25519"),
        _ => {
            return Some(
                KEYS[slot].get_or_init(|| shipped(Key::hmac(TEST_SECRET, "HS256", Some(name)))),
            );
        }
    };
    Some(KEYS[slot].get_or_init(|| shipped(Key::from_pem(pem, None, Some(name)))))
}

#[expect(
    clippy::expect_used,
    reason = "the keys are part of the source and a test parses every one"
)]
fn shipped(key: Result<Key, ForgeError>) -> Arc<Key> {
    Arc::new(key.expect("a key of fixtures/keys"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::PublicKey;

    #[test]
    fn every_shipped_key_signs_with_its_algorithm() {
        for alg in Alg::ALL {
            let key = stranger(alg.name());
            assert_eq!(key.alg(), alg);
            let signature = key.sign(alg.name(), b"input").unwrap();
            if let Some(public) = PublicKey::of(key) {
                assert!(public.verify(alg.name(), b"input", &signature), "{alg:?}");
            }
        }
        for name in TEST_KEYS {
            assert_eq!(test_key(name).unwrap().kid(), Some(name));
        }
        assert!(test_key("rsa").is_none());
    }

    #[test]
    fn a_certificate_holds_the_key_that_signs() {
        use base64::Engine as _;
        for alg in ["RS256", "ES256", "ES384", "ES512", "EdDSA"] {
            let text = stranger_certificate(alg).unwrap();
            let octets = base64::engine::general_purpose::STANDARD
                .decode(text)
                .unwrap();
            let spki = PublicKey::of(stranger(alg)).unwrap().spki().unwrap();
            assert!(
                octets.windows(spki.len()).any(|window| window == spki),
                "{alg}"
            );
        }
        assert_eq!(stranger_certificate("HS256"), None);
    }

    #[test]
    fn the_stranger_is_no_test_key() {
        for name in TEST_KEYS {
            let key = test_key(name).unwrap();
            let signature = key.sign(key.alg().name(), b"input").unwrap();
            let stranger = stranger(key.alg().name());
            match PublicKey::of(stranger) {
                Some(public) => assert!(!public.verify(key.alg().name(), b"input", &signature)),
                None => assert_ne!(stranger.sign("HS256", b"input").unwrap(), signature),
            }
        }
    }
}
