use super::*;
use crate::forge::{stranger_shared, test_key};
use crate::wire::jose;
use proptest::prelude::*;

fn object(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

fn base(key: &str) -> String {
    let claims = object(
        json!({"iss": "https://issuer.example", "sub": "alice", "aud": "api", "exp": 4_000_000_000_u64}),
    );
    mint(
        &object(json!({"typ": "at+jwt"})),
        &claims,
        test_key(key).unwrap(),
    )
    .unwrap()
}

fn verifies(token: &str, key: &str) -> bool {
    let read = jose::read(token).unwrap();
    let public = PublicKey::of(test_key(key).unwrap()).unwrap();
    let alg = read.alg().unwrap_or_default().to_owned();
    public.verify(
        &alg,
        read.signing_input().as_bytes(),
        &read.signature().unwrap(),
    )
}

#[test]
fn an_empty_recipe_changes_nothing() {
    for text in [
        base("test-rsa"),
        include_str!("../../../fixtures/vectors/rfc7515-a1.jws").to_owned(),
    ] {
        assert_eq!(forge(&text, &Recipe::default()).unwrap(), text);
    }
}

#[test]
fn changed_claims_under_the_kept_signature_are_a_forgery() {
    let base = base("test-rsa");
    let recipe = Recipe {
        claims: object(json!({"sub": "mallory", "aud": null})),
        ..Recipe::default()
    };
    let token = forge(&base, &recipe).unwrap();
    let (old, new) = (jose::read(&base).unwrap(), jose::read(&token).unwrap());
    assert_eq!(
        (&new.parts[0], &new.parts[2]),
        (&old.parts[0], &old.parts[2])
    );
    let claims = Value::Object(new.claims.unwrap()).to_string();
    assert_eq!(
        claims,
        r#"{"iss":"https://issuer.example","sub":"mallory","exp":4000000000}"#
    );
    assert!(verifies(&base, "test-rsa") && !verifies(&token, "test-rsa"));
}

#[test]
fn a_key_signs_and_names_its_algorithm_unless_the_recipe_does() {
    let trusted = || SignWith::Key(Arc::clone(test_key("test-p256").unwrap()));
    let signed = forge(
        &base("test-rsa"),
        &Recipe {
            sign_with: trusted(),
            ..Recipe::default()
        },
    )
    .unwrap();
    let read = jose::read(&signed).unwrap();
    assert_eq!((read.alg(), read.kid()), (Some("ES256"), Some("test-rsa")));
    assert!(verifies(&signed, "test-p256"));
    let lying = Recipe {
        header: object(json!({"alg": "RS256"})),
        sign_with: trusted(),
        ..Recipe::default()
    };
    let read = jose::read(&forge(&base("test-rsa"), &lying).unwrap()).unwrap();
    assert_eq!(
        (read.alg(), read.signature().unwrap().len()),
        (Some("RS256"), 64)
    );
}

#[test]
fn a_key_without_a_named_algorithm_keeps_the_tokens() {
    let base = |alg: &str| {
        let header = object(json!({"alg": alg}));
        mint(&header, &Map::new(), test_key("test-rsa").unwrap()).unwrap()
    };
    let signed = |base: &str, key: &Arc<Key>| {
        let recipe = Recipe {
            sign_with: SignWith::Key(Arc::clone(key)),
            ..Recipe::default()
        };
        let token = forge(base, &recipe).unwrap();
        jose::read(&token).unwrap().alg().unwrap().to_owned()
    };
    assert_eq!(
        signed(&base("PS384"), test_key("test-rsa").unwrap()),
        "PS384"
    );
    assert_eq!(
        signed(&base("PS384"), test_key("test-p256").unwrap()),
        "ES256"
    );
    assert_eq!(signed(&base("PS384"), stranger_shared("RS256")), "RS256");
}

/// RFC 7515 appendix A.5 is appendix A.2 without its signature.
#[test]
fn the_example_of_an_unsecured_token_comes_out() {
    let recipe = Recipe {
        mutate: vec!["alg-none".to_owned()],
        ..Recipe::default()
    };
    let made = forge(
        include_str!("../../../fixtures/vectors/rfc7515-a2.jws"),
        &recipe,
    )
    .unwrap();
    assert_eq!(
        made,
        include_str!("../../../fixtures/vectors/rfc7515-a5.jws")
    );
}

/// The attack works on a library that takes the key's text for the secret, whatever form that has.
#[test]
fn a_confused_library_takes_every_form_of_a_public_key() {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&["api"]);
    for name in ["test-rsa", "test-p256", "test-ed25519"] {
        let key = PublicKey::of(test_key(name).unwrap()).unwrap();
        for row in crate::forge::PUBLIC_KEY_FORMS {
            let Some(secret) = (row.encode)(&key) else {
                continue;
            };
            let sign_with = SignWith::PublicKeyAs {
                form: row.name.to_owned(),
                key: key.clone(),
            };
            let token = forge(
                &base(name),
                &Recipe {
                    sign_with,
                    ..Recipe::default()
                },
            )
            .unwrap();
            let confused = decode::<Value>(&token, &DecodingKey::from_secret(&secret), &validation);
            assert!(confused.is_ok(), "{} of {name}", row.name);
        }
    }
}

#[test]
fn nobody_signs() {
    let token = forge(
        &base("test-rsa"),
        &Recipe {
            sign_with: SignWith::None,
            ..Recipe::default()
        },
    )
    .unwrap();
    assert_eq!(jose::read(&token).unwrap().alg(), Some("none"));
    assert!(token.ends_with('.'));
}

#[test]
fn a_public_key_becomes_a_secret() {
    let key = PublicKey::of(test_key("test-rsa").unwrap()).unwrap();
    for (header, alg) in [(json!({}), "HS256"), (json!({"alg": "HS512"}), "HS512")] {
        let recipe = Recipe {
            header: object(header),
            sign_with: SignWith::PublicKeyAs {
                form: "spki-der".to_owned(),
                key: key.clone(),
            },
            ..Recipe::default()
        };
        let read = jose::read(&forge(&base("test-rsa"), &recipe).unwrap()).unwrap();
        let secret = Key::hmac(&key.spki().unwrap(), alg, None).unwrap();
        assert_eq!(read.alg(), Some(alg));
        assert_eq!(
            read.signature().unwrap(),
            secret.sign(alg, read.signing_input().as_bytes()).unwrap()
        );
    }
    let sign_with = SignWith::PublicKeyAs {
        form: "point-hex".to_owned(),
        key,
    };
    let recipe = Recipe {
        sign_with,
        ..Recipe::default()
    };
    assert_eq!(
        forge(&base("test-rsa"), &recipe),
        Err(ForgeError::FormNotForKey("point-hex".to_owned()))
    );
}

#[test]
fn a_repeated_claim_is_written_once_per_value_in_its_place() {
    let recipe = Recipe {
        repeat: vec![
            ("sub".to_owned(), vec![json!("alice"), json!("mallory")]),
            ("new".to_owned(), vec![json!(1)]),
        ],
        sign_with: SignWith::Key(Arc::clone(test_key("test-rsa").unwrap())),
        ..Recipe::default()
    };
    let token = forge(&base("test-rsa"), &recipe).unwrap();
    let text = String::from_utf8(jose::read(&token).unwrap().payload).unwrap();
    assert!(
        text.contains(r#""sub":"alice","sub":"mallory","aud""#),
        "{text}"
    );
    assert!(text.ends_with(r#""new":1}"#), "{text}");
    assert!(verifies(&token, "test-rsa"));
}

#[test]
fn what_cannot_be_made_is_named() {
    let unknown = Recipe {
        mutate: vec!["alg-nought".to_owned()],
        ..Recipe::default()
    };
    assert_eq!(
        forge(&base("test-rsa"), &unknown),
        Err(ForgeError::UnknownMutation("alg-nought".to_owned()))
    );
    for text in ["", "opaque", "a.b.c", "e30.W10.", "e30.e30"] {
        assert_eq!(
            forge(text, &Recipe::default()),
            Err(ForgeError::NotAToken),
            "{text}"
        );
    }
}

#[test]
fn minting_fills_in_what_the_header_lacks() {
    let key = stranger_shared("PS384");
    let token = mint(&object(json!({"typ": "JWT"})), &Map::new(), key).unwrap();
    let header = jose::read(&token).unwrap().header;
    assert_eq!(
        Value::Object(header).to_string(),
        r#"{"alg":"PS384","typ":"JWT","kid":"stranger"}"#
    );
}

proptest! {
    #[test]
    fn any_base_is_survived(text in "[a-zA-Z0-9_.-]{0,60}") {
        let _ = forge(&text, &Recipe::default());
    }

    #[test]
    fn a_patch_of_what_is_there_changes_nothing(name in "[a-c]{1,2}", value in "[a-c]{0,3}") {
        let mut target = object(json!({"a": "a", "b": {"c": "c"}}));
        let patch = object(json!({name.clone(): value}));
        merge(&mut target, &patch);
        let once = target.clone();
        merge(&mut target, &patch);
        prop_assert_eq!(&target, &once);
        prop_assert_eq!(&target[&name], &patch[&name]);
    }
}
