//! Mistakes with the metadata, read closely.

use axum::http::{HeaderValue, header};
use serde_json::{Value, json};

use super::super::Fault;
use super::SERVER;
use crate::keys;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-metadata-is-text",
        what: "Metadata and key set are served as text/plain.",
        models: "a static file without an ending; RFC 8414 section 3.2",
        breaks: &["RFC8414-3.2-1"],
        install: |d| {
            d.grant.document = |response| {
                let text = HeaderValue::from_static("text/plain");
                response.headers_mut().insert(header::CONTENT_TYPE, text);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-issuer-with-query",
        what: "The issuer identifier has a query that names the tenant.",
        models: "RFC 8414 section 2",
        breaks: &["RFC8414-2-1", "RFC8414-3.3-1"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                let issuer = metadata["issuer"].as_str().unwrap_or_default();
                metadata["issuer"] = format!("{issuer}?tenant=default").into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-without-token-endpoint",
        what: "The metadata names no token endpoint.",
        models: "RFC 8414 section 2, a document written by hand",
        breaks: &["RFC8414-2-3"],
        install: |d| d.grant.metadata = |metadata, _| without(metadata, "token_endpoint"),
        ..SERVER
    },
    Fault {
        name: "as-metadata-empty-lists",
        what: "Lists without members are written as empty.",
        models: "RFC 8414 section 3.2, a serialiser that omits null alone",
        breaks: &["RFC8414-3.2-2"],
        install: |d| d.grant.metadata = |metadata, _| metadata["ui_locales_supported"] = json!([]),
        ..SERVER
    },
    Fault {
        name: "as-metadata-without-scopes",
        what: "The metadata doesn't list the scopes.",
        models: "RFC 8414 section 2",
        breaks: &["RFC8414-2-5"],
        install: |d| d.grant.metadata = |metadata, _| without(metadata, "scopes_supported"),
        ..SERVER
    },
    Fault {
        name: "as-metadata-announces-password",
        what: "The metadata lists the password grant, which the server refuses.",
        models: "a template never cleaned up",
        breaks: &["RFC9700-2.4-1"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                if let Some(all) = metadata["grant_types_supported"].as_array_mut() {
                    all.push("password".into());
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-announces-weak-algorithms",
        what: "The metadata lists RSA1_5 for encrypted ID tokens.",
        models: "every algorithm of the library; RFC 8725 section 3.2",
        breaks: &["CWE-327"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                metadata["id_token_encryption_alg_values_supported"] =
                    json!(["RSA-OAEP-256", "RSA1_5"]);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-jwt-methods-without-algorithms",
        what: "The metadata lists private_key_jwt for introspection and revocation, and no algorithms for it.",
        models: "RFC 8414 section 2",
        breaks: &["RFC8414-2-11", "RFC8414-2-13"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                for place in ["introspection", "revocation"] {
                    let member = format!("{place}_endpoint_auth_methods_supported");
                    metadata[member.as_str()] = json!(["client_secret_basic", "private_key_jwt"]);
                    let member = format!("{place}_endpoint_auth_signing_alg_values_supported");
                    without(metadata, &member);
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-assertions-without-algorithms",
        what: "The metadata lists private_key_jwt for the token endpoint, and no algorithms for it.",
        models: "RFC 8414 section 2",
        breaks: &["RFC8414-2-8"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                without(metadata, "token_endpoint_auth_signing_alg_values_supported");
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-no-keys-for-clients",
        what: "Clients can authenticate by a secret alone.",
        models: "RFC 9700 section 2.5",
        breaks: &["RFC9700-2.5-2"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                metadata["token_endpoint_auth_methods_supported"] = json!(["client_secret_basic"]);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-none-for-its-kin",
        what: "none is listed for client assertions at introspection and revocation.",
        models: "RFC 8414 section 2, a list copied from the ID token's",
        breaks: &["RFC8414-2-12", "RFC8414-2-14"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                for place in ["introspection", "revocation"] {
                    let member = format!("{place}_endpoint_auth_signing_alg_values_supported");
                    metadata[member.as_str()] = json!(["RS256", "none"]);
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-without-iss-flag",
        what: "The answers carry iss, and the metadata doesn't say so.",
        models: "RFC 9207 section 3",
        breaks: &["RFC9207-2.3-2"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                without(metadata, "authorization_response_iss_parameter_supported");
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-signed-metadata-without-iss",
        what: "The signed copy of the metadata doesn't say who vouches for it.",
        models: "RFC 8414 section 2.1, jwt.sign(metadata, key)",
        breaks: &["RFC8414-2.1-1"],
        install: |d| d.grant.signed_metadata = |signed| without(signed, "iss"),
        ..SERVER
    },
    Fault {
        name: "as-signed-metadata-stale",
        what: "The signed copy of the metadata names the token endpoint of an earlier deployment.",
        models: "RFC 8414 section 2.1, a statement signed once",
        breaks: &["RFC8414-2-18"],
        install: |d| {
            d.grant.signed_metadata =
                |signed| signed["token_endpoint"] = "https://old.example/token".into();
        },
        ..SERVER
    },
    Fault {
        name: "as-signed-metadata-in-itself",
        what: "The signed copy of the metadata holds a signed copy.",
        models: "RFC 8414 section 2.1, a document signed twice",
        breaks: &["RFC8414-2.1-3"],
        install: |d| {
            d.grant.signed_metadata = |signed| {
                let inner = keys::sign("JWT", signed);
                signed["signed_metadata"] = inner.into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-documents-differ",
        what: "The OpenID document names another token endpoint than the OAuth document.",
        models: "RFC 8414 section 5, two modules of one server",
        breaks: &["RFC8414-2-18"],
        install: |d| {
            d.grant.openid_metadata = |metadata| {
                let issuer = metadata["issuer"].as_str().unwrap_or_default();
                metadata["token_endpoint"] = format!("{issuer}/oidc/token").into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-appended",
        what: "The OAuth metadata is behind the path of the issuer, as OpenID's is.",
        models: "RFC 8414 section 3.1, a server that was written for OpenID",
        breaks: &["RFC8414-3-1"],
        install: |d| d.grant.metadata_inserted = false,
        ..SERVER
    },
    Fault {
        name: "as-metadata-names-what-is-not-there",
        what: "The metadata names endpoints that the server doesn't have.",
        models: "RFC 8414 section 2, a template never cleaned up",
        breaks: &["RFC8414-2-18"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                let issuer = metadata["issuer"].as_str().unwrap_or_default().to_owned();
                metadata["introspection_endpoint"] = format!("{issuer}/v1/introspect").into();
                metadata["revocation_endpoint"] = format!("{issuer}/v1/revoke").into();
                metadata["userinfo_endpoint"] = format!("{issuer}/v1/userinfo").into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-endpoint-with-fragment",
        what: "The authorization endpoint is a route of a single-page application, behind a number sign.",
        models: "a hash router; RFC 6749 section 3.1",
        breaks: &["RFC6749-3.1-4"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                let issuer = metadata["issuer"].as_str().unwrap_or_default();
                metadata["authorization_endpoint"] = format!("{issuer}/authorize#/login").into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-token-endpoint-with-fragment",
        what: "The token endpoint has a fragment.",
        models: "a link to the documentation, pasted; RFC 6749 section 3.2",
        breaks: &["RFC6749-3.2-1"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                let issuer = metadata["issuer"].as_str().unwrap_or_default();
                metadata["token_endpoint"] = format!("{issuer}/token#token").into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-documents-par-in-one-alone",
        what: "The OpenID document doesn't name the endpoint for pushed requests.",
        models: "two modules of one server; RFC 9126 section 2",
        breaks: &["RFC9126-2-2"],
        install: |d| {
            d.grant.openid_metadata =
                |metadata| without(metadata, "pushed_authorization_request_endpoint")
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-without-introspection-algorithms",
        what: "The metadata doesn't list the algorithms of signed introspection answers.",
        models: "RFC 9701 section 7",
        breaks: &["RFC9701-7-1"],
        install: |d| {
            d.grant.metadata =
                |metadata, _| without(metadata, "introspection_signing_alg_values_supported")
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-without-details-types",
        what: "The metadata doesn't list the types of authorization details.",
        models: "RFC 9396 section 10",
        breaks: &["RFC9396-10-1"],
        install: |d| {
            d.grant.metadata =
                |metadata, _| without(metadata, "authorization_details_types_supported")
        },
        ..SERVER
    },
];

pub(super) fn without(object: &mut Value, name: &str) {
    if let Some(object) = object.as_object_mut() {
        object.remove(name);
    }
}
