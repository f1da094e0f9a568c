//! What the matrix must show: the sound server clean, every fault seen by the cases that are there for it, no case
//! without a fault, no fault without a case, no two cases that see the same.

use std::collections::{BTreeMap, BTreeSet};

use authspec_reference_server::Fault;

use crate::model::Capability;
use crate::suite::model::{Case, Check, Departure, Rider};
use crate::suite::template::Template;

use super::matrix::{Matrix, Said, Word};
use super::{SPECIAL, is_special};

/// A case or rider as the rules see it: its rows are one.
#[derive(Debug, Default)]
pub(super) struct Facts {
    detects: BTreeSet<String>,
    same_as: BTreeSet<String>,
    departs: bool,
    /// It is about a guarded endpoint.
    guarded: bool,
    /// A row expects a refusal of something that is offered.
    refuses_offered: bool,
}

/// Every case and rider by its name without row.
pub(super) fn names(cases: &[Case]) -> BTreeMap<String, Facts> {
    let mut all: BTreeMap<String, Facts> = BTreeMap::new();
    for case in cases {
        let facts = all.entry(case.id.without_row()).or_default();
        facts.detects.extend(case.detects.iter().cloned());
        facts.same_as.extend(case.same_detection_as.iter().cloned());
        facts.departs |= case.departs();
        facts.guarded |= case.needs.contains(&Capability::Guarded);
        facts.refuses_offered |= refuses_offered(case);
        for rider in &case.riders {
            all.entry(rider.id.without_row())
                .or_default()
                .take(case, rider);
        }
    }
    all
}

impl Facts {
    fn take(&mut self, host: &Case, rider: &Rider) {
        self.detects.extend(rider.detects.iter().cloned());
        self.same_as.extend(rider.same_detection_as.iter().cloned());
        self.departs |= host.departs();
        self.guarded |= host.needs.contains(&Capability::Guarded);
    }
}

/// Everything that the matrix should show and doesn't. `whole` says that nothing was left out of it.
pub(super) fn problems(
    matrix: &Matrix,
    cases: &[Case],
    chosen: &[&Fault],
    whole: bool,
) -> Vec<String> {
    let names = names(cases);
    let mut problems = Vec::new();
    sound(matrix, &mut problems);
    for fault in chosen {
        if is_special(fault.name) {
            special(fault.name, matrix, &names, &mut problems);
        } else {
            seen(fault, matrix, &names, whole, &mut problems);
        }
    }
    for (name, facts) in &names {
        for fault in facts.detects.iter().filter(|fault| is_special(fault)) {
            problems.push(format!(
                "{name}: `{fault}` is nobody's mistake and stands in no `detects`"
            ));
        }
    }
    if whole {
        padding(matrix, &names, &mut problems);
    }
    problems
}

fn sound(matrix: &Matrix, problems: &mut Vec<String>) {
    for (case, said) in &matrix.sound.0 {
        if said.word != Word::Pass {
            let broken: Vec<&str> = said.broken.iter().map(String::as_str).collect();
            let why = if said.word.sees() {
                broken.join(", ")
            } else {
                said.why.clone()
            };
            problems.push(format!(
                "the sound server: {case} is {} ({why})",
                said.word.text()
            ));
        }
    }
}

/// The cases that are there for a fault must see it, and somebody must be.
fn seen(
    fault: &Fault,
    matrix: &Matrix,
    names: &BTreeMap<String, Facts>,
    whole: bool,
    problems: &mut Vec<String>,
) {
    let there: Vec<&String> = names
        .iter()
        .filter(|(_, facts)| facts.detects.contains(fault.name))
        .map(|(name, _)| name)
        .collect();
    // what calibration finds before any case needs none
    let found = matrix.faults.get(fault.name).is_some_and(|row| {
        row.0
            .iter()
            .any(|(case, said)| case.starts_with("calibration::") && said.word.sees())
    });
    if there.is_empty() && whole && !found {
        problems.push(format!("{}: no case is there for this fault", fault.name));
    }
    for name in there {
        let said = said(matrix, fault.name, name);
        if !said.is_some_and(|said| said.word.sees()) {
            let word = said.map_or("not judged", |said| said.word.text());
            let why = said.map_or("", |said| &said.why);
            problems.push(format!(
                "{}: {name} is there for it and says {word}{}{why}",
                fault.name,
                if why.is_empty() { "" } else { ": " }
            ));
        }
    }
}

fn said<'a>(matrix: &'a Matrix, fault: &str, case: &str) -> Option<&'a Said> {
    matrix.faults.get(fault)?.0.get(case)
}

/// What the three servers that are broken on purpose must lead to.
fn special(
    fault: &str,
    matrix: &Matrix,
    names: &BTreeMap<String, Facts>,
    problems: &mut Vec<String>,
) {
    let Some(row) = matrix.faults.get(fault) else {
        return;
    };
    for (case, said) in &row.0 {
        let Some(facts) = names.get(case) else {
            continue;
        };
        let wrong = match fault {
            "refuses-everything" => facts.departs && said.word == Word::Pass,
            "accepts-everything" => facts.refuses_offered && !said.word.sees(),
            "open-door" => facts.guarded && facts.departs && matches!(said.word, Word::Pass),
            _ => false,
        };
        if wrong {
            problems.push(format!("{fault}: {case} says {}", said.word.text()));
        }
    }
    if fault == "open-door" {
        let doors = row
            .0
            .keys()
            .filter(|case| case.starts_with("calibration::"));
        if doors.count() == 0 {
            problems.push(format!("{fault}: calibration found no open door"));
        }
    }
}

/// Two cases that see the same faults are one case written twice.
fn padding(matrix: &Matrix, names: &BTreeMap<String, Facts>, problems: &mut Vec<String>) {
    let mut columns: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (fault, case, _) in matrix.seen().filter(|(fault, ..)| !is_special(fault)) {
        columns.entry(case).or_default().insert(fault);
    }
    let mut alike: BTreeMap<BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
    for (case, faults) in columns {
        if names.contains_key(case) {
            alike.entry(faults).or_default().push(case);
        }
    }
    for same in alike.into_values().filter(|same| same.len() > 1) {
        for (at, one) in same.iter().enumerate() {
            let excused = same
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at)
                .any(|(_, other)| excuses(names, one, other));
            if !excused && at > 0 {
                problems.push(format!(
                    "{one} sees the same faults as {}; say `same-detection-as` with the reason, or leave one out",
                    same[0]
                ));
            }
        }
    }
}

/// Whether one of two cases says why both stay. It may name the other with or without its suite.
fn excuses(names: &BTreeMap<String, Facts>, one: &str, other: &str) -> bool {
    let says = |from: &str, to: &str| {
        names.get(from).is_some_and(|facts| {
            facts
                .same_as
                .iter()
                .any(|named| named == to || to.ends_with(&format!("::{named}")))
        })
    };
    says(one, other) || says(other, one)
}

/// Cases that see the fault that they are there for, but on other grounds than the fault's definition and the lock say.
pub(super) fn unexpected_reasons(
    matrix: &Matrix,
    cases: &[Case],
    chosen: &[&Fault],
    lock: Option<&Matrix>,
) -> Vec<String> {
    let names = names(cases);
    let mut problems = Vec::new();
    for fault in chosen
        .iter()
        .filter(|fault| !fault.groups.contains(&SPECIAL))
    {
        for (name, _) in names
            .iter()
            .filter(|(_, facts)| facts.detects.contains(fault.name))
        {
            let Some(said) = said(matrix, fault.name, name).filter(|said| said.word.sees()) else {
                continue;
            };
            let meant = said
                .broken
                .iter()
                .any(|id| fault.breaks.contains(&id.as_str()));
            let reviewed = lock
                .and_then(|lock| self::said(lock, fault.name, name))
                .is_some_and(|known| known.broken == said.broken);
            if !meant && !reviewed {
                let broken: Vec<&str> = said.broken.iter().map(String::as_str).collect();
                problems.push(format!(
                    "{}: {name} fails on {}, and the fault breaks {}",
                    fault.name,
                    broken.join(", "),
                    fault.breaks.join(", ")
                ));
            }
        }
    }
    problems
}

/// Pairs that appeared or vanished since the matrix was reviewed.
pub(super) fn changes(matrix: &Matrix, lock: &Matrix, cases: &[Case], whole: bool) -> Vec<String> {
    let names = names(cases);
    let mut problems = Vec::new();
    for (fault, case, said) in matrix.seen() {
        match self::said(lock, fault, case) {
            None => problems.push(format!("{fault}: {case} sees it now (not in the lock)")),
            Some(known) if (known.word, &known.broken) != (said.word, &said.broken) => {
                problems.push(format!(
                    "{fault}: {case} sees it otherwise than the lock says"
                ));
            }
            Some(_) => {}
        }
    }
    for (fault, case, _) in lock.seen() {
        let ran = whole || (matrix.faults.contains_key(fault) && names.contains_key(case));
        if ran && !said(matrix, fault, case).is_some_and(|said| said.word.sees()) {
            problems.push(format!(
                "{fault}: {case} sees it no more (it is in the lock)"
            ));
        }
    }
    problems
}

/// Whether a case expects that something it offers is not accepted. One that applies only where another offer is
/// refused says nothing of a server that refuses none.
fn refuses_offered(case: &Case) -> bool {
    let steps = case.steps.iter();
    let expects = steps
        .clone()
        .flat_map(|step| &step.expect)
        .any(|expectation| wants_refusal(&expectation.check));
    let mut applies = steps.flat_map(|step| &step.applies);
    expects && !applies.any(wants_refusal) && case.steps.iter().any(|step| offers(&step.departure))
}

fn wants_refusal(check: &Check) -> bool {
    let mut all = check.any_of.iter().flatten();
    all.any(|(kind, argument)| {
        kind.name == "outcome"
            && matches!(argument, Template::Plain(word) if word == "not-accepted" || word == "refused")
    })
}

/// Whether a departure changes the credential to another one.
fn offers(departure: &Departure) -> bool {
    let Departure::But { action, .. } = departure else {
        return false;
    };
    match &action.args {
        Template::Plain(args) => args.get("credential").is_some_and(|one| one != "none"),
        Template::Map(entries) => entries.iter().any(|(key, value)| {
            key == "credential" && !matches!(value, Template::Plain(word) if word == "none")
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
