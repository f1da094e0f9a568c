//! Mistakes on the way from the request to the code.

use axum::http::{StatusCode, header};

use super::super::Fault;
use super::SERVER;
use crate::decisions::grant as right;
use crate::{answer, encoding};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-response-type-ignored",
        what: "Every response type is served as code.",
        models: "RFC 6749 section 3.1.1",
        breaks: &["RFC6749-3.1.1-1", "RFC6749-4.1.2.1-4"],
        install: |d| d.grant.response_type = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-repeated-parameters-taken",
        what: "Of a repeated parameter the first value is used.",
        models: "CWE-235, HTTP parameter pollution",
        breaks: &[
            "RFC6749-3.1-10",
            "RFC6749-3.2-8",
            "RFC9126-2.1-4",
            "RFC8628-3.1-5",
        ],
        install: |d| d.grant.refuses_repeated = false,
        ..SERVER
    },
    Fault {
        name: "as-pkce-not-required",
        what: "A public client may ask without a code challenge.",
        models: "RFC 9700 section 2.1.1",
        breaks: &["OAUTH21-4.1.2.1-1", "RFC7636-4.4.1-1", "RFC8252-8.1-1"],
        install: |d| {
            d.grant.challenge = |client, challenge, method| {
                challenge.is_none() || right::challenge(client, challenge, method)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-pkce-any-method",
        what: "A challenge under a method that nobody knows is taken.",
        models: "RFC 7636 section 4.4.1",
        breaks: &["RFC7636-4.4.1-3"],
        install: |d| {
            d.grant.challenge = |client, challenge, _| {
                right::challenge(client, challenge, challenge.map(|_| "S256"))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-pkce-plain-taken",
        what: "The method plain is taken, and a challenge without method as plain.",
        models: "RFC 7636 section 7.2, CVE-2024-23647 of authentik",
        breaks: &["RFC7636-7.2-3"],
        install: |d| {
            d.grant.challenge = |client, challenge, method| match (challenge, method) {
                (Some(_), None | Some("plain")) => true,
                _ => right::challenge(client, challenge, method),
            };
            d.grant.verifier = |challenge, verifier| {
                (challenge.is_some() && challenge == verifier)
                    || right::verifier(challenge, verifier)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-pkce-method-guessed",
        what: "A challenge without method is taken for one of S256.",
        models: "code_challenge_method ?? 'S256'; RFC 7636 section 4.3",
        breaks: &["RFC7636-4.3-2"],
        install: |d| {
            d.grant.challenge = |client, challenge, method| {
                let guessed = challenge.map(|_| method.unwrap_or("S256"));
                right::challenge(client, challenge, guessed)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-challenge-of-any-form",
        what: "A challenge may be any text.",
        models: "RFC 7636 section 4.2",
        breaks: &["CWE-20"],
        install: |d| {
            d.grant.challenge = |client, challenge, method| match (challenge, method) {
                (Some(_), Some("S256")) => true,
                _ => right::challenge(client, challenge, method),
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-state-dropped",
        what: "The answer has no state.",
        models: "RFC 6749 section 4.1.2",
        breaks: &["RFC6749-4.1.2-7", "RFC6749-4.1.2.1-8"],
        install: |d| d.grant.state = |_| None,
        ..SERVER
    },
    Fault {
        name: "as-state-changed",
        what: "state comes back cut to 64 characters, its blanks trimmed and its plus signs as blanks.",
        models: "RFC 6749 section 4.1.2, double decoding",
        breaks: &["RFC6749-4.1.2-7"],
        install: |d| {
            d.grant.state = |state| Some(state.trim().replace('+', " ").chars().take(64).collect());
        },
        ..SERVER
    },
    Fault {
        name: "as-iss-missing",
        what: "The answer has no iss though the metadata announces it.",
        models: "RFC 9207 section 2.3",
        breaks: &["RFC9207-2-1", "RFC9207-2.3-3"],
        install: |d| d.grant.iss = |_| None,
        ..SERVER
    },
    Fault {
        name: "as-iss-with-query",
        what: "The iss of the answer has a query that names the tenant.",
        models: "RFC 9207 section 2, one server for all tenants",
        breaks: &["RFC9207-2-2", "RFC9207-2.3-1"],
        install: |d| d.grant.iss = |issuer| Some(format!("{issuer}?tenant=default")),
        ..SERVER
    },
    Fault {
        name: "as-iss-with-slash",
        what: "The iss of the answer has a final slash that the issuer doesn't have.",
        models: "RFC 9207 section 2.3",
        breaks: &["RFC9207-2.3-1"],
        install: |d| d.grant.iss = |issuer| Some(format!("{issuer}/")),
        ..SERVER
    },
    Fault {
        name: "as-pages-can-be-framed",
        what: "Login and consent may be shown in a frame, where the session cookie goes too.",
        models: "CWE-1021, clickjacking",
        breaks: &[
            "RFC6749-10.13-1",
            "RFC9700-4.16-1",
            "RFC9700-4.16-2",
            "OIDC-CORE-3.1.2.3-3",
        ],
        install: |d| {
            d.grant.page = |response| {
                right::page(response);
                response.headers_mut().remove(header::X_FRAME_OPTIONS);
                response
                    .headers_mut()
                    .remove(header::CONTENT_SECURITY_POLICY);
            };
            d.grant.front.cookie = |session, secure| {
                let cookie = right::front::cookie(session, secure);
                cookie.replace("SameSite=Lax", "SameSite=None; Secure")
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-pages-send-referrer",
        what: "Nothing keeps the address of a page out of the Referer field.",
        models: "RFC 9700 section 4.2",
        breaks: &["CWE-200"],
        install: |d| {
            d.grant.page = |response| {
                right::page(response);
                response.headers_mut().remove(header::REFERRER_POLICY);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-pages-cacheable",
        what: "Pages and redirects with a code may be stored.",
        models: "CWE-525",
        breaks: &["CWE-525"],
        install: |d| {
            d.grant.page = |response| {
                right::page(response);
                answer::set(response, header::CACHE_CONTROL, "public, max-age=600");
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-authorize-allows-cors",
        what: "The authorization endpoint may be read by scripts of any origin.",
        models: "RFC 9700 section 2.6",
        breaks: &["RFC9700-2.6-6"],
        install: |d| {
            d.grant.page = |response| {
                right::page(response);
                answer::set(response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-pages-unescaped",
        what: "Text of the request is written into the pages as it came.",
        models: "CWE-79",
        breaks: &["RFC6749-10.14-1", "CWE-79"],
        install: |d| d.grant.escape = str::to_owned,
        ..SERVER
    },
    Fault {
        name: "as-redirects-with-307",
        what: "The redirect after a form keeps its method and content, the password among it.",
        models: "RFC 9700 section 4.12",
        breaks: &["RFC9700-4.12-1", "RFC9700-2.1-9"],
        install: |d| {
            d.grant.redirect = |location| {
                let mut response = answer::see_other(location);
                *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
                response
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirects-with-302",
        what: "The redirect after a form is a 302.",
        models: "RFC 9700 section 4.12",
        breaks: &["RFC9700-4.12-2"],
        install: |d| {
            d.grant.redirect = |location| {
                let mut response = answer::see_other(location);
                *response.status_mut() = StatusCode::FOUND;
                response
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-codes-count-up",
        what: "Codes and refresh tokens are numbers that count up.",
        models: "CWE-340",
        breaks: &["RFC6749-10.10-1", "RFC6749-10.3-1"],
        install: |d| d.grant.fresh = |number| format!("grant-{:08}", 48_211 + number),
        ..SERVER
    },
    Fault {
        name: "as-codes-short",
        what: "Codes and refresh tokens have 32 bits.",
        models: "CWE-331",
        breaks: &["RFC6749-10.10-1"],
        install: |d| {
            d.grant.fresh = |_| {
                encoding::unguessable()
                    .get(..6)
                    .unwrap_or_default()
                    .to_owned()
            };
        },
        ..SERVER
    },
];
