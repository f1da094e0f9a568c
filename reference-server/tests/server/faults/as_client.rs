//! As a browser and a provider see the client.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use authspec_reference_server::{Running, Upstream};
use axum::extract::{Request, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::as_issuer::plain;
use crate::support::{Issuer, body, field, status, with, without};
use crate::walk::{Browser, parameter, server};

const CLIENT: &str = "odd client:7%";
const SECRET: &str = "odd+secret 100%";

/// What the provider says and what it heard.
#[derive(Default)]
struct Script {
    tokens: Value,
    user: Value,
    heard: Vec<String>,
}

/// A provider that says what it is told to say.
struct Provider {
    origin: String,
    script: Arc<Mutex<Script>>,
    keys: Issuer,
}

impl Provider {
    async fn start() -> Self {
        let keys = Issuer::start().await;
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let metadata = json!({
            "issuer": origin,
            "authorization_endpoint": format!("{origin}/authorize"),
            "token_endpoint": format!("{origin}/token"),
            "userinfo_endpoint": format!("{origin}/userinfo"),
            "jwks_uri": format!("{origin}/keys"),
            "authorization_response_iss_parameter_supported": true,
        });
        let set = keys.key_set();
        let script = Arc::new(Mutex::new(Script::default()));
        let app = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(move || async { Json(metadata) }),
            )
            .route("/keys", get(move || async { Json(set) }))
            .route("/token", post(redeemed))
            .route("/userinfo", get(described))
            .with_state(Arc::clone(&script));
        tokio::spawn(async { axum::serve(listener, app).await });
        Self {
            origin,
            script,
            keys,
        }
    }
}

async fn redeemed(State(script): State<Arc<Mutex<Script>>>, request: Request) -> Json<Value> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 10_000).await.unwrap();
    let authorization = parts
        .headers
        .get("authorization")
        .map(|value| value.to_str().unwrap());
    let mut script = script.lock().unwrap();
    let text = format!(
        "{:?} {} {}",
        authorization,
        parts.uri,
        String::from_utf8_lossy(&body)
    );
    script.heard.push(text);
    Json(script.tokens.clone())
}

async fn described(State(script): State<Arc<Mutex<Script>>>) -> Json<Value> {
    Json(script.lock().unwrap().user.clone())
}

/// A login whose provider does one thing differently.
struct Case {
    name: &'static str,
    header: fn(Value) -> Value,
    claims: fn(Value) -> Value,
    tokens: fn(Value, &Issuer, &Value) -> Value,
    user: Value,
    answer: fn(String) -> String,
}

fn honest(name: &'static str) -> Case {
    Case {
        name,
        header: |header| header,
        claims: |claims| claims,
        tokens: |tokens, _, _| tokens,
        user: json!({ "sub": "user-1001", "name": "alice" }),
        answer: |answer| answer,
    }
}

fn with_claims(name: &'static str, claims: fn(Value) -> Value) -> Case {
    Case {
        claims,
        ..honest(name)
    }
}

fn with_header(name: &'static str, header: fn(Value) -> Value) -> Case {
    Case {
        header,
        ..honest(name)
    }
}

fn with_answer(name: &'static str, answer: fn(String) -> String) -> Case {
    Case {
        answer,
        ..honest(name)
    }
}

fn with_id_token(name: &'static str, tokens: fn(Value, &Issuer, &Value) -> Value) -> Case {
    Case {
        tokens,
        ..honest(name)
    }
}

fn unsigned(claims: &Value) -> String {
    let part = |value: &Value| crate::support::b64url(value.to_string());
    format!("{}.{}.", part(&json!({ "alg": "none" })), part(claims))
}

fn cases() -> Vec<Case> {
    vec![
        honest("honest"),
        with_answer("no state", |answer| answer.replace("state=", "x=")),
        with_answer("error too", |answer| {
            format!("{answer}&error=access_denied")
        }),
        with_answer("text", |_| {
            "/callback?error=x&error_description=%3Cb%3E".to_owned()
        }),
        with_answer("iss", |answer| answer.replace("iss=", "iss=x")),
        with_answer("no iss", |answer| answer.replace("iss=", "x=")),
        with_answer("iss slash", |answer| format!("{answer}%2F")),
        with_id_token("type", |tokens, _, _| {
            with(&tokens, "token_type", json!("DPoP"))
        }),
        with_id_token("lower type", |tokens, _, _| {
            with(&tokens, "token_type", json!("bearer"))
        }),
        with_id_token("none", |tokens, _, claims| {
            with(&tokens, "id_token", json!(unsigned(claims)))
        }),
        with_id_token("cut", |tokens, _, _| {
            let text = tokens["id_token"]
                .as_str()
                .unwrap()
                .rsplit_once('.')
                .unwrap()
                .0;
            with(&tokens, "id_token", json!(format!("{text}.AAAA")))
        }),
        with_id_token("ES256", |tokens, keys, claims| {
            let (input, signature) = keys.es256_as("JWT", claims);
            with(
                &tokens,
                "id_token",
                json!(format!("{input}.{}", crate::support::b64url(signature))),
            )
        }),
        with_id_token("embedded", |tokens, keys, claims| {
            let header = json!({ "alg": "RS256", "jwk": keys.strange_jwk });
            with(&tokens, "id_token", json!(keys.strange(&header, claims)))
        }),
        with_header("typ", |header| with(&header, "typ", json!("at+jwt"))),
        with_header("kid", |header| with(&header, "kid", json!("rsa-9"))),
        with_claims("other iss", |claims| {
            with(&claims, "iss", json!("https://other.example"))
        }),
        with_claims("other aud", |claims| with(&claims, "aud", json!("other"))),
        with_claims("more aud", |claims| {
            with(&claims, "aud", json!([CLIENT, "other"]))
        }),
        with_claims("azp", |claims| with(&claims, "azp", json!("other"))),
        with_claims("exp", |claims| with(&claims, "exp", json!(1_000_000))),
        with_claims("nbf", |claims| {
            with(&claims, "nbf", json!(99_999_999_999_u64))
        }),
        with_claims("iat", |claims| without(&claims, "iat")),
        Case {
            user: json!({ "sub": "" }),
            ..with_claims("sub", |claims| with(&claims, "sub", json!("")))
        },
        with_claims("nonce", |claims| with(&claims, "nonce", json!("x"))),
        with_claims("no nonce", |claims| without(&claims, "nonce")),
        with_claims("at_hash", |claims| {
            with(&claims, "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"))
        }),
        Case {
            user: json!({ "sub": "user-1002", "name": "mallory" }),
            ..honest("other user")
        },
    ]
}

/// One browser in front of one server, and what both it and the provider saw.
struct Log<'a> {
    provider: &'a Provider,
    running: Running,
    seen: String,
}

impl Log<'_> {
    fn note(&mut self, what: &str, text: &str) {
        let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let text: String = text.split_inclusive(|c| !is_word(c)).map(plain).collect();
        let port = self.running.address().port();
        let text = text
            .replace(&format!("127.0.0.1:{port}"), "HOST")
            .replace(&format!("127.0.0.1%3A{port}"), "HOST");
        self.seen.push_str(&format!("== {what}\n{text}\n"));
    }

    /// Begins a login; what the provider would answer.
    async fn begin(&mut self, browser: &mut Browser, case: &Case, query: &str) -> String {
        let begun = browser.send("GET", &format!("/login{query}"), "").await;
        self.note(&format!("{} begun", case.name), &begun);
        let location = field(&begun, "location").unwrap().to_owned();
        let state = parameter(&location, "state").unwrap_or_default();
        let issuer = &self.provider.keys;
        let claims = json!({
            "iss": self.provider.origin, "sub": "user-1001", "aud": CLIENT, "name": "alice",
            "iat": issuer.claims("")["iat"], "exp": issuer.claims("")["exp"],
            "nonce": parameter(&location, "nonce"),
        });
        let claims = (case.claims)(claims);
        let header = (case.header)(json!({ "alg": "RS256", "typ": "JWT", "kid": "rsa-1" }));
        let tokens = json!({
            "access_token": "access", "token_type": "Bearer", "expires_in": 60,
            "id_token": issuer.token(&header, &claims),
        });
        let mut script = self.provider.script.lock().unwrap();
        script.tokens = (case.tokens)(tokens, issuer, &claims);
        script.user = case.user.clone();
        drop(script);
        let encoded = crate::walk::encoded(&self.provider.origin);
        (case.answer)(format!(
            "/callback?code=some-code&state={state}&iss={encoded}"
        ))
    }

    async fn finish(&mut self, browser: &mut Browser, case: &Case, callback: &str) {
        let before = browser.cookies.clone();
        let done = browser.send("GET", callback, "").await;
        self.note(&format!("{} done", case.name), &done);
        let renewed = before != browser.cookies;
        self.note("renewed", &renewed.to_string());
        let me = browser.send("GET", "/me", "").await;
        self.note("me", &format!("{} {}", status(&me), body(&me)["sub"]));
        let heard = std::mem::take(&mut self.provider.script.lock().unwrap().heard);
        self.note("heard", &heard.join("\n"));
    }
}

async fn single(log: &mut Log<'_>, case: &Case) {
    let mut browser = Browser::new(log.running.origin());
    let callback = log.begin(&mut browser, case, "").await;
    log.finish(&mut browser, case, &callback).await;
}

/// What takes more than one login or browser.
async fn entangled(log: &mut Log<'_>) {
    let origin = log.running.origin().to_owned();
    let (mut own, mut stranger) = (Browser::new(&origin), Browser::new(&origin));
    let callback = log
        .begin(&mut own, &honest("own"), "?next=https://evil.example/")
        .await;
    log.finish(&mut stranger, &honest("stranger"), &callback)
        .await;
    log.finish(&mut own, &honest("own"), &callback).await;
    log.finish(&mut own, &honest("again"), &callback).await;
    let callback = log
        .begin(&mut own, &honest("next"), "?next=//evil.example/")
        .await;
    log.finish(&mut own, &honest("next"), &callback).await;
    let first = log.begin(&mut own, &honest("first"), "").await;
    let tokens = log.provider.script.lock().unwrap().tokens.clone();
    log.begin(&mut own, &honest("second"), "").await;
    log.provider.script.lock().unwrap().tokens = tokens;
    log.finish(&mut own, &honest("first"), &first).await;
    let jar = own.cookies.clone();
    let cookie = format!(
        "Cookie: session={}",
        jar.first().map_or("", |(_, value)| value.as_str())
    );
    let cross = own
        .peer
        .send(
            "POST",
            "/logout",
            &[&cookie, "Origin: https://evil.example"],
            "",
        )
        .await;
    log.note("cross-site logout", &cross);
    let out = own.send("POST", "/logout", "").await;
    log.note("logout", &out);
    let after = own.peer.get("/me", &[&cookie]).await;
    log.note("after logout", &status(&after).to_string());
}

/// Whether two logins differ in what must be fresh.
async fn fresh(log: &mut Log<'_>) {
    let mut browser = Browser::new(log.running.origin());
    let mut seen = Vec::new();
    for _ in 0..2 {
        let begun = browser.send("GET", "/login", "").await;
        let location = field(&begun, "location").unwrap().to_owned();
        seen.push(["state", "nonce", "code_challenge"].map(|name| parameter(&location, name)));
    }
    let differs: Vec<bool> = seen[0]
        .iter()
        .zip(&seen[1])
        .map(|(one, other)| one != other)
        .collect();
    log.note("fresh", &format!("{differs:?}"));
}

async fn observe(provider: &Provider, faults: &[&str], expected: Option<&str>) -> String {
    let upstream = Upstream {
        issuer: provider.origin.clone(),
        client_id: CLIENT.to_owned(),
        client_secret: SECRET.to_owned(),
    };
    let mut log = Log {
        provider,
        running: server(faults, Some(upstream)).await,
        seen: String::new(),
    };
    fresh(&mut log).await;
    entangled(&mut log).await;
    for case in cases() {
        if expected.is_some_and(|expected| !expected.starts_with(&log.seen)) {
            break;
        }
        single(&mut log, &case).await;
    }
    log.running.stop().await;
    log.seen
}

#[tokio::test]
async fn every_fault_of_a_client_shows() {
    let provider = Provider::start().await;
    let right = observe(&provider, &[], None).await;
    let again = observe(&provider, &[], None).await;
    for (left, right) in right.lines().zip(again.lines()) {
        assert_eq!(left, right, "the right server answers the same twice");
    }
    let logins = right.matches("200 \"user-1001\"").count();
    assert_eq!(logins, 6, "honest logins work and no other:\n{right}");
    let mut dead = vec![];
    for name in super::of_role("client") {
        if observe(&provider, &[name], Some(&right)).await == right {
            dead.push(name);
        }
    }
    assert!(dead.is_empty(), "nobody sees {dead:?}");
}
