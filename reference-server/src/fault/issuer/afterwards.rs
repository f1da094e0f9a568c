//! Mistakes with tokens after they were issued: introspection and revocation.

use axum::http::{HeaderValue, header};

use super::super::Fault;
use super::SERVER;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-introspection-hint-binds",
        what: "Introspection looks a token up only among those of the kind that the hint names.",
        models: "switch (token_type_hint)",
        breaks: &["RFC7662-2.1-3"],
        install: |d| {
            let after = &mut d.grant.afterwards;
            after.finds = |hint, kind| hint.is_none_or(|hint| hint == kind);
        },
        ..SERVER
    },
    Fault {
        name: "as-revocation-refuses-unknown-hints",
        what: "A hint that the server doesn't know is refused with unsupported_token_type.",
        models: "enum TokenTypeHint, parsed before anything else",
        breaks: &["RFC7009-2.2-2"],
        install: |d| {
            d.grant.afterwards.refuses_hint =
                |hint| !["access_token", "refresh_token"].contains(&hint);
        },
        ..SERVER
    },
    Fault {
        name: "as-introspection-without-token",
        what: "A request without a token is answered as one about a token that isn't known.",
        models: "params.get('token') || ''",
        breaks: &["RFC7662-2.1-2", "RFC7009-2.1-2"],
        install: |d| d.grant.afterwards.needs_token = false,
        ..SERVER
    },
    Fault {
        name: "as-introspection-times-are-text",
        what: "Introspection says exp and iat as dates in text.",
        models: "toISOString of a database column; RFC 7662 section 2.2",
        breaks: &["RFC7662-2.2-2"],
        install: |d| {
            d.grant.afterwards.told = |said| {
                for name in ["exp", "iat"] {
                    if !said[name].is_null() {
                        said[name] = "2026-11-26T00:00:00Z".into();
                    }
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-introspection-active-is-text",
        what: "Introspection says active as text.",
        models: "a map of strings, serialised",
        breaks: &["RFC7662-2.2-1"],
        install: |d| {
            d.grant.afterwards.told = |said| said["active"] = said["active"].to_string().into();
        },
        ..SERVER
    },
    Fault {
        name: "as-introspection-calls-refresh-bearer",
        what: "A refresh token is described as an active token of type Bearer.",
        models: "one template for both kinds of token",
        breaks: &["CWE-843"],
        install: |d| d.grant.afterwards.told = |said| said["token_type"] = "Bearer".into(),
        ..SERVER
    },
    Fault {
        name: "as-introspection-says-more-of-the-dead",
        what: "The answer about a revoked token still says whose it was and what for.",
        models: "RFC 7662 section 2.2: { ...token, active: false }",
        breaks: &["RFC7662-2.2-4", "RFC9701-5-7"],
        install: |d| {
            d.grant.afterwards.told_of_dead = |mut was| {
                was["active"] = false.into();
                was
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-introspection-unknown-is-404",
        what: "A token that isn't known is answered with an error.",
        models: "findOrFail",
        breaks: &["RFC7662-2.2-3", "RFC7662-2.3-2"],
        install: |d| d.grant.afterwards.unknown_told = 404,
        ..SERVER
    },
    Fault {
        name: "as-introspection-cacheable",
        what: "Introspection answers may be kept by caches.",
        models: "a default of the framework; CWE-525",
        breaks: &["CWE-525"],
        install: |d| {
            d.grant.afterwards.answer = |response| {
                let kept = HeaderValue::from_static("public, max-age=300");
                response.headers_mut().insert(header::CACHE_CONTROL, kept);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-introspection-ignores-expiry",
        what: "A token whose time is over is reported active until a job removes it.",
        models: "a row that exists is a token that lives",
        breaks: &["RFC7662-4-1"],
        install: |d| d.grant.afterwards.looks_at_expiry = false,
        ..SERVER
    },
    Fault {
        name: "as-introspection-ignores-signature",
        what: "Introspection decodes a JWT and looks its jti up, without verifying it.",
        models: "jwt.decode in place of jwt.verify; RFC 7662 section 4",
        breaks: &["RFC7662-4-4"],
        install: |d| d.grant.afterwards.looks_at_signature = false,
        ..SERVER
    },
    Fault {
        name: "as-introspection-by-get",
        what: "Introspection takes the token from the query of a GET.",
        models: "router.all; CWE-598",
        breaks: &["CWE-598"],
        install: |d| d.grant.afterwards.told_by_get = true,
        ..SERVER
    },
    Fault {
        name: "as-revocation-unknown-is-error",
        what: "Revoking a token that isn't known is an error.",
        models: "RFC 7009 section 2.2, findOrFail",
        breaks: &["RFC7009-2.2-1"],
        install: |d| d.grant.afterwards.unknown_revoked = 400,
        ..SERVER
    },
    Fault {
        name: "as-revoked-access-lives",
        what: "Revoking an access token answers 200 and leaves it alive.",
        models: "self-contained tokens that nobody looks up",
        breaks: &["RFC7009-2-2", "RFC7009-2.1-6", "RFC8693-2.1-5"],
        install: |d| d.grant.afterwards.ends_access = false,
        ..SERVER
    },
    Fault {
        name: "as-revocation-hint-binds",
        what: "Revocation looks a token up only among those of the kind that the hint names.",
        models: "RFC 7009 section 2.1: one table for each kind",
        breaks: &["RFC7009-2.1-3"],
        install: |d| {
            let after = &mut d.grant.afterwards;
            after.finds = |hint, kind| hint != Some("access_token") || kind == "access_token";
        },
        ..SERVER
    },
    Fault {
        name: "as-revocation-by-get",
        what: "Revocation takes the token from the query of a GET.",
        models: "router.all; CWE-598",
        breaks: &["RFC7009-2.1-1"],
        install: |d| d.grant.afterwards.revoked_by_get = true,
        ..SERVER
    },
];
