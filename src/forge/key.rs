//! Private keys and shared secrets: parsed once, able to sign, and silent about what they hold.
//!
//! `generate` is the one place of the folder that draws randomness by itself: the cryptographic library makes keys
//! with its own generator and takes none from outside. RSA-PSS and ECDSA signatures are randomised by it too.

use crate::forge::alg::{Alg, Family};
use crate::forge::rsa::Private;
use crate::forge::{ForgeError, der};
use crate::wire::jose::{base64url, unbase64url};
use aws_lc_rs::encoding::{AsBigEndian as _, Curve25519SeedBin, EcPrivateKeyBin};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPairComponents, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{self as sig, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};
use aws_lc_rs::{hmac, rsa};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::fmt;
use zeroize::{Zeroize as _, Zeroizing};

/// A key that signs.
pub struct Key {
    kid: Option<String>,
    alg: Alg,
    /// Whether whoever gave the key named its algorithm.
    named: bool,
    secret: Secret,
}

enum Secret {
    Hmac(Zeroizing<Vec<u8>>),
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("kid", &self.kid)
            .field("alg", &self.alg.name())
            .finish_non_exhaustive()
    }
}

/// Makes a new key for an algorithm. RSA takes 60 ms and more.
pub fn generate(alg: &str) -> Result<Key, ForgeError> {
    let alg = Alg::named(alg).ok_or(ForgeError::UnusableKey("the algorithm is unknown"))?;
    let failed = |_| ForgeError::UnusableKey("the key could not be made");
    let secret = match alg.family() {
        Family::Hmac => {
            let mut secret = Zeroizing::new(vec![0; 64]);
            aws_lc_rs::rand::fill(&mut secret).map_err(failed)?;
            Secret::Hmac(secret)
        }
        Family::Rsa => Secret::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?),
        Family::Ed25519 => Secret::Ed25519(Ed25519KeyPair::generate().map_err(failed)?),
        family => Secret::Ec(EcdsaKeyPair::generate(curve_of(family)?).map_err(failed)?),
    };
    Ok(Key {
        kid: None,
        alg,
        named: true,
        secret,
    })
}

impl Key {
    /// Makes a new key; see [`generate`].
    pub fn generate(alg: &str) -> Result<Self, ForgeError> {
        generate(alg)
    }

    /// A shared secret of any length, the empty one included.
    pub fn hmac(secret: &[u8], alg: &str, kid: Option<&str>) -> Result<Self, ForgeError> {
        let alg = Alg::named(alg)
            .filter(|alg| alg.family() == Family::Hmac)
            .ok_or(ForgeError::UnusableKey(
                "a secret signs with HS256, HS384 or HS512",
            ))?;
        Ok(Self {
            kid: kid.map(str::to_owned),
            alg,
            named: true,
            secret: Secret::Hmac(Zeroizing::new(secret.to_vec())),
        })
    }

    /// A private key as PKCS#8, PKCS#1 or SEC 1 text; `alg` says which algorithm it is for, where that is not the
    /// usual one of its kind.
    pub fn from_pem(pem: &str, alg: Option<&str>, kid: Option<&str>) -> Result<Self, ForgeError> {
        let (label, octets) = unarmour(pem)?;
        let octets = Zeroizing::new(octets);
        let (family, secret) = parse_der(&label, &octets)?;
        Self::assemble(family, secret, alg, kid)
    }

    /// A private key as JWK (RFC 7517, RFC 7518 section 6, RFC 8037).
    pub fn from_jwk(jwk: &Value) -> Result<Self, ForgeError> {
        let family = Family::of_jwk(jwk)
            .ok_or(ForgeError::UnusableKey("the JWK has an unknown kty or crv"))?;
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let octets = |name: &str| {
            let octets = text(name).and_then(unbase64url).map(Zeroizing::new);
            octets.ok_or(ForgeError::UnusableKey("the JWK lacks a private member"))
        };
        let secret = match family {
            Family::Hmac => Secret::Hmac(octets("k")?),
            Family::Rsa => Secret::Rsa(rsa_of_members(octets)?),
            Family::Ed25519 => {
                let pair = Ed25519KeyPair::from_seed_and_public_key(&octets("d")?, &octets("x")?);
                Secret::Ed25519(pair.map_err(rejected)?)
            }
            family => {
                let point = [&[4], &octets("x")?[..], &octets("y")?[..]].concat();
                let curve = curve_of(family)?;
                let pair =
                    EcdsaKeyPair::from_private_key_and_public_key(curve, &octets("d")?, &point);
                Secret::Ec(pair.map_err(rejected)?)
            }
        };
        Self::assemble(family, secret, text("alg"), text("kid"))
    }

    fn assemble(
        family: Family,
        secret: Secret,
        alg: Option<&str>,
        kid: Option<&str>,
    ) -> Result<Self, ForgeError> {
        let named = alg.is_some();
        let alg = match alg {
            None => family.usual(),
            Some(name) => Alg::named(name)
                .filter(|alg| alg.family() == family)
                .ok_or(ForgeError::UnusableKey(
                    "the key can't sign with its algorithm",
                ))?,
        };
        Ok(Self {
            kid: kid.map(str::to_owned),
            alg,
            named,
            secret,
        })
    }

    /// The key's identifier.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The same key under another identifier.
    #[must_use]
    pub fn with_kid(mut self, kid: &str) -> Self {
        self.kid = Some(kid.to_owned());
        self
    }

    /// The algorithm it signs with unless told otherwise.
    pub fn alg(&self) -> Alg {
        self.alg
    }

    /// The algorithm that stands in the header of what it signs: its own, if one was named for it; else that of the
    /// token it signs anew, if it can.
    pub(super) fn alg_for(&self, present: Option<Alg>) -> Alg {
        let present = present.filter(|alg| !self.named && alg.family() == self.family());
        present.unwrap_or(self.alg)
    }

    /// What kind of key it is.
    pub fn family(&self) -> Family {
        self.alg.family()
    }

    /// The public half as JWK with `kid` and `alg`; a shared secret has none.
    pub fn public_jwk(&self) -> Option<Value> {
        let mut jwk = Map::new();
        match &self.secret {
            Secret::Hmac(_) => return None,
            Secret::Rsa(pair) => {
                let public = pair.public_key();
                jwk.insert("kty".into(), json!("RSA"));
                jwk.insert(
                    "n".into(),
                    json!(base64url(
                        public.modulus().big_endian_without_leading_zero()
                    )),
                );
                jwk.insert(
                    "e".into(),
                    json!(base64url(
                        public.exponent().big_endian_without_leading_zero()
                    )),
                );
            }
            Secret::Ec(pair) => {
                let (x, y) = halves(pair.public_key().as_ref().get(1..)?);
                jwk.insert("kty".into(), json!("EC"));
                jwk.insert("crv".into(), json!(self.family().curve()));
                jwk.insert("x".into(), json!(base64url(x)));
                jwk.insert("y".into(), json!(base64url(y)));
            }
            Secret::Ed25519(pair) => {
                jwk.insert("kty".into(), json!("OKP"));
                jwk.insert("crv".into(), json!("Ed25519"));
                jwk.insert("x".into(), json!(base64url(pair.public_key().as_ref())));
            }
        }
        jwk.insert("use".into(), json!("sig"));
        jwk.insert("alg".into(), json!(self.alg.name()));
        if let Some(kid) = &self.kid {
            jwk.insert("kid".into(), json!(kid));
        }
        Some(Value::Object(jwk))
    }

    /// The whole key as JWK, where it can be written: that of a curve.
    pub(super) fn private_jwk(&self) -> Option<Value> {
        let private = match &self.secret {
            Secret::Ec(pair) => {
                let bin: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().ok()?;
                base64url(bin.as_ref())
            }
            Secret::Ed25519(pair) => {
                let bin: Curve25519SeedBin<'_> = pair.seed().ok()?.as_be_bytes().ok()?;
                base64url(bin.as_ref())
            }
            Secret::Hmac(_) | Secret::Rsa(_) => return None,
        };
        let mut jwk = super::dpop::public_jwk(self)?;
        jwk["d"] = json!(private);
        Some(jwk)
    }

    /// The whole key as PKCS#8, where it is one of a curve: what TLS is set up with.
    pub(super) fn pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        let Secret::Ec(pair) = &self.secret else {
            return None;
        };
        Some(Zeroizing::new(pair.to_pkcs8v1().ok()?.as_ref().to_vec()))
    }

    /// Modulus and private exponent of an RSA key, for signatures that a library doesn't make.
    pub(super) fn rsa_private(&self) -> Option<Private> {
        let Secret::Rsa(pair) = &self.secret else {
            return None;
        };
        let octets: Pkcs8V1Der<'static> = pair.as_der().ok()?;
        Private::from_pkcs8(octets.as_ref())
    }

    /// Whether it can sign with the algorithm of this name.
    pub fn can(&self, alg: &str) -> bool {
        Alg::named(alg).is_some_and(|alg| alg.family() == self.family())
    }

    /// The signature of an input (RFC 7515 section 5.1) with an algorithm that fits the key.
    pub fn sign(&self, alg: &str, input: &[u8]) -> Result<Vec<u8>, ForgeError> {
        let alg = Alg::named(alg)
            .filter(|alg| alg.family() == self.family())
            .ok_or_else(|| ForgeError::CannotSign(alg.to_owned()))?;
        let random = SystemRandom::new();
        let failed = |_| ForgeError::CannotSign(alg.name().to_owned());
        match &self.secret {
            Secret::Hmac(secret) => Ok(mac(alg, secret, input)),
            Secret::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(rsa_encoding(alg), &random, input, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
            Secret::Ec(pair) => Ok(pair.sign(&random, input).map_err(failed)?.as_ref().to_vec()),
            Secret::Ed25519(pair) => Ok(pair.sign(input).as_ref().to_vec()),
        }
    }
}

/// HMAC over an input (RFC 7518 section 3.2), with SHA-256 where the algorithm is none of the three.
pub(super) fn mac(alg: Alg, secret: &[u8], input: &[u8]) -> Vec<u8> {
    let hash = match alg {
        Alg::HS384 => hmac::HMAC_SHA384,
        Alg::HS512 => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    hmac::sign(&hmac::Key::new(hash, secret), input)
        .as_ref()
        .to_vec()
}

fn rsa_encoding(alg: Alg) -> &'static dyn sig::RsaEncoding {
    match alg {
        Alg::RS384 => &sig::RSA_PKCS1_SHA384,
        Alg::RS512 => &sig::RSA_PKCS1_SHA512,
        Alg::PS256 => &sig::RSA_PSS_SHA256,
        Alg::PS384 => &sig::RSA_PSS_SHA384,
        Alg::PS512 => &sig::RSA_PSS_SHA512,
        _ => &sig::RSA_PKCS1_SHA256,
    }
}

fn curve_of(family: Family) -> Result<&'static sig::EcdsaSigningAlgorithm, ForgeError> {
    match family {
        Family::P256 => Ok(&sig::ECDSA_P256_SHA256_FIXED_SIGNING),
        Family::P384 => Ok(&sig::ECDSA_P384_SHA384_FIXED_SIGNING),
        Family::P521 => Ok(&sig::ECDSA_P521_SHA512_FIXED_SIGNING),
        _ => Err(ForgeError::UnusableKey("the key is on no curve")),
    }
}

fn rejected(_: aws_lc_rs::error::KeyRejected) -> ForgeError {
    ForgeError::UnusableKey("the key is malformed, too small, or its halves don't belong together")
}

fn halves(octets: &[u8]) -> (&[u8], &[u8]) {
    octets.split_at(octets.len() / 2)
}

fn rsa_of_members(
    octets: impl Fn(&str) -> Result<Zeroizing<Vec<u8>>, ForgeError>,
) -> Result<RsaKeyPair, ForgeError> {
    let (n, e) = (octets("n")?, octets("e")?);
    let (d, p, q) = (octets("d")?, octets("p")?, octets("q")?);
    let (dp, dq, qi) = (octets("dp")?, octets("dq")?, octets("qi")?);
    let components = KeyPairComponents {
        public_key: PublicKeyComponents {
            n: der::unsigned(&n),
            e: der::unsigned(&e),
        },
        d: &d[..],
        p: &p[..],
        q: &q[..],
        dP: &dp[..],
        dQ: &dq[..],
        qInv: &qi[..],
    };
    rsa::KeyPair::from_components(&components).map_err(rejected)
}

/// The label and the octets of the first private key of a PEM text (RFC 7468).
fn unarmour(pem: &str) -> Result<(String, Vec<u8>), ForgeError> {
    let broken = ForgeError::UnusableKey("the text holds no PEM private key");
    let mut body = Zeroizing::new(String::new());
    let mut label: Option<String> = None;
    for line in pem.lines().map(str::trim) {
        match &label {
            None => {
                let begin = line.strip_prefix("-----BEGIN ");
                let name = begin.and_then(|rest| rest.strip_suffix("-----"));
                label = name
                    .filter(|n| n.ends_with("PRIVATE KEY"))
                    .map(str::to_owned);
            }
            Some(name) if line.starts_with("-----END ") => {
                let octets = STANDARD.decode(body.as_bytes()).map_err(|_| broken)?;
                return Ok((name.clone(), octets));
            }
            Some(_) => body.push_str(line),
        }
    }
    body.zeroize();
    Err(broken)
}

fn parse_der(label: &str, octets: &[u8]) -> Result<(Family, Secret), ForgeError> {
    let ec = || {
        [Family::P256, Family::P384, Family::P521]
            .into_iter()
            .find_map(|family| {
                let pair =
                    EcdsaKeyPair::from_private_key_der(curve_of(family).ok()?, octets).ok()?;
                Some((family, Secret::Ec(pair)))
            })
    };
    let rsa = |pair: RsaKeyPair| (Family::Rsa, Secret::Rsa(pair));
    let found = match label {
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(octets).ok().map(rsa),
        "EC PRIVATE KEY" => ec(),
        "PRIVATE KEY" => RsaKeyPair::from_pkcs8(octets)
            .ok()
            .map(rsa)
            .or_else(|| {
                let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(octets).ok()?;
                Some((Family::Ed25519, Secret::Ed25519(pair)))
            })
            .or_else(ec),
        "ENCRYPTED PRIVATE KEY" => {
            return Err(ForgeError::UnusableKey("the private key is encrypted"));
        }
        _ => None,
    };
    found.ok_or(ForgeError::UnusableKey(
        "the private key is malformed, too small, or of an unsupported kind",
    ))
}

#[cfg(test)]
mod tests;
