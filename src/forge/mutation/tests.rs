use super::*;
use crate::forge::{
    ForgeError, Key, PublicKey, Recipe, SignWith, forge, mint, stranger_shared, test_key,
};
use crate::wire::jose;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, jwk::Jwk};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

const KEYS: [&str; 4] = ["test-rsa", "test-p256", "test-ed25519", "test-hmac"];

fn base(key: &Key) -> String {
    let header: Map<_, _> = serde_json::from_value(json!({"typ": "at+jwt"})).unwrap();
    let claims = json!({
        "iss": "https://issuer.example", "sub": "alice", "aud": "https://api.example", "exp": 4_000_000_000_u64,
        "nbf": 1, "iat": 1, "jti": "j", "client_id": "c", "scope": "read write",
    });
    mint(&header, &serde_json::from_value(claims).unwrap(), key).unwrap()
}

fn forged(key: &Arc<Key>, row: &Mutation, signed: bool) -> Result<String, ForgeError> {
    let sign_with = if signed {
        SignWith::Key(Arc::clone(key))
    } else {
        SignWith::Keep
    };
    let mutate = vec![row.name.to_owned()];
    forge(
        &base(key),
        &Recipe {
            mutate,
            sign_with,
            ..Recipe::default()
        },
    )
}

/// A sound verifier of somebody else's: fixed algorithm, issuer, audience and expiry required.
fn accepted(token: &str, key: &Key) -> bool {
    let algorithm = match key.alg().name() {
        "RS256" => Algorithm::RS256,
        "ES256" => Algorithm::ES256,
        _ => Algorithm::EdDSA,
    };
    let mut validation = Validation::new(algorithm);
    validation.leeway = 0;
    validation.validate_nbf = true;
    validation.set_audience(&["https://api.example"]);
    validation.set_issuer(&["https://issuer.example"]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    let jwk: Jwk = serde_json::from_value(key.public_jwk().unwrap()).unwrap();
    decode::<Value>(token, &DecodingKey::from_jwk(&jwk).unwrap(), &validation).is_ok()
}

#[test]
fn names_are_unique_and_docs_are_one_line() {
    let names: BTreeSet<_> = MUTATIONS.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), MUTATIONS.len());
    for row in MUTATIONS {
        let plain = row
            .name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
        assert!(
            plain && !row.doc.is_empty() && !row.doc.contains('\n'),
            "{}",
            row.name
        );
        assert_eq!(named(row.name).unwrap().doc, row.doc);
    }
}

#[test]
fn every_row_changes_some_token_or_says_why_not() {
    let pss = stranger_shared("PS256");
    for row in MUTATIONS {
        let mut made = 0;
        for name in KEYS.into_iter().chain(["PS256"]) {
            let key = test_key(name).unwrap_or(pss);
            for signed in [true, false] {
                match forged(key, row, signed) {
                    Ok(token) => {
                        assert_ne!(token, base(key), "{} on {name}", row.name);
                        made += 1;
                    }
                    Err(ForgeError::NotApplicable { mutation, .. }) => {
                        assert_eq!(mutation, row.name)
                    }
                    Err(error) => panic!("{} on {name}: {error}", row.name),
                }
            }
        }
        assert!(made > 0, "{} applies to no token", row.name);
    }
}

/// What another library accepts though the row says that a sound verifier refuses: it ignores `crit` and
/// `b64`, and takes an issuer out of a list.
const LENIENT: [&str; 8] = [
    "crit-unknown",
    "crit-absent-member",
    "crit-empty",
    "crit-null",
    "crit-registered",
    "crit-duplicate",
    "b64-false-encoded",
    "iss-array",
];

#[test]
fn another_verifier_agrees_on_what_is_harmless() {
    let mut surprises = Vec::new();
    for name in ["test-rsa", "test-p256", "test-ed25519"] {
        let key = test_key(name).unwrap();
        assert!(accepted(&base(key), key), "the honest token of {name}");
        for row in MUTATIONS.iter().filter(|row| !row.disputed) {
            let Ok(token) = forged(key, row, true) else {
                continue;
            };
            let expected = row.harmless || LENIENT.contains(&row.name);
            if accepted(&token, key) != expected {
                surprises.push((row.name, name));
            }
        }
    }
    assert!(surprises.is_empty(), "{surprises:?}");
}

#[test]
fn a_kept_signature_fits_nothing_that_was_changed() {
    for name in ["test-rsa", "test-p256", "test-ed25519"] {
        let key = test_key(name).unwrap();
        for row in MUTATIONS
            .iter()
            .filter(|row| row.name != "signature-last-char" && !row.name.starts_with("padding"))
        {
            let Ok(token) = forged(key, row, false) else {
                continue;
            };
            // two names of the same signature: in another alphabet, or negated
            if ["standard-alphabet", "ecdsa-negated"].contains(&row.name) {
                continue;
            }
            assert!(!accepted(&token, key), "{} on {name}", row.name);
        }
    }
}

#[test]
fn rows_that_need_a_signature_keep_it_right() {
    for name in ["test-rsa", "test-p256", "test-ed25519"] {
        let key = test_key(name).unwrap();
        let public = PublicKey::of(key).unwrap();
        let before = MUTATIONS
            .iter()
            .filter(|row| row.needs_signature && row.stage == Stage::BeforeSigning);
        for row in before {
            let Ok(token) = forged(key, row, true) else {
                continue;
            };
            let (input, signature) = token.rsplit_once('.').unwrap();
            let signature = jose::unbase64url(signature).unwrap();
            let fits = |alg: &str| public.verify(alg, input.as_bytes(), &signature);
            assert!(
                ["RS256", "RS384", "PS256", "ES256", "EdDSA"]
                    .iter()
                    .any(|alg| fits(alg)),
                "{} on {name}",
                row.name
            );
        }
    }
}

#[test]
fn a_negated_signature_is_right_too() {
    for name in ["test-p256", "test-p384", "test-p521"] {
        let key = test_key(name).unwrap();
        let token = forged(key, named("ecdsa-negated").unwrap(), true).unwrap();
        let read = jose::read(&token).unwrap();
        let public = PublicKey::of(key).unwrap();
        assert!(
            public.verify(
                read.alg().unwrap(),
                read.signing_input().as_bytes(),
                &read.signature().unwrap()
            ),
            "{name}"
        );
    }
}

#[test]
fn a_key_that_the_token_brings_verifies_it() {
    for name in ["test-rsa", "test-p256"] {
        let token = forged(
            test_key(name).unwrap(),
            named("embedded-jwk").unwrap(),
            false,
        )
        .unwrap();
        let read = jose::read(&token).unwrap();
        let brought = PublicKey::from_jwk(&read.header["jwk"]).unwrap();
        assert!(brought.verify(
            read.alg().unwrap(),
            read.signing_input().as_bytes(),
            &read.signature().unwrap()
        ));
    }
}

#[test]
fn some_rows_to_the_letter() {
    let key = test_key("test-rsa").unwrap();
    let decoded = |name: &str, segment: usize| {
        let token = forged(key, named(name).unwrap(), true).unwrap();
        let segment = token.split('.').nth(segment).unwrap().to_owned();
        String::from_utf8(jose::unbase64url(&segment).unwrap()).unwrap()
    };
    assert_eq!(
        decoded("alg-nOnE", 0),
        r#"{"alg":"nOnE","typ":"at+jwt","kid":"test-rsa"}"#
    );
    assert_eq!(
        decoded("alg-none-escaped", 0),
        r#"{"alg":"\u006eone","typ":"at+jwt","kid":"test-rsa"}"#
    );
    assert_eq!(
        decoded("alg-missing", 0),
        r#"{"typ":"at+jwt","kid":"test-rsa"}"#
    );
    assert_eq!(
        decoded("duplicate-kid-first", 0),
        r#"{"alg":"RS256","typ":"at+jwt","kid":"authspec-unknown-kid","kid":"test-rsa"}"#
    );
    assert!(decoded("duplicate-sub-last", 1).contains(r#""sub":"alice","sub":"stranger""#));
    assert!(decoded("exp-string", 1).contains(r#""exp":"4000000000""#));
    assert!(decoded("iss-port", 1).contains("https://issuer.example:443\""));
    assert!(decoded("exp-float", 1).contains(r#""exp":4000000000.5"#));
    assert!(decoded("payload-escapes", 1).contains(r#""\u0073\u0075\u0062":"alice""#));
    assert!(decoded("scope-longer", 1).contains(r#""scope":"readx writex""#));
    let token = |name: &str| forged(key, named(name).unwrap(), true).unwrap();
    assert!(token("empty-signature").ends_with('.'));
    assert_eq!(token("two-parts").split('.').count(), 2);
    assert_eq!(token("jwe-shaped").split('.').count(), 5);
    assert!(
        token("b64-false")
            .split('.')
            .nth(1)
            .unwrap()
            .starts_with("{\"iss\"")
    );
    assert_eq!(token("b64-false").split('.').count(), 3);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec(("[a-z]{1,3}", inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_object(names: &'static [&'static str]) -> impl Strategy<Value = Map<String, Value>> {
    let member = (proptest::sample::select(names), any_json());
    proptest::collection::vec(member, 0..6).prop_map(|members| {
        members
            .into_iter()
            .map(|(n, v)| (n.to_owned(), v))
            .collect()
    })
}

proptest! {
    /// Foreign tokens may hold anything, and suites may combine rows at will.
    #[test]
    fn no_pair_of_rows_panics_on_any_token(
        header in any_object(&["alg", "kid", "typ", "jwk", "crit", ""]),
        claims in any_object(&["exp", "iss", "aud", "sub", "scope", "jti", ""]),
        alg in proptest::sample::select(&["RS256", "ES256", "ES512", "HS256", "EdDSA", "none"][..]),
        signature in proptest::collection::vec(any::<u8>(), 0..140),
        rows in (0..MUTATIONS.len(), 0..MUTATIONS.len()),
        signed in any::<bool>(),
    ) {
        let mut header = header;
        header.entry("alg").or_insert(json!(alg));
        let segment = |object: &Map<String, Value>| jose::base64url(Value::Object(object.clone()).to_string().as_bytes());
        let base = format!("{}.{}.{}", segment(&header), segment(&claims), jose::base64url(&signature));
        let key = Arc::clone(test_key("test-p256").unwrap());
        let recipe = Recipe {
            mutate: vec![MUTATIONS[rows.0].name.to_owned(), MUTATIONS[rows.1].name.to_owned()],
            sign_with: if signed { SignWith::Key(key) } else { SignWith::Keep },
            ..Recipe::default()
        };
        match forge(&base, &recipe) {
            Ok(_) | Err(ForgeError::NotApplicable { .. }) => {}
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}
