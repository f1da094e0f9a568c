//! Logins that use an extension, and what their proofs and assertions say.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum::{Form, Json};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::cases::{Case, honest, with_id_token};
use super::{Log, Script, Shared};
use crate::support::with;
use crate::walk::Browser;

/// What the extensions of the provider do and saw.
#[derive(Default)]
pub(super) struct Extensions {
    /// Whether a proof without this nonce is refused.
    nonce: Option<&'static str>,
    /// Proofs and assertions as they came.
    proofs: Vec<String>,
    pushes: Vec<String>,
}

/// A pushed request.
pub(super) async fn pushed(
    State(script): Shared,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let mut script = script.lock().unwrap();
    let names = pairs.into_iter().map(|(name, _)| name);
    script
        .extensions
        .pushes
        .push(names.collect::<Vec<_>>().join(" "));
    let uri = format!("urn:pushed:{}", script.extensions.pushes.len());
    let body = json!({ "request_uri": uri, "expires_in": 60 });
    (StatusCode::CREATED, Json(body)).into_response()
}

/// Notes the proofs of a token request; the answer that asks for a nonce.
pub(super) fn noted(script: &mut Script, head: &Parts, body: &[u8]) -> Option<Response> {
    let proof = head
        .headers
        .get("dpop")
        .map(|value| value.to_str().unwrap().to_owned());
    let pairs = url::form_urlencoded::parse(body).into_owned();
    let assertion = pairs
        .filter(|(name, _)| name == "client_assertion")
        .map(|(_, value)| value);
    let told: Vec<String> = proof.iter().cloned().chain(assertion).collect();
    script.extensions.proofs.extend(told);
    let nonce = script.extensions.nonce?;
    let has = proof.is_some_and(|proof| part(&proof, 1)["nonce"] == nonce);
    let refused = (
        StatusCode::BAD_REQUEST,
        [("dpop-nonce", nonce)],
        Json(json!({ "error": "use_dpop_nonce" })),
    );
    (!has).then(|| refused.into_response())
}

/// Notes the proof of a UserInfo request.
pub(super) fn noted_at_userinfo(script: &mut Script, head: &Parts) {
    let proof = head.headers.get("dpop");
    let proof = proof.map(|value| value.to_str().unwrap().to_owned());
    script.extensions.proofs.extend(proof);
}

/// One login by each extension, twice where something may be kept.
pub(super) async fn logins(log: &mut Log<'_>) {
    for way in ["assertion", "push", "resource"] {
        let first = login(log, &honest("first"), way, None).await;
        let second = login(log, &honest("second"), way, None).await;
        let again = second.iter().any(|proof| first.contains(proof));
        log.note("again", &again.to_string());
    }
    let bound = || {
        with_id_token("bound", |tokens, _, _| {
            with(&tokens, "token_type", json!("DPoP"))
        })
    };
    login(log, &bound(), "dpop", None).await;
    login(log, &honest("bearer answer"), "dpop", None).await;
    for _ in 0..2 {
        login(log, &bound(), "dpop", Some("nonce-1")).await;
    }
}

async fn login(
    log: &mut Log<'_>,
    case: &Case,
    way: &str,
    nonce: Option<&'static str>,
) -> Vec<String> {
    let mut browser = Browser::new(log.running.origin());
    log.provider.script.lock().unwrap().extensions.nonce = nonce;
    let callback = log.begin(&mut browser, case, &format!("?by={way}")).await;
    log.finish(&mut browser, case, &callback).await;
    let told = std::mem::take(&mut log.provider.script.lock().unwrap().extensions);
    let proofs: Vec<String> = told.proofs.iter().map(|proof| read(proof)).collect();
    let mut pairs = told.proofs.iter().zip(told.proofs.iter().skip(1));
    let fresh = pairs.all(|(one, other)| part(one, 1)["jti"] != part(other, 1)["jti"]);
    log.note(way, &format!("{proofs:?} {:?} {fresh}", told.pushes));
    told.proofs
}

fn part(token: &str, place: usize) -> Value {
    let text = token.split('.').nth(place).unwrap_or_default();
    let octets = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    serde_json::from_slice(&octets).unwrap_or_default()
}

/// What a proof says, but for what is new each time.
fn read(proof: &str) -> String {
    let (header, mut claims) = (part(proof, 0), part(proof, 1));
    let life = claims["exp"].as_u64().zip(claims["iat"].as_u64());
    let life = life.map(|(exp, iat)| exp - iat);
    for name in ["iat", "exp", "jti", "ath"] {
        if claims.get(name).is_some() {
            claims[name] = json!("there");
        }
    }
    let key = header["jwk"]
        .as_object()
        .map(|jwk| jwk.keys().cloned().collect::<Vec<_>>());
    format!("{} {key:?} {claims} {life:?}", header["typ"])
}
