//! What `${...}` stands for while a case runs.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::forge::dpop;
use crate::model::{Exchange, Moment, Secret, Vault};
use crate::suite::references::is_root;
use crate::suite::template::{self, Path, Template, Unresolved};
use crate::wire::{challenge, form, jose, json};

use super::act::request_for;
use super::details;
use super::world::World;

/// How much a value that only takes room takes at most.
const LONGEST: usize = 16_000_000;

/// Results of steps and values made up for this run of the case.
pub struct Bindings {
    seed: [u8; 32],
    /// Turn of a step with `times`; fresh values are new each turn.
    pub turn: u32,
    results: BTreeMap<String, Value>,
    /// Index of the last exchange of each named step.
    last: BTreeMap<String, usize>,
    /// What references that no step gives stand for, where that was recorded.
    given: Option<BTreeMap<String, Value>>,
}

/// Where a reference is looked up.
pub struct Scope<'a> {
    /// Results and seed.
    pub bindings: &'a Bindings,
    /// The world.
    pub world: &'a World,
    /// What was exchanged so far.
    pub transcript: &'a [Exchange],
    /// The time now.
    pub now: Moment,
}

impl Bindings {
    /// Nothing is known yet; fresh values follow from the seed.
    pub fn new(seed: [u8; 32]) -> Self {
        Self {
            seed,
            turn: 0,
            results: BTreeMap::new(),
            last: BTreeMap::new(),
            given: None,
        }
    }

    /// From now on, references that no step gives stand for these, and all others for nothing.
    pub fn give(&mut self, given: BTreeMap<String, Value>) {
        self.given = Some(given);
    }

    /// Keeps what a step gave. With `times` the results become lists.
    pub fn keep(
        &mut self,
        name: &str,
        results: Map<String, Value>,
        last: Option<usize>,
        listed: bool,
    ) {
        if let Some(last) = last {
            self.last.insert(name.to_owned(), last);
        }
        let slot = self
            .results
            .entry(name.to_owned())
            .or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(slot) = slot else { return };
        for (thing, value) in results {
            if listed {
                if let Value::Array(list) = slot
                    .entry(thing)
                    .or_insert_with(|| Value::Array(Vec::new()))
                {
                    list.push(value);
                }
            } else {
                slot.insert(thing, value);
            }
        }
    }

    /// What a step gave.
    pub fn of(&self, step: &str) -> Option<&Map<String, Value>> {
        self.results.get(step).and_then(Value::as_object)
    }

    /// A made-up value: 43 characters of the base64url alphabet, so that it is a PKCE verifier, a state, a name.
    pub fn fresh(&self, name: &str) -> String {
        let turn = self.turn.to_be_bytes();
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &self.seed);
        let mut context = aws_lc_rs::hmac::Context::with_key(&key);
        context.update(&turn);
        context.update(name.as_bytes());
        jose::base64url(context.sign().as_ref())
    }
}

impl Scope<'_> {
    /// A template with everything resolved.
    pub fn expand(&self, template: &Template) -> Result<Value, Unresolved> {
        template.expand(&mut |path| self.look_up(path))
    }

    /// What a reference stands for.
    pub fn look_up(&self, path: &Path) -> Option<Value> {
        let parts = match path {
            Path::Now { offset } => return Some(template::moment(self.now.unix(), *offset)),
            Path::Name(parts) => parts,
        };
        if let Some(given) = &self.bindings.given
            && is_of_world(parts)
        {
            return given.get(&dotted(parts)).cloned();
        }
        let rest: Vec<&str> = parts.iter().skip(1).map(String::as_str).collect();
        match parts.first()?.as_str() {
            "fresh" => Some(Value::from(self.bindings.fresh(&rest.join(".")))),
            "users" => self.user(&rest),
            "clients" => self.client(&rest),
            "target" => self.target(&rest),
            "proof" if rest == ["jkt"] => {
                let key = self.world.client_proof_key.as_ref()?;
                dpop::confirmation(key)?.get("jkt").cloned()
            }
            "paths" => {
                let endpoint = self.world.endpoints.get(*rest.first()?)?;
                Some(Value::from(endpoint.target.clone()))
            }
            "endpoints" => {
                let endpoint = self.world.endpoints.get(*rest.first()?)?;
                Some(Value::from(request_for(endpoint).url()))
            }
            "scopes" => {
                let scopes = self.world.profile.server.as_ref()?.scopes()?;
                let [one] = rest.as_slice() else { return None };
                Some(Value::from(match *one {
                    "all" => scopes.all,
                    "less" => scopes.less,
                    "asked-less" => scopes.asked_less,
                    "left-out" => scopes.left_out,
                    _ => return None,
                }))
            }
            "resources" => {
                let all = &self.world.profile.server.as_ref()?.resources;
                let at = ["first", "second"]
                    .iter()
                    .position(|name| rest == [*name])?;
                all.get(at).map(|one| Value::from(one.as_str()))
            }
            "details" => {
                details::named(&self.world.profile.server.as_ref()?.details, rest.first()?)
            }
            "pad" => {
                let length = rest.first()?.parse::<usize>().ok()?;
                Some(Value::from("x".repeat(length.min(LONGEST))))
            }
            "graphql" if rest == ["mutation"] => {
                let place = self.world.profile.places.get("graphql")?;
                place.mutation.clone().map(Value::from)
            }
            "provider" | "evil" | "listener" => self.provider(parts.first()?, &rest),
            step => self.step(step, &rest),
        }
    }

    fn user(&self, rest: &[&str]) -> Option<Value> {
        let profile = &self.world.profile;
        let actor = *rest.first()?;
        // an application's users are those of our provider
        let player = || profile.client.as_ref().and(profile.players().remove(actor));
        let user = profile.users.get(actor).cloned().or_else(player)?;
        Some(Value::from(match *rest.get(1)? {
            "name" => user.name,
            "password" => user.password?.reveal().to_owned(),
            "subject" => user.subject,
            "email" => user.email,
            _ => return None,
        }))
    }

    fn client(&self, rest: &[&str]) -> Option<Value> {
        let profile = &self.world.profile;
        let role = *rest.first()?;
        let registered = profile
            .client
            .as_ref()
            .and_then(|client| client.registered.as_ref());
        let client = if role == "honest" {
            registered
        } else {
            profile.clients.get(role)
        }?;
        Some(Value::from(match *rest.get(1)? {
            "id" => client.id.clone(),
            "secret" => client.secret.as_ref()?.reveal().to_owned(),
            "redirect-uri" => client.redirect_uri.clone()?,
            "thumbprint" => client.certificates.as_ref()?.own.thumbprint.clone(),
            "certificate" => client.certificates.as_ref()?.own.base64.clone(),
            "certificate-escaped" => {
                let body = &client.certificates.as_ref()?.own.base64;
                let lines = body.as_bytes().chunks(64).map(String::from_utf8_lossy);
                let lines = lines.collect::<Vec<_>>().join("\n");
                let pem =
                    format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n");
                form::encode_component(&pem).replace('+', "%20")
            }
            _ => return None,
        }))
    }

    fn target(&self, rest: &[&str]) -> Option<Value> {
        let profile = &self.world.profile;
        let first = profile.doors.first().map(|door| &door.endpoint);
        Some(Value::from(match *rest.first()? {
            "origin" => profile.origin.to_string(),
            "resource" => profile.resource()?,
            "public-name" => profile.public_name().to_owned(),
            "path" => first.map(|endpoint| endpoint.target.clone())?,
            "issuer" => profile.server.as_ref()?.issuer.clone()?,
            _ => return None,
        }))
    }

    fn provider(&self, which: &str, rest: &[&str]) -> Option<Value> {
        let facts = self.world.provider.as_ref()?;
        Some(Value::from(match (which, *rest.first()?) {
            ("provider", "issuer") => facts.issuer.clone(),
            // its own address, in which a user name looks like the host
            ("provider", "misleading") => facts.issuer.replacen("://", "://accounts.example@", 1),
            ("evil", "issuer") => facts.evil.clone(),
            ("provider", "api") => facts.api.clone(),
            ("provider", "api-metadata") => facts.api_metadata.clone(),
            ("listener", "url") => facts.listener.clone(),
            ("listener", "key-set") => format!("{}/jwks", facts.listener.trim_end_matches('/')),
            _ => return None,
        }))
    }

    fn step(&self, step: &str, rest: &[&str]) -> Option<Value> {
        let thing = *rest.first()?;
        if let Some(value) = self
            .bindings
            .of(step)
            .and_then(|results| results.get(thing))
        {
            return deeper(value, &rest[1..]);
        }
        let exchange = self.transcript.get(*self.bindings.last.get(step)?)?;
        let response = exchange.answer.response()?;
        let taken = self
            .world
            .taken
            .as_ref()
            .and_then(|taken| taken.of(exchange));
        if thing == "json" && taken.is_some_and(|one| one.content && !one.same_json) {
            return None;
        }
        match thing {
            "status" => Some(Value::from(response.status)),
            "header" => response.first(rest.get(1)?).map(Value::from),
            "json" => json::parse_lenient(response.body.bytes())?
                .pointer(rest.get(1)?)
                .cloned(),
            "challenge" => {
                let fields: Vec<&[u8]> = response.header("www-authenticate").collect();
                let challenges = challenge::parse(&fields).ok()?;
                challenges
                    .iter()
                    .find_map(|one| one.param(rest.get(1)?))
                    .map(Value::from)
            }
            "body" => Some(Value::from(
                String::from_utf8_lossy(response.body.bytes()).into_owned(),
            )),
            _ => None,
        }
    }
}

/// Whether a reference is to what the world or the case gives, not a step.
pub fn is_of_world(parts: &[String]) -> bool {
    parts.first().is_some_and(|root| is_root(root))
}

/// A reference as it is written.
pub fn dotted(parts: &[String]) -> String {
    parts.join(".")
}

/// A member of a result; a token gives its claims.
fn deeper(value: &Value, rest: &[&str]) -> Option<Value> {
    let Some(member) = rest.first() else {
        return Some(value.clone());
    };
    match value {
        Value::String(token) => jose::read(token)?.claims?.get(*member).cloned(),
        other => deeper(other.get(*member)?, &rest[1..]),
    }
}

/// Takes every value of results that is a secret into the vault, by its name.
pub fn guard(results: &Map<String, Value>, vault: &mut Vault) {
    const SECRET: &[&str] = &[
        "code",
        "access-token",
        "last-access-token",
        "refresh-token",
        "id-token",
        "front-token",
        "front-id-token",
        "verifier",
        "device-code",
        "user-code",
    ];
    for (thing, value) in results {
        if SECRET.contains(&thing.as_str())
            && let Some(value) = value.as_str()
        {
            vault.add(&Secret::new(value, thing.replace('-', "_")));
        }
    }
}
