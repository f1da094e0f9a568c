//! What is wrong, shown as a compiler would: the author's line, expected and actual, the rule, the exchange.

use super::page::{Page, Sign, count};
use crate::model::{CaseOutcome, EvidenceExchange, Finding, Place, TargetNote, Weight};
use crate::report::again;
use crate::report::foreign::{clip, columns, foreign};

/// Findings of one case, and exchanges of one case, that are shown.
const FINDINGS: usize = 8;
const EXCHANGES: usize = 3;

/// Lines and bytes of a message that are shown.
const LINES: usize = 40;
const BYTES: usize = 2_048;

/// The first `whole` outcomes with everything, the others by name.
pub(super) fn all(page: &mut Page, wrong: &[&CaseOutcome], whole: usize, flags: &[String]) {
    for outcome in wrong.iter().take(whole) {
        page.blank();
        block(page, outcome, flags);
    }
    if wrong.len() > whole {
        page.blank();
        for outcome in &wrong[whole..] {
            head(page, outcome);
        }
        let more = count(wrong.len() - whole, "case", "cases");
        page.rail(
            "",
            &format!("the last {more} by name only; --verbose shows all"),
        );
    }
}

/// Verdict, severity, id and title.
pub(super) fn head(page: &mut Page, outcome: &CaseOutcome) {
    let sign = Sign::of(&outcome.verdict);
    let word = match (sign, &outcome.known) {
        (_, Some(_)) => "KNOWN",
        (Sign::Fail, None) => "FAIL",
        _ => "WARN",
    };
    let word = page.paint(sign.colour(), word);
    let id = page.bold(&foreign(outcome.id.as_str()));
    page.line(&format!(
        "{} {word} {} {id}",
        page.sign(sign),
        outcome.severity
    ));
    page.prose("", &outcome.title);
}

fn block(page: &mut Page, outcome: &CaseOutcome, flags: &[String]) {
    head(page, outcome);
    if let Some(known) = &outcome.known {
        page.prose("known", &known.to_string());
    }
    for departs in &outcome.departs {
        page.exact("departs", departs);
    }
    let findings = outcome.verdict.findings();
    let most = if page.style.verbose {
        usize::MAX
    } else {
        FINDINGS
    };
    for one in findings.iter().take(most) {
        finding(page, one);
    }
    if findings.len() > most {
        let more = count(findings.len() - most, "finding", "findings");
        page.rail("", &format!("and {more} more"));
    }
    for note in &outcome.notes {
        page.prose("note", note);
    }
    page.prose("why", &outcome.why);
    page.prose("fix", &outcome.fix);
    page.prose("see", &outcome.references.join(", "));
    page.copied("again", &again::command(&outcome.id, flags));
    exchanges(page, &relevant(outcome));
}

/// Something learnt about the target: a note, or a finding at the endpoint itself.
pub(super) fn note(page: &mut Page, note: &TargetNote) {
    page.blank();
    let about = page.bold(&foreign(&note.about));
    let (sign, word) = match note.finding.as_ref().map(Finding::weight) {
        Some(Weight::Fail) => (Sign::Fail, "FAIL "),
        Some(Weight::Warn) => (Sign::Warn, "WARN "),
        Some(Weight::Note) | None => (Sign::Warn, ""),
    };
    let word = page.paint(sign.colour(), word);
    page.line(&format!("{} {word}target {about}", page.sign(sign)));
    page.prose("", &note.says);
    if let Some(found) = &note.finding {
        finding(page, found);
    }
}

fn finding(page: &mut Page, finding: &Finding) {
    place(page, &finding.place);
    let expected = Some(Sign::Pass.colour());
    page.exact_painted("expected", &finding.expected, expected);
    page.exact_painted("actual", &finding.actual, Some(Sign::Fail.colour()));
    let basis: Vec<String> = finding
        .basis
        .iter()
        .map(|basis| format!("{} ({})", basis.id(), basis.level()))
        .collect();
    page.exact("rests on", &basis.join(", "));
}

/// `file:line:column`, the author's line, and carets under what is meant.
fn place(page: &mut Page, place: &Place) {
    page.rail("", "");
    let at = format!("{}:{}:{}", foreign(&place.file), place.line, place.column);
    page.rail("", &page.bold(&at));
    let Some((line, before, width)) = window(page, place) else {
        return;
    };
    page.rail(&place.line.to_string(), &line);
    let carets = page.paint(Sign::Fail.colour(), &"^".repeat(width));
    page.rail("", &format!("{}{carets}", " ".repeat(before)));
}

/// The part of the author's line that fits, the columns before what is meant, and its own.
fn window(page: &Page, place: &Place) -> Option<(String, usize, usize)> {
    let room = page.room();
    let mut chars = place.text.chars();
    let before: String = chars
        .by_ref()
        .take(place.column.saturating_sub(1))
        .collect();
    let meant: String = chars.by_ref().take(place.width).collect();
    let after: String = chars.take(room).collect();
    let (before, meant) = (foreign(&before), foreign(&meant));
    if before.trim().is_empty() && meant.trim().is_empty() {
        return None;
    }
    let before = end(
        &before,
        room - columns(&meant).min(room / 2),
        page.ellipsis(),
    );
    let line = clip(
        &format!("{before}{meant}{}", foreign(&after)),
        room,
        page.ellipsis(),
    );
    let at = columns(&before);
    let width = columns(&meant).clamp(1, room.saturating_sub(at).max(1));
    Some((line, at, width))
}

/// The end of escaped text in at most `room` columns, with `mark` before it if something was left out.
fn end(text: &str, room: usize, mark: &str) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let mut taken = columns(mark);
    let start = text
        .char_indices()
        .rev()
        .take_while(|(at, one)| {
            taken += columns(&text[*at..at + one.len_utf8()]);
            taken <= room
        })
        .last()
        .map_or(text.len(), |(at, _)| at);
    format!("{mark}{}", &text[start..])
}

/// The exchanges that the findings point to; the last one if they point to none.
pub(in crate::report) fn relevant(outcome: &CaseOutcome) -> Vec<&EvidenceExchange> {
    let named: Vec<u32> = outcome
        .verdict
        .findings()
        .iter()
        .flat_map(|finding| finding.evidence.iter().copied())
        .collect();
    let shown: Vec<&EvidenceExchange> = outcome
        .evidence
        .iter()
        .filter(|exchange| named.contains(&exchange.seq))
        .collect();
    if shown.is_empty() {
        outcome.evidence.last().into_iter().collect()
    } else {
        shown
    }
}

/// Request and answer, marked line by line, and the command that repeats it.
pub(super) fn exchanges(page: &mut Page, exchanges: &[&EvidenceExchange]) {
    let wide = if page.style.verbose { 16 } else { 1 };
    for exchange in exchanges.iter().take(EXCHANGES * wide) {
        page.rail("", "");
        let actor = match exchange.actor.as_str() {
            "" => String::new(),
            actor => format!(" ({})", foreign(actor)),
        };
        let took = exchange.took.as_millis();
        page.rail(
            "exchange",
            &page.dim(&format!("{}{actor}, {took} ms", exchange.hop)),
        );
        page.quoted(">", exchange.request.as_str(), LINES * wide, BYTES * wide);
        page.quoted("<", exchange.answer.as_str(), LINES * wide, BYTES * wide);
        page.copied("curl", exchange.curl.as_str());
    }
    if exchanges.len() > EXCHANGES * wide {
        let more = count(exchanges.len() - EXCHANGES * wide, "exchange", "exchanges");
        page.rail("", &format!("and {more} more in the JSON report"));
    }
}
