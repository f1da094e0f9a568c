//! Mistakes about where a token is read and what it may open.

use axum::http::header;
use serde_json::Value;

use super::super::{Fault, ROW, chosen};
use crate::accounts::accounts;
use crate::credential;
use crate::decisions::bearer::{self as right, Problem};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "bearer-whole-field-is-the-token",
        groups: &["tutorial"],
        what: "The field's value is verified as a token even where no scheme stands before it.",
        models: "the API tutorial this project started from, which verified the whole header",
        breaks: &["RFC6750-2.1-3", "CWE-287"],
        install: |d| {
            d.bearer.token = |value| {
                let token = value.strip_prefix(b"Bearer ").unwrap_or(value);
                String::from_utf8(token.to_vec()).map_err(|_| Problem::InvalidToken)
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-presence-is-enough",
        what: "Any bearer token opens; nobody looks at it.",
        models: "CWE-287, a middleware that only checks that the field is there",
        breaks: &["RFC6749-7-1", "CWE-287"],
        install: |d| {
            d.access.trusted = |parts| {
                let value = parts.headers.get(header::AUTHORIZATION)?;
                let is_bearer = value.as_bytes().starts_with(b"Bearer ");
                accounts().first().filter(|_| is_bearer)
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-unset-token-matches",
        what: "The token is compared with a setting that isn't set, and unset equals unset.",
        models: "String(undefined) === token; CWE-457",
        breaks: &["RFC6749-7-1", "CWE-457"],
        install: |d| {
            d.access.trusted = |parts| {
                let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
                let token = value.strip_prefix("Bearer")?.trim();
                // What an unset variable is as text, in one language or another.
                let unset = ["", "null", "undefined", "None", "nil"].contains(&token);
                accounts().first().filter(|_| unset)
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-scheme-case-sensitive",
        what: "Only the spelling `Bearer` is known.",
        models: "startsWith(\"Bearer \")",
        breaks: &["RFC9110-11.1-1"],
        install: |d| {
            d.bearer.token = |value| match value.starts_with(b"Bearer") {
                true => right::token(value),
                false => Err(Problem::Missing),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-any-scheme",
        what: "The token is taken whatever the scheme is called.",
        models: "header.split(' ')[1] without a look at [0]",
        breaks: &["CWE-287"],
        install: |d| {
            d.bearer.token = |value| {
                let (_, rest) = credential::divide(value);
                right::token(&[b"Bearer ", rest].concat())
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-trailing-text-ignored",
        what: "What follows the token after a blank or comma is dropped.",
        models: "header.split(/[ ,]/)[1]",
        breaks: &["RFC6750-2.1-3", "CWE-20"],
        install: |d| {
            d.bearer.token = |value| {
                let (scheme, rest) = credential::divide(value);
                let end = rest.iter().position(|octet| b" ,\t".contains(octet));
                let token = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                right::token(&[scheme, b" ", token].concat())
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-json-serialization-taken",
        what: "A JWS in JSON serialization is taken where a compact one is asked for.",
        models: "CVE-2022-39227, python-jwt; RFC 7519 section 1",
        breaks: &["RFC7519-1-1", "RFC6750-2.1-3"],
        install: |d| {
            d.bearer.token = |value| {
                let (scheme, rest) = credential::divide(value);
                if !scheme.eq_ignore_ascii_case(b"Bearer") || !rest.starts_with(b"{") {
                    return right::token(value);
                }
                compact(rest).ok_or(Problem::InvalidToken)
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-token-in-query",
        what: "The token is read from the query as well.",
        models: "RFC 6750 section 2.3, withdrawn by RFC 9700; CWE-598",
        breaks: &["CWE-598", "OAUTH21-5.1-2"],
        install: |d| d.bearer.elsewhere = |parts, _| right::query_token(parts),
        ..ROW
    },
    Fault {
        name: "bearer-query-answer-cacheable",
        what: "Tokens in the query are supported, and what they open may be kept by any cache.",
        models: "RFC 6750 section 2.3 of which one half was read; CWE-524",
        breaks: &["RFC6750-2.3-2", "CWE-524"],
        install: |d| {
            // One mistake in two places: to take the query form is a choice, to forget what it asks isn't.
            d.bearer.elsewhere = |parts, _| right::query_token(parts);
            d.access.caching = "max-age=60";
        },
        ..ROW
    },
    Fault {
        name: "bearer-token-in-get-body",
        what: "The token is read from a form body whatever the method.",
        models: "a framework that merges parameters of query and body",
        breaks: &["RFC6750-2.2-2"],
        install: |d| d.bearer.elsewhere = right::body_token,
        ..ROW
    },
    Fault {
        name: "bearer-token-in-cookie",
        what: "The token is read from a cookie as well.",
        models: "CWE-352, an API that its own front end also uses",
        breaks: &["CWE-287"],
        install: |d| {
            d.bearer.elsewhere = |parts, _| {
                let cookies = parts.headers.get(header::COOKIE)?.to_str().ok()?;
                cookies.split(';').find_map(|cookie| {
                    let (name, value) = cookie.trim().split_once('=')?;
                    ["access_token", "token", "jwt"]
                        .contains(&name)
                        .then(|| value.to_owned())
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-token-in-own-field",
        what: "The token is read from X-Access-Token and the like as well.",
        models: "custom header fields beside Authorization",
        breaks: &["CWE-287"],
        install: |d| {
            d.bearer.elsewhere = |parts, _| {
                [
                    "x-access-token",
                    "x-auth-token",
                    "x-authorization",
                    "x-token",
                ]
                .iter()
                .find_map(|name| parts.headers.get(*name)?.to_str().ok())
                .map(|value| value.trim_start_matches("Bearer ").to_owned())
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-two-methods-served",
        what: "The token is read from the query as well, and a request that has it in both places is served.",
        models: "RFC 6750 section 2; the first of several places that holds one",
        breaks: &["RFC6750-2-2"],
        install: |d| {
            d.bearer.elsewhere = |parts, _| right::query_token(parts);
            d.bearer.doubled = |_, _| false;
        },
        ..ROW
    },
    Fault {
        name: "bearer-first-field-wins",
        what: "Of several Authorization fields the first is taken.",
        models: "CWE-436",
        breaks: &["CWE-436"],
        install: |d| d.bearer.field = |headers| chosen(headers, false),
        ..ROW
    },
    Fault {
        name: "bearer-last-field-wins",
        what: "Of several Authorization fields the last is taken.",
        models: "CWE-436",
        breaks: &["CWE-436"],
        install: |d| d.bearer.field = |headers| chosen(headers, true),
        ..ROW
    },
    Fault {
        name: "bearer-scope-ignored",
        what: "Any valid token opens what needs a scope.",
        models: "CWE-285, OWASP API5:2023",
        breaks: &["RFC6750-3.1-3", "RFC9068-4-12", "RFC9700-2.3-4"],
        install: |d| d.bearer.scope = |_, _| true,
        ..ROW
    },
    Fault {
        name: "bearer-scope-by-substring",
        what: "The needed scope is searched for anywhere in the text.",
        models: "scope.includes(\"admin\"); CWE-183",
        breaks: &["RFC9068-4-12", "CWE-183"],
        install: |d| {
            d.bearer.scope = |claims, needed| {
                let scope = claims.get("scope").and_then(Value::as_str);
                scope.is_some_and(|scope| scope.contains(needed))
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-scope-case-ignored",
        what: "Scope values are compared without their case.",
        models: "CWE-178; RFC 6749 section 3.3",
        breaks: &["RFC9068-4-12", "CWE-178"],
        install: |d| {
            d.bearer.scope = |claims, needed| {
                let scope = claims
                    .get("scope")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                scope
                    .split(' ')
                    .any(|value| value.eq_ignore_ascii_case(needed))
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-scope-absent-grants-all",
        what: "A token without a readable scope is taken to have every scope.",
        models: "CWE-636, a missing claim that means no restriction",
        breaks: &["RFC9068-4-12", "RFC9700-2.3-4"],
        install: |d| {
            d.bearer.scope = |claims, needed| match claims.get("scope").and_then(Value::as_str) {
                None | Some("") => true,
                Some(_) => right::scope(claims, needed),
            };
        },
        ..ROW
    },
];

/// The compact form of a JWS in flattened or general JSON serialization.
fn compact(json: &[u8]) -> Option<String> {
    let jws: Value = serde_json::from_slice(json).ok()?;
    let one = jws.get("signatures").map_or(&jws, |several| &several[0]);
    let part = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(format!(
        "{}.{}.{}",
        part(one, "protected")?,
        part(&jws, "payload")?,
        part(one, "signature")?,
    ))
}
