//! Mistakes with the binding: which token, which key, which scheme, which certificate.

use serde_json::{Map, Value};

use super::super::{Fault, ROW, TOKEN};
use crate::credential;
use crate::decisions::bearer as bearer_right;
use crate::decisions::dpop::{self as right, Problem, confirmed};
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "dpop-ath-not-checked",
        what: "ath is not looked at: a proof goes with any token of its key.",
        models: "wso2/product-is issue 19887: no check for ath in proofs at resource servers",
        breaks: &["RFC9449-4.3-17"],
        install: |d| d.dpop.hash = |_, _| true,
        ..ROW
    },
    Fault {
        name: "dpop-ath-missing-taken",
        what: "ath is compared only where it is there.",
        models: "the check of the token endpoint, where there is no ath, used at the resource",
        breaks: &["RFC9449-4.3-17"],
        install: |d| d.dpop.hash = |ath, token| ath.is_none() || hash_of(token) == ath.cloned(),
        ..ROW
    },
    Fault {
        name: "dpop-key-not-compared",
        what: "Any right proof goes with any bound token: the thumbprint is not compared.",
        models: "CWE-345; marcjazz/authkestra pull request 288: nothing read cnf at the resource server",
        breaks: &["RFC9449-4.3-18"],
        install: |d| d.dpop.bound = |claims, _| confirmed(claims).is_some(),
        ..ROW
    },
    Fault {
        name: "dpop-unbound-token-taken",
        what: "A token that is bound to no key goes with any proof.",
        models: "if (token.cnf?.jkt && token.cnf.jkt !== jkt)",
        breaks: &["CWE-345"],
        install: |d| {
            d.dpop.bound =
                |claims, thumbprint| confirmed(claims).is_none_or(|wanted| wanted == thumbprint);
        },
        ..ROW
    },
    Fault {
        name: "dpop-bound-token-as-bearer",
        what: "A bound token opens under the scheme Bearer, without a proof.",
        models: "spring-projects/spring-security issue 16937, giantswarm/mcp-oauth issue 383",
        breaks: &["RFC9449-6-1", "RFC9449-7.2-1"],
        install: |d| {
            d.dpop.downgraded = |value| match credential::divide(value) {
                (scheme, token) if scheme.eq_ignore_ascii_case(b"Bearer") => {
                    String::from_utf8(token.to_vec()).ok()
                }
                _ => None,
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-any-scheme-taken",
        what: "The scheme before the token is not looked at.",
        models: "header.split(' ')[1]; RFC 9449 section 7.2",
        breaks: &["RFC9449-7.2-1"],
        install: |d| d.dpop.token = |value| right::text(credential::divide(value).1),
        ..ROW
    },
    Fault {
        name: "dpop-scheme-with-case",
        what: "The scheme is found only in the spelling DPoP.",
        models: "header.startsWith('DPoP '); RFC 9110 section 11.1",
        breaks: &["RFC9110-11.1-1"],
        install: |d| {
            d.dpop.token = |value| match value.strip_prefix(b"DPoP ") {
                Some(token) => right::text(token),
                None => Err(Problem::Missing),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-bound-token-taken",
        guards: TOKEN,
        what: "A token that is bound to a certificate opens for whoever sends it.",
        models: "RFC 8705 section 3: cnf is read by nobody; OAuch test of certificate-bound tokens",
        breaks: &["RFC8705-3-1"],
        install: |d| d.bearer.confirmed = |_, _| true,
        ..ROW
    },
    Fault {
        name: "bearer-certificate-field-trusted",
        guards: TOKEN,
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
        guards: TOKEN,
        what: "A bound token without its certificate is answered 403.",
        models: "the check of the certificate as a rule of access; RFC 8705 section 3",
        breaks: &["RFC8705-3-2"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let mut response = bearer_right::refusal(problem, parts, metadata);
                if *problem == bearer_right::Problem::InvalidToken && is_bound(parts) {
                    *response.status_mut() = axum::http::StatusCode::FORBIDDEN;
                }
                response
            };
        },
        ..ROW
    },
];

fn hash_of(token: &str) -> Option<Value> {
    let hash = encoding::sha256(token.as_bytes());
    Some(Value::from(encoding::base64url(&hash)))
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

/// Whether the token that was refused says that it is bound.
fn is_bound(parts: &axum::http::request::Parts) -> bool {
    let claims = || {
        let value = parts.headers.get(axum::http::header::AUTHORIZATION)?;
        let payload = value.to_str().ok()?.split('.').nth(1)?;
        let octets = encoding::base64url_decode(payload)?;
        serde_json::from_slice::<Map<String, Value>>(&octets).ok()
    };
    claims().is_some_and(|claims| claims.contains_key("cnf"))
}
