//! Mistakes with answers that reach the client by the browser alone: ID tokens beside or instead of a code, and forms.

use super::super::Fault;
use super::SERVER;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-oidc-hybrid-without-c-hash",
        what: "The ID token beside a code has no c_hash.",
        models: "OpenID Connect Core section 3.3.2.11",
        breaks: &["OIDC-CORE-3.3.2.11-1"],
        install: |d| {
            d.grant.openid.by_browser.claims = |claims| {
                if let Some(claims) = claims.as_object_mut() {
                    claims.remove("c_hash");
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-hybrid-without-nonce",
        what: "The ID token that comes by the browser has no nonce.",
        models: "OpenID Connect Core section 3.3.2.11",
        breaks: &["OIDC-CORE-3.3.2.11-2"],
        install: |d| {
            d.grant.openid.by_browser.claims = |claims| {
                if let Some(claims) = claims.as_object_mut() {
                    claims.remove("nonce");
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-hybrid-names-the-login",
        what: "sub of the ID token that comes by the browser is the name of the login.",
        models: "two places that choose the identifier",
        breaks: &["OIDC-CORE-3.3.3.6-1"],
        install: |d| d.grant.openid.by_browser.claims = |claims| claims["sub"] = "alice".into(),
        ..SERVER
    },
    Fault {
        name: "as-oidc-by-browser-without-nonce",
        what: "A request for an ID token by the browser is served without nonce.",
        models: "OpenID Connect Core section 3.2.2.1, the rule of the code flow in all flows",
        breaks: &["OIDC-CORE-3.2.2.1-2"],
        install: |d| d.grant.openid.by_browser.needs_nonce = false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-by-browser-in-the-query",
        what: "An ID token stands in the query of the answer.",
        models: "OpenID Connect Core section 3.2.2.5",
        breaks: &["OIDC-CORE-3.2.2.5-1", "CWE-598"],
        install: |d| d.grant.openid.by_browser.in_fragment = false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-by-browser-errors-in-the-query",
        what: "Errors of requests for an ID token stand in the query.",
        models: "OpenID Connect Core section 3.2.2.6",
        breaks: &["OIDC-CORE-3.2.2.6-1", "OIDC-CORE-3.3.2.6-1"],
        install: |d| d.grant.openid.by_browser.errors_in_fragment = false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-form-post-cacheable",
        what: "The page that posts the answer may be stored.",
        models: "OAuth 2.0 Form Post Response Mode section 4",
        breaks: &["CWE-525"],
        install: |d| {
            d.grant.openid.by_browser.posted = |page| {
                page.headers_mut().remove(axum::http::header::CACHE_CONTROL);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-by-browser-with-refresh-token",
        what: "offline_access brings a refresh token by the browser too.",
        models: "one builder for all answers; OpenID Connect Core section 11",
        breaks: &["OIDC-CORE-11-2"],
        install: |d| d.grant.openid.by_browser.with_refresh = true,
        ..SERVER
    },
    Fault {
        name: "as-oidc-form-post-announced-only",
        what: "form_post is announced, and refused.",
        models: "a list copied from another server; RFC 8414 section 2",
        breaks: &["RFC8414-2-18"],
        install: |d| d.grant.openid.by_browser.posts = false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-composite-type-as-text",
        what: "The response type id_token code is not known, code id_token is.",
        models: "a map from text to flow; RFC 6749 section 3.1.1",
        breaks: &["RFC6749-3.1.1-2"],
        install: |d| {
            d.grant.openid.by_browser.serves = |kind| matches!(kind, "code id_token" | "id_token")
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-front-token-tells-all",
        what: "The ID token beside a code holds the user's address and mail address.",
        models: "one set of claims for all ID tokens; RFC 7519 section 12",
        breaks: &["RFC7519-12-1"],
        install: |d| {
            d.grant.openid.by_browser.claims = |claims| {
                claims["email"] = "alice@users.example".into();
                claims["birthdate"] = "1990-01-01".into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-front-token-of-another-issuer",
        what: "The ID token that comes by the browser is of the internal name of the server.",
        models: "a hostname of the cluster; RFC 9207 section 2.4",
        breaks: &["RFC9207-2.4-7", "OIDC-CORE-3.3.3.6-1"],
        install: |d| {
            d.grant.openid.by_browser.claims =
                |claims| claims["iss"] = "http://as.internal.example".into()
        },
        ..SERVER
    },
];
