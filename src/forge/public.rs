//! Public keys: taken from a JWK with bounds, for verifying and for being written in every form that a library
//! might mistake for a secret.

use crate::forge::alg::{Alg, Family};
use crate::forge::{ForgeError, Key, der};
use crate::wire::jose::unbase64url;
use aws_lc_rs::signature::{self as sig, ParsedPublicKey, VerificationAlgorithm};
use serde_json::Value;

/// A public key that holds together: RSA of 2048 to 8192 bits, a point on its curve.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicKey {
    jwk: Value,
    family: Family,
    numbers: Numbers,
}

#[derive(Debug, Clone, PartialEq)]
enum Numbers {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Ec { x: Vec<u8>, y: Vec<u8> },
    Okp { x: Vec<u8> },
}

impl PublicKey {
    /// Takes the public members of a JWK; private ones are ignored.
    pub fn from_jwk(jwk: &Value) -> Result<Self, ForgeError> {
        let family = Family::of_jwk(jwk)
            .ok_or(ForgeError::UnusableKey("the JWK has an unknown kty or crv"))?;
        let octets = |name: &str| {
            let text = jwk.get(name).and_then(Value::as_str);
            text.filter(|text| text.len() <= 2048)
                .and_then(unbase64url)
                .ok_or(ForgeError::UnusableKey("the JWK lacks a public member"))
        };
        let numbers = match family {
            Family::Hmac => {
                return Err(ForgeError::UnusableKey(
                    "a shared secret has no public half",
                ));
            }
            Family::Rsa => Numbers::Rsa {
                n: der::unsigned(&octets("n")?).to_vec(),
                e: der::unsigned(&octets("e")?).to_vec(),
            },
            Family::Ed25519 => Numbers::Okp { x: octets("x")? },
            _ => Numbers::Ec {
                x: octets("x")?,
                y: octets("y")?,
            },
        };
        let key = Self {
            jwk: public_members(jwk),
            family,
            numbers,
        };
        key.check()?;
        Ok(key)
    }

    /// The public half of a key; a shared secret has none.
    pub fn of(key: &Key) -> Option<Self> {
        Self::from_jwk(&key.public_jwk()?).ok()
    }

    fn check(&self) -> Result<(), ForgeError> {
        match &self.numbers {
            Numbers::Rsa { n, e } => {
                let too_big = ForgeError::UnusableKey("the RSA key is not of 2048 to 8192 bits");
                if !(2048..=8192).contains(&bits(n)) {
                    return Err(too_big);
                }
                if !(2..=33).contains(&bits(e)) || e.last().is_none_or(|last| last % 2 == 0) {
                    return Err(ForgeError::UnusableKey(
                        "the RSA exponent is even or of more than 33 bits",
                    ));
                }
            }
            Numbers::Ec { x, y } => {
                if [x, y]
                    .iter()
                    .any(|c| Some(c.len()) != self.family.coordinate())
                {
                    return Err(ForgeError::UnusableKey("a coordinate has the wrong length"));
                }
            }
            Numbers::Okp { .. } => {}
        }
        self.parsed(self.family.usual())
            .map(|_| ())
            .ok_or(ForgeError::UnusableKey("the public key is malformed"))
    }

    /// The JWK as published, without private members.
    pub fn jwk(&self) -> &Value {
        &self.jwk
    }

    /// What kind of key it is.
    pub fn family(&self) -> Family {
        self.family
    }

    /// Modulus and exponent of an RSA key.
    pub fn rsa(&self) -> Option<(&[u8], &[u8])> {
        match &self.numbers {
            Numbers::Rsa { n, e } => Some((n, e)),
            _ => None,
        }
    }

    /// The coordinates of a point; an Ed25519 key has one.
    pub fn coordinates(&self) -> Option<(&[u8], Option<&[u8]>)> {
        match &self.numbers {
            Numbers::Ec { x, y } => Some((x, Some(y))),
            Numbers::Okp { x } => Some((x, None)),
            Numbers::Rsa { .. } => None,
        }
    }

    /// The uncompressed point of an EC key (SEC 1 section 2.3.3).
    pub fn point(&self) -> Option<Vec<u8>> {
        let (x, y) = self.coordinates()?;
        Some([&[4], x, y?].concat())
    }

    /// `SubjectPublicKeyInfo` in DER.
    pub fn spki(&self) -> Option<Vec<u8>> {
        let algorithm = match self.family {
            Family::Rsa => der::RSA,
            Family::P256 => der::P256,
            Family::P384 => der::P384,
            Family::P521 => der::P521,
            Family::Ed25519 => der::ED25519,
            Family::Hmac => return None,
        };
        Some(der::spki(algorithm, &self.bare()?))
    }

    /// `RSAPublicKey` in DER.
    pub fn pkcs1(&self) -> Option<Vec<u8>> {
        self.rsa().map(|(n, e)| der::pkcs1(n, e))
    }

    /// Whether a signature of an input is right under an algorithm that fits the key.
    pub fn verify(&self, alg: &str, input: &[u8], signature: &[u8]) -> bool {
        let alg = Alg::named(alg).filter(|alg| alg.family() == self.family);
        alg.and_then(|alg| self.parsed(alg))
            .is_some_and(|key| key.verify_sig(input, signature).is_ok())
    }

    fn bare(&self) -> Option<Vec<u8>> {
        match &self.numbers {
            Numbers::Rsa { .. } => self.pkcs1(),
            Numbers::Ec { .. } => self.point(),
            Numbers::Okp { x } => Some(x.clone()),
        }
    }

    fn parsed(&self, alg: Alg) -> Option<ParsedPublicKey> {
        ParsedPublicKey::new(verifier(alg)?, self.bare()?).ok()
    }
}

fn bits(number: &[u8]) -> usize {
    let first = number.first().map_or(0, |b| b.leading_zeros() as usize);
    (number.len() * 8).saturating_sub(first)
}

fn public_members(jwk: &Value) -> Value {
    let mut jwk = jwk.clone();
    if let Value::Object(members) = &mut jwk {
        members.retain(|name, _| {
            !matches!(
                name.as_str(),
                "d" | "p" | "q" | "dp" | "dq" | "qi" | "oth" | "k"
            )
        });
    }
    jwk
}

fn verifier(alg: Alg) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match alg {
        Alg::RS256 => &sig::RSA_PKCS1_2048_8192_SHA256,
        Alg::RS384 => &sig::RSA_PKCS1_2048_8192_SHA384,
        Alg::RS512 => &sig::RSA_PKCS1_2048_8192_SHA512,
        Alg::PS256 => &sig::RSA_PSS_2048_8192_SHA256,
        Alg::PS384 => &sig::RSA_PSS_2048_8192_SHA384,
        Alg::PS512 => &sig::RSA_PSS_2048_8192_SHA512,
        Alg::ES256 => &sig::ECDSA_P256_SHA256_FIXED,
        Alg::ES384 => &sig::ECDSA_P384_SHA384_FIXED,
        Alg::ES512 => &sig::ECDSA_P521_SHA512_FIXED,
        Alg::EdDSA | Alg::Ed25519 => &sig::ED25519,
        Alg::HS256 | Alg::HS384 | Alg::HS512 => return None,
    })
}

#[cfg(test)]
mod tests;
