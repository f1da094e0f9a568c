//! What stands in an RSA signature: the public operation by itself (RFC 8017 section 5.2.2), and the arithmetic modulo
//! an odd number that it takes. Only faults look inside; a sound verifier compares.

use super::{Key, Material};

/// The encoded message of a signature under the exponent 65537.
pub(crate) fn opened(key: &Key, signature: &[u8]) -> Option<Vec<u8>> {
    let Material::Rsa { n, e } = &key.material else {
        return None;
    };
    let whole = n.len() % 4 == 0 && n.last().is_some_and(|last| last % 2 == 1);
    if !whole
        || e.as_slice() != [1, 0, 1]
        || signature.len() != n.len()
        || signature >= n.as_slice()
    {
        return None;
    }
    let n = digits(n);
    let base = digits(signature);
    // (signature / R)(signature R) = signature: 65536 is 2 to the 16th, so every R is undone at the end
    let mut power = scaled(&base, &n);
    for _ in 0..16 {
        power = product(&power, &power, &n);
    }
    Some(octets(&product(&power, &base, &n)))
}

/// Little-endian digits of a number whose octets fill them.
pub(crate) fn digits(octets: &[u8]) -> Vec<u32> {
    let (whole, _) = octets.as_chunks::<4>();
    whole
        .iter()
        .rev()
        .map(|four| u32::from_be_bytes(*four))
        .collect()
}

pub(crate) fn octets(digits: &[u32]) -> Vec<u8> {
    digits
        .iter()
        .rev()
        .flat_map(|digit| digit.to_be_bytes())
        .collect()
}

/// `a R` modulo `n`, by doubling.
pub(crate) fn scaled(a: &[u32], n: &[u32]) -> Vec<u32> {
    let mut a = a.to_vec();
    for _ in 0..32 * n.len() {
        let mut carry = 0;
        for digit in &mut a {
            (*digit, carry) = (*digit << 1 | carry, *digit >> 31);
        }
        reduce(&mut a, carry, n);
    }
    a
}

/// `a b / R` modulo an odd `n` (Montgomery).
pub(crate) fn product(a: &[u32], b: &[u32], n: &[u32]) -> Vec<u32> {
    let first = n.first().copied().unwrap_or(1);
    let mut inverse = 1_u32;
    for _ in 0..5 {
        inverse = inverse.wrapping_mul(2_u32.wrapping_sub(first.wrapping_mul(inverse)));
    }
    let mut sum = vec![0_u32; n.len()];
    let mut high = 0_u64;
    for digit in b {
        let over = add(&mut sum, a, *digit);
        high += over;
        let factor = sum
            .first()
            .copied()
            .unwrap_or(0)
            .wrapping_mul(inverse.wrapping_neg());
        high += add(&mut sum, n, factor);
        sum.rotate_left(1);
        if let Some(last) = sum.last_mut() {
            *last = low(high);
        }
        high >>= 32;
    }
    reduce(&mut sum, low(high), n);
    sum
}

/// Adds `a` times a digit, and gives what runs over.
pub(crate) fn add(sum: &mut [u32], a: &[u32], digit: u32) -> u64 {
    let mut carry = 0_u64;
    for (place, limb) in sum.iter_mut().zip(a) {
        let total = u64::from(*place) + u64::from(*limb) * u64::from(digit) + carry;
        *place = low(total);
        carry = total >> 32;
    }
    carry
}

/// Takes `n` off once, where the number isn't below it.
pub(crate) fn reduce(a: &mut [u32], over: u32, n: &[u32]) {
    if over == 0 && a.iter().rev().lt(n.iter().rev()) {
        return;
    }
    let mut borrowed = false;
    for (place, limb) in a.iter_mut().zip(n) {
        let (once, first) = place.overflowing_sub(*limb);
        let (twice, second) = once.overflowing_sub(u32::from(borrowed));
        *place = twice;
        borrowed = first || second;
    }
}

fn low(sum: u64) -> u32 {
    u32::try_from(sum & 0xffff_ffff).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_its_padding_and_digest() {
        let key = Key::from_jwk(super::super::own_jwk().as_object().unwrap()).unwrap();
        let signature = super::super::signature(b"input").unwrap();
        let message = opened(&key, &signature).unwrap();
        assert_eq!(message[..3], [0, 1, 0xff]);
        assert!(message.ends_with(&crate::encoding::sha256(b"input")));
        assert!(opened(&key, &[0xff; 256]).is_none());
    }
}
