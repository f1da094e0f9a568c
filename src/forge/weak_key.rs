//! Public keys whose private half others can find: known samples, primes that lie close together, primes of a broken
//! generator, a prime that two keys share.
//!
//! It only recognises them. Nothing here computes a private key.

use std::cmp::Ordering;

/// The beginnings of `n` or `x` in keys that were published with their private half.
const SAMPLES: &[(&str, &str)] = &[
    ("ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAk", "RFC 7515 appendix A.2"),
    ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8T", "RFC 7515 appendix A.3"),
    ("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7", "RFC 7517 appendix A"),
    ("0vx7agoebGcQSuuPiLJXZptN9nndrQmb", "RFC 7517 appendix A"),
    ("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMl", "RFC 8037 appendix A"),
    ("u1SU1LfVLPHCozMxH2Mo4lgOEePzNm0t", "jwt.io"),
];

/// The name of the sample that a key is, by its `n` or `x` as written in a JWK.
pub fn sample(number: &str) -> Option<&'static str> {
    let found = SAMPLES.iter().find(|(start, _)| number.starts_with(start));
    found.map(|(_, name)| *name)
}

/// Whether the modulus is of the generator of CVE-2017-15361 (ROCA): in every small field it is a power of 65537.
pub fn is_roca(modulus: &[u8]) -> bool {
    const PRIMES: [u32; 36] = [
        11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
        103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 7,
    ];
    PRIMES.iter().all(|prime| {
        let rest = modulus
            .iter()
            .fold(0, |rest, octet| (rest * 256 + u32::from(*octet)) % prime);
        let mut power = 1;
        (0..*prime).any(|_| {
            power = power * 65537 % prime;
            power == rest
        })
    })
}

/// Whether the primes of the modulus lie so close together that Fermat's method finds them at once (CVE-2022-26320).
pub fn is_fermat(modulus: &[u8]) -> bool {
    let n = Number::of(modulus);
    if n.is_zero() || !n.is_odd() {
        return false;
    }
    let mut a = n.root();
    if a.times(&a).cmp(&n) == Ordering::Less {
        a = a.plus(&Number::one());
    }
    for _ in 0..40 {
        let rest = a.times(&a).minus(&n);
        let root = rest.root();
        if root.times(&root) == rest {
            return true;
        }
        a = a.plus(&Number::one());
    }
    false
}

/// Whether two different odd moduli have a factor in common.
pub fn share_a_factor(one: &[u8], other: &[u8]) -> bool {
    let (mut a, mut b) = (Number::of(one), Number::of(other));
    if a == b || !a.is_odd() || !b.is_odd() {
        return false;
    }
    // both stay odd, so that their difference is even
    while !a.is_zero() {
        if a.cmp(&b) == Ordering::Less {
            std::mem::swap(&mut a, &mut b);
        }
        a = a.minus(&b);
        while !a.is_zero() && !a.is_odd() {
            a = a.halved();
        }
    }
    b != Number::one()
}

/// A natural number, least limb first, without leading zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Number(Vec<u32>);

impl Number {
    fn one() -> Self {
        Self(vec![1])
    }

    /// Big-endian octets.
    fn of(octets: &[u8]) -> Self {
        let limbs = octets.rchunks(4).map(|chunk| {
            chunk
                .iter()
                .fold(0, |limb, octet| limb << 8 | u32::from(*octet))
        });
        Self(limbs.collect()).trimmed()
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    fn is_odd(&self) -> bool {
        self.0.first().is_some_and(|limb| limb % 2 == 1)
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let by_size = self.0.len().cmp(&other.0.len());
        by_size.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    fn limb(&self, at: usize) -> u32 {
        self.0.get(at).copied().unwrap_or(0)
    }

    fn plus(&self, other: &Self) -> Self {
        let mut carry = 0;
        let size = self.0.len().max(other.0.len()) + 1;
        let limbs = (0..size).map(|at| {
            let sum = u64::from(self.limb(at)) + u64::from(other.limb(at)) + carry;
            carry = sum >> 32;
            low(sum)
        });
        Self(limbs.collect()).trimmed()
    }

    /// The difference; the other must not be larger.
    fn minus(&self, other: &Self) -> Self {
        let mut borrow = 0;
        let limbs = (0..self.0.len()).map(|at| {
            let less = u64::from(other.limb(at)) + borrow;
            let limb = u64::from(self.limb(at));
            borrow = u64::from(limb < less);
            low((borrow << 32) + limb - less)
        });
        Self(limbs.collect()).trimmed()
    }

    fn times(&self, other: &Self) -> Self {
        let mut limbs = vec![0; self.0.len() + other.0.len()];
        for (at, left) in self.0.iter().enumerate() {
            let mut carry = 0;
            for (place, limb) in limbs.iter_mut().skip(at).enumerate() {
                let product = u64::from(*left) * u64::from(other.limb(place));
                let sum = product + u64::from(*limb) + carry;
                *limb = low(sum);
                carry = sum >> 32;
            }
        }
        Self(limbs).trimmed()
    }

    fn halved(&self) -> Self {
        let limbs = (0..self.0.len()).map(|at| self.limb(at) >> 1 | self.limb(at + 1) << 31);
        Self(limbs.collect()).trimmed()
    }

    /// The whole part of the square root, digit by digit.
    fn root(&self) -> Self {
        let mut rest = self.clone();
        let mut root = Self(Vec::new());
        let mut limbs = vec![0; self.0.len().max(1)];
        if let Some(top) = limbs.last_mut() {
            *top = 1 << 30;
        }
        let mut digit = Self(limbs);
        while !digit.is_zero() {
            let tried = root.plus(&digit);
            root = root.halved();
            if rest.cmp(&tried) != Ordering::Less {
                rest = rest.minus(&tried);
                root = root.plus(&digit);
            }
            digit = digit.halved().halved();
        }
        root
    }
}

fn low(sum: u64) -> u32 {
    u32::try_from(sum & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::{Key, PublicKey};

    fn octets(number: u128) -> Vec<u8> {
        number.to_be_bytes().to_vec()
    }

    #[test]
    fn roots_and_differences_are_right() {
        for number in [0u128, 1, 2, 15, 16, 17, 99_999_999, 1 << 64, u128::MAX] {
            let root = Number::of(&octets(number)).root();
            assert_eq!(root, Number::of(&octets(number.isqrt())), "{number}");
        }
    }

    #[test]
    fn close_primes_and_shared_ones_are_found_and_others_not() {
        let (p, q, far) = (1_000_000_007u128, 1_000_000_009, 4_000_000_007);
        for (modulus, close) in [(p * q, true), (p * far, false), (p * p, true)] {
            assert_eq!(is_fermat(&octets(modulus)), close, "{modulus}");
        }
        assert!(share_a_factor(&octets(p * q), &octets(p * far)));
        assert!(!share_a_factor(&octets(p * q), &octets(far * 97)));
        assert!(!share_a_factor(&octets(p * q), &octets(p * q)), "one key");
    }

    #[test]
    fn a_key_of_a_sound_generator_is_none_of_these() {
        let key = PublicKey::of(&Key::generate("RS256").unwrap()).unwrap();
        let (n, _) = key.rsa().unwrap();
        assert!(!is_roca(n) && !is_fermat(n));
        // a power of 65537 is one in every field
        assert!(is_roca(&octets(65537u128.pow(7))));
        assert_eq!(
            sample("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
            Some("RFC 7515 appendix A.3")
        );
    }
}
