use serde_json::json;

use super::*;
use crate::matcher::kind;
use crate::model::{Answer, Header, Moment, Origin, Request, Response};

fn exchange(hop: Hop, target: &str, fields: &[(&str, &str)], body: &str) -> Exchange {
    let origin = Origin {
        scheme: "http".to_owned(),
        host: "api.example".to_owned(),
        port: 80,
    };
    let headers = fields
        .iter()
        .map(|(name, value)| Header::new(*name, *value));
    Exchange {
        seq: 0,
        hop,
        actor: String::new(),
        step: 0,
        request: Request::new("GET", origin, target),
        answer: Answer::Response(Response::new(200, headers.collect(), body)),
        at: Moment::default(),
        took: std::time::Duration::ZERO,
    }
}

fn needs(word: &str, wanted: Value, one: Exchange, lost: TakenOf) -> bool {
    let taken: Taken = [(0, lost)].into_iter().collect();
    let seen = Seen {
        exchanges: vec![one.clone()].into(),
        all: vec![one].into(),
        ..Seen::default()
    };
    let kind = kind(word).unwrap_or_else(|| panic!("no kind is called {word}"));
    taken.needed(kind, &wanted, &seen).is_some()
}

#[test]
fn an_expectation_needs_what_it_looks_at_and_nothing_else() {
    let answer = || {
        let fields = [
            ("WWW-Authenticate", "Basic"),
            ("Set-Cookie", "sid=«cookie sid»"),
        ];
        let body = r#"{"access_token":"«access_token»","token_type":"Bearer"}"#;
        exchange(Hop::HarnessToTarget, "/token", &fields, body)
    };
    let lost = || TakenOf {
        request_fields: vec!["authorization".to_owned()],
        fields: vec!["set-cookie".to_owned()],
        content: true,
        same_json: true,
        ..TakenOf::default()
    };
    for (word, wanted, needed) in [
        ("outcome", json!("refused"), false),
        ("status", json!(401), false),
        ("header", json!({ "www-authenticate": "present" }), false),
        ("header", json!({ "Set-Cookie": "present" }), true),
        (
            "header",
            json!({ "each": { "set-cookie": "absent" } }),
            true,
        ),
        ("challenge", json!({ "scheme": "basic" }), false),
        ("cookie", json!({ "secrets": { "secure": true } }), true),
        ("json", json!({ "/token_type": "Bearer" }), false),
        ("json", json!({ "/access_token": "present" }), false),
        ("json", json!({ "/access_token": { "at-least": 20 } }), true),
        ("json", json!({ "/error": "absent" }), false),
        ("token-response", json!({ "token_type": "Bearer" }), false),
        ("body", json!({ "contains": "x" }), true),
        ("no-echo", json!("credential"), true),
        ("page", json!("shown"), false),
        ("page", json!("none"), true),
        ("same-as", json!({ "step": "a", "in": ["status"] }), false),
        (
            "same-as",
            json!({ "step": "a", "in": ["status", "body"] }),
            true,
        ),
        // what it compares with was itself taken
        ("status", json!("«code»"), true),
    ] {
        assert_eq!(
            needs(word, wanted.clone(), answer(), lost()),
            needed,
            "{word} {wanted}"
        );
    }
    let other = TakenOf {
        content: true,
        ..TakenOf::default()
    };
    let wanted = json!({ "/token_type": "Bearer" });
    assert!(
        needs("json", wanted, answer(), other),
        "its form may have changed"
    );
}

#[test]
fn of_a_request_only_what_is_asked_for_is_needed() {
    let call = || {
        let target = "/authorize?client_id=app&state=%C2%ABstate%C2%BB&code=«code»";
        exchange(Hop::TargetToProvider, target, &[], "")
    };
    let lost = |same_query| TakenOf {
        query: true,
        same_query,
        request_fields: vec!["authorization".to_owned()],
        ..TakenOf::default()
    };
    for (wanted, same, needed) in [
        (
            json!({ "at": "token", "query": { "client_id": "app" } }),
            true,
            false,
        ),
        (
            json!({ "at": "token", "query": { "client_id": "app" } }),
            false,
            true,
        ),
        (
            json!({ "at": "token", "query": { "code": "x" } }),
            true,
            true,
        ),
        (
            json!({ "at": "token", "header": { "accept": "present" } }),
            true,
            false,
        ),
        (
            json!({ "at": "token", "header": { "Authorization": "present" } }),
            true,
            true,
        ),
        (json!({ "at": "token", "basic": "form" }), true, true),
    ] {
        assert_eq!(
            needs("request", wanted.clone(), call(), lost(same)),
            needed,
            "{wanted}"
        );
    }
    assert!(!needs("called", json!({ "token": 1 }), call(), lost(false)));
    let path = TakenOf {
        path: true,
        ..TakenOf::default()
    };
    assert!(needs("called", json!({ "token": 1 }), call(), path));
}

#[test]
fn a_kind_that_nobody_spoke_of_needs_everything() {
    for word in ["jwt", "never-sent", "verifiers", "unguessable", "proofs"] {
        let one = exchange(Hop::HarnessToTarget, "/", &[], "");
        let lost = TakenOf {
            request_content: true,
            ..TakenOf::default()
        };
        assert!(needs(word, json!({}), one, lost), "{word}");
    }
}

/// What a request said in its address or as JSON, and which certificate it showed, is asked for by other words than the
/// names of parameters.
#[test]
fn a_request_is_asked_for_more_than_parameters() {
    let one = || {
        let target = "/authorize?request=%C2%ABrequest%C2%BB&client_id=app";
        let mut one = exchange(Hop::BrowserToProvider, target, &[], "");
        one.request.body =
            br#"{"redirect_uris":["https://x/?a=b"],"token":"\u00abtoken\u00bb"}"#.to_vec();
        one
    };
    let lost = || TakenOf {
        query: true,
        same_query: true,
        request_content: true,
        same_form: true,
        ..TakenOf::default()
    };
    for (wanted, needed) in [
        (
            json!({ "at": "authorize", "query": { "client_id": "app" } }),
            false,
        ),
        (
            json!({ "at": "authorize", "query": { "request": "present" } }),
            true,
        ),
        (
            json!({ "at": "authorize", "address": { "request": { "matches": "eyJ.*" } } }),
            true,
        ),
        (
            json!({ "at": "authorize", "json": { "token": "present" } }),
            true,
        ),
        (
            json!({ "at": "authorize", "certificate": "of-the-token-request" }),
            true,
        ),
    ] {
        assert_eq!(
            needs("request", wanted.clone(), one(), lost()),
            needed,
            "{wanted}"
        );
    }
}
