use super::*;
use crate::forge::test_key;
use crate::wire::jose;
use serde_json::json;

#[test]
fn the_examples_of_rfc_7515_appendix_a_3_and_a_4_verify() {
    for (alg, jwk, token) in [
        (
            "ES256",
            include_str!("../../../fixtures/vectors/rfc7515-a3.jwk.json"),
            include_str!("../../../fixtures/vectors/rfc7515-a3.jws"),
        ),
        (
            "ES512",
            include_str!("../../../fixtures/vectors/rfc7515-a4.jwk.json"),
            include_str!("../../../fixtures/vectors/rfc7515-a4.jws"),
        ),
    ] {
        let key = PublicKey::from_jwk(&serde_json::from_str(jwk).unwrap()).unwrap();
        let token = jose::read(token).unwrap();
        let (input, signature) = (token.signing_input(), token.signature().unwrap());
        assert!(key.jwk().get("d").is_none());
        assert!(key.verify(alg, input.as_bytes(), &signature));
        assert!(!key.verify("ES384", input.as_bytes(), &signature));
        assert!(!key.verify(alg, b"other", &signature));
    }
}

#[test]
fn what_does_not_hold_together_is_refused() {
    let good = test_key("test-p256").unwrap().public_jwk().unwrap();
    let mut off_curve = good.clone();
    off_curve["y"] = good["x"].clone();
    let mut other_curve = good.clone();
    other_curve["crv"] = json!("P-384");
    let rsa = test_key("test-rsa").unwrap().public_jwk().unwrap();
    let mut even = rsa.clone();
    even["e"] = json!("AQAA");
    let mut huge = rsa.clone();
    huge["e"] = json!("AQAAAAAB");
    let mut small = rsa.clone();
    small["n"] = json!(jose::base64url(&[0xc3; 128]));
    let mut big = rsa;
    big["n"] = json!(jose::base64url(&[0xc3; 1025]));
    for jwk in [
        off_curve,
        other_curve,
        even,
        huge,
        small,
        big,
        json!({"kty": "oct", "k": "AA"}),
        json!(null),
    ] {
        assert!(
            matches!(PublicKey::from_jwk(&jwk), Err(ForgeError::UnusableKey(_))),
            "{jwk}"
        );
    }
}
