//! From evidence to findings: the one place where an expectation meets what was seen.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value};

use crate::matcher::{CodeFact, Identity, Kind, Miss, Seen};
use crate::model::{Exchange, Finding, Outcome};
use crate::suite::model::{Alternative, Check, Expectation};
use crate::suite::template::Template;
use crate::wire::basic;

use super::act::unresolved;
use super::bindings::Scope;
use super::taken::{Taken, need, needs_taken};

/// What was seen of a step.
#[derive(Clone, Debug, Default)]
pub struct StepSeen {
    /// Its exchanges.
    pub range: Range<usize>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What it gave.
    pub results: Map<String, Value>,
    /// Whose it was.
    pub actor: String,
}

/// Everything that was seen of a case so far.
pub struct Record<'a> {
    /// All exchanges.
    pub transcript: &'a [Exchange],
    /// Steps by name.
    pub named: &'a BTreeMap<String, StepSeen>,
    /// Ranges of named steps.
    pub ranges: &'a BTreeMap<String, Range<usize>>,
    /// Who is logged in, by actor.
    pub who: &'a BTreeMap<String, Identity>,
    /// What our provider knows of its codes.
    pub codes: &'a [CodeFact],
    /// Origins of the target.
    pub own_origins: &'a [String],
    /// The target was heard by us in this run.
    pub ear_works: bool,
    /// What was taken out of it, if it was recorded.
    pub taken: Option<&'a Taken>,
}

/// A finding, and whether it stands without a twin.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The finding.
    pub finding: Finding,
    /// Something was let in or given away.
    pub given_away: bool,
}

/// What became of expectations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// What was missed.
    pub missed: Vec<Judged>,
    /// What could not be seen.
    pub unknown: Vec<String>,
}

impl Judgement {
    /// What could not be seen because it was taken out of the record.
    pub fn lost(&self) -> Option<&String> {
        self.unknown.iter().find(|why| needs_taken(why))
    }
}

/// Judges expectations on a step, or on the whole case.
pub fn judge(
    expectations: &[Expectation],
    own: Option<&StepSeen>,
    record: &Record<'_>,
    scope: &Scope<'_>,
) -> Judgement {
    let mut judgement = Judgement::default();
    for expectation in expectations {
        match examine(&expectation.check, own, record, scope) {
            Ok(()) => {}
            Err(Miss::Unknown(why)) => judgement.unknown.push(why),
            Err(miss) => judgement.missed.extend(finding(miss, expectation)),
        }
    }
    judgement
}

/// The finding that a miss of an expectation is, if it shows anything.
pub(super) fn finding(miss: Miss, expectation: &Expectation) -> Option<Judged> {
    let Miss::Finding {
        expected,
        actual,
        evidence,
        given_away,
    } = miss
    else {
        return None;
    };
    Some(Judged {
        finding: Finding {
            basis: expectation.basis.clone(),
            expected,
            actual,
            place: expectation.place.clone(),
            evidence,
        },
        given_away,
    })
}

/// Looks with one check; of alternatives one that is met suffices, and one that can't be seen may be met.
pub fn examine(
    check: &Check,
    own: Option<&StepSeen>,
    record: &Record<'_>,
    scope: &Scope<'_>,
) -> Result<(), Miss> {
    let mut miss: Option<Miss> = None;
    for alternative in &check.any_of {
        let of = alternative.of.as_deref().or(check.of.as_deref());
        let secrets = wants_secrets(alternative);
        let seen = evidence(of, check.actor.as_deref(), secrets, own, record)
            .map_err(|miss| never_shown(miss, of, alternative, record));
        let met = seen.and_then(|seen| {
            alternative
                .into_iter()
                .try_for_each(|(kind, argument)| one(kind, argument, &seen, record, scope))
        });
        match met {
            Ok(()) => return Ok(()),
            Err(further) => {
                miss = Some(match (miss, &alternative.of) {
                    (Some(miss), Some(step)) => miss.or_at(step, further),
                    (Some(miss), None) => miss.or(further),
                    (None, _) => further,
                });
            }
        }
    }
    miss.map_or(Ok(()), Err)
}

/// A walk that came to its end without a page did not show it; of one that broke off nothing is known.
fn never_shown(
    miss: Miss,
    of: Option<&str>,
    alternative: &Alternative,
    record: &Record<'_>,
) -> Miss {
    let Some((name, page)) = of.and_then(|of| of.split_once('.')) else {
        return miss;
    };
    let asks = alternative.into_iter().any(|(kind, argument)| {
        let word = matches!(argument, Template::Plain(Value::String(word)) if word == "shown");
        kind.name == "page" && word
    });
    // a walk that is stuck may stand before that very page
    let ended = |step: &&StepSeen| {
        matches!(step.outcome, Some(Outcome::Accepted | Outcome::Refused))
            && !step.results.contains_key(page)
    };
    let Some(step) = record.named.get(name).filter(ended).filter(|_| asks) else {
        return miss;
    };
    let last = record.transcript.get(step.range.clone());
    let evidence = last.and_then(<[Exchange]>::last).map(|one| one.seq);
    let page = page.replace('-', " ");
    Miss::shown_by(
        evidence.into_iter().collect(),
        format!("the walk shows a {page}"),
        format!("the walk showed no {page}"),
    )
}

fn one(
    kind: &'static Kind,
    argument: &Template,
    seen: &Seen<'_>,
    record: &Record<'_>,
    scope: &Scope<'_>,
) -> Result<(), Miss> {
    let argument = scope.expand(argument).map_err(|why| {
        Miss::Unknown(match record.taken {
            Some(_) => need(&format!("what `${{{}}}` stood for", why.0)),
            None => unresolved(&why),
        })
    })?;
    if let Some(taken) = record.taken
        && let Some(what) = taken.needed(kind, &argument, seen)
    {
        return Err(Miss::Unknown(need(&format!("{what} (`{}`)", kind.name))));
    }
    (kind.examine)(&argument, seen)
}

/// What a check looks at: its own step, another one, a page of a walk, or the whole case.
pub(super) fn evidence<'a>(
    of: Option<&str>,
    actor: Option<&str>,
    wants_secrets: bool,
    own: Option<&'a StepSeen>,
    record: &'a Record<'a>,
) -> Result<Seen<'a>, Miss> {
    let (step, page) = match of {
        None => (own, None),
        Some(of) => {
            let (name, page) = of
                .split_once('.')
                .map_or((of, None), |(name, page)| (name, Some(page)));
            let step = record.named.get(name);
            (
                Some(step.ok_or_else(|| Miss::Unknown(format!("step `{name}` was not reached")))?),
                page,
            )
        }
    };
    let range = match (step, page) {
        (None, _) => 0..record.transcript.len(),
        (Some(step), None) => step.range.clone(),
        (Some(step), Some(page)) => {
            let at = step
                .results
                .get(page)
                .and_then(Value::as_u64)
                .and_then(|at| usize::try_from(at).ok());
            let at = at.filter(|at| *at < record.transcript.len());
            let at = at.ok_or_else(|| {
                Miss::Unknown(format!("the walk showed no {}", page.replace('-', " ")))
            })?;
            at..at + 1
        }
    };
    let exchanges = record.transcript.get(range).unwrap_or_default();
    let actor = actor
        .or(step.map(|step| step.actor.as_str()))
        .unwrap_or("alice");
    Ok(Seen {
        outcome: step.and_then(|step| step.outcome),
        exchanges: Cow::Borrowed(exchanges),
        all: Cow::Borrowed(record.transcript),
        steps: Cow::Borrowed(record.ranges),
        results: step.map_or_else(Cow::default, |step| Cow::Borrowed(&step.results)),
        who: Cow::Borrowed(record.who),
        actor: Cow::Owned(actor.to_owned()),
        sent_secrets: if wants_secrets {
            Cow::Owned(sent_secrets(exchanges))
        } else {
            Cow::default()
        },
        ear_works: record.ear_works,
        own_origins: Cow::Borrowed(record.own_origins),
        codes: Cow::Borrowed(record.codes),
    })
}

/// Whether an alternative looks for what was sent as credential.
pub(super) fn wants_secrets(alternative: &Alternative) -> bool {
    alternative
        .into_iter()
        .any(|(kind, _)| kind.name == "no-echo")
}

/// What was sent as credential: field values without their scheme, and the password inside Basic.
fn sent_secrets(exchanges: &[Exchange]) -> Vec<String> {
    let mut secrets = Vec::new();
    for field in exchanges
        .iter()
        .flat_map(|exchange| exchange.request.header("authorization"))
    {
        let text = String::from_utf8_lossy(field).into_owned();
        if let Ok(credentials) = basic::decode(field) {
            secrets.extend(credentials.password_text().map(str::to_owned));
        }
        secrets.push(
            text.split_once(' ')
                .map_or(text.clone(), |(_, value)| value.to_owned()),
        );
    }
    secrets.retain(|secret| secret.len() >= 8);
    secrets.sort();
    secrets.dedup();
    secrets
}
