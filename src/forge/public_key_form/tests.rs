use super::*;
use crate::forge::test_key;
use std::collections::BTreeSet;

fn public(name: &str) -> PublicKey {
    PublicKey::of(test_key(name).unwrap()).unwrap()
}

fn written(form: &str, key: &PublicKey) -> Vec<u8> {
    (named(form).unwrap().encode)(key).unwrap()
}

/// What openssl and ssh-keygen write for the same keys; the line of Ed25519, which ssh-keygen does not import, was
/// put together by RFC 8709 section 4.
#[test]
fn other_tools_write_the_same() {
    for (name, pem, line) in [
        (
            "test-rsa",
            include_str!("../../../fixtures/vectors/test-rsa.spki.pem"),
            include_str!("../../../fixtures/vectors/test-rsa.ssh"),
        ),
        (
            "test-p256",
            include_str!("../../../fixtures/vectors/test-p256.spki.pem"),
            include_str!("../../../fixtures/vectors/test-p256.ssh"),
        ),
        (
            "test-p384",
            include_str!("../../../fixtures/vectors/test-p384.spki.pem"),
            include_str!("../../../fixtures/vectors/test-p384.ssh"),
        ),
        (
            "test-p521",
            include_str!("../../../fixtures/vectors/test-p521.spki.pem"),
            include_str!("../../../fixtures/vectors/test-p521.ssh"),
        ),
        (
            "test-ed25519",
            include_str!("../../../fixtures/vectors/test-ed25519.spki.pem"),
            include_str!("../../../fixtures/vectors/test-ed25519.ssh"),
        ),
    ] {
        let key = public(name);
        assert_eq!(written("spki-pem", &key), pem.as_bytes(), "{name}");
        assert_eq!(
            written("ssh-line", &key),
            line.trim_end().as_bytes(),
            "{name}"
        );
    }
    let pkcs1 = include_str!("../../../fixtures/vectors/test-rsa.pkcs1.pem");
    assert_eq!(written("pkcs1-pem", &public("test-rsa")), pkcs1.as_bytes());
}

#[test]
fn every_form_is_had_by_the_kinds_it_names_and_by_no_other() {
    let kinds = [
        ("rsa", public("test-rsa")),
        ("ec", public("test-p256")),
        ("okp", public("test-ed25519")),
    ];
    let names: BTreeSet<_> = PUBLIC_KEY_FORMS.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), PUBLIC_KEY_FORMS.len());
    for row in PUBLIC_KEY_FORMS
        .iter()
        .filter(|row| !row.name.starts_with("certificate"))
    {
        for (kind, key) in &kinds {
            assert_eq!(
                (row.encode)(key).is_some(),
                row.kinds.contains(kind),
                "{} of {kind}",
                row.name
            );
        }
    }
}

#[test]
fn no_two_forms_of_a_key_are_the_same_secret() {
    for name in ["test-rsa", "test-p256", "test-ed25519"] {
        let key = public(name);
        let forms: Vec<_> = PUBLIC_KEY_FORMS
            .iter()
            .filter_map(|row| (row.encode)(&key))
            .collect();
        let distinct: BTreeSet<_> = forms.iter().collect();
        // of Ed25519 the base64 fits on one line, so breaking it at 64 and 76 changes nothing
        let same = if name == "test-ed25519" { 3 } else { 0 };
        assert_eq!(distinct.len() + same, forms.len(), "{name}");
    }
}

#[test]
fn line_ends_and_blanks_differ_as_named() {
    let key = public("test-rsa");
    let pem = String::from_utf8(written("spki-pem", &key)).unwrap();
    let text = |form: &str| String::from_utf8(written(form, &key)).unwrap();
    assert_eq!(text("spki-pem-no-newline") + "\n", pem);
    assert_eq!(text("spki-pem-crlf").replace("\r\n", "\n"), pem);
    assert_eq!(text("spki-pem-one-line").lines().count(), 3);
    assert_eq!(text("spki-pem-escaped").lines().count(), 1);
    assert_eq!(text("exponent-decimal"), "65537");
    assert!(text("jwk-json-python").starts_with("{\"kty\": \"RSA\", \"n\": "));
}

#[test]
fn a_certificate_comes_from_the_published_key() {
    let mut jwk = public("test-rsa").jwk().clone();
    jwk["x5c"] = serde_json::json!(["AQID"]);
    let key = PublicKey::from_jwk(&jwk).unwrap();
    let pem = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";
    assert_eq!(written("certificate-pem", &key), pem.as_bytes());
    assert_eq!(written("certificate-der", &key), [1, 2, 3]);
    assert_eq!(
        (named("certificate-pem").unwrap().encode)(&public("test-rsa")),
        None
    );
}
