//! The ways in which one public key is written down. Each is text or octets that someone may hand
//! to a verifier as "the key".

use super::{Key, Material};
use crate::encoding;

const RSA_ENCRYPTION: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];
const EC_P256: &[u8] = &[
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
    0x03, 0x01, 0x07,
];
const EC_P384: &[u8] = &[
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22,
];
const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

/// The key as SubjectPublicKeyInfo, DER (RFC 5280 section 4.1).
pub(crate) fn spki(key: &Key) -> Vec<u8> {
    let (algorithm, bits) = match &key.material {
        Material::Rsa { .. } => (RSA_ENCRYPTION, raw(key)),
        Material::Ec { x, .. } if x.len() == 48 => (EC_P384, raw(key)),
        Material::Ec { .. } => (EC_P256, raw(key)),
        Material::Okp { .. } => (ED25519, raw(key)),
        Material::Secret(octets) => return octets.clone(),
    };
    let mut string = vec![0];
    string.extend(bits);
    sequence(&[element(0x30, algorithm), element(0x03, &string)])
}

/// What stands inside: RSAPublicKey (RFC 8017), the uncompressed point, or the 32 octets.
pub(crate) fn raw(key: &Key) -> Vec<u8> {
    match &key.material {
        Material::Rsa { n, e } => sequence(&[integer(n), integer(e)]),
        Material::Ec { x, y } => [&[4], x.as_slice(), y.as_slice()].concat(),
        Material::Okp { x } => x.clone(),
        Material::Secret(octets) => octets.clone(),
    }
}

/// The line of an authorized_keys file (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709).
pub(crate) fn ssh(key: &Key) -> Vec<u8> {
    let string = |octets: &[u8]| {
        let length = u32::try_from(octets.len()).unwrap_or(u32::MAX);
        [&length.to_be_bytes(), octets].concat()
    };
    let (name, fields) = match &key.material {
        Material::Ec { x, .. } => {
            let (name, curve) = if x.len() == 48 {
                ("ecdsa-sha2-nistp384", "nistp384")
            } else {
                ("ecdsa-sha2-nistp256", "nistp256")
            };
            (name, [string(curve.as_bytes()), string(&raw(key))].concat())
        }
        Material::Okp { x } => ("ssh-ed25519", string(x)),
        _ => return raw(key),
    };
    let blob = [string(name.as_bytes()), fields].concat();
    format!("{name} {}", encoding::base64(&blob)).into_bytes()
}

/// PEM armour with lines of 64 and a final line feed (RFC 7468).
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = encoding::base64(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    for (place, character) in text.chars().enumerate() {
        if place > 0 && place % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push_str(&format!("\n-----END {label}-----\n"));
    pem
}

/// The RSA key in a certificate (RFC 5280 section 4.1), whoever signed it.
pub(crate) fn from_certificate(der: &[u8]) -> Option<Key> {
    let (_, certificate, _) = read(der)?;
    let (_, mut fields, _) = read(certificate)?;
    // version, serial number, algorithm, issuer, validity, subject; then the key
    let skipped = if fields.first() == Some(&0xa0) { 6 } else { 5 };
    for _ in 0..skipped {
        fields = read(fields)?.2;
    }
    let (_, info, _) = read(fields)?;
    let (_, _, bits) = read(info)?;
    let (_, string, _) = read(bits)?;
    let (_, numbers, _) = read(string.get(1..)?)?;
    let (_, n, rest) = read(numbers)?;
    let (_, e, _) = read(rest)?;
    let start = n.iter().position(|octet| *octet != 0)?;
    let jwk = serde_json::json!({
        "kty": "RSA",
        "n": encoding::base64url(n.get(start..)?),
        "e": encoding::base64url(e),
    });
    Key::material(jwk.as_object()?)
}

/// One DER element: tag, content, what follows.
fn read(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let length = octets.iter().try_fold(0_usize, |sum, octet| {
            sum.checked_mul(256)?.checked_add(usize::from(*octet))
        })?;
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

fn integer(octets: &[u8]) -> Vec<u8> {
    let mut value = octets.to_vec();
    if value.first().is_none_or(|top| *top >= 0x80) {
        value.insert(0, 0);
    }
    element(0x02, &value)
}

fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &elements.concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    let length = content.len().to_be_bytes();
    let short: Vec<u8> = length.into_iter().skip_while(|octet| *octet == 0).collect();
    match short.as_slice() {
        [] => der.push(0),
        [one] if *one < 0x80 => der.push(*one),
        several => {
            der.push(0x80 | u8::try_from(several.len()).unwrap_or(0x7f));
            der.extend(several);
        }
    }
    der.extend(content);
    der
}
