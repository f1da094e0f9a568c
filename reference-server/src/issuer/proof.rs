//! DPoP proofs in requests for tokens (RFC 9449 section 5): the key that the tokens will be bound to.

use axum::http::request::Parts;

use super::store::Granted;
use super::token::bad;
use crate::clients::Client;
use crate::decisions::grant::Problem;
use crate::dpop;
use crate::state::Server;

/// The thumbprint of the key that proves itself; none where there is no proof.
pub(crate) fn of(server: &Server, parts: &Parts) -> Result<Option<String>, Problem> {
    let rules = &server.decisions.grant.bound;
    dpop::alone(server, &rules.proof, parts)
        .map_err(|_| bad(rules.error, "the DPoP proof is not valid"))
}

/// Whether the key is the one that the authorization request announced (RFC 9449 section 10).
pub(crate) fn announced(
    server: &Server,
    announced: Option<&str>,
    key: Option<&str>,
) -> Result<(), Problem> {
    let rules = &server.decisions.grant.bound;
    match (rules.announced)(announced, key) {
        true => Ok(()),
        false => Err(bad(rules.error, "the key is not that of dpop_jkt")),
    }
}

/// Whether a refresh comes with the key that the refresh token is bound to (RFC 9449 section 5).
pub(crate) fn refreshes(
    server: &Server,
    granted: &Granted,
    client: &Client,
    key: Option<&str>,
) -> Result<(), Problem> {
    let bound = granted.extra.jkt.as_deref();
    let rules = &server.decisions.grant.bound;
    match client.is_confidential() || (rules.refreshes)(bound, key) {
        true => Ok(()),
        false => Err(bad(
            "invalid_dpop_proof",
            "the refresh token is bound to another key",
        )),
    }
}
