//! Mistakes in what ID tokens say, and in what a refresh makes of the login.

use serde_json::{Value, json};

use super::super::Fault;
use super::SERVER;
use crate::{clients, encoding, keys};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-oidc-at-hash-in-hex",
        what: "at_hash is written in hex.",
        models: "OpenID Connect Core section 3.1.3.6, hexdigest() in place of base64url",
        breaks: &["CWE-347"],
        install: |d| {
            d.grant.id_token = |claims| {
                let half = claims["at_hash"]
                    .as_str()
                    .and_then(encoding::base64url_decode);
                let hex = half
                    .unwrap_or_default()
                    .iter()
                    .fold(String::new(), |mut hex, octet| {
                        hex.push_str(&format!("{octet:02x}"));
                        hex
                    });
                claims["at_hash"] = hex.into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-lives-a-year",
        what: "An ID token lives for a year.",
        models: "the lifetime of the session used for the token",
        breaks: &["CWE-613"],
        install: |d| {
            d.grant.id_token = |claims| {
                claims["exp"] = (claims["iat"].as_u64().unwrap_or_default() + 31_536_000).into()
            }
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-times-in-milliseconds",
        what: "The times of an ID token are milliseconds.",
        models: "Date.now()",
        breaks: &["CWE-613", "OIDC-CORE-2-1"],
        install: |d| {
            d.grant.id_token = |claims| {
                for name in ["iat", "exp"] {
                    claims[name] = (claims[name].as_u64().unwrap_or_default() * 1000).into();
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-times-as-text",
        what: "The times of an ID token are written as text.",
        models: "a serialiser that writes long integers as text",
        breaks: &["OIDC-CORE-2-1"],
        install: |d| {
            d.grant.id_token = |claims| {
                for name in ["iat", "exp"] {
                    claims[name] = claims[name].to_string().into();
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-sub-too-long",
        what: "sub is a distinguished name of any length.",
        models: "an LDAP directory's name used as subject",
        breaks: &["OIDC-CORE-2-2"],
        install: |d| {
            d.grant.id_token =
                |claims| claims["sub"] = format!("uid=alice{}", ",ou=unit".repeat(40)).into()
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-several-audiences",
        what: "aud names the API beside the client, and azp is missing.",
        models: "OpenID Connect Core section 2",
        breaks: &["CWE-345"],
        install: |d| {
            d.grant.id_token =
                |claims| claims["aud"] = json!([claims["aud"], "https://api.example"])
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-azp-of-another",
        what: "azp is the first registered client.",
        models: "OpenID Connect Core section 2",
        breaks: &["CWE-345"],
        install: |d| {
            d.grant.id_token = |claims| {
                claims["azp"] = "first-client".into();
                claims["aud"] = json!([claims["aud"], "https://api.example"]);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-shows-its-key",
        what: "The header of an ID token holds the key that verifies it.",
        models: "a library's default, jwk in the header",
        breaks: &["OIDC-CORE-2-11"],
        install: |d| {
            d.grant.sign_id_token = |claims| {
                let mut header = keys::own_header("JWT");
                header["jwk"] = keys::own_jwk().clone();
                keys::sign_under(&header, claims)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-without-kid",
        what: "The header of an ID token has no kid, though the set has several keys.",
        models: "OpenID Connect Core section 10.1",
        breaks: &["OIDC-CORE-10.1-1"],
        install: |d| {
            d.grant.sign_id_token =
                |claims| keys::sign_under(&json!({ "alg": "RS256", "typ": "JWT" }), claims);
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-under-the-client-secret",
        what: "ID tokens are signed with HS256 and the client's secret, however short that is.",
        models: "OpenID Connect Core section 16.19, HS256 as a default",
        breaks: &["RFC7518-3.2-2"],
        install: |d| {
            d.grant.sign_id_token = |claims| {
                let client = claims["aud"].as_str().and_then(clients::find);
                let secret = client.and_then(|client| client.secret).unwrap_or_default();
                keys::sign_with_secret(secret.as_bytes(), "JWT", claims)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-crit-empty",
        what: "The header of an ID token has an empty crit.",
        models: "a serialiser that writes empty lists",
        breaks: &["RFC7515-4.1.11-3"],
        install: |d| {
            d.grant.sign_id_token = |claims| {
                let mut header = keys::own_header("JWT");
                header["crit"] = json!([]);
                keys::sign_under(&header, claims)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-of-own-typ",
        what: "The typ of an ID token is a word of the server's own.",
        models: "Auth servers that tell their tokens apart by typ: ID",
        breaks: &["RFC7519-5.1-1"],
        install: |d| d.grant.sign_id_token = |claims| keys::sign("ID", claims),
        ..SERVER
    },
    Fault {
        name: "as-oidc-nonce-cut",
        what: "A nonce is cut to 64 characters.",
        models: "VARCHAR(64)",
        breaks: &["OIDC-CORE-2-5"],
        install: |d| {
            d.grant.id_token = |claims| {
                let nonce: String = claims["nonce"]
                    .as_str()
                    .unwrap_or_default()
                    .chars()
                    .take(64)
                    .collect();
                claims["nonce"] = nonce.into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-refresh-renews-auth-time",
        what: "A refresh sets auth_time to the time of the refresh.",
        models: "auth_time: now() in the code that makes tokens",
        breaks: &["OIDC-CORE-12.2-1", "RFC9068-2.2.1-1", "RFC9470-6.1-1"],
        install: |d| d.grant.openid.refreshed_auth_time = |_, now| now,
        ..SERVER
    },
    Fault {
        name: "as-oidc-refresh-renews-auth-time-of-access",
        what: "A refresh sets auth_time of the access token alone to the time of the refresh.",
        models: "RFC 9068 section 2.2.1",
        breaks: &["RFC9068-2.2.1-1", "RFC9470-6.1-1"],
        install: |d| {
            d.grant.openid.refreshed_access = |claims, now| claims["auth_time"] = now.into()
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-refresh-changes-the-subject",
        what: "The ID token of a refresh names the client in sub.",
        models: "the grant's owner taken from the request",
        breaks: &["OIDC-CORE-12.2-1"],
        install: |d| d.grant.openid.refreshed = |claims| claims["sub"] = claims["aud"].clone(),
        ..SERVER
    },
    Fault {
        name: "as-oidc-refresh-keeps-iat",
        what: "The ID token of a refresh has the iat of the login.",
        models: "the claims of the first token signed again",
        breaks: &["OIDC-CORE-12.2-1"],
        install: |d| {
            d.grant.openid.refreshed = |claims| claims["iat"] = claims["auth_time"].clone()
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-access-without-auth-time",
        what: "An access token doesn't say when and how the user logged in.",
        models: "RFC 9470 section 5",
        breaks: &["RFC9470-5-2"],
        install: |d| {
            d.grant.openid.access = |claims| {
                if let Some(claims) = claims.as_object_mut() {
                    claims.remove("auth_time");
                    claims.remove("acr");
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-access-auth-time-as-text",
        what: "auth_time of an access token, and of introspection, is a date as text.",
        models: "an ISO 8601 serialiser",
        breaks: &["RFC9470-6.2-1"],
        install: |d| {
            d.grant.openid.access = |claims| claims["auth_time"] = "2026-01-01T00:00:00Z".into()
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-b64-false",
        what: "The header of an ID token says b64 false, with a payload that is encoded.",
        models: "an option of a library for detached signatures; RFC 7797 section 7",
        breaks: &["RFC7797-7-2"],
        install: |d| {
            d.grant.sign_id_token = |claims| {
                let mut header = keys::own_header("JWT");
                header["b64"] = false.into();
                keys::sign_under(&header, claims)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-b64-true",
        what: "The header of an ID token says b64 true.",
        models: "a default that is written out; RFC 7797 section 7",
        breaks: &["RFC7797-7-3"],
        install: |d| {
            d.grant.sign_id_token = |claims| {
                let mut header = keys::own_header("JWT");
                header["b64"] = true.into();
                keys::sign_under(&header, claims)
            };
        },
        ..SERVER
    },
];

/// Mistakes in what access tokens hold.
pub(crate) const ACCESS: &[Fault] = &[
    Fault {
        name: "as-oidc-access-without-audience",
        what: "Access tokens have no aud.",
        models: "a server with one API",
        breaks: &["RFC9068-2.2-1", "RFC9068-3-3", "RFC8725-3.9-2"],
        install: |d| d.grant.back.claims = |claims| without(claims, "aud"),
        ..SERVER
    },
    Fault {
        name: "as-oidc-access-typ-with-prefix",
        what: "The typ of access tokens is application/at+jwt.",
        models: "RFC 9068 section 2.1",
        breaks: &["RFC9068-2.1-7", "RFC8725-3.11-1"],
        install: |d| d.grant.access_token_type = "application/at+jwt",
        ..SERVER
    },
    Fault {
        name: "as-oidc-access-names-the-client",
        what: "sub of every access token is the client.",
        models: "client_id used as principal",
        breaks: &["RFC9068-2.2-2"],
        install: |d| d.grant.back.claims = |claims| claims["sub"] = claims["client_id"].clone(),
        ..SERVER
    },
    Fault {
        name: "as-oidc-subject-with-realm",
        what: "sub is the name of the realm, a colon and the user.",
        models: "composite keys of a user store",
        breaks: &["RFC7519-2-1"],
        install: |d| {
            d.grant.back.claims = |claims| {
                let user = claims["sub"].as_str().unwrap_or_default();
                claims["sub"] = format!("Default Realm:{user}").into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-access-of-a-client-names-a-user",
        what: "The token of a client's own grant names the user who registered the client.",
        models: "a service account that is its owner",
        breaks: &["RFC9068-2.2-3"],
        install: |d| {
            d.grant.back.claims = |claims| {
                let owner = crate::accounts::accounts().first();
                if claims["sub"] == claims["client_id"] {
                    claims["sub"] = owner.map(|owner| owner.subject).into();
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-access-jti-of-the-user",
        what: "jti is made of client and user.",
        models: "a primary key of the grant used as jti",
        breaks: &["RFC7519-4.1.7-1"],
        install: |d| {
            d.grant.back.claims = |claims| {
                claims["jti"] = format!("{}-{}", claims["client_id"], claims["sub"]).into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-id-token-left-out",
        what: "The token answer has no ID token.",
        models: "an OAuth library with the scope openid added",
        breaks: &["OIDC-CORE-3.1.3.3-2"],
        install: |d| d.grant.back.members = |answer| without(answer, "id_token"),
        ..SERVER
    },
];

fn without(claims: &mut Value, name: &str) {
    if let Some(claims) = claims.as_object_mut() {
        claims.remove(name);
    }
}
