//! The table `key-decoy`: odd members that stand in a key set beside the right key. A reader ignores what it can't
//! use (RFC 7517 section 5) and still finds the right key; it never verifies with the decoy.

use crate::forge::rsa::Private;
use crate::forge::stranger;
use crate::wire::jose::base64url;
use serde_json::{Value, json};

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct KeyDecoy {
    /// Its name in suites.
    pub name: &'static str,
    /// What it is, in a line.
    pub doc: &'static str,
    /// Whether sound readers differ: some refuse the whole set.
    pub disputed: bool,
    /// The decoy, made from the right JWK.
    pub make: fn(&Value) -> Value,
}

const fn row(name: &'static str, doc: &'static str, make: fn(&Value) -> Value) -> KeyDecoy {
    KeyDecoy {
        name,
        doc,
        disputed: false,
        make,
    }
}

const fn disputed(row: KeyDecoy) -> KeyDecoy {
    KeyDecoy {
        disputed: true,
        ..row
    }
}

/// All rows.
pub static KEY_DECOYS: &[KeyDecoy] = &[
    row(
        "unknown-kty",
        "a key of a type that nobody registered (RFC 7517 section 5)",
        |_| json!({"kty": "authspec-unknown", "kid": "decoy", "use": "sig"}),
    ),
    row(
        "missing-kty",
        "a key without its type (RFC 7517 section 4.1)",
        |_| json!({"kid": "decoy", "use": "sig", "alg": "RS256"}),
    ),
    row(
        "missing-member",
        "an RSA key without its modulus (RFC 7517 section 5)",
        |_| json!({"kty": "RSA", "kid": "decoy", "use": "sig", "e": "AQAB"}),
    ),
    row(
        "unknown-member",
        "a key with a member that nobody knows (RFC 7517 section 4)",
        |_| with(&other("RS256"), "authspec-unknown", json!({"a": 1})),
    ),
    row(
        "unknown-alg",
        "a key for an algorithm that nobody registered",
        |_| with(&other("RS256"), "alg", json!("XS256")),
    ),
    row(
        "same-kid-enc",
        "an encryption key under the same `kid` (RFC 7517 section 4.2)",
        |right| {
            let decoy = with(&other("RS256"), "kid", kid(right));
            with(
                &with(&decoy, "use", json!("enc")),
                "alg",
                json!("RSA-OAEP-256"),
            )
        },
    ),
    row(
        "same-kid-other-type",
        "a key of another type under the same `kid` (RFC 7517 section 4.5)",
        |right| {
            let alg = if right.get("kty") == Some(&json!("EC")) {
                "RS256"
            } else {
                "ES256"
            };
            with(&other(alg), "kid", kid(right))
        },
    ),
    row(
        "key-ops-encrypt",
        "a key that may only encrypt (RFC 7517 section 4.3)",
        |_| {
            let mut decoy = with(&other("RS256"), "key_ops", json!(["encrypt"]));
            if let Value::Object(members) = &mut decoy {
                members.shift_remove("use");
            }
            decoy
        },
    ),
    row(
        "without-kid",
        "a key without `kid`, which is optional (RFC 7517 section 4.5)",
        |_| without(&other("RS256"), "kid"),
    ),
    row(
        "without-alg",
        "a key without `alg`, which is optional (RFC 7517 section 4.4)",
        |_| without(&other("RS256"), "alg"),
    ),
    row(
        "rsa-1024",
        "an RSA key of 1024 bits, too short to be used (RFC 7518 section 3.3)",
        |_| rsa(&weak_modulus(), "AQAB"),
    ),
    row("rsa-exponent-one", "an RSA key with exponent one", |_| {
        rsa(&[0xcb; 256], "AQ")
    }),
    row(
        "rsa-huge",
        "an RSA key of 65536 bits: slow to verify with",
        |_| rsa(&[0xcb; 8192], "AQAB"),
    ),
    row("ec-other-curve", "a key on another curve", |_| {
        other("ES384")
    }),
    row(
        "ec-unknown-curve",
        "a key on a curve that nobody registered",
        |_| with(&other("ES256"), "crv", json!("P-999")),
    ),
    row(
        "ec-off-curve",
        "a key whose point isn't on its curve",
        |_| {
            let decoy = other("ES256");
            let x = decoy.get("x").cloned().unwrap_or_default();
            with(&decoy, "y", x)
        },
    ),
    row(
        "okp-x25519",
        "a key for key agreement (RFC 8037 section 2)",
        |_| json!({"kty": "OKP", "crv": "X25519", "kid": "decoy", "use": "enc", "x": base64url(&[9; 32])}),
    ),
    row(
        "oct",
        "a shared secret in a public set (RFC 7518 section 6.4)",
        |_| json!({"kty": "oct", "kid": "decoy", "alg": "HS256", "k": "c3RyYW5nZXI"}),
    ),
    row(
        "x5c-garbage",
        "a key whose `x5c` is no certificate (RFC 7517 section 4.7)",
        |_| with(&other("RS256"), "x5c", json!(["AAAA"])),
    ),
    row(
        "x5u",
        "a key with an `x5u` that leads nowhere (RFC 7517 section 4.6)",
        |_| with(&other("RS256"), "x5u", json!("https://x5u.invalid/")),
    ),
    row("empty-object", "an object without members", |_| json!({})),
    disputed(row(
        "same-kid",
        "another key of the same type under the same `kid` (RFC 7517 section 4.5)",
        |right| {
            let alg = right.get("alg").and_then(Value::as_str).unwrap_or("RS256");
            with(&other(alg), "kid", kid(right))
        },
    )),
    disputed(row(
        "kid-number",
        "a key whose `kid` is a number (RFC 7517 section 4.5)",
        |_| with(&other("RS256"), "kid", json!(1)),
    )),
    disputed(row("null", "null in the place of a key", |_| Value::Null)),
    disputed(row("text", "text in the place of a key", |_| {
        json!("decoy")
    })),
];

/// The row of a name.
pub fn named(name: &str) -> Option<&'static KeyDecoy> {
    KEY_DECOYS.iter().find(|row| row.name == name)
}

/// The stranger's public key as a decoy; the secret of an HMAC has none, so RSA stands in.
fn other(alg: &str) -> Value {
    let jwk = stranger(alg).public_jwk();
    let jwk = jwk.or_else(|| stranger("RS256").public_jwk());
    with(&jwk.unwrap_or_default(), "kid", json!("decoy"))
}

fn with(jwk: &Value, name: &str, value: Value) -> Value {
    let mut jwk = jwk.clone();
    if let Value::Object(members) = &mut jwk {
        members.insert(name.to_owned(), value);
    }
    jwk
}

fn without(jwk: &Value, name: &str) -> Value {
    let mut jwk = jwk.clone();
    if let Value::Object(members) = &mut jwk {
        members.shift_remove(name);
    }
    jwk
}

fn kid(jwk: &Value) -> Value {
    jwk.get("kid").cloned().unwrap_or(json!("decoy"))
}

fn weak_modulus() -> Vec<u8> {
    Private::weak().map_or_else(Vec::new, |weak| weak.modulus().to_vec())
}

fn rsa(modulus: &[u8], exponent: &str) -> Value {
    json!({"kty": "RSA", "kid": "decoy", "use": "sig", "alg": "RS256", "n": base64url(modulus), "e": exponent})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::{PublicKey, test_key};
    use std::collections::BTreeSet;

    fn decoy(name: &str) -> Value {
        let right = test_key("test-rsa").unwrap().public_jwk().unwrap();
        (named(name).unwrap().make)(&right)
    }

    #[test]
    fn names_are_unique_and_no_decoy_is_the_right_key() {
        let names: BTreeSet<_> = KEY_DECOYS.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), KEY_DECOYS.len());
        let right = test_key("test-rsa").unwrap().public_jwk().unwrap();
        for row in KEY_DECOYS {
            assert_ne!(
                (row.make)(&right).get("n"),
                Some(&right["n"]),
                "{}",
                row.name
            );
            assert!((row.make)(&right).get("d").is_none(), "{}", row.name);
        }
    }

    #[test]
    fn what_is_broken_is_no_key() {
        for name in [
            "unknown-kty",
            "missing-kty",
            "missing-member",
            "rsa-1024",
            "rsa-huge",
            "rsa-exponent-one",
            "ec-unknown-curve",
            "ec-off-curve",
            "okp-x25519",
            "oct",
            "empty-object",
            "null",
            "text",
        ] {
            assert!(PublicKey::from_jwk(&decoy(name)).is_err(), "{name}");
        }
        for name in [
            "same-kid",
            "same-kid-enc",
            "same-kid-other-type",
            "ec-other-curve",
            "without-kid",
            "x5c-garbage",
        ] {
            assert!(PublicKey::from_jwk(&decoy(name)).is_ok(), "{name}");
        }
        assert_eq!(decoy("same-kid-enc")["kid"], "test-rsa");
        assert_eq!(decoy("same-kid-enc")["use"], "enc");
    }
}
