//! Mistakes in the answer to who isn't let in.

use axum::http::{StatusCode, header};
use axum::response::Response;

use super::super::{Fault, ROW};
use crate::decisions::bearer::{self as right, Problem};
use crate::{answer, encoding};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "bearer-scope-refusal-is-401",
        what: "A good token without the scope is refused as if it were invalid.",
        models: "RFC 6750 section 3.1; RFC 9110 section 15.5.4",
        breaks: &["RFC6750-3.1-3", "RFC9110-11.4-4"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| match problem {
                Problem::InsufficientScope(_) => {
                    right::refusal(&Problem::InvalidToken, parts, metadata)
                }
                _ => right::refusal(problem, parts, metadata),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-scope-refusal-without-error",
        what: "A 403 for lack of scope says nothing about it.",
        models: "RFC 6750 section 3.1",
        breaks: &["RFC6750-3.1-3", "RFC6750-3-1"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let mut response = right::refusal(problem, parts, metadata);
                if matches!(problem, Problem::InsufficientScope(_)) {
                    response.headers_mut().remove(header::WWW_AUTHENTICATE);
                }
                response
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-500-without-token",
        what: "A request without a token is an unhandled error.",
        models: "CWE-755, req.headers.authorization.split(' ')",
        breaks: &["CWE-755", "RFC9110-11.4-1"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| match problem {
                Problem::Missing => right::refusal(&Problem::Broken, parts, metadata),
                _ => right::refusal(problem, parts, metadata),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-refusal-shows-stack-trace",
        what: "The refusal of a bad token shows where in the code it arose.",
        models: "CWE-209, debug mode left on",
        breaks: &["CWE-209"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let standard = right::refusal(problem, parts, metadata);
                let trace = "Traceback (most recent call last):\n  File \"/srv/app/tokens.py\", line 88, in decode\n    raise InvalidTokenError(header)";
                let mut response = answer::problem(standard.status(), "Invalid token", trace);
                for value in standard.headers().get_all(header::WWW_AUTHENTICATE) {
                    let fields = response.headers_mut();
                    fields.append(header::WWW_AUTHENTICATE, value.clone());
                }
                response
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-no-challenge",
        what: "The 401 has no WWW-Authenticate.",
        models: "res.status(401).json(...)",
        breaks: &["RFC6750-3-1", "RFC9110-11.6.1-1"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let mut response = right::refusal(problem, parts, metadata);
                response.headers_mut().remove(header::WWW_AUTHENTICATE);
                response
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-challenge-of-another-scheme",
        what: "The challenge asks for Basic where only tokens open.",
        models: "a framework's default entry point",
        breaks: &["RFC6750-3-2", "RFC9110-15.5.2-1"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                challenged(
                    right::refusal(problem, parts, metadata),
                    r#"Basic realm="authspec""#,
                )
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-challenge-without-parameters",
        what: "The challenge is the bare word Bearer, whatever went wrong.",
        models: "WWW-Authenticate: Bearer",
        breaks: &["RFC6750-3-3", "RFC6750-3-7"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                challenged(right::refusal(problem, parts, metadata), "Bearer")
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-error-without-token",
        what: "A request without any token is told invalid_token.",
        models: "RFC 6750 section 3.1",
        breaks: &["RFC6750-3.1-5"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| match problem {
                Problem::Missing => right::refusal(&Problem::InvalidToken, parts, metadata),
                _ => right::refusal(problem, parts, metadata),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-invalid-token-without-error",
        what: "An invalid token gets the challenge of a request without one.",
        models: "RFC 6750 section 3.1",
        breaks: &["RFC6750-3-7", "RFC6750-3.1-2", "RFC9068-4-11", "CWE-392"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| match problem {
                Problem::InvalidToken => right::refusal(&Problem::Missing, parts, metadata),
                _ => right::refusal(problem, parts, metadata),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-invalid-token-wrong-error",
        what: "An invalid token is told a code of its own making.",
        models: "error=\"token_expired\"",
        breaks: &["RFC6750-3.1-2", "RFC9068-4-11"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let response = right::refusal(problem, parts, metadata);
                match problem {
                    Problem::InvalidToken => challenged(
                        response,
                        r#"Bearer realm="authspec", error="jwt_verification_failed""#,
                    ),
                    _ => response,
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-invalid-token-is-403",
        what: "An invalid token gets 403.",
        models: "PyJWT examples that raise 403; FastAPI's HTTPBearer before 0.116",
        breaks: &["RFC6750-3.1-2", "RFC9110-11.4-2"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let mut response = right::refusal(problem, parts, metadata);
                if *problem == Problem::InvalidToken {
                    *response.status_mut() = StatusCode::FORBIDDEN;
                }
                response
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-malformed-request-is-401",
        what: "A request with several credentials gets 401 invalid_token instead of 400 invalid_request.",
        models: "RFC 6750 section 3.1",
        breaks: &["RFC6750-3.1-1"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| match problem {
                Problem::InvalidRequest => right::refusal(&Problem::InvalidToken, parts, metadata),
                _ => right::refusal(problem, parts, metadata),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-challenge-error-twice",
        what: "The challenge has its error twice.",
        models: "two layers that both add it",
        breaks: &["RFC6750-3-6", "RFC9110-11.2-1"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let response = right::refusal(problem, parts, metadata);
                match problem {
                    Problem::InvalidToken => challenged(
                        response,
                        r#"Bearer realm="authspec", error="invalid_token", error="invalid_token""#,
                    ),
                    _ => response,
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-refusal-echoes-token",
        what: "The refusal repeats the token, in the body and in the challenge.",
        models: "CWE-209; RFC 6750 section 3 on the characters of error_description",
        breaks: &["CWE-209"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let sent = parts
                    .headers
                    .get(header::AUTHORIZATION)
                    .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                    .unwrap_or_default();
                let status = right::refusal(problem, parts, metadata).status();
                let response =
                    answer::problem(status, "Invalid token", &format!("Can't verify {sent}"));
                challenged(
                    response,
                    &format!(
                        r#"Bearer realm="authspec", error="invalid_token", error_description="can't verify {sent}""#
                    ),
                )
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-refusal-reflects-claims",
        what: "The refusal shows claims of a token that nobody verified.",
        models: "CWE-209, error messages such as `user X is not allowed`",
        breaks: &["CWE-209"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let standard = right::refusal(problem, parts, metadata);
                let claims = parts
                    .headers
                    .get(header::AUTHORIZATION)
                    .and_then(|value| value.to_str().ok()?.split('.').nth(1))
                    .and_then(encoding::base64url_decode)
                    .map(|octets| String::from_utf8_lossy(&octets).into_owned())
                    .unwrap_or_default();
                let mut response = answer::problem(
                    standard.status(),
                    "Invalid token",
                    &format!("No valid token for {claims}"),
                );
                for value in standard.headers().get_all(header::WWW_AUTHENTICATE) {
                    let fields = response.headers_mut();
                    fields.append(header::WWW_AUTHENTICATE, value.clone());
                }
                response
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-refusal-is-a-redirect",
        what: "A request without a good token is sent to a login page.",
        models: "the web login of a framework on an API",
        breaks: &["RFC9110-11.4-1", "RFC6750-3-1"],
        install: |d| d.bearer.refusal = |_, _, _| answer::see_other("/login"),
        ..ROW
    },
    Fault {
        name: "bearer-refusal-is-200",
        what: "A refusal is a 200 whose body says that it failed.",
        models: "GraphQL-like error envelopes",
        breaks: &["RFC9110-11.4-1", "RFC6750-3-1"],
        install: |d| {
            d.bearer.refusal = |_, _, _| {
                answer::json(
                    StatusCode::OK,
                    &serde_json::json!({ "error": "not authenticated" }),
                )
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-resource-metadata-elsewhere",
        what: "The challenge names a metadata document that isn't this resource's.",
        models: "a fixed path for every resource; RFC 9728 section 3.3",
        breaks: &["RFC9728-5.1-1", "RFC9728-3.3-4"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let shared = metadata.replace(parts.uri.path(), "");
                right::refusal(problem, parts, &shared)
            };
        },
        ..ROW
    },
];

fn challenged(mut response: Response, challenge: &str) -> Response {
    answer::set(&mut response, header::WWW_AUTHENTICATE, challenge);
    response
}
