//! The signature: missing, cut, altered, of something else, or a value that careless arithmetic takes for right.

use super::compact::other_last_character;
use super::{Aim, Mutation};
use crate::forge::parts::{NotApplicable, Parts};
use crate::forge::recipe::SignWith;
use crate::forge::{Family, PublicKey, der, stranger_shared};
use crate::wire::jose::base64url;
use std::sync::Arc;

const fn row(name: &'static str, doc: &'static str, apply: super::Apply) -> Mutation {
    Mutation::after(Aim::Signature, name, doc, apply)
}

pub(super) const ROWS: &[Mutation] = &[
    row(
        "empty-signature",
        "an empty third segment under the real `alg`: `a.b.`",
        |p| change(p, |_| Vec::new()),
    ),
    row(
        "two-parts",
        "no third segment under the real `alg`: `a.b`",
        |p| {
            p.segments.truncate(2);
            Ok(())
        },
    ),
    row("signature-truncated", "the last octet is missing", |p| {
        change(p, |s| s[..s.len().saturating_sub(1)].to_vec())
    }),
    row(
        "signature-halved",
        "the second half is missing: compared up to the shorter length",
        |p| change(p, |s| s[..s.len() / 2].to_vec()),
    ),
    row(
        "signature-first-octet",
        "only the first octet is left: compared up to the shorter length",
        |p| change(p, |s| s[..s.len().min(1)].to_vec()),
    ),
    row(
        "signature-bit-flipped",
        "one bit of the middle is flipped",
        |p| flip(p, |len| len / 2),
    ),
    row(
        "signature-first-bit-flipped",
        "one bit of the first octet is flipped",
        |p| flip(p, |_| 0),
    ),
    row(
        "signature-last-bit-flipped",
        "one bit of the last octet is flipped",
        |p| flip(p, |len| len.saturating_sub(1)),
    ),
    row(
        "signature-last-char",
        "only the unused bits of the last character differ (RFC 4648 section 3.5)",
        last_char,
    )
    .disputed(),
    row("signature-extended", "an octet behind the signature", |p| {
        change(p, |s| [s, &[0]].concat())
    }),
    row("signature-prefixed", "an octet before the signature", |p| {
        change(p, |s| [&[0], s].concat())
    }),
    row("signature-doubled", "the signature twice", |p| {
        change(p, |s| [s, s].concat())
    }),
    row(
        "signature-nul-tail",
        "wrong octets behind a NUL: compared as C text",
        |p| {
            change(p, |s| {
                let wrong = s.iter().skip(1).map(|octet| !octet);
                std::iter::once(0).chain(wrong).collect()
            })
        },
    ),
    row("signature-zeroed", "zeros of the right length", |p| {
        change(p, |s| vec![0; s.len()])
    }),
    row(
        "signature-ones",
        "octets 0xff of the right length: beyond the modulus or the order",
        |p| change(p, |s| vec![0xff; s.len()]),
    ),
    row(
        "signature-one",
        "the number one in the right length: its own RSA power",
        |p| change(p, |s| number(s.len(), 1)),
    ),
    row("signature-reversed", "the octets in reverse order", |p| {
        change(p, |s| s.iter().rev().copied().collect())
    }),
    row("signature-text", "text that is no signature", |p| {
        change(p, |_| b"signature".to_vec())
    }),
    row(
        "signature-of-header",
        "the signature of the header alone: the payload isn't covered",
        |p| resigned(p, |p| p.segments[0].clone().into_bytes()),
    )
    .signed(),
    row(
        "signature-of-payload",
        "the signature of the payload alone: `alg` isn't covered (RFC 7515 section 5.1)",
        |p| resigned(p, |p| p.segments[1].clone().into_bytes()),
    )
    .signed(),
    row(
        "signature-of-other-payload",
        "the right key's signature of another payload",
        |p| {
            resigned(p, |p| {
                format!("{}.{}", p.segments[0], base64url(b"{\"sub\":\"other\"}")).into_bytes()
            })
        },
    )
    .signed(),
    row(
        "signature-of-octets",
        "the signature of the decoded octets, not of the segments (RFC 7515 section 5.1)",
        |p| resigned(p, |p| [p.header_text(), p.payload()].join(&b'.')),
    )
    .signed(),
    Mutation::before(
        Aim::Signature,
        "signature-of-stranger",
        "signed by a key that nobody trusts, everything else unchanged",
        |p| {
            let alg = p
                .base_alg()
                .ok_or(NotApplicable("the token's alg is unknown"))?;
            p.sign_with = SignWith::Key(Arc::clone(stranger_shared(alg.name())));
            Ok(())
        },
    ),
    row("ecdsa-zero", "r and s are zero (CVE-2022-21449)", |p| {
        ecdsa(p, |half, _| vec![0; 2 * half])
    }),
    row("ecdsa-zero-r", "r is zero", |p| {
        ecdsa(p, |half, s| [&vec![0; half], &s[half..]].concat())
    }),
    row("ecdsa-zero-s", "s is zero", |p| {
        ecdsa(p, |half, s| [&s[..half], &vec![0; half][..]].concat())
    }),
    row("ecdsa-one", "r and s are one", |p| {
        ecdsa(p, |half, _| [number(half, 1), number(half, 1)].concat())
    }),
    row("ecdsa-order", "r and s are the order of the curve", |p| {
        order(p, 0)
    }),
    row(
        "ecdsa-order-less-one",
        "r and s are the order of the curve less one",
        |p| order(p, 1),
    ),
    row(
        "ecdsa-der",
        "the right signature in DER, not of fixed length (RFC 7518 section 3.4)",
        |p| {
            ecdsa(p, |half, s| {
                der::sequence(&[&der::integer(&s[..half]), &der::integer(&s[half..])])
            })
        },
    ),
    row(
        "ecdsa-der-zero",
        "r and s are zero, in DER (CVE-2022-21449)",
        |p| {
            ecdsa(p, |_, _| {
                der::sequence(&[&der::integer(&[]), &der::integer(&[])])
            })
        },
    ),
    row(
        "ecdsa-short",
        "both halves one octet shorter (RFC 7518 section 3.4)",
        |p| ecdsa(p, |half, s| [&s[1..half], &s[half + 1..]].concat()),
    ),
    row(
        "ecdsa-long",
        "both halves one octet longer, by a leading zero (RFC 7518 section 3.4)",
        |p| ecdsa(p, |half, s| [&[0], &s[..half], &[0], &s[half..]].concat()),
    ),
    row(
        "eddsa-beyond-order",
        "S raised by the order of the group: another spelling of a right signature (RFC 8032 section 5.1.7)",
        beyond_order,
    )
    .signed()
    .disputed(),
    row(
        "ecdsa-negated",
        "s replaced by the order less s: another right signature, which JWS doesn't forbid",
        |p| {
            let order = curve_order(p)?;
            ecdsa(p, |half, s| {
                [&s[..half], &subtract(&order, &s[half..])[..]].concat()
            })
        },
    )
    .signed()
    .harmless()
    .disputed(),
    row(
        "rsa-unreduced",
        "an RSA signature with a leading octet: out of range (RFC 8017 section 5.2.2)",
        |p| match p.base_alg().map(crate::forge::Alg::family) {
            Some(Family::Rsa) => change(p, |s| [&[1], s].concat()),
            _ => Err(NotApplicable("the token isn't signed with RSA")),
        },
    ),
    row(
        "rsa-modulus",
        "the modulus for an RSA signature: out of range (RFC 8017 section 5.2.2)",
        |p| {
            let modulus = modulus(p)?;
            change(p, |_| modulus.clone())
        },
    )
    .signed(),
    row(
        "rsa-modulus-less-one",
        "the modulus less one for an RSA signature: its own power for odd exponents",
        |p| {
            let modulus = modulus(p)?;
            change(p, |_| subtract(&modulus, &number(modulus.len(), 1)))
        },
    )
    .signed(),
];

fn change(parts: &mut Parts, edit: impl Fn(&[u8]) -> Vec<u8>) -> Result<(), NotApplicable> {
    let old = parts.signature().filter(|signature| !signature.is_empty());
    let old = old.ok_or(NotApplicable("the token has no signature"))?;
    let new = edit(&old);
    if new == old {
        return Err(NotApplicable("the signature is like that already"));
    }
    parts.set_signature(&new);
    Ok(())
}

fn flip(parts: &mut Parts, place: fn(usize) -> usize) -> Result<(), NotApplicable> {
    change(parts, |old| {
        let mut new = old.to_vec();
        if let Some(octet) = new.get_mut(place(old.len())) {
            *octet ^= 1;
        }
        new
    })
}

fn number(len: usize, value: u8) -> Vec<u8> {
    let mut octets = vec![0; len];
    if let Some(last) = octets.last_mut() {
        *last = value;
    }
    octets
}

/// Sets an unused bit of the last character, which changes the text and not the octets.
fn last_char(parts: &mut Parts) -> Result<(), NotApplicable> {
    let segment = parts.segments.get_mut(2).filter(|s| s.len() % 4 > 1);
    let segment = segment.ok_or(NotApplicable("the signature leaves no bits unused"))?;
    *segment = other_last_character(segment);
    Ok(())
}

/// Replaces the signature by the same signer's of another input.
fn resigned(parts: &mut Parts, input: fn(&Parts) -> Vec<u8>) -> Result<(), NotApplicable> {
    let SignWith::Key(key) = &parts.sign_with else {
        return Err(NotApplicable("no key signs the token"));
    };
    let wanted = parts
        .alg()
        .map_or(key.alg().name(), crate::forge::Alg::name);
    let alg = if key.can(wanted) {
        wanted
    } else {
        key.alg().name()
    };
    let signature = key
        .sign(alg, &input(parts))
        .map_err(|_| NotApplicable("the key does not sign"))?;
    parts.set_signature(&signature);
    Ok(())
}

/// The kind of key behind the signature: that of the key that signs now, else of the token as it came.
fn signing_family(parts: &Parts) -> Option<Family> {
    match &parts.sign_with {
        SignWith::Key(key) => Some(key.family()),
        _ => parts.base_alg().map(crate::forge::Alg::family),
    }
}

/// Adds the order of Ed25519 to S, little-endian both; S has three bits to spare.
fn beyond_order(parts: &mut Parts) -> Result<(), NotApplicable> {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    if signing_family(parts) != Some(Family::Ed25519)
        || parts.signature().map_or(0, |s| s.len()) != 64
    {
        return Err(NotApplicable("the token isn't signed with Ed25519"));
    }
    change(parts, |old| {
        let (point, number) = old.split_at(32);
        let mut carry = 0;
        let sum = number.iter().zip(ORDER).map(|(one, other)| {
            let sum = u16::from(*one) + u16::from(other) + carry;
            carry = sum >> 8;
            sum.to_le_bytes()[0]
        });
        point.iter().copied().chain(sum).collect()
    })
}

fn ecdsa(parts: &mut Parts, edit: impl Fn(usize, &[u8]) -> Vec<u8>) -> Result<(), NotApplicable> {
    let family = signing_family(parts);
    let half = match family {
        Some(Family::P256 | Family::P384 | Family::P521) => family.and_then(Family::coordinate),
        _ => None,
    };
    let half = half.ok_or(NotApplicable("the token isn't signed with ECDSA"))?;
    if parts.signature().map(|s| s.len()) != Some(2 * half) {
        return Err(NotApplicable("the token has no ECDSA signature"));
    }
    change(parts, |old| edit(half, old))
}

fn order(parts: &mut Parts, less: u8) -> Result<(), NotApplicable> {
    let order = curve_order(parts)?;
    let number = subtract(&order, &number(order.len(), less));
    ecdsa(parts, |_, _| [&number[..], &number[..]].concat())
}

/// The modulus of the key that signs.
fn modulus(parts: &Parts) -> Result<Vec<u8>, NotApplicable> {
    let public = match &parts.sign_with {
        SignWith::Key(key) => PublicKey::of(key),
        _ => None,
    };
    let modulus = public.and_then(|key| key.rsa().map(|(n, _)| n.to_vec()));
    modulus.ok_or(NotApplicable("no RSA key signs the token"))
}

/// The order of the curve's base point (SEC 2).
fn curve_order(parts: &Parts) -> Result<Vec<u8>, NotApplicable> {
    let text = match signing_family(parts) {
        Some(Family::P256) => "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        Some(Family::P384) => {
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"
        }
        Some(Family::P521) => {
            "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"
        }
        _ => return Err(NotApplicable("the token isn't signed with ECDSA")),
    };
    let digit = |c: u8| {
        char::from(c)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
            .unwrap_or(0)
    };
    let text = text.as_bytes();
    Ok(text
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |octet, c| octet * 16 + digit(*c)))
        .collect())
}

/// The difference of two numbers of one length.
fn subtract(from: &[u8], what: &[u8]) -> Vec<u8> {
    let mut borrow = false;
    let mut digits: Vec<u8> = from
        .iter()
        .zip(what)
        .rev()
        .map(|(a, b)| {
            let (digit, first) = a.overflowing_sub(*b);
            let (digit, second) = digit.overflowing_sub(u8::from(borrow));
            borrow = first || second;
            digit
        })
        .collect();
    digits.reverse();
    digits
}
