//! `POST /login`: a password for an access token (RFC 9068).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::accounts::Account;
use crate::state::Server;
use crate::{answer, encoding, guard, keys};

/// Seconds that an access token lives.
pub(crate) const LIFE: u64 = 600;

const CHALLENGE: &str = r#"Body realm="authspec", members="username password""#;

#[derive(Deserialize)]
struct Credentials {
    username: String,
    password: String,
}

/// Takes `{"username": ..., "password": ...}`, gives a token.
pub(crate) async fn with_password(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let is_json = guard::has(&parts, header::CONTENT_TYPE.as_str(), |kind| {
        kind.split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if !is_json {
        return answer::problem(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Not JSON",
            "Send the credentials as application/json.",
        );
    }
    let Ok(given) = serde_json::from_slice::<Credentials>(&body) else {
        return answer::problem(
            StatusCode::BAD_REQUEST,
            "Unreadable credentials",
            "Send a JSON object with username and password.",
        );
    };
    let account = match guard::believed(&server, &parts) {
        Some(account) => Some(account),
        None if guard::refuses_all(&server) => None,
        None => (server.decisions.access.login)(&given.username, &given.password),
    };
    let Some(account) = account else {
        let mut response = answer::problem(
            StatusCode::UNAUTHORIZED,
            "Not logged in",
            "User name or password is wrong.",
        );
        // A 401 names what would open (RFC 9110 section 11.6.1): no scheme of a field, but the body.
        answer::set(&mut response, header::WWW_AUTHENTICATE, CHALLENGE);
        return response;
    };
    let token = keys::sign("at+jwt", &claims(&server, account));
    let body = json!({ "token": token, "token_type": "Bearer", "expires_in": LIFE });
    answer::json(StatusCode::OK, &body)
}

/// The claims of an access token of this server's own front end.
fn claims(server: &Server, account: &Account) -> Value {
    let now = server.clock.now();
    json!({
        "iss": server.issuer(),
        "sub": account.subject,
        "aud": server.origin,
        "client_id": "front-end",
        "scope": "read write",
        "iat": now,
        "exp": now + LIFE,
        "jti": encoding::unguessable(),
    })
}
