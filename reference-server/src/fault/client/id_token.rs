//! Mistakes with what the token endpoint and UserInfo say.

use serde_json::Value;

use super::super::Fault;
use super::CLIENT;
use crate::decisions::client::answers;
use crate::decisions::jwt::{self, ensure};
use crate::keys::Key;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-token-type-ignored",
        what: "A token of any type is used as a bearer token.",
        models: "RFC 6749 section 7.1",
        breaks: &["RFC6749-7.1-1"],
        install: |d| d.client.token_type = |_| true,
        ..CLIENT
    },
    Fault {
        name: "client-token-type-case-sensitive",
        what: "Only the spelling `Bearer` of the token type is understood.",
        models: "RFC 6749 section 5.1",
        breaks: &["RFC6749-5.1-7"],
        install: |d| d.client.token_type = |answer| answer["token_type"] == "Bearer",
        ..CLIENT
    },
    Fault {
        name: "client-id-token-not-verified",
        what: "The ID token is decoded and its signature never verified.",
        models: "OIDC Core 3.1.3.7 item 6 without the TLS that it rests on",
        breaks: &[
            "OIDC-CORE-3.1.3.7-6",
            "RFC8725-3.1-4",
            "OIDC-CORE-3.1.3.7-8",
        ],
        install: |d| d.client.id_token.unsecured = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-id-token-alg-none",
        what: "An ID token whose alg is none, in any case, needs no signature.",
        models: "CVE-2015-9235",
        breaks: &["OIDC-CORE-3.1.3.7-6", "OIDC-CORE-3.1.3.7-8"],
        install: |d| {
            d.client.id_token.unsecured = |header, _| {
                header
                    .get("alg")
                    .and_then(Value::as_str)
                    .is_some_and(|alg| alg.eq_ignore_ascii_case("none"))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-id-token-embedded-key",
        what: "An ID token is verified with the key in its own header jwk.",
        models: "CVE-2018-0114",
        breaks: &["OIDC-CORE-3.1.3.7-7", "RFC8725-3.10-2"],
        install: |d| {
            d.client.id_token.source = |header, _| {
                let key = header
                    .get("jwk")
                    .and_then(Value::as_object)
                    .and_then(Key::material);
                key.map_or(jwt::Source::Issuer, |key| jwt::Source::Embedded(vec![key]))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-id-token-iss-ignored",
        what: "The iss of an ID token is not looked at.",
        models: "OIDC Core 3.1.3.7 item 2",
        breaks: &["OIDC-CORE-3.1.3.7-2"],
        install: |d| d.client.id_token.issuer = |_, _| Ok(true),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-aud-ignored",
        what: "An ID token that was made for another client logs in.",
        models: "OIDC Core 3.1.3.7 item 3, token substitution",
        breaks: &["OIDC-CORE-3.1.3.7-3", "RFC7519-4.1.3-4"],
        install: |d| d.client.id_token.audience = |_, _| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-other-audiences-taken",
        what: "An ID token with audiences that nobody here trusts is taken.",
        models: "OIDC Core 3.1.3.7 item 3",
        breaks: &["OIDC-CORE-3.1.3.7-4"],
        install: |d| d.client.id_token.audience = jwt::audience,
        ..CLIENT
    },
    Fault {
        name: "client-id-token-exp-ignored",
        what: "An expired ID token logs in.",
        models: "OIDC Core 3.1.3.7 item 9",
        breaks: &["OIDC-CORE-3.1.3.7-9", "RFC7519-4.1.4-5"],
        install: |d| d.client.id_token.expiry = |_, _| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-nbf-ignored",
        what: "An ID token that isn't valid yet logs in.",
        models: "RFC 7519 section 4.1.5",
        breaks: &["RFC7519-4.1.5-3"],
        install: |d| d.client.id_token.not_before = |_, _| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-sub-not-required",
        what: "An ID token whose sub is empty logs somebody in.",
        models: "CWE-287",
        breaks: &["CWE-287"],
        install: |d| d.client.id_token.subject = |claims| ensure(claims.contains_key("sub")),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-typ-ignored",
        what: "A JWT of another kind from the provider is taken for an ID token.",
        models: "RFC 8725 section 3.12",
        breaks: &["RFC8725-3.12-3"],
        install: |d| d.client.id_token.kind = |_| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-kid-unknown-taken",
        what: "A kid that the provider's keys don't have falls back to any of them.",
        models: "find(kid) ?? keys[0]",
        breaks: &["CWE-347"],
        install: |d| {
            d.client.id_token.select = |header, keys| {
                let mut nameless = header.clone();
                nameless.remove("kid");
                jwt::select(header, keys)
                    .ok()
                    .filter(|found| !found.is_empty())
                    .map_or_else(|| jwt::select(&nameless, keys), Ok)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-nonce-ignored",
        what: "The nonce of an ID token is not compared.",
        models: "OIDC Core 3.1.3.7 item 11, replay and code injection",
        breaks: &["OIDC-CORE-3.1.3.7-11", "OIDC-CORE-2-6", "RFC9700-4.5.3.2-1"],
        install: |d| d.client.nonce_matches = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-nonce-missing-taken",
        what: "An ID token without nonce is taken although one was sent.",
        models: "if (claims.nonce && claims.nonce !== sent)",
        breaks: &["OIDC-CORE-3.1.3.7-11"],
        install: |d| {
            d.client.nonce_matches = |claims, sent| {
                claims
                    .get("nonce")
                    .is_none_or(|nonce| nonce.as_str() == sent)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-nonce-of-any-login",
        what: "A nonce counts that any login sent, this one or an earlier one.",
        models: "a table of nonces that are never taken out; OIDC Core 3.1.3.7 item 11",
        breaks: &["OIDC-CORE-3.1.3.7-11", "OIDC-CORE-3.1.3.7-12"],
        install: |d| d.client.answers.nonce_of_any_login = true,
        ..CLIENT
    },
    Fault {
        name: "client-azp-ignored",
        what: "The azp of an ID token is not looked at.",
        models: "OIDC Core 3.1.3.7 item 5",
        breaks: &["OIDC-CORE-3.1.3.7-5"],
        install: |d| d.client.authorized_party = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-id-token-iat-ignored",
        what: "The iat of an ID token is not looked at.",
        models: "OIDC Core 3.1.3.7 item 10",
        breaks: &["OIDC-CORE-3.1.3.7-10"],
        install: |d| {
            d.client.id_token.issued_at = |_, _| Ok(());
            d.client.id_token.span = |_, _| Ok(());
        },
        ..CLIENT
    },
    Fault {
        name: "client-auth-time-ignored",
        what: "A recent login is asked for by max_age, and auth_time never looked at.",
        models: "OIDC Core 3.1.3.7 item 13",
        breaks: &["OIDC-CORE-3.1.3.7-14"],
        install: |d| {
            d.client.answers.requested = |claims, now| {
                let mut recent = claims.clone();
                recent.insert("auth_time".to_owned(), now.into());
                answers::requested(&recent, now)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-acr-ignored",
        what: "A class of authentication is asked for, and acr never looked at.",
        models: "OIDC Core 3.1.3.7 item 12",
        breaks: &["OIDC-CORE-3.1.3.7-13"],
        install: |d| {
            d.client.answers.requested = |claims, now| {
                let mut classless = claims.clone();
                classless.remove("acr");
                answers::requested(&classless, now)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-at-hash-ignored",
        what: "An access token is used that is not the one of at_hash.",
        models: "OIDC Core 3.1.3.8",
        breaks: &["OIDC-CORE-3.1.3.8-1"],
        install: |d| d.client.at_hash = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-c-hash-ignored",
        what: "An ID token counts that was made for another code.",
        models: "OIDC Core 3.3.2.10",
        breaks: &["OIDC-CORE-3.3.2.10-1", "CWE-345"],
        install: |d| d.client.answers.c_hash = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-s-hash-ignored",
        what: "An ID token counts that was made for another state.",
        models: "FAPI 1.0 part 2 section 5.2.2.1",
        breaks: &["CWE-345"],
        install: |d| d.client.answers.s_hash = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-front-hashes-may-miss",
        what: "An ID token that came by the browser needs no hash of the code or token beside it.",
        models: "if (claims.c_hash && ...); OIDC Core 3.3.2.11",
        breaks: &["OIDC-CORE-3.3.2.10-1", "OIDC-CORE-3.2.2.9-1"],
        install: |d| d.client.answers.hashes_may_miss = true,
        ..CLIENT
    },
    Fault {
        name: "client-front-signature-ignored",
        what: "An ID token that came by the browser is decoded, and its signature never verified.",
        models: "one decoder for both flows, written for the token endpoint; CWE-347",
        breaks: &["OIDC-CORE-3.2.2.11-1", "CWE-347"],
        install: |d| d.client.answers.front.unsecured = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-front-nonce-ignored",
        what: "The nonce of an ID token that came by the browser is not compared.",
        models: "OIDC Core 3.2.2.11, replay of a token from a log",
        breaks: &["OIDC-CORE-3.2.2.11-2"],
        install: |d| d.client.answers.front_nonce_counts = false,
        ..CLIENT
    },
    Fault {
        name: "client-front-nonce-not-sent",
        what: "A login whose tokens come by the browser sends no nonce.",
        models: "a nonce taken for optional in every flow; OIDC Core 3.2.2.1",
        breaks: &["OIDC-CORE-3.2.2.1-1"],
        install: |d| d.client.answers.front_nonce = false,
        ..CLIENT
    },
    Fault {
        name: "client-front-at-hash-ignored",
        what: "An access token that came by the browser is used, whatever at_hash says.",
        models: "token substitution; OIDC Core 3.2.2.9",
        breaks: &["OIDC-CORE-3.2.2.9-1"],
        install: |d| d.client.answers.front_at_hash = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-unknown-claim-refused",
        what: "An ID token with a claim that isn't known is refused.",
        models: "deny_unknown_fields; OIDC Core 2",
        breaks: &["OIDC-CORE-2-7"],
        install: |d| {
            d.client.answers.claims = |claims| {
                let known = [
                    "iss",
                    "sub",
                    "aud",
                    "exp",
                    "iat",
                    "nbf",
                    "jti",
                    "auth_time",
                    "nonce",
                    "acr",
                    "amr",
                    "azp",
                    "sid",
                    "at_hash",
                    "c_hash",
                    "s_hash",
                    "name",
                    "email",
                    "email_verified",
                ];
                claims.keys().all(|name| known.contains(&name.as_str()))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-userinfo-of-another-subject",
        what: "What UserInfo says is used without comparing its sub.",
        models: "OIDC Core 5.3.2, token substitution",
        breaks: &["OIDC-CORE-5.3.2-2"],
        install: |d| d.client.same_subject = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-token-in-query",
        what: "The access token goes to UserInfo in the query.",
        models: "RFC 6750 section 2.3; CWE-598",
        breaks: &["RFC9700-4.3.2-1", "RFC6750-2.3-3", "RFC6750-2.3-1"],
        install: |d| {
            d.client.bears = |endpoint, token| (format!("{endpoint}?access_token={token}"), None);
        },
        ..CLIENT
    },
    Fault {
        name: "client-uses-token-of-callback",
        what: "An access token in the callback is used in place of that of the token endpoint.",
        models: "RFC 9700 section 4.6, token injection; a callback written for the implicit grant too",
        breaks: &["CWE-345", "RFC6749-10.16-1"],
        install: |d| {
            d.client.brought = |given| {
                let mut tokens = given.iter().filter(|(name, _)| name == "access_token");
                tokens.next().map(|(_, token)| token.clone())
            };
        },
        ..CLIENT
    },
];
