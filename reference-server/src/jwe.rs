//! From an encrypted token to the signed one inside (RFC 7516), or to the reason why there is none.
//!
//! Who seals a token is not known: everybody has the public key. So nothing inside is believed before its own
//! signature stood.

mod agree;
mod curve;
mod inflate;

use std::sync::OnceLock;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey,
    Pkcs1PrivateDecryptingKey, PrivateDecryptingKey,
};
use serde_json::Value;

use crate::decisions::bearer::Problem;
use crate::decisions::jwe::{self as right, Inside, Jwe};
use crate::decisions::jwt::{Jwt, Object, decode, object};
use crate::encoding;

const PRIVATE: &str = include_str!("../keys/test-enc.pem");
const PUBLIC: &str = include_str!("../keys/test-enc.public.jwk.json");
const PUBLIC_POINT: &str = include_str!("../keys/test-enc-ec.public.jwk.json");

pub(crate) use agree::{by_password, derived, shared, shared_unseen};
pub(crate) use inflate::inflate;

/// What a token turned out to be.
pub(crate) enum Opened {
    /// A signed token.
    Token(String),
    /// Header and claims that are believed without a signature: only a fault does.
    Believed(Object, Object),
}

/// The padding of an encrypted key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Padding {
    Oaep256,
    Oaep1,
    Pkcs1,
}

/// The parts of an encrypted token, decoded.
pub(crate) struct Sealed {
    /// The header as it came, which the tag covers.
    pub(crate) covered: String,
    pub(crate) key: Vec<u8>,
    pub(crate) iv: Vec<u8>,
    pub(crate) text: Vec<u8>,
    pub(crate) tag: Vec<u8>,
}

/// The token itself, or what was sealed in it. A key out of a password takes a while, in which others are served.
pub(crate) async fn open(rules: &Jwt, text: &str) -> Result<Opened, Problem> {
    let text = text.to_owned();
    match &rules.jwe {
        Some(jwe) if text.matches('.').count() >= 4 => {
            let jwe = jwe.clone();
            let unsealed = tokio::task::spawn_blocking(move || unseal(&jwe, &text));
            unsealed.await.unwrap_or(Err(Problem::InvalidToken))
        }
        _ => Ok(Opened::Token(text)),
    }
}

fn unseal(rules: &Jwe, text: &str) -> Result<Opened, Problem> {
    let [header, key, iv, content, tag] = (rules.parts)(text)?;
    let covered = header.clone();
    let header = (rules.header)(&decode(&header)?)?;
    (rules.critical)(&header)?;
    (rules.zip)(&header)?;
    let sealed = Sealed {
        covered,
        key: decode(&key)?,
        iv: decode(&iv)?,
        text: decode(&content)?,
        tag: decode(&tag)?,
    };
    (rules.enc)(&header)?;
    let content_key = (rules.content_key)(rules, &header, &sealed).ok_or(rules.key_problem)?;
    let content = (rules.decrypt)(&content_key, &sealed).ok_or(Problem::InvalidToken)?;
    let content = match right::text(&header, "zip") {
        Some("DEF") => (rules.unpack)(&content).ok_or(Problem::InvalidToken)?,
        _ => content,
    };
    let content = String::from_utf8(content).map_err(|_| Problem::InvalidToken)?;
    match (rules.inside)(&header, &content) {
        Inside::Signed => Ok(Opened::Token(content)),
        Inside::Believed(claims) => Ok(Opened::Believed(header, object(&claims)?)),
    }
}

/// The content key, decrypted with the server's own key.
pub(crate) fn unwrap(padding: Padding, key: &[u8]) -> Option<Vec<u8>> {
    static KEY: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    let pkcs8 = KEY
        .get_or_init(|| crate::keys::pem_content(PRIVATE))
        .as_ref()?;
    let private = PrivateDecryptingKey::from_pkcs8(pkcs8).ok()?;
    let mut room = vec![0; 512];
    let plain = match padding {
        Padding::Pkcs1 => Pkcs1PrivateDecryptingKey::new(private)
            .ok()?
            .decrypt(key, &mut room)
            .ok()?
            .to_vec(),
        Padding::Oaep256 | Padding::Oaep1 => {
            let hash = if padding == Padding::Oaep256 {
                &OAEP_SHA256_MGF1SHA256
            } else {
                &OAEP_SHA1_MGF1SHA1
            };
            OaepPrivateDecryptingKey::new(private)
                .ok()?
                .decrypt(hash, key, &mut room, None)
                .ok()?
                .to_vec()
        }
    };
    Some(plain)
}

/// AES-GCM with its tag checked; the cipher is that of the key's length.
pub(crate) fn gcm(key: &[u8], sealed: &Sealed) -> Option<Vec<u8>> {
    let cipher = match key.len() {
        16 => &AES_128_GCM,
        32 => &AES_256_GCM,
        _ => return None,
    };
    if sealed.tag.len() != 16 {
        return None;
    }
    let cipher = LessSafeKey::new(UnboundKey::new(cipher, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(&sealed.iv).ok()?;
    let mut text = [sealed.text.as_slice(), sealed.tag.as_slice()].concat();
    let aad = Aad::from(sealed.covered.as_bytes());
    let plain = cipher.open_in_place(nonce, aad, &mut text).ok()?;
    Some(plain.to_vec())
}

/// The counter mode inside AES-GCM, its tag not looked at.
pub(crate) fn counter(key: &[u8], sealed: &Sealed) -> Option<Vec<u8>> {
    let start: [u8; 16] = [sealed.iv.as_slice(), &[0, 0, 0, 2]]
        .concat()
        .try_into()
        .ok()?;
    let cipher = DecryptingKey::ctr(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
    let mut text = sealed.text.clone();
    let context = DecryptionContext::Iv128(start.into());
    cipher.decrypt(&mut text, context).ok()?;
    Some(text)
}

/// SubjectPublicKeyInfo of the public half.
pub(crate) fn public_info() -> Option<Vec<u8>> {
    let key = crate::keys::Key::material(
        public_jwk()
            .as_object()
            .map(|jwk| {
                let mut jwk = jwk.clone();
                jwk.remove("alg");
                jwk
            })
            .as_ref()?,
    )?;
    Some(crate::keys::form::spki(&key))
}

/// The public half as a JWK.
pub(crate) fn public_jwk() -> Value {
    serde_json::from_str(PUBLIC).unwrap_or_default()
}

/// The public halves of all keys that tokens may be sealed to, as JWKs.
pub(crate) fn public_jwks() -> [Value; 2] {
    [
        public_jwk(),
        serde_json::from_str(PUBLIC_POINT).unwrap_or_default(),
    ]
}

/// SHA-256 of the public half.
pub(crate) fn public_digest() -> Option<Vec<u8>> {
    Some(encoding::sha256(&public_info()?))
}
