//! The valid token: as given, asked for, minted, or one that our provider speaks for.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::exec::act::request_for;
use crate::exec::world::{World, valid_claims};
use crate::forge;
use crate::model::{Header, Moment, Response, Secret, Vault};
use crate::provider::described;
use crate::run::drive::Ports;
use crate::suite::profile::{Endpoint, Signing, TokenSource};
use crate::suite::template::{self, Path, Template};
use crate::wire::{basic, form, json};

use super::Prepared;

/// Tokens minted at most until one shows its alphabet.
const TRIES: u32 = 64;

impl Prepared {
    /// A world with a valid token again, if one can be had.
    pub(in crate::run) async fn with_new_token(world: World, ports: &Ports) -> Self {
        let mut prepared = Self {
            world,
            vault: Vault::default(),
            troubles: Vec::new(),
            requests: 0,
            skew: None,
        };
        prepared.token(ports).await;
        prepared.bind(ports);
        prepared.certify(ports);
        prepared
    }

    pub(super) async fn token(&mut self, ports: &Ports) {
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
    pub(super) fn introspection(&mut self, now: Moment) {
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
    pub(super) fn mint(
        &mut self,
        ports: &Ports,
        further: &Map<String, Value>,
    ) -> Result<String, String> {
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
