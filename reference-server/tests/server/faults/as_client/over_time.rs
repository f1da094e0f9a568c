//! What the provider does after the server knows it: keys come and go, tokens end.

use std::time::Duration;

use serde_json::{Value, json};

use super::Log;
use super::cases::{Case, honest, with_answer, with_header};
use super::single;
use crate::support::{body, field, status, with};
use crate::walk::{Browser, parameter};

pub(super) async fn later(log: &mut Log<'_>) {
    log.provider.script.lock().unwrap().moved = true;
    single(log, &honest("moved")).await;
    log.provider.script.lock().unwrap().moved = false;
    log.provider.script.lock().unwrap().down = true;
    single(log, &honest("down")).await;
    log.provider.script.lock().unwrap().down = false;
    keys(log).await;
    let mut browser = Browser::new(log.running.origin());
    for case in [
        with_header("refused", |header| with(&header, "alg", json!("none"))),
        with_answer("invalid request", |_| {
            "/callback?error=invalid_request".to_owned()
        }),
        honest("once more"),
    ] {
        let callback = log.begin(&mut browser, &case, "").await;
        log.finish(&mut browser, &case, &callback).await;
    }
    refreshes(log).await;
    earlier_nonce(log).await;
    by_the_browser(log).await;
}

/// Tokens that come by the browser, each with what else its form holds and what its claims say.
async fn by_the_browser(log: &mut Log<'_>) {
    let hash = "AAAAAAAAAAAAAAAAAAAAAA";
    for (asked, beside, name, value, is_strange) in [
        ("id_token", "", "x", json!(1), false),
        ("id_token", "", "x", json!(1), true),
        ("id_token", "", "nonce", json!("other"), false),
        ("code%20id_token", "&code=c", "x", json!(1), false),
        ("code%20id_token", "&code=c", "c_hash", json!(hash), false),
        (
            "id_token%20token",
            "&access_token=a",
            "at_hash",
            json!(hash),
            false,
        ),
    ] {
        let mut browser = Browser::new(log.running.origin());
        let begun = browser
            .send("GET", &format!("/login?response_type={asked}"), "")
            .await;
        log.note(asked, &begun);
        let location = field(&begun, "location").unwrap_or(super::NOWHERE);
        let issuer = &log.provider.keys;
        let mut claims = with(
            &issuer.claims(super::CLIENT),
            "iss",
            json!(log.provider.origin),
        );
        claims["nonce"] = json!(parameter(location, "nonce"));
        claims["auth_time"] = claims["iat"].clone();
        claims["exp"] = json!(claims["exp"].as_u64().unwrap() + 100_000);
        claims[name] = value;
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "rsa-1" });
        let token = if is_strange {
            issuer.strange(&header, &claims)
        } else {
            issuer.token(&header, &claims)
        };
        let state = parameter(location, "state").unwrap_or_default();
        let iss = crate::walk::encoded(&log.provider.origin);
        let form = format!("id_token={token}&state={state}&iss={iss}{beside}");
        let done = browser.send("POST", "/callback", &form).await;
        log.note("posted", &done);
        let me = browser.send("GET", "/me", "").await;
        log.note("me", &format!("{} {}", status(&me), body(&me)["sub"]));
        let heard = std::mem::take(&mut log.provider.script.lock().unwrap().heard);
        log.note("heard", &heard.len().to_string());
    }
}

/// Key sets as they follow one another, each with a token under its newest key.
async fn keys(log: &mut Log<'_>) {
    let set = log.provider.keys.key_set();
    let key = |kid: &str| with(&set["keys"][0], "kid", json!(kid));
    let of = |keys: Vec<Value>| Some(json!({ "keys": keys }));
    let odd = json!({ "kty": "odd" });
    let steps: [(Option<Value>, u64, Case); 6] = [
        (of(vec![key("k-1")]), 4, named("new key", "k-1")),
        (of(vec![key("k-2"), odd]), 4, named("odd key", "k-2")),
        (
            of(vec![with(&key("k-3"), "use", json!("enc"))]),
            4,
            named("key for encryption", "k-3"),
        ),
        (Some(Value::Null), 4, named("outage", "k-4")),
        (of(vec![key("k-5")]), 4, named("newer key", "k-5")),
        (of(vec![key("k-6")]), 400, named("withdrawn key", "k-5")),
    ];
    for (keys, after, case) in steps {
        log.provider.script.lock().unwrap().keys = keys;
        log.running.clock().advance(Duration::from_secs(after));
        single(log, &case).await;
    }
    let strange = with(&log.provider.keys.strange_jwk, "kid", json!("rsa-1"));
    log.provider.script.lock().unwrap().keys = of(vec![strange]);
    single(log, &behind_an_address()).await;
    log.provider.script.lock().unwrap().keys = None;
    log.running.clock().advance(Duration::from_secs(400));
    single(log, &honest("old key")).await;
}

fn named(name: &'static str, kid: &'static str) -> Case {
    Case {
        kid: Some(kid),
        ..honest(name)
    }
}

/// Signed by a stranger, whose keys an address in the header gives.
fn behind_an_address() -> Case {
    Case {
        tokens: |tokens, keys, claims| {
            let jku = format!("{}/jku", claims["iss"].as_str().unwrap());
            let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "rsa-1", "jku": jku });
            with(&tokens, "id_token", json!(keys.strange(&header, claims)))
        },
        ..honest("behind an address")
    }
}

/// Sessions whose access token ends, and what the provider answers then.
async fn refreshes(log: &mut Log<'_>) {
    let mut browser = Browser::new(log.running.origin());
    let case = honest("to be refreshed");
    let callback = log.begin(&mut browser, &case, "").await;
    log.finish(&mut browser, &case, &callback).await;
    let issuer = &log.provider.keys;
    let mut claims = with(
        &issuer.claims(super::CLIENT),
        "iss",
        json!(log.provider.origin),
    );
    claims["auth_time"] = claims["iat"].clone();
    claims["exp"] = json!(claims["exp"].as_u64().unwrap() + 100_000);
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "rsa-1" });
    let token = |claims: &Value| issuer.token(&header, claims);
    let answer = |refresh_token: &str, id_token: String| {
        json!({
            "access_token": "newer", "token_type": "Bearer", "expires_in": 60,
            "refresh_token": refresh_token, "id_token": id_token,
        })
    };
    let other = with(&claims, "sub", json!("user-1002"));
    for (what, said) in [
        ("second", answer("second", token(&claims))),
        ("third", answer("third", token(&claims))),
        ("unavailable", json!(503)),
        ("somebody else", answer("fourth", token(&other))),
    ] {
        refreshed(log, &mut browser, what, said).await;
    }
    let callback = log.begin(&mut browser, &case, "").await;
    log.finish(&mut browser, &case, &callback).await;
    refreshed(log, &mut browser, "refused", json!(400)).await;
}

async fn refreshed(log: &mut Log<'_>, browser: &mut Browser, what: &str, said: Value) {
    log.provider.script.lock().unwrap().tokens = said;
    log.running.clock().advance(Duration::from_secs(61));
    let me = browser.send("GET", "/me", "").await;
    log.note(what, &format!("{} {}", status(&me), body(&me)["sub"]));
    let heard = std::mem::take(&mut log.provider.script.lock().unwrap().heard);
    log.note("heard", &heard.join("\n"));
}

/// A login that gets the ID token of an earlier one.
async fn earlier_nonce(log: &mut Log<'_>) {
    let mut browser = Browser::new(log.running.origin());
    let case = honest("earlier");
    let callback = log.begin(&mut browser, &case, "").await;
    let tokens = log.provider.script.lock().unwrap().tokens.clone();
    log.finish(&mut browser, &case, &callback).await;
    let mut other = Browser::new(log.running.origin());
    let case = honest("later");
    let callback = log.begin(&mut other, &case, "").await;
    log.provider.script.lock().unwrap().tokens = tokens;
    log.finish(&mut other, &case, &callback).await;
}
