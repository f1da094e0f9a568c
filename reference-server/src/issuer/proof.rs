//! What a client shows that it holds where it asks for tokens, so that they are bound to it: the key of a DPoP proof
//! (RFC 9449 section 5), the certificate of the connection (RFC 8705 section 3).

use axum::http::request::Parts;
use axum::response::Response;

use super::mutual;
use super::store::{Extra, Granted};
use super::token::bad;
use crate::clients::Client;
use crate::decisions::grant::Problem;
use crate::dpop;
use crate::state::Server;

/// The thumbprints of what is held.
#[derive(Debug, Clone, Default)]
pub(crate) struct Held {
    /// Of the key.
    pub(crate) key: Option<String>,
    certificate: Option<String>,
}

impl Held {
    /// What the request of this client shows.
    pub(crate) fn of(server: &Server, parts: &Parts, client: &Client) -> Result<Self, Problem> {
        Ok(Self {
            key: of(server, parts)?,
            certificate: mutual::thumbprint(server, parts, client),
        })
    }

    /// The same where tokens are asked for: a client that is registered for bound tokens proves a key, always (RFC 9449
    /// section 5.2).
    pub(crate) fn of_client(
        server: &Server,
        parts: &Parts,
        client: &Client,
    ) -> Result<Self, Problem> {
        let held = Self::of(server, parts, client)?;
        match held.key.is_none() && client.bound && server.decisions.grant.bound.demanded {
            true => Err(bad("invalid_dpop_proof", "this client proves its key")),
            false => Ok(held),
        }
    }

    /// The same grant, bound to what is held.
    pub(crate) fn granted(&self, granted: Granted) -> Granted {
        Granted {
            extra: self.bound(granted.extra),
            ..granted
        }
    }

    /// The same extensions, bound to what is held.
    pub(crate) fn bound(&self, extra: Extra) -> Extra {
        Extra {
            jkt: self.key.clone(),
            certificate: self.certificate.clone(),
            ..extra
        }
    }
}

/// The thumbprint of the key that proves itself; none where there is no proof.
pub(crate) fn of(server: &Server, parts: &Parts) -> Result<Option<String>, Problem> {
    let rules = &server.decisions.grant.bound;
    dpop::alone(server, &rules.proof, parts)
        .map_err(|_| bad(rules.error, "the DPoP proof is not valid"))
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

/// Whether a refresh comes with what the refresh token is bound to (RFC 9449 section 5, RFC 8705 section 4). Where a client
/// authenticates, that stands for it.
pub(crate) fn refreshes(
    server: &Server,
    granted: &Granted,
    client: &Client,
    held: &Held,
) -> Result<(), Problem> {
    if client.is_confidential() {
        return Ok(());
    }
    let (rules, extra) = (&server.decisions.grant, &granted.extra);
    if !(rules.bound.refreshes)(extra.jkt.as_deref(), held.key.as_deref()) {
        return Err(bad(
            "invalid_dpop_proof",
            "the refresh token is bound to another key",
        ));
    }
    let (bound, shown) = (extra.certificate.as_deref(), held.certificate.as_deref());
    match (rules.mutual.refreshes)(bound, shown) {
        true => Ok(()),
        false => Err(bad(
            "invalid_grant",
            "the refresh token is bound to another certificate",
        )),
    }
}
