//! Logouts that the provider tells of, without the browser (OpenID Connect Back-Channel Logout section 2.5).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;
use crate::{answer, encoding, guard};

/// `POST /logout/back-channel`: ends the sessions that a logout token names.
pub(crate) async fn logout(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    let form = encoding::form(&body);
    let mut tokens = form.iter().filter(|(name, _)| name == "logout_token");
    let token = tokens.next().map(|(_, token)| token.as_str());
    let done = match token.filter(|_| !guard::refuses_all(&server)) {
        Some(token) => ended(&server, token).await,
        None => None,
    };
    match done {
        Some(()) => answer::empty(StatusCode::OK),
        None => answer::json(
            StatusCode::BAD_REQUEST,
            &json!({ "error": "invalid_request" }),
        ),
    }
}

/// None if the token is none of a provider of ours.
async fn ended(server: &Arc<Server>, text: &str) -> Option<()> {
    let named = jwt::read(&server.decisions.client.back_channel.token, text).ok()?;
    let named = named.claims.get("iss").and_then(Value::as_str);
    let server = server.in_front_of(named);
    let rules = &server.decisions.client;
    let provider = server.provider.as_ref()?;
    let issuer = &provider.registration.issuer;
    let expected = Expected {
        issuers: &[Issuer::Provider(issuer.clone())],
        audience: std::slice::from_ref(&provider.registration.client_id),
        shared: None,
    };
    let token = jwt::verify(&server, &rules.back_channel.token, text, &expected).await;
    let token = token.ok()?;
    let metadata = server.provider_metadata().await?;
    let registered = (rules.back_channel.token.unsecured)(&token.header, &[])
        || (rules.algorithm)(&token.header, metadata);
    if !registered || !(rules.back_channel.is_about_logout)(&token.header, &token.claims) {
        return None;
    }
    let text = |name: &str| token.claims.get(name).and_then(Value::as_str);
    let mut browsers = server.browsers();
    let again = text("jti").is_some_and(|id| !browsers.told(id));
    if again && rules.back_channel.once {
        return None;
    }
    if rules.back_channel.ends {
        browsers.end(issuer, text("sub"), text("sid"));
    }
    Some(())
}
