//! As a browser and a provider see the client.

mod cases;
mod elsewhere;
mod entangled;
mod extensions;
mod over_time;
mod two;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use authspec_reference_server::{Running, Upstream};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use self::cases::{Case, cases};
use self::elsewhere::{ELSEWHERE, OTHER_PLACES};
use self::entangled::{entangled, fresh, misnamed};
use super::as_issuer::plain;
use crate::support::{Issuer, body, field, status};
use crate::walk::{Browser, parameter, server};

const CLIENT: &str = "odd client:7%";
const SECRET: &str = "odd+secret 100%";

/// What the provider says and what it heard.
#[derive(Default)]
struct Script {
    tokens: Value,
    user: Value,
    heard: Vec<String>,
    /// The key set, where it isn't the issuer's own.
    keys: Option<Value>,
    /// Whether the token endpoint sends elsewhere.
    moved: bool,
    /// Whether the token endpoint fails.
    down: bool,
    extensions: extensions::Extensions,
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
            "scopes_supported": ["openid", "everything"],
            "pushed_authorization_request_endpoint": format!("{origin}/push"),
            "revocation_endpoint": format!("{origin}/revoke"),
        });
        let set = keys.key_set();
        let script = Arc::new(Mutex::new(Script::default()));
        let elsewhere = metadata.clone();
        let app = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(move || async { Json(metadata) }),
            )
            .route(
                "/other/.well-known/openid-configuration",
                get(move || async { Json(elsewhere) }),
            )
            .route("/keys", get(move |script| published(script, set)))
            .route("/token", post(redeemed).get(redeemed))
            .route("/push", post(extensions::pushed))
            .route("/moved", post(redeemed))
            .route("/revoke", post(revoked))
            .route("/userinfo", get(described).post(described))
            .fallback(elsewhere_asked)
            .with_state(Arc::clone(&script));
        tokio::spawn(async { axum::serve(listener, app).await });
        Self {
            origin,
            script,
            keys,
        }
    }
}

type Shared = State<Arc<Mutex<Script>>>;

async fn published(State(script): Shared, set: Value) -> Response {
    match script.lock().unwrap().keys.clone() {
        None => Json(set).into_response(),
        Some(Value::Null) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(set) => Json(set).into_response(),
    }
}

/// Nobody has a reason to come here.
async fn elsewhere_asked(State(script): Shared, request: Request) -> Json<Value> {
    let mut script = script.lock().unwrap();
    script.heard.push(format!("elsewhere {}", request.uri()));
    Json(script.keys.clone().unwrap_or_default())
}

async fn redeemed(State(script): Shared, request: Request) -> Response {
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
    if let Some(refused) = extensions::noted(&mut script, &parts, &body) {
        return refused;
    }
    if script.down {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    if script.moved && parts.uri.path() == "/token" {
        let there = format!("http://{}/moved", parts.headers["host"].to_str().unwrap());
        return Redirect::temporary(&there).into_response();
    }
    if let Some(status) = script.tokens.as_u64() {
        let status = StatusCode::from_u16(u16::try_from(status).unwrap()).unwrap();
        return (status, Json(json!({ "error": "invalid_grant" }))).into_response();
    }
    Json(script.tokens.clone()).into_response()
}

async fn revoked(State(script): Shared, body: String) -> StatusCode {
    let mut script = script.lock().unwrap();
    script.heard.push(format!("revoke {body}"));
    match script.down {
        true => StatusCode::SERVICE_UNAVAILABLE,
        false => StatusCode::OK,
    }
}

/// A text is a token, a number is a status, anything else is what is said.
async fn described(State(script): Shared, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 10_000).await.unwrap();
    let mut script = script.lock().unwrap();
    let authorization = parts.headers.get("authorization").cloned();
    extensions::noted_at_userinfo(&mut script, &parts);
    let text = format!("{} {authorization:?} {} {body:?}", parts.method, parts.uri);
    script.heard.push(text);
    match script.user.clone() {
        Value::String(token) => ([("content-type", "application/jwt")], token).into_response(),
        Value::Number(status) => {
            let status = u16::try_from(status.as_u64().unwrap()).unwrap();
            let status = StatusCode::from_u16(status).unwrap();
            let host = parts.headers["host"].to_str().unwrap();
            let elsewhere = format!("http://{host}/elsewhere");
            (status, [("location", elsewhere)]).into_response()
        }
        user => Json(user).into_response(),
    }
}

/// One browser in front of one server, and what both it and the provider saw.
struct Log<'a> {
    provider: &'a Provider,
    running: Running,
    seen: String,
}

/// Where a login leads that isn't begun.
const NOWHERE: &str = "http://nowhere.invalid/";

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
        let location = field(&begun, "location").unwrap_or(NOWHERE).to_owned();
        let state = parameter(&location, "state").unwrap_or_default();
        let issuer = &self.provider.keys;
        let claims = json!({
            "iss": self.provider.origin, "sub": "user-1001", "aud": CLIENT, "name": "alice",
            "iat": issuer.claims("")["iat"], "exp": issuer.claims("")["exp"],
            "nonce": parameter(&location, "nonce"),
            "auth_time": issuer.claims("")["iat"],
        });
        let claims = (case.claims)(claims);
        let kid = case.kid.unwrap_or("rsa-1");
        let header = (case.header)(json!({ "alg": "RS256", "typ": "JWT", "kid": kid }));
        let tokens = json!({
            "access_token": "access", "token_type": "Bearer", "expires_in": 60, "refresh_token": "first",
            "id_token": issuer.token(&header, &claims),
        });
        let mut script = self.provider.script.lock().unwrap();
        script.tokens = (case.tokens)(tokens, issuer, &claims);
        script.user = (case.user)(issuer, &self.provider.origin);
        drop(script);
        let encoded = crate::walk::encoded(&self.provider.origin);
        (case.answer)(format!(
            "/callback?code=some-code&state={state}&iss={encoded}"
        ))
    }

    async fn finish(&mut self, browser: &mut Browser, case: &Case, callback: &str) {
        let session = |browser: &Browser| {
            let mut cookies = browser.cookies.iter();
            cookies.find(|(name, _)| name == "session").cloned()
        };
        let before = session(browser);
        let done = browser.send("GET", callback, "").await;
        self.note(&format!("{} done", case.name), &done);
        let renewed = before != session(browser);
        self.note("renewed", &renewed.to_string());
        let me = browser.send("GET", "/me", "").await;
        let who = body(&me);
        self.note(
            "me",
            &format!("{} {} {}", status(&me), who["sub"], who["name"]),
        );
        let heard = std::mem::take(&mut self.provider.script.lock().unwrap().heard);
        let verifier = heard
            .iter()
            .find_map(|one| {
                let (_, rest) = one.split_once("code_verifier=")?;
                rest.split('&').next().map(str::to_owned)
            })
            .unwrap_or_default();
        let digits = !verifier.is_empty() && verifier.bytes().all(|byte| byte.is_ascii_digit());
        self.note("digits", &digits.to_string());
        self.note("heard", &heard.join("\n"));
    }
}

async fn single(log: &mut Log<'_>, case: &Case) {
    let mut browser = Browser::new(log.running.origin());
    let callback = log.begin(&mut browser, case, "").await;
    log.finish(&mut browser, case, &callback).await;
}

async fn observe(provider: &Provider, faults: &[&str], expected: Option<&str>) -> String {
    let upstream = Upstream {
        issuer: provider.origin.clone(),
        client_id: CLIENT.to_owned(),
        client_secret: SECRET.to_owned(),
        api: None,
    };
    let mut log = Log {
        provider,
        running: server(faults, Some(upstream)).await,
        seen: String::new(),
    };
    let misnamed = misnamed(provider, faults).await;
    log.note("misnamed", &misnamed.to_string());
    fresh(&mut log).await;
    entangled(&mut log).await;
    for case in cases().into_iter().chain(cases::odd_answers()) {
        if expected.is_some_and(|expected| !expected.starts_with(&log.seen)) {
            break;
        }
        single(&mut log, &case).await;
    }
    over_time::later(&mut log).await;
    extensions::logins(&mut log).await;
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
    assert_eq!(logins, 40, "honest logins work and no other:\n{right}");
    let mut dead = vec![];
    let elsewhere = |name: &str| {
        ELSEWHERE.contains(&name) || OTHER_PLACES.iter().any(|area| name.starts_with(area))
    };
    for name in super::of_role("client").filter(|name| !elsewhere(name)) {
        if observe(&provider, &[name], Some(&right)).await == right {
            dead.push(name);
        }
    }
    assert!(dead.is_empty(), "nobody sees {dead:?}");
}
