//! `device-login`: a login on another device (RFC 8628). Our provider's user agrees by itself; what is watched is how the
//! client asks for its tokens meanwhile.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::model::{Answer, Exchange, Hop, Outcome};
use crate::source::shape::duration;
use crate::suite::profile::{DeviceApp, Endpoint, Move};
use crate::wire::json;

use super::super::act::{Act, Context, End, Go, Outgoing};
use super::super::browse::{MOST_HOPS, Onward, after, as_browser, is_provider};
use super::identity::{identity, outcome, who_request};
use super::{kept, recipe};

/// How long the client is watched, and how often its page is asked.
const WATCHED: Duration = Duration::from_secs(12);
const EVERY: Duration = Duration::from_secs(1);

/// A login on another device.
pub(in crate::exec) struct DeviceLogin {
    watch: Duration,
    watched: Duration,
    stage: Stage,
    moves: Vec<Move>,
    hops: usize,
    sent: Option<Outgoing>,
    /// Exchanges before the step.
    before: usize,
    results: Map<String, Value>,
    status: u16,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    /// On the way to the page with the code.
    Starting,
    /// A second goes by.
    Waiting,
    /// At the page.
    Watching,
    /// At who-am-I.
    Looking,
}

impl DeviceLogin {
    pub(in crate::exec) fn new(args: &Map<String, Value>) -> Self {
        let watch = args.get("watch").and_then(Value::as_str).and_then(duration);
        Self {
            watch: watch.unwrap_or(WATCHED),
            watched: Duration::ZERO,
            stage: Stage::Start,
            moves: Vec::new(),
            hops: 0,
            sent: None,
            before: 0,
            results: Map::new(),
            status: 0,
        }
    }

    fn start(&mut self, context: &mut Context<'_>) -> Result<Go, String> {
        self.before = context.transcript.len();
        self.moves = app(context)?.start;
        self.stage = Stage::Starting;
        if self.moves.is_empty() {
            return Err("the profile does not say how a device login is started".to_owned());
        }
        let Move::Open(endpoint) = self.moves.remove(0) else {
            return Err("a login starts with a request".to_owned());
        };
        self.open(&endpoint, context)
    }

    fn open(&mut self, endpoint: &Endpoint, context: &mut Context<'_>) -> Result<Go, String> {
        let request = kept::request(endpoint, context)?;
        let outgoing = as_browser(request, context);
        self.sent = Some(outgoing.clone());
        Ok(Go::Send(vec![outgoing]))
    }

    /// On the way to the page with the code; behind it the client is watched.
    fn started(&mut self, answer: &Answer, context: &mut Context<'_>) -> Result<Go, String> {
        let (Some(response), Some(sent)) = (answer.response().cloned(), self.sent.clone()) else {
            let outcome = super::super::outcome::unjudged(answer).unwrap_or(Outcome::Unreachable);
            return Ok(End::judged(outcome, Some(answer), Map::new()));
        };
        self.status = response.status;
        self.hops += 1;
        let onward = match after(&sent, &response, context) {
            Onward::Here(page) => recipe::next(&mut self.moves, &page, &sent, &response, context)?,
            onward => Some(onward),
        };
        match onward {
            Some(Onward::To(request))
                if self.hops < MOST_HOPS && !is_provider(&request, context) =>
            {
                let outgoing = as_browser(*request, context);
                self.sent = Some(outgoing.clone());
                Ok(Go::Send(vec![outgoing]))
            }
            _ => Ok(self.wait()),
        }
    }

    fn wait(&mut self) -> Go {
        self.stage = Stage::Waiting;
        self.watched = self.watched.saturating_add(EVERY);
        Go::Wait(EVERY)
    }

    /// A second is over: the page is asked, unless the client has its tokens or was watched long enough.
    fn waited(&mut self, context: &mut Context<'_>) -> Result<Go, String> {
        let page = app(context)?.page;
        let who = |context: &Context<'_>| {
            let client = context.world.profile.client.as_ref();
            client.map(|client| client.who.endpoint.clone())
        };
        let page = page.or_else(|| who(context));
        if self.watched > self.watch || self.has_tokens(context) {
            self.stage = Stage::Looking;
            self.note_codes(context);
            let outgoing = who_request(context)?;
            return Ok(Go::Send(vec![outgoing]));
        }
        self.stage = Stage::Watching;
        self.open(&page.ok_or("the profile has no `client:`")?, context)
    }

    fn watched(&mut self, answer: &Answer, context: &mut Context<'_>) -> Go {
        if let (Some(response), Some(sent)) = (answer.response().cloned(), self.sent.clone()) {
            let _ = after(&sent, &response, context);
        }
        self.wait()
    }

    /// What came to our provider since the step began.
    fn heard<'a>(&self, context: &'a Context<'_>) -> impl Iterator<Item = (&'a Exchange, Value)> {
        let since = context.transcript.get(self.before..).unwrap_or_default();
        let ours = since
            .iter()
            .filter(|exchange| exchange.hop == Hop::TargetToProvider);
        ours.filter_map(|exchange| {
            let response = exchange.answer.response()?;
            Some((exchange, json::parse_lenient(response.body.bytes())?))
        })
    }

    fn has_tokens(&self, context: &Context<'_>) -> bool {
        self.heard(context).any(|(exchange, said)| {
            exchange.request.path().ends_with("/token") && said["access_token"].is_string()
        })
    }

    fn note_codes(&mut self, context: &mut Context<'_>) {
        let first = self
            .heard(context)
            .find(|(_, said)| said["user_code"].is_string());
        let Some((_, said)) = first else { return };
        for (member, result) in [
            ("user_code", "user-code"),
            ("device_code", "device-code"),
            ("verification_uri_complete", "link"),
        ] {
            self.results.insert(result.to_owned(), said[member].clone());
        }
        super::super::bindings::guard(&self.results, context.vault);
    }

    fn looked(&mut self, answer: &Answer, context: &mut Context<'_>) -> Go {
        let identity = identity(answer, context);
        let (outcome, missed) = outcome(&identity, self.status, context);
        Go::End(Box::new(End {
            outcome: Some(outcome),
            results: std::mem::take(&mut self.results),
            missed,
            who: Some((context.actor.to_owned(), identity)),
            ..End::default()
        }))
    }
}

fn app(context: &Context<'_>) -> Result<DeviceApp, String> {
    let client = context.world.profile.client.as_ref();
    let device = client.and_then(|client| client.device.clone());
    device.ok_or_else(|| "the profile's client has no `device`".to_owned())
}

impl Act for DeviceLogin {
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        let gone = match (self.stage, answers.first()) {
            (Stage::Start, _) => self.start(context),
            (Stage::Starting, Some(answer)) => self.started(answer, context),
            (Stage::Waiting, _) => self.waited(context),
            (Stage::Watching, Some(answer)) => Ok(self.watched(answer, context)),
            (Stage::Looking, Some(answer)) => Ok(self.looked(answer, context)),
            _ => Err("nothing was answered".to_owned()),
        };
        gone.unwrap_or_else(End::trouble)
    }
}
