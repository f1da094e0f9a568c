//! What a server makes of a key set that changes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use authspec_reference_server::Upstream;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::support::{Issuer, Peer, b64, b64url, hs256, status, with, without};
use crate::walk::server;

type Shared = Arc<Mutex<Value>>;

async fn key_set(State(set): State<Shared>) -> Response {
    match set.lock().unwrap().clone() {
        Value::Null => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Value::String(elsewhere) => Redirect::temporary(&elsewhere).into_response(),
        set => Json(set).into_response(),
    }
}

/// A provider whose key set is what the test says.
async fn provider() -> (String, Shared) {
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let metadata = json!({ "issuer": origin, "jwks_uri": format!("{origin}/keys") });
    let set = Shared::default();
    let app = Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(move || async { Json(metadata) }),
        )
        .route("/keys", get(key_set))
        .with_state(Arc::clone(&set));
    tokio::spawn(async { axum::serve(listener, app).await });
    (origin, set)
}

/// Whether a token opens, while the key set changes.
async fn observe(faults: &[&str]) -> Vec<u16> {
    let keys = Issuer::start().await;
    let (origin, set) = provider().await;
    let upstream = Upstream {
        issuer: origin.clone(),
        client_id: "web".to_owned(),
        client_secret: "secret".to_owned(),
        api: None,
    };
    let running = server(faults, Some(upstream)).await;
    let mut peer = Peer::new(running.origin());
    let key = |kid: &str| with(&keys.rsa_jwk, "kid", json!(kid));
    let mut claims = with(&keys.claims(running.origin()), "iss", json!(origin));
    claims["exp"] = json!(claims["exp"].as_u64().unwrap() + 100_000);
    let mut seen = Vec::new();
    for (kid, published) in [
        ("one", json!({ "keys": [key("one")] })),
        ("two", json!({ "keys": [key("one"), key("two")] })),
        ("one", json!({ "keys": [key("two")] })),
        ("three", Value::Null),
        ("two", Value::Null),
    ] {
        *set.lock().unwrap() = published;
        // Longer than the rest between two attempts, and at the third step than a set's life.
        let waited = if kid == "one" { 400 } else { 4 };
        running.clock().advance(Duration::from_secs(waited));
        let token = keys.token(&with(&keys.header(), "kid", json!(kid)), &claims);
        let answer = peer
            .get(
                "/protected-resource",
                &[&format!("Authorization: Bearer {token}")],
            )
            .await;
        seen.push(status(&answer));
    }
    let other = with(&claims, "iss", json!(format!("{}/as", running.origin())));
    let token = keys.token(&with(&keys.header(), "kid", json!("two")), &other);
    let answer = peer
        .get(
            "/protected-resource",
            &[&format!("Authorization: Bearer {token}")],
        )
        .await;
    seen.push(status(&answer));
    running.stop().await;
    seen
}

#[tokio::test]
async fn keys_come_and_go_with_their_issuer() {
    assert_eq!(observe(&[]).await, [200, 200, 401, 401, 200, 401]);
    for (fault, place, code) in [
        ("jwt-key-set-never-fetched-again", 1, 401),
        ("jwt-key-set-kept-for-ever", 2, 200),
        ("jwt-key-set-outage-fails-open", 3, 200),
        ("jwt-keys-of-any-issuer", 5, 200),
    ] {
        assert_eq!(observe(&[fault]).await[place], code, "{fault}");
    }
}

/// What a server with this fault says to a token while its issuer publishes this set; before that it had another.
async fn answered(fault: Option<&str>, set: &Value, token: impl Fn(&Value) -> String) -> u16 {
    let (origin, published) = provider().await;
    let upstream = Upstream {
        issuer: origin.clone(),
        client_id: "web".to_owned(),
        client_secret: "secret".to_owned(),
        api: None,
    };
    let running = server(fault.as_slice(), Some(upstream)).await;
    let mut peer = Peer::new(running.origin());
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let claims = json!({
        "iss": origin, "sub": "user-1001", "aud": running.origin(), "client_id": "web",
        "iat": now, "exp": now + 600, "jti": "token-1",
    });
    *published.lock().unwrap() = set.clone();
    let field = format!("Authorization: Bearer {}", token(&claims));
    let answer = peer.get("/protected-resource", &[&field]).await;
    running.stop().await;
    status(&answer)
}

fn ssh(name: &str, fields: &[&[u8]]) -> Vec<u8> {
    let string = |octets: &[u8]| {
        let length = u32::try_from(octets.len()).unwrap().to_be_bytes();
        [&length, octets].concat()
    };
    let fields: Vec<u8> = fields.iter().flat_map(|field| string(field)).collect();
    let blob = [string(name.as_bytes()), fields].concat();
    format!("{name} {}", b64(&blob)).into_bytes()
}

fn octets(text: &Value) -> Vec<u8> {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    engine.decode(text.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn odd_sets_are_read_with_care() {
    let keys = Issuer::start().await;
    let set = |all: &[&Value]| json!({ "keys": all });
    let rsa = &keys.rsa_jwk;
    let enc = with(
        &with(&keys.strange_jwk, "kid", json!("enc-1")),
        "use",
        json!("enc"),
    );
    let twin = with(&enc, "kid", json!("rsa-1"));
    let ec = with(&keys.key_set()["keys"][1], "alg", json!("ES256"));
    let okp = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "ed-1", "x": b64url([7; 32]) });
    let point = [
        &[4],
        octets(&ec["x"]).as_slice(),
        octets(&ec["y"]).as_slice(),
    ]
    .concat();
    let hs = |kid: &str| json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid });
    let (header, strange) = (keys.header(), |header: &Value, claims: &Value| {
        keys.strange(header, claims)
    });
    let good = |claims: &Value| keys.token(&header, claims);
    let forged = |kid: &str, secret: Vec<u8>| {
        let header = hs(kid);
        move |claims: &Value| hs256(&header, claims, &secret)
    };
    let ecdsa = ssh("ecdsa-sha2-nistp256", &[b"nistp256", &point]);
    let ed25519 = ssh("ssh-ed25519", &[&[7; 32]]);
    let pem = include_bytes!("../keys/trusted.spki.pem").to_vec();
    let elsewhere = json!(format!("{}/keys", keys.origin));
    let new_name = json!({ "alg": "Ed25519", "typ": "at+jwt", "kid": "ed-1" });
    let nameless = without(&header, "kid");
    type Make<'a> = Box<dyn Fn(&Value) -> String + 'a>;
    let rows: Vec<(&str, Value, Make<'_>, u16, u16)> = vec![
        (
            "jwt-key-set-members-closed",
            set(&[&with(rsa, "note", json!(1))]),
            Box::new(good),
            200,
            401,
        ),
        (
            "jwt-nbf-without-leeway",
            set(&[rsa]),
            Box::new(|c| {
                keys.token(
                    &header,
                    &with(c, "nbf", json!(c["iat"].as_u64().unwrap() + 20)),
                )
            }),
            200,
            401,
        ),
        (
            "jwt-use-of-the-first-key-counts",
            set(&[rsa, &twin]),
            Box::new(|c| strange(&header, c)),
            401,
            200,
        ),
        (
            "jwt-any-key-without-kid",
            set(&[rsa, &enc]),
            Box::new(|c| strange(&nameless, c)),
            401,
            200,
        ),
        (
            "jwt-key-set-redirect-followed",
            elsewhere,
            Box::new(good),
            401,
            200,
        ),
        (
            "jwt-confusion-openssh-ecdsa",
            set(&[&ec]),
            Box::new(forged("ec-1", ecdsa)),
            401,
            200,
        ),
        (
            "jwt-confusion-openssh-ed25519",
            set(&[&okp]),
            Box::new(forged("ed-1", ed25519)),
            401,
            200,
        ),
        (
            "jwt-confusion-jwk-without-alg",
            set(&[&without(rsa, "alg")]),
            Box::new(forged("rsa-1", pem)),
            401,
            200,
        ),
        (
            "jwt-500-on-new-name-of-eddsa",
            set(&[&okp]),
            Box::new(|c| keys.token(&new_name, c)),
            401,
            500,
        ),
    ];
    for (fault, set, token, right, wrong) in rows {
        assert_eq!(answered(None, &set, &token).await, right, "without {fault}");
        assert_eq!(answered(Some(fault), &set, &token).await, wrong, "{fault}");
    }
}

/// Two unknown names in a row: the set is asked once.
#[tokio::test]
async fn a_set_is_not_fetched_again_at_once() {
    let keys = Issuer::start().await;
    for (faults, second) in [
        (vec![], 401),
        (vec!["jwt-key-set-fetched-for-every-kid"], 200),
    ] {
        let (origin, set) = provider().await;
        let upstream = Upstream {
            issuer: origin.clone(),
            client_id: "web".to_owned(),
            client_secret: "secret".to_owned(),
            api: None,
        };
        let running = server(&faults, Some(upstream)).await;
        let mut peer = Peer::new(running.origin());
        let claims = with(&keys.claims(running.origin()), "iss", json!(origin));
        for (kid, expected) in [("one", 200), ("two", second)] {
            *set.lock().unwrap() = json!({ "keys": [with(&keys.rsa_jwk, "kid", json!(kid))] });
            let token = keys.token(&with(&keys.header(), "kid", json!(kid)), &claims);
            let field = format!("Authorization: Bearer {token}");
            let answer = peer.get("/protected-resource", &[&field]).await;
            assert_eq!(status(&answer), expected, "{kid} {faults:?}");
        }
        running.stop().await;
    }
}
