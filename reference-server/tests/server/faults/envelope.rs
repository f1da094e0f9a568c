//! What a server makes of encrypted tokens.

use authspec_reference_server::Upstream;
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PrivateDecryptingKey,
};
use serde_json::{Value, json};

use crate::support::{Issuer, Peer, b64url, pem_content, status, with, without};
use crate::walk::server;

/// Everybody can seal to it: only the public half is used.
const KEY: &[u8] = include_bytes!("../../../keys/test-enc.pem");

const POINT: &[u8] = include_bytes!("../../../keys/test-enc-ec.pem");

/// Header text, content, and how the content key is made and sent.
struct Draft {
    header: String,
    content: Vec<u8>,
    key: Vec<u8>,
    sent: Sent,
}

enum Sent {
    Oaep,
    OaepOfSha1,
    Nothing,
    Wrapped(Vec<u8>),
}

fn seal(draft: &Draft) -> Vec<String> {
    let public = || {
        let private = PrivateDecryptingKey::from_pkcs8(&pem_content(KEY)).unwrap();
        OaepPublicEncryptingKey::new(private.public_key()).unwrap()
    };
    let mut room = vec![0; 512];
    let key: &[u8] = match &draft.sent {
        Sent::Oaep => public()
            .encrypt(&OAEP_SHA256_MGF1SHA256, &draft.key, &mut room, None)
            .unwrap(),
        Sent::OaepOfSha1 => public()
            .encrypt(&OAEP_SHA1_MGF1SHA1, &draft.key, &mut room, None)
            .unwrap(),
        Sent::Nothing => &[],
        Sent::Wrapped(key) => key,
    };
    let header = b64url(&draft.header);
    let cipher = if draft.key.len() == 16 {
        &AES_128_GCM
    } else {
        &AES_256_GCM
    };
    let cipher = LessSafeKey::new(UnboundKey::new(cipher, &draft.key).unwrap());
    let mut text = draft.content.clone();
    let nonce = Nonce::assume_unique_for_key([3; 12]);
    let tag = cipher
        .seal_in_place_separate_tag(nonce, Aad::from(header.as_bytes()), &mut text)
        .unwrap();
    vec![
        header,
        b64url(key),
        b64url([3; 12]),
        b64url(text),
        b64url(tag.as_ref()),
    ]
}

/// The digest of the key as SubjectPublicKeyInfo.
fn public_digest() -> Vec<u8> {
    use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
    let private = PrivateDecryptingKey::from_pkcs8(&pem_content(KEY)).unwrap();
    let info: PublicKeyX509Der<'_> = private.public_key().as_der().unwrap();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, info.as_ref());
    digest.as_ref().to_vec()
}

/// Concat KDF for A256GCM.
fn derived(secret: &[u8]) -> Vec<u8> {
    let nobody = [0; 8];
    let input = [
        &[0, 0, 0, 1][..],
        secret,
        &[0, 0, 0, 7],
        b"A256GCM",
        &nobody,
        &[0, 0, 1, 0],
    ]
    .concat();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &input);
    digest.as_ref().to_vec()
}

/// Sealed with a secret that is agreed on, and with a point that lies on no curve of the server's.
fn agreed(header: &Value, signed: &str) -> [String; 2] {
    use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
    let theirs = PrivateKey::from_private_key_der(&ECDH_P256, &pem_content(POINT)).unwrap();
    let theirs = theirs.compute_public_key().unwrap();
    let ours = PrivateKey::generate(&ECDH_P256).unwrap();
    let point = ours.compute_public_key().unwrap();
    let secret = agree(
        &ours,
        UnparsedPublicKey::new(&ECDH_P256, theirs.as_ref()),
        (),
        |secret| Ok(secret.to_vec()),
    );
    let header = with(header, "alg", json!("ECDH-ES"));
    let sealed = |x: &[u8], y: &[u8], secret: &[u8]| {
        let point = json!({ "kty": "EC", "crv": "P-256", "x": b64url(x), "y": b64url(y) });
        seal(&Draft {
            header: with(&header, "epk", point).to_string(),
            content: signed.as_bytes().to_vec(),
            key: derived(secret),
            sent: Sent::Nothing,
        })
        .join(".")
    };
    let (x, y) = point.as_ref()[1..].split_at(32);
    // y is zero: on its curve the point is its own inverse, and every odd multiple of it
    let stray = [7; 32];
    [
        sealed(x, y, &secret.unwrap()),
        sealed(&stray, &[0; 32], &stray),
    ]
}

/// Sealed by the password, hashed so often.
fn by_password(header: &Value, signed: &str, rounds: u32) -> String {
    use aws_lc_rs::key_wrap::{AES_128, AesKek, KeyWrap as _};
    let mut key = [0; 16];
    aws_lc_rs::pbkdf2::derive(
        aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA256,
        rounds.try_into().unwrap(),
        b"PBES2-HS256+A128KW\0salt",
        b"authspec test partner 86/sextant",
        &mut key,
    );
    let mut room = [0; 64];
    let wrapped = AesKek::new(&AES_128, &key).unwrap();
    let wrapped = wrapped.wrap(&[5; 32], &mut room).unwrap().to_vec();
    let header = with(header, "alg", json!("PBES2-HS256+A128KW"));
    let header = with(&header, "p2s", json!(b64url("salt")));
    seal(&Draft {
        header: with(&header, "p2c", json!(rounds)).to_string(),
        content: signed.as_bytes().to_vec(),
        key: vec![5; 32],
        sent: Sent::Wrapped(wrapped),
    })
    .join(".")
}

/// The content in one block that is not compressed (RFC 1951 section 3.2.4).
fn stored(content: &str) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    [
        &[1][..],
        &length.to_le_bytes(),
        &(!length).to_le_bytes(),
        content.as_bytes(),
    ]
    .concat()
}

/// Each fault with a token that only it takes; none stands for the honest envelopes.
fn tokens(keys: &Issuer, claims: &Value) -> Vec<(&'static str, String)> {
    let header = json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "typ": "at+jwt", "cty": "JWT" });
    let signed = keys.token(&keys.header(), claims);
    let draft = |header: &Value, content: &str| Draft {
        header: header.to_string(),
        content: content.as_bytes().to_vec(),
        key: vec![5; 32],
        sent: Sent::Oaep,
    };
    let sealed = |header: &Value, content: &str| seal(&draft(header, content)).join(".");
    let none = json!({ "alg": "none", "typ": "at+jwt" });
    let unsigned = format!(
        "{}.{}.",
        b64url(none.to_string()),
        b64url(claims.to_string())
    );
    let mut tag = seal(&draft(&header, &signed));
    tag[4] = b64url([0; 16]);
    let [agreed, stray] = agreed(&header, &signed);
    let packed = Draft {
        content: stored(&signed),
        ..draft(&with(&header, "zip", json!("DEF")), "")
    };
    let twice = header.to_string().replace('}', r#","enc":"X"}"#);
    vec![
        ("", sealed(&header, &signed)),
        ("", agreed),
        ("", by_password(&header, &signed, 1_000)),
        ("", seal(&packed).join(".")),
        ("jwt-jwe-point-not-checked", stray),
        (
            "jwt-jwe-rounds-without-limit",
            by_password(&header, &signed, 100_001),
        ),
        (
            "jwt-jwe-inside-believed",
            sealed(&header, &claims.to_string()),
        ),
        ("jwt-jwe-inner-unsigned", sealed(&header, &unsigned)),
        (
            "jwt-jwe-dir-with-public-key",
            seal(&Draft {
                key: public_digest(),
                sent: Sent::Nothing,
                ..draft(&with(&header, "alg", json!("dir")), &signed)
            })
            .join("."),
        ),
        ("jwt-jwe-tag-not-checked", tag.join(".")),
        (
            "jwt-jwe-further-part-ignored",
            sealed(&header, &signed) + ".x",
        ),
        (
            "jwt-jwe-zip-ignored",
            sealed(&with(&header, "zip", json!("X")), &signed),
        ),
        (
            "jwt-jwe-crit-ignored",
            sealed(&with(&header, "crit", json!(["x"])), &signed),
        ),
        (
            "jwt-jwe-enc-has-a-default",
            sealed(&without(&header, "enc"), &signed),
        ),
        (
            "jwt-jwe-first-of-two-members-counts",
            seal(&Draft {
                header: twice,
                ..draft(&header, &signed)
            })
            .join("."),
        ),
        (
            "jwt-jwe-key-of-any-length",
            seal(&Draft {
                key: vec![5; 16],
                ..draft(&header, &signed)
            })
            .join("."),
        ),
        (
            "jwt-jwe-any-padding",
            seal(&Draft {
                sent: Sent::OaepOfSha1,
                ..draft(&with(&header, "alg", json!("RSA-OAEP")), &signed)
            })
            .join("."),
        ),
    ]
}

async fn answers(faults: &[&str], keys: &Issuer) -> Vec<(&'static str, u16)> {
    let upstream = Upstream {
        issuer: keys.origin.clone(),
        client_id: "web".to_owned(),
        client_secret: "secret".to_owned(),
        api: None,
    };
    let running = server(faults, Some(upstream)).await;
    let mut peer = Peer::new(running.origin());
    let mut seen = Vec::new();
    for (fault, token) in tokens(keys, &keys.claims(running.origin())) {
        let field = format!("Authorization: Bearer {token}");
        let answer = peer.get("/protected-resource", &[&field]).await;
        seen.push((fault, status(&answer)));
    }
    running.stop().await;
    seen
}

#[tokio::test]
async fn only_a_signed_token_in_a_whole_envelope_opens() {
    let keys = Issuer::start().await;
    for (fault, code) in answers(&[], &keys).await {
        assert_eq!(
            code,
            if fault.is_empty() { 200 } else { 401 },
            "without {fault}"
        );
    }
    let faults = tokens(&keys, &json!({})).into_iter();
    for (fault, _) in faults.filter(|(fault, _)| !fault.is_empty()) {
        let seen = answers(&[fault], &keys).await;
        let taken = seen
            .iter()
            .any(|(name, code)| *name == fault && *code == 200);
        assert!(taken, "{fault}: {seen:?}");
    }
}
