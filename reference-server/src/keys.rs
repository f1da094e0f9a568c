//! Keys: the server's own signing key, and what a published key set gives.
//!
//! A key is made for one algorithm and verifies with that one only (RFC 8725 section 3.1).

pub(crate) mod form;
pub(crate) mod raw;

use std::sync::OnceLock;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

use crate::encoding;

/// The key identifier under which this server signs.
pub(crate) const OWN_KID: &str = "reference-test-1";

const OWN_PRIVATE: &str = include_str!("../keys/test-rsa.pem");
const OWN_PUBLIC: &str = include_str!("../keys/test-rsa.public.jwk.json");

/// A key that may verify.
#[derive(Clone)]
pub(crate) struct Key {
    kid: Option<String>,
    /// The JWK as it was published.
    published: String,
    algorithm: Algorithm,
    name: &'static str,
    pub(crate) material: Material,
}

/// What a key is made of.
#[derive(Clone)]
pub(crate) enum Material {
    /// Modulus and exponent, big-endian.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// The coordinates of a point.
    Ec { x: Vec<u8>, y: Vec<u8> },
    /// An Ed25519 public key.
    Okp { x: Vec<u8> },
    /// A shared secret. Nothing published gives one.
    Secret(Vec<u8>),
}

/// The algorithms that keys of others may be made for. No HMAC is among them: a secret that the
/// issuer shares with its resource servers lets each of them issue tokens.
const ALGORITHMS: [(&str, Algorithm, &str); 9] = [
    ("RS256", Algorithm::RS256, "RSA"),
    ("RS384", Algorithm::RS384, "RSA"),
    ("RS512", Algorithm::RS512, "RSA"),
    ("PS256", Algorithm::PS256, "RSA"),
    ("PS384", Algorithm::PS384, "RSA"),
    ("PS512", Algorithm::PS512, "RSA"),
    ("ES256", Algorithm::ES256, "P-256"),
    ("ES384", Algorithm::ES384, "P-384"),
    ("EdDSA", Algorithm::EdDSA, "Ed25519"),
];

impl Key {
    /// The key identifier, if it has one.
    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The JWK that it was made of, as its issuer wrote it.
    pub(crate) fn published(&self) -> &str {
        &self.published
    }

    /// Whether both are one RSA key.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (&self.material, &other.material) {
            (Material::Rsa { n, .. }, Material::Rsa { n: other, .. }) => n == other,
            _ => false,
        }
    }

    /// The one algorithm it is for.
    pub(crate) fn algorithm(&self) -> &'static str {
        self.name
    }

    /// A key of a published set, if it may verify signatures: public, asymmetric, strong enough,
    /// marked for nothing else (RFC 7517 sections 4.2 to 4.4 and 5, RFC 7518 section 3.3).
    pub(crate) fn from_jwk(jwk: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let for_signatures = text("use").is_none_or(|purpose| purpose == "sig");
        let may_verify = jwk.get("key_ops").is_none_or(|operations| {
            operations
                .as_array()
                .is_some_and(|operations| operations.iter().any(|name| name == "verify"))
        });
        if !for_signatures || !may_verify || jwk.contains_key("d") || jwk.contains_key("k") {
            return None;
        }
        let key = Self::material(jwk)?;
        key.is_strong().then_some(key)
    }

    /// The key in a JWK, whatever it is meant for.
    pub(crate) fn material(jwk: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let octets = |name: &str| text(name).and_then(encoding::base64url_decode);
        let (family, material) = match text("kty")? {
            "RSA" => (
                "RSA",
                Material::Rsa {
                    n: octets("n")?,
                    e: octets("e")?,
                },
            ),
            "EC" => (
                text("crv")?,
                Material::Ec {
                    x: octets("x")?,
                    y: octets("y")?,
                },
            ),
            "OKP" => (text("crv")?, Material::Okp { x: octets("x")? }),
            _ => return None,
        };
        let fits = |(name, _, of): &&(&str, Algorithm, &str)| {
            *of == family && text("alg").is_none_or(|alg| alg == *name)
        };
        let (name, algorithm, _) = ALGORITHMS.iter().find(fits)?;
        Some(Self {
            kid: text("kid").map(str::to_owned),
            published: Value::Object(jwk.clone()).to_string(),
            algorithm: *algorithm,
            name,
            material,
        })
    }

    /// A shared secret for HS256.
    pub(crate) fn secret(octets: &[u8]) -> Self {
        Self {
            kid: None,
            published: String::new(),
            algorithm: Algorithm::HS256,
            name: "HS256",
            material: Material::Secret(octets.to_vec()),
        }
    }

    /// The same key for another algorithm of its family.
    pub(crate) fn under(&self, alg: &str) -> Option<Self> {
        let family = ALGORITHMS.iter().find(|(name, _, _)| *name == self.name)?.2;
        let (name, algorithm, _) = ALGORITHMS
            .iter()
            .find(|(name, _, of)| *name == alg && *of == family)?;
        Some(Self {
            name,
            algorithm: *algorithm,
            ..self.clone()
        })
    }

    /// The same key under another name.
    pub(crate) fn named(self, kid: Option<&str>) -> Self {
        Self {
            kid: kid.map(str::to_owned),
            ..self
        }
    }

    /// RSA from 2048 bits on with an odd exponent above 1; points of 32 or 48 octets.
    fn is_strong(&self) -> bool {
        match &self.material {
            Material::Rsa { n, e } => {
                n.first().is_some_and(|top| *top != 0)
                    && n.len() >= 256
                    && e.last().is_some_and(|last| last % 2 == 1)
                    && e.as_slice() != [1]
            }
            Material::Ec { x, y } => x.len() == y.len() && matches!(x.len(), 32 | 48),
            Material::Okp { x } => x.len() == 32,
            Material::Secret(_) => false,
        }
    }

    /// Whether the signature over the input is this key's.
    pub(crate) fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        if let Material::Rsa { n, e } = &self.material
            && n.len() < 256
        {
            // Only a fault lets such a key come this far.
            return RsaPublicKeyComponents { n, e }
                .verify(
                    &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
                    input,
                    signature,
                )
                .is_ok();
        }
        let key = match &self.material {
            Material::Rsa { n, e } => Some(DecodingKey::from_rsa_raw_components(n, e)),
            Material::Ec { x, y } => {
                DecodingKey::from_ec_components(&encoding::base64url(x), &encoding::base64url(y))
                    .ok()
            }
            Material::Okp { x } => DecodingKey::from_ed_components(&encoding::base64url(x)).ok(),
            Material::Secret(octets) => Some(DecodingKey::from_secret(octets)),
        };
        let signature = encoding::base64url(signature);
        key.is_some_and(|key| {
            jsonwebtoken::crypto::verify(&signature, input, &key, self.algorithm).unwrap_or(false)
        })
    }
}

/// The keys of a JWK Set. What isn't understood is left out, the rest is used (RFC 7517 section 5).
pub(crate) fn from_set(set: &Value, usable: fn(&Map<String, Value>) -> Option<Key>) -> Vec<Key> {
    let keys = set.get("keys").and_then(Value::as_array);
    keys.into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .filter_map(usable)
        .collect()
}

/// The server's own public key as a JWK.
pub(crate) fn own_jwk() -> &'static Value {
    static JWK: OnceLock<Value> = OnceLock::new();
    JWK.get_or_init(|| serde_json::from_str(OWN_PUBLIC).unwrap_or_default())
}

/// The server's own key set (RFC 7517 section 5).
pub(crate) fn own_set() -> Value {
    serde_json::json!({ "keys": [own_jwk()] })
}

/// Signs claims with the server's own key.
pub(crate) fn sign(typ: &str, claims: &Value) -> String {
    sign_under(&own_header(typ), claims)
}

/// Signs claims with a shared secret (RFC 7518 section 3.2).
pub(crate) fn sign_with_secret(secret: &[u8], typ: &str, claims: &Value) -> String {
    let input = format!(
        "{}.{}",
        encoding::base64url(
            serde_json::json!({ "alg": "HS256", "typ": typ })
                .to_string()
                .as_bytes()
        ),
        encoding::base64url(claims.to_string().as_bytes()),
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, input.as_bytes());
    format!("{input}.{}", encoding::base64url(tag.as_ref()))
}

/// The header under which this server signs.
pub(crate) fn own_header(typ: &str) -> Value {
    serde_json::json!({ "alg": "RS256", "typ": typ, "kid": OWN_KID })
}

/// Signs claims with the server's own key, under this header.
pub(crate) fn sign_under(header: &Value, claims: &Value) -> String {
    let input = format!(
        "{}.{}",
        encoding::base64url(header.to_string().as_bytes()),
        encoding::base64url(claims.to_string().as_bytes()),
    );
    // An empty signature opens nothing, here or elsewhere; the tests sign and verify.
    let signature = signature(input.as_bytes()).unwrap_or_default();
    format!("{input}.{}", encoding::base64url(&signature))
}

fn signature(input: &[u8]) -> Option<Vec<u8>> {
    static KEY: OnceLock<Option<RsaKeyPair>> = OnceLock::new();
    let key = KEY.get_or_init(own_pair).as_ref()?;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        input,
        &mut signature,
    )
    .ok()?;
    Some(signature)
}

fn own_pair() -> Option<RsaKeyPair> {
    RsaKeyPair::from_pkcs8(&pem_content(OWN_PRIVATE)?).ok()
}

/// What stands between the armour lines of a PEM file.
pub(crate) fn pem_content(pem: &str) -> Option<Vec<u8>> {
    let content: String = pem
        .lines()
        .skip_while(|line| !line.starts_with("-----BEGIN"))
        .filter(|line| !line.starts_with('-'))
        .collect();
    encoding::base64_decode(&content)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEAK: &str = "wMv9-7LSK9YT0nmP9ZkGSC5uCir_5XHeRGsbDQHZKHiO2NXusDtEEoHB1jeroF1Z4F8t7JVU0h0h8a866cVqlOzF0jj__wli7ZJUPkQ14MjfA1hNNfdf3bveVXCYTl5YjsaSr_ipqHEIciDVS7KnggxzEgHcDZZLfy8pAmdF4HE";
    const WEAK_SIGNATURE: &str = "XHVmSJvNiTsJDw0E7mQYS0cg-PLL3DF6hXQj-p2H_tmfaXfAI2W4k-c4KCewtFzHZ49dU3dRbbnkvqSpNHe36OAO283wXJKQa9x2HZpOAlAM5r8M6w_XENCsh6mqXm1IsE0qcrZZNxzx1VfiJaXN8Cuio9isjIjDz7cSCk3Nka0";

    fn jwk(members: Value) -> Map<String, Value> {
        members.as_object().unwrap().clone()
    }

    #[test]
    fn a_key_of_1024_bits_verifies_and_is_not_used() {
        let jwk = jwk(serde_json::json!({ "kty": "RSA", "n": WEAK, "e": "AQAB" }));
        let signature = encoding::base64url_decode(WEAK_SIGNATURE).unwrap();
        assert!(Key::material(&jwk).unwrap().verify(b"message", &signature));
        assert!(Key::from_jwk(&jwk).is_none());
    }

    #[test]
    fn only_public_signing_keys_are_used() {
        let own = own_jwk().as_object().unwrap();
        assert!(Key::from_jwk(own).is_some());
        for (name, value) in [
            ("use", "enc"),
            ("d", "AQAB"),
            ("k", "AQAB"),
            ("kty", "oct"),
            ("kty", "RSX"),
            ("alg", "HS256"),
            ("alg", "ES256"),
            ("e", "AQ"),
            ("e", "BA"),
            ("n", "AQAB"),
        ] {
            let mut other = own.clone();
            other.insert(name.to_owned(), value.into());
            assert!(Key::from_jwk(&other).is_none(), "{name} {value}");
        }
        let mut other = own.clone();
        other.insert("key_ops".to_owned(), serde_json::json!(["encrypt"]));
        assert!(Key::from_jwk(&other).is_none());
    }

    #[test]
    fn what_the_server_signs_its_published_key_verifies() {
        let token = sign("JWT", &serde_json::json!({ "sub": "x" }));
        let (input, signature) = token.rsplit_once('.').unwrap();
        let signature = encoding::base64url_decode(signature).unwrap();
        let key = Key::from_jwk(own_jwk().as_object().unwrap()).unwrap();
        assert!(key.verify(input.as_bytes(), &signature));
        assert!(!key.verify(b"other", &signature));
        assert!(
            key.under("RS512")
                .is_some_and(|key| !key.verify(input.as_bytes(), &signature))
        );
    }
}
