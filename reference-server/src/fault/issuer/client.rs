//! Mistakes about who the client is and what it is told.

use axum::http::header;

use super::super::Fault;
use super::SERVER;
use crate::clients::{self, Client, clients};
use crate::decisions::grant as right;
use crate::issuer::client_auth::{Presented, Unauthenticated};
use crate::{answer, encoding};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-client-secret-not-checked",
        what: "Any secret is taken.",
        models: "RFC 6749 section 4.1.3",
        breaks: &[
            "RFC6749-4.1.3-4",
            "RFC6749-5.2-2",
            "RFC7662-2.1-4",
            "RFC6749-4.4.2-1",
        ],
        install: |d| {
            d.grant.client = |presented| match presented {
                Presented::Basic { id, .. } | Presented::Form { id, .. } => {
                    clients::find(id).ok_or(Unauthenticated::Wrong)
                }
                _ => right::client(presented),
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-client-secret-may-be-missing",
        what: "A client that has a secret need only say its name.",
        models: "if (secret && secret !== client.secret)",
        breaks: &[
            "RFC6749-4.1.3-3",
            "RFC6749-6-1",
            "RFC7009-2.1-4",
            "RFC6749-2.3.1-8",
            "RFC8628-3.4-2",
        ],
        install: |d| {
            d.grant.client = |presented| match presented {
                Presented::Name { id } => clients::find(id).ok_or(Unauthenticated::Wrong),
                _ => right::client(presented),
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-client-secret-may-be-empty",
        what: "An empty secret is taken from every client.",
        models: "CWE-521, a comparison that stops at the shorter text",
        breaks: &["RFC6749-4.1.3-4"],
        install: |d| {
            d.grant.client = |presented| match presented {
                Presented::Basic { id, secret } | Presented::Form { id, secret } => {
                    clients::find(id)
                        .filter(|client| client.secret.is_some_and(|real| real.starts_with(secret)))
                        .ok_or(Unauthenticated::Wrong)
                }
                _ => right::client(presented),
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-client-credentials-not-decoded",
        what: "Identifier and secret in the Basic credential are not form-decoded.",
        models: "RFC 6749 section 2.3.1",
        breaks: &["RFC6749-2.3.1-2"],
        install: |d| {
            d.grant.client = |presented| match presented {
                Presented::Basic { id, secret } => right::client(&Presented::Basic {
                    id: encoding::form_encode(id),
                    secret: encoding::form_encode(secret),
                }),
                _ => right::client(presented),
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-client-basic-refused",
        what: "A secret is taken from the body only.",
        models: "RFC 6749 section 2.3.1",
        breaks: &["RFC6749-2.3.1-1"],
        install: |d| {
            d.grant.client = |presented| match presented {
                Presented::Basic { .. } => Err(Unauthenticated::Wrong),
                _ => right::client(presented),
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-client-two-methods-taken",
        what: "Of two ways of authentication in one request the Authorization field is taken.",
        models: "RFC 6749 section 2.3",
        breaks: &["RFC6749-5.2-7"],
        install: |d| {
            d.grant.client = |presented| match presented {
                Presented::Several {
                    basic: Some((id, secret)),
                    ..
                } => right::client(&Presented::Basic {
                    id: id.clone(),
                    secret: secret.clone(),
                }),
                _ => right::client(presented),
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-client-id-of-body-wins",
        what: "A client that authenticated is taken for the one that client_id of the body names.",
        models: "CWE-639, the identifier read again after it was proved",
        breaks: &["RFC6749-4.1.3-5", "RFC6749-4.1.2-6"],
        install: |d| {
            d.grant.client = |presented| match presented {
                Presented::Several {
                    basic: Some((id, secret)),
                    id: Some(named),
                } => {
                    let (id, secret) = (id.clone(), secret.clone());
                    right::client(&Presented::Basic { id, secret })?;
                    clients::find(named).ok_or(Unauthenticated::Wrong)
                }
                _ => right::client(presented),
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-token-by-get",
        what: "The token endpoint serves GET, parameters in the query.",
        models: "CWE-598, a route for any method",
        breaks: &["RFC6749-3.2-5"],
        install: |d| d.grant.token_by_get = true,
        ..SERVER
    },
    Fault {
        name: "as-public-client-has-own-grant",
        what: "A public client may use client_credentials.",
        models: "RFC 6749 section 4.4",
        breaks: &["RFC6749-4.4-1", "RFC6749-4.4.2-1"],
        install: |d| d.grant.own_grant = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-password-grant",
        what: "The password grant still works.",
        models: "RFC 9700 section 2.4",
        breaks: &["RFC9700-2.4-1"],
        install: |d| d.grant.password_grant = true,
        ..SERVER
    },
    Fault {
        name: "as-any-scope-granted",
        what: "Whatever scope is asked for is granted.",
        models: "CWE-269",
        breaks: &["RFC6749-4.1.2.1-5", "RFC9700-2.3-1"],
        install: |d| d.grant.may_have = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-token-answer-cacheable",
        what: "Token answers may be stored.",
        models: "RFC 6749 section 5.1",
        breaks: &["RFC6749-5.1-4", "OIDC-CORE-3.1.3.3-3"],
        install: |d| {
            d.grant.token_answer = |response| {
                response.headers_mut().remove(header::CACHE_CONTROL);
                response.headers_mut().remove(header::PRAGMA);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-token-answer-without-pragma",
        what: "Token answers have Cache-Control and no Pragma.",
        models: "RFC 6749 section 5.1",
        breaks: &["RFC6749-5.1-5"],
        install: |d| {
            d.grant.token_answer = |response| {
                answer::set(response, header::CACHE_CONTROL, "no-store");
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-errors-are-200",
        what: "Errors of the token endpoint have status 200.",
        models: "GitHub's token endpoint",
        breaks: &["RFC6749-5.2-1", "RFC9126-2.3-1"],
        install: |d| {
            d.grant.token_error = |problem| {
                problem.status = 200;
                problem.challenge = false;
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-client-failure-is-400",
        what: "A client that failed in the Authorization field gets 400 without a challenge.",
        models: "RFC 6749 section 5.2",
        breaks: &["RFC6749-5.2-4", "RFC7662-2.3-1"],
        install: |d| {
            d.grant.token_error = |problem| {
                if problem.error == "invalid_client" {
                    problem.status = 400;
                    problem.challenge = false;
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-client-failure-without-challenge",
        what: "A client that failed gets 401 without WWW-Authenticate.",
        models: "RFC 6749 section 5.2, RFC 9110 section 11.6.1",
        breaks: &["RFC6749-5.2-4", "RFC9110-11.6.1-2"],
        install: |d| d.grant.token_error = |problem| problem.challenge = false,
        ..SERVER
    },
    Fault {
        name: "as-client-failure-wrong-error",
        what: "A client that failed is told unauthorized_client.",
        models: "RFC 6749 section 5.2",
        breaks: &["RFC6749-5.2-2", "RFC7009-2.2.1-1", "RFC7523-3.2-1"],
        install: |d| {
            d.grant.token_error = |problem| {
                if problem.error == "invalid_client" {
                    problem.error = "unauthorized_client";
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-bad-grant-wrong-error",
        what: "A bad code or refresh token is told invalid_request.",
        models: "RFC 6749 section 5.2",
        breaks: &["RFC6749-5.2-5"],
        install: |d| {
            d.grant.token_error = |problem| {
                if problem.error == "invalid_grant" {
                    problem.error = "invalid_request";
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-unknown-grant-wrong-error",
        what: "An unknown grant type is told invalid_grant.",
        models: "RFC 6749 section 5.2",
        breaks: &["RFC6749-5.2-6"],
        install: |d| {
            d.grant.token_error = |problem| {
                if problem.error == "unsupported_grant_type" {
                    problem.error = "invalid_grant";
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-reads-query",
        what: "Parameters in the query of the token endpoint count, the secret among them.",
        models: "CWE-598",
        breaks: &["RFC6749-2.3.1-7"],
        install: |d| d.grant.reads_query = true,
        ..SERVER
    },
];

/// Everything about clients that the special faults need.
pub(in crate::fault) fn any_client(
    presented: &Presented,
) -> Result<&'static Client, Unauthenticated> {
    let first = clients().first().ok_or(Unauthenticated::Wrong);
    match presented {
        Presented::Nothing => Err(Unauthenticated::Missing),
        Presented::Basic { id, .. } | Presented::Form { id, .. } | Presented::Name { id } => {
            clients::find(id).map_or(first, Ok)
        }
        Presented::Several { .. } | Presented::Unreadable => first,
    }
}
