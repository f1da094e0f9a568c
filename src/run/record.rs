//! A run of a case as `--record` keeps it: redacted part by part, with a sign where something was taken out.

mod exchange;

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value};

use crate::exec::act::Trouble;
use crate::exec::execution::Turn;
use crate::exec::taken::is_marked;
use crate::matcher::Identity;
use crate::model::recorded::{Hidden, Lacked, Recorded};
use crate::model::{Exchange, Moment, Vault, recorded};
use crate::suite::model::{Action, Case, Departure};

use super::redact;
use super::runner::Lack;
use super::said::{Hides, Mute};

/// In a longer text no shorter secret is looked for.
const SHORTEST: usize = 8;

/// What a run of a case is judged by, beside what the run of all cases knows.
pub(super) struct Log {
    pub(super) turns: Vec<Turn>,
    pub(super) cut: Option<String>,
    pub(super) quiet: bool,
    pub(super) codes: bool,
    pub(super) origins: Vec<String>,
    pub(super) own_scheme: bool,
}

/// What the run of all cases knows of a case.
pub(super) struct Standing<'a> {
    pub(super) control: &'a Result<(), Lack>,
    pub(super) mute: Option<&'a Mute>,
    pub(super) anonymous: bool,
    pub(super) lacks: &'a [crate::model::Capability],
}

/// What is known of secrets.
struct Veil<'a> {
    /// All of them: short ones are found by their whole value alone.
    whole: &'a Vault,
    /// Those of the exchanges.
    near: &'a Vault,
    /// Those that may stand in what else is kept.
    beside: Vault,
}

impl Veil<'_> {
    fn text(&self, text: &str) -> String {
        redact::text(&redact::text(text, self.near), &self.beside)
    }

    /// Whether a text inside is a secret as a whole.
    fn knows(&self, value: &Value) -> bool {
        let mut all = Vec::new();
        texts(value, &mut all);
        all.iter()
            .any(|text| self.whole.placeholder(text).is_some())
    }

    /// What steps gave and references stood for is often the same, and mostly no text that could hold a secret.
    fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) if text.len() < SHORTEST => match self.whole.placeholder(text) {
                Some(mark) => Value::from(mark),
                None => value.clone(),
            },
            Value::String(text) => Value::from(self.text(text)),
            Value::Array(all) => all.iter().map(|one| self.value(one)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (self.text(name), self.value(value)))
                .collect::<Map<_, _>>()
                .into(),
            other => other.clone(),
        }
    }
}

/// The record of a case.
pub(super) fn of(
    case: &Case,
    transcript: &[Exchange],
    log: Log,
    standing: &Standing<'_>,
    near: &Vault,
    whole: &Vault,
) -> Recorded {
    let veil = &Veil {
        whole,
        near,
        beside: whole.near(beside(&log, standing).iter().map(String::as_bytes)),
    };
    Recorded {
        form: Recorded::FORM,
        path: path(case),
        exchanges: transcript
            .iter()
            .map(|one| exchange::kept(one, veil.near))
            .collect(),
        turns: log.turns.into_iter().map(|one| turn(one, veil)).collect(),
        cut: log.cut.map(|why| veil.text(&why)),
        quiet: log.quiet,
        codes: log.codes,
        origins: log.origins,
        own_scheme: log.own_scheme,
        control: standing
            .control
            .as_ref()
            .err()
            .map(|lack| lacked(lack, veil)),
        mute: standing.mute.map(|mute| {
            let hides = match mute.hides {
                Hides::Passes => Hidden::Passes,
                Hides::Refusals => Hidden::Refusals,
                Hides::All => Hidden::All,
            };
            (veil.text(&mute.why), hides)
        }),
        anonymous: standing.anonymous,
        lacks: standing
            .lacks
            .iter()
            .map(|one| one.word().to_owned())
            .collect(),
    }
}

/// All texts of a record that stand in no exchange.
fn beside(log: &Log, standing: &Standing<'_>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for turn in &log.turns {
        let end = &turn.end;
        for value in end.results.values().chain(turn.given.values()) {
            texts(value, &mut all);
        }
        all.extend(end.missed.clone());
        all.extend(end.trouble.as_ref().map(|trouble| match trouble {
            Trouble::CannotBeDone(why) | Trouble::DoesNotApply(why) => why.clone(),
        }));
        let who = turn.who.values().chain(end.who.iter().map(|(_, who)| who));
        all.extend(who.filter_map(|who| match who {
            Identity::Stranger(text) | Identity::Unclear(text) => Some(text.clone()),
            Identity::Nobody | Identity::Actor(_) => None,
        }));
    }
    all.extend(log.cut.clone());
    all.extend(standing.mute.map(|mute| mute.why.clone()));
    all.extend(standing.control.as_ref().err().and_then(|lack| match lack {
        Lack::Unproved(why) | Lack::NotApplicable(why) | Lack::Untouched(why) => Some(why.clone()),
        Lack::Missing(_) => None,
    }));
    all
}

fn texts(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => all.push(text.clone()),
        Value::Array(members) => members.iter().for_each(|one| texts(one, all)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            all.push(name.clone());
            texts(value, all);
        }),
        _ => {}
    }
}

/// Digest of what a case asks and how. What it expects and applies to is no part of it, nor is what it is called.
pub(super) fn path(case: &Case) -> String {
    let mut text = format!(
        "{:?} {:?} {} {:?}\n",
        case.kind, case.not_applicable_when, case.rounds, case.only_if
    );
    let script = [&case.provider.good, &case.provider.departed];
    for part in script.into_iter().flatten() {
        part.canonical(&mut text);
        text.push('\n');
    }
    for step in &case.steps {
        text.push_str(step.name.as_deref().unwrap_or_default());
        text.push_str(&format!(" x{} {} ", step.times, step.twice));
        step.actor.canonical(&mut text);
        action(&step.action, &mut text);
        match &step.departure {
            Departure::None => {}
            Departure::Added => text.push_str(" added"),
            Departure::But { action: but, actor } => {
                text.push_str(" but ");
                action(but, &mut text);
                if let Some(actor) = actor {
                    actor.canonical(&mut text);
                }
            }
        }
        step.hold.canonical(&mut text);
        text.push('\n');
    }
    let digest = digest(&SHA256, text.as_bytes());
    let bytes = digest.as_ref().iter().take(8);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

fn action(action: &Action, text: &mut String) {
    text.push_str(action.verb.word());
    text.push(' ');
    action.args.canonical(text);
}

fn lacked(lack: &Lack, veil: &Veil<'_>) -> Lacked {
    match lack {
        Lack::Unproved(why) => Lacked::Unproved(veil.text(why)),
        Lack::NotApplicable(why) => Lacked::NotApplicable(veil.text(why)),
        Lack::Untouched(why) => Lacked::Untouched(veil.text(why)),
        Lack::Missing(all) => {
            Lacked::Missing(all.iter().map(|one| one.word().to_owned()).collect())
        }
    }
}

fn turn(turn: Turn, veil: &Veil<'_>) -> recorded::Turn {
    let end = turn.end;
    let mut who: BTreeMap<String, recorded::Who> = BTreeMap::new();
    for (actor, identity) in turn.who.iter().chain(end.who.as_ref().map(|(a, i)| (a, i))) {
        who.insert(actor.clone(), named(identity, veil));
    }
    let mut given = BTreeMap::new();
    for (name, value) in turn.given {
        // what is a secret is left out, so that it is known to be missing
        let shown = veil.value(&value);
        if shown == value && !is_marked(&value) && !veil.knows(&value) {
            given.insert(name, value);
        }
    }
    recorded::Turn {
        step: turn.step,
        from: turn.range.start,
        to: turn.range.end,
        at: nanoseconds(turn.at),
        ear: turn.ear,
        outcome: end.outcome.map(|one| one.word().to_owned()),
        results: end
            .results
            .iter()
            .map(|(name, value)| (name.clone(), veil.value(value)))
            .collect::<Map<_, _>>(),
        missed: end.missed.map(|why| veil.text(&why)),
        trouble: end.trouble.map(|trouble| match trouble {
            Trouble::CannotBeDone(why) => (veil.text(&why), false),
            Trouble::DoesNotApply(why) => (veil.text(&why), true),
        }),
        who,
        given,
    }
}

fn named(identity: &Identity, veil: &Veil<'_>) -> recorded::Who {
    let (word, text) = match identity {
        Identity::Nobody => ("nobody", String::new()),
        Identity::Actor(name) => ("actor", name.clone()),
        Identity::Stranger(name) => ("stranger", veil.text(name)),
        Identity::Unclear(why) => ("unclear", veil.text(why)),
    };
    (word.to_owned(), text)
}

fn nanoseconds(moment: Moment) -> u64 {
    u64::try_from(moment.0.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
