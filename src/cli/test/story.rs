//! What libtest prints of a case that failed or could not be judged.

use std::fmt::Write as _;

use crate::model::{CaseOutcome, EvidenceExchange, Finding, Verdict};
use crate::report::foreign;

/// Exchanges that are shown of one case.
const SHOWN: usize = 3;

pub(in crate::cli) fn of(outcome: &CaseOutcome, notes: &[String]) -> String {
    // writing to a String can't fail, here and below
    let mut text = format!("{} ({})\n", foreign(&outcome.title), outcome.severity);
    for departs in &outcome.departs {
        let _ = writeln!(text, "departs: {}", foreign(departs));
    }
    for finding in outcome.verdict.findings() {
        told(&mut text, finding);
    }
    if let Verdict::Inconclusive(why) = &outcome.verdict {
        let _ = writeln!(text, "inconclusive: {}", foreign(why));
        for note in notes {
            let _ = writeln!(text, "note: {}", foreign(note));
        }
    }
    for (lead, says) in [("why", &outcome.why), ("fix", &outcome.fix)] {
        if !says.is_empty() {
            let _ = writeln!(text, "{lead}: {}", foreign(says));
        }
    }
    for exchange in outcome.evidence.iter().take(SHOWN) {
        shown(&mut text, exchange);
    }
    if let Some(left) = outcome
        .evidence
        .len()
        .checked_sub(SHOWN)
        .filter(|left| *left > 0)
    {
        let _ = writeln!(text, "... and {left} more exchanges");
    }
    text
}

fn told(text: &mut String, finding: &Finding) {
    let place = &finding.place;
    let basis: Vec<String> = finding
        .basis
        .iter()
        .map(|basis| format!("{} ({})", basis.id(), basis.level()))
        .collect();
    let _ = writeln!(text, "{}:{}:{}", place.file, place.line, place.column);
    let _ = writeln!(text, "  expected: {}", foreign(&finding.expected));
    let _ = writeln!(text, "  actual:   {}", foreign(&finding.actual));
    let _ = writeln!(text, "  rests on: {}", basis.join(", "));
}

/// An exchange, every line of it marked, so that none passes for one of ours.
fn shown(text: &mut String, exchange: &EvidenceExchange) {
    let _ = writeln!(text, "{}", exchange.hop);
    for (mark, said) in [("> ", &exchange.request), ("< ", &exchange.answer)] {
        for line in said.as_str().lines() {
            let _ = writeln!(text, "  {mark}{}", foreign(line));
        }
    }
    if !exchange.curl.as_str().is_empty() {
        let _ = writeln!(text, "curl: {}", foreign(exchange.curl.as_str()));
    }
}
