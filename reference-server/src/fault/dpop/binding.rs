//! Mistakes with the binding: which token, which key, which scheme.

use serde_json::Value;

use super::super::{Fault, ROW};
use crate::credential;
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
        name: "dpop-unbound-bearer-taken",
        what: "A token that is bound to no key opens under the scheme Bearer, as before.",
        models: "bearer and DPoP filters side by side, while clients are moved over; RFC 9728 section 2",
        breaks: &["RFC9728-2-8"],
        install: |d| {
            d.dpop.downgraded = |value| {
                let (scheme, token) = credential::divide(value);
                let text = std::str::from_utf8(token).ok()?;
                let claims = text
                    .split('.')
                    .nth(1)
                    .and_then(encoding::base64url_decode)?;
                let claims: Value = serde_json::from_slice(&claims).ok()?;
                let bearer = scheme.eq_ignore_ascii_case(b"Bearer") && claims.get("cnf").is_none();
                bearer.then(|| text.to_owned())
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
];

fn hash_of(token: &str) -> Option<Value> {
    let hash = encoding::sha256(token.as_bytes());
    Some(Value::from(encoding::base64url(&hash)))
}
