//! Encrypted tokens (RFC 7516), right and wrong: a token sealed to a public key, and the table `envelope` of what can be
//! wrong with the seal or with what is inside.
//!
//! The content key follows from the token, so that one recipe makes one envelope, save for the random padding of
//! RSA-OAEP, which the library draws. Nothing here is secret: what is sealed is sent to the one who can open it.

mod agreement;
mod table;

pub use self::table::ENVELOPES;

use self::agreement::Stray;
use crate::forge::{ForgeError, PublicKey};
use crate::wire::jose::base64url;
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, Pkcs1PublicEncryptingKey,
    PublicEncryptingKey,
};
use serde_json::{Map, Value, json};

const FAILED: ForgeError = ForgeError::UnusableKey("the key can't encrypt");

/// One row.
#[derive(Clone, Copy)]
pub struct Envelope {
    /// Its name in suites.
    pub name: &'static str,
    /// What it does and why, in a line.
    pub doc: &'static str,
    prepare: fn(&mut Draft),
    finish: fn(&mut Vec<String>),
}

/// What is sealed, and how.
struct Draft {
    header: Map<String, Value>,
    content: Vec<u8>,
    key_length: usize,
    key_as: KeyAs,
    /// Whether the header is written a second time with another `enc` before the right one.
    twice: bool,
}

/// How the content key reaches the recipient.
#[derive(Clone, Copy)]
enum KeyAs {
    Oaep,
    OaepSha1,
    Pkcs1,
    /// Not at all: it is the digest of the public key.
    PublicDigest,
    /// Not at all: both sides agree on it.
    Agreed,
    /// Not at all: it follows from what a point of another curve may have for a multiple.
    Stray(&'static Stray),
}

impl KeyAs {
    /// The type of the key that it is sealed to.
    fn kty(self) -> &'static str {
        match self {
            Self::Agreed | Self::Stray(_) => "EC",
            _ => "RSA",
        }
    }
}

/// The row of a name.
pub fn named(name: &str) -> Option<&'static Envelope> {
    ENVELOPES.iter().find(|row| row.name == name)
}

/// A token sealed to the key that a set publishes for encryption, else to its first key of the type.
pub fn seal(token: &str, set: &str, row: &str) -> Result<String, ForgeError> {
    seal_as("at+jwt", token, set, row)
}

/// The same for a token of this `typ`.
pub fn seal_as(typ: &str, token: &str, set: &str, row: &str) -> Result<String, ForgeError> {
    let row = named(row).ok_or_else(|| ForgeError::UnknownMutation(row.to_owned()))?;
    let mut draft = Draft {
        header: Map::from_iter([
            ("alg".to_owned(), json!("RSA-OAEP-256")),
            ("enc".to_owned(), json!("A256GCM")),
            ("typ".to_owned(), json!(typ)),
            ("cty".to_owned(), json!("JWT")),
        ]),
        content: token.as_bytes().to_vec(),
        key_length: 32,
        key_as: KeyAs::Oaep,
        twice: false,
    };
    (row.prepare)(&mut draft);
    let (jwk, key) = recipient(set, draft.key_as.kty())?;
    if let Some(kid) = jwk.get("kid") {
        draft.header.insert("kid".to_owned(), kid.clone());
    }
    let mut parts = sealed(draft, &key)?;
    (row.finish)(&mut parts);
    Ok(parts.join("."))
}

fn sealed(mut draft: Draft, key: &PublicKey) -> Result<Vec<String>, ForgeError> {
    let (content_key, encrypted) = content_key(&mut draft, key)?;
    let mut header = Value::Object(draft.header.clone()).to_string();
    if draft.twice {
        header.pop();
        header.push_str(r#","enc":"X256GCM"}"#);
    }
    let header = base64url(header.as_bytes());
    let cipher = if content_key.len() == 16 {
        &AES_128_GCM
    } else {
        &AES_256_GCM
    };
    let cipher = UnboundKey::new(cipher, &content_key).map_err(|_| FAILED)?;
    let iv = [7; 12];
    let mut text = draft.content.clone();
    let tag = LessSafeKey::new(cipher)
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(iv),
            Aad::from(header.as_bytes()),
            &mut text,
        )
        .map_err(|_| FAILED)?;
    let parts = [&encrypted[..], &iv, &text, tag.as_ref()].map(base64url);
    Ok(std::iter::once(header).chain(parts).collect())
}

/// The content key, and how it is sent.
fn content_key(draft: &mut Draft, key: &PublicKey) -> Result<(Vec<u8>, Vec<u8>), ForgeError> {
    let mut own = digest(&SHA256, &draft.content).as_ref().to_vec();
    own.truncate(draft.key_length);
    let spki = key.spki().ok_or(FAILED)?;
    let public = || PublicEncryptingKey::from_der(&spki).map_err(|_| FAILED);
    let mut room = vec![0; 1024];
    let agreed = match draft.key_as {
        KeyAs::PublicDigest => {
            return Ok((digest(&SHA256, &spki).as_ref().to_vec(), Vec::new()));
        }
        KeyAs::Agreed => agreement::with(key, &draft.content)?,
        KeyAs::Stray(point) => agreement::stray(point),
        KeyAs::Pkcs1 => {
            let encrypted = Pkcs1PublicEncryptingKey::new(public()?)
                .and_then(|key| key.encrypt(&own, &mut room).map(|key| key.to_vec()));
            return Ok((own, encrypted.map_err(|_| FAILED)?));
        }
        KeyAs::Oaep | KeyAs::OaepSha1 => {
            let hash = if matches!(draft.key_as, KeyAs::Oaep) {
                &OAEP_SHA256_MGF1SHA256
            } else {
                &OAEP_SHA1_MGF1SHA1
            };
            let encrypted = OaepPublicEncryptingKey::new(public()?).and_then(|key| {
                key.encrypt(hash, &own, &mut room, None)
                    .map(|key| key.to_vec())
            });
            return Ok((own, encrypted.map_err(|_| FAILED)?));
        }
    };
    draft.header.insert("epk".to_owned(), agreed.point);
    Ok((agreed.key, Vec::new()))
}

fn recipient(set: &str, kty: &str) -> Result<(Value, PublicKey), ForgeError> {
    let none = ForgeError::UnusableKey(match kty {
        "EC" => "no key of P-256 is published to encrypt to",
        _ => "no RSA key is published to encrypt to",
    });
    let set: Value = serde_json::from_str(set).unwrap_or_default();
    let fits = |key: &&Value| match kty {
        // a key that signs is no key to agree with
        "EC" => key.get("crv") == Some(&json!("P-256")) && key.get("use") != Some(&json!("sig")),
        _ => true,
    };
    let keys: Vec<&Value> = set
        .get("keys")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|key| key.get("kty") == Some(&json!(kty)))
        .filter(fits)
        .collect();
    let meant = keys
        .iter()
        .find(|key| key.get("use") == Some(&json!("enc")));
    let jwk = meant.or(keys.first()).ok_or(none)?;
    Ok(((*jwk).clone(), PublicKey::from_jwk(jwk)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::test_key;
    use std::collections::BTreeSet;

    fn set() -> String {
        let key = |name| test_key(name).unwrap().public_jwk().unwrap();
        let mut point = key("test-p256");
        point["use"] = json!("enc");
        json!({ "keys": [key("test-rsa"), point] }).to_string()
    }

    #[test]
    fn every_row_seals_and_none_shows_the_token() {
        let names: BTreeSet<_> = ENVELOPES.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), ENVELOPES.len());
        let token = "e30.eyJzdWIiOiJhbGljZSJ9.c2ln";
        for row in ENVELOPES {
            let sealed = seal(token, &set(), row.name).unwrap();
            let parts = if row.name == "further-part" { 6 } else { 5 };
            assert_eq!(sealed.split('.').count(), parts, "{}", row.name);
            assert!(!sealed.contains("eyJzdWIi"), "{}", row.name);
        }
    }

    #[test]
    fn a_set_without_rsa_has_nobody_to_seal_to() {
        assert!(seal("a.b.c", "{\"keys\":[{\"kty\":\"EC\"}]}", "honest").is_err());
        assert!(seal("a.b.c", "no set", "honest").is_err());
        assert!(seal("a.b.c", &set(), "no-row").is_err());
    }
}
