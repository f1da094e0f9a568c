//! Dynamic registration (RFC 7591) and its management (RFC 7592). What registers here is kept and described; it takes
//! part in no flow.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::decisions::access::LastWord;
use crate::decisions::grant::same;
use crate::state::Server;
use crate::{answer, encoding};

/// The token that a client needs to register, published like all secrets here.
pub const INITIAL_TOKEN: &str = "initial-access-token-5d0c7e91";

/// What a client may say of itself, and the defaults (RFC 7591 section 2).
const KNOWN: [&str; 24] = [
    "introspection_encrypted_response_alg",
    "introspection_encrypted_response_enc",
    "redirect_uris",
    "token_endpoint_auth_method",
    "grant_types",
    "response_types",
    "client_name",
    "client_uri",
    "logo_uri",
    "scope",
    "contacts",
    "tos_uri",
    "policy_uri",
    "jwks_uri",
    "jwks",
    "software_id",
    "software_version",
    "initiate_login_uri",
    "sector_identifier_uri",
    "tls_client_auth_subject_dn",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_uri",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_email",
];

/// A client that registered.
#[derive(Debug, Clone)]
pub(crate) struct Registered {
    token: String,
    said: Value,
}

/// `POST /as/register`.
pub(crate) async fn register(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let rules = &server.decisions.grant.registration;
    if server.decisions.access.last_word == LastWord::RefuseAll {
        return unauthorized();
    }
    if !rules.open && !same(bearer(&parts), INITIAL_TOKEN) {
        return unauthorized();
    }
    let said = match metadata(&server, &body).await {
        Ok(said) => said,
        Err(error) => return refused(&server, error),
    };
    let chosen = said
        .get("client_id")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let id = chosen.unwrap_or_else(encoding::unguessable);
    let token = encoding::unguessable();
    let mut client = Value::Object(said);
    client["client_id"] = id.as_str().into();
    client["client_id_issued_at"] = server.clock.now().into();
    let method = client["token_endpoint_auth_method"]
        .as_str()
        .unwrap_or_default();
    if (rules.has_secret)(method) {
        client["client_secret"] = (rules.secret)().into();
        client["client_secret_expires_at"] = 0.into();
    }
    client["registration_access_token"] = token.as_str().into();
    client["registration_client_uri"] = format!("{}/register/{id}", server.issuer()).into();
    let registered = Registered {
        token,
        said: client.clone(),
    };
    server.store().keep_registered(id, registered);
    let mut response = answer::json(StatusCode::CREATED, &client);
    (rules.answer)(&mut client, &mut response);
    response
}

/// `GET`, `PUT` and `DELETE /as/register/{id}`.
pub(crate) async fn manage(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let rules = &server.decisions.grant.registration;
    let known = server.store().registered.get(&id).cloned();
    let own = known.filter(|known| (rules.manages)(bearer(&parts), &known.token));
    let Some(mut client) = own else {
        return unauthorized();
    };
    match parts.method.as_str() {
        "DELETE" => {
            if rules.deletes {
                server.store().registered.remove(&id);
            }
            answer::empty(StatusCode::NO_CONTENT)
        }
        "PUT" => {
            let said = match metadata(&server, &body).await {
                Err(error) if rules.validates_updates => return refused(&server, error),
                Err(_) => serde_json::from_slice(&body).unwrap_or_default(),
                Ok(said) => said,
            };
            for (name, value) in said {
                client.said[name] = value;
            }
            let answer = answer::json(StatusCode::OK, &client.said);
            server.store().keep_registered(id, client);
            answer
        }
        _ => answer::json(StatusCode::OK, &client.said),
    }
}

/// What a client says of itself, with the defaults; the error is that of RFC 7591 section 3.2.2.
async fn metadata(server: &Server, body: &[u8]) -> Result<Map<String, Value>, &'static str> {
    const BAD: &str = "invalid_client_metadata";
    let rules = &server.decisions.grant.registration;
    let mut said: Map<String, Value> = serde_json::from_slice(body).map_err(|_| BAD)?;
    if let Some(statement) = said.remove("software_statement") {
        let text = statement.as_str().unwrap_or_default();
        let believed = (rules.statement)(text).ok_or("invalid_software_statement")?;
        said.extend(believed);
        said.insert("software_statement".to_owned(), statement);
    }
    for address in (rules.asks)(&said) {
        server.fetch_json(&address).await;
    }
    let strange = |name: &String| !KNOWN.contains(&name.as_str()) && name != "software_statement";
    if rules.refuses_unknown && said.keys().any(strange) {
        return Err(BAD);
    }
    let uris = said.get("redirect_uris").and_then(Value::as_array);
    let right = |uri: &Value| uri.as_str().is_some_and(rules.redirect_uri);
    if uris.is_none_or(|uris| uris.is_empty() || !uris.iter().all(right)) {
        return Err("invalid_redirect_uri");
    }
    if !(rules.metadata)(&said) || !(rules.subject)(&said) {
        return Err(BAD);
    }
    let chosen = said.remove("client_id").filter(|_| rules.names_itself);
    said.retain(|name, _| !strange(name));
    said.extend(chosen.map(|id| ("client_id".to_owned(), id)));
    let scope = said.get("scope").and_then(Value::as_str);
    let scope = (rules.scope)(scope.unwrap_or("openid"));
    said.insert("scope".to_owned(), scope.into());
    for (name, default) in [
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("grant_types", json!(["authorization_code"])),
        ("response_types", json!(["code"])),
    ] {
        said.entry(name).or_insert(default);
    }
    Ok(said)
}

fn bearer(parts: &Parts) -> &str {
    let field = parts.headers.get(header::AUTHORIZATION);
    let text = field.and_then(|value| value.to_str().ok());
    text.and_then(|text| text.strip_prefix("Bearer "))
        .unwrap_or_default()
}

fn unauthorized() -> Response {
    let body = json!({ "error": "invalid_token" });
    let mut response = answer::json(StatusCode::UNAUTHORIZED, &body);
    answer::add(&mut response, header::WWW_AUTHENTICATE, "Bearer");
    response
}

fn refused(server: &Server, error: &'static str) -> Response {
    let error = (server.decisions.grant.registration.error)(error);
    let body = json!({ "error": error, "error_description": "the client can't be registered so" });
    answer::json(StatusCode::BAD_REQUEST, &body)
}
