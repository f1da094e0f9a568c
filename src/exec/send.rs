//! `send`: one request to a named endpoint, with a credential.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::forge::path_trick;
use crate::model::{Answer, Header, Hop, Outcome, Request};
use crate::suite::model::CredentialKind;
use crate::suite::profile::{Door, Endpoint, Scheme};
use crate::suite::template::as_text;

use super::act::{Act, Context, End, Go, Outgoing, Trouble, request_for, unresolved};
use super::credential::{Carried, add_query, offer, provokes};
use super::form_body::{add_form_parameter, set_content, set_form};
use super::outcome::{Oracle, of_plain, unjudged};
use super::place;
use super::world::World;

/// A request that is sent once, or twice where `same-as` compares it.
pub(super) struct Send {
    args: Map<String, Value>,
    kind: Option<CredentialKind>,
    door: Option<String>,
    times: u8,
    stage: Stage,
}

enum Stage {
    Start,
    Sent {
        oracle: Judge,
        sent: Vec<Outgoing>,
        left: u8,
    },
    /// The write was answered; now the effect is looked for.
    Looking {
        outcome: Outcome,
        marker: String,
        answer: Answer,
        asked: bool,
    },
}

enum Judge {
    Door(Arc<Oracle>),
    Opens(Arc<Oracle>),
    Plain,
    /// Anything below 400 is a yes.
    Shown,
    /// What the place of this word says.
    Place(String),
}

impl Send {
    /// `kind` and `door` choose among guarded endpoints; `twice` sends it two times.
    pub(super) fn new(
        args: Map<String, Value>,
        kind: Option<CredentialKind>,
        door: Option<&str>,
        twice: bool,
    ) -> Self {
        Self {
            args,
            kind,
            door: door.map(str::to_owned),
            times: if twice { 2 } else { 1 },
            stage: Stage::Start,
        }
    }

    fn start(&mut self, context: &mut Context<'_>) -> Result<Go, Trouble> {
        let to = self.args.get("to").map(as_text).unwrap_or_default();
        let (mut request, judge) = self.request(&to, context)?;
        self.change(&mut request)?;
        if let Some((name, value)) = super::jar_field(context, &request) {
            request.headers.push(Header::new(name, value));
        }
        let hop = Hop::HarnessToTarget;
        let outgoing = Outgoing {
            request,
            hop,
            actor: context.actor.to_owned(),
        };
        let left = self.times - 1;
        self.stage = Stage::Sent {
            oracle: judge,
            sent: vec![outgoing.clone()],
            left,
        };
        Ok(Go::Send(vec![outgoing]))
    }

    /// The request as the profile describes it, with its credential, and how its answer is judged.
    fn request(&self, to: &str, context: &mut Context<'_>) -> Result<(Request, Judge), Trouble> {
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
                let mut request = self.guarded(door, &write.endpoint, context)?;
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
                        set_form(&mut request, &pairs);
                    }
                    other => set_content(
                        &mut request,
                        &write.media_type,
                        other.to_string().into_bytes(),
                    ),
                }
                Ok((request, Judge::Plain))
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
                Ok((request_for(&endpoint), judge))
            }
            _ if to.contains("://") => Ok((self.elsewhere(to, context)?, Judge::Shown)),
            "login" | "callback" | "who-am-i" | "logout" => {
                Ok((self.of_client(word, context)?, Judge::Shown))
            }
            _ if world.profile.places.contains_key(word) => self.of_place(word, context),
            "token-logout" => {
                let endpoint = world.profile.token_logout.clone();
                let endpoint = endpoint.ok_or("the profile has no `token-logout:`")?;
                let door = self.door(None, world)?;
                Ok((self.guarded(door, &endpoint, context)?, Judge::Plain))
            }
            "resource-metadata" => {
                let endpoint = world.profile.metadata_of_resource(name == Some("origin"));
                let endpoint = endpoint.ok_or("the profile names no resource")?;
                Ok((request_for(&endpoint), Judge::Shown))
            }
            _ => {
                let endpoint = world
                    .endpoints
                    .get(word)
                    .ok_or_else(|| format!("no endpoint `{word}` is known"))?;
                Ok((request_for(endpoint), Judge::Plain))
            }
        }
    }

    /// A place that only some cases are about, with the credential of the guarded endpoint where it takes one.
    fn of_place(&self, word: &str, context: &mut Context<'_>) -> Result<(Request, Judge), Trouble> {
        let world = context.world;
        let found = world.profile.places.get(word);
        let found = found.ok_or_else(|| format!("the profile has no place `{word}`"))?;
        let door = self.door(None, world);
        let mut request = place::request(word, found, door.as_ref().ok().copied());
        if place::takes_credential(word) {
            self.offer(door?, &mut request, context)?;
        }
        Ok((request, Judge::Place(word.to_owned())))
    }

    fn door<'w>(&self, name: Option<&str>, world: &'w World) -> Result<&'w Door, String> {
        let profile = &world.profile;
        let door = match name.or(self.door.as_deref()) {
            Some(name) => profile.door(name),
            None => profile.door_for(self.kind),
        };
        door.ok_or_else(|| "the profile has no guarded endpoint for this credential".to_owned())
    }

    fn guarded(
        &self,
        door: &Door,
        endpoint: &Endpoint,
        context: &mut Context<'_>,
    ) -> Result<Request, Trouble> {
        let mut request = request_for(endpoint);
        self.offer(door, &mut request, context)?;
        if door.scheme == Scheme::Own
            || !request
                .headers
                .iter()
                .any(|header| header.name.eq_ignore_ascii_case("accept"))
        {
            request.headers.push(Header::new("Accept", "*/*"));
        }
        Ok(request)
    }

    fn offer(
        &self,
        door: &Door,
        request: &mut Request,
        context: &mut Context<'_>,
    ) -> Result<(), Trouble> {
        let wanted = self
            .args
            .get("credential")
            .cloned()
            .unwrap_or(Value::from("valid"));
        let mut found = std::mem::take(context.vault);
        let offered = offer(&wanted, door, &context.scope(), request, &mut found);
        *context.vault = found;
        context.memory.went_standard |= offered? == Carried::InStandardForm;
        Ok(())
    }

    /// An address that the target named: only its own origins, and no credential goes there.
    fn elsewhere(&self, url: &str, context: &Context<'_>) -> Result<Request, String> {
        let request = super::act::request_to("GET", url)?;
        let own = context.world.own_origins();
        if !own.contains(&request.origin.to_string()) {
            return Err(format!("{} is not an origin of the target", request.origin));
        }
        Ok(request)
    }

    fn of_client(&self, word: &str, context: &Context<'_>) -> Result<Request, String> {
        use crate::suite::profile::Move;
        let client = context
            .world
            .profile
            .client
            .as_ref()
            .ok_or("the profile has no `client:`")?;
        let first = |moves: &[Move]| match moves.first() {
            Some(Move::Open(endpoint)) => Some(request_for(endpoint)),
            _ => None,
        };
        let found = match word {
            "login" => first(&client.login),
            "logout" => client.logout.as_deref().and_then(first),
            "who-am-i" => Some(request_for(&client.who.endpoint)),
            _ => {
                let profile = &context.world.profile;
                Some(Request::new(
                    "GET",
                    profile.origin.clone(),
                    format!("{}{}", profile.base, client.callback),
                ))
            }
        };
        found.ok_or_else(|| format!("the profile's `{word}` does not start with a request"))
    }

    fn marker(&self, context: &Context<'_>) -> String {
        self.args
            .get("marker")
            .map_or_else(|| context.fresh("marker")[..20].to_owned(), as_text)
    }

    /// What the step changes: method, path, query, fields, content.
    fn change(&self, request: &mut Request) -> Result<(), String> {
        if let Some(method) = self.args.get("method") {
            request.method = as_text(method);
        }
        match self.args.get("path") {
            Some(Value::Object(path)) => {
                let variant = path.get("variant").map(as_text).unwrap_or_default();
                request.target = path_trick::apply(&variant, &request.target)?;
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
        if request.method == "GET" && self.args.get("method").is_some() {
            // the content of another method
            set_content(request, "", Vec::new());
        }
        if let Some(json) = self.args.get("json") {
            set_content(request, "application/json", json.to_string().into_bytes());
        }
        if let Some(body) = self.args.get("body") {
            request.body = as_text(body).into_bytes();
        }
        if !request.target.starts_with('/') || request.target.contains(['\r', '\n']) {
            return Err("a request target starts with `/`".to_owned());
        }
        Ok(())
    }

    fn end(
        &mut self,
        judge: &Judge,
        outgoing: Outgoing,
        answer: &Answer,
        context: &mut Context<'_>,
    ) -> Go {
        let exchange = context.transcript.last();
        let outcome = match (judge, exchange) {
            (Judge::Door(oracle), Some(exchange)) => oracle.classify(exchange),
            (Judge::Opens(oracle), Some(exchange)) => oracle.opens(exchange),
            (Judge::Place(word), Some(exchange)) => match context.world.profile.places.get(word) {
                Some(found) => place::outcome(word, found, exchange),
                None => of_plain(answer),
            },
            (Judge::Shown, _) => shown(answer),
            (Judge::Plain, _) | (_, None) => of_plain(answer),
        };
        // a gateway's answer hides what the target thinks, unless our provider failed it on purpose
        let outcome = match (outcome, answer.response()) {
            (Outcome::Unreachable, Some(_)) if provokes(self.args.get("credential")) => {
                Outcome::Errored
            }
            (outcome, _) => outcome,
        };
        if self.args.get("to").and_then(Value::as_str) == Some("guarded-write") {
            let marker = self.marker(context);
            self.stage = Stage::Looking {
                outcome,
                marker,
                answer: answer.clone(),
                asked: false,
            };
            return Go::Wait(context.world.profile.duration("quiet").unwrap_or_default());
        }
        context
            .memory
            .requests
            .insert(context.step.to_owned(), outgoing);
        let (Outcome::Unclear, Judge::Door(oracle), Some(response)) =
            (outcome, judge, answer.response())
        else {
            return End::judged(outcome, Some(answer), Map::new());
        };
        Go::End(Box::new(End {
            outcome: Some(outcome),
            missed: Some(oracle.unclear(response)),
            ..End::default()
        }))
    }

    fn look(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        let Stage::Looking {
            outcome,
            marker,
            answer,
            asked,
        } = &mut self.stage
        else {
            return End::trouble("the write was not answered");
        };
        if !*asked {
            *asked = true;
            return match self.seen_at(context) {
                Ok(outgoing) => Go::Send(vec![outgoing]),
                Err(why) => End::trouble(why),
            };
        }
        let (outcome, marker, written) = (*outcome, marker.clone(), answer.clone());
        let seen = answers
            .first()
            .and_then(Answer::response)
            .filter(|response| response.status < 300);
        let Some(seen) = seen else {
            return End::trouble("the place where the effect shows did not answer");
        };
        let there = String::from_utf8_lossy(seen.body.bytes()).contains(&marker);
        let mut results = Map::new();
        results.insert(
            "effect".to_owned(),
            Value::from(if there { "present" } else { "absent" }),
        );
        let missed = if outcome != Outcome::Accepted {
            Some(super::act::missed(outcome, Some(&written)))
        } else if there {
            None
        } else {
            Some("the write was accepted, but its effect does not show".to_owned())
        };
        Go::End(Box::new(End {
            outcome: Some(outcome),
            results,
            missed,
            ..End::default()
        }))
    }

    fn seen_at(&self, context: &mut Context<'_>) -> Result<Outgoing, Trouble> {
        let write = context
            .world
            .profile
            .write
            .clone()
            .ok_or("the profile has no `guarded-write:`")?;
        let door = self.door(None, context.world)?;
        let plain = Self::new(Map::new(), self.kind, self.door.as_deref(), false);
        let request = plain.guarded(door, &write.seen_at, context)?;
        Ok(Outgoing {
            request,
            hop: Hop::HarnessToTarget,
            actor: context.actor.to_owned(),
        })
    }
}

impl Act for Send {
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        if matches!(self.stage, Stage::Looking { .. }) {
            return self.look(context, answers);
        }
        match std::mem::replace(&mut self.stage, Stage::Start) {
            Stage::Start => self.start(context).unwrap_or_else(End::trouble),
            Stage::Sent { oracle, sent, left } if left > 0 => {
                self.stage = Stage::Sent {
                    oracle,
                    sent: sent.clone(),
                    left: left - 1,
                };
                Go::Send(sent)
            }
            Stage::Sent { oracle, sent, .. } => match (sent.into_iter().next(), answers.first()) {
                (Some(outgoing), Some(answer)) => self.end(&oracle, outgoing, answer, context),
                _ => End::trouble("nothing was sent"),
            },
            Stage::Looking { .. } => End::trouble("nothing was sent"),
        }
    }
}

/// Where nothing is guarded: a whole answer below 400 is a yes.
fn shown(answer: &Answer) -> Outcome {
    if let Some(outcome) = unjudged(answer) {
        return outcome;
    }
    match answer.status() {
        Some(0..=399) => Outcome::Accepted,
        Some(400..=499) => Outcome::Refused,
        Some(_) => Outcome::Errored,
        None => Outcome::Unreachable,
    }
}

/// Parameters of a map: a list repeats one, null leaves it out.
pub(super) fn parameters(map: Option<&Value>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in map.and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::Null => {}
            Value::Array(all) => pairs.extend(all.iter().map(|one| (name.clone(), as_text(one)))),
            one => pairs.push((name.clone(), as_text(one))),
        }
    }
    pairs
}

/// Sends a request of an earlier step again, byte for byte.
pub(super) struct Again {
    of: String,
    sent: Option<Outgoing>,
    oracle: Option<Arc<Oracle>>,
}

impl Again {
    /// The last request of this step.
    pub(super) fn new(of: String, oracle: Option<Arc<Oracle>>) -> Self {
        Self {
            of,
            sent: None,
            oracle,
        }
    }
}

impl Act for Again {
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        let Some(sent) = &self.sent else {
            let Some(outgoing) = context.memory.requests.get(&self.of).cloned() else {
                return End::trouble(format!(
                    "step `{}` sent nothing that could be sent again",
                    self.of
                ));
            };
            self.sent = Some(outgoing.clone());
            return Go::Send(vec![outgoing]);
        };
        let Some(answer) = answers.first() else {
            return End::trouble("nothing was sent");
        };
        let path = sent.request.path().to_owned();
        let is =
            |name: &str| {
                context.world.endpoints.get(name).is_some_and(|endpoint| {
                    endpoint.target.split('?').next() == Some(path.as_str())
                })
            };
        let outcome = match (&self.oracle, context.transcript.last()) {
            (Some(oracle), Some(exchange)) => oracle.classify(exchange),
            _ if is("token") => super::outcome::of_tokens(answer),
            _ if is("introspection") => super::outcome::of_introspection(answer),
            _ => of_plain(answer),
        };
        let results = super::token::results_of(answer);
        End::judged(outcome, Some(answer), results)
    }
}
