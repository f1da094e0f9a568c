//! Before the first case: the valid token, the issuer's keys, the metadata of an authorization server, and what
//! calibration learns at each guarded endpoint.

mod bound;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::exec::act::request_for;
use crate::exec::world::{ProviderFacts, World, valid_claims};
use crate::forge::{self, PublicKey};
use crate::model::{Answer, Header, Moment, Origin, Request, Response, Secret, Vault};
use crate::provider::described;
use crate::suite::profile::{Endpoint, Profile, Scheme, Signing, TokenSource};
use crate::suite::template::{self, Path, Template};
use crate::wire::{basic, challenge, form, json};

use super::drive::Ports;
use super::port::{Call, Pool};

/// Tokens minted at most until one shows its alphabet.
const TRIES: u32 = 64;

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
            listener: provider.listener(),
            seal: provider.seal(),
        });
        prepared.world.ear_works = profile.provider.reaches_listener;
    }
    prepared.schemes(ports).await;
    prepared.metadata(ports).await;
    prepared.signing(ports);
    prepared.introspection(ports.clock.now());
    prepared.proof_key();
    prepared.token(ports).await;
    prepared.bind(ports);
    prepared.public_key(ports).await;
    prepared
}

impl Prepared {
    /// A world with a valid token again, if one can be had.
    pub(super) async fn with_new_token(world: World, ports: &Ports) -> Self {
        let mut prepared = Self {
            world,
            vault: Vault::default(),
            troubles: Vec::new(),
            requests: 0,
            skew: None,
        };
        prepared.token(ports).await;
        prepared.bind(ports);
        prepared
    }

    fn trouble(&mut self, about: &str, says: impl Into<String>) {
        let says = says.into();
        self.troubles
            .push((about.to_owned(), super::redact::text(&says, &self.vault)));
    }

    async fn ask(&mut self, request: Request, ports: &Ports) -> Result<Response, String> {
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

    async fn token(&mut self, ports: &Ports) {
        let source = self.world.profile.token.clone();
        let token = match source {
            None => return,
            Some(TokenSource::Value(token)) => Ok(token.reveal().to_owned()),
            Some(TokenSource::Login { endpoint, token }) => {
                self.login(&endpoint, &token, ports).await
            }
            Some(TokenSource::Grant {
                endpoint,
                client,
                form: further,
            }) => {
                let mut request = request_for(&endpoint);
                let mut pairs = vec![("grant_type".to_owned(), "client_credentials".to_owned())];
                pairs.extend(further);
                let secret = client
                    .secret
                    .as_ref()
                    .map(|secret| secret.reveal().to_owned())
                    .unwrap_or_default();
                if client.post {
                    pairs.extend([
                        ("client_id".to_owned(), client.id.clone()),
                        ("client_secret".to_owned(), secret),
                    ]);
                } else {
                    let value = basic::encode(
                        &form::encode_component(&client.id),
                        &form::encode_component(&secret),
                    );
                    request.headers.push(Header::new("Authorization", value));
                }
                request.headers.push(Header::new(
                    "Content-Type",
                    "application/x-www-form-urlencoded",
                ));
                request.body = form::encode(&pairs).into_bytes();
                let response = self.ask_bound(request, ports).await;
                response.and_then(|response| token_in(&response, "/access_token", &endpoint))
            }
            Some(TokenSource::Minted) => self.mint(ports, &Map::new()),
            Some(TokenSource::Introspected) => self.opaque(ports),
        };
        match token {
            Ok(token) => {
                self.vault.add(&Secret::new(token.clone(), "access_token"));
                self.expires_soon(&token, ports.clock.now());
                self.world.token = Some(token);
            }
            Err(why) => self.trouble("token", why),
        }
    }

    async fn login(
        &mut self,
        endpoint: &Endpoint,
        pointer: &str,
        ports: &Ports,
    ) -> Result<String, String> {
        let response = self.ask(request_for(endpoint), ports).await?;
        token_in(&response, pointer, endpoint)
    }

    /// Claims as the profile describes them.
    fn described(
        &self,
        claims: &Template,
        issuer: Option<&str>,
        now: Moment,
    ) -> Result<Map<String, Value>, String> {
        let profile = &self.world.profile;
        let expanded = claims.expand(&mut |path| {
            if let Path::Now { offset } = path {
                return Some(template::moment(now.unix(), *offset));
            }
            match path.to_string().as_str() {
                "provider.issuer" => issuer.map(Value::from),
                "target.origin" => Some(Value::from(profile.origin.to_string())),
                _ => None,
            }
        });
        match expanded {
            Ok(Value::Object(described)) => Ok(described),
            _ => Err("`claims` holds a reference that has no value here".to_owned()),
        }
    }

    /// What our provider says of a good opaque token.
    fn introspection(&mut self, now: Moment) {
        let profile = Arc::clone(&self.world.profile);
        let Some(claims) = &profile.asks_introspection else {
            return;
        };
        let issuer = self.world.provider.as_ref().map(|one| one.issuer.clone());
        match self.described(claims, issuer.as_deref(), now) {
            Ok(said) => self.world.introspection = said,
            Err(why) => self.trouble("introspection", why),
        }
    }

    /// An opaque token of which our provider says that it is active.
    fn opaque(&self, ports: &Ports) -> Result<String, String> {
        let provider = self.world.provider.as_ref();
        let provider = provider.ok_or("authspec's provider does not run")?;
        let name = crate::wire::jose::base64url(&ports.chance.bytes());
        let (good, now) = (&self.world.introspection, ports.clock.now());
        described::token(good, &Map::new(), &name, &provider.seal, now)
            .map_err(|why| why.to_string())
    }

    /// A token as the profile describes it.
    fn mint(&mut self, ports: &Ports, further: &Map<String, Value>) -> Result<String, String> {
        let profile = Arc::clone(&self.world.profile);
        let signing: &Signing = profile.signing.as_ref().ok_or("no signing key is known")?;
        let key = self
            .world
            .signing
            .clone()
            .ok_or("authspec's provider does not run")?;
        let issuer = self
            .world
            .provider
            .as_ref()
            .filter(|_| signing.key.is_none())
            .map(|facts| facts.issuer.clone());
        let now = ports.clock.now();
        let mut described = self.described(&signing.claims, issuer.as_deref(), now)?;
        described.extend(further.clone());
        let mut header = Map::new();
        header.insert("alg".to_owned(), Value::from(signing.alg.clone()));
        header.extend(signing.header.clone());
        if let Some(kid) = key.kid() {
            header.entry("kid").or_insert_with(|| Value::from(kid));
        }
        let mut token = String::new();
        for _ in 0..TRIES {
            let id: String = ports
                .chance
                .bytes()
                .iter()
                .take(12)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let claims = valid_claims(&described, issuer.as_deref(), now, &id);
            token = forge::mint(&header, &claims, &key).map_err(|why| why.to_string())?;
            if shows_its_alphabet(&token) {
                break;
            }
        }
        Ok(token)
    }

    fn expires_soon(&mut self, token: &str, now: Moment) {
        let claims = crate::wire::jose::read(token).and_then(|token| token.claims);
        let exp = claims.and_then(|claims| claims.get("exp").and_then(Value::as_i64));
        if let Some(exp) = exp {
            let left = exp.saturating_sub(now.unix());
            if left <= 0 {
                self.trouble(
                    "token",
                    format!("the token expired {} s ago", left.unsigned_abs()),
                );
            } else if left < 60 {
                self.trouble(
                    "token",
                    format!("the token expires in {left} s, maybe within the run"),
                );
            }
        }
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

    /// RFC 8414 section 3: the well-known part between host and path, or behind the path (OpenID Discovery).
    async fn metadata(&mut self, ports: &Ports) {
        let Some(issuer) = self
            .world
            .profile
            .server
            .as_ref()
            .and_then(|server| server.issuer.clone())
        else {
            return;
        };
        let Ok((origin, url)) = Origin::parse(&issuer) else {
            self.trouble("metadata", format!("`{issuer}` is no issuer identifier"));
            return;
        };
        let path = url.path().trim_end_matches('/');
        let places = [
            format!("/.well-known/oauth-authorization-server{path}"),
            format!("{path}/.well-known/openid-configuration"),
        ];
        let mut seen = String::new();
        for place in places {
            let request = Request::new("GET", origin.clone(), place.clone());
            match self.ask(request, ports).await {
                Ok(response) if response.status == 200 => {
                    if let Some(body) = json::parse_lenient(response.body.bytes()) {
                        return self.take_metadata(body, &issuer);
                    }
                    seen = format!("{place} is no JSON");
                }
                Ok(response) => seen = format!("{place} answered {}", response.status),
                Err(why) => seen = why,
            }
        }
        self.trouble("metadata", format!("no metadata of {issuer}: {seen}"));
    }

    fn take_metadata(&mut self, body: Value, issuer: &str) {
        // a document that can't be used can still be judged
        if let Ok((origin, url)) = Origin::parse(issuer) {
            let target = format!(
                "/.well-known/oauth-authorization-server{}",
                url.path().trim_end_matches('/')
            );
            let metadata = Endpoint {
                method: "GET".to_owned(),
                origin,
                target,
                headers: Vec::new(),
                body: None,
            };
            self.world.endpoints.insert("metadata".to_owned(), metadata);
        }
        let said = body
            .get("issuer")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if said != issuer {
            self.trouble("metadata", format!("the metadata is of `{said}`, not of `{issuer}`: not used (RFC 8414 section 3.3)"));
            return;
        }
        let mut found: BTreeMap<String, Endpoint> = BTreeMap::new();
        for (member, url) in body.as_object().into_iter().flatten() {
            let name = match member.strip_suffix("_endpoint") {
                Some(name) => name.replace('_', "-"),
                None if member == "jwks_uri" => "jwks".to_owned(),
                None => continue,
            };
            let Some(text) = url.as_str() else { continue };
            let Ok((origin, parsed)) = Origin::parse(text) else {
                continue;
            };
            let confirmed =
                origin == self.world.profile.origin || self.world.profile.origins.contains(&origin);
            if !confirmed {
                self.trouble(
                    "metadata",
                    format!("{member} is at {origin}, which the profile does not name (origins:)"),
                );
                continue;
            }
            let query = parsed
                .query()
                .map(|query| format!("?{query}"))
                .unwrap_or_default();
            let get = matches!(name.as_str(), "authorization" | "userinfo" | "jwks");
            found.insert(
                name,
                Endpoint {
                    method: if get { "GET" } else { "POST" }.to_owned(),
                    origin,
                    target: format!("{}{query}", parsed.path()),
                    headers: Vec::new(),
                    body: None,
                },
            );
        }
        for (name, endpoint) in found {
            self.world.endpoints.entry(name).or_insert(endpoint);
        }
        self.world.metadata = Some(body);
    }
}

/// The token in an answer.
fn token_in(response: &Response, pointer: &str, asked: &Endpoint) -> Result<String, String> {
    let body = json::parse_lenient(response.body.bytes());
    let token = body
        .as_ref()
        .and_then(|body| body.pointer(pointer))
        .and_then(Value::as_str);
    token.map(str::to_owned).ok_or_else(|| {
        format!(
            "no valid token was had: {} answered {} without text at `{pointer}`",
            request_for(asked).url(),
            response.status
        )
    })
}

/// Whether the signature has a character by which base64url and base64 differ, so that cases about the alphabet don't
/// apply in one run and not in the next.
fn shows_its_alphabet(token: &str) -> bool {
    let signature = token.rsplit('.').next().unwrap_or_default();
    signature.contains(['-', '_'])
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
