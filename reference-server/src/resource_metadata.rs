//! Metadata of the protected resources (RFC 9728): one document for each, and one for the whole API.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::Response;
use serde_json::{Value, json};

use crate::decisions::metadata::WELL_KNOWN;
use crate::state::Server;
use crate::{answer, keys};

/// The resources that take tokens.
const RESOURCES: [&str; 10] = [
    "",
    "/protected-resource",
    "/protected-resource/admin",
    "/protected-resource/search",
    "/protected-resource/strong",
    "/introspected",
    "/dpop",
    "/dpop/nonce",
    "/notes",
    "/as/userinfo",
];

/// The document of the resource whose path stands behind the well-known part.
pub(crate) async fn document(State(server): State<Arc<Server>>, uri: Uri) -> Response {
    let rules = &server.decisions.metadata;
    let path = uri.path().strip_prefix(WELL_KNOWN).unwrap_or_default();
    if !RESOURCES.contains(&path) || !(rules.served)(path) {
        return answer::problem(StatusCode::NOT_FOUND, "Not found", "No such resource.");
    }
    if rules.guarded {
        return answer::problem(
            StatusCode::UNAUTHORIZED,
            "Authentication required",
            "This resource needs an access token.",
        );
    }
    let mut document = described(&server, (rules.resource)(&server.origin, path));
    if path.starts_with("/dpop") {
        document["dpop_bound_access_tokens_required"] = true.into();
    }
    (rules.members)(&mut document);
    let signed = signed(&server, &document);
    document["signed_metadata"] = signed.into();
    let mut response = answer::json(StatusCode::OK, &document);
    answer::set(&mut response, header::CACHE_CONTROL, "public, max-age=60");
    answer::set(&mut response, header::CONTENT_TYPE, rules.media_type);
    response
}

fn described(server: &Server, resource: String) -> Value {
    let mut issuers = vec![server.issuer()];
    if let Some(provider) = &server.provider {
        issuers.push(provider.registration.issuer.clone());
    }
    json!({
        "resource": resource,
        "authorization_servers": issuers,
        "jwks_uri": format!("{}/jwks", server.origin),
        "scopes_supported": ["read", "write", "admin"],
        "bearer_methods_supported": ["header"],
        "resource_signing_alg_values_supported": ["RS256"],
        "resource_name": "authspec reference server",
        "resource_name#de": "Referenzserver von authspec",
    })
}

/// The same once more, signed by the resource itself (RFC 9728 section 2.2).
fn signed(server: &Server, document: &Value) -> String {
    let mut claims = document.clone();
    claims["iss"] = server.origin.clone().into();
    (server.decisions.metadata.signed)(&mut claims);
    keys::sign("JWT", &claims)
}
