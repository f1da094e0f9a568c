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
            d.bearer.certificate = |parts| of_field(parts).or_else(|| right::certificate(parts));
        },
        ..ROW
    },
    Fault {
        name: "bearer-certificate-not-compared",
        what: "A bound token opens over a connection with any certificate.",
        models: "ssl_verify_client in the gateway, and nobody who compares the certificate with the token; OAuch test of certificate-bound tokens",
        breaks: &["RFC8705-3-1"],
        install: |d| {
            d.bearer.confirmed = |claims, shown| !is_certified(claims) || shown.is_some();
        },
        ..ROW
    },
    Fault {
        name: "bearer-certificate-name-compared",
        what: "The name in the certificate is compared with the client that the token was issued to, the certificate with nothing.",
        models: "the common name as the client's name, as use_subject_as_username of Mosquitto has it; CWE-297",
        breaks: &["RFC8705-3-1"],
        install: |d| {
            d.bearer.confirmed = |claims, shown| {
                let client = claims.get("client_id").and_then(Value::as_str);
                !is_certified(claims) || (client.is_some() && client == shown.and_then(common_name))
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-certificate-compared-if-there",
        what: "The certificate is compared where there is one; a connection without passes.",
        models: "if (certificate != null && !matches(certificate, cnf)) reject; CWE-636",
        breaks: &["RFC8705-3-1"],
        install: |d| {
            d.bearer.confirmed = |claims, shown| {
                right::confirmed(claims, shown) || (is_certified(claims) && shown.is_none())
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-binding-kept-by-token",
        what: "A token that came with its certificate once is taken from then on, whoever sends it.",
        models: "a gateway that keeps the outcome of its checks by the token alone; CWE-524",
        breaks: &["RFC8705-3-1"],
        install: |d| d.bearer.keeps_confirmed = true,
        ..ROW
    },
    Fault {
        name: "bearer-unbound-token-at-certificates",
        what: "Where only bound tokens are to be taken, one that is bound to nothing opens too.",
        models: "the binding checked only of tokens that have cnf; ASVS 10.3.5",
        breaks: &["CWE-345"],
        install: |d| d.bearer.demanded = |_| true,
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

/// The certificate that a proxy would hand on.
pub(crate) fn of_field(parts: &Parts) -> Option<Vec<u8>> {
    const FIELDS: [&str; 5] = [
        "client-cert",
        "x-client-cert",
        "x-ssl-client-cert",
        "ssl-client-cert",
        "x-arr-clientcert",
    ];
    let named = FIELDS.iter().find_map(|name| parts.headers.get(*name));
    der(named?.to_str().ok()?)
}

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

/// Whether a token says that it is bound to a certificate.
fn is_certified(claims: &Map<String, Value>) -> bool {
    claims
        .get("cnf")
        .is_some_and(|cnf| cnf.get("x5t#S256").is_some())
}

/// The common name of the subject: the last in a certificate (RFC 5280 section 4.1).
fn common_name(der: &[u8]) -> Option<&str> {
    const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];
    let at = der
        .windows(COMMON_NAME.len())
        .rposition(|five| five == COMMON_NAME)?;
    let value = der.get(at + COMMON_NAME.len()..)?;
    let length = usize::from(*value.get(1)?);
    std::str::from_utf8(value.get(2..2 + length)?).ok()
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
