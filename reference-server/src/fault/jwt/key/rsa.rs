//! Mistakes with RSA signatures: read instead of compared, and by keys and hashes that are too weak.

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents,
};
use serde_json::Value;

use super::super::super::{Fault, ROW};
use super::{alg, kid, right};
use crate::decisions::jwt::Signed;
use crate::encoding::sha256;
use crate::keys::raw::opened;
use crate::keys::{Key, Material};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "jwt-rsa-padding-scanned",
        what: "The digest is looked for behind the padding, and what follows it isn't looked at.",
        models: "CVE-2006-4339, CVE-2014-1568; RFC 8017 section 8.2.2",
        breaks: &["RFC7515-5.2-1"],
        install: |d| {
            d.jwt.signature = |signed| right::signature(signed) || scanned(signed);
        },
        ..ROW
    },
    Fault {
        name: "jwt-rsa-digest-names-hash",
        what: "Which hash was signed is read from inside the signature, whatever alg says.",
        models: "RFC 7515 section 10.6; openssl rsautl -verify",
        breaks: &["RFC7515-10.6-1"],
        install: |d| {
            d.jwt.signature = |signed| {
                let named = alg(signed.header) == Some("RS256");
                let others = [
                    &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
                    &RSA_PKCS1_2048_8192_SHA512,
                ];
                right::signature(signed)
                    || (named && others.iter().any(|other| verifies(signed, other)))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-rs1-taken",
        what: "RS1 is among the algorithms that are known, and so among those that are taken.",
        models: "RFC 8725 section 3.2; registries that list RS1",
        breaks: &["RFC8725-3.2-1"],
        install: |d| {
            d.jwt.select = |header, keys| {
                if alg(header) != Some("RS1") {
                    return right::select(header, keys);
                }
                let named = |key: &&Key| key.kid().is_some() && key.kid() == kid(header);
                Ok(keys.iter().filter(named).cloned().collect())
            };
            d.jwt.signature = |signed| match alg(signed.header) {
                Some("RS1") => verifies(signed, &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
                _ => right::signature(signed),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-pss-salt-of-any-length",
        what: "The salt of a PSS signature may be of any length.",
        models: "RSA_PSS_SALTLEN_AUTO; RFC 7518 section 3.5",
        breaks: &["CWE-347"],
        install: |d| d.jwt.signature = |signed| right::signature(signed) || salted(signed),
        ..ROW
    },
    Fault {
        name: "jwt-weak-key-verifies",
        what: "An RSA key of the issuer's is used however short it is.",
        models: "RFC 7518 section 3.3; libraries without a lower bound",
        breaks: &["RFC7518-3.3-2"],
        install: |d| {
            d.jwt.usable = |jwk| {
                let short = matches!(
                    Key::material(jwk),
                    Some(Key { material: Material::Rsa { ref n, .. }, .. }) if n.len() < 256
                );
                let sig = jwk.get("use").and_then(Value::as_str) != Some("enc");
                if short && sig {
                    Key::material(jwk)
                } else {
                    Key::from_jwk(jwk)
                }
            };
        },
        ..ROW
    },
];

/// DigestInfo of SHA-256 before its digest.
const SHA256: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

fn scanned(signed: &Signed<'_>) -> bool {
    let message =
        opened(signed.key, signed.signature).filter(|_| alg(signed.header) == Some("RS256"));
    let Some([0, 1, padded @ ..]) = message.as_deref() else {
        return false;
    };
    let ones = padded.iter().take_while(|octet| **octet == 0xff).count();
    let info = [SHA256.as_slice(), &sha256(signed.input)].concat();
    ones >= 8
        && padded
            .get(ones..)
            .and_then(|rest| rest.strip_prefix(&[0]))
            .is_some_and(|rest| rest.starts_with(&info))
}

fn verifies(signed: &Signed<'_>, how: &'static RsaParameters) -> bool {
    let Material::Rsa { n, e } = &signed.key.material else {
        return false;
    };
    RsaPublicKeyComponents { n, e }
        .verify(how, signed.input, signed.signature)
        .is_ok()
}

/// EMSA-PSS (RFC 8017 section 9.1.2), the length of the salt read from where it begins.
fn salted(signed: &Signed<'_>) -> bool {
    let message =
        opened(signed.key, signed.signature).filter(|_| alg(signed.header) == Some("PS256"));
    let Some((masked, [seen @ .., 0xbc])) = message
        .as_deref()
        .and_then(|message| message.split_at_checked(message.len().checked_sub(33)?))
    else {
        return false;
    };
    let mask = (0_u32..8).flat_map(|counter| sha256(&[seen, &counter.to_be_bytes()].concat()));
    let mut data: Vec<u8> = masked
        .iter()
        .zip(mask)
        .map(|(left, right)| left ^ right)
        .collect();
    if let Some(first) = data.first_mut() {
        *first &= 0x7f;
    }
    let zeros = data.iter().take_while(|octet| **octet == 0).count();
    let Some([1, salt @ ..]) = data.get(zeros..) else {
        return false;
    };
    sha256(&[&[0; 8], sha256(signed.input).as_slice(), salt].concat()) == seen
}
