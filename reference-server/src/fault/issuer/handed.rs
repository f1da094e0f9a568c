//! Mistakes at the token endpoint: what is taken, and what is handed out.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};

use super::super::Fault;
use super::SERVER;
use crate::answer;
use crate::decisions::grant as right;
use crate::issuer::client_auth::{Presented, Unauthenticated};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-token-unknown-parameter-refused",
        what: "A token request with an unknown parameter is refused.",
        models: "a strict schema for the form",
        breaks: &["RFC6749-3.2-7", "RFC8628-3.1-4"],
        install: |d| d.grant.back.refuses_unknown = true,
        ..SERVER
    },
    Fault {
        name: "as-token-empty-parameter-counts",
        what: "A parameter of the token request without a value is compared as an empty text.",
        models: "form.has('scope')",
        breaks: &["RFC6749-3.2-6", "RFC8628-3.1-3"],
        install: |d| d.grant.back.counts_empty = true,
        ..SERVER
    },
    Fault {
        name: "as-grant-type-defaulted",
        what: "A token request without grant_type is served as authorization_code.",
        models: "grantType ?? 'authorization_code'",
        breaks: &["CWE-20"],
        install: |d| d.grant.back.default_grant = Some("authorization_code"),
        ..SERVER
    },
    Fault {
        name: "as-missing-grant-type-breaks",
        what: "A token request without grant_type ends in 500 with a stack trace.",
        models: "canaille; CWE-209",
        breaks: &["RFC6749-5.2-1", "CWE-209"],
        install: |d| {
            d.grant.back.error = |problem| {
                if problem.description == "grant_type is missing" {
                    return Value::Null;
                }
                right::back::error(problem)
            };
            d.grant.token_error = |problem| {
                if problem.description == "grant_type is missing" {
                    problem.status = 500;
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-client-scheme-with-case",
        what: "The scheme of a client's credential must be written Basic.",
        models: "header.startsWith('Basic ')",
        breaks: &["RFC9110-11.1-2"],
        install: |d| d.grant.back.scheme = |scheme| scheme == "Basic",
        ..SERVER
    },
    Fault {
        name: "as-client-secret-in-body-refused",
        what: "A secret is taken from the Authorization field alone.",
        models: "OAuth 2.1 section 2.4.1",
        breaks: &["OAUTH21-2.4.1-1"],
        install: |d| {
            d.grant.client = |presented| match presented {
                Presented::Form { .. } => Err(Unauthenticated::Wrong),
                _ => right::client(presented),
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-client-failure-realm-bare",
        what: "The realm of the challenge stands without quotation marks.",
        models: "RFC 9110 section 11.5",
        breaks: &["RFC9110-11.5-2"],
        install: |d| d.grant.back.challenge = "Basic realm=clients",
        ..SERVER
    },
    Fault {
        name: "as-token-405-without-allow",
        what: "A 405 of the token endpoint has no Allow.",
        models: "RFC 9110 section 15.5.6",
        breaks: &["RFC9110-15.5.6-1"],
        install: |d| d.grant.back.lists_methods = false,
        ..SERVER
    },
    Fault {
        name: "as-token-by-any-method",
        what: "The token endpoint serves every method.",
        models: "app.all('/token')",
        breaks: &["RFC6749-3.2-5"],
        install: |d| d.grant.back.any_method = true,
        ..SERVER
    },
    Fault {
        name: "as-client-secret-without-limit",
        what: "Any number of wrong secrets may be tried.",
        models: "CWE-307",
        breaks: &["RFC6749-2.3.1-9", "OAUTH21-2.4.1-4"],
        install: |d| d.grant.back.most_tries = u32::MAX,
        ..SERVER
    },
    Fault {
        name: "as-own-grant-announced-only",
        what: "client_credentials is announced and answered unsupported_grant_type.",
        models: "a switch that the metadata doesn't know",
        breaks: &["CWE-439"],
        install: |d| d.grant.back.serves_own = false,
        ..SERVER
    },
    Fault {
        name: "as-nameless-client-taken",
        what: "A request that names no client is taken for one of the client that its code was made for.",
        models: "CWE-306, the client looked up by its code",
        breaks: &["RFC6749-4.1.3-3", "RFC6749-2.2-1"],
        install: |d| d.grant.back.nameless = true,
        ..SERVER
    },
    Fault {
        name: "as-token-answer-as-text",
        what: "Token answers and errors say text/html.",
        models: "RFC 6749 section 5.1, a framework's default",
        breaks: &["RFC6749-5.1-1", "RFC6749-5.2-1"],
        install: |d| {
            let text = |response: &mut axum::response::Response| {
                answer::set(response, header::CONTENT_TYPE, "text/html; charset=utf-8");
            };
            d.grant.back.response = text;
            d.grant.back.error_response = text;
        },
        ..SERVER
    },
    Fault {
        name: "as-token-answer-201",
        what: "Token answers have status 201.",
        models: "RFC 6749 section 5.1, a resource created",
        breaks: &["RFC6749-5.1-1"],
        install: |d| {
            d.grant.back.response = |response| *response.status_mut() = StatusCode::CREATED
        },
        ..SERVER
    },
    Fault {
        name: "as-token-type-missing",
        what: "Token answers have no token_type.",
        models: "RFC 6749 section 5.1",
        breaks: &["RFC6749-5.1-1", "RFC6750-4-1"],
        install: |d| {
            d.grant.back.members = |answer| remove(answer, "token_type");
        },
        ..SERVER
    },
    Fault {
        name: "as-expires-in-is-text",
        what: "expires_in is a text.",
        models: "RFC 6749 section 5.1, Microsoft's v1 endpoint",
        breaks: &["RFC6749-5.1-3"],
        install: |d| d.grant.back.members = |answer| answer["expires_in"] = json!("600"),
        ..SERVER
    },
    Fault {
        name: "as-expires-in-missing",
        what: "Token answers don't say how long the token lives.",
        models: "RFC 6749 section 5.1",
        breaks: &["RFC6749-5.1-2"],
        install: |d| d.grant.back.members = |answer| remove(answer, "expires_in"),
        ..SERVER
    },
    Fault {
        name: "as-access-tokens-live-for-a-year",
        what: "Access tokens live for a year.",
        models: "RFC 9700 section 2.2, RFC 6750 section 5.3",
        breaks: &["RFC6750-5.3-5", "RFC9449-11.2-1"],
        install: |d| {
            const YEAR: u64 = 365 * 24 * 60 * 60;
            d.grant.back.members = |answer| answer["expires_in"] = json!(YEAR);
            d.grant.back.claims = |claims| {
                claims["exp"] = json!(claims["iat"].as_u64().unwrap_or_default() + YEAR);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-scope-unsaid",
        what: "Token answers don't say the scope, where it differs from what was asked for neither.",
        models: "RFC 6749 section 3.3, oidc-provider's client_credentials",
        breaks: &["RFC6749-3.3-1", "OAUTH21-3.2.3-2"],
        install: |d| d.grant.back.members = |answer| remove(answer, "scope"),
        ..SERVER
    },
    Fault {
        name: "as-access-token-with-line-breaks",
        what: "Access tokens hold line breaks, as an encoder for mail writes them.",
        models: "RFC 6749 appendix A.12, MIME base64",
        breaks: &["RFC6750-4-1"],
        install: |d| {
            d.grant.back.members = |answer| {
                let token = answer["access_token"].as_str().unwrap_or_default();
                answer["access_token"] = json!(format!("{token}\r\n"));
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-access-tokens-repeat",
        what: "Access tokens have no identifier of their own, so that those of one second are the same text.",
        models: "canaille; RFC 6749 section 10.10",
        breaks: &["RFC6750-5.2-1", "RFC9068-2.2-7"],
        install: |d| d.grant.back.claims = |claims| remove(claims, "jti"),
        ..SERVER
    },
    Fault {
        name: "as-access-tokens-count-up",
        what: "Access tokens are numbers that count up.",
        models: "CWE-340",
        breaks: &["RFC6749-10.10-1", "RFC6750-5.2-1"],
        install: |d| {
            d.grant.back.access_token = |_, number| format!("access-{:010}", 730_000 + number);
        },
        ..SERVER
    },
    Fault {
        name: "as-access-token-without-audience",
        what: "Access tokens don't say for whom they are.",
        models: "RFC 9700 section 2.3",
        breaks: &["RFC9700-2.3-2", "RFC6750-5.3-6"],
        install: |d| d.grant.back.claims = |claims| remove(claims, "aud"),
        ..SERVER
    },
    Fault {
        name: "as-own-grant-with-refresh-token",
        what: "client_credentials brings a refresh token.",
        models: "RFC 6749 section 4.4.3",
        breaks: &["RFC6749-4.4.3-1"],
        install: |d| d.grant.back.own_refresh = true,
        ..SERVER
    },
    Fault {
        name: "as-client-failure-without-realm",
        what: "The challenge of a client that failed has no realm.",
        models: "RFC 7617 section 2",
        breaks: &["RFC7617-2-2"],
        install: |d| d.grant.back.challenge = "Basic charset=\"UTF-8\"",
        ..SERVER
    },
    Fault {
        name: "as-token-error-description-raw",
        what: "error_description of the token endpoint holds quotation marks and line breaks.",
        models: "a message of an exception passed on",
        breaks: &["RFC6749-5.2-8"],
        install: |d| {
            d.grant.back.error = |problem| {
                json!({
                    "error": problem.error,
                    "error_description": format!("\"{}\"\n\tat token.rs – Zeile 80", problem.description),
                })
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-token-error-with-stack",
        what: "Errors of the token endpoint hold the stack.",
        models: "CWE-209, a framework in development mode",
        breaks: &["CWE-209"],
        install: |d| {
            d.grant.back.error = |problem| {
                json!({
                    "error": problem.error,
                    "error_description": problem.description,
                    "stack": "InvalidGrantError: not found\n    at TokenHandler.handle (/srv/as/lib/token.js:118:13)\n    at async /srv/as/node_modules/express/lib/router.js:284:7",
                })
            };
        },
        ..SERVER
    },
];

fn remove(value: &mut Value, name: &str) {
    if let Some(members) = value.as_object_mut() {
        members.remove(name);
    }
}
