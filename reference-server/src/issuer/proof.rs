//! DPoP proofs in requests for tokens (RFC 9449 section 5): the key that the tokens will be bound to.

use axum::http::request::Parts;
use axum::response::Response;

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

/// The same for a client that asks for tokens: one that is registered for bound tokens proves a key, always (RFC 9449
/// section 5.2).
pub(crate) fn of_client(
    server: &Server,
    parts: &Parts,
    client: &Client,
) -> Result<Option<String>, Problem> {
    let key = of(server, parts)?;
    match key.is_none() && client.bound && server.decisions.grant.bound.demanded {
        true => Err(bad("invalid_dpop_proof", "this client proves its key")),
        false => Ok(key),
    }
}

/// The answer to a proof without a nonce of this server, from a client that needs one (RFC 9449 section 8).
pub(crate) fn asks_nonce(server: &Server, parts: &Parts, client: &Client) -> Option<Response> {
    let rules = &server.decisions.grant.bound;
    let lacks = client.nonces && dpop::lacks_nonce(server, &rules.proof, parts, rules.nonce);
    lacks.then(|| (rules.asks)(&dpop::new_nonce(server)))
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
