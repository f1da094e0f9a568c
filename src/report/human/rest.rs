//! What is said besides failures: counts by suite, what could not be judged, what was not run, and the summary.

use std::time::Duration;

use colored::Color;

use super::failure;
use super::page::{Page, Sign, count};
use crate::model::{CaseOutcome, Severity, Summary, Verdict};
use crate::report::again;
use crate::report::foreign::{clip, columns, foreign};

/// Groups, and ids of one group, that are named.
pub(super) const GROUPS: usize = 12;
const IDS: usize = 8;

/// A line for each suite; those of which nothing runs have one together, since what is skipped has its reasons below.
pub(super) fn suites(page: &mut Page, suites: &[(String, Summary)]) {
    if suites.is_empty() {
        return;
    }
    page.blank();
    let idle = |counts: &Summary| counts.skipped > 0 && parts(counts).len() == 1;
    let folded = match suites.iter().filter(|(_, counts)| idle(counts)).count() {
        0 | 1 => 0,
        _ if page.style.verbose => 0,
        some => some,
    };
    let shown = |counts: &Summary| folded == 0 || !idle(counts);
    let mut names = Vec::new();
    let mut counts = Vec::new();
    for (name, one) in suites.iter().filter(|(_, one)| shown(one)) {
        names.push(foreign(name));
        counts.push(parts(one));
    }
    if folded > 0 {
        let hidden = suites.iter().filter(|(_, one)| idle(one));
        let skipped = hidden.map(|(_, one)| one.skipped).sum();
        names.push(format!("{folded} further suites"));
        counts.push(parts(&Summary {
            skipped,
            ..Summary::default()
        }));
    }
    let longest = counts.iter().map(|items| length(items)).max().unwrap_or(0);
    let room = page.style.width.saturating_sub(longest + 4).max(16);
    let widest = names
        .iter()
        .map(|name| columns(name))
        .max()
        .unwrap_or(0)
        .min(room);
    for (name, items) in names.iter().zip(&counts) {
        let name = clip(name, widest, page.ellipsis());
        let gap = " ".repeat(widest.saturating_sub(columns(&name)));
        page.line(&format!(
            "{} {name}{gap}  {}",
            page.bullet(),
            painted(page, items)
        ));
    }
}

/// Cases that could not be judged, by reason.
pub(super) fn inconclusive(page: &mut Page, told: &[CaseOutcome], flags: &[String]) {
    let mut groups: Vec<(&str, Vec<&CaseOutcome>)> = Vec::new();
    for outcome in told {
        if let Verdict::Inconclusive(reason) = &outcome.verdict {
            group(&mut groups, reason.as_str(), outcome);
        }
    }
    largest_first(&mut groups);
    let most = bound(page, GROUPS);
    for (reason, outcomes) in groups.iter().take(most) {
        page.blank();
        let word = page.paint(Sign::Inconclusive.colour(), "INCONCLUSIVE");
        let sign = page.sign(Sign::Inconclusive);
        page.line(&format!(
            "{sign} {word} {}",
            count(outcomes.len(), "case", "cases")
        ));
        page.exact("reason", reason);
        page.exact("cases", &ids(page, outcomes));
        if let Some(first) = outcomes.first() {
            failure::exchanges(page, &failure::relevant(first));
            page.prose(
                "to do",
                "mend what the reason names, then ask one of them again:",
            );
            page.copied("", &again::command(&first.id, flags));
        }
    }
    left_out(page, groups.len(), most);
}

/// That there is more to read about passed cases.
pub(super) fn noted(page: &mut Page, cases: u32) {
    if cases > 0 {
        let has = if cases == 1 { "has" } else { "have" };
        let cases = count(cases, "passed case", "passed cases");
        page.blank();
        page.line(&format!(
            "{cases} {has} notes: --verbose and the JSON report show them"
        ));
    }
}

/// Adds a case to the group of its key.
pub(super) fn group<'a, K: PartialEq>(
    groups: &mut Vec<(K, Vec<&'a CaseOutcome>)>,
    key: K,
    one: &'a CaseOutcome,
) {
    match groups.iter_mut().find(|(known, _)| *known == key) {
        Some((_, outcomes)) => outcomes.push(one),
        None => groups.push((key, vec![one])),
    }
}

/// Larger groups first, equal ones in the order of their cases.
pub(super) fn largest_first<K>(groups: &mut [(K, Vec<&CaseOutcome>)]) {
    groups.sort_by_key(|(_, outcomes)| std::cmp::Reverse(outcomes.len()));
}

pub(super) fn ids(page: &Page, outcomes: &[&CaseOutcome]) -> String {
    let most = bound(page, IDS);
    let mut ids: Vec<String> = outcomes
        .iter()
        .take(most)
        .map(|outcome| outcome.id.to_string())
        .collect();
    if outcomes.len() > most {
        ids.push(format!("and {} more", outcomes.len() - most));
    }
    ids.join(", ")
}

pub(super) const fn bound(page: &Page, most: usize) -> usize {
    if page.style.verbose { usize::MAX } else { most }
}

pub(super) fn left_out(page: &mut Page, groups: usize, most: usize) {
    if groups > most {
        let more = count(groups - most, "reason", "reasons");
        page.rail("", &format!("and {more} more; --verbose shows all"));
    }
}

/// The last line: what matters first, and how much of what was planned was judged.
pub(super) fn summary(
    page: &mut Page,
    summary: &Summary,
    worst: &[(Severity, usize)],
    target_findings: u32,
    planned: usize,
) {
    if let Some(why) = &summary.interrupted {
        let word = page.paint(Color::Red, "INCOMPLETE");
        page.line(&format!("{} {word}", page.sign(Sign::Fail)));
        page.exact("", why);
    }
    let mut bad: Vec<String> = worst
        .iter()
        .filter(|(_, number)| *number > 0)
        .map(|(severity, number)| format!("{number} {severity}"))
        .collect();
    if target_findings > 0 {
        bad.push(format!("{target_findings} at the target itself"));
    }
    if summary.known_failed > 0 {
        bad.push(format!("{} known", summary.known_failed));
    }
    let mut counts = parts(summary);
    if summary.stale > 0 {
        let stale = count(summary.stale, "entry", "entries");
        counts.push((Some(Color::Red), format!("{stale} of the baseline to mend")));
    }
    if let (Some((_, failed)), true) = (counts.first_mut(), summary.failed > 0 && !bad.is_empty()) {
        failed.push_str(&format!(" ({})", bad.join(", ")));
    }
    let whole = [
        judged(summary, planned),
        (None, format!("in {}", duration(summary.took))),
        (None, count(summary.requests, "request", "requests")),
    ];
    if counts.is_empty() {
        flow(page, &whole);
        return;
    }
    let together = length(&counts) + " - ".len() + length(&whole);
    if together > page.style.width {
        flow(page, &counts);
        flow(page, &whole);
    } else {
        let line = format!("{} - {}", painted(page, &counts), painted(page, &whole));
        page.line(&line);
    }
}

/// Words of the summary and their colour.
type Item = (Option<Color>, String);

fn length(items: &[Item]) -> usize {
    let words: usize = items.iter().map(|(_, text)| text.len()).sum();
    words + 2 * items.len().saturating_sub(1)
}

fn painted(page: &Page, items: &[Item]) -> String {
    let words: Vec<String> = items
        .iter()
        .map(|(colour, text)| {
            colour.map_or_else(|| text.clone(), |colour| page.paint(colour, text))
        })
        .collect();
    words.join(", ")
}

/// Items on as many lines as they need, broken between items.
fn flow(page: &mut Page, items: &[Item]) {
    let mut rest = items;
    while !rest.is_empty() {
        let fits = (1..=rest.len())
            .rev()
            .find(|&number| length(&rest[..number]) < page.style.width)
            .unwrap_or(1);
        let comma = if fits < rest.len() { "," } else { "" };
        let line = format!("{}{comma}", painted(page, &rest[..fits]));
        page.line(&line);
        rest = &rest[fits..];
    }
}

/// Counts in words, worst first, none for zero.
fn parts(counts: &Summary) -> Vec<Item> {
    let warnings = count(counts.warned, "warning", "warnings");
    [
        (
            Sign::Fail,
            counts.failed,
            format!("{} failed", counts.failed),
        ),
        (Sign::Warn, counts.warned, warnings),
        (
            Sign::Pass,
            counts.passed,
            format!("{} passed", counts.passed),
        ),
        (
            Sign::Inconclusive,
            counts.inconclusive,
            format!("{} inconclusive", counts.inconclusive),
        ),
        (
            Sign::Skip,
            counts.skipped,
            format!("{} skipped", counts.skipped),
        ),
    ]
    .into_iter()
    .filter(|(_, number, _)| *number > 0)
    .map(|(sign, _, text)| (Some(sign.colour()), text))
    .collect()
}

/// How much of what was planned was judged; anything less than all stands out.
fn judged(counts: &Summary, planned: usize) -> Item {
    let judged = counts.judged() as usize;
    let total = planned.max(counts.total() as usize);
    match (judged, total) {
        (_, 0) => (Some(Color::Red), "no cases".to_owned()),
        (0, _) => (Some(Color::Red), format!("none of {total} judged")),
        (1, 1) => (None, "1 of 1 judged".to_owned()),
        _ if judged == total => (None, format!("all {total} judged")),
        _ => (Some(Color::Yellow), format!("{judged} of {total} judged")),
    }
}

/// `0.42 s`, `2 min 5 s`.
fn duration(took: Duration) -> String {
    match took.as_secs() {
        0..60 => format!("{:.2} s", took.as_secs_f64()),
        secs => format!("{} min {} s", secs / 60, secs % 60),
    }
}
