//! Every word of a script changes an answer, and is known to have done so; what can't be changed is known too.

mod table;

use super::*;
use crate::provider::Use;
use table::table;

pub(super) fn scripts() -> Vec<Value> {
    table().into_iter().map(|(_, script, _)| script).collect()
}

#[test]
fn every_word_bites() {
    for (on, script, holds) in table() {
        let (honest, _) = on.see(json!({}));
        assert!(!holds(&honest), "{script} is no change");
        let (reply, uses) = on.see(script.clone());
        assert!(holds(&reply), "{script}");
        let [only] = uses.as_slice() else {
            panic!("{script}: {uses:?}");
        };
        assert_eq!((only.fetched, only.bitten), (1, 1), "{script}");
    }
}

/// So that a new key or field can't be forgotten here.
#[test]
fn every_key_and_field_is_in_the_table() {
    let tried: Vec<String> = scripts().iter().map(Value::to_string).collect();
    for (key, _) in Script::keys() {
        let mine = |text: &&String| text.starts_with(&format!("{{\"{key}\":"));
        let by_word = Script::fields(key).is_empty();
        assert!(by_word || tried.iter().any(|text| mine(&text)), "{key}");
        for (field, _) in Script::fields(key) {
            let written = format!("\"{field}\":");
            assert!(
                tried.iter().any(|text| text.contains(&written)),
                "{key}: {field}"
            );
        }
    }
}

#[test]
fn a_list_is_for_the_first_calls_and_costs_no_code() {
    let mut bench =
        Bench::new().script(json!({"token": [{"status": 500}, "honest", {"status": 503}]}));
    let code = bench.code();
    assert_eq!(bench.exchange(&code, &[]).status, 500);
    assert_eq!(bench.exchange(&code, &[]).status, 200);
    assert_eq!(bench.exchange(&code, &[]).status, 503);
    assert_eq!(bench.exchange(&code, &[]).status, 400);
    let verifiers = &bench.provider.facts().codes[0].verifiers;
    assert_eq!(verifiers.iter().filter(|one| one.matched).count(), 4);
}

#[test]
fn words_that_stand_alone() {
    let mut bench = Bench::new().script(json!({"code": "reusable", "opaque": "known"}));
    let code = bench.code();
    assert_eq!(bench.exchange(&code, &[]).status, 200);
    let idle: Vec<_> = bench.provider.uses().iter().map(|one| one.bitten).collect();
    assert_eq!(idle, [0, 0]);
    assert_eq!(bench.exchange(&code, &[]).status, 200);
    let said = json_of(&bench.introspect("made-up"));
    assert_eq!(
        (&said["active"], &said["sub"]),
        (&json!(true), &json!("u-1"))
    );
    assert_eq!(
        (&said["aud"], &said["tenant"]),
        (&json!("https://api.example"), &json!("t1"))
    );
    assert!(bench.provider.take_idle().is_empty());
}

#[test]
fn what_was_not_fetched_or_could_not_be_twisted_is_idle() {
    let idle = |script: Value, changes: &[(&str, Option<&str>)]| {
        let mut bench = Bench::new().script(script);
        let back = bench.authorize(changes, "alice");
        if let Some(code) = param(&back, "code") {
            bench.exchange(&code, &[]);
        }
        let idle = bench.provider.take_idle();
        idle.into_iter()
            .map(|one| (one.key, one.fetched))
            .collect::<Vec<_>>()
    };
    let nonce = json!({"id-token": {"claims": {"nonce": "other"}}});
    assert_eq!(idle(nonce.clone(), &[]), []);
    assert_eq!(idle(nonce.clone(), &[("nonce", None)]), [("id-token", 1)]);
    assert_eq!(
        idle(nonce, &[("scope", Some("profile"))]),
        [("id-token", 0)]
    );
    let state = json!({"authorization": {"query": {"state": "other"}}});
    assert_eq!(idle(state.clone(), &[]), []);
    assert_eq!(idle(state, &[("state", None)]), [("authorization", 1)]);
    let same = json!({"id-token": {"claims": {"iss": ISSUER}}});
    assert_eq!(idle(same, &[]), [("id-token", 1)]);
    assert_eq!(
        idle(json!({"userinfo": {"status": 500}, "token": "honest"}), &[]),
        [("userinfo", 0)]
    );
}

#[test]
fn uses_are_counted_from_the_last_time_they_were_taken() {
    let mut bench = Bench::new().script(json!({"metadata": {"issuer": "https://other.example"}}));
    bench.get("/.well-known/openid-configuration");
    assert!(bench.provider.take_idle().is_empty());
    let idle = bench.provider.take_idle();
    assert_eq!((idle[0].key, idle[0].fetched), ("metadata", 0));
}

/// What is patched is an answer that says yes; a refusal stays as it is.
#[test]
fn a_refusal_is_not_patched() {
    let mut bench =
        Bench::new().script(json!({"token": {"merge": {"error": null, "access_token": "x"}}}));
    let refused = json_of(&bench.exchange("made-up", &[]));
    assert_eq!(
        (&refused["error"], refused.get("access_token")),
        (&json!("invalid_grant"), None)
    );
    assert_eq!(bench.provider.take_idle().len(), 1);
}
