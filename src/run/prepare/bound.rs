//! The key of our DPoP proofs, and the valid token that is bound to it (RFC 9449 sections 5 and 6).

use std::sync::Arc;

use serde_json::Map;

use crate::forge::Key;
use crate::forge::dpop::{self, About};
use crate::model::{Header, Request, Response, Secret};
use crate::run::drive::Ports;
use crate::suite::profile::{Scheme, TokenSource};
use crate::wire::{jose, json};

use super::Prepared;

/// The algorithm that nearly every verifier of proofs knows.
const USUAL: &str = "ES256";

impl Prepared {
    /// The profile's key, or one of this run where authspec binds the token itself.
    pub(super) fn proof_key(&mut self) {
        let profile = Arc::clone(&self.world.profile);
        if profile.server.is_some() {
            self.world.client_proof_key = Key::generate(USUAL).ok().map(Arc::new);
        }
        if profile.proof_key.is_none()
            && !profile.doors.iter().any(|one| one.scheme == Scheme::Dpop)
        {
            return;
        }
        self.world.proof_key = match (&profile.proof_key, &profile.token) {
            (Some(key), _) => Some(Arc::clone(key)),
            (None, Some(TokenSource::Minted)) => Key::generate(USUAL).ok().map(Arc::new),
            (None, _) => None,
        };
    }

    /// The token that endpoints with `scheme: dpop` take.
    pub(super) fn bind(&mut self, ports: &Ports) {
        let Some(key) = self.world.proof_key.clone() else {
            return;
        };
        let Some(confirmation) = dpop::confirmation(&key) else {
            return self.trouble("dpop", "the key of the proofs has no public half");
        };
        if matches!(self.world.profile.token, Some(TokenSource::Minted)) {
            let cnf = Map::from_iter([("cnf".to_owned(), confirmation)]);
            match self.mint(ports, &cnf) {
                Ok(token) => {
                    self.vault.add(&Secret::new(token.clone(), "access_token"));
                    self.world.bound = Some(token);
                }
                Err(why) => self.trouble("token", why),
            }
            return;
        }
        let Some(token) = self.world.token.clone() else {
            return;
        };
        // what an opaque token is bound to only its issuer knows
        let claims = jose::read(&token).and_then(|token| token.claims);
        let bound = claims.map(|claims| claims.get("cnf").and_then(|cnf| cnf.get("jkt")).cloned());
        match bound {
            Some(None) => self.trouble(
                "dpop",
                "the valid token has no `cnf.jkt`: it is bound to no key (RFC 9449 section 6.1)",
            ),
            Some(jkt) if jkt.as_ref() != confirmation.get("jkt") => self.trouble(
                "dpop",
                "the valid token is bound to another key than that of the profile's `dpop:`",
            ),
            _ => self.world.bound = Some(token),
        }
    }

    /// Asks the token endpoint for a token that is bound to the profile's key, once more with a nonce if it wants one
    /// (sections 5 and 8).
    pub(super) async fn ask_bound(
        &mut self,
        request: Request,
        ports: &Ports,
    ) -> Result<Response, String> {
        let Some(key) = self.world.proof_key.clone() else {
            return self.ask(request, ports).await;
        };
        let first = with_proof(&request, &key, None, ports)?;
        let response = self.ask(first, ports).await?;
        let Some(nonce) = wanted(&response) else {
            return Ok(response);
        };
        let second = with_proof(&request, &key, Some(nonce), ports)?;
        self.ask(second, ports).await
    }
}

/// The nonce that a token endpoint asks for (section 8).
fn wanted(response: &Response) -> Option<String> {
    let body = json::parse_lenient(response.body.bytes())?;
    let asks = response.status == 400 && body.get("error")? == "use_dpop_nonce";
    response.first("dpop-nonce").filter(|_| asks)
}

fn with_proof(
    request: &Request,
    key: &Arc<Key>,
    nonce: Option<String>,
    ports: &Ports,
) -> Result<Request, String> {
    let url = request.url();
    let claims = dpop::claims(&About {
        method: request.method.clone(),
        uri: url.split(['?', '#']).next().unwrap_or_default().to_owned(),
        at: ports.clock.now().unix(),
        id: jose::base64url(&ports.chance.bytes()),
        token: None,
        nonce,
    });
    let proof =
        dpop::proof(&claims, key, false, &Default::default()).map_err(|why| why.to_string())?;
    let mut request = request.clone();
    request.headers.push(Header::new("DPoP", proof));
    Ok(request)
}
