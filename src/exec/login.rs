//! Logins at a client: `login`, `begin-login`, `callback`, `logout`, `open`, and who is logged in.
//!
//! The harness is the browser, and it is the provider. Whether somebody is logged in is asked of who-am-I, with the
//! same cookies; the status of the callback says little.

mod changed;
mod device;
mod identity;
mod kept;
mod other;
mod pages;
mod recipe;
mod tamper;
mod told;

use serde_json::{Map, Value};
use url::Url;

use crate::model::{Answer, Outcome, Request, Response};
use crate::suite::profile::Move;
use crate::suite::template::as_text;
use crate::wire::form;

use super::act::{Act, Context, End, Go, Outgoing};
use super::browse::{MOST_HOPS, Onward, after, as_browser, is_provider, ours};
use super::credential::add_query;

use super::send::parameters;
pub(super) use device::DeviceLogin;
pub(super) use identity::{identity, who_request};
pub(super) use kept::request as client_request;
pub(super) use pages::Pages;
pub(super) use told::Told;

/// A login that stopped at the provider: the browser has the provider's answer and did not carry it on.
#[derive(Clone)]
pub struct Begun {
    /// The authorization request, in the browser that began it.
    pub sent: Outgoing,
    /// What the provider answered.
    pub answer: Response,
}

/// Which part of a login is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Start to end.
    Whole,
    /// Up to the provider.
    Begin,
    /// From the provider's answer on.
    Finish,
}

/// A login, or a part of one.
pub(super) struct Login {
    part: Part,
    args: Map<String, Value>,
    stage: Stage,
    moves: Vec<Move>,
    hops: usize,
    sent: Option<Outgoing>,
    results: Map<String, Value>,
    last: Option<Answer>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    /// At the client, before the provider.
    Starting,
    /// At the provider.
    Asking,
    /// At the callback and behind it.
    Returning,
    /// At who-am-I.
    Looking,
}

impl Login {
    /// A login of this part.
    pub(super) fn new(part: Part, args: Map<String, Value>) -> Self {
        Self {
            part,
            args,
            stage: Stage::Start,
            moves: Vec::new(),
            hops: 0,
            sent: None,
            results: Map::new(),
            last: None,
        }
    }

    fn start(&mut self, context: &mut Context<'_>) -> Result<Go, String> {
        if self.part == Part::Finish {
            return self.ask(context);
        }
        let client = context
            .world
            .profile
            .client
            .as_ref()
            .ok_or("the profile has no `client:`")?;
        let evil = self.args.get("at").and_then(Value::as_str) == Some("evil");
        let way = self.args.get("by").and_then(Value::as_str);
        let moves = match way {
            // an API that demands more than a login gave begins another (RFC 9470)
            Some("step-up") => client.api.clone().map(|page| vec![Move::Open(page)]),
            Some(way) => client.login_by.get(way).cloned(),
            None if evil => client.login_evil.clone(),
            None => Some(client.login.clone()),
        };
        self.moves = moves.ok_or("the profile does not say how this login is started")?;
        self.stage = Stage::Starting;
        if self.moves.is_empty() {
            return Err("the profile does not say how a login is started".to_owned());
        }
        let Move::Open(endpoint) = self.moves.remove(0) else {
            return Err("a login starts with a request".to_owned());
        };
        let mut request = kept::request(&endpoint, context)?;
        for (name, value) in parameters(self.args.get("query")) {
            add_query(&mut request, &name, &value);
        }
        Ok(self.send(request, context))
    }

    fn send(&mut self, request: Request, context: &mut Context<'_>) -> Go {
        self.hops += 1;
        if self.hops > MOST_HOPS {
            return self.look(context);
        }
        let outgoing = as_browser(request, context);
        self.sent = Some(outgoing.clone());
        Go::Send(vec![outgoing])
    }

    /// The provider's answer to the login that a step began, or that of the other provider if the case says so.
    fn ask(&mut self, context: &mut Context<'_>) -> Result<Go, String> {
        let of = self.args.get("of").map(as_text).unwrap_or_default();
        let begun = context
            .memory
            .begun
            .get(&of)
            .cloned()
            .ok_or_else(|| format!("step `{of}` began no login"))?;
        self.stage = Stage::Asking;
        let Some(who) = self.args.get("answered-by").and_then(Value::as_str) else {
            return Ok(self.provider_said(&begun.sent, &begun.answer, context));
        };
        let mut outgoing = begun.sent;
        outgoing.request = other::elsewhere(outgoing.request, who, context)?;
        self.sent = Some(outgoing.clone());
        Ok(Go::Send(vec![outgoing]))
    }

    fn answered(&mut self, answer: &Answer, context: &mut Context<'_>) -> Go {
        self.last = Some(answer.clone());
        if self.stage == Stage::Looking {
            return self.looked(answer, context);
        }
        let (Some(response), Some(sent)) = (answer.response().cloned(), self.sent.clone()) else {
            return if self.stage == Stage::Returning {
                self.look(context)
            } else {
                self.failed(answer)
            };
        };
        match self.stage {
            Stage::Asking if self.part == Part::Begin => self.begun(sent, response, context),
            Stage::Asking => self.provider_said(&sent, &response, context),
            Stage::Starting => self.client_said(&sent, &response, context),
            _ => match after(&sent, &response, context) {
                Onward::To(request) if !is_provider(&request, context) => {
                    self.send(*request, context)
                }
                _ => self.look(context),
            },
        }
    }

    /// On the way to the provider.
    fn client_said(
        &mut self,
        sent: &Outgoing,
        response: &Response,
        context: &mut Context<'_>,
    ) -> Go {
        let onward = match after(sent, response, context) {
            Onward::Here(page) => {
                match recipe::next(&mut self.moves, &page, sent, response, context) {
                    Ok(Some(onward)) => onward,
                    Ok(None) => return self.never_reached(response),
                    // what does not fit a refusal is no mistake of the recipe
                    Err(_) if response.status >= 400 => return self.never_reached(response),
                    Err(why) => return End::trouble(why),
                }
            }
            other => other,
        };
        match onward {
            Onward::To(request) if is_provider(&request, context) => {
                self.reached(*request, context)
            }
            Onward::To(request) => self.send(*request, context),
            Onward::Away(url) => {
                self.results
                    .insert("redirect".to_owned(), Value::from(url.as_str()));
                self.never_reached(response)
            }
            Onward::Here(_) => self.never_reached(response),
        }
    }

    /// The browser stands before the provider.
    fn reached(&mut self, request: Request, context: &mut Context<'_>) -> Go {
        for (name, thing) in [
            ("state", "state"),
            ("nonce", "nonce"),
            ("code_challenge", "challenge"),
            ("redirect_uri", "redirect-uri"),
            ("scope", "scope"),
            ("resource", "resource"),
            ("request_uri", "request-uri"),
        ] {
            let pairs = form::parse(request.query());
            if let Some((_, value)) = pairs.into_iter().find(|(known, _)| known == name) {
                self.results.insert(thing.to_owned(), Value::from(value));
            }
        }
        self.results
            .insert("request".to_owned(), Value::from(request.query()));
        self.stage = Stage::Asking;
        self.send(request, context)
    }

    /// The provider answered a login that goes on in a later step.
    fn begun(&mut self, sent: Outgoing, answer: Response, context: &mut Context<'_>) -> Go {
        if let Some(code) = answer.first("location").and_then(|back| code_of(&back)) {
            self.results.insert("code".to_owned(), Value::from(code));
            super::bindings::guard(&self.results, context.vault);
        }
        let begun = Begun { sent, answer };
        context.memory.begun.insert(context.step.to_owned(), begun);
        let results = std::mem::take(&mut self.results);
        End::judged(Outcome::Accepted, None, results)
    }

    fn never_reached(&mut self, response: &Response) -> Go {
        let missed = format!(
            "the login did not lead to authspec's provider: status {}",
            response.status
        );
        let results = std::mem::take(&mut self.results);
        let outcome = if response.status >= 500 {
            Outcome::Errored
        } else {
            Outcome::Refused
        };
        Go::End(Box::new(End {
            outcome: Some(outcome),
            results,
            missed: Some(missed),
            ..End::default()
        }))
    }

    fn failed(&mut self, answer: &Answer) -> Go {
        let outcome = super::outcome::unjudged(answer).unwrap_or(Outcome::Unreachable);
        End::judged(outcome, Some(answer), std::mem::take(&mut self.results))
    }

    /// The provider answered; the browser carries the answer to the callback, changed as the case says.
    fn provider_said(
        &mut self,
        sent: &Outgoing,
        response: &Response,
        context: &mut Context<'_>,
    ) -> Go {
        let Some(location) = response.first("location") else {
            return match after(sent, response, context) {
                Onward::To(request) => {
                    self.stage = Stage::Returning;
                    self.send(*request, context)
                }
                _ => End::trouble(format!(
                    "authspec's provider answered {} and no redirect",
                    response.status
                )),
            };
        };
        let base = Url::parse(&sent.request.url());
        let Ok(mut url) = base.and_then(|base| base.join(&location)) else {
            return End::trouble("the provider's redirect is no URL");
        };
        let pairs = form::parse(url.query().unwrap_or_default());
        if let Some((_, code)) = pairs.iter().find(|(name, _)| name == "code") {
            self.results
                .insert("code".to_owned(), Value::from(code.clone()));
        }
        // of a login from start to end `query` is about its start
        let patched = self.part == Part::Finish;
        match changed::answer(&self.args, patched, url, pairs) {
            Ok(changed) => url = changed,
            Err(why) => return End::trouble(why),
        }
        super::bindings::guard(&self.results, context.vault);
        let Some(request) = ours(&url, context) else {
            self.results
                .insert("redirect".to_owned(), Value::from(url.as_str()));
            return self.look(context);
        };
        self.stage = Stage::Returning;
        let go = self.send(request, context);
        if let Some(outgoing) = &self.sent {
            context
                .memory
                .requests
                .insert(context.step.to_owned(), outgoing.clone());
        }
        go
    }

    fn look(&mut self, context: &mut Context<'_>) -> Go {
        self.results.insert(
            "last-page".to_owned(),
            Value::from(context.transcript.len().saturating_sub(1)),
        );
        self.stage = Stage::Looking;
        self.remember(context);
        match who_request(context) {
            Ok(outgoing) => {
                self.sent = Some(outgoing.clone());
                Go::Send(vec![outgoing])
            }
            Err(why) => End::trouble(why),
        }
    }

    /// What the profile keeps of the answer that ended the login; a refusal holds nothing to keep.
    fn remember(&mut self, context: &mut Context<'_>) {
        let (Some(sent), Some(answer)) = (&self.sent, &self.last) else {
            return;
        };
        let client = context.world.profile.client.as_ref();
        let places = client.map(|client| client.keep.clone()).unwrap_or_default();
        if let Some(response) = answer.response()
            && !is_provider(&sent.request, context)
        {
            let _ = kept::keep(&places, sent, response, context);
        }
    }

    fn looked(&mut self, answer: &Answer, context: &mut Context<'_>) -> Go {
        let identity = identity(answer, context);
        let account = identity::account(answer, context);
        self.results
            .extend(account.map(|account| ("account".to_owned(), account)));
        let before = context
            .transcript
            .len()
            .checked_sub(2)
            .and_then(|at| context.transcript.get(at));
        let status = before
            .and_then(|exchange| exchange.answer.status())
            .unwrap_or(0);
        let (outcome, missed) = identity::outcome(&identity, status, context);
        let results = std::mem::take(&mut self.results);
        let who = Some((context.actor.to_owned(), identity));
        Go::End(Box::new(End {
            outcome: Some(outcome),
            results,
            missed,
            who,
            ..End::default()
        }))
    }
}

impl Act for Login {
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        match answers.first() {
            None => self.start(context).unwrap_or_else(End::trouble),
            Some(answer) => self.answered(answer, context),
        }
    }
}

/// The code in the query of a redirect.
fn code_of(location: &str) -> Option<String> {
    let (_, query) = location.split_once('?')?;
    let pairs = form::parse(query.split('#').next().unwrap_or_default());
    let mut codes = pairs.into_iter().filter(|(name, _)| name == "code");
    codes.next().map(|(_, code)| code)
}
