//! Mistakes with how a request is refused: the challenge, its error, the algorithms, the nonce.

use axum::http::{StatusCode, header};

use super::super::{Fault, ROW};
use crate::answer;
use crate::decisions::dpop::{self as right, ALGS, Problem, give, refused, told};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "dpop-challenge-of-bearer",
        what: "The challenge is Bearer's, as the library before DPoP wrote it.",
        models: "the entry point of the bearer filter kept; RFC 9110 section 15.5.2",
        breaks: &["RFC9110-15.5.2-1"],
        install: |d| {
            d.dpop.refusal = |problem| {
                let (status, error, detail) = told(problem);
                let error = error.map_or_else(String::new, |error| format!(r#", error="{error}""#));
                let challenge = format!(r#"Bearer realm="authspec"{error}"#);
                refused(status, detail, &challenge)
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-challenge-without-algs",
        what: "The challenge doesn't say which algorithms are understood.",
        models: "RFC 9449 section 7.1; a bare `DPoP error=...`",
        breaks: &["RFC9449-7.1-3"],
        install: |d| {
            d.dpop.refusal = |problem| {
                let (status, error, detail) = told(problem);
                let error = error.map_or_else(String::new, |error| format!(r#", error="{error}""#));
                refused(status, detail, &format!(r#"DPoP realm="authspec"{error}"#))
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-algs-with-commas",
        what: "The algorithms are joined by commas.",
        models: "algs.join(','); RFC 9449 section 7.1",
        breaks: &["RFC9449-7.1-4"],
        install: |d| {
            d.dpop.refusal = |problem| {
                let (status, error, detail) = told(problem);
                let error = error.map_or_else(String::new, |error| format!(r#", error="{error}""#));
                let algs = ALGS.replace(' ', ",");
                refused(
                    status,
                    detail,
                    &format!(r#"DPoP realm="authspec"{error}, algs="{algs}""#),
                )
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-challenge-without-error",
        what: "The challenge never says what was wrong.",
        models: "one static challenge for every refusal; RFC 9449 section 7.1",
        breaks: &["RFC9449-7.1-2"],
        install: |d| {
            d.dpop.refusal = |problem| {
                let (status, _, detail) = told(problem);
                refused(
                    status,
                    detail,
                    &format!(r#"DPoP realm="authspec", algs="{ALGS}""#),
                )
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-error-without-credentials",
        what: "Who sent nothing is told an error.",
        models: "Authlib's challenge for a request without a token; RFC 9449 section 7.2",
        breaks: &["RFC9449-7.2-2"],
        install: |d| {
            d.dpop.refusal = |problem| match problem {
                Problem::Missing => right::refusal(Problem::InvalidToken),
                other => right::refusal(other),
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-error-in-bearer-challenge",
        what: "The error stands in a Bearer challenge, with a bare one for DPoP behind it.",
        models: "express-oauth2-jwt-bearer adds `, DPoP algs=...` to the Bearer challenge with its error",
        breaks: &["RFC9449-7.2-3"],
        install: |d| {
            d.dpop.refusal = |problem| {
                let (status, error, detail) = told(problem);
                let error = error.map_or_else(String::new, |error| format!(r#", error="{error}""#));
                let challenge = format!(
                    r#"Bearer realm="authspec"{error}, DPoP realm="authspec", algs="{ALGS}""#
                );
                refused(status, detail, &challenge)
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-proxy-challenge",
        what: "The challenge stands in Proxy-Authenticate too, for a gateway that reads only that.",
        models: "a gateway that takes itself for a proxy (CWE-684); RFC 9449 section 7.1",
        breaks: &["RFC9449-7.1-6"],
        install: |d| {
            d.dpop.refusal = |problem| {
                let mut response = right::refusal(problem);
                let challenge = format!(r#"DPoP algs="{ALGS}""#);
                answer::add(&mut response, header::PROXY_AUTHENTICATE, &challenge);
                response
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-nonce-asked-with-400",
        what: "A nonce is asked for as a token endpoint does: 400 and JSON.",
        models: "one handler for RFC 9449 sections 8 and 9",
        breaks: &["RFC9449-9-1"],
        install: |d| {
            d.dpop.challenge = |nonce| {
                let body = serde_json::json!({ "error": "use_dpop_nonce" });
                let mut response = answer::json(StatusCode::BAD_REQUEST, &body);
                give(&mut response, nonce);
                response
            };
        },
        ..ROW
    },
];
