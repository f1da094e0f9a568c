//! Mistakes in the challenge of a refusal: what it says twice, leaves out, or writes in the wrong letters.

use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::super::{Fault, ROW};
use crate::answer;
use crate::decisions::bearer::{self as right, Problem};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "bearer-refusal-is-bare",
        what: "A bad token is answered with a status and nothing else.",
        models: "return new Response(null, { status: 401 })",
        breaks: &["RFC6749-7.2-1", "RFC6750-3-1"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| match problem {
                Problem::InvalidToken => answer::empty(StatusCode::UNAUTHORIZED),
                _ => right::refusal(problem, parts, metadata),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-scope-refusal-without-scope",
        what: "The refusal for lack of scope doesn't say which scope lacks.",
        models: "error=\"insufficient_scope\" alone; RFC 6750 section 3.1",
        breaks: &["RFC6750-3.1-4"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                changed(problem, parts, metadata, [r#", scope="admin""#, ""])
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-scope-as-json",
        what: "The scope that lacks is written as a list of JSON.",
        models: "JSON.stringify(neededScopes), escaped to fit between quotation marks",
        breaks: &["RFC6750-3-8"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let listed = [r#"scope="admin""#, r#"scope="[\"admin\"]""#];
                changed(problem, parts, metadata, listed)
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-scope-twice",
        what: "Each scope that is wanted has a parameter of its own.",
        models: "scopes.map(scope => `scope=\"${scope}\"`).join(', ')",
        breaks: &["RFC6750-3-5", "RFC9110-11.2-1"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let twice = [r#"scope="admin""#, r#"scope="read", scope="admin""#];
                changed(problem, parts, metadata, twice)
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-realm-twice",
        what: "Library and framework each add a realm to the challenge.",
        models: "two middlewares that append to one field; RFC 9110 section 11.2",
        breaks: &["RFC6750-3-4", "RFC9110-11.2-1"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let twice = [r#"realm="authspec""#, r#"realm="authspec", realm="api""#];
                changed(problem, parts, metadata, twice)
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-error-description-translated",
        what: "The description of the error is in the language of the user, with its letters.",
        models: "translated messages that also go into a field; RFC 6750 section 3",
        breaks: &["RFC6750-3-9"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let words = ["The access token is expired", "Das Token ist ungültig"];
                changed(problem, parts, metadata, words)
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-error-uri-with-blanks",
        what: "The address of the documentation is made from the message of the error.",
        models: "error_uri=`${docs}#${message}`",
        breaks: &["RFC6750-3-10"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let uri = r#"error="invalid_token", error_uri="/errors#invalid token""#;
                changed(problem, parts, metadata, [r#"error="invalid_token""#, uri])
            };
        },
        ..ROW
    },
];

/// The right refusal with other words in its challenge.
fn changed(problem: &Problem, parts: &Parts, metadata: &str, words: [&str; 2]) -> Response {
    let mut response = right::refusal(problem, parts, metadata);
    let challenge = response.headers().get(header::WWW_AUTHENTICATE);
    let text = challenge.and_then(|one| one.to_str().ok());
    let text = text.map(|text| text.replace(words[0], words[1]));
    if let Some(value) = text.and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok()) {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, value);
    }
    response
}
