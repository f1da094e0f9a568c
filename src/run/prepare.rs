//! Before the plan: what guards each endpoint where the profile doesn't say, the valid token, the issuer's keys, and the
//! metadata of an authorization server.

mod bound;
mod certified;
mod metadata;
mod token;

use std::sync::Arc;

use serde_json::Value;

use crate::exec::act::request_for;
use crate::exec::world::{ProviderFacts, World};
use crate::forge::PublicKey;
use crate::model::{Answer, Moment, Request, Response, Vault};
use crate::provider::{Endpoint, address};
use crate::suite::profile::{Profile, Scheme};
use crate::wire::{challenge, json};

use super::drive::Ports;
use super::port::{Call, Pool};

/// A world that can be calibrated, and what could not be had.
pub struct Prepared {
    /// The world, not calibrated yet.
    pub world: World,
    /// Secrets that came.
    pub vault: Vault,
    /// What did not work, in words.
    pub troubles: Vec<(String, String)>,
    /// Requests sent.
    pub requests: u32,
    /// Seconds by which the target's clock is ahead, if it said.
    pub skew: Option<i64>,
}

/// Gets everything that the profile names.
pub async fn prepare(profile: Arc<Profile>, ports: &Ports) -> Prepared {
    let mut prepared = Prepared {
        world: World::new(Arc::clone(&profile)),
        vault: Vault::default(),
        troubles: Vec::new(),
        requests: 0,
        skew: None,
    };
    for secret in &profile.secrets {
        prepared.vault.add(secret);
    }
    if let Some(provider) = &ports.provider {
        prepared.world.provider = Some(ProviderFacts {
            issuer: provider.issuer(0),
            evil: provider.issuer(1),
            api: address(&provider.issuer(0), Endpoint::Api),
            api_metadata: address(&provider.issuer(0), Endpoint::ApiMetadata),
            listener: provider.listener(),
            seal: provider.seal(),
        });
        if profile.provider.reaches_listener {
            prepared.world.was_heard();
        }
    }
    prepared.certificates();
    prepared.schemes(ports).await;
    prepared.metadata(ports).await;
    prepared.signing(ports);
    prepared.introspection(ports.clock.now());
    prepared.proof_key();
    prepared.token(ports).await;
    prepared.bind(ports);
    prepared.certify(ports);
    prepared.public_key(ports).await;
    prepared
}

impl Prepared {
    fn trouble(&mut self, about: &str, says: impl Into<String>) {
        let says = says.into();
        self.troubles
            .push((about.to_owned(), super::redact::text(&says, &self.vault)));
    }

    async fn ask(&mut self, mut request: Request, ports: &Ports) -> Result<Response, String> {
        self.world.show(&mut request);
        let url = request.url();
        let within = self.world.profile.limits.case_time;
        let heard = ports
            .http
            .send(Call {
                request,
                pool: Pool(0),
                within,
            })
            .await;
        self.requests += 1;
        match heard.answer {
            Answer::Response(response) => {
                self.note_skew(&response, heard.at);
                Ok(response)
            }
            Answer::Silence(silence) => Err(format!("{url}: {silence}")),
        }
    }

    /// The skew of the target's Date field (RFC 9110 section 6.6.1).
    pub fn note_skew(&mut self, response: &Response, at: Moment) {
        let date = response
            .first("date")
            .as_deref()
            .and_then(crate::wire::fields::http_date);
        if let Some(date) = date {
            self.skew = Some(date.saturating_sub(at.unix()));
        }
    }

    /// Where nothing tells what guards an endpoint, its refusal is asked (RFC 9110 section 11.6.1).
    async fn schemes(&mut self, ports: &Ports) {
        let profile = Arc::clone(&self.world.profile);
        for (at, door) in profile.doors.iter().enumerate() {
            if !door.scheme_unsaid {
                continue;
            }
            let Ok(response) = self.ask(request_for(&door.endpoint), ports).await else {
                continue;
            };
            let told = scheme_of(&response);
            let doors = &mut Arc::make_mut(&mut self.world.profile).doors;
            if let (Some(door), Some(scheme)) = (doors.get_mut(at), told) {
                door.scheme = scheme;
            }
        }
    }

    fn signing(&mut self, ports: &Ports) {
        let Some(signing) = self.world.profile.signing.clone() else {
            return;
        };
        self.world.signing = match &signing.key {
            Some(key) => Some(Arc::clone(key)),
            None => ports
                .provider
                .as_ref()
                .map(|provider| provider.signing_key()),
        };
    }

    /// The public key of the issuer: published, or of the key that signs.
    async fn public_key(&mut self, ports: &Ports) {
        let own = self
            .world
            .signing
            .as_ref()
            .and_then(|key| PublicKey::of(key));
        // the key that we sign with is the issuer's; an authorization server beside it may be another issuer
        let known = self.world.profile.jwks.clone();
        let published = known.or_else(|| {
            let announced = self.world.endpoints.get("jwks").cloned();
            announced.filter(|_| own.is_none())
        });
        let Some(endpoint) = published else {
            self.world.public_key = own;
            return;
        };
        if self.world.token.is_none() && self.world.profile.jwks.is_none() {
            return;
        }
        let found = match self.ask(request_for(&endpoint), ports).await {
            Ok(response) => self.pick_key(&response),
            Err(why) => Err(why),
        };
        match found {
            Ok(key) => self.world.public_key = Some(key),
            Err(why) => {
                self.world.public_key = own;
                self.trouble("key set", why);
            }
        }
    }

    /// The key that signed the valid token, else the first that can be read.
    fn pick_key(&self, response: &Response) -> Result<PublicKey, String> {
        let body = json::parse_lenient(response.body.bytes());
        let keys = body
            .as_ref()
            .and_then(|body| body.get("keys"))
            .and_then(Value::as_array);
        let keys =
            keys.ok_or_else(|| format!("the key set is no JWK Set: status {}", response.status))?;
        let kid = self
            .world
            .token
            .as_deref()
            .and_then(crate::wire::jose::read)
            .and_then(|token| token.kid().map(str::to_owned));
        let named = keys
            .iter()
            .find(|key| kid.is_some() && key.get("kid").and_then(Value::as_str) == kid.as_deref());
        let readable = named
            .into_iter()
            .chain(keys.iter().take(100))
            .find_map(|key| PublicKey::from_jwk(key).ok());
        readable.ok_or_else(|| "the key set holds no key that can be read".to_owned())
    }
}

/// The scheme that a refusal names: Bearer before Basic, any other for one of the API's own.
fn scheme_of(response: &Response) -> Option<Scheme> {
    let fields: Vec<&[u8]> = response.header("www-authenticate").collect();
    let challenges = challenge::parse(&fields).ok()?;
    let names = |scheme: &str| challenges.iter().any(|one| one.is(scheme));
    match () {
        () if names("bearer") => Some(Scheme::Bearer),
        () if names("basic") => Some(Scheme::Basic),
        () => (!challenges.is_empty()).then_some(Scheme::Own),
    }
}
