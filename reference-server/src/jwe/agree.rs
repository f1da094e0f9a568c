//! Keys that are agreed on (ECDH-ES, RFC 7518 section 4.6), and keys that follow from a password (PBES2, section 4.8).

use std::num::NonZeroU32;
use std::sync::OnceLock;

use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::encoding::{AsBigEndian as _, EcPrivateKeyBin};
use aws_lc_rs::key_wrap::{AES_128, AesKek, KeyWrap as _};
use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA256};

use crate::encoding;

const PRIVATE: &str = include_str!("../../keys/test-enc-ec.pem");
/// What tokens are sealed with by a partner who has no key. Published, and a test's alone.
const PASSWORD: &[u8] = b"authspec test partner 86/sextant";

fn private() -> Option<&'static PrivateKey> {
    static KEY: OnceLock<Option<PrivateKey>> = OnceLock::new();
    KEY.get_or_init(|| {
        let pkcs8 = crate::keys::pem_content(PRIVATE)?;
        PrivateKey::from_private_key_der(&ECDH_P256, &pkcs8).ok()
    })
    .as_ref()
}

/// The shared secret with a point, if that lies on the curve (RFC 8725 section 3.4).
pub(crate) fn shared(x: &[u8], y: &[u8]) -> Option<Vec<u8>> {
    let point = [&[4], x, y].concat();
    let theirs = UnparsedPublicKey::new(&ECDH_P256, point);
    agreement::agree(private()?, theirs, (), |secret| Ok(secret.to_vec())).ok()
}

/// The same, whatever curve the point lies on.
pub(crate) fn shared_unseen(x: &[u8], y: &[u8]) -> Option<Vec<u8>> {
    let scalar: EcPrivateKeyBin<'_> = private()?.as_be_bytes().ok()?;
    super::curve::multiple(scalar.as_ref(), x, y)
}

/// The content key of a shared secret: Concat KDF for A256GCM (RFC 7518 section 4.6.2).
pub(crate) fn derived(secret: &[u8], apu: &[u8], apv: &[u8]) -> Vec<u8> {
    let mut input = vec![0, 0, 0, 1];
    input.extend_from_slice(secret);
    for part in [&b"A256GCM"[..], apu, apv] {
        let length = u32::try_from(part.len()).unwrap_or_default();
        input.extend_from_slice(&length.to_be_bytes());
        input.extend_from_slice(part);
    }
    input.extend_from_slice(&256_u32.to_be_bytes());
    encoding::sha256(&input)
}

/// The content key that a key out of the password unwraps (RFC 7518 section 4.8.1).
pub(crate) fn by_password(salt: &[u8], rounds: u32, wrapped: &[u8]) -> Option<Vec<u8>> {
    let salt = [b"PBES2-HS256+A128KW\0", salt].concat();
    let mut key = [0; 16];
    let rounds = NonZeroU32::new(rounds)?;
    pbkdf2::derive(PBKDF2_HMAC_SHA256, rounds, &salt, PASSWORD, &mut key);
    let mut room = vec![0; wrapped.len()];
    let key = AesKek::new(&AES_128, &key).ok()?;
    key.unwrap(wrapped, &mut room).ok().map(|key| key.to_vec())
}
