//! An API with two guarded routes: orders behind HTTP Basic, the profile of a user behind a JWT.

use std::net::SocketAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::json;

const USER: &str = "alice";

/// What must be known to get in.
#[derive(Clone)]
struct Secrets {
    /// Password of alice.
    password: String,
    /// What signs tokens (HS256).
    key: String,
}

/// Starts the API on a free port and says where it is. A program would take the secrets from its environment.
pub async fn start(password: &str, key: &str) -> std::io::Result<SocketAddr> {
    let secrets = Secrets {
        password: password.to_owned(),
        key: key.to_owned(),
    };
    let app = Router::new()
        .route("/orders", get(orders))
        .route("/me", get(me))
        .with_state(secrets);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn orders(_: Basic) -> Json<serde_json::Value> {
    Json(json!({ "orders": ["a book", "a lamp"] }))
}

async fn me(Bearer(subject): Bearer) -> Json<serde_json::Value> {
    Json(json!({ "subject": subject }))
}

/// Somebody who knows the password.
struct Basic;

impl FromRequestParts<Secrets> for Basic {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, secrets: &Secrets) -> Result<Self, Response> {
        let given = credentials(parts, "basic").and_then(|given| STANDARD.decode(given).ok());
        let right = format!("{USER}:{}", secrets.password);
        match given {
            Some(given) if same(&given, right.as_bytes()) => Ok(Self),
            _ => Err(refused("Basic realm=\"orders\", charset=\"UTF-8\"")),
        }
    }
}

/// Somebody who shows a token of ours, by subject.
struct Bearer(String);

#[derive(Deserialize)]
struct Claims {
    sub: String,
    /// One text: the library is content with a list that holds the right one.
    #[serde(rename = "iss")]
    _iss: String,
}

impl FromRequestParts<Secrets> for Bearer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, secrets: &Secrets) -> Result<Self, Response> {
        let Some(token) = credentials(parts, "bearer") else {
            return Err(refused("Bearer realm=\"me\""));
        };
        match subject(token, &secrets.key) {
            Some(subject) => Ok(Self(subject)),
            None => Err(refused("Bearer realm=\"me\", error=\"invalid_token\"")),
        }
    }
}

/// The subject of a token that is good now and for us.
fn subject(token: &str, key: &str) -> Option<String> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&["https://login.example"]);
    rules.set_audience(&["https://api.example"]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.validate_nbf = true;
    let key = DecodingKey::from_secret(key.as_bytes());
    let token = jsonwebtoken::decode::<Claims>(token, &key, &rules).ok()?;
    // extensions that must be understood, and here none is; the library doesn't look
    token.header.crit.is_none().then_some(token.claims.sub)
}

/// What stands behind this scheme in the one `Authorization` field of a request.
fn credentials<'a>(parts: &'a Parts, wanted: &str) -> Option<&'a str> {
    let mut fields = parts.headers.get_all(header::AUTHORIZATION).iter();
    let (Some(field), None) = (fields.next(), fields.next()) else {
        return None;
    };
    let (scheme, rest) = field.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then(|| rest.trim())
}

/// Compares in a time that says nothing of where two texts differ.
fn same(given: &[u8], right: &[u8]) -> bool {
    let differ = given.iter().zip(right).fold(0, |all, (a, b)| all | (a ^ b));
    given.len() == right.len() && differ == 0
}

fn refused(challenge: &'static str) -> Response {
    (
        StatusCode::UNAUTHORIZED,
        [(header::WWW_AUTHENTICATE, challenge)],
    )
        .into_response()
}
