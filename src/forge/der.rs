//! The few DER structures that public keys are written in (X.690; RFC 5280 section 4.1.2.7, RFC 8017 appendix A.1.1).

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// `rsaEncryption` with its NULL parameters.
pub(super) const RSA: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];
/// `id-ecPublicKey` on `secp256r1`.
pub(super) const P256: &[u8] = &[
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
    0x03, 0x01, 0x07,
];
/// `id-ecPublicKey` on `secp384r1`.
pub(super) const P384: &[u8] = &[
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22,
];
/// `id-ecPublicKey` on `secp521r1`.
pub(super) const P521: &[u8] = &[
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23,
];
/// `id-Ed25519` (RFC 8410 section 3).
pub(super) const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

/// An unsigned number without its leading zeros.
pub(super) fn unsigned(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|b| **b == 0).count();
    &octets[zeros..]
}

/// `INTEGER` of an unsigned number.
pub(super) fn integer(octets: &[u8]) -> Vec<u8> {
    let octets = unsigned(octets);
    let sign = octets.first().is_none_or(|first| *first >= 0x80);
    let mut content = vec![0; usize::from(sign)];
    content.extend_from_slice(octets);
    tlv(INTEGER, &content)
}

/// `SEQUENCE` of what is given.
pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(SEQUENCE, &parts.concat())
}

/// `RSAPublicKey`.
pub(super) fn pkcs1(n: &[u8], e: &[u8]) -> Vec<u8> {
    sequence(&[&integer(n), &integer(e)])
}

/// `SubjectPublicKeyInfo`.
pub(super) fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let bits = tlv(BIT_STRING, &[&[0], key].concat());
    sequence(&[&sequence(&[algorithm]), &bits])
}

/// A certificate of version 3 for a key (RFC 5280 section 4.1), signed with `sha256WithRSAEncryption`.
pub(super) fn certificate(spki: &[u8], sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    const SIGNATURE: &[u8] = &[
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00,
    ];
    const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
    let version = tlv(0xa0, &integer(&[2]));
    let algorithm = sequence(&[SIGNATURE]);
    let name = sequence(&[COMMON_NAME, &tlv(0x0c, b"authspec")]);
    let name = sequence(&[&tlv(0x31, &name)]);
    let validity = sequence(&[&tlv(0x17, b"200101000000Z"), &tlv(0x17, b"491231235959Z")]);
    let body = sequence(&[
        &version,
        &integer(&[1]),
        &algorithm,
        &name,
        &validity,
        &name,
        spki,
    ]);
    let signature = [&[0], sign(&body).as_slice()].concat();
    sequence(&[&body, &algorithm, &tlv(BIT_STRING, &signature)])
}

/// `UTF8String`.
pub(super) fn text(content: &[u8]) -> Vec<u8> {
    tlv(0x0c, content)
}

/// `UTCTime`.
pub(super) fn time(content: &[u8]) -> Vec<u8> {
    tlv(0x17, content)
}

/// `SET` of one.
pub(super) fn set(content: &[u8]) -> Vec<u8> {
    tlv(0x31, content)
}

/// `BIT STRING` of whole octets.
pub(super) fn bits(content: &[u8]) -> Vec<u8> {
    tlv(BIT_STRING, &[&[0], content].concat())
}

/// The version of a certificate: 3.
pub(super) fn version_3() -> Vec<u8> {
    tlv(0xa0, &integer(&[2]))
}

/// What stands in a certificate (RFC 5280 section 4.1), each part with its tag.
pub(super) struct Parts<'a> {
    /// Version, if it is said, and serial number.
    pub(super) before_algorithm: &'a [u8],
    /// Issuer, validity and subject.
    pub(super) names: &'a [u8],
    /// The subject's public key.
    pub(super) spki: &'a [u8],
    /// Unique identifiers and extensions.
    pub(super) after_key: &'a [u8],
}

/// The parts of a certificate; none if it is malformed.
pub(super) fn parts(certificate: &[u8]) -> Option<Parts<'_>> {
    let (outer, _) = opened(certificate)?;
    let (body, _) = opened(outer)?;
    let mut before = 0;
    if body.first() == Some(&0xa0) {
        before += whole(body)?;
    }
    before += whole(body.get(before..)?)?;
    let names = before + whole(body.get(before..)?)?;
    let mut key = names;
    for _ in 0..3 {
        key += whole(body.get(key..)?)?;
    }
    let after = key + whole(body.get(key..)?)?;
    Some(Parts {
        before_algorithm: body.get(..before)?,
        names: body.get(names..key)?,
        spki: body.get(key..after)?,
        after_key: body.get(after..)?,
    })
}

/// The content of the first value, and what follows it.
fn opened(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let first = usize::from(*octets.get(1)?);
    let (head, length) = match first {
        0..=0x7f => (2, first),
        0x81..=0x84 => {
            let count = first - 0x80;
            let digits = octets.get(2..2 + count)?;
            let length = digits
                .iter()
                .fold(0, |sum, one| sum << 8 | usize::from(*one));
            (2 + count, length)
        }
        _ => return None,
    };
    Some((
        octets.get(head..head + length)?,
        octets.get(head + length..)?,
    ))
}

/// How many octets the first value takes.
fn whole(octets: &[u8]) -> Option<usize> {
    let (_, rest) = opened(octets)?;
    Some(octets.len() - rest.len())
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let length = content.len().to_be_bytes();
            let length = unsigned(&length);
            // at most eight octets of length, so the sum stays far below 0xff
            out.push(0x80 + u8::try_from(length.len()).unwrap_or(8));
            out.extend_from_slice(length);
        }
    }
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_signs_are_canonical() {
        assert_eq!(integer(&[0, 0, 1]), [2, 1, 1]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[]), [2, 1, 0]);
        assert_eq!(tlv(4, &[7; 127])[..2], [4, 127]);
        assert_eq!(tlv(4, &[7; 128])[..3], [4, 0x81, 128]);
        assert_eq!(tlv(4, &[7; 300])[..4], [4, 0x82, 1, 44]);
    }
}
