//! Encoded messages of RSA (RFC 8017 section 9), right ones and such that are wrong in one way.

use aws_lc_rs::digest::{self, Algorithm};

fn algorithm(hash: &str) -> &'static Algorithm {
    match hash {
        "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        "sha512" => &digest::SHA512,
        _ => &digest::SHA256,
    }
}

pub(super) fn hashed(hash: &str, input: &[u8]) -> Vec<u8> {
    digest::digest(algorithm(hash), input).as_ref().to_vec()
}

/// DigestInfo before the digest (RFC 8017 section 9.2, note 1).
fn prefix(hash: &str) -> &'static [u8] {
    match hash {
        "sha1" => &[
            0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04,
            0x14,
        ],
        "sha512" => &[
            0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x03, 0x05, 0x00, 0x04, 0x40,
        ],
        _ => &[
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x01, 0x05, 0x00, 0x04, 0x20,
        ],
    }
}

/// DigestInfo with the digest.
pub(super) fn info(hash: &str, input: &[u8]) -> Vec<u8> {
    [prefix(hash), &hashed(hash, input)].concat()
}

/// `00 01 ff .. ff 00` and what is padded.
pub(super) fn block(length: usize, kind: u8, content: &[u8]) -> Vec<u8> {
    let ones = length.saturating_sub(content.len() + 3);
    [&[0, kind], vec![0xff; ones].as_slice(), &[0], content].concat()
}

/// EMSA-PKCS1-v1_5 (RFC 8017 section 9.2).
pub(super) fn pkcs1(length: usize, hash: &str, input: &[u8]) -> Vec<u8> {
    block(length, 1, &info(hash, input))
}

/// EMSA-PSS (RFC 8017 section 9.1) for a modulus whose top bit is set, with a salt of this length.
pub(super) fn pss(length: usize, hash: &str, salt: usize, input: &[u8]) -> Vec<u8> {
    let salt = vec![0x5a; salt];
    let seen = hashed(
        hash,
        &[&[0; 8], hashed(hash, input).as_slice(), &salt].concat(),
    );
    let masked = length.saturating_sub(seen.len() + 1);
    let zeros = masked.saturating_sub(salt.len() + 1);
    let mut data = [vec![0; zeros].as_slice(), &[1], &salt].concat();
    let mut mask = Vec::new();
    for counter in 0_u32.. {
        if mask.len() >= masked {
            break;
        }
        mask.extend(hashed(
            hash,
            &[seen.as_slice(), &counter.to_be_bytes()].concat(),
        ));
    }
    data.iter_mut()
        .zip(mask)
        .for_each(|(octet, mask)| *octet ^= mask);
    if let Some(first) = data.first_mut() {
        *first &= 0x7f;
    }
    [data.as_slice(), &seen, &[0xbc]].concat()
}
