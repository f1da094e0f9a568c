//! Mistakes with the key set, and with the keys that sign.

use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use axum::http::{HeaderValue, header};
use serde_json::{Value, json};

use super::super::Fault;
use super::SERVER;
use super::published::without;
use crate::{encoding, keys};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-key-set-kept-for-ever",
        what: "The key set may be kept for a year and never asked again.",
        models: "the rule for static files; CWE-324",
        breaks: &["CWE-324"],
        install: |d| {
            d.grant.document = |response| {
                let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
                response.headers_mut().insert(header::CACHE_CONTROL, kept);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-key-set-without-signing-key",
        what: "Only the key for encryption is published.",
        models: "the first key of the store; RFC 7517 section 5",
        breaks: &["RFC7517-5-1"],
        install: |d| {
            d.grant.key_set = |set| {
                if let Some(keys) = set["keys"].as_array_mut() {
                    keys.retain(|key| key["use"] == "enc");
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-key-set-weak-key",
        what: "The key set holds an RSA key of 1024 bits.",
        models: "a key of 2009; RFC 7518 section 3.3",
        breaks: &["RFC7518-3.3-1"],
        install: |d| {
            d.grant.key_set = |set| {
                add(
                    set,
                    json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "old", "e": "AQAB", "n": WEAK }),
                )
            }
        },
        ..SERVER
    },
    Fault {
        name: "as-key-set-sample-key",
        what: "The key set holds a key that was copied from a specification.",
        models: "RFC 7515 appendix A.3, CWE-321",
        breaks: &["CWE-321"],
        install: |d| {
            d.grant.key_set = |set| {
                add(
                    set,
                    json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "example", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }),
                )
            }
        },
        ..SERVER
    },
    Fault {
        name: "as-key-set-short-coordinate",
        what: "A coordinate that begins with a zero octet is written without it.",
        models: "BigInteger.toByteArray; RFC 7518 section 6.2.1.2",
        breaks: &["RFC7518-6.2.1.2-1"],
        install: |d| {
            d.grant.key_set = |set| {
                add(
                    set,
                    json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "short", "x": "g83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVA", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }),
                )
            }
        },
        ..SERVER
    },
    Fault {
        name: "as-key-set-one-kid",
        what: "Two keys of the set have the same kid.",
        models: "a kid of the service, not of the key; RFC 7517 section 4.5",
        breaks: &["RFC7517-4.5-1"],
        install: |d| {
            d.grant.key_set = |set| {
                if let Some(pair) = pair() {
                    let n = pair
                        .public_key()
                        .modulus()
                        .big_endian_without_leading_zero();
                    add(
                        set,
                        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": keys::OWN_KID, "e": "AQAB", "n": encoding::base64url(n) }),
                    );
                }
            }
        },
        ..SERVER
    },
    Fault {
        name: "as-key-set-without-use",
        what: "Keys don't say what they are for.",
        models: "RFC 8414 section 2, RFC 7517 section 4.2",
        breaks: &["RFC8414-2-7", "CWE-347"],
        install: |d| {
            d.grant.key_set = |set| {
                for key in set["keys"].as_array_mut().into_iter().flatten() {
                    without(key, "use");
                }
            }
        },
        ..SERVER
    },
    Fault {
        name: "as-key-set-without-alg",
        what: "Keys don't say which algorithm they are for.",
        models: "RFC 8725 section 3.1",
        breaks: &["CWE-347"],
        install: |d| {
            d.grant.key_set = |set| {
                for key in set["keys"].as_array_mut().into_iter().flatten() {
                    without(key, "alg");
                }
            }
        },
        ..SERVER
    },
    Fault {
        name: "as-key-set-key-for-everything",
        what: "A key for signatures says that it encrypts too, and verify twice.",
        models: "two lists of usages joined; RFC 7517 section 4.3",
        breaks: &["RFC7517-4.3-1", "RFC7517-4.3-5", "RFC7517-4.3-4"],
        install: |d| {
            d.grant.key_set =
                |set| set["keys"][0]["key_ops"] = json!(["verify", "encrypt", "verify"])
        },
        ..SERVER
    },
    Fault {
        name: "as-key-set-use-and-operations",
        what: "A published key has use and key_ops, which agree.",
        models: "crypto.subtle.exportKey; RFC 7517 section 4.3",
        breaks: &["RFC7517-4.3-4"],
        install: |d| d.grant.key_set = |set| set["keys"][0]["key_ops"] = json!(["verify"]),
        ..SERVER
    },
    Fault {
        name: "as-key-set-foreign-certificate",
        what: "After a rotation the key stands with the certificate of the one before.",
        models: "RFC 7517 section 4.7",
        breaks: &["RFC7517-4.7-1"],
        install: |d| {
            d.grant.key_set = |set| {
                let pem = include_str!("../../../keys/tls-self-signed.crt");
                let certificate = keys::pem_content(pem).unwrap_or_default();
                set["keys"][0]["x5c"] = json!([encoding::base64(&certificate)]);
            }
        },
        ..SERVER
    },
    Fault {
        name: "as-signs-with-unpublished-key",
        what: "Tokens are signed with a key whose public half is not published, under the kid of the old one.",
        models: "a rotation that forgot the key set",
        breaks: &["RFC8414-2-18"],
        install: |d| {
            d.grant.sign_id_token = |claims| signed_elsewhere("JWT", claims);
        },
        ..SERVER
    },
    Fault {
        name: "as-signs-access-tokens-with-unpublished-key",
        what: "Access tokens are signed with a key whose public half is not published.",
        models: "a second signer for the API gateway",
        breaks: &["RFC8414-2-18"],
        install: |d| d.grant.sign_access_token = signed_elsewhere,
        ..SERVER
    },
    Fault {
        name: "as-key-set-zero-octet",
        what: "The modulus of a key begins with a zero octet.",
        models: "BigInteger.toByteArray; RFC 7518 section 2",
        breaks: &["RFC7518-2-1"],
        install: |d| {
            d.grant.key_set = |set| {
                let n = set["keys"][0]["n"]
                    .as_str()
                    .and_then(encoding::base64url_decode);
                let longer = [vec![0], n.unwrap_or_default()].concat();
                set["keys"][0]["n"] = encoding::base64url(&longer).into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-key-set-without-exponent",
        what: "A key of the set has no exponent, which is always the same.",
        models: "65537 as a constant of both sides; RFC 7518 section 6.3.1",
        breaks: &["RFC7518-6.3.1-1"],
        install: |d| {
            d.grant.key_set = |set| {
                add(
                    set,
                    json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "half", "n": set["keys"][0]["n"] }),
                )
            }
        },
        ..SERVER
    },
];

const WEAK: &str = "wMv9-7LSK9YT0nmP9ZkGSC5uCir_5XHeRGsbDQHZKHiO2NXusDtEEoHB1jeroF1Z4F8t7JVU0h0h8a866cVqlOzF0jj__wli7ZJUPkQ14MjfA1hNNfdf3bveVXCYTl5YjsaSr_ipqHEIciDVS7KnggxzEgHcDZZLfy8pAmdF4HE";

fn add(set: &mut Value, key: Value) {
    if let Some(keys) = set["keys"].as_array_mut() {
        keys.push(key);
    }
}

/// A pair that nobody publishes.
fn pair() -> Option<&'static RsaKeyPair> {
    static PAIR: OnceLock<Option<RsaKeyPair>> = OnceLock::new();
    PAIR.get_or_init(|| RsaKeyPair::generate(KeySize::Rsa2048).ok())
        .as_ref()
}

fn signed_elsewhere(typ: &str, claims: &Value) -> String {
    let header = json!({ "alg": "RS256", "typ": typ, "kid": keys::OWN_KID });
    let part = |value: &Value| encoding::base64url(value.to_string().as_bytes());
    let input = format!("{}.{}", part(&header), part(claims));
    let signature = pair().and_then(|pair| {
        let mut signature = vec![0; pair.public_modulus_len()];
        let random = SystemRandom::new();
        pair.sign(&RSA_PKCS1_SHA256, &random, input.as_bytes(), &mut signature)
            .ok()?;
        Some(signature)
    });
    format!(
        "{input}.{}",
        encoding::base64url(&signature.unwrap_or_default())
    )
}
