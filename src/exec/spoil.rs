//! Whether an expectation that was met could have been missed: each matcher spoils what it accepted, and a finding
//! must follow at that very expectation.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::matcher::{Miss, Seen};
use crate::model::Proof;
use crate::suite::model::{Check, Expectation};

use super::bindings::Scope;
use super::judge::{Judged, Record, StepSeen, evidence, finding, wants_secrets};

/// How often alternatives are spoilt in turn: what breaks one may be what another one asks for.
const TURNS: usize = 12;

/// What becomes of the expectations of these that were met; `counts` says whether a finding is one in the end.
pub(super) fn proofs(
    expectations: &[Expectation],
    own: Option<&StepSeen>,
    record: &Record<'_>,
    scope: &Scope<'_>,
    counts: impl Fn(Judged) -> bool,
) -> Vec<Proof> {
    let mut all = Vec::new();
    for expectation in expectations {
        let Ok(bench) = Bench::new(&expectation.check, own, record, scope) else {
            continue;
        };
        for (at, alternative) in expectation.check.any_of.iter().enumerate() {
            if bench.look(at).is_err() {
                continue;
            }
            for (which, (kind, _)) in alternative.into_iter().enumerate() {
                let missed = bench.clone().spoilt(at, which);
                let counts = |miss| finding(miss, expectation).is_some_and(&counts);
                let lacks = match missed.map(counts) {
                    Ok(true) => None,
                    Ok(false) => Some("a finding of it counts for nothing".to_owned()),
                    Err(why) => Some(why),
                };
                all.push(Proof {
                    place: expectation.place.clone(),
                    lacks: lacks.map(|why| format!("`{}`: {why}", kind.name)),
                });
            }
        }
    }
    all
}

/// A check with what it looks at and what it asks for, to be spoilt.
#[derive(Clone)]
struct Bench<'a> {
    check: &'a Check,
    /// What is looked at, by whose it is.
    seen: BTreeMap<Option<&'a str>, Seen<'a>>,
    /// The arguments of the matchers, by alternative; none where they can't be expanded.
    arguments: Vec<Option<Vec<Value>>>,
}

impl<'a> Bench<'a> {
    fn new(
        check: &'a Check,
        own: Option<&'a StepSeen>,
        record: &'a Record<'a>,
        scope: &Scope<'_>,
    ) -> Result<Self, Miss> {
        let secrets = check.any_of.iter().any(wants_secrets);
        let mut seen = BTreeMap::new();
        let mut arguments = Vec::new();
        for alternative in &check.any_of {
            let of = alternative.of.as_deref().or(check.of.as_deref());
            match evidence(of, check.actor.as_deref(), secrets, own, record) {
                Ok(one) => {
                    seen.insert(of, one);
                }
                // a page of the walk that was not shown; another alternative may look elsewhere
                Err(_) if of.is_some_and(|of| of.contains('.')) => {}
                Err(miss) => return Err(miss),
            }
            let expanded = alternative.into_iter().map(|(_, one)| scope.expand(one));
            arguments.push(expanded.collect::<Result<_, _>>().ok());
        }
        Ok(Self {
            check,
            seen,
            arguments,
        })
    }

    fn of(&self, at: usize) -> Option<&'a str> {
        let alternative = self.check.any_of.get(at);
        let of = alternative.and_then(|one| one.of.as_deref());
        of.or(self.check.of.as_deref())
    }

    /// What an alternative comes to: met, or the index of the matcher that misses, and how.
    fn look(&self, at: usize) -> Result<(), (usize, Miss)> {
        let unknown = |why: &str| (0, Miss::unknown(why));
        let alternative = self.check.any_of.get(at).ok_or_else(|| unknown("none"))?;
        let arguments = self.arguments.get(at).and_then(Option::as_ref);
        let arguments = arguments.ok_or_else(|| unknown("it asks for what is not known"))?;
        let nothing = || (0, Miss::shown_by(Vec::new(), "a page", "no such page"));
        let seen = self.seen.get(&self.of(at)).ok_or_else(nothing)?;
        for (index, ((kind, _), argument)) in alternative.into_iter().zip(arguments).enumerate() {
            (kind.examine)(argument, seen).map_err(|miss| (index, miss))?;
        }
        Ok(())
    }

    fn spoil(&mut self, at: usize, which: usize) {
        let of = self.of(at);
        let kind = self.check.any_of.get(at).and_then(|one| one.all.get(which));
        let arguments = self.arguments.get_mut(at).and_then(Option::as_mut);
        let argument = arguments.and_then(|all| all.get_mut(which));
        if let (Some((kind, _)), Some(argument), Some(seen)) =
            (kind, argument, self.seen.get_mut(&of))
        {
            (kind.spoil)(argument, seen);
        }
    }

    /// The finding, once no alternative is met any more.
    fn spoilt(mut self, at: usize, which: usize) -> Result<Miss, String> {
        self.spoil(at, which);
        for _ in 0..TURNS {
            let mut misses = Vec::new();
            let mut open = None;
            for at in 0..self.check.any_of.len() {
                match self.look(at) {
                    Ok(()) => open = open.or(Some((at, 0))),
                    Err((which, Miss::Unknown(_))) => open = open.or(Some((at, which))),
                    Err((_, miss)) => misses.push(miss),
                }
            }
            match open {
                None => return misses.into_iter().reduce(Miss::or).ok_or_else(String::new),
                Some((at, which)) => self.spoil(at, which),
            }
        }
        let left = (0..self.check.any_of.len()).find_map(|at| match self.look(at) {
            Ok(()) => Some(format!("alternative {} is met still", at + 1)),
            Err((_, Miss::Unknown(why))) => Some(format!("alternative {}: {why}", at + 1)),
            Err(_) => None,
        });
        Err(left.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
