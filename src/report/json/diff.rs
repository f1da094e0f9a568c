//! What changed from one report to another: the cases that got worse, better, or can't be told any more.

use std::collections::BTreeMap;

use super::shape::{Case, Finding, Report, Verdict};

/// A case whose judgement changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The case.
    pub id: String,
    /// Its verdict then; none: it was not there.
    pub then: Option<Verdict>,
    /// Its verdict now; none: it is not there.
    pub now: Option<Verdict>,
    /// Requirements that are newly broken, or no longer.
    pub rules: Vec<String>,
}

/// All changes between two reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// A rule is broken that was not, in a case that was there or a new one.
    pub regressed: Vec<Change>,
    /// No rule is broken any more that was, and the case was judged.
    pub fixed: Vec<Change>,
    /// It was judged and could not be judged now, is skipped, or is gone.
    pub unjudged: Vec<Change>,
    /// How many cases break the same rules as before.
    pub still: usize,
}

/// What changed.
pub fn changes(old: &Report, new: &Report) -> Changes {
    let by_id = |report: &Report| -> BTreeMap<String, Case> {
        let cases = report.cases.iter();
        cases.map(|case| (case.id.clone(), case.clone())).collect()
    };
    let (old, new) = (by_id(old), by_id(new));
    let mut changes = Changes::default();
    for (id, now) in &new {
        let then = old.get(id);
        let broken_then = then.map(broken).unwrap_or_default();
        let broken_now = broken(now);
        let change = |rules: Vec<String>| Change {
            id: id.clone(),
            then: then.map(|case| case.verdict),
            now: Some(now.verdict),
            rules,
        };
        let worse =
            then.is_some_and(|then| then.verdict == Verdict::Warn) && now.verdict == Verdict::Fail;
        let more: Vec<String> = without(&broken_now, &broken_then);
        let fewer: Vec<String> = without(&broken_then, &broken_now);
        if !more.is_empty() || worse {
            changes.regressed.push(change(more));
        } else if !is_judged(now.verdict) && then.is_some_and(|then| is_judged(then.verdict)) {
            changes.unjudged.push(change(Vec::new()));
        } else if !fewer.is_empty() && is_judged(now.verdict) {
            changes.fixed.push(change(fewer));
        } else if !broken_now.is_empty() {
            changes.still += 1;
        }
    }
    let gone = old.iter().filter(|(id, _)| !new.contains_key(*id));
    for (id, then) in gone.filter(|(_, then)| is_judged(then.verdict)) {
        changes.unjudged.push(Change {
            id: id.clone(),
            then: Some(then.verdict),
            now: None,
            rules: Vec::new(),
        });
    }
    changes
}

/// The rules that a case breaks: of each finding the one that binds most.
pub fn broken(case: &Case) -> Vec<String> {
    let mut rules: Vec<String> = case.findings.iter().filter_map(rule).collect();
    rules.sort();
    rules.dedup();
    rules
}

fn rule(finding: &Finding) -> Option<String> {
    finding.basis.first().map(|basis| basis.id.clone())
}

fn without(all: &[String], others: &[String]) -> Vec<String> {
    all.iter()
        .filter(|one| !others.contains(one))
        .cloned()
        .collect()
}

/// Whether a verdict says something about the target.
pub const fn is_judged(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Pass | Verdict::Warn | Verdict::Fail)
}
