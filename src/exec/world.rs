//! What an execution may know of the world: a snapshot that the run took before.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};

use crate::forge::{self, Certificates, ForgeError, Key, PublicKey, Recipe};
use crate::model::{Moment, Origin, Request, Shown};
use crate::provider::described::Seal;
use crate::suite::profile::{Door, Endpoint, Profile};

use super::act::Trouble;
use super::outcome::Oracle;
use super::taken::Taken;

/// A snapshot of target, profile and provider.
pub struct World {
    /// The profile.
    pub profile: Arc<Profile>,
    /// What calibration learned, by door.
    pub oracles: HashMap<String, Arc<Oracle>>,
    /// The valid token.
    pub token: Option<String>,
    /// The valid token that is bound to the key of our proofs (RFC 9449).
    pub bound: Option<String>,
    /// That key.
    pub proof_key: Option<Arc<Key>>,
    /// The valid token that is bound to our client certificate (RFC 8705).
    pub certified: Option<String>,
    /// That certificate, and those of somebody else.
    pub certificates: Option<Certificates>,
    /// The key of proofs in requests for tokens, to which these are bound.
    pub client_proof_key: Option<Arc<Key>>,
    /// The key that signs what the target trusts.
    pub signing: Option<Arc<Key>>,
    /// The issuer's public key, to be abused as an HMAC secret.
    pub public_key: Option<PublicKey>,
    /// What our provider says of a good opaque token, beside the times.
    pub introspection: Map<String, Value>,
    /// Endpoints of the authorization server, from metadata and profile.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// Its metadata.
    pub metadata: Option<Value>,
    /// The provider that authspec plays, if it runs.
    pub provider: Option<ProviderFacts>,
    /// The target reached our provider or listener before this case; a run learns it as it goes.
    pub ear_works: AtomicBool,
    /// Tokens that were signed already, by recipe.
    pub signed: Mutex<HashMap<String, String>>,
    /// How often each access token came in an answer: one that came twice may live for either reason.
    pub given: Mutex<HashMap<String, u32>>,
    /// What is met is spoilt and judged again, to show that it can be missed.
    pub spoils: bool,
    /// Runs of cases keep what they are judged by.
    pub records: bool,
    /// What is judged was recorded, and this was taken out of it.
    pub taken: Option<Taken>,
    /// Origins of the target, where no profile is at hand that says so.
    pub recorded_origins: Vec<String>,
}

/// Addresses of the provider that authspec plays.
#[derive(Clone, Debug)]
pub struct ProviderFacts {
    /// Issuer identifier of the honest provider.
    pub issuer: String,
    /// Issuer identifier of the evil one.
    pub evil: String,
    /// The API that takes its access tokens.
    pub api: String,
    /// Where that API says of itself what clients need.
    pub api_metadata: String,
    /// The place that only listens.
    pub listener: String,
    /// What marks tokens that describe themselves as this run's.
    pub seal: Seal,
}

impl World {
    /// Why an endpoint of the authorization server can't be asked: metadata that was read and doesn't name it says that
    /// there is none.
    pub(super) fn lacking(&self, name: &str) -> Trouble {
        if self.metadata.is_some() {
            return Trouble::DoesNotApply(format!("the server's metadata names no `{name}`"));
        }
        Trouble::CannotBeDone(format!("no endpoint `{name}` is known"))
    }

    /// A world that knows only its profile.
    pub fn new(profile: Arc<Profile>) -> Self {
        let endpoints = profile
            .server
            .as_ref()
            .map(|server| server.endpoints.clone())
            .unwrap_or_default();
        Self {
            profile,
            oracles: HashMap::new(),
            token: None,
            bound: None,
            proof_key: None,
            certified: None,
            certificates: None,
            client_proof_key: None,
            signing: None,
            public_key: None,
            introspection: Map::new(),
            endpoints,
            metadata: None,
            provider: None,
            ear_works: AtomicBool::new(false),
            signed: Mutex::default(),
            given: Mutex::default(),
            spoils: false,
            records: false,
            taken: None,
            recorded_origins: Vec::new(),
        }
    }

    /// The same world, in which no token is known and nothing was signed yet.
    pub fn fresh(&self) -> Self {
        Self {
            profile: Arc::clone(&self.profile),
            oracles: self.oracles.clone(),
            token: None,
            bound: None,
            proof_key: self.proof_key.clone(),
            certified: None,
            certificates: self.certificates.clone(),
            client_proof_key: self.client_proof_key.clone(),
            signing: self.signing.clone(),
            public_key: self.public_key.clone(),
            introspection: self.introspection.clone(),
            endpoints: self.endpoints.clone(),
            metadata: self.metadata.clone(),
            provider: self.provider.clone(),
            ear_works: AtomicBool::new(self.ear_works()),
            signed: Mutex::default(),
            given: Mutex::default(),
            spoils: self.spoils,
            records: self.records,
            taken: self.taken.clone(),
            recorded_origins: self.recorded_origins.clone(),
        }
    }

    /// Whether the target reached our provider or listener.
    pub fn ear_works(&self) -> bool {
        self.ear_works.load(Ordering::Relaxed)
    }

    /// The target reached our provider or listener.
    pub fn was_heard(&self) {
        self.ear_works.store(true, Ordering::Relaxed);
    }

    /// What calibration learned of a door; nothing if it was not calibrated.
    pub fn oracle(&self, door: &Door) -> Arc<Oracle> {
        self.oracles.get(&door.name).cloned().unwrap_or_default()
    }

    /// Names the certificate that goes with a request which names none: our own, wherever TLS is spoken.
    pub fn show(&self, request: &mut Request) {
        if let (Shown::Usual, Some(all)) = (&request.shown, &self.certificates)
            && request.origin.scheme == "https"
        {
            request.shown = Shown::This(Arc::clone(&all.own));
        }
    }

    /// Origins of the target itself.
    pub fn own_origins(&self) -> Vec<String> {
        if self.taken.is_some() {
            return self.recorded_origins.clone();
        }
        let mut all = vec![self.profile.origin.to_string()];
        all.extend(self.profile.origins.iter().map(Origin::to_string));
        let over_tls = self.profile.places.get("issuer-over-tls");
        all.extend(over_tls.map(|place| place.endpoint.origin.to_string()));
        all
    }

    /// Notes that an access token came in an answer.
    pub fn took(&self, token: &str) {
        if let Ok(mut given) = self.given.lock() {
            *given.entry(token.to_owned()).or_default() += 1;
        }
    }

    /// Whether an access token came in more answers than one.
    pub fn came_again(&self, token: &str) -> bool {
        let given = self.given.lock();
        given.is_ok_and(|given| given.get(token).is_some_and(|times| *times > 1))
    }

    /// A token made from a valid one by the recipe of this key, which is written and signed once.
    pub fn forged(
        &self,
        base: &str,
        key: &str,
        recipe: impl FnOnce() -> Result<Recipe, Trouble>,
    ) -> Result<String, Trouble> {
        let key = &format!("{base} {key}");
        if let Ok(signed) = self.signed.lock()
            && let Some(token) = signed.get(key)
        {
            return Ok(token.clone());
        }
        let token = forge::forge(base, &recipe()?).map_err(|why| match why {
            ForgeError::NotApplicable { .. } => Trouble::DoesNotApply(why.to_string()),
            _ => Trouble::CannotBeDone(why.to_string()),
        })?;
        if let Ok(mut signed) = self.signed.lock() {
            signed.insert(key.clone(), token.clone());
        }
        Ok(token)
    }
}

/// Claims of a valid token as the profile describes it: the described ones, and times.
pub fn valid_claims(
    described: &Map<String, Value>,
    issuer: Option<&str>,
    now: Moment,
    id: &str,
) -> Map<String, Value> {
    let mut claims = described.clone();
    if let Some(issuer) = issuer {
        claims.entry("iss").or_insert_with(|| Value::from(issuer));
    }
    claims
        .entry("iat")
        .or_insert_with(|| Value::from(now.unix()));
    claims
        .entry("exp")
        .or_insert_with(|| Value::from(now.unix().saturating_add(3_600)));
    claims.entry("jti").or_insert_with(|| Value::from(id));
    claims
}
