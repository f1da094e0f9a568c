//! `GET /protected-resource`: a resource guarded by bearer tokens.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Value, json};

use crate::accounts::{Account, accounts};
use crate::credential::Field;
use crate::decisions::bearer::{Demand, Problem};
use crate::decisions::jwt::Object;
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;
use crate::{answer, guard};

/// The scope that the administrator's resource asks for.
const ADMIN: &str = "admin";

/// The resource that takes its token in the form as well.
const SEARCH: &str = "/protected-resource/search";

/// What the strong resource asks of the user's authentication.
const STRONG: Demand = Demand {
    acr: "phr",
    max_age: 600,
};

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

/// The resource that needs a user who was authenticated well and lately.
pub(crate) async fn strong(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let rules = &server.decisions.bearer;
    let claims = authorize(&server, &parts, &body, &server.issuers(), None).await;
    let claims =
        claims.and_then(
            |claims| match (rules.lacks)(&claims, &STRONG, server.clock.now()) {
                Some(lack) => Err(Problem::InsufficientAuthentication(lack)),
                None => Ok(claims),
            },
        );
    let response = match claims {
        Ok(claims) => content(&claims, Some("strong")),
        Err(problem) => refuse(&server, &parts, &problem),
    };
    guard::finish(&server, &parts, None, response)
}

/// The resource for tokens that are bound to the client's certificate, and for no others (RFC 8705).
pub(crate) async fn certified(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let claims = authorize(&server, &parts, &body, &server.issuers(), None).await;
    let demanded = server.decisions.bearer.demanded;
    let response = match claims {
        Ok(claims) if demanded(&claims) => content(&claims, Some("certified")),
        Ok(_) => refuse(&server, &parts, &Problem::InvalidToken),
        Err(problem) => refuse(&server, &parts, &problem),
    };
    guard::finish(&server, &parts, None, response)
}

/// `POST /protected-resource/logout`: the token that comes with it ends.
pub(crate) async fn logout(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let claims = authorize(&server, &parts, &body, &server.issuers(), None).await;
    let response = match claims {
        Ok(claims) => {
            (server.decisions.bearer.logout)(&mut server.store(), &claims);
            answer::empty(StatusCode::NO_CONTENT)
        }
        Err(problem) => refuse(&server, &parts, &problem),
    };
    guard::finish(&server, &parts, None, response)
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
    let rules = &server.decisions.bearer;
    let certificate = (rules.certificate)(parts);
    if !(rules.confirmed)(&claims, certificate.as_deref()) {
        if !rules.keeps_confirmed || !server.memory().verdicts.contains(&text) {
            return Err(Problem::InvalidToken);
        }
    } else if rules.keeps_confirmed {
        server.memory().verdicts.insert(text);
    }
    match scope {
        Some(needed) if !(rules.scope)(&claims, needed) => Err(Problem::InsufficientScope(needed)),
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
            ("cnf".to_owned(), json!({ "x5t#S256": "" })),
            ("acr".to_owned(), json!(STRONG.acr)),
            ("auth_time".to_owned(), json!(server.clock.now())),
        ])));
    }
    let rules = &server.decisions.bearer;
    if (rules.doubled)(parts, body) {
        return Err(Problem::InvalidRequest);
    }
    let in_form = if parts.uri.path() == SEARCH {
        (rules.form)(parts, body)?
    } else {
        None
    };
    let text = match (
        (rules.field)(&parts.headers),
        in_form.or_else(|| (rules.elsewhere)(parts, body)),
    ) {
        (_, Some(text)) => text,
        (Field::None, None) => return Err(Problem::Missing),
        (Field::Several, None) => return Err(Problem::InvalidRequest),
        (Field::One(value), None) => (rules.token)(&value)?,
    };
    Ok(Offered::Token(text))
}

/// The claims of a valid token, whoever sends it.
pub(crate) async fn claims(
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
        shared: None,
    };
    let rules = &server.decisions.bearer;
    if let Some(account) = (rules.other)(&server.store(), text) {
        return Ok(Object::from_iter([(
            "sub".to_owned(),
            json!(account.subject),
        )]));
    }
    let verified = jwt::verify(server, &server.decisions.jwt, text, &expected).await;
    let token = verified.inspect_err(|_| (rules.failed)(&mut server.store(), text))?;
    let named = |name: &str| token.claims.get(name).and_then(Value::as_str);
    let ended = |name: &str| named(name).is_some_and(|name| server.store().is_revoked(name));
    if (ended("jti") || ended("sid")) && rules.heeds_revocation {
        return Err(Problem::InvalidToken);
    }
    if !(rules.subject)(&token.claims) {
        return Err(Problem::InvalidToken);
    }
    if account_of(&token.claims).is_some_and(|account| server.is_disabled(account)) {
        return Err(Problem::InvalidToken);
    }
    Ok(token.claims)
}

/// Whom a subject identifier names here.
pub(crate) fn account_of(claims: &Object) -> Option<&'static Account> {
    let subject = claims.get("sub")?.as_str()?;
    accounts().iter().find(|account| account.subject == subject)
}
