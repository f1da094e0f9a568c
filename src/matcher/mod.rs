//! What can be said about an answer: one file for each kind of expectation.
//!
//! A matcher looks at evidence and says what it expected and what it found. It knows nothing of cases,
//! requirements or verdicts. A new kind is one file with a [`Kind`] and one word in [`KINDS`]; the loader, the
//! JSON Schema, the reference and the self-test follow from it.

mod sample;
pub mod value;

mod challenge;
mod outcome;
mod status;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value};

use crate::model::{Exchange, Outcome, Response};
use crate::source::shape::{Field, Shape};

/// Every kind of expectation.
pub const KINDS: &[&Kind] = &[&outcome::KIND, &status::KIND, &challenge::KIND];

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
    /// Breaks what the matcher accepts, for the proof that it can fail.
    pub spoil: fn(&Value, &mut Seen<'_>),
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
    /// A finding shown by the last exchange of the step.
    pub fn finding(
        seen: &Seen<'_>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Self {
        Self::Finding {
            expected: expected.into(),
            actual: actual.into(),
            evidence: seen
                .exchanges
                .last()
                .map(|exchange| exchange.seq)
                .into_iter()
                .collect(),
            given_away: false,
        }
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
    /// The last response of the step.
    pub fn last(&self) -> Option<&Response> {
        self.exchanges
            .last()
            .and_then(|exchange| exchange.answer.response())
    }

    /// The last response, to be spoilt.
    pub fn last_mut(&mut self) -> Option<&mut Response> {
        match self
            .exchanges
            .to_mut()
            .last_mut()
            .map(|exchange| &mut exchange.answer)
        {
            Some(crate::model::Answer::Response(response)) => Some(response),
            _ => None,
        }
    }

    /// The last response, or the miss that says that there is none.
    pub fn response(&self) -> Result<&Response, Miss> {
        self.last().ok_or_else(|| {
            Miss::Unknown(
                match self.exchanges.last().map(|exchange| &exchange.answer) {
                    Some(crate::model::Answer::Silence(silence)) => silence.to_string(),
                    _ => "nothing was answered".to_owned(),
                },
            )
        })
    }
}

/// The kind that a word names.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// One key for each kind, for the grammar of an expectation.
pub fn fields() -> Vec<Field> {
    KINDS
        .iter()
        .map(|kind| Field::new(kind.name, kind.shape, kind.doc))
        .collect()
}

#[cfg(test)]
mod tests;
