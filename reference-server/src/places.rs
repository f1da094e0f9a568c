//! An object of each user, an operator's operations, a socket, and GraphQL.

use std::sync::Arc;

use aws_lc_rs::digest;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::accounts::{self, Account};
use crate::admit::admit;
use crate::state::Server;
use crate::{answer, encoding, guard, notes};

/// The routes of these places.
pub(crate) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/accounts/{name}", get(account))
        .route("/admin/accounts", get(all_accounts))
        .route("/admin/accounts/{name}/{change}", post(change))
        .route("/socket", get(socket))
        .route("/graphql", get(graphql).post(graphql))
        .route("/reports/{year}", get(report))
        .route("/greeting", get(greeting))
        .route("/openapi.json", get(description))
}

/// What a user reads of the own account, and of no other.
async fn account(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let response = match admit(&server, &parts, &body).await {
        Ok(Some(asking)) if (server.decisions.places.owner)(asking, &name) => {
            match accounts::find(&name) {
                Some(found) => described(found),
                None => not_found(),
            }
        }
        // whether there is such an account is nobody else's business
        Ok(_) => not_found(),
        Err(refusal) => refusal,
    };
    guard::finish(&server, &parts, None, response)
}

fn described(account: &Account) -> Response {
    let body = json!({ "name": account.name, "email": account.email });
    answer::json(StatusCode::OK, &body)
}

fn not_found() -> Response {
    answer::problem(StatusCode::NOT_FOUND, "Not found", "There is nothing here.")
}

async fn all_accounts(State(server): State<Arc<Server>>, parts: Parts, body: Bytes) -> Response {
    let response = match operator(&server, &parts, &body).await {
        Ok(()) => {
            let names: Vec<&str> = accounts::accounts().iter().map(|one| one.name).collect();
            answer::json(StatusCode::OK, &json!({ "accounts": names }))
        }
        Err(refusal) => refusal,
    };
    guard::finish(&server, &parts, None, response)
}

async fn operator(server: &Server, parts: &Parts, body: &[u8]) -> Result<(), Response> {
    let asking = admit(server, parts, body).await?;
    if asking.is_some_and(server.decisions.places.operator) {
        return Ok(());
    }
    Err(answer::problem(
        StatusCode::FORBIDDEN,
        "Forbidden",
        "This is for operators.",
    ))
}

/// Disables or enables an account, gives it another password or its first one back.
async fn change(
    State(server): State<Arc<Server>>,
    Path((name, change)): Path<(String, String)>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let response = match operator(&server, &parts, &body).await {
        Ok(()) => changed(&server, &name, &change, &body),
        Err(refusal) => refusal,
    };
    guard::finish(&server, &parts, None, response)
}

fn changed(server: &Server, name: &str, change: &str, body: &[u8]) -> Response {
    let Some(account) = accounts::find(name) else {
        return not_found();
    };
    let body = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let password = body.get("password").and_then(Value::as_str);
    let mut memory = server.memory();
    match (change, password) {
        ("disable", _) => {
            memory.disabled.insert(account.name);
        }
        ("enable", _) => {
            memory.disabled.remove(account.name);
        }
        ("change-password", Some(password)) => {
            memory.passwords.insert(account.name, digest_of(password));
            if server.decisions.grant.back.ends_with_password {
                server.store().end_all_of(account.name);
            }
        }
        ("restore-password", _) => {
            memory.passwords.remove(account.name);
        }
        _ => return not_found(),
    }
    answer::empty(StatusCode::NO_CONTENT)
}

async fn report(
    State(server): State<Arc<Server>>,
    Path(year): Path<String>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let content = || answer::json(StatusCode::OK, &json!({ "year": year, "orders": 7 }));
    let response = match admit(&server, &parts, &body).await {
        Ok(_) => content(),
        Err(_) if !server.decisions.places.guards_reports => content(),
        Err(refusal) => refusal,
    };
    guard::finish(&server, &parts, None, response)
}

/// Greets whoever is known by name, and everybody else.
async fn greeting(State(server): State<Arc<Server>>, parts: Parts, body: Bytes) -> Response {
    let asking = admit(&server, &parts, &body).await.ok().flatten();
    let name = asking.map_or("whoever you are", |account| account.name);
    answer::json(StatusCode::OK, &json!({ "hello": name }))
}

/// The description of the API (OpenAPI 3.1).
async fn description() -> Response {
    let year = json!({ "name": "year", "in": "path", "required": true, "schema": { "type": "string" }, "example": "2026" });
    let body = json!({
        "openapi": "3.1.0",
        "info": { "title": "authspec reference server", "version": "1" },
        "security": [{ "basic": [] }, { "bearer": [] }],
        "components": { "securitySchemes": {
            "basic": { "type": "http", "scheme": "basic" },
            "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
        } },
        "paths": {
            "/public": { "get": { "security": [] } },
            "/greeting": { "get": { "security": [{}, { "basic": [] }, { "bearer": [] }] } },
            "/notes": { "get": {}, "post": {} },
            "/reports/{year}": { "parameters": [year], "get": {} },
        },
    });
    answer::json(StatusCode::OK, &body)
}

/// What is kept of a password that is set while the server runs.
pub(crate) fn digest_of(password: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, password.as_bytes())
        .as_ref()
        .to_vec()
}

/// The opening handshake of a WebSocket (RFC 6455 section 4.2.2). What would follow is nobody's concern here.
async fn socket(State(server): State<Arc<Server>>, parts: Parts, body: Bytes) -> Response {
    let rules = &server.decisions.places;
    if rules.guards_upgrade
        && let Err(refusal) = admit(&server, &parts, &body).await
    {
        return guard::finish(&server, &parts, None, refusal);
    }
    let field = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    if !(rules.origin)(field("origin"), &server.origin) {
        return answer::problem(
            StatusCode::FORBIDDEN,
            "Forbidden",
            "Pages of this origin open no socket here.",
        );
    }
    let wanted = field("upgrade").is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"));
    match field("sec-websocket-key").filter(|_| wanted) {
        Some(key) => switched(key),
        None => {
            let mut response = answer::problem(
                StatusCode::UPGRADE_REQUIRED,
                "Upgrade required",
                "This is the address of a WebSocket.",
            );
            answer::set(&mut response, header::UPGRADE, "websocket");
            response
        }
    }
}

fn switched(key: &str) -> Response {
    let text = format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    let mut response = answer::empty(StatusCode::SWITCHING_PROTOCOLS);
    answer::set(&mut response, header::UPGRADE, "websocket");
    answer::set(&mut response, header::CONNECTION, "Upgrade");
    let accept = HeaderName::from_static("sec-websocket-accept");
    answer::set(&mut response, accept, &encoding::base64(hash.as_ref()));
    response
}

/// One mutation, `addNote(text: "...")`: alone, by another name, or several in a list.
async fn graphql(State(server): State<Arc<Server>>, parts: Parts, body: Bytes) -> Response {
    let asked = if parts.method == Method::GET {
        let pairs = encoding::form(parts.uri.query().unwrap_or_default().as_bytes());
        let query = pairs.into_iter().find(|(name, _)| name == "query");
        query.map_or(Value::Null, |(_, query)| json!({ "query": query }))
    } else {
        serde_json::from_slice(&body).unwrap_or_default()
    };
    let guarded = (server.decisions.places.guards_graphql)(&asked, &parts.method);
    let admitted = if guarded {
        admit(&server, &parts, &body).await.map(drop)
    } else {
        Ok(())
    };
    let response = match admitted {
        Ok(()) => match &asked {
            Value::Array(all) => {
                let answers: Vec<Value> = all.iter().map(|one| executed(&server, one)).collect();
                answer::json(StatusCode::OK, &Value::Array(answers))
            }
            one => answer::json(StatusCode::OK, &executed(&server, one)),
        },
        Err(refusal) => refusal,
    };
    guard::finish(&server, &parts, None, response)
}

fn executed(server: &Server, asked: &Value) -> Value {
    let query = asked
        .get("query")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let text = query
        .split_once("addNote(text: \"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(text, _)| text);
    match text {
        Some(text) => {
            notes::add(server, json!({ "text": text }).to_string().as_bytes());
            json!({ "data": { "addNote": { "text": text } } })
        }
        None => json!({ "errors": [{ "message": "There is one mutation, addNote." }] }),
    }
}
