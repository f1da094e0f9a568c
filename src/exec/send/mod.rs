//! `send`: one request to a named endpoint, with a credential.

mod again;
mod request;
mod write;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::model::{Answer, Header, Hop, Outcome, Silence};
use crate::suite::model::CredentialKind;
use crate::suite::template::as_text;

use super::act::{Act, Context, End, Go, Outgoing, Trouble};
use super::credential::provokes;
use super::outcome::{Oracle, of_plain, unjudged};
use super::place;
use super::proof::{self, Unproved};

pub(super) use again::Again;

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
    Sent(Box<Sent>),
    /// The write was answered; now the effect is looked for.
    Looking {
        outcome: Outcome,
        marker: String,
        answer: Answer,
        asked: bool,
    },
}

/// A request on its way.
struct Sent {
    judge: Judge,
    /// The request before its proofs, which are made anew each time it is sent.
    unproved: Unproved,
    sent: Outgoing,
    /// How often it was sent.
    count: u32,
    /// How often it is sent yet.
    left: u8,
    /// How often it was sent once more with the nonce that the server asked for.
    renewed: u8,
    /// The connection ended without an answer before, and another certificate than ours was shown.
    cut_off: bool,
}

/// A server that asks for one nonce after another is not asked for ever: its nonces are taken by others meanwhile.
const MOST_NONCES: u8 = 4;

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
        let (mut unproved, judge) = self.request(&to, context)?;
        self.change(&mut unproved.request, context.world)?;
        if let Some((name, value)) = super::jar_field(context, &unproved.request) {
            unproved.request.headers.push(Header::new(name, value));
        }
        let outgoing = Outgoing {
            request: unproved.proved(0, context)?,
            hop: Hop::HarnessToTarget,
            actor: context.actor.to_owned(),
        };
        self.stage = Stage::Sent(Box::new(Sent {
            judge,
            unproved,
            sent: outgoing.clone(),
            count: 1,
            left: self.times - 1,
            renewed: 0,
            cut_off: false,
        }));
        Ok(Go::Send(vec![outgoing]))
    }

    /// An answer came: the request goes out once more, with the nonce that was asked for or to be compared, or it is
    /// judged.
    fn answered(&mut self, mut sent: Box<Sent>, answer: &Answer, context: &mut Context<'_>) -> Go {
        let asks = proof::take_nonce(answer, &sent.sent.request, context);
        if self.is_cut_off(answer) && !sent.cut_off {
            // once may be chance
            sent.cut_off = true;
        } else if asks && sent.unproved.takes_nonce() {
            sent.renewed += 1;
            if sent.renewed > MOST_NONCES {
                return End::trouble("the server asks for another nonce each time");
            }
        } else if sent.left > 0 {
            sent.left -= 1;
            sent.renewed = 0;
        } else {
            return self.end(*sent, answer, context);
        }
        match sent.unproved.proved(sent.count, context) {
            Ok(request) => sent.sent.request = request,
            Err(why) => return End::trouble(why),
        }
        sent.count += 1;
        let outgoing = sent.sent.clone();
        self.stage = Stage::Sent(sent);
        Go::Send(vec![outgoing])
    }

    fn end(&mut self, sent: Sent, answer: &Answer, context: &mut Context<'_>) -> Go {
        let exchange = context.transcript.last();
        let outcome = match (&sent.judge, exchange) {
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
            (Outcome::Unreachable, None) if self.is_declined(answer, sent.cut_off) => {
                Outcome::Refused
            }
            (outcome, _) => outcome,
        };
        if outcome == Outcome::Accepted
            && let Some(why) = sent.unproved.excused(context)
        {
            return End::trouble(Trouble::DoesNotApply(why));
        }
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
        let results = sent.unproved.results(context);
        let (step, memory) = (context.step.to_owned(), &mut context.memory);
        memory.requests.insert(step.clone(), sent.sent);
        if sent.unproved.has_proofs() {
            memory.unproved.insert(step, sent.unproved);
        }
        let (Outcome::Unclear, Judge::Door(oracle), Some(response)) =
            (outcome, &sent.judge, answer.response())
        else {
            return End::judged(outcome, Some(answer), results);
        };
        Go::End(Box::new(End {
            outcome: Some(outcome),
            results,
            missed: Some(oracle.unclear(response)),
            ..End::default()
        }))
    }
}

impl Send {
    /// Whether another certificate than the good one is shown, or none.
    fn shows_another(&self) -> bool {
        let word = self.args.get("certificate").and_then(Value::as_str);
        word.is_some_and(|word| word != "own")
    }

    /// Whether such a connection ended without an answer: an alert may be lost when a peer closes at once.
    fn is_cut_off(&self, answer: &Answer) -> bool {
        let ended = matches!(
            answer,
            Answer::Silence(Silence::Unreachable(_) | Silence::Closed(_))
        );
        ended && self.shows_another()
    }

    /// Whether the handshake was the refusal: an alert says so, or the connection ended twice over.
    fn is_declined(&self, answer: &Answer, before: bool) -> bool {
        let said = matches!(answer, Answer::Silence(Silence::Declined(_)));
        (said && self.shows_another()) || (before && self.is_cut_off(answer))
    }
}

impl Act for Send {
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        if matches!(self.stage, Stage::Looking { .. }) {
            return self.look(context, answers);
        }
        match std::mem::replace(&mut self.stage, Stage::Start) {
            Stage::Start => self.start(context).unwrap_or_else(End::trouble),
            Stage::Sent(sent) => match answers.first() {
                Some(answer) => self.answered(sent, answer, context),
                None => End::trouble("nothing was sent"),
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
