//! Encrypted tokens (RFC 7516), right and wrong: a token sealed to a public key, and the table `envelope` of what can be
//! wrong with the seal or with what is inside.
//!
//! The content key follows from the token, so that one recipe makes one envelope, save for the random padding of
//! RSA-OAEP, which the library draws. Nothing here is secret: what is sealed is sent to the one who can open it.

use crate::forge::{ForgeError, PublicKey};
use crate::wire::jose::{self, base64url};
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, Pkcs1PublicEncryptingKey,
    PublicEncryptingKey,
};
use serde_json::{Map, Value, json};

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
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyAs {
    Oaep,
    OaepSha1,
    Pkcs1,
    /// Not at all: it is the digest of the public key.
    PublicDigest,
}

const fn row(name: &'static str, doc: &'static str, prepare: fn(&mut Draft)) -> Envelope {
    Envelope {
        name,
        doc,
        prepare,
        finish: |_| {},
    }
}

const fn after(name: &'static str, doc: &'static str, finish: fn(&mut Vec<String>)) -> Envelope {
    Envelope {
        name,
        doc,
        prepare: |_| {},
        finish,
    }
}

fn set(draft: &mut Draft, name: &str, value: Value) {
    draft.header.insert(name.to_owned(), value);
}

/// All rows.
pub static ENVELOPES: &[Envelope] = &[
    row(
        "honest",
        "the signed token inside, RSA-OAEP-256 and A256GCM",
        |_| {},
    ),
    row(
        "inner-claims",
        "the claims themselves inside: who sealed them is nobody known (CVE-2023-51774)",
        |d| {
            d.content = claims_of(&d.content);
            d.header.shift_remove("cty");
        },
    ),
    row(
        "inner-unsigned",
        "a token with `alg` none inside (RFC 7519 section 7.2, RFC 8725 section 3.3)",
        |d| {
            let claims = base64url(&claims_of(&d.content));
            let header = base64url(br#"{"alg":"none","typ":"at+jwt"}"#);
            d.content = format!("{header}.{claims}.").into_bytes();
        },
    ),
    row(
        "dir-public-key",
        "`alg` dir, and the digest of the public key for the content key (RFC 8725 section 3.1)",
        |d| {
            set(d, "alg", json!("dir"));
            d.key_as = KeyAs::PublicDigest;
        },
    ),
    row(
        "rsa1-5",
        "RSA1_5, whose padding can be guessed by its errors (RFC 8725 section 3.2)",
        |d| {
            set(d, "alg", json!("RSA1_5"));
            d.key_as = KeyAs::Pkcs1;
        },
    ),
    row(
        "rsa-oaep-sha1",
        "RSA-OAEP with SHA-1 under a key that is published for RSA-OAEP-256",
        |d| {
            set(d, "alg", json!("RSA-OAEP"));
            d.key_as = KeyAs::OaepSha1;
        },
    ),
    row(
        "content-key-short",
        "a content key of 16 octets under A256GCM, which has 32 (RFC 7516 section 5.2)",
        |d| d.key_length = 16,
    ),
    row("enc-missing", "no `enc` (RFC 7516 section 4.1.2)", |d| {
        d.header.shift_remove("enc");
    }),
    row(
        "enc-unknown",
        "an `enc` that nobody registered (RFC 7516 section 4.1.2)",
        |d| {
            set(d, "enc", json!("X256GCM"));
        },
    ),
    row(
        "enc-twice",
        "`enc` twice, an unknown one last (RFC 7516 section 4)",
        |d| d.twice = true,
    ),
    row(
        "zip-unknown",
        "a `zip` that nobody registered (RFC 7516 section 4.1.3)",
        |d| {
            set(d, "zip", json!("XZ"));
        },
    ),
    row(
        "crit-unknown",
        "`crit` names an extension that nobody implements (RFC 7516 section 4.1.13)",
        |d| {
            set(d, "http://extension.invalid/unknown", json!(true));
            set(d, "crit", json!(["http://extension.invalid/unknown"]));
        },
    ),
    after(
        "tag-altered",
        "one bit of the tag is flipped (RFC 7516 section 5.2)",
        |p| {
            flip(p, 4);
        },
    ),
    after(
        "tag-truncated",
        "the tag cut to four octets (RFC 7516 section 5.2)",
        |p| {
            let tag = jose::unbase64url(&p[4]).unwrap_or_default();
            p[4] = base64url(&tag[..tag.len().min(4)]);
        },
    ),
    after("tag-missing", "no tag (RFC 7516 section 5.2)", |p| {
        p[4].clear()
    }),
    after(
        "header-altered",
        "a blank more in the header, which the tag covers",
        |p| {
            let mut header = jose::unbase64url(&p[0]).unwrap_or_default();
            header.push(b' ');
            p[0] = base64url(&header);
        },
    ),
    after(
        "key-altered",
        "one bit of the encrypted key is flipped",
        |p| flip(p, 1),
    ),
    after(
        "iv-altered",
        "one bit of the initialization vector is flipped",
        |p| flip(p, 2),
    ),
    after("further-part", "a sixth part (RFC 7516 section 3.1)", |p| {
        p.push("e30".to_owned());
    }),
];

/// The row of a name.
pub fn named(name: &str) -> Option<&'static Envelope> {
    ENVELOPES.iter().find(|row| row.name == name)
}

/// A token sealed to the key that a set publishes for encryption, else to its first RSA key.
pub fn seal(token: &str, set: &str, row: &str) -> Result<String, ForgeError> {
    let row = named(row).ok_or_else(|| ForgeError::UnknownMutation(row.to_owned()))?;
    let (jwk, key) = recipient(set)?;
    let mut draft = Draft {
        header: Map::from_iter([
            ("alg".to_owned(), json!("RSA-OAEP-256")),
            ("enc".to_owned(), json!("A256GCM")),
            ("typ".to_owned(), json!("at+jwt")),
            ("cty".to_owned(), json!("JWT")),
        ]),
        content: token.as_bytes().to_vec(),
        key_length: 32,
        key_as: KeyAs::Oaep,
        twice: false,
    };
    if let Some(kid) = jwk.get("kid") {
        draft.header.insert("kid".to_owned(), kid.clone());
    }
    (row.prepare)(&mut draft);
    let mut parts = sealed(&draft, &key)?;
    (row.finish)(&mut parts);
    Ok(parts.join("."))
}

fn sealed(draft: &Draft, key: &PublicKey) -> Result<Vec<String>, ForgeError> {
    const FAILED: ForgeError = ForgeError::UnusableKey("the key can't encrypt");
    let spki = key.spki().ok_or(FAILED)?;
    let mut content_key = match draft.key_as {
        KeyAs::PublicDigest => digest(&SHA256, &spki).as_ref().to_vec(),
        _ => digest(&SHA256, &draft.content).as_ref().to_vec(),
    };
    content_key.truncate(draft.key_length);
    let public = || PublicEncryptingKey::from_der(&spki).map_err(|_| FAILED);
    let mut room = vec![0; 1024];
    let encrypted: &[u8] = match draft.key_as {
        KeyAs::PublicDigest => &[],
        KeyAs::Pkcs1 => Pkcs1PublicEncryptingKey::new(public()?)
            .and_then(|key| key.encrypt(&content_key, &mut room))
            .map_err(|_| FAILED)?,
        KeyAs::Oaep | KeyAs::OaepSha1 => {
            let hash = if draft.key_as == KeyAs::Oaep {
                &OAEP_SHA256_MGF1SHA256
            } else {
                &OAEP_SHA1_MGF1SHA1
            };
            OaepPublicEncryptingKey::new(public()?)
                .and_then(|key| key.encrypt(hash, &content_key, &mut room, None))
                .map_err(|_| FAILED)?
        }
    };
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
    let parts = [encrypted, &iv, &text, tag.as_ref()].map(base64url);
    Ok(std::iter::once(header).chain(parts).collect())
}

fn recipient(set: &str) -> Result<(Value, PublicKey), ForgeError> {
    let none = ForgeError::UnusableKey("no RSA key is published to encrypt to");
    let set: Value = serde_json::from_str(set).unwrap_or_default();
    let rsa: Vec<&Value> = set
        .get("keys")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|key| key.get("kty") == Some(&json!("RSA")))
        .collect();
    let meant = rsa.iter().find(|key| key.get("use") == Some(&json!("enc")));
    let jwk = meant.or(rsa.first()).ok_or(none)?;
    Ok(((*jwk).clone(), PublicKey::from_jwk(jwk)?))
}

/// The claims of a signed token, as octets.
fn claims_of(token: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(token);
    let payload = text.split('.').nth(1).and_then(jose::unbase64url);
    payload.unwrap_or_default()
}

fn flip(parts: &mut [String], which: usize) {
    let mut octets = jose::unbase64url(&parts[which]).unwrap_or_default();
    if let Some(last) = octets.last_mut() {
        *last ^= 1;
    }
    parts[which] = base64url(&octets);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::test_key;
    use std::collections::BTreeSet;

    fn set() -> String {
        let key = test_key("test-rsa").unwrap().public_jwk().unwrap();
        json!({ "keys": [key] }).to_string()
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
