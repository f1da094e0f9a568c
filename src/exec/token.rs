//! Requests of a client to an authorization server: token, introspection and revocation endpoints, pushed requests and
//! device codes.

mod auth;
mod certificate;
mod parameters;

use serde_json::{Map, Value};

use crate::model::{Answer, Header, Hop, Outcome, Request};
use crate::suite::template::as_text;
use crate::suite::verb::Verb;
use crate::wire::{form, json};

use super::act::{Act, Context, End, Go, Outgoing, Trouble, request_for};
use super::credential::add_query;
use super::form_body::{set_content, set_form};
use super::outcome::{of_introspection, of_member, of_plain, of_tokens};
use super::proof::{Proof, Unproved, take_nonce};
use super::send::parameters;
use super::signed;

/// A server that asks for one nonce after another is not asked for ever.
const MOST_NONCES: u32 = 4;

/// One request, or several at once.
pub(super) struct TokenCall {
    verb: Verb,
    args: Map<String, Value>,
    sent: Option<Outgoing>,
    /// The request before its DPoP proof.
    unproved: Option<Unproved>,
    /// How often it was sent once more with the nonce that the server asked for.
    renewed: u32,
    /// The connection ended without an answer before, and another certificate than the client's was shown.
    cut_off: bool,
}

impl TokenCall {
    /// A request of this action.
    pub(super) fn new(verb: Verb, args: Map<String, Value>) -> Self {
        Self {
            verb,
            args,
            sent: None,
            unproved: None,
            renewed: 0,
            cut_off: false,
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        self.args
            .get(key)
            .filter(|value| !value.is_null())
            .map(as_text)
    }

    fn start(&mut self, context: &mut Context<'_>) -> Result<Go, Trouble> {
        let endpoint_name = match self.verb {
            Verb::Introspect => "introspection",
            Verb::Revoke => "revocation",
            Verb::Push => "pushed-authorization-request",
            Verb::Device => "device-authorization",
            Verb::Use => return self.start_use(context),
            _ => "token",
        };
        let (mut pairs, role) = self.parameters_of(context)?;
        let client = context.world.profile.clients.get(&role).cloned();
        let client = client.ok_or_else(|| format!("the profile has no client `{role}`"))?;
        let endpoint = certificate::endpoint(endpoint_name, &client, context.world)?;
        let mut request = request_for(&endpoint);
        "POST".clone_into(&mut request.method);
        request.shown = certificate::shown(self.certificate(), &client, context.world)?;
        if self.verb == Verb::Grant
            && let Some(Value::Object(changes)) = self.args.get("assertion")
        {
            let assertion = signed::assertion(&client, changes, context)?;
            pairs.push(("assertion".to_owned(), assertion));
        }
        self.authenticate(&client, &mut request, &mut pairs, context)?;
        patch(&mut pairs, self.args.get("form"));
        request
            .headers
            .push(Header::new("Accept", "application/json"));
        self.finish(&mut request, &pairs);
        if self.verb == Verb::Grant {
            self.mutate_subject(&mut request)?;
        }
        context.memory.clients.insert(context.step.to_owned(), role);
        match self.args.get("dpop") {
            None | Some(Value::Bool(false)) => Ok(self.send(request, context)),
            Some(changes) => {
                let changes = changes.as_object().cloned().unwrap_or_default();
                self.unproved = Some(Unproved {
                    request,
                    proofs: vec![Proof::alone(changes)],
                });
                self.prove(context)
            }
        }
    }

    /// Sends the request with its proof, made anew each time.
    fn prove(&mut self, context: &mut Context<'_>) -> Result<Go, Trouble> {
        let unproved = self.unproved.clone().ok_or("nothing is to be proved")?;
        let request = unproved.proved(self.renewed, context)?;
        let step = context.step.to_owned();
        context.memory.unproved.insert(step, unproved);
        Ok(self.send(request, context))
    }

    /// `subject_token` as the case spoils it (RFC 8693 section 2.1).
    fn mutate_subject(&self, request: &mut Request) -> Result<(), Trouble> {
        let mut pairs = form::parse(&String::from_utf8_lossy(&request.body));
        let subject = pairs.iter_mut().find(|(name, _)| name == "subject_token");
        if let Some((_, token)) = subject {
            *token = self.mutated(std::mem::take(token))?;
            set_form(request, &pairs);
        }
        Ok(())
    }

    fn finish(&self, request: &mut Request, pairs: &[(String, String)]) {
        set_form(request, pairs);
        if let Some(body) = self.args.get("json") {
            set_content(request, "application/json", body.to_string().into_bytes());
        }
        if let Some(method) = self.text("method") {
            request.method = method;
        }
        for (name, value) in parameters(self.args.get("header")) {
            request
                .headers
                .retain(|header| !header.name.eq_ignore_ascii_case(&name));
            request.headers.push(Header::new(name, value));
        }
        for (name, value) in parameters(self.args.get("query")) {
            add_query(request, &name, &value);
        }
    }

    fn send(&mut self, request: Request, context: &mut Context<'_>) -> Go {
        let outgoing = Outgoing {
            request,
            hop: Hop::HarnessToTarget,
            actor: context.actor.to_owned(),
        };
        self.sent = Some(outgoing.clone());
        context
            .memory
            .requests
            .insert(context.step.to_owned(), outgoing.clone());
        let times = self
            .args
            .get("at-once")
            .and_then(Value::as_u64)
            .unwrap_or(1)
            .clamp(1, 32);
        Go::Send((0..times).map(|_| outgoing.clone()).collect())
    }

    /// The profile's witness: who says whether a token lives.
    fn start_use(&mut self, context: &mut Context<'_>) -> Result<Go, Trouble> {
        let (token, kept) = self.meant(context)?;
        if kept.is_some_and(|kept| kept.word == "refresh_token") {
            self.verb = Verb::Refresh;
            return self.start(context);
        }
        let witness = context
            .world
            .profile
            .server
            .as_ref()
            .and_then(|server| server.witness.clone());
        let name = witness.ok_or("the profile names no witness for tokens")?;
        if name == "introspection" {
            self.verb = Verb::Introspect;
            return self.start(context);
        }
        let mut request = if name == "userinfo" {
            request_for(
                context
                    .world
                    .endpoints
                    .get("userinfo")
                    .ok_or("the userinfo endpoint is not known")?,
            )
        } else {
            let door = context
                .world
                .profile
                .doors
                .iter()
                .find(|door| door.scheme == crate::suite::profile::Scheme::Bearer);
            request_for(&door.ok_or("the profile has no guarded endpoint")?.endpoint)
        };
        request
            .headers
            .push(Header::new("Authorization", format!("Bearer {token}")));
        Ok(self.send(request, context))
    }

    fn end(&mut self, answers: &[Answer], context: &mut Context<'_>) -> Go {
        if let (Some(answer), Some(sent)) = (answers.first(), self.sent.clone())
            && !self.cut_off
            && self.is_cut_off(answer)
        {
            // once may be chance
            self.cut_off = true;
            return Go::Send(vec![sent]);
        }
        if let (Some(answer), Some(sent)) = (answers.first(), &self.sent)
            && take_nonce(answer, &sent.request, context)
            && self.unproved.as_ref().is_some_and(Unproved::takes_nonce)
            && self.renewed < MOST_NONCES
        {
            self.renewed += 1;
            return self.prove(context).unwrap_or_else(End::trouble);
        }
        let judge = |answer: &Answer| match self.verb {
            Verb::Introspect => of_introspection(answer),
            Verb::Revoke | Verb::Use => of_plain(answer),
            Verb::Push => of_member(answer, "request_uri"),
            Verb::Device => of_member(answer, "device_code"),
            _ => of_tokens(answer),
        };
        let judge = |answer: &Answer| match self.is_declined(answer) {
            true => Outcome::Refused,
            false => judge(answer),
        };
        let outcomes: Vec<Outcome> = answers.iter().map(judge).collect();
        for (answer, _) in answers
            .iter()
            .zip(&outcomes)
            .filter(|(_, one)| **one == Outcome::Accepted)
        {
            if let Some(Value::String(token)) = results_of(answer).get("access-token") {
                context.world.took(token);
            }
        }
        if outcomes.contains(&Outcome::Accepted)
            && let Some(why) = self.excused(context)
        {
            return End::trouble(Trouble::DoesNotApply(why));
        }
        let winner = outcomes
            .iter()
            .position(|outcome| *outcome == Outcome::Accepted);
        let index = winner.unwrap_or(0);
        let (Some(answer), Some(outcome)) = (answers.get(index), outcomes.get(index)) else {
            return End::trouble("nothing was sent");
        };
        let mut results = results_of(answer);
        if answers.len() > 1 {
            let winners = outcomes
                .iter()
                .filter(|outcome| **outcome == Outcome::Accepted)
                .count();
            results.insert("winners".to_owned(), Value::from(winners));
        }
        let last = answers
            .iter()
            .zip(&outcomes)
            .rfind(|(_, outcome)| **outcome == Outcome::Accepted);
        if let Some(token) = last.and_then(|(answer, _)| results_of(answer).remove("access-token"))
        {
            results.insert("last-access-token".to_owned(), token);
        }
        super::bindings::guard(&results, context.vault);
        End::judged(*outcome, Some(answer), results)
    }
}

/// A token that a step brought.
#[derive(Debug)]
struct Kept {
    /// What a case calls it.
    word: &'static str,
    /// Its name among the results of the step.
    result: &'static str,
    /// Its type (RFC 7009 section 2.1, RFC 7662 section 2.1).
    hint: &'static str,
}

const KEPT: &[Kept] = &[
    Kept {
        word: "access_token",
        result: "access-token",
        hint: "access_token",
    },
    Kept {
        word: "last_access_token",
        result: "last-access-token",
        hint: "access_token",
    },
    Kept {
        word: "refresh_token",
        result: "refresh-token",
        hint: "refresh_token",
    },
];

impl TokenCall {
    /// The token that is asked about: one that a step brought, or a text of the case's own.
    fn meant(&self, context: &Context<'_>) -> Result<(String, Option<&'static Kept>), String> {
        let named = self.text("token");
        let named = named.unwrap_or_else(|| "access_token".to_owned());
        let kept = KEPT.iter().find(|kept| kept.word == named);
        match (self.text("of"), kept) {
            (Some(of), Some(kept)) => Ok((result(context, &of, kept.result)?, Some(kept))),
            _ => Ok((named, None)),
        }
    }

    /// Why it says nothing that a token lives: it was given twice, and may live for the other grant.
    fn excused(&self, context: &Context<'_>) -> Option<String> {
        if !matches!(self.verb, Verb::Use | Verb::Introspect) || self.text("mutate").is_some() {
            return None;
        }
        let (token, _) = self.meant(context).ok()?;
        context.world.came_again(&token).then(|| {
            "the server gave this very token for two grants: whether it lives says nothing of either (as/token-answer::tokens-differ)"
                .to_owned()
        })
    }
}

impl Act for TokenCall {
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        if self.sent.is_none() {
            self.start(context).unwrap_or_else(End::trouble)
        } else {
            self.end(answers, context)
        }
    }
}

fn result(context: &Context<'_>, step: &str, thing: &str) -> Result<String, String> {
    let value = context
        .bindings
        .of(step)
        .and_then(|results| results.get(thing))
        .and_then(Value::as_str);
    value
        .map(str::to_owned)
        .ok_or_else(|| format!("step `{step}` brought no {}", thing.replace('-', " ")))
}

/// The tokens of an answer, by the names that references use.
pub(super) fn results_of(answer: &Answer) -> Map<String, Value> {
    let mut results = Map::new();
    let nonce = answer
        .response()
        .and_then(|response| response.first("dpop-nonce"));
    results.extend(nonce.map(|nonce| ("nonce".to_owned(), Value::from(nonce))));
    let body = answer
        .response()
        .and_then(|response| json::parse_lenient(response.body.bytes()));
    for (member, thing) in [
        ("access_token", "access-token"),
        ("refresh_token", "refresh-token"),
        ("id_token", "id-token"),
        ("request_uri", "request-uri"),
        ("device_code", "device-code"),
        ("user_code", "user-code"),
        ("verification_uri", "verification-uri"),
        ("verification_uri_complete", "verification-uri-complete"),
    ] {
        if let Some(token) = body
            .as_ref()
            .and_then(|body| body.get(member))
            .filter(|token| token.is_string())
        {
            results.insert(thing.to_owned(), token.clone());
        }
    }
    results
}

/// Changes parameters as a case says: null removes one, a list repeats it.
pub(super) fn patch(pairs: &mut Vec<(String, String)>, changes: Option<&Value>) {
    for (name, value) in changes.and_then(Value::as_object).into_iter().flatten() {
        let at = pairs
            .iter()
            .position(|(known, _)| known == name)
            .unwrap_or(pairs.len());
        pairs.retain(|(known, _)| known != name);
        let at = at.min(pairs.len());
        let new: Vec<String> = match value {
            Value::Null => Vec::new(),
            Value::Array(all) => all.iter().map(as_text).collect(),
            one => vec![as_text(one)],
        };
        pairs.splice(at..at, new.into_iter().map(|value| (name.clone(), value)));
    }
}
