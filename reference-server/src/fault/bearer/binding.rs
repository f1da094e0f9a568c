//! Mistakes with tokens that are bound to a certificate (RFC 8705).

use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde_json::{Map, Value};

use super::super::{Fault, ROW};
use crate::decisions::bearer as right;
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "bearer-bound-token-taken",
        what: "A token that is bound to a certificate opens for whoever sends it.",
        models: "RFC 8705 section 3: cnf is read by nobody; OAuch test of certificate-bound tokens",
        breaks: &["RFC8705-3-1"],
        install: |d| d.bearer.confirmed = |_, _| true,
        ..ROW
    },
    Fault {
        name: "bearer-certificate-field-trusted",
        what: "The client's certificate is taken from a field that the proxy sets, and anybody else.",
        models: "CWE-290: X-SSL-Client-Cert and kin believed without a proxy that strips them; RFC 9440 section 3",
        breaks: &["RFC8705-3-1", "CWE-290"],
        install: |d| {
            d.bearer.certificate = |parts| {
                const FIELDS: [&str; 5] = [
                    "client-cert",
                    "x-client-cert",
                    "x-ssl-client-cert",
                    "ssl-client-cert",
                    "x-arr-clientcert",
                ];
                let named = FIELDS.iter().find_map(|name| parts.headers.get(*name))?;
                der(named.to_str().ok()?)
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-bound-token-is-403",
        what: "A bound token without its certificate is answered 403.",
        models: "the check of the certificate as a rule of access; RFC 8705 section 3",
        breaks: &["RFC8705-3-2"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let mut response = right::refusal(problem, parts, metadata);
                if *problem == right::Problem::InvalidToken && is_bound(parts) {
                    *response.status_mut() = StatusCode::FORBIDDEN;
                }
                response
            };
        },
        ..ROW
    },
];

/// The certificate of a field: base64 between colons (RFC 9440), PEM percent-encoded (nginx), or plain base64.
fn der(value: &str) -> Option<Vec<u8>> {
    let text = encoding::form(format!("c={}", value.replace('+', "%2B")).as_bytes());
    let (_, text) = text.into_iter().next()?;
    let content: String = text
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .flat_map(str::chars)
        .filter(|one| !one.is_whitespace() && *one != ':')
        .collect();
    encoding::base64_decode(&content)
}

/// Whether the token that was refused says that it is bound.
fn is_bound(parts: &Parts) -> bool {
    let claims = || {
        let value = parts.headers.get(header::AUTHORIZATION)?;
        let payload = value.to_str().ok()?.split('.').nth(1)?;
        let octets = encoding::base64url_decode(payload)?;
        serde_json::from_slice::<Map<String, Value>>(&octets).ok()
    };
    claims().is_some_and(|claims| claims.contains_key("cnf"))
}
