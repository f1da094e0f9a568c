//! What a `send` asks: the endpoint as the profile describes it, its credential, and what the step changes.

use serde_json::Value;

use crate::forge::path_trick;
use crate::model::{Header, Request, Shown};
use crate::suite::profile::{Door, Endpoint, Profile, Scheme};
use crate::suite::template::as_text;

use super::super::act::{Context, Trouble, request_for, request_to, unresolved};
use super::super::credential::{add_query, offer};
use super::super::form_body::{add_form_parameter, set_content, set_form};
use super::super::login::client_request;
use super::super::place;
use super::super::proof::{Proof, Unproved};
use super::super::world::World;
use super::{Judge, Send, parameters};

impl Send {
    /// The request as the profile describes it, with its credential, and how its answer is judged.
    pub(super) fn request(
        &self,
        to: &str,
        context: &mut Context<'_>,
    ) -> Result<(Unproved, Judge), Trouble> {
        let world = context.world;
        let (word, name) = to
            .split_once('.')
            .map_or((to, None), |(word, name)| (word, Some(name)));
        match word {
            "protected" => {
                let door = self.door(name, world)?;
                let request = self.guarded(door, &door.endpoint, context)?;
                let oracle = world.oracle(door);
                // another method or path: only the protected content is a way in
                let judge = match self.args.get("opens") {
                    Some(_) => Judge::Opens(oracle),
                    None => Judge::Door(oracle),
                };
                Ok((request, judge))
            }
            "guarded-write" => {
                let write = world
                    .profile
                    .write
                    .clone()
                    .ok_or("the profile has no `guarded-write:`")?;
                let door = self.door(None, world)?;
                let mut unproved = self.guarded(door, &write.endpoint, context)?;
                let request = &mut unproved.request;
                let marker = self.marker(context);
                let content = write
                    .content
                    .expand(&mut |path| {
                        (path.root() == "marker").then(|| Value::from(marker.clone()))
                    })
                    .map_err(|why| unresolved(&why))?;
                match &content {
                    Value::Object(pairs) if write.media_type.contains("form") => {
                        let pairs: Vec<(String, String)> = pairs
                            .iter()
                            .map(|(name, value)| (name.clone(), as_text(value)))
                            .collect();
                        set_form(request, &pairs);
                    }
                    other => {
                        set_content(request, &write.media_type, other.to_string().into_bytes())
                    }
                }
                Ok((unproved, Judge::Plain))
            }
            "open" => {
                let endpoint = world
                    .profile
                    .open
                    .clone()
                    .ok_or("the profile has no `open:`")?;
                let judge = match self.args.get("opens") {
                    Some(_) => Judge::Opens(world.oracle(self.door(None, world)?)),
                    None => Judge::Shown,
                };
                Ok((request_for(&endpoint).into(), judge))
            }
            _ if to.contains("://") => Ok((self.elsewhere(to, context)?.into(), Judge::Shown)),
            "login" | "callback" | "who-am-i" | "logout" | "client-keys" => {
                Ok((self.of_client(word, context)?.into(), Judge::Shown))
            }
            _ if world.profile.places.contains_key(word) => self.of_place(word, context),
            "token-logout" => {
                let endpoint = world.profile.token_logout.clone();
                let endpoint = endpoint.ok_or("the profile has no `token-logout:`")?;
                let door = self.door(None, world)?;
                Ok((self.guarded(door, &endpoint, context)?, Judge::Plain))
            }
            "resource-metadata" => {
                let profile = &world.profile;
                let endpoint = match name {
                    // of the endpoint that the case is about, which need not be the first
                    Some("own") => Some(Profile::metadata_of(
                        &self.door(None, world)?.endpoint,
                        false,
                    )),
                    name => profile.metadata_of_resource(name == Some("origin")),
                };
                let endpoint = endpoint.ok_or("the profile names no resource")?;
                Ok((request_for(&endpoint).into(), Judge::Shown))
            }
            _ => {
                let endpoint = world
                    .endpoints
                    .get(word)
                    .ok_or_else(|| world.lacking(word))?;
                let mut request = request_for(endpoint);
                if word == "registration" {
                    self.initial_token(&mut request, world);
                }
                Ok((request.into(), Judge::Plain))
            }
        }
    }

    /// The token that opens registration (RFC 7591 section 3), unless the case brings a field of its own.
    fn initial_token(&self, request: &mut Request, world: &World) {
        let fields = self.args.get("header").and_then(Value::as_object);
        let own = fields.is_some_and(|fields| fields.keys().any(|name| name == "Authorization"));
        let server = world.profile.server.as_ref();
        if let Some(token) = server.and_then(|server| server.registration_token.as_ref())
            && !own
        {
            let value = format!("Bearer {}", token.reveal());
            request.headers.push(Header::new("Authorization", value));
        }
    }

    /// A place that only some cases are about, with the credential of the guarded endpoint where it takes one.
    pub(super) fn of_place(
        &self,
        word: &str,
        context: &mut Context<'_>,
    ) -> Result<(Unproved, Judge), Trouble> {
        let world = context.world;
        let found = world.profile.places.get(word);
        let found = found.ok_or_else(|| format!("the profile has no place `{word}`"))?;
        if let Some(offers) = self.args.get("offers").map(as_text) {
            let mut random = [0; 32];
            for (byte, fresh) in random.iter_mut().zip(context.fresh("random").bytes()) {
                *byte = fresh;
            }
            let request = place::hello(found, &offers, &random)?;
            return Ok((request.into(), Judge::Place(word.to_owned())));
        }
        let door = self.door(None, world);
        let method = self.args.get("method").map(as_text);
        let mut request = place::request(word, found, door.as_ref().ok().copied(), method);
        let proofs = match place::takes_credential(word) {
            true => self.offer(door?, &mut request, context)?,
            false => Vec::new(),
        };
        let unproved = Unproved { request, proofs };
        Ok((unproved, Judge::Place(word.to_owned())))
    }

    pub(super) fn door<'w>(
        &self,
        name: Option<&str>,
        world: &'w World,
    ) -> Result<&'w Door, String> {
        let profile = &world.profile;
        let door = match name.or(self.door.as_deref()) {
            Some(name) => profile.door(name),
            None => profile.door_for(self.kind),
        };
        door.ok_or_else(|| "the profile has no guarded endpoint for this credential".to_owned())
    }

    pub(super) fn guarded(
        &self,
        door: &Door,
        endpoint: &Endpoint,
        context: &mut Context<'_>,
    ) -> Result<Unproved, Trouble> {
        let mut request = request_for(endpoint);
        let proofs = self.offer(door, &mut request, context)?;
        if door.scheme == Scheme::Own
            || !request
                .headers
                .iter()
                .any(|header| header.name.eq_ignore_ascii_case("accept"))
        {
            request.headers.push(Header::new("Accept", "*/*"));
        }
        Ok(Unproved { request, proofs })
    }

    pub(super) fn offer(
        &self,
        door: &Door,
        request: &mut Request,
        context: &mut Context<'_>,
    ) -> Result<Vec<Proof>, Trouble> {
        let wanted = self
            .args
            .get("credential")
            .cloned()
            .unwrap_or(Value::from("valid"));
        let mut found = std::mem::take(context.vault);
        let offered = offer(&wanted, door, &context.scope(), request, &mut found);
        *context.vault = found;
        let offered = offered?;
        context.memory.went_standard |= offered.in_standard_form;
        Ok(offered.proofs)
    }

    /// An address that the target named: only its own origins, and no credential goes there.
    pub(super) fn elsewhere(&self, url: &str, context: &Context<'_>) -> Result<Request, Trouble> {
        let request = request_to("GET", url)?;
        let own = context.world.own_origins();
        if !own.contains(&request.origin.to_string()) {
            return Err(Trouble::DoesNotApply(format!(
                "{} is not an origin of the target (profile: `origins: [{}]`)",
                request.origin, request.origin
            )));
        }
        Ok(request)
    }

    pub(super) fn of_client(&self, word: &str, context: &Context<'_>) -> Result<Request, Trouble> {
        use crate::suite::profile::Move;
        let client = context
            .world
            .profile
            .client
            .as_ref()
            .ok_or("the profile has no `client:`")?;
        let first = |moves: &[Move]| match moves.first() {
            Some(Move::Open(endpoint)) => Some(client_request(endpoint, context)),
            _ => None,
        };
        let found = match word {
            "login" => first(&client.login).transpose()?,
            "logout" => {
                let moves = client.logout.as_deref().unwrap_or_default();
                if moves.len() > 1 {
                    return Err(Trouble::DoesNotApply(
                        "logging out takes a page of the client first, which another site does not have"
                            .to_owned(),
                    ));
                }
                first(moves).transpose()?
            }
            "client-keys" => {
                let keys = client.keys.as_ref();
                keys.map(|keys| client_request(keys, context)).transpose()?
            }
            "who-am-i" => Some(client_request(&client.who.endpoint, context)?),
            _ => {
                let profile = &context.world.profile;
                Some(Request::new(
                    "GET",
                    profile.origin.clone(),
                    format!("{}{}", profile.base, client.callback),
                ))
            }
        };
        found.ok_or_else(|| {
            let why = format!("the profile's `{word}` does not start with a request");
            Trouble::CannotBeDone(why)
        })
    }

    pub(super) fn marker(&self, context: &Context<'_>) -> String {
        self.args
            .get("marker")
            .map_or_else(|| context.fresh("marker")[..20].to_owned(), as_text)
    }

    /// What the step changes: method, path, query, fields, content.
    pub(super) fn change(&self, request: &mut Request, world: &World) -> Result<(), Trouble> {
        if let Some(method) = self.args.get("method") {
            request.method = as_text(method);
        }
        match self.args.get("path") {
            Some(Value::Object(path)) => {
                let variant = path.get("variant").map(as_text).unwrap_or_default();
                let changed = path_trick::apply(&variant, &request.target)?;
                request.target = changed.ok_or_else(|| {
                    let path = &request.target;
                    Trouble::DoesNotApply(format!("`{variant}` changes nothing in {path}"))
                })?;
            }
            Some(path) => request.target = as_text(path),
            None => {}
        }
        for (name, value) in parameters(self.args.get("query")) {
            add_query(request, &name, &value);
        }
        let fields = parameters(self.args.get("header"));
        for once in ["accept", "origin"] {
            // ours, or the profile's, would be joined with it
            if fields
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case(once))
            {
                request
                    .headers
                    .retain(|header| !header.name.eq_ignore_ascii_case(once));
            }
        }
        for (name, value) in fields {
            request.headers.push(Header::new(name, value));
        }
        for (name, value) in parameters(self.args.get("form")) {
            add_form_parameter(request, &name, &value);
        }
        if let Some(word) = self.args.get("certificate").map(as_text) {
            request.shown = shown(&word, world)?;
        }
        if let Some(json) = self.args.get("json") {
            set_content(request, "application/json", json.to_string().into_bytes());
        }
        if let Some(body) = self.args.get("body") {
            request.body = as_text(body).into_bytes();
        }
        if !request.target.starts_with('/') || request.target.contains(['\r', '\n']) {
            return Err("a request target starts with `/`".into());
        }
        Ok(())
    }
}

/// The certificate of this word; over plain HTTP there is none to be shown.
fn shown(word: &str, world: &World) -> Result<Shown, String> {
    if word == "none" {
        return Ok(Shown::Nothing);
    }
    let all = world.certificates.as_ref();
    let found = all.and_then(|all| all.named(word)).cloned();
    let found = found.ok_or_else(|| format!("no client certificate `{word}` is known"))?;
    Ok(Shown::This(found))
}
