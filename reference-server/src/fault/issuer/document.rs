//! Mistakes with what is said in tokens, metadata and key set, and about tokens afterwards.

use serde_json::{Value, json};

use super::super::Fault;
use super::SERVER;
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
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
        breaks: &["RFC9068-2.1-6", "RFC8725-3.11-1"],
        install: |d| d.grant.access_token_type = "JWT",
        ..SERVER
    },
    Fault {
        name: "as-id-token-unsigned",
        what: "ID tokens have the alg none and no signature.",
        models: "OIDC Core 2, a development setting",
        breaks: &["OIDC-CORE-2-8", "OIDC-CORE-2-10"],
        install: |d| {
            d.grant.sign_id_token = |claims| {
                let part = |value: &Value| encoding::base64url(value.to_string().as_bytes());
                format!(
                    "{}.{}.",
                    part(&json!({ "alg": "none", "typ": "JWT" })),
                    part(claims)
                )
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-revocation-does-nothing",
        what: "Revocation answers 200 and ends nothing.",
        models: "RFC 7009 section 2.1, an endpoint for form's sake",
        breaks: &["RFC7009-2-1", "RFC7009-2.1-6"],
        install: |d| d.grant.revocation_works = false,
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
        breaks: &["RFC7662-2.1-4", "RFC9701-3-1", "RFC9701-4-1"],
        install: |d| d.grant.introspection_asks = false,
        ..SERVER
    },
    Fault {
        name: "as-introspection-of-any-token",
        what: "Every client may know of every token.",
        models: "RFC 7662 section 2.2",
        breaks: &["RFC7662-4-7", "RFC9701-3-2"],
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
        breaks: &["CWE-863"],
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
        name: "as-metadata-plain-http",
        what: "An address in the metadata has http, as the server behind its TLS proxy sees itself.",
        models: "a forgotten X-Forwarded-Proto; CWE-319",
        breaks: &["RFC7009-2-3", "RFC8414-2-6", "OAUTH21-1.5-1"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                metadata["revocation_endpoint"] = "http://as.internal.example/as/revoke".into();
                metadata["jwks_uri"] = "http://as.internal.example/as/jwks".into();
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
];

fn without(object: &mut Value, name: &str) {
    if let Some(object) = object.as_object_mut() {
        object.remove(name);
    }
}
