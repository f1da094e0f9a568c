//! What can be said about an answer: one file for each kind of expectation.
//!
//! A matcher looks at evidence and says what it expected and what it found. It knows nothing of cases,
//! requirements or verdicts. A new kind is one file with a [`Kind`] and one word in [`KINDS`]; the loader, the
//! JSON Schema, the reference and the self-test follow from it.

mod evidence;
mod sample;
pub mod value;

mod address;
mod answers_within;
mod body;
mod called;
mod challenge;
mod codes;
mod cookie;
mod cors;
mod distinct;
mod effect;
mod header;
mod heard;
mod json;
mod jwt;
mod key_set;
mod leaves_for;
mod loads_from;
mod logged_in_as;
mod metadata;
mod never_sent;
mod no_echo;
mod oauth_error;
mod outcome;
mod page;
mod pauses;
mod proofs;
mod redirect;
mod request;
mod same_as;
mod secret_length;
mod shows;
mod status;
mod throttles;
mod token_hash;
mod token_response;
mod took_alike;
mod unguessable;
mod verified_by;
mod verifiers;
mod winners;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::model::{Answer, Body, Exchange, Hop, Outcome, Response};
use crate::source::shape::{Field, Shape};

/// Every kind of expectation.
pub const KINDS: &[&Kind] = &[
    &outcome::KIND,
    &status::KIND,
    &header::KIND,
    &challenge::KIND,
    &json::KIND,
    &oauth_error::KIND,
    &token_response::KIND,
    &body::KIND,
    &page::KIND,
    &address::KIND,
    &redirect::KIND,
    &leaves_for::KIND,
    &loads_from::KIND,
    &no_echo::KIND,
    &cors::KIND,
    &effect::KIND,
    &cookie::KIND,
    &jwt::KIND,
    &verified_by::KIND,
    &token_hash::KIND,
    &secret_length::KIND,
    &key_set::KIND,
    &metadata::KIND,
    &winners::KIND,
    &same_as::KIND,
    &logged_in_as::KIND,
    &called::KIND,
    &heard::KIND,
    &request::KIND,
    &never_sent::KIND,
    &verifiers::KIND,
    &codes::KIND,
    &proofs::KIND,
    &pauses::KIND,
    &shows::KIND,
    &distinct::KIND,
    &unguessable::KIND,
    &throttles::KIND,
    &answers_within::KIND,
    &took_alike::KIND,
];

/// A kind of expectation.
pub struct Kind {
    /// The word in YAML.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// What may be written behind the word.
    pub shape: Shape,
    /// At which level it may stand.
    pub scope: Scope,
    /// Looks; the argument is expanded already.
    pub examine: fn(&Value, &Seen<'_>) -> Result<(), Miss>,
    /// Breaks what the matcher accepts, for the proof that it can fail: the evidence, or the argument where that
    /// itself holds what came (a token, a list of codes).
    pub spoil: fn(&mut Value, &mut Seen<'_>),
    /// Arguments with an example of what they accept.
    pub examples: fn() -> Vec<Example>,
}

/// Where a matcher may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Of one step; at the case level it needs `of`.
    Step,
    /// Of a step or of the whole case so far.
    Any,
}

/// An argument and evidence that it accepts.
pub struct Example {
    /// The argument as YAML would give it.
    pub argument: Value,
    /// Evidence that meets it.
    pub seen: Seen<'static>,
}

/// Why an expectation is not met.
#[derive(Clone, Debug, PartialEq)]
pub enum Miss {
    /// It is shown not to be so.
    Finding {
        /// What should have been.
        expected: String,
        /// What was; foreign text.
        actual: String,
        /// The exchanges that show it.
        evidence: Vec<u32>,
        /// Something was let in or given away: a finding that stands without a twin.
        given_away: bool,
    },
    /// It could not be seen either way.
    Unknown(String),
}

impl Miss {
    /// Neither this nor an alternative that looked at another step was met: both are told.
    #[must_use]
    pub fn or_at(mut self, step: &str, mut other: Self) -> Self {
        if let (
            Self::Finding { actual, .. },
            Self::Finding {
                expected,
                actual: there,
                ..
            },
        ) = (&mut self, &mut other)
        {
            *expected = format!("{expected} at step `{step}`");
            *actual = format!("{actual}; at step `{step}` {there}");
        }
        self.or(other)
    }

    /// Neither of two alternatives was met. What can't be seen may be so, and hides the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (unknown @ Self::Unknown(_), _) | (_, unknown @ Self::Unknown(_)) => unknown,
            (
                Self::Finding {
                    expected,
                    actual,
                    mut evidence,
                    given_away,
                },
                Self::Finding {
                    expected: other,
                    evidence: further,
                    given_away: too,
                    ..
                },
            ) => {
                evidence.extend(further);
                evidence.sort_unstable();
                evidence.dedup();
                Self::Finding {
                    expected: format!("{expected}, or {other}"),
                    actual,
                    evidence,
                    given_away: given_away || too,
                }
            }
        }
    }

    /// A finding shown by the last answer of the step.
    pub fn finding(
        seen: &Seen<'_>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Self {
        let evidence = seen.last_exchange().map(|exchange| exchange.seq);
        Self::shown_by(evidence.into_iter().collect(), expected, actual)
    }

    /// A finding shown by these exchanges.
    pub fn shown_by(
        evidence: Vec<u32>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Self {
        Self::Finding {
            expected: expected.into(),
            actual: actual.into(),
            evidence,
            given_away: false,
        }
    }

    /// Nothing that could be judged.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown(why.into())
    }

    /// The same finding, marked as something let in or given away.
    #[must_use]
    pub fn given_away(mut self) -> Self {
        if let Self::Finding { given_away, .. } = &mut self {
            *given_away = true;
        }
        self
    }
}

/// Who the client says is logged in, as seen by who-am-I.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Nobody.
    Nobody,
    /// An actor of ours, by name.
    Actor(String),
    /// Somebody whom no actor is.
    Stranger(String),
    /// The answer could not be read either way.
    Unclear(String),
}

/// What a matcher may look at.
#[derive(Clone, Default)]
pub struct Seen<'a> {
    /// How the step ended; none at the case level.
    pub outcome: Option<Outcome>,
    /// The exchanges of the step, in order; all of them at the case level.
    pub exchanges: Cow<'a, [Exchange]>,
    /// All exchanges of the case so far.
    pub all: Cow<'a, [Exchange]>,
    /// Which of `all` belong to a named step.
    pub steps: Cow<'a, BTreeMap<String, Range<usize>>>,
    /// What the step gave.
    pub results: Cow<'a, Map<String, Value>>,
    /// Who is logged in, by actor, as asked last.
    pub who: Cow<'a, BTreeMap<String, Identity>>,
    /// The actor of the step.
    pub actor: Cow<'a, str>,
    /// What authspec sent as credential in the step, and must not come back.
    pub sent_secrets: Cow<'a, [String]>,
    /// The target was heard at our listener or provider in this run: silence there means something.
    pub ear_works: bool,
    /// Origins of the target itself.
    pub own_origins: Cow<'a, [String]>,
    /// What our provider knows of the codes it gave.
    pub codes: Cow<'a, [CodeFact]>,
}

/// What our provider knows of a code that it gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeFact {
    /// The code.
    pub code: String,
    /// `code_challenge` of its authorization request.
    pub challenge: Option<String>,
    /// Every `code_verifier` that came with it.
    pub verifiers: Vec<String>,
}

impl Seen<'_> {
    /// The exchanges in which the target answered, in order. What it asked elsewhere is not among them.
    pub fn answered(&self) -> impl DoubleEndedIterator<Item = &Exchange> {
        self.exchanges
            .iter()
            .filter(|exchange| is_of_target(exchange))
    }

    /// The responses of the target, each with its exchange.
    pub fn responses(&self) -> impl DoubleEndedIterator<Item = (&Exchange, &Response)> {
        self.answered()
            .filter_map(|exchange| Some((exchange, exchange.answer.response()?)))
    }

    /// The last exchange in which the target answered.
    pub fn last_exchange(&self) -> Option<&Exchange> {
        self.answered().next_back()
    }

    /// The last response of the step.
    pub fn last(&self) -> Option<&Response> {
        self.last_exchange()
            .and_then(|exchange| exchange.answer.response())
    }

    /// The last exchange in which the target answered, to be spoilt.
    pub fn last_exchange_mut(&mut self) -> Option<&mut Exchange> {
        let mut exchanges = self.exchanges.to_mut().iter_mut();
        exchanges.rfind(|exchange| is_of_target(exchange))
    }

    /// The last response, to be spoilt.
    pub fn last_mut(&mut self) -> Option<&mut Response> {
        match self
            .last_exchange_mut()
            .map(|exchange| &mut exchange.answer)
        {
            Some(Answer::Response(response)) => Some(response),
            _ => None,
        }
    }

    /// The last response, or the miss that says that there is none.
    pub fn response(&self) -> Result<&Response, Miss> {
        self.last().ok_or_else(|| {
            Miss::Unknown(
                match self.last_exchange().map(|exchange| &exchange.answer) {
                    Some(Answer::Silence(silence)) => silence.to_string(),
                    _ => "nothing was answered".to_owned(),
                },
            )
        })
    }

    /// The whole content of the last response, or the miss that says that it was cut.
    pub fn content(&self) -> Result<&[u8], Miss> {
        match &self.response()?.body {
            Body::Whole(bytes) => Ok(bytes),
            Body::Cut(_, why) => Err(Miss::Unknown(format!("the content is not whole: {why}"))),
        }
    }
}

fn is_of_target(exchange: &Exchange) -> bool {
    matches!(exchange.hop, Hop::HarnessToTarget | Hop::BrowserToTarget)
}

/// Everything that is missed of several expectations, each of its kind.
pub fn examine_all(wanted: &[(&'static Kind, Value)], seen: &Seen<'_>) -> Vec<Miss> {
    wanted
        .iter()
        .filter_map(|(kind, argument)| (kind.examine)(argument, seen).err())
        .collect()
}

/// The kind that a word names.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// One key for each kind, for the grammar of an expectation.
pub fn fields() -> &'static [Field] {
    static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
        KINDS
            .iter()
            .map(|kind| Field::new(kind.name, kind.shape, kind.doc))
            .collect()
    });
    &FIELDS
}

#[cfg(test)]
mod tests;
