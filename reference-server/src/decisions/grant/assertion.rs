//! Clients that prove by a JWT of their own key who they are (RFC 7523), and grants and request objects that are such
//! JWTs too.

use serde_json::Value;

use super::super::jwt::{self, Jwt, Object, ensure};
use crate::clients::{self, Client};

/// The `client_assertion_type` of a JWT (RFC 7523 section 2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Seconds that an assertion may be good for (RFC 7523 section 3).
const LONGEST: u64 = 3600;

/// The decisions about assertions.
#[derive(Clone)]
pub(crate) struct Assertion {
    /// Which text is an assertion, and what its claims must say (RFC 7523 section 3).
    pub(crate) rules: Jwt,
    /// Whether this client_assertion_type is the JWT's (RFC 7521 section 4.2).
    pub(crate) kind: fn(Option<&str>) -> bool,
    /// The names that this server has for its clients, of issuer and endpoint: the issuer alone, since an endpoint can be
    /// told to a client by another server (CVE-2025-27370); where requests are pushed, those of RFC 9126 section 2.
    pub(crate) names: fn(&str, &str) -> Vec<String>,
    /// Which client an assertion is about: iss and sub are its client_id, and client_id is that too where it is sent
    /// (RFC 7523 section 3, RFC 7521 section 4.2).
    pub(crate) identifies: fn(&Object, Option<&str>) -> Option<&'static Client>,
    /// Whether a jti works once (RFC 7523 section 3).
    pub(crate) once: bool,
    /// Whether an assertion may stand beside another way to authenticate: it may not (RFC 6749 section 2.3).
    pub(crate) beside_others: bool,
}

impl Assertion {
    pub(crate) fn right() -> Self {
        Self {
            rules: rules(),
            kind: |kind| kind == Some(JWT_BEARER),
            names: |issuer, endpoint| match endpoint.strip_suffix("/par") {
                // three names here, by RFC 9126 section 2
                Some(server) => vec![
                    issuer.to_owned(),
                    endpoint.to_owned(),
                    format!("{server}/token"),
                ],
                None => vec![issuer.to_owned()],
            },
            identifies,
            once: true,
            beside_others: false,
        }
    }
}

/// The rules for a JWT that a client signed, whatever it is for.
pub(crate) fn rules() -> Jwt {
    Jwt {
        jwe: None,
        kind: |header| {
            // no typ, JWT, or its own kind; those of other kinds are not assertions (RFC 8725 section 3.12)
            let kind = header
                .get("typ")
                .map(|typ| typ.as_str().unwrap_or_default());
            let kinds = ["JWT", "client-authentication+jwt"];
            ensure(
                kind.is_none_or(|kind| kinds.iter().any(|known| kind.eq_ignore_ascii_case(known))),
            )
        },
        issued_at: |claims, now| match claims.contains_key("iat") {
            true => jwt::issued_at(claims, now),
            false => Ok(()),
        },
        span: |claims, now| {
            jwt::young(claims, now)?;
            let longest = jwt::seconds(now.saturating_add(LONGEST));
            ensure(jwt::date(claims.get("exp")).is_some_and(|exp| exp <= longest))
        },
        // one text: with a list another server is meant too, which could use it here (CVE-2025-27370)
        audience: |claims, names| {
            ensure(claims.get("aud").is_some_and(Value::is_string))?;
            jwt::audience(claims, names)
        },
        required: |claims| ensure(jwt::is_text(claims.get("jti"))),
        ..Jwt::right()
    }
}

pub(crate) fn identifies(claims: &Object, client_id: Option<&str>) -> Option<&'static Client> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let (issuer, subject) = (text("iss")?, text("sub")?);
    let agrees = client_id.is_none_or(|id| id == subject);
    clients::find(subject)
        .filter(|client| agrees && issuer == subject && client.jwk.is_some() && !client.attested)
}
