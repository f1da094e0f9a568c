//! Scripts as text: what is read, what is refused, and how they follow one another.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Plan, Script};

fn read(value: Value) -> Script {
    Script::from_value(&value).unwrap()
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_the_nearest_name() {
    for (value, path, nearest) in [
        (
            json!({"authorize": {}}),
            "/authorize",
            Some("authorization"),
        ),
        (json!({"idtoken": {}}), "/idtoken", Some("id-token")),
        (json!({"key_set": {}}), "/key_set", Some("key-set")),
        (
            json!({"token": {"satus": 500}}),
            "/token/satus",
            Some("status"),
        ),
        (
            json!({"token": [{}, {"jsn": {}}]}),
            "/token/1/jsn",
            Some("json"),
        ),
        (
            json!({"metadata": {"sttus": 500}}),
            "/metadata/sttus",
            Some("status"),
        ),
        (
            json!({"userinfo": {"claim": {}}}),
            "/userinfo/claim",
            Some("claims"),
        ),
        (
            json!({"id-token": {"sign_with": "none"}}),
            "/id-token/sign_with",
            Some("sign-with"),
        ),
        (
            json!({"id-token": {"sign-with": "stanger"}}),
            "/id-token/sign-with",
            Some("stranger"),
        ),
        (
            json!({"id-token": {"sign-with": {"public-key-as": "spki-pm"}}}),
            "/id-token/sign-with/public-key-as",
            Some("spki-pem"),
        ),
        (
            json!({"id-token": {"mutate": ["alg-nne"]}}),
            "/id-token/mutate",
            Some("alg-none"),
        ),
        (json!({"token": "honst"}), "/token", Some("honest")),
        (json!({"code": "reuseable"}), "/code", Some("reusable")),
        (json!({"keys": {"adds": []}}), "/keys/adds", Some("add")),
        (
            json!({"authorization": {"response-mode": "frag"}}),
            "/authorization/response-mode",
            Some("fragment"),
        ),
        (json!({"token": {"status": 99}}), "/token/status", None),
        (json!({"token": {"status": "500"}}), "/token/status", None),
        (json!({"token": {"silence": "20"}}), "/token/silence", None),
        (json!({"token": {"silence": "99h"}}), "/token/silence", None),
        (
            json!({"token": {"silence": "99999999999999999999s"}}),
            "/token/silence",
            None,
        ),
        (
            json!({"keys": {"decoys": ["unknown-ktx"]}}),
            "/keys/decoys/0",
            Some("unknown-kty"),
        ),
        (json!({"token": {"pad": 99999999}}), "/token/pad", None),
        (
            json!({"token": {"json": {}, "body": ""}}),
            "/token/body",
            None,
        ),
        (
            json!({"token": {"close": "before-head", "silence": "1s"}}),
            "/token/silence",
            None,
        ),
        (
            json!({"token": {"header": {"a b": "c"}}}),
            "/token/header/a b",
            None,
        ),
        (
            json!({"token": {"header": {"a": "c\r\nd: e"}}}),
            "/token/header/a",
            None,
        ),
        (
            json!({"token": {"location": "a\nb"}}),
            "/token/location",
            None,
        ),
        (json!({"token": 5}), "/token", None),
        (json!({"keys": [{}]}), "/keys", None),
        (
            json!({"keys": {"add": {"kty": "OKP", "d": "x"}}}),
            "/keys/add",
            None,
        ),
        (
            json!({"keys": {"add": [{"kid": "x"}]}}),
            "/keys/add/0",
            None,
        ),
        (json!([]), "", None),
    ] {
        let error = Script::from_value(&value).unwrap_err();
        assert_eq!(
            (error.path.as_str(), error.nearest.as_deref()),
            (path, nearest),
            "{value}: {error}"
        );
    }
}

#[test]
fn references_fit_everywhere_while_checked_and_nowhere_when_played() {
    for value in [
        json!("${each.provider}"),
        json!({"token": "${each.answer}"}),
        json!({"token": ["${each.answer}", {"status": "${each.status}"}]}),
        json!({"id-token": {"claims": "${each.claims}", "mutate": ["${each.mutation}"]}}),
        json!({"id-token": {"sign-with": {"public-key-as": "${each.form}"}}}),
        json!({"keys": {"add": "${fresh.key}", "remove": ["${fresh.key}"]}}),
    ] {
        Script::check(&value).unwrap();
    }
    assert!(Script::check(&json!({"tokn": "${each.answer}"})).is_err());
    assert!(Script::from_value(&json!({"token": "${each.answer}"})).is_err());
}

#[test]
fn a_later_script_takes_the_place_key_by_key() {
    let mut script = read(json!({"token": {"status": 500}, "code": "reusable"}));
    assert!(!script.is_honest());
    script.merge(read(json!({"userinfo": {"status": 500}})));
    script.merge(read(json!({"token": {"json": {}}})));
    assert_eq!(
        script,
        read(json!({"token": {"json": {}}, "userinfo": {"status": 500}, "code": "reusable"}))
    );
    script.merge(read(json!({"token": "honest", "code": "single-use"})));
    assert!(!script.is_honest());
    script.merge(read(json!("honest")));
    assert!(script.is_honest());
    assert!(Script::default().is_honest());
}

#[test]
fn keys_add_up() {
    let key = |kid: &str| json!({"kty": "OKP", "kid": kid});
    let mut script = read(json!({"keys": {"add": key("a")}}));
    script.merge(read(json!({"keys": {"add": [key("b")]}})));
    script.merge(read(json!({"keys": {"remove": key("a")}})));
    let Some(Plan::Always(keys)) = &script.keys else {
        panic!("keys are always in force");
    };
    let kids: Vec<_> = keys
        .add
        .iter()
        .map(|key| key["kid"].as_str().unwrap())
        .collect();
    assert_eq!(
        (kids, keys.remove.clone()),
        (vec!["b"], vec!["a".to_owned()])
    );
    script.merge(read(json!({"keys": {"add": key("a")}})));
    let Some(Plan::Always(keys)) = &script.keys else {
        panic!("keys are always in force");
    };
    assert!(keys.remove.is_empty());
    script.merge(read(json!({"keys": "honest"})));
    assert!(script.is_honest());
}

#[test]
fn a_script_shows_no_secret() {
    let script = read(json!({"id-token": {"sign-with": {"text": "hunter2-hunter2"}}}));
    assert!(!format!("{script:?}").contains("hunter2"));
}

/// A few names that mean something, so that values are often nearly scripts.
fn nearly() -> impl Strategy<Value = Value> {
    let name = || {
        let fields = Script::keys()
            .iter()
            .flat_map(|(key, _)| Script::fields(key));
        let names: Vec<&str> = Script::keys()
            .iter()
            .copied()
            .chain(fields)
            .map(|(name, _)| name)
            .collect();
        proptest::sample::select(names).prop_map(str::to_owned)
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(json!(500)),
        "[0-9]{1,25}(ms|s|m|h)|honest|\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_is_read_or_refused(value in nearly()) {
        let checked = Script::check(&value);
        match Script::from_value(&value) {
            Ok(script) => {
                prop_assert!(checked.is_ok());
                let mut twice = script.clone();
                twice.merge(Script::default());
                prop_assert_eq!(twice, script);
            }
            Err(error) => prop_assert!(value.pointer(&error.path).is_some(), "{}", error),
        }
    }
}
