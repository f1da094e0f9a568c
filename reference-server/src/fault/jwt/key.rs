//! Mistakes about which key vouches for a token, and under which algorithm.

mod address;
mod confusion;
mod kid;
mod outside;
mod rsa;
mod set;

use serde_json::Value;

use super::super::{Fault, ROW};
use crate::decisions::bearer::Problem;
use crate::decisions::jwt::{self as right, Object, Remembers};
use crate::keys::{Key, Material};

pub(crate) use address::FAULTS as ADDRESS;
pub(crate) use confusion::FAULTS as CONFUSION;
pub(crate) use kid::FAULTS as KID;
pub(crate) use outside::FAULTS as OUTSIDE;
pub(crate) use rsa::FAULTS as RSA;
pub(crate) use set::FAULTS as SET;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "jwt-signature-not-verified",
        what: "The token is decoded and never verified.",
        models: "CWE-347, jwt.decode() for jwt.verify()",
        breaks: &["RFC7515-5.2-1", "RFC6750-5.2-2"],
        install: |d| d.jwt.unsecured = |_, _| true,
        ..ROW
    },
    Fault {
        name: "jwt-alg-none",
        what: "A token whose alg is none needs no signature.",
        models: "CVE-2015-9235, CVE-2015-2951",
        breaks: &["RFC9068-4-8", "RFC8725-3.2-2", "RFC7518-3.6-2"],
        install: |d| d.jwt.unsecured = |header, _| alg(header) == Some("none"),
        ..ROW
    },
    Fault {
        name: "jwt-alg-none-any-case",
        what: "none is on a deny list in lower case, and the library takes it in any case.",
        models: "Auth0's API of 2020; RFC 8725 section 3.2",
        breaks: &["RFC9068-4-8", "RFC8725-3.2-2", "RFC7515-4.1.1-2"],
        install: |d| {
            d.jwt.unsecured = |header, _| {
                alg(header).is_some_and(|alg| alg != "none" && alg.eq_ignore_ascii_case("none"))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-alg-none-trimmed",
        what: "Blanks, control characters and look-alikes in alg are normalised after the deny list was asked.",
        models: "CWE-178, CWE-180",
        breaks: &["RFC9068-4-8", "RFC7515-5.3-1"],
        install: |d| {
            d.jwt.unsecured = |header, _| {
                let fold = |c: char| match u32::from(c) {
                    code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
                    _ => c,
                };
                alg(header).is_some_and(|alg| {
                    let plain: String = alg
                        .chars()
                        .map(fold)
                        .filter(|c| !c.is_control() && !c.is_whitespace() && *c != '\u{200b}')
                        .collect();
                    alg != "none" && plain == "none"
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-alg-missing-is-none",
        what: "A header without alg, or with an alg that is no text, needs no signature.",
        models: "alg ?? 'none'",
        breaks: &["RFC7515-4.1.1-1"],
        install: |d| d.jwt.unsecured = |header, _| alg(header).is_none_or(str::is_empty),
        ..ROW
    },
    Fault {
        name: "jwt-alg-unknown-passes",
        what: "An algorithm that no branch of the verifier knows falls through to yes.",
        models: "CWE-636, a switch without default",
        breaks: &["RFC7515-5.2-2", "RFC8725-3.1-1"],
        install: |d| {
            d.jwt.unsecured = |header, _| {
                let known = ["RS", "PS", "ES", "HS", "Ed", "no"];
                alg(header).is_some_and(|alg| {
                    alg.len() > 1
                        && !alg.eq_ignore_ascii_case("none")
                        && !known.contains(&alg.get(..2).unwrap_or("??"))
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-empty-signature-passes",
        what: "An empty signature is compared with nothing and passes.",
        models: "CVE-2020-28042, ServiceStack",
        breaks: &["RFC7515-5.2-1"],
        install: |d| d.jwt.unsecured = |_, signature| signature.is_empty(),
        ..ROW
    },
    Fault {
        name: "jwt-signature-cut-to-length",
        what: "A signature that is too long is cut to the length of the key's.",
        models: "a buffer of the expected length; RFC 8017 section 8.2.2",
        breaks: &["RFC7515-5.2-1"],
        install: |d| {
            d.jwt.signature = |signed| {
                let length = match &signed.key.material {
                    Material::Rsa { n, .. } => n.len(),
                    Material::Ec { x, .. } => 2 * x.len(),
                    Material::Okp { .. } => 64,
                    Material::Secret(_) => 32,
                };
                let kept = signed.signature.get(..length).unwrap_or(signed.signature);
                right::signature(&right::Signed {
                    signature: kept,
                    ..*signed
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-ecdsa-zero-passes",
        what: "An ECDSA signature of zeros verifies under any key.",
        models: "CVE-2022-21449, psychic signatures of Java 15 to 18",
        breaks: &["RFC7518-3.4-2"],
        install: |d| {
            d.jwt.signature = |signed| {
                let zeros = signed.signature.iter().all(|octet| *octet == 0);
                let ecdsa = matches!(signed.key.material, Material::Ec { .. });
                (ecdsa && zeros) || right::signature(signed)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-ecdsa-der-taken",
        what: "An ECDSA signature in DER is taken beside the fixed form.",
        models: "libraries over OpenSSL; RFC 7518 section 3.4",
        breaks: &["RFC7518-3.4-1"],
        install: |d| {
            d.jwt.signature = |signed| {
                let fixed = fixed_from_der(signed.signature);
                let again = fixed.as_deref().unwrap_or(signed.signature);
                right::signature(&right::Signed {
                    signature: again,
                    ..*signed
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-eddsa-malleable",
        what: "S of an EdDSA signature is taken modulo the order of the group.",
        models: "CVE-2020-36843, EdDSA-Java; RFC 8032 section 5.1.7",
        breaks: &["CWE-347"],
        install: |d| {
            d.jwt.signature = |signed| match signed.key.material {
                Material::Okp { .. } => right::signature(&right::Signed {
                    signature: &reduced(signed.signature),
                    ..*signed
                }),
                _ => right::signature(signed),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-ecdsa-halves-of-any-length",
        what: "An ECDSA signature is cut in the middle, however long it is.",
        models: "BigInteger(1, first half); RFC 7518 section 3.4",
        breaks: &["RFC7518-3.4-1"],
        install: |d| {
            d.jwt.signature = |signed| {
                let (Material::Ec { x, .. }, true) =
                    (&signed.key.material, signed.signature.len() % 2 == 0)
                else {
                    return right::signature(signed);
                };
                let (r, s) = signed.signature.split_at(signed.signature.len() / 2);
                let fixed = [r, s].map(|half| {
                    let zeros = half.iter().take_while(|octet| **octet == 0).count();
                    let number = half.get(zeros..).unwrap_or_default();
                    let padding = vec![0; x.len().saturating_sub(number.len())];
                    [padding.as_slice(), number].concat()
                });
                right::signature(&right::Signed {
                    signature: &fixed.concat(),
                    ..*signed
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-500-on-new-name-of-eddsa",
        what: "An Ed25519 key under another alg than EdDSA is an unhandled error.",
        models: "CWE-755, a table of algorithms by kty; RFC 9864",
        breaks: &["CWE-755"],
        install: |d| {
            d.jwt.select = |header, keys| {
                let named = keys
                    .iter()
                    .find(|key| key.kid().is_some() && key.kid() == kid(header));
                match named.map(|key| &key.material) {
                    Some(Material::Okp { .. }) if alg(header) != Some("EdDSA") => {
                        Err(Problem::Broken)
                    }
                    _ => right::select(header, keys),
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-header-chooses-hash",
        what: "A key is used under any algorithm of its family that the header names.",
        models: "RFC 8725 section 3.1, a verifier built from kty alone",
        breaks: &["RFC8725-3.1-3", "RFC7517-4.4-1", "RFC7515-5.2-4"],
        install: |d| {
            d.jwt.select = |header, keys| {
                let named = alg(header).unwrap_or_default();
                let under: Vec<Key> = keys.iter().filter_map(|key| key.under(named)).collect();
                right::select(header, &under)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-verify-error-is-yes",
        what: "A key that doesn't fit the algorithm makes verifying give -1, which is true.",
        models: "if (openssl_verify(...)) of PHP libraries; CVE-2008-5077",
        breaks: &["RFC7515-5.2-1", "RFC7515-5.2-2", "RFC8725-3.1-1"],
        install: |d| {
            d.jwt.select = |header, keys| {
                let found = right::select(header, keys)?;
                let asymmetric = alg(header).is_some_and(|alg| {
                    ["RS", "PS", "ES", "Ed"].contains(&alg.get(..2).unwrap_or_default())
                });
                if !found.is_empty() || !asymmetric {
                    return Ok(found);
                }
                let named = |key: &&Key| key.kid().is_some() && key.kid() == kid(header);
                Ok(keys.iter().filter(named).cloned().collect())
            };
            d.jwt.signature = |signed| {
                let fits = alg(signed.header).is_some_and(|alg| {
                    alg == signed.key.algorithm() || signed.key.under(alg).is_some()
                });
                !fits || right::signature(signed)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-verdict-cached-by-signature",
        what: "A token whose signature was seen on a good one is taken without verifying it.",
        models: "CWE-347, a cache of verdicts with too small a key",
        breaks: &["RFC7515-5.2-1", "RFC6750-5.2-2"],
        install: |d| d.jwt.remembers = Remembers::Signature,
        ..ROW
    },
    Fault {
        name: "jwt-500-on-odd-alg",
        what: "An alg that is missing or no text is an unhandled error.",
        models: "CWE-755, header.alg.startsWith",
        breaks: &["CWE-755", "RFC7515-4.1.1-1"],
        install: |d| {
            d.jwt.select = |header, keys| match header.get("alg") {
                Some(Value::String(_)) => right::select(header, keys),
                _ => Err(Problem::Broken),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-weak-secret-trusted",
        what: "Tokens under HS256 with the example's secret are still taken.",
        models: "CWE-798, a secret from a README; RFC 8725 section 3.5",
        breaks: &["RFC8725-3.5-1", "RFC7518-3.2-1"],
        install: |d| d.jwt.select = |header, keys| with_secret(header, keys, b"secret"),
        ..ROW
    },
    Fault {
        name: "jwt-empty-secret-trusted",
        what: "The HMAC key is read from a setting that isn't set.",
        models: "CVE-2019-20933, InfluxDB; CVE-2020-28637",
        breaks: &["RFC7518-3.2-1"],
        install: |d| d.jwt.select = |header, keys| with_secret(header, keys, b""),
        ..ROW
    },
    Fault {
        name: "jwt-encryption-key-verifies",
        what: "A key that is published for encryption verifies signatures.",
        models: "RFC 7517 sections 4.2 and 4.3",
        breaks: &["RFC7517-4.2-1", "RFC7517-4.3-3"],
        install: |d| {
            d.jwt.usable = |jwk| {
                let mut plain = jwk.clone();
                plain.remove("use");
                plain.remove("key_ops");
                Key::from_jwk(&plain)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-published-secret-verifies",
        what: "A symmetric key in the issuer's public set is used.",
        models: "RFC 7517 section 4, JWK libraries that build any key",
        breaks: &["CWE-321"],
        install: |d| {
            d.jwt.usable = |jwk| match jwk.get("k").and_then(Value::as_str) {
                Some(secret) => {
                    let octets = crate::encoding::base64url_decode(secret)?;
                    let kid = jwk.get("kid").and_then(Value::as_str);
                    Some(Key::secret(&octets).named(kid))
                }
                None => Key::from_jwk(jwk),
            };
        },
        ..ROW
    },
];

fn alg(header: &Object) -> Option<&str> {
    header.get("alg").and_then(Value::as_str)
}

fn kid(header: &Object) -> Option<&str> {
    header.get("kid").and_then(Value::as_str)
}

fn is_hmac(header: &Object) -> bool {
    alg(header) == Some("HS256")
}

fn with_secret(header: &Object, keys: &[Key], secret: &[u8]) -> Result<Vec<Key>, Problem> {
    if is_hmac(header) {
        return Ok(vec![Key::secret(secret)]);
    }
    right::select(header, keys)
}

/// `SEQUENCE { r INTEGER, s INTEGER }` as the fixed form of P-256.
fn fixed_from_der(der: &[u8]) -> Option<Vec<u8>> {
    let [0x30, _, 0x02, length, rest @ ..] = der else {
        return None;
    };
    let (r, rest) = rest.split_at_checked(usize::from(*length))?;
    let [0x02, length, s @ ..] = rest else {
        return None;
    };
    let s = s.get(..usize::from(*length))?;
    let padded = |value: &[u8]| {
        let start = value.iter().position(|octet| *octet != 0)?;
        let value = value.get(start..)?;
        let zeros = 32_usize.checked_sub(value.len())?;
        Some([&vec![0; zeros], value].concat())
    };
    Some([padded(r)?, padded(s)?].concat())
}

/// A signature of Ed25519 with the order of the group taken off S, where it isn't below that; little-endian.
fn reduced(signature: &[u8]) -> Vec<u8> {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let Some((point, number)) = signature.split_at_checked(32) else {
        return signature.to_vec();
    };
    if number.len() != 32 || number.iter().rev().lt(ORDER.iter().rev()) {
        return signature.to_vec();
    }
    let mut borrowed = false;
    let rest = number.iter().zip(ORDER).map(|(digit, order)| {
        let (once, first) = digit.overflowing_sub(order);
        let (twice, second) = once.overflowing_sub(u8::from(borrowed));
        borrowed = first || second;
        twice
    });
    point.iter().copied().chain(rest).collect()
}
