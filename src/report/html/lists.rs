//! What is said besides findings: notes about the target, what could not be judged, what was not run, what is right.

use std::collections::BTreeMap;

use super::cards::{exchanges, finding};
use super::markup::{anchor, text};
use crate::model::{CaseOutcome, Skip, TargetNote, Verdict};
use crate::report::rules::Rules;

fn section(id: &str, title: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title}</h2>\n{body}</section>\n"
    )
}

/// What was learnt about the target.
pub(super) fn notes(notes: &[TargetNote], rules: &mut Rules) -> String {
    let mut one = |note: &TargetNote| {
        let found = note
            .finding
            .as_ref()
            .map(|one| finding(one, rules))
            .unwrap_or_default();
        format!(
            "<p><b>{}</b>: {}</p>\n{found}",
            text(&note.about),
            text(&note.says)
        )
    };
    let body: String = notes.iter().map(&mut one).collect();
    section("target", "About the target", &body)
}

/// What could not be judged, by reason, with the exchange that shows it.
pub(super) fn inconclusive(cases: &[CaseOutcome]) -> String {
    let mut reasons: BTreeMap<&str, Vec<&CaseOutcome>> = BTreeMap::new();
    for outcome in cases {
        if let Verdict::Inconclusive(reason) = &outcome.verdict {
            reasons.entry(reason).or_default().push(outcome);
        }
    }
    let body: String = reasons
        .into_iter()
        .map(|(reason, outcomes)| {
            let last = outcomes.first().and_then(|one| one.evidence.last());
            let shown = last.map(|last| exchanges(std::slice::from_ref(last), &[]));
            group(&text(reason), &outcomes, &shown.unwrap_or_default())
        })
        .collect();
    section("inconclusive", "Not judged", &body)
}

/// What was not run, by what would let it.
pub(super) fn skipped(cases: &[CaseOutcome]) -> String {
    let mut reasons: BTreeMap<String, Vec<&CaseOutcome>> = BTreeMap::new();
    for outcome in cases {
        if let Verdict::Skip(skip) = &outcome.verdict {
            reasons.entry(unlock(skip)).or_default().push(outcome);
        }
    }
    let mut groups: Vec<(String, Vec<&CaseOutcome>)> = reasons.into_iter().collect();
    groups.sort_by_key(|(_, outcomes)| std::cmp::Reverse(outcomes.len()));
    let body: String = groups
        .iter()
        .map(|(reason, outcomes)| group(reason, outcomes, ""))
        .collect();
    section("skipped", "Not run", &body)
}

fn unlock(skip: &Skip) -> String {
    let Skip::Missing(missing) = skip else {
        return text(&skip.to_string());
    };
    let lines = missing
        .iter()
        .map(|one| format!("{} (<code>{}</code>)", text(one.word()), text(one.hint())));
    format!("needs {}", lines.collect::<Vec<_>>().join(" and "))
}

/// What is right, by suite.
pub(super) fn passed(suites: &[(&str, Vec<&CaseOutcome>)]) -> String {
    let body: String = suites
        .iter()
        .filter_map(|(suite, cases)| {
            let right = cases.iter().filter(|one| one.verdict == Verdict::Pass);
            let right: Vec<&CaseOutcome> = right.copied().collect();
            (!right.is_empty()).then(|| group(&text(suite), &right, ""))
        })
        .collect();
    section("passed", "Right", &body)
}

fn group(summary: &str, outcomes: &[&CaseOutcome], shown: &str) -> String {
    let word = outcomes.first().map_or("", |one| one.verdict.word());
    let mut roles: Vec<&str> = outcomes.iter().map(|one| one.role.word()).collect();
    roles.dedup();
    let items: String = outcomes.iter().map(|one| item(one)).collect();
    format!(
        "<details class=\"entry {word} {}\"><summary><span class=\"word\">{word}</span> {}: {summary}</summary>\n{shown}<ul class=\"list\">\n{items}</ul></details>\n",
        roles.join(" "),
        outcomes.len(),
    )
}

fn item(outcome: &CaseOutcome) -> String {
    let notes = match outcome.notes.is_empty() {
        true => String::new(),
        false => format!("<br>{}", text(&outcome.notes.join("; "))),
    };
    format!(
        "<li class=\"entry {} {}\" id=\"{}\">{} <span class=\"id\">{}</span>{notes}</li>\n",
        outcome.verdict.word(),
        outcome.role.word(),
        anchor(outcome.id.as_str()),
        text(&outcome.title),
        text(outcome.id.as_str()),
    )
}
