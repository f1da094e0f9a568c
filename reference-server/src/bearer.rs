//! `GET /protected-resource`: a resource guarded by bearer tokens, and its metadata (RFC 9728).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Value, json};

use crate::accounts::{Account, accounts};
use crate::credential::Field;
use crate::decisions::bearer::Problem;
use crate::decisions::jwt::Object;
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;
use crate::{answer, guard};

/// The scope that the administrator's resource asks for.
const ADMIN: &str = "admin";

/// The paths that take bearer tokens.
const GUARDED: [&str; 5] = [
    "protected-resource",
    "protected-resource/admin",
    "introspected",
    "notes",
    "as/userinfo",
];

/// The resource.
pub(crate) async fn resource(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    answered(&server, &parts, &body, None).await
}

/// The resource that needs a scope of its own.
pub(crate) async fn admin(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    answered(&server, &parts, &body, Some(ADMIN)).await
}

async fn answered(
    server: &Server,
    parts: &Parts,
    body: &[u8],
    scope: Option<&'static str>,
) -> Response {
    let response = match authorize(server, parts, body, &server.issuers(), scope).await {
        Ok(claims) => content(&claims, scope),
        Err(problem) => refuse(server, parts, &problem),
    };
    guard::finish(server, parts, None, response)
}

fn content(claims: &Object, scope: Option<&str>) -> Response {
    let body = json!({
        "mechanism": "bearer",
        "resource": scope.unwrap_or("general"),
        "subject": claims.get("sub").and_then(Value::as_str).unwrap_or_default(),
        "note": "Only who holds a valid token reads this.",
    });
    answer::json(StatusCode::OK, &body)
}

/// The refusal, with the challenge of this resource.
pub(crate) fn refuse(server: &Server, parts: &Parts, problem: &Problem) -> Response {
    let metadata = format!(
        "{}/.well-known/oauth-protected-resource{}",
        server.origin,
        parts.uri.path(),
    );
    (server.decisions.bearer.refusal)(problem, parts, &metadata)
}

/// The claims of the token that the request carries, if it suffices.
pub(crate) async fn authorize(
    server: &Server,
    parts: &Parts,
    body: &[u8],
    issuers: &[Issuer],
    scope: Option<&'static str>,
) -> Result<Object, Problem> {
    let text = match offered(server, parts, body)? {
        Offered::Nobody(claims) => return Ok(claims),
        Offered::Token(text) => text,
    };
    let claims = claims(server, parts, issuers, &text).await?;
    match scope {
        Some(needed) if !(server.decisions.bearer.scope)(&claims, needed) => {
            Err(Problem::InsufficientScope(needed))
        }
        _ => Ok(claims),
    }
}

/// What a request offers to who asks for a token.
pub(crate) enum Offered {
    /// The guard believes it without: the claims of whom it is taken for.
    Nobody(Object),
    /// A token.
    Token(String),
}

/// The token of a request, wherever this server reads it.
pub(crate) fn offered(server: &Server, parts: &Parts, body: &[u8]) -> Result<Offered, Problem> {
    if guard::refuses_all(server) {
        return Err(Problem::InvalidToken);
    }
    if let Some(account) = guard::believed(server, parts) {
        return Ok(Offered::Nobody(Object::from_iter([
            ("sub".to_owned(), json!(account.subject)),
            (
                "scope".to_owned(),
                json!("openid profile email read write admin"),
            ),
        ])));
    }
    let rules = &server.decisions.bearer;
    if (rules.doubled)(parts, body) {
        return Err(Problem::InvalidRequest);
    }
    let text = match (
        (rules.field)(&parts.headers),
        (rules.elsewhere)(parts, body),
    ) {
        (_, Some(text)) => text,
        (Field::None, None) => return Err(Problem::Missing),
        (Field::Several, None) => return Err(Problem::InvalidRequest),
        (Field::One(value), None) => (rules.token)(&value)?,
    };
    Ok(Offered::Token(text))
}

async fn claims(
    server: &Server,
    parts: &Parts,
    issuers: &[Issuer],
    text: &str,
) -> Result<Object, Problem> {
    let audience = [
        server.origin.clone(),
        format!("{}{}", server.origin, parts.uri.path()),
    ];
    let expected = Expected {
        issuers,
        audience: &audience,
    };
    let token = jwt::verify(server, &server.decisions.jwt, text, &expected).await?;
    let jti = token.claims.get("jti").and_then(Value::as_str);
    let revoked = jti.is_some_and(|jti| server.store().is_revoked(jti));
    if revoked && server.decisions.bearer.heeds_revocation {
        return Err(Problem::InvalidToken);
    }
    Ok(token.claims)
}

/// The metadata of the whole API.
pub(crate) async fn metadata_of_origin(State(server): State<Arc<Server>>) -> Response {
    described(&server, server.origin.clone())
}

/// The metadata of one resource: the well-known part stands between host and path.
pub(crate) async fn metadata(
    State(server): State<Arc<Server>>,
    Path(path): Path<String>,
) -> Response {
    if !GUARDED.contains(&path.as_str()) {
        return answer::problem(StatusCode::NOT_FOUND, "Not found", "No such resource.");
    }
    described(&server, format!("{}/{path}", server.origin))
}

fn described(server: &Server, resource: String) -> Response {
    let mut issuers = vec![server.issuer()];
    if let Some(provider) = &server.provider {
        issuers.push(provider.registration.issuer.clone());
    }
    let body = json!({
        "resource": resource,
        "authorization_servers": issuers,
        "scopes_supported": ["read", "write", ADMIN],
        "bearer_methods_supported": ["header"],
        "resource_name": "authspec reference server",
    });
    answer::json(StatusCode::OK, &body)
}

/// Whom a subject identifier names here.
pub(crate) fn account_of(claims: &Object) -> Option<&'static Account> {
    let subject = claims.get("sub")?.as_str()?;
    accounts().iter().find(|account| account.subject == subject)
}
