//! RSA signatures by the right key whose padding is wrong in one way, and one by a key that is too short.
//!
//! With an exponent of three such paddings can be forged without the key (CVE-2006-4339); with larger ones they show
//! that a verifier reads a signature instead of comparing it (RFC 8017 section 8.2.2).

use super::{Aim, Mutation};
use crate::forge::parts::{NotApplicable, Parts};
use crate::forge::recipe::SignWith;
use crate::forge::rsa::Private;
use crate::forge::{Alg, padding};
use crate::wire::jose::base64url;
use serde_json::{Value, json};

const fn row(name: &'static str, doc: &'static str, apply: super::Apply) -> Mutation {
    Mutation::after(Aim::Signature, name, doc, apply).signed()
}

pub(super) const ROWS: &[Mutation] = &[
    row(
        "rsa-padding-short",
        "eight octets of padding, and garbage behind the digest (CVE-2006-4339)",
        |p| {
            padded(p, |length, input| {
                let mut short = padding::block(
                    padding::info("sha256", input).len() + 11,
                    1,
                    &padding::info("sha256", input),
                );
                short.resize(length, 0x2a);
                short
            })
        },
    ),
    row(
        "rsa-padding-altered",
        "one octet of the padding is not ff",
        |p| {
            padded(p, |length, input| {
                let mut block = padding::pkcs1(length, "sha256", input);
                block[20] = 0xfe;
                block
            })
        },
    ),
    row(
        "rsa-block-type-two",
        "the padding of encryption, not of signatures",
        |p| {
            padded(p, |length, input| {
                padding::block(length, 2, &padding::info("sha256", input))
            })
        },
    ),
    row(
        "rsa-digest-bare",
        "the digest without the name of its hash",
        |p| {
            padded(p, |length, input| {
                padding::block(length, 1, &padding::hashed("sha256", input))
            })
        },
    ),
    row(
        "rsa-digest-info-long-form",
        "a length of DigestInfo in the long form, which DER forbids (CVE-2014-1568)",
        |p| {
            padded(p, |length, input| {
                let mut info = padding::info("sha256", input);
                info.insert(1, 0x81);
                padding::block(length, 1, &info)
            })
        },
    ),
    row(
        "rsa-digest-of-sha512",
        "a digest of SHA-512 under RS256 (RFC 7515 section 10.6)",
        |p| padded(p, |length, input| padding::pkcs1(length, "sha512", input)),
    ),
    row(
        "rsa-digest-of-sha1",
        "a digest of SHA-1 under RS256 (RFC 7515 section 10.6)",
        |p| padded(p, |length, input| padding::pkcs1(length, "sha1", input)),
    ),
    row(
        "alg-rs1",
        "`alg` RS1, a signature over SHA-1 (RFC 8725 section 3.2)",
        |p| {
            p.header.insert("alg".into(), json!("RS1"));
            p.segments[0] = base64url(Value::Object(p.header.clone()).to_string().as_bytes());
            signed(p, |length, input| padding::pkcs1(length, "sha1", input))
        },
    ),
    row(
        "pss-salt-empty",
        "PSS without a salt (RFC 7518 section 3.5)",
        |p| pss(p, |length, input| padding::pss(length, "sha256", 0, input)),
    ),
    row(
        "pss-salt-longer",
        "PSS with a salt of 64 octets (RFC 7518 section 3.5)",
        |p| pss(p, |length, input| padding::pss(length, "sha256", 64, input)),
    ),
    row(
        "pss-of-sha1",
        "PSS with SHA-1 for both hashes (RFC 7518 section 3.5)",
        |p| pss(p, |length, input| padding::pss(length, "sha1", 20, input)),
    ),
    Mutation::after(
        Aim::Signature,
        "rsa-1024",
        "signed by the key of 1024 bits of the decoy `rsa-1024` (RFC 7518 section 3.3)",
        |p| {
            let weak = Private::weak().ok_or(NotApplicable("the weak key is missing"))?;
            let input = format!("{}.{}", p.segments[0], p.segments[1]);
            let message = padding::pkcs1(weak.modulus().len(), "sha256", input.as_bytes());
            let signature = weak.power(&message);
            p.set_signature(&signature.map_err(|_| NotApplicable("the weak key can't sign"))?);
            Ok(())
        },
    ),
];

type Encode = fn(usize, &[u8]) -> Vec<u8>;

fn padded(parts: &mut Parts, encode: Encode) -> Result<(), NotApplicable> {
    if parts.alg() != Some(Alg::RS256) {
        return Err(NotApplicable("the token is not signed with RS256"));
    }
    signed(parts, encode)
}

fn pss(parts: &mut Parts, encode: Encode) -> Result<(), NotApplicable> {
    if parts.alg() != Some(Alg::PS256) {
        return Err(NotApplicable("the token is not signed with PS256"));
    }
    signed(parts, encode)
}

fn signed(parts: &mut Parts, encode: Encode) -> Result<(), NotApplicable> {
    let SignWith::Key(key) = &parts.sign_with else {
        return Err(NotApplicable("the key that signs is not at hand"));
    };
    let private = key
        .rsa_private()
        .ok_or(NotApplicable("the key is no RSA key"))?;
    let input = format!("{}.{}", parts.segments[0], parts.segments[1]);
    let message = encode(private.modulus().len(), input.as_bytes());
    let signature = private.power(&message);
    parts.set_signature(&signature.map_err(|_| NotApplicable("the padding is out of range"))?);
    Ok(())
}
