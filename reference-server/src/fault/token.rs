//! Mistakes of the authorization server with codes, tokens and clients.

use axum::http::header;
use serde_json::{Value, json};

use super::Fault;
use super::grant::SERVER;
use crate::clients::{self, Client};
use crate::decisions::grant::{self as right, Used};
use crate::issuer::client_auth::{Presented, Unauthenticated};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-code-works-twice",
        what: "A code can be redeemed again.",
        models: "RFC 6749 section 4.1.2",
        breaks: &["RFC6749-4.1.2-4", "RFC9700-4.2.4-3", "OAUTH21-4.1.3-1"],
        install: |d| d.grant.used_code = Used::Works,
        ..SERVER
    },
    Fault {
        name: "as-code-replay-ends-nothing",
        what: "A replayed code is refused and its tokens live on.",
        models: "RFC 6749 section 4.1.2",
        breaks: &["RFC6749-4.1.2-5", "RFC9700-4.2.4-4"],
        install: |d| d.grant.used_code = Used::Fails,
        ..SERVER
    },
    Fault {
        name: "as-code-lives-for-hours",
        what: "A code can be redeemed a day later.",
        models: "RFC 6749 section 4.1.2",
        breaks: &["RFC6749-4.1.2-1", "RFC6749-4.1.2-2"],
        install: |d| d.grant.code_life = 24 * 60 * 60 * 1000,
        ..SERVER
    },
    Fault {
        name: "as-code-for-any-client",
        what: "Any client can redeem a code.",
        models: "RFC 6749 section 4.1.3",
        breaks: &["RFC6749-4.1.3-5", "RFC6749-4.1.2-6"],
        install: |d| d.grant.code_client = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-code-redirect-uri-ignored",
        what: "redirect_uri of the token request is not compared.",
        models: "RFC 6749 section 4.1.3",
        breaks: &["RFC6749-4.1.3-7", "OIDC-CORE-3.1.3.2-2"],
        install: |d| d.grant.code_redirect = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-code-redirect-uri-may-be-missing",
        what: "A token request without redirect_uri is taken though the authorization request had one.",
        models: "RFC 6749 section 4.1.3",
        breaks: &["RFC6749-4.1.3-7"],
        install: |d| d.grant.code_redirect = |asked, given| given.is_none() || asked == given,
        ..SERVER
    },
    Fault {
        name: "as-verifier-ignored",
        what: "The code verifier is not compared.",
        models: "RFC 7636 section 4.6",
        breaks: &["RFC7636-4.6-2", "RFC9700-2.1.1-6"],
        install: |d| d.grant.verifier = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-verifier-may-be-missing",
        what: "A token request without verifier is taken though there was a challenge.",
        models: "if (verifier && !matches)",
        breaks: &["RFC7636-4.6-3", "RFC9700-2.1.1-6"],
        install: |d| {
            d.grant.verifier =
                |challenge, verifier| verifier.is_none() || right::verifier(challenge, verifier);
        },
        ..SERVER
    },
    Fault {
        name: "as-verifier-without-challenge-taken",
        what: "A verifier is taken for a code that had no challenge.",
        models: "PKCE downgrade, RFC 9700 section 4.8",
        breaks: &["RFC9700-4.8.2-1", "RFC9700-2.1.1-7", "OAUTH21-4.1.3-4"],
        install: |d| {
            d.grant.verifier =
                |challenge, verifier| challenge.is_none() || right::verifier(challenge, verifier);
        },
        ..SERVER
    },
    Fault {
        name: "as-verifier-may-be-the-challenge",
        what: "The challenge itself is taken as verifier, as under the method plain.",
        models: "RFC 7636 section 7.2",
        breaks: &["RFC7636-4.5-2"],
        install: |d| {
            d.grant.verifier = |challenge, verifier| {
                (challenge.is_some() && challenge == verifier)
                    || right::verifier(challenge, verifier)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-verifier-of-any-length",
        what: "A verifier of any length and alphabet is taken if its hash fits.",
        models: "RFC 7636 section 4.1",
        breaks: &["RFC7636-4.1-3"],
        install: |d| {
            d.grant.verifier = |challenge, verifier| match (challenge, verifier) {
                (Some(challenge), Some(verifier)) => {
                    let hash = crate::encoding::sha256(verifier.as_bytes());
                    crate::encoding::base64url(&hash) == challenge
                }
                (None, None) => true,
                _ => false,
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-client-secret-not-checked",
        what: "Any secret is taken.",
        models: "RFC 6749 section 4.1.3",
        breaks: &["RFC6749-4.1.3-4", "RFC6749-5.2-2"],
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
        breaks: &["RFC6749-4.1.3-3", "RFC6749-3.2.1-1"],
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
                    id: crate::encoding::form_encode(id),
                    secret: crate::encoding::form_encode(secret),
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
        name: "as-refresh-not-rotated",
        what: "A refresh token works as often as one likes.",
        models: "RFC 9700 section 4.14.2",
        breaks: &["RFC9700-2.2.2-1", "RFC9700-4.14.2-2"],
        install: |d| d.grant.used_refresh = Used::Works,
        ..SERVER
    },
    Fault {
        name: "as-refresh-reuse-ends-nothing",
        what: "A used refresh token is refused and the family lives on.",
        models: "RFC 9700 section 4.14.2",
        breaks: &["RFC9700-4.14.2-2"],
        install: |d| d.grant.used_refresh = Used::Fails,
        ..SERVER
    },
    Fault {
        name: "as-refresh-for-any-client",
        what: "Any client can use a refresh token.",
        models: "RFC 6749 section 6",
        breaks: &["RFC6749-6-2", "RFC6749-10.4-1"],
        install: |d| d.grant.refresh_client = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-refresh-widens-scope",
        what: "A refresh gets any scope that it asks for.",
        models: "RFC 6749 section 6",
        breaks: &["RFC6749-6-4", "RFC9700-4.14.2-1"],
        install: |d| d.grant.refresh_scope = |_, _| true,
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
                crate::answer::set(response, header::CACHE_CONTROL, "no-store");
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-errors-are-200",
        what: "Errors of the token endpoint have status 200.",
        models: "GitHub's token endpoint",
        breaks: &["RFC6749-5.2-1"],
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
        breaks: &["RFC6749-5.2-4"],
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
        breaks: &["RFC6749-5.2-2"],
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
    Fault {
        name: "as-id-token-without-nonce",
        what: "The ID token leaves the nonce out.",
        models: "OIDC Core 2",
        breaks: &["OIDC-CORE-2-5"],
        install: |d| d.grant.id_token = |claims| without(claims, "nonce"),
        ..SERVER
    },
    Fault {
        name: "as-id-token-for-everyone",
        what: "The audience of the ID token is the server itself.",
        models: "OIDC Core 2",
        breaks: &["OIDC-CORE-2-3"],
        install: |d| d.grant.id_token = |claims| claims["aud"] = claims["iss"].clone(),
        ..SERVER
    },
    Fault {
        name: "as-id-token-without-sub",
        what: "The ID token has no sub, only a name.",
        models: "OIDC Core 2",
        breaks: &["OIDC-CORE-2-1"],
        install: |d| d.grant.id_token = |claims| without(claims, "sub"),
        ..SERVER
    },
    Fault {
        name: "as-id-token-without-auth-time",
        what: "The ID token has no auth_time though max_age was asked for.",
        models: "OIDC Core 2",
        breaks: &["OIDC-CORE-2-4"],
        install: |d| d.grant.id_token = |claims| without(claims, "auth_time"),
        ..SERVER
    },
    Fault {
        name: "as-access-token-typ",
        what: "Access tokens have the typ JWT, like ID tokens.",
        models: "RFC 9068 section 2.1",
        breaks: &["RFC9068-2.1-1", "RFC8725-3.12-2"],
        install: |d| d.grant.access_token_type = "JWT",
        ..SERVER
    },
    Fault {
        name: "as-revokes-for-any-client",
        what: "Any client can revoke a token.",
        models: "RFC 7009 section 2.1",
        breaks: &["RFC7009-2.1-5"],
        install: |d| d.grant.revokes = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-revoked-refresh-leaves-access",
        what: "Revoking a refresh token leaves its access tokens alive.",
        models: "RFC 7009 section 2.1",
        breaks: &["RFC7009-2.1-8"],
        install: |d| d.grant.revokes_family = false,
        ..SERVER
    },
    Fault {
        name: "as-introspection-open",
        what: "Anyone can introspect.",
        models: "RFC 7662 section 2.1, token scanning",
        breaks: &["RFC7662-2.1-4"],
        install: |d| d.grant.introspection_asks = false,
        ..SERVER
    },
    Fault {
        name: "as-introspection-of-any-token",
        what: "Every client may know of every token.",
        models: "RFC 7662 section 2.2",
        breaks: &["RFC7662-2.2-3"],
        install: |d| d.grant.introspects = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-introspection-of-the-dead",
        what: "Expired and revoked tokens are reported active.",
        models: "RFC 7662 section 4",
        breaks: &["RFC7662-4-1", "RFC7662-2.2-3"],
        install: |d| d.grant.introspection_checks = false,
        ..SERVER
    },
    Fault {
        name: "as-userinfo-for-any-token",
        what: "UserInfo opens to a token without the scope openid.",
        models: "OIDC Core 5.3",
        breaks: &["OIDC-CORE-5.3.3-1"],
        install: |d| d.grant.userinfo_scope = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-metadata-follows-host",
        what: "The metadata is made from the request's Host or X-Forwarded-Host.",
        models: "CWE-644, poisoned metadata",
        breaks: &["RFC8414-3.3-1", "CWE-644"],
        install: |d| {
            d.grant.metadata = |metadata, parts| {
                let named = ["x-forwarded-host", "host"]
                    .iter()
                    .find_map(|name| parts.headers.get(*name)?.to_str().ok());
                let issuer = metadata["issuer"].as_str().unwrap_or_default().to_owned();
                let Some((host, ours)) = named.zip(issuer.split("://").nth(1)) else {
                    return;
                };
                let ours = ours.split('/').next().unwrap_or_default();
                let text = metadata
                    .to_string()
                    .replace(ours, &host.replace(['"', '\\'], ""));
                *metadata = serde_json::from_str(&text).unwrap_or_default();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-issuer-differs",
        what: "The issuer in the metadata has a final slash that the identifier doesn't have.",
        models: "RFC 8414 section 3.3",
        breaks: &["RFC8414-3.3-1"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                let issuer = metadata["issuer"].as_str().unwrap_or_default();
                metadata["issuer"] = format!("{issuer}/").into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-without-pkce",
        what: "The metadata doesn't say that PKCE is supported.",
        models: "RFC 9700 section 2.1.1",
        breaks: &["RFC9700-2.1.1-8", "RFC9700-2.1.1-9"],
        install: |d| {
            d.grant.metadata = |metadata, _| without(metadata, "code_challenge_methods_supported");
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-without-response-types",
        what: "A required member of the metadata is missing.",
        models: "RFC 8414 section 2",
        breaks: &["RFC8414-2-4"],
        install: |d| d.grant.metadata = |metadata, _| without(metadata, "response_types_supported"),
        ..SERVER
    },
    Fault {
        name: "as-metadata-announces-none",
        what: "The metadata lists the algorithm none for ID tokens and the implicit grant.",
        models: "RFC 8414 section 2, a template never cleaned up",
        breaks: &["RFC8414-2-18", "RFC8414-2-9"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                metadata["token_endpoint_auth_signing_alg_values_supported"] =
                    json!(["RS256", "none"]);
                metadata["id_token_signing_alg_values_supported"] = json!(["RS256", "none"]);
                metadata["grant_types_supported"] = json!([
                    "authorization_code",
                    "implicit",
                    "password",
                    "refresh_token",
                    "client_credentials"
                ]);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-key-set-has-private-key",
        what: "The key set holds a private member.",
        models: "CWE-320, the whole key serialised",
        breaks: &["RFC7517-9.2-1"],
        install: |d| {
            d.grant.key_set = |set| {
                // Not this server's: what is published by mistake should open nothing here.
                set["keys"][0]["d"] = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA".into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-key-set-without-kid",
        what: "The keys of the set have no kid.",
        models: "RFC 7517 section 4.5",
        breaks: &["RFC7517-4.5-1"],
        install: |d| d.grant.key_set = |set| without(&mut set["keys"][0], "kid"),
        ..SERVER
    },
];

fn without(object: &mut Value, name: &str) {
    if let Some(object) = object.as_object_mut() {
        object.remove(name);
    }
}

/// Everything about clients that the special faults need.
pub(super) fn any_client(presented: &Presented) -> Result<&'static Client, Unauthenticated> {
    let first = clients::clients().first().ok_or(Unauthenticated::Wrong);
    match presented {
        Presented::Nothing => Err(Unauthenticated::Missing),
        Presented::Basic { id, .. } | Presented::Form { id, .. } | Presented::Name { id } => {
            clients::find(id).map_or(first, Ok)
        }
        Presented::Several | Presented::Unreadable => first,
    }
}
