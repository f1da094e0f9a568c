//! The certificate that a client shows where it asks for tokens (RFC 8705), and where it may be shown.

use crate::model::{Answer, Shown, Silence};
use crate::suite::profile::{Endpoint, OAuthClient};

use super::super::act::Trouble;
use super::super::world::World;
use super::TokenCall;

/// Where this client asks: a client with a certificate at the alias that is made for such clients, if there is one
/// (section 5).
pub(super) fn endpoint(
    name: &str,
    client: &OAuthClient,
    world: &World,
) -> Result<Endpoint, Trouble> {
    let usual = world.endpoints.get(name).cloned();
    if client.certificates.is_none() {
        return usual.ok_or_else(|| world.lacking(name));
    }
    let alias = world.endpoints.get(&format!("mtls-{name}")).cloned();
    let found = alias.or(usual).ok_or_else(|| world.lacking(name))?;
    if found.origin.scheme == "https" {
        return Ok(found);
    }
    Err(Trouble::DoesNotApply(format!(
        "a certificate is shown over TLS alone: the {name} endpoint is plain http, and the metadata names no other in mtls_endpoint_aliases"
    )))
}

/// The certificate of the word of a case: the client's own, one of somebody else, none, or that of another client.
pub(super) fn shown(
    word: Option<&str>,
    client: &OAuthClient,
    world: &World,
) -> Result<Shown, Trouble> {
    let own = client.certificates.as_ref();
    let word = match (word, own) {
        (Some("none"), _) => return Ok(Shown::Nothing),
        (None, None) => return Ok(Shown::Usual),
        (word, _) => word.unwrap_or("own"),
    };
    let of_client = || {
        let other = world.profile.clients.get(word)?;
        Some(other.certificates.as_ref()?.own.clone())
    };
    let found = own.and_then(|all| all.named(word)).cloned();
    let found = found.or_else(of_client);
    let found = found.ok_or_else(|| format!("no client certificate `{word}` is known"))?;
    Ok(Shown::This(found))
}

impl TokenCall {
    pub(super) fn certificate(&self) -> Option<&str> {
        self.args.get("certificate")?.as_str()
    }

    /// Whether another certificate than the client's is shown, or none.
    fn shows_another(&self) -> bool {
        self.certificate().is_some_and(|word| word != "own")
    }

    /// Whether such a connection ended without an answer: an alert may be lost when a peer closes at once.
    pub(super) fn is_cut_off(&self, answer: &Answer) -> bool {
        let ended = matches!(
            answer,
            Answer::Silence(Silence::Unreachable(_) | Silence::Closed(_))
        );
        ended && self.shows_another()
    }

    /// Whether the handshake was the refusal: an alert says so, or the connection ended twice over.
    pub(super) fn is_declined(&self, answer: &Answer) -> bool {
        let said = matches!(answer, Answer::Silence(Silence::Declined(_)));
        (said && self.shows_another()) || (self.cut_off && self.is_cut_off(answer))
    }
}
