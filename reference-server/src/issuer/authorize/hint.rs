//! Whom a request asks for by an ID token of ours.

use serde_json::Value;

use super::super::openid;
use super::{Refused, refused};
use crate::clients;
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;

/// Whom the hint names: an ID token of ours, expired or not (OIDC Core 3.1.2.2).
pub(super) async fn hinted(
    server: &Server,
    client: &clients::Client,
    hint: Option<&str>,
) -> Result<Option<String>, Refused> {
    let Some(hint) = hint else {
        return Ok(None);
    };
    let openid = &server.decisions.grant.openid;
    if !openid.hint_is_verified {
        return Ok(openid::unverified(hint));
    }
    let mut rules = server.decisions.client.id_token.clone();
    if openid.hint_may_be_old {
        rules.expiry = |_, _| Ok(());
    }
    let expected = Expected {
        issuers: &[Issuer::Own(server.issuer())],
        audience: &[client.id.to_owned()],
        shared: None,
    };
    match jwt::verify(server, &rules, hint, &expected).await {
        Ok(token) => Ok(token
            .claims
            .get("sub")
            .and_then(Value::as_str)
            .map(str::to_owned)),
        Err(_) => refused(
            "invalid_request",
            "id_token_hint is no ID token of this server",
        ),
    }
}
