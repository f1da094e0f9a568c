//! Bearer tokens (RFC 6750): where one is read, what it may open, how it is refused.

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value};

use crate::accounts::{Account, accounts};
use crate::credential::{self, Field};
use crate::issuer::store::{Access, Store};
use crate::tls::OfClient;
use crate::{answer, encoding};

/// The decisions about bearer tokens.
#[derive(Clone)]
pub(crate) struct Bearer {
    /// Which field holds the token: the one Authorization field (RFC 6750 section 2.1).
    pub(crate) field: fn(&HeaderMap) -> Field,
    /// From the field to the token: scheme Bearer in any case, blanks, the token.
    pub(crate) token: fn(&[u8]) -> Result<String, Problem>,
    /// A token outside the field: neither query, body nor cookie is read (RFC 9700 section 4.3.2).
    pub(crate) elsewhere: fn(&Parts, &[u8]) -> Option<String>,
    /// Whether a request carries the token by more than one method (RFC 6750 section 2).
    pub(crate) doubled: fn(&Parts, &[u8]) -> bool,
    /// Whether the token's scope has the needed value, as a whole and with its case
    /// (RFC 6749 section 3.3).
    pub(crate) scope: fn(&Map<String, Value>, &str) -> bool,
    /// What the token's authentication of its user lacks of a demand (RFC 9470 section 3).
    pub(crate) lacks: fn(&Map<String, Value>, &Demand, u64) -> Option<Lack>,
    /// The token in a form body, where a resource takes one there (RFC 6750 section 2.2).
    pub(crate) form: fn(&Parts, &[u8]) -> Result<Option<String>, Problem>,
    /// Whose a token is that is not an access token, but something else that was issued: nobody's
    /// (RFC 6749 section 1.5).
    pub(crate) other: fn(&Store, &str) -> Option<&'static Account>,
    /// What happens to a token whose holder logs out: it ends (CWE-613).
    pub(crate) logout: fn(&mut Store, &Map<String, Value>),
    /// What happens when a token can't be verified: nothing (CWE-645).
    pub(crate) failed: fn(&mut Store, &str),
    /// Whether the token is about somebody who is known here (RFC 8725 section 3.8).
    pub(crate) subject: fn(&Map<String, Value>) -> bool,
    /// The client's certificate in DER: that of the TLS connection, never one that a field holds (RFC 8705 section 3,
    /// RFC 9440 section 3).
    pub(crate) certificate: fn(&Parts) -> Option<Vec<u8>>,
    /// Whether who sends a bound token has what it is bound to: here only a certificate is understood (RFC 8705
    /// section 3, RFC 9449 section 7.2).
    pub(crate) confirmed: fn(&Map<String, Value>, Option<&[u8]>) -> bool,
    /// Whether what a token was found to be bound to counts for later connections: each is looked at (RFC 8705 section 3).
    pub(crate) keeps_confirmed: bool,
    /// Whether a token counts where only those are taken that are bound to a certificate (ASVS 10.3.5).
    pub(crate) demanded: fn(&Map<String, Value>) -> bool,
    /// Whether a revoked token is still taken: it isn't (RFC 7009 section 2.1).
    pub(crate) heeds_revocation: bool,
    /// The answer to who isn't let in (RFC 6750 section 3).
    pub(crate) refusal: fn(&Problem, &Parts, &str) -> Response,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No token was sent.
    Missing,
    /// Several fields, several methods, a scheme without a token.
    InvalidRequest,
    /// The token is expired, forged, malformed, not for this resource, ...
    InvalidToken,
    /// The token is good and doesn't suffice; what it would take.
    InsufficientScope(&'static str),
    /// The token is good, and its user was authenticated too weakly or too long ago for this.
    InsufficientAuthentication(Lack),
    /// An error that nobody handled. A sound server has none.
    Broken,
}

/// How and how lately a user must have been authenticated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Demand {
    pub(crate) acr: &'static str,
    /// In seconds.
    pub(crate) max_age: u64,
}

/// What an authentication lacks of a demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Lack {
    pub(crate) acr: Option<&'static str>,
    pub(crate) max_age: Option<u64>,
}

impl Bearer {
    pub(crate) fn right() -> Self {
        Self {
            field: credential::field,
            token,
            elsewhere: |_, _| None,
            doubled,
            scope,
            lacks,
            form: |parts, body| Ok(body_token(parts, body)),
            other: |_, _| None,
            logout,
            failed: |_, _| {},
            subject,
            certificate,
            confirmed,
            keeps_confirmed: false,
            demanded: |claims| confirmation(claims).is_some(),
            heeds_revocation: true,
            refusal,
        }
    }
}

/// Remembers that the token ended.
pub(crate) fn logout(store: &mut Store, claims: &Map<String, Value>) {
    for name in ["jti", "sid"] {
        if let Some(name) = claims.get(name).and_then(Value::as_str) {
            let ended = Access {
                grant: 0,
                ended: true,
                details: Vec::new(),
            };
            store.keep_access(name.to_owned(), ended);
        }
    }
}

pub(crate) fn token(value: &[u8]) -> Result<String, Problem> {
    let (scheme, rest) = credential::divide(value);
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Err(Problem::Missing);
    }
    if rest.is_empty() {
        return Err(Problem::InvalidRequest);
    }
    // Whether it is a b64token shows when it is read as a JWT, whose alphabet is smaller still.
    String::from_utf8(rest.to_vec()).map_err(|_| Problem::InvalidToken)
}

fn doubled(parts: &Parts, body: &[u8]) -> bool {
    let in_query = query_token(parts).is_some();
    let in_body = body_token(parts, body).is_some();
    let in_field = parts.headers.contains_key(header::AUTHORIZATION);
    usize::from(in_query) + usize::from(in_body) + usize::from(in_field) > 1
}

/// The token in the query (RFC 6750 section 2.3).
pub(crate) fn query_token(parts: &Parts) -> Option<String> {
    named(parts.uri.query()?.as_bytes())
}

/// The token in a form body (RFC 6750 section 2.2).
pub(crate) fn body_token(parts: &Parts, body: &[u8]) -> Option<String> {
    let media_type = parts.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let is_form = media_type.split(';').next().is_some_and(|kind| {
        kind.trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    });
    if is_form { named(body) } else { None }
}

fn named(pairs: &[u8]) -> Option<String> {
    encoding::form(pairs)
        .into_iter()
        .find(|(name, _)| name == "access_token")
        .map(|(_, value)| value)
}

pub(crate) fn scope(claims: &Map<String, Value>, needed: &str) -> bool {
    claims
        .get("scope")
        .and_then(Value::as_str)
        .is_some_and(|scope| scope.split(' ').any(|value| value == needed))
}

pub(crate) fn lacks(claims: &Map<String, Value>, demand: &Demand, now: u64) -> Option<Lack> {
    let strong = claims.get("acr").and_then(Value::as_str) == Some(demand.acr);
    let seen = claims.get("auth_time").and_then(Value::as_u64);
    let fresh = seen.is_some_and(|seen| now <= seen.saturating_add(demand.max_age));
    let lack = Lack {
        acr: (!strong).then_some(demand.acr),
        max_age: (!fresh).then_some(demand.max_age),
    };
    (lack != Lack::default()).then_some(lack)
}

/// A user of this API, or a client that acts for itself.
fn subject(claims: &Map<String, Value>) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    // whether there is a subject, as text, is the token's own rule
    text("sub").filter(|sub| !sub.is_empty()).is_none_or(|sub| {
        accounts().iter().any(|account| account.subject == sub) || text("client_id") == Some(sub)
    })
}

pub(crate) fn certificate(parts: &Parts) -> Option<Vec<u8>> {
    let shown = parts.extensions.get::<OfClient>()?;
    Some(shown.0.to_vec())
}

/// The thumbprint of the certificate that a token is bound to (RFC 8705 section 3.1).
fn confirmation(claims: &Map<String, Value>) -> Option<&str> {
    claims.get("cnf")?.get("x5t#S256")?.as_str()
}

pub(crate) fn confirmed(claims: &Map<String, Value>, certificate: Option<&[u8]>) -> bool {
    let Some(confirmation) = claims.get("cnf") else {
        return true;
    };
    let hash = certificate.map(|der| encoding::base64url(&encoding::sha256(der)));
    let wanted = self::confirmation(claims);
    let only = confirmation.as_object().is_some_and(|all| all.len() == 1);
    only && wanted.is_some() && hash.as_deref() == wanted
}

pub(crate) fn refusal(problem: &Problem, _: &Parts, metadata: &str) -> Response {
    let (status, title, detail, error) = match problem {
        Problem::Missing => (
            StatusCode::UNAUTHORIZED,
            "Authentication required",
            "This resource needs an access token.",
            None,
        ),
        Problem::InvalidRequest => (
            StatusCode::BAD_REQUEST,
            "Malformed request",
            "Send one access token, once, in the Authorization field.",
            Some("invalid_request"),
        ),
        Problem::InvalidToken => (
            StatusCode::UNAUTHORIZED,
            "Invalid token",
            "The access token is expired, revoked, malformed or not meant for this resource.",
            Some("invalid_token"),
        ),
        Problem::InsufficientScope(_) => (
            StatusCode::FORBIDDEN,
            "Insufficient scope",
            "The access token does not grant this.",
            Some("insufficient_scope"),
        ),
        Problem::InsufficientAuthentication(_) => (
            StatusCode::UNAUTHORIZED,
            "Stronger authentication required",
            "The user must log in again, or in a stronger way.",
            Some("insufficient_user_authentication"),
        ),
        Problem::Broken => {
            return answer::problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Internal server error",
                "The request could not be processed.",
            );
        }
    };
    let mut challenge = String::from(r#"Bearer realm="authspec""#);
    if let Some(error) = error {
        challenge.push_str(&format!(
            r#", error="{error}", error_description="{detail}""#
        ));
    }
    if let Problem::InsufficientScope(scope) = problem {
        challenge.push_str(&format!(r#", scope="{scope}""#));
    }
    if let Problem::InsufficientAuthentication(lack) = problem {
        if let Some(acr) = lack.acr {
            challenge.push_str(&format!(r#", acr_values="{acr}""#));
        }
        if let Some(max_age) = lack.max_age {
            challenge.push_str(&format!(r#", max_age="{max_age}""#));
        }
    }
    challenge.push_str(&format!(r#", resource_metadata="{metadata}""#));
    let mut response = answer::problem(status, title, detail);
    answer::add(&mut response, header::WWW_AUTHENTICATE, &challenge);
    response
}
