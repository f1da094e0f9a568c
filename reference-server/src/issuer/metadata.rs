//! The authorization server's metadata (RFC 8414, OpenID Connect Discovery) and key set.

use std::sync::Arc;

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use crate::decisions::grant::openid::ACR;
use crate::decisions::grant::{SCOPES, details};
use crate::state::Server;
use crate::{answer, jwe, keys};

/// With what clients may sign assertions.
const ASSERTIONS: [&str; 2] = ["RS256", "ES256"];

/// The document, the same under every well-known path.
pub(crate) async fn document(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let issuer = server.issuer();
    let mut metadata = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "introspection_endpoint": format!("{issuer}/introspect"),
        "scopes_supported": SCOPES,
        "response_types_supported": ["code", "code id_token", "id_token"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:grant-type:device_code"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth", "attest_jwt_client_auth", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ASSERTIONS,
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth", "none"],
        "revocation_endpoint_auth_signing_alg_values_supported": ASSERTIONS,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"],
        "introspection_endpoint_auth_signing_alg_values_supported": ASSERTIONS,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "acr_values_supported": [ACR],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "nonce", "name", "email"],
        "registration_endpoint": format!("{issuer}/register"),
        "introspection_signing_alg_values_supported": ["RS256"],
        "device_authorization_endpoint": format!("{issuer}/device"),
        "pushed_authorization_request_endpoint": format!("{issuer}/par"),
        "request_object_signing_alg_values_supported": ASSERTIONS,
        "request_object_encryption_alg_values_supported": ["RSA-OAEP-256"],
        "request_object_encryption_enc_values_supported": ["A256GCM"],
        "dpop_signing_alg_values_supported": ["ES256", "RS256", "PS256", "EdDSA"],
        "request_parameter_supported": true,
        "request_uri_parameter_supported": false,
        "claims_parameter_supported": true,
        "authorization_details_types_supported": [details::TYPE],
        "tls_client_certificate_bound_access_tokens": true,
    });
    metadata["mtls_endpoint_aliases"] = aliases(&server.named_tls_origin);
    let rules = &server.decisions.grant;
    let mut signed = metadata.clone();
    signed["iss"] = issuer.into();
    (rules.signed_metadata)(&mut signed);
    metadata["signed_metadata"] = keys::sign("JWT", &signed).into();
    (rules.metadata)(&mut metadata, &parts);
    if parts.uri.path().contains("openid-configuration") {
        (rules.openid_metadata)(&mut metadata);
    }
    open(&server, answer::json(StatusCode::OK, &metadata))
}

/// Where clients show certificates (RFC 8705 section 5).
fn aliases(secure: &str) -> Value {
    json!({
        "token_endpoint": format!("{secure}/as/token"),
        "revocation_endpoint": format!("{secure}/as/revoke"),
        "introspection_endpoint": format!("{secure}/as/introspect"),
        "device_authorization_endpoint": format!("{secure}/as/device"),
        "pushed_authorization_request_endpoint": format!("{secure}/as/par"),
    })
}

/// The public keys.
pub(crate) async fn key_set(State(server): State<Arc<Server>>) -> Response {
    let mut set = keys::own_set();
    if let Some(keys) = set["keys"].as_array_mut() {
        keys.extend(jwe::public_jwks());
        if !server.decisions.metadata.key_uses {
            for key in keys.iter_mut().filter_map(Value::as_object_mut) {
                key.remove("use");
            }
        }
    }
    (server.decisions.grant.key_set)(&mut set);
    open(&server, answer::json(StatusCode::OK, &set))
}

/// Public documents may be read by scripts of any origin, and kept for a while.
fn open(server: &Server, mut response: Response) -> Response {
    answer::set(&mut response, header::CACHE_CONTROL, "public, max-age=60");
    answer::set(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    (server.decisions.grant.document)(&mut response);
    response
}
