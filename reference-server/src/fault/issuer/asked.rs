//! Mistakes about the form of an authorization request, and in the answer to it.

use axum::http::HeaderName;
use axum::http::HeaderValue;

use super::super::Fault;
use super::SERVER;
use crate::decisions::grant::front::{self, Implicit};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-request-by-post-only",
        what: "The authorization endpoint takes POST alone.",
        models: "a route for the form that is meant to be posted",
        breaks: &["RFC6749-3.1-6"],
        install: |d| d.grant.front.method = |method| method == "POST",
        ..SERVER
    },
    Fault {
        name: "as-request-by-get-only",
        what: "The authorization endpoint of an OpenID provider takes GET alone.",
        models: "OpenID Connect Core section 3.1.2.1",
        breaks: &["OIDC-CORE-3.1.2.1-1"],
        install: |d| d.grant.front.method = |method| method == "GET",
        ..SERVER
    },
    Fault {
        name: "as-unknown-parameter-refused",
        what: "An authorization request with an unknown parameter is refused.",
        models: "a strict schema for the query",
        breaks: &["RFC6749-3.1-9"],
        install: |d| d.grant.front.refuses_unknown = true,
        ..SERVER
    },
    Fault {
        name: "as-empty-parameter-counts",
        what: "A parameter of the authorization request without a value is compared as an empty text.",
        models: "query.has('response_mode')",
        breaks: &["RFC6749-3.1-8"],
        install: |d| d.grant.front.counts_empty = true,
        ..SERVER
    },
    Fault {
        name: "as-parameters-in-order",
        what: "client_id must stand before redirect_uri, which is looked up as it is read.",
        models: "a parser that resolves as it goes",
        breaks: &["CWE-436"],
        install: |d| d.grant.front.reads_in_order = true,
        ..SERVER
    },
    Fault {
        name: "as-openid-must-stand-first",
        what: "OpenID Connect is meant only where the scope begins with openid.",
        models: "scope.startsWith('openid')",
        breaks: &["RFC6749-3.3-3"],
        install: |d| d.grant.front.is_openid = |scope| scope.starts_with("openid"),
        ..SERVER
    },
    Fault {
        name: "as-response-type-defaulted",
        what: "A request without response_type is served as code.",
        models: "responseType ?? 'code'",
        breaks: &["RFC6749-3.1.1-1", "RFC6749-4.1.2.1-3"],
        install: |d| d.grant.front.default_response_type = Some("code"),
        ..SERVER
    },
    Fault {
        name: "as-implicit-flow",
        what: "The response type token gives an access token in the fragment.",
        models: "RFC 9700 section 2.1.2",
        breaks: &["CWE-522", "RFC9700-2.1.2-1"],
        install: |d| d.grant.front.implicit = Implicit::Token,
        ..SERVER
    },
    Fault {
        name: "as-hybrid-flow-with-token",
        what: "The response type code token gives an access token beside the code.",
        models: "RFC 9700 section 2.1.2",
        breaks: &["CWE-522", "RFC9700-2.1.2-1"],
        install: |d| d.grant.front.implicit = Implicit::Hybrid,
        ..SERVER
    },
    Fault {
        name: "as-implicit-flow-with-refresh-token",
        what: "The implicit flow gives a refresh token too.",
        models: "RFC 6749 section 4.2.2",
        breaks: &["RFC6749-4.2.2-2", "CWE-522"],
        install: |d| d.grant.front.implicit = Implicit::WithRefresh,
        ..SERVER
    },
    Fault {
        name: "as-implicit-flow-by-query",
        what: "The implicit flow puts the access token into the query where the request asks for that.",
        models: "OAuth 2.0 Multiple Response Type Encoding Practices section 5",
        breaks: &["RFC6749-4.2.2-1", "CWE-598", "CWE-522"],
        install: |d| d.grant.front.implicit = Implicit::InQuery,
        ..SERVER
    },
    Fault {
        name: "as-scope-demanded",
        what: "A request without scope ends in server_error.",
        models: "RFC 6749 section 3.3, a scope taken apart before it is looked for",
        breaks: &["RFC6749-3.3-2"],
        install: |d| d.grant.front.needs_scope = true,
        ..SERVER
    },
    Fault {
        name: "as-errors-without-a-page",
        what: "What the client can't be told is answered with an empty 400.",
        models: "RFC 6749 section 3.1.2.4",
        breaks: &["RFC6749-3.1.2.4-2"],
        install: |d| d.grant.front.tells_user = false,
        ..SERVER
    },
    Fault {
        name: "as-challenge-wrong-error",
        what: "A client whose challenge does not suffice is told unauthorized_client.",
        models: "RFC 7636 section 4.4.1",
        breaks: &["RFC7636-4.4.1-3", "RFC7636-4.4.1-1", "OAUTH21-4.1.2.1-3"],
        install: |d| {
            d.grant.front.error = |problem| {
                if problem.description.starts_with("PKCE") {
                    problem.error = "unauthorized_client";
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-state-demanded",
        what: "A request without state is refused.",
        models: "node-oauth2-server without allowEmptyState",
        breaks: &["CWE-436"],
        install: |d| d.grant.front.needs_state = true,
        ..SERVER
    },
    Fault {
        name: "as-confidential-client-without-challenge-or-nonce",
        what: "A client with a secret may leave out challenge and nonce.",
        models: "PKCE for public clients only; OAuth 2.1 section 4.1.1",
        breaks: &["OAUTH21-4.1.2.1-2"],
        install: |d| d.grant.front.unprotected = true,
        ..SERVER
    },
    Fault {
        name: "as-front-error-unregistered",
        what: "Errors of the authorization endpoint have words of the server's own.",
        models: "an exception class as the error code",
        breaks: &["RFC6749-4.1.2.1-3", "RFC6749-4.1.2.1-4"],
        install: |d| {
            d.grant.front.error = |problem| {
                problem.error = match problem.error {
                    "invalid_request" => "InvalidRequestException",
                    "unsupported_response_type" => "invalid_response_type",
                    other => other,
                };
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-front-error-description-raw",
        what: "error_description quotes the request, line break and quotation marks included.",
        models: "a message of an exception passed on",
        breaks: &["RFC6749-4.1.2.1-6"],
        install: |d| {
            d.grant.front.error = |problem| {
                problem.description =
                    "Invalid \"request\":\n\tsee C:\\logs\\as.log – dernière ligne";
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-unknown-scope-breaks",
        what: "A scope of which no value is known ends in server_error.",
        models: "a look-up that is unwrapped",
        breaks: &["RFC6749-4.1.2.1-5"],
        install: |d| {
            d.grant.front.error = |problem| {
                if problem.error == "invalid_scope" {
                    problem.error = "server_error";
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-denial-wrong-error",
        what: "A client whose user said no is told login_required.",
        models: "one error for everything that ends without consent",
        breaks: &["RFC6749-4.1.2.1-5"],
        install: |d| {
            d.grant.front.error = |problem| {
                if problem.error == "access_denied" {
                    problem.error = "login_required";
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-denial-not-heard",
        what: "Whichever button of the consent page is pressed, the client gets a code.",
        models: "a form handler that looks at no button",
        breaks: &["RFC6749-4.1.2.1-5"],
        install: |d| d.grant.front.hears_no = false,
        ..SERVER
    },
    Fault {
        name: "as-errors-carry-a-code",
        what: "A code that was made beforehand stands in the answer with an error too.",
        models: "one template for both answers",
        breaks: &[
            "RFC6749-3.1.1-1",
            "RFC6749-4.1.2.1-3",
            "OIDC-CORE-3.1.2.3-1",
            "OIDC-CORE-3.1.2.6-3",
        ],
        install: |d| d.grant.front.code_with_errors = true,
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-query-dropped",
        what: "The answer replaces the query that the registered redirection URI has.",
        models: "url.search = params",
        breaks: &["RFC6749-3.1.2-2"],
        install: |d| {
            d.grant.front.address = |redirect_uri, answer| {
                let mut url = url::Url::parse(redirect_uri).ok()?;
                url.query_pairs_mut().clear().extend_pairs(answer);
                Some(url.into())
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-answer-parameter-twice",
        what: "state stands in the answer twice.",
        models: "the query of the request copied, then the answer added",
        breaks: &["RFC6749-3.1-11"],
        install: |d| {
            d.grant.front.address = |redirect_uri, answer| {
                let mut twice = answer.to_vec();
                twice.extend(answer.iter().filter(|(name, _)| *name == "state").cloned());
                (front::Front::right().address)(redirect_uri, &twice)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-answer-not-encoded",
        what: "Values are written into the Location field as they are, a line break as a line break.",
        models: "CWE-113, HTTP response splitting",
        breaks: &["CWE-113", "RFC6749-10.14-1"],
        install: |d| {
            d.grant.front.address = |redirect_uri, answer| {
                let sign = if redirect_uri.contains('?') { '&' } else { '?' };
                let pairs: Vec<String> = answer
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                Some(format!("{redirect_uri}{sign}{}", pairs.join("&")))
            };
            d.grant.front.lines = |response, address| {
                for line in address.lines().skip(1) {
                    let Some((name, value)) = line.split_once(':') else {
                        continue;
                    };
                    let name = HeaderName::try_from(name);
                    let value = HeaderValue::try_from(value.trim());
                    if let (Ok(name), Ok(value)) = (name, value) {
                        response.headers_mut().append(name, value);
                    }
                }
            };
        },
        ..SERVER
    },
];
