//! Mistakes at the UserInfo endpoint.

use axum::http::{StatusCode, header};
use serde_json::Value;

use super::super::Fault;
use super::SERVER;
use crate::answer;
use crate::decisions::bearer::Problem;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-oidc-userinfo-open",
        what: "UserInfo without a token speaks of the first user.",
        models: "a guard that is off in development",
        breaks: &["OIDC-CORE-5.3-1", "CWE-306"],
        install: |d| d.grant.openid.info.open = |problem| matches!(problem, Problem::Missing),
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-takes-any-token",
        what: "UserInfo passes over the verifier's error, and speaks of the first user.",
        models: "catch (error) { log(error) } around the verification",
        breaks: &["OIDC-CORE-5.3.3-1", "CWE-287"],
        install: |d| d.grant.openid.info.open = |problem| matches!(problem, Problem::InvalidToken),
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-names-no-error",
        what: "UserInfo refuses every token with a bare challenge.",
        models: "a fixed WWW-Authenticate field",
        breaks: &["OIDC-CORE-5.3.3-1"],
        install: |d| {
            d.grant.openid.info.refusal = |response| {
                answer::set(
                    response,
                    header::WWW_AUTHENTICATE,
                    r#"Bearer realm="userinfo""#,
                );
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-refuses-with-403",
        what: "UserInfo answers a missing or wrong token with 403.",
        models: "Spring Security without an entry point",
        breaks: &["OIDC-CORE-5.3.3-1"],
        install: |d| {
            d.grant.openid.info.refusal = |response| *response.status_mut() = StatusCode::FORBIDDEN
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-refuses-without-challenge",
        what: "UserInfo answers 401 without WWW-Authenticate.",
        models: "res.status(401).end()",
        breaks: &["OIDC-CORE-5.3.3-1"],
        install: |d| {
            d.grant.openid.info.refusal = |response| {
                response.headers_mut().remove(header::WWW_AUTHENTICATE);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-by-get-only",
        what: "UserInfo serves GET alone.",
        models: "OpenID Connect Core section 5.3.1",
        breaks: &["OIDC-CORE-5.3-1"],
        install: |d| d.grant.openid.info.method = |method| method == "GET",
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-by-post-only",
        what: "UserInfo serves POST alone.",
        models: "OpenID Connect Core section 5.3.1",
        breaks: &["OIDC-CORE-5.3-1"],
        install: |d| d.grant.openid.info.method = |method| method == "POST",
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-takes-id-tokens",
        what: "UserInfo takes an ID token for an access token.",
        models: "one verifier for all tokens of the issuer",
        breaks: &["RFC8725-3.12-2"],
        install: |d| d.grant.openid.info.takes_id_tokens = true,
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-says-all",
        what: "UserInfo says all it knows, whatever the scope.",
        models: "OpenID Connect Core section 5.4",
        breaks: &["CWE-863"],
        install: |d| d.grant.openid.info.scope = |_| "openid profile email".to_owned(),
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-without-sub",
        what: "UserInfo has no sub.",
        models: "id in place of sub",
        breaks: &["OIDC-CORE-5.3.2-1"],
        install: |d| {
            d.grant.openid.info.claims = |claims| {
                let id = claims.remove("sub").unwrap_or_default();
                claims.insert("id".to_owned(), id);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-other-sub",
        what: "sub of UserInfo is the name that the user logs in with.",
        models: "two places that choose the identifier",
        breaks: &["CWE-345", "OIDC-CORE-5.3.2-1"],
        install: |d| {
            d.grant.openid.info.claims = |claims| {
                claims.insert("sub".to_owned(), "alice".into());
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-nulls",
        what: "UserInfo writes claims that it doesn't have as null.",
        models: "a serialiser that keeps null",
        breaks: &["OIDC-CORE-5.3.2-4"],
        install: |d| {
            d.grant.openid.info.claims = |claims| {
                claims.insert("picture".to_owned(), Value::Null);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-booleans-as-text",
        what: "email_verified is text.",
        models: "Amazon Cognito, email_verified: \"true\"",
        breaks: &["CWE-843"],
        install: |d| {
            d.grant.openid.info.claims = |claims| {
                if let Some(verified) = claims.get_mut("email_verified") {
                    *verified = "true".into();
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-is-text",
        what: "UserInfo is served as text/html.",
        models: "a framework's default media type",
        breaks: &["OIDC-CORE-5.3.2-3"],
        install: |d| {
            d.grant.openid.info.answer = |response| {
                answer::set(response, header::CONTENT_TYPE, "text/html");
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-not-signed",
        what: "A client that registered for signed answers gets plain ones.",
        models: "a registration that keeps what the server doesn't do",
        breaks: &["OIDC-CORE-5.3.2-3"],
        install: |d| d.grant.openid.info.signs_for = |_| false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-signed-for-nobody",
        what: "A signed answer has neither iss nor aud.",
        models: "jwt.sign(claims) of the plain answer",
        breaks: &["OIDC-CORE-5.3.2-5"],
        install: |d| {
            d.grant.openid.info.signed = |claims| {
                if let Some(claims) = claims.as_object_mut() {
                    claims.remove("iss");
                    claims.remove("aud");
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-kept-in-front",
        what: "A proxy keeps the answers of UserInfo by their credential, though they say no-store.",
        models: "proxy_ignore_headers Cache-Control beside proxy_cache_key $request_uri$http_authorization of nginx; CWE-525",
        breaks: &["RFC9111-5.2.2.5-1"],
        install: |d| d.grant.openid.info.kept_in_front = 60,
        ..SERVER
    },
    Fault {
        name: "as-oidc-userinfo-without-cors",
        what: "UserInfo can't be read by scripts of a client.",
        models: "OpenID Connect Core section 5.3",
        breaks: &["OIDC-CORE-5.3-2"],
        install: |d| {
            d.grant.openid.info.answer = |response| {
                response
                    .headers_mut()
                    .remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
            };
        },
        ..SERVER
    },
];
