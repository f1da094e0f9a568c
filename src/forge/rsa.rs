//! RSA by hand (RFC 8017): the private operation on any octets, which no library offers, for signatures whose padding
//! is wrong in one way, and for a key too short for a library to sign with.
//!
//! Not in constant time: what is signed here is sent to the target anyway, and the keys are for tests.

use crate::forge::ForgeError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// A private key by its primes (RFC 8017 section 3.2, second form).
pub(super) struct Private {
    n: Vec<u8>,
    p: Modulus,
    q: Modulus,
    dp: Zeroizing<Vec<u8>>,
    dq: Zeroizing<Vec<u8>>,
    inverse: Zeroizing<Vec<u64>>,
}

impl Private {
    /// From PKCS#8 (RFC 5208) in DER.
    pub(super) fn from_pkcs8(octets: &[u8]) -> Option<Self> {
        let (info, _) = element(octets, 0x30)?;
        let (_version, rest) = element(info, 0x02)?;
        let (_algorithm, rest) = element(rest, 0x30)?;
        let (inner, _) = element(rest, 0x04)?;
        let (mut rest, _) = element(inner, 0x30)?;
        let mut numbers = Vec::new();
        while numbers.len() < 9 {
            let (number, behind) = element(rest, 0x02)?;
            numbers.push(super::der::unsigned(number));
            rest = behind;
        }
        let [_, n, _, _, p, q, dp, dq, qi] = numbers.try_into().ok()?;
        // both primes fill whole limbs, and so does the modulus
        let size = p.len() / 8;
        if p.len() != q.len() || p.len() % 8 != 0 || n.len() != 2 * p.len() {
            return None;
        }
        Some(Self {
            n: n.to_vec(),
            p: Modulus::new(limbs(p, size))?,
            q: Modulus::new(limbs(q, size))?,
            dp: Zeroizing::new(dp.to_vec()),
            dq: Zeroizing::new(dq.to_vec()),
            inverse: Zeroizing::new(limbs(qi, size)),
        })
    }

    /// The key of 1024 bits that ships with the source.
    pub(super) fn weak() -> Option<Self> {
        let body: String = include_str!("../../fixtures/keys/weak-rsa.pem")
            .lines()
            .skip_while(|line| !line.starts_with('-'))
            .filter(|line| !line.starts_with('-'))
            .collect();
        Self::from_pkcs8(&STANDARD.decode(body).ok()?)
    }

    /// The modulus.
    pub(super) fn modulus(&self) -> &[u8] {
        &self.n
    }

    /// The encoded message to the power of the private exponent, in the length of the modulus.
    pub(super) fn power(&self, message: &[u8]) -> Result<Vec<u8>, ForgeError> {
        if message.len() != self.n.len() || message >= self.n.as_slice() {
            return Err(ForgeError::UnusableKey("the message is out of range"));
        }
        let size = self.p.n.len();
        let all = limbs(message, 2 * size);
        let (low, high) = all.split_at(size);
        let first = self.p.power(&self.p.rest(low, high), &self.dp);
        let second = self.q.power(&self.q.rest(low, high), &self.dq);
        // s = second + q ((first - second) / q mod p)
        let difference = self.p.minus(&first, &self.p.rest(&second, &vec![0; size]));
        let factor = self.p.times(&difference, &self.inverse);
        let signature = plus(&wide(&factor, &self.q.n), &second);
        Ok(octets(&signature))
    }
}

/// The content of a DER element with this tag, and what follows it.
fn element(octets: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = octets.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81 | 0x82 => {
            let (size, rest) = rest.split_at_checked(usize::from(length - 0x80))?;
            let length = size
                .iter()
                .fold(0, |sum, octet| sum * 256 + usize::from(*octet));
            (length, rest)
        }
        _ => return None,
    };
    (*first == tag).then(|| rest.split_at_checked(length))?
}

/// An odd modulus whose top limb is full, with what Montgomery's way of multiplying takes. Numbers are little-endian.
struct Modulus {
    n: Vec<u64>,
    /// `-1 / n` modulo 2^64.
    inverse: u64,
    /// The square of R = 2^(64 limbs).
    square: Vec<u64>,
}

impl Modulus {
    fn new(n: Vec<u64>) -> Option<Self> {
        let first = n.first().filter(|first| **first % 2 == 1)?;
        let mut inverse = 1_u64;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(first.wrapping_mul(inverse)));
        }
        let mut square = vec![0; n.len()];
        square[0] = 1;
        let mut modulus = Self {
            n,
            inverse: inverse.wrapping_neg(),
            square: Vec::new(),
        };
        for _ in 0..128 * modulus.n.len() {
            square = modulus.doubled(&square);
        }
        modulus.square = square;
        Some(modulus)
    }

    /// `base` to the power of a big-endian `exponent`.
    fn power(&self, base: &[u64], exponent: &[u8]) -> Vec<u64> {
        let base = self.product(base, &self.square);
        let mut result = self.product(&self.one(), &self.square);
        for octet in exponent {
            for bit in (0..8).rev() {
                result = self.product(&result, &result);
                if octet >> bit & 1 == 1 {
                    result = self.product(&result, &base);
                }
            }
        }
        self.product(&result, &self.one())
    }

    /// What is left of a number of twice the length.
    fn rest(&self, low: &[u64], high: &[u64]) -> Vec<u64> {
        let high = self.product(high, &self.square);
        let low = self.product(&self.product(low, &self.square), &self.one());
        let mut over = 0;
        let sum: Vec<u64> = low
            .iter()
            .zip(&high)
            .map(|(left, right)| {
                let sum = u128::from(*left) + u128::from(*right) + over;
                over = sum >> 64;
                lower(sum)
            })
            .collect();
        self.reduced(&sum, lower(over))
    }

    fn times(&self, a: &[u64], b: &[u64]) -> Vec<u64> {
        self.product(&self.product(a, b), &self.square)
    }

    fn minus(&self, a: &[u64], b: &[u64]) -> Vec<u64> {
        let (difference, borrowed) = subtracted(a, b);
        if !borrowed {
            return difference;
        }
        let mut over = 0;
        difference
            .iter()
            .zip(&self.n)
            .map(|(left, right)| {
                let sum = u128::from(*left) + u128::from(*right) + over;
                over = sum >> 64;
                lower(sum)
            })
            .collect()
    }

    fn one(&self) -> Vec<u64> {
        let mut one = vec![0; self.n.len()];
        one[0] = 1;
        one
    }

    /// `a b / R` modulo `n`.
    fn product(&self, a: &[u64], b: &[u64]) -> Vec<u64> {
        let size = self.n.len();
        let mut t = vec![0_u64; size + 2];
        for digit in b {
            let mut carry = 0;
            for (place, limb) in a.iter().enumerate() {
                let sum = u128::from(t[place]) + u128::from(*limb) * u128::from(*digit) + carry;
                t[place] = lower(sum);
                carry = sum >> 64;
            }
            let sum = u128::from(t[size]) + carry;
            t[size] = lower(sum);
            t[size + 1] = lower(sum >> 64);
            let factor = u128::from(t[0].wrapping_mul(self.inverse));
            let mut carry = (u128::from(t[0]) + factor * u128::from(self.n[0])) >> 64;
            for place in 1..size {
                let sum = u128::from(t[place]) + factor * u128::from(self.n[place]) + carry;
                t[place - 1] = lower(sum);
                carry = sum >> 64;
            }
            let sum = u128::from(t[size]) + carry;
            t[size - 1] = lower(sum);
            t[size] = lower(u128::from(t[size + 1]) + (sum >> 64));
        }
        let over = t[size];
        self.reduced(&t[..size], over)
    }

    fn doubled(&self, a: &[u64]) -> Vec<u64> {
        let mut carry = 0;
        let shifted: Vec<u64> = a
            .iter()
            .map(|limb| {
                let next = limb << 1 | carry;
                carry = limb >> 63;
                next
            })
            .collect();
        self.reduced(&shifted, carry)
    }

    /// A number below twice the modulus, reduced once if it must be.
    fn reduced(&self, a: &[u64], over: u64) -> Vec<u64> {
        let (difference, borrowed) = subtracted(a, &self.n);
        if over == 0 && borrowed {
            a.to_vec()
        } else {
            difference
        }
    }
}

/// The low half of a sum.
fn lower(sum: u128) -> u64 {
    u64::try_from(sum & u128::from(u64::MAX)).unwrap_or_default()
}

/// Little-endian limbs of a big-endian number.
fn limbs(octets: &[u8], size: usize) -> Vec<u64> {
    let mut all: Vec<u64> = octets
        .rchunks(8)
        .map(|chunk| {
            chunk
                .iter()
                .fold(0, |sum, octet| sum << 8 | u64::from(*octet))
        })
        .collect();
    all.resize(size, 0);
    all
}

fn octets(limbs: &[u64]) -> Vec<u8> {
    limbs
        .iter()
        .rev()
        .flat_map(|limb| limb.to_be_bytes())
        .collect()
}

/// The difference modulo the width, and whether it was below zero.
fn subtracted(a: &[u64], b: &[u64]) -> (Vec<u64>, bool) {
    let mut borrowed = false;
    let difference = a
        .iter()
        .zip(b)
        .map(|(left, right)| {
            let (once, first) = left.overflowing_sub(*right);
            let (twice, second) = once.overflowing_sub(u64::from(borrowed));
            borrowed = first || second;
            twice
        })
        .collect();
    (difference, borrowed)
}

/// The whole product.
fn wide(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut t = vec![0_u64; a.len() + b.len()];
    for (shift, digit) in b.iter().enumerate() {
        let mut carry = 0;
        for (place, limb) in a.iter().enumerate() {
            let sum = u128::from(t[place + shift]) + u128::from(*limb) * u128::from(*digit) + carry;
            t[place + shift] = lower(sum);
            carry = sum >> 64;
        }
        t[a.len() + shift] = lower(carry);
    }
    t
}

/// A sum that doesn't overflow the longer number.
fn plus(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut over = 0;
    a.iter()
        .enumerate()
        .map(|(place, limb)| {
            let other = b.get(place).copied().unwrap_or_default();
            let sum = u128::from(*limb) + u128::from(other) + over;
            over = sum >> 64;
            lower(sum)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::{PublicKey, test_key};

    #[test]
    fn small_numbers_to_the_letter() {
        // 2^64 - 59 is a prime
        let modulus = Modulus::new(vec![u64::MAX - 58]).unwrap();
        assert_eq!(modulus.power(&[3], &[4]), [81]);
        assert_eq!(modulus.power(&[3], &(u64::MAX - 59).to_be_bytes()), [1]);
        assert_eq!(modulus.minus(&[3], &[5]), [u64::MAX - 60]);
        assert_eq!(modulus.rest(&[1], &[1]), [60]);
        assert_eq!(wide(&[u64::MAX], &[u64::MAX]), [1, u64::MAX - 1]);
        assert!(Modulus::new(vec![2]).is_none());
    }

    #[test]
    fn what_the_library_signs_is_signed_alike() {
        let key = test_key("test-rsa").unwrap();
        let input = b"header.payload";
        let public = PublicKey::of(key).unwrap();
        let private = key.rsa_private().unwrap();
        let message = super::super::padding::pkcs1(private.modulus().len(), "sha256", input);
        let signature = private.power(&message).unwrap();
        assert_eq!(signature, key.sign("RS256", input).unwrap());
        let message = super::super::padding::pss(private.modulus().len(), "sha256", 32, input);
        let signature = private.power(&message).unwrap();
        assert!(public.verify("PS256", input, &signature));
    }

    #[test]
    fn the_weak_key_has_1024_bits() {
        let weak = Private::weak().unwrap();
        assert_eq!(weak.modulus().len(), 128);
        assert!(weak.modulus()[0] >= 0x80);
    }
}
