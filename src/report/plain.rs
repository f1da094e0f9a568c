//! A case in lines of plain text, for formats that have one field for it: each line begins with a word or mark of
//! ours, so that nothing foreign ever starts one.

use super::again;
use super::foreign::foreign;
use super::human::relevant;
use super::rules::Rules;
use crate::model::{CaseOutcome, EvidenceExchange, Finding, Place, Verdict};

/// Exchanges that are shown, and characters of one message.
const EXCHANGES: usize = 4;
const MESSAGE: usize = 4_096;

/// The verdict in one line: what a list of failures shows.
pub(super) fn headline(outcome: &CaseOutcome) -> String {
    match &outcome.verdict {
        Verdict::Pass => String::new(),
        Verdict::Warn(findings) | Verdict::Fail(findings) => match findings.first() {
            Some(first) => format!(
                "expected {}, got {}",
                foreign(&first.expected),
                foreign(&first.actual)
            ),
            None => String::new(),
        },
        Verdict::Skip(skip) => foreign(&skip.to_string()),
        Verdict::Inconclusive(why) => foreign(why),
    }
}

/// Everything that is told of a case that is not a plain pass.
pub(super) fn lines(outcome: &CaseOutcome, flags: &[String], rules: &mut Rules) -> Vec<String> {
    let mut lines = vec![
        format!("verdict: {} ({})", outcome.verdict.word(), outcome.severity),
        format!("title: {}", flat(&outcome.title)),
    ];
    if let Some(known) = &outcome.known {
        lines.push(format!("known: {}", foreign(&known.to_string())));
    }
    lines.extend(labelled("departs", &outcome.departs));
    match &outcome.verdict {
        Verdict::Inconclusive(_) => lines.push(format!("reason: {}", headline(outcome))),
        Verdict::Skip(_) => lines.push(format!("skipped: {}", headline(outcome))),
        _ => {}
    }
    for finding in outcome.verdict.findings() {
        lines.extend(of_finding(finding, rules));
    }
    lines.extend(labelled("note", &outcome.notes));
    for (label, text) in [("why", &outcome.why), ("fix", &outcome.fix)] {
        if !text.is_empty() {
            lines.push(format!("{label}: {}", flat(text)));
        }
    }
    if !outcome.references.is_empty() {
        lines.push(format!("see: {}", flat(&outcome.references.join(", "))));
    }
    if !matches!(outcome.verdict, Verdict::Pass | Verdict::Skip(_)) {
        let again = again::command(&outcome.id, flags);
        lines.push(format!("again: {}", foreign(&again)));
        for exchange in relevant(outcome).iter().take(EXCHANGES) {
            lines.extend(of_exchange(exchange));
        }
    }
    lines
}

fn labelled(label: &str, texts: &[String]) -> Vec<String> {
    let line = |text: &String| format!("{label}: {}", foreign(text));
    texts.iter().map(line).collect()
}

fn of_finding(finding: &Finding, rules: &mut Rules) -> Vec<String> {
    let mut lines = vec![
        format!("expected: {}", foreign(&finding.expected)),
        format!("actual: {}", foreign(&finding.actual)),
    ];
    for basis in &finding.basis {
        lines.push(format!("rests on: {}", foreign(&rules.cited(basis))));
    }
    lines.extend(of_place(&finding.place));
    lines
}

fn of_place(place: &Place) -> Option<String> {
    let known = !place.file.is_empty() && place.line > 0;
    known.then(|| format!("at: {}:{}", foreign(&place.file), place.line))
}

fn of_exchange(exchange: &EvidenceExchange) -> Vec<String> {
    let actor = match exchange.actor.as_str() {
        "" => String::new(),
        actor => format!(" ({})", foreign(actor)),
    };
    let mut lines = vec![format!("exchange: {}{actor}", exchange.hop)];
    lines.extend(quoted(">", exchange.request.as_str()));
    lines.extend(quoted("<", exchange.answer.as_str()));
    if !exchange.curl.as_str().is_empty() {
        lines.push(format!("curl: {}", foreign(exchange.curl.as_str())));
    }
    lines
}

/// A message line by line, each with `mark`; says what it leaves out.
pub(super) fn quoted(mark: &str, message: &str) -> Vec<String> {
    let kept: String = message.chars().take(MESSAGE).collect();
    let text = kept.trim_end();
    let mut lines: Vec<String> = text
        .split('\n')
        .map(|line| format!("{mark} {}", foreign(line.trim_end_matches('\r'))))
        .map(|line| line.trim_end().to_owned())
        .collect();
    if kept.len() < message.len() {
        let more = message.len() - kept.len();
        lines.push(format!("{mark} ... {more} bytes more"));
    }
    lines
}

/// Prose on one line.
pub(super) fn flat(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    foreign(&words.join(" "))
}
