//! How the client stands with its provider: what it registers of itself (RFC 7591), how it shows its certificate (RFC
//! 8705), and that tokens end with the session (RFC 7009).

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

/// The decisions about registration and revocation.
#[derive(Clone)]
pub(crate) struct Standing {
    /// What the client says of itself, given its origin (RFC 7591 section 2).
    pub(crate) metadata: fn(&str) -> Value,
    /// What an error of the registration becomes: a refusal, whatever else it holds (RFC 7591 section 3.2.2).
    pub(crate) refused: fn(&Map<String, Value>) -> StatusCode,
    /// Where a client with a certificate asks: at the aliases, where there are any (RFC 8705 section 5).
    pub(crate) endpoints: fn(&Map<String, Value>) -> &Map<String, Value>,
    /// Whether the certificate goes with the client's name (RFC 8705 section 2).
    pub(crate) names_itself: bool,
    /// Whether it is shown again where the token is used (RFC 8705 section 3).
    pub(crate) shows_again: bool,
    /// How often a revocation that was put off is tried at once: once, and again when it was told (RFC 7009 section
    /// 2.2.1).
    pub(crate) tries: u32,
}

impl Standing {
    pub(crate) fn right() -> Self {
        Self {
            metadata,
            refused: |_| StatusCode::BAD_REQUEST,
            endpoints: |metadata| {
                let aliases = metadata.get("mtls_endpoint_aliases");
                aliases.and_then(Value::as_object).unwrap_or(metadata)
            },
            names_itself: true,
            shows_again: true,
            tries: 1,
        }
    }
}

pub(crate) fn metadata(origin: &str) -> Value {
    json!({
        "client_name": "authspec reference client",
        "client_uri": origin,
        "redirect_uris": [format!("{origin}/callback")],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks_uri": format!("{origin}/jwks"),
    })
}
