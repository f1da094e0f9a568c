//! What a server makes of a key set that changes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use authspec_reference_server::Upstream;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::support::{Issuer, Peer, status, with};
use crate::walk::server;

type Shared = Arc<Mutex<Value>>;

async fn key_set(State(set): State<Shared>) -> Result<Json<Value>, StatusCode> {
    match set.lock().unwrap().clone() {
        Value::Null => Err(StatusCode::INTERNAL_SERVER_ERROR),
        set => Ok(Json(set)),
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
