use super::*;
use crate::forge::{PublicKey, stranger, test_key};

const RSA_JWK: &str = include_str!("../../../fixtures/vectors/rfc7515-a2.jwk.json");
const EC_JWK: &str = include_str!("../../../fixtures/vectors/rfc7515-a3.jwk.json");

fn jwk(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_examples_of_the_rfcs_are_signed_alike() {
    // HMAC, PKCS#1 v1.5 and Ed25519 are deterministic, so the very octets must come out
    for (key, token) in [
        (
            include_str!("../../../fixtures/vectors/rfc7515-a1.jwk.json"),
            include_str!("../../../fixtures/vectors/rfc7515-a1.jws"),
        ),
        (
            RSA_JWK,
            include_str!("../../../fixtures/vectors/rfc7515-a2.jws"),
        ),
        (
            include_str!("../../../fixtures/vectors/rfc8037-a1.jwk.json"),
            include_str!("../../../fixtures/vectors/rfc8037-a4.jws"),
        ),
    ] {
        let (input, signature) = token.trim().rsplit_once('.').unwrap();
        let key = Key::from_jwk(&jwk(key)).unwrap();
        let ours = key.sign(key.alg().name(), input.as_bytes()).unwrap();
        assert_eq!(base64url(&ours), signature);
    }
}

#[test]
fn keys_come_back_from_their_public_jwk() {
    for text in [RSA_JWK, EC_JWK] {
        let given = jwk(text);
        let public = Key::from_jwk(&given).unwrap().public_jwk().unwrap();
        for name in ["kty", "n", "e", "crv", "x", "y"] {
            assert_eq!(public.get(name), given.get(name), "{name}");
        }
        assert!(public.get("d").is_none());
    }
}

#[test]
fn made_keys_sign_for_themselves_only() {
    for alg in [
        "HS384", "RS256", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
    ] {
        let key = generate(alg).unwrap();
        let signature = key.sign(alg, b"input").unwrap();
        match PublicKey::of(&key) {
            Some(public) => {
                assert!(public.verify(alg, b"input", &signature), "{alg}");
                assert!(!public.verify(alg, b"other", &signature), "{alg}");
            }
            None => assert_eq!(signature.len(), 48),
        }
        assert!(matches!(
            key.sign("none", b""),
            Err(ForgeError::CannotSign(_))
        ));
    }
}

#[test]
fn what_is_no_usable_key_is_refused() {
    let pem = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----");
    for text in [
        "",
        "AAAA",
        &pem("PRIVATE KEY"),
        &pem("PUBLIC KEY"),
        &pem("ENCRYPTED PRIVATE KEY"),
    ] {
        assert!(
            matches!(
                Key::from_pem(text, None, None),
                Err(ForgeError::UnusableKey(_))
            ),
            "{text}"
        );
    }
    let mut wrong = jwk(RSA_JWK);
    wrong["d"] = json!("AQAB");
    assert!(Key::from_jwk(&wrong).is_err());
    assert!(Key::from_jwk(&json!({"kty": "RSA", "n": "AA"})).is_err());
    assert!(Key::hmac(b"secret", "RS256", None).is_err());
    assert!(generate("none").is_err());
}

#[test]
fn debug_shows_no_secret() {
    let key = Key::hmac(b"hunter2hunter2", "HS256", Some("k")).unwrap();
    assert_eq!(
        format!("{key:?}"),
        r#"Key { kid: Some("k"), alg: "HS256", .. }"#
    );
}

/// The jsonwebtoken crate is the outside judge of what is signed here.
#[test]
fn jsonwebtoken_verifies_what_is_signed() {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, jwk::Jwk};
    for (alg, theirs) in [
        ("RS256", Algorithm::RS256),
        ("RS512", Algorithm::RS512),
        ("PS256", Algorithm::PS256),
        ("PS384", Algorithm::PS384),
        ("ES256", Algorithm::ES256),
        ("ES384", Algorithm::ES384),
        ("EdDSA", Algorithm::EdDSA),
    ] {
        let key = stranger(alg);
        let claims = serde_json::from_value(json!({"sub": "alice"})).unwrap();
        let token = crate::forge::mint(&Map::new(), &claims, key).unwrap();
        let jwk: Jwk = serde_json::from_value(key.public_jwk().unwrap()).unwrap();
        let mut validation = Validation::new(theirs);
        validation.required_spec_claims.clear();
        let read = decode::<Value>(&token, &DecodingKey::from_jwk(&jwk).unwrap(), &validation);
        assert_eq!(read.unwrap().claims["sub"], "alice", "{alg}");
    }
}

/// And the other way round.
#[test]
fn what_jsonwebtoken_signs_verifies_here() {
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    let pem = include_bytes!("../../../fixtures/keys/test-rsa.pem");
    let ec = include_bytes!("../../../fixtures/keys/test-p256.pem");
    for (alg, key, ours) in [
        (
            Algorithm::RS256,
            EncodingKey::from_rsa_pem(pem).unwrap(),
            "test-rsa",
        ),
        (
            Algorithm::PS512,
            EncodingKey::from_rsa_pem(pem).unwrap(),
            "test-rsa",
        ),
        (
            Algorithm::ES256,
            EncodingKey::from_ec_pem(ec).unwrap(),
            "test-p256",
        ),
    ] {
        let token = encode(&Header::new(alg), &json!({"sub": "alice"}), &key).unwrap();
        let read = crate::wire::jose::read(&token).unwrap();
        let public = PublicKey::of(test_key(ours).unwrap()).unwrap();
        let (input, signature) = (read.signing_input(), read.signature().unwrap());
        assert!(public.verify(read.alg().unwrap(), input.as_bytes(), &signature));
    }
}
