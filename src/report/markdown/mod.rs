//! The Markdown report, for the step summary of a CI run: counts, what is wrong, what could not be judged.
//!
//! GitHub refuses a summary above 1 MiB, so the report is bounded: failures are told whole, worst first, as long as
//! there is room, then by name, then by number.

use std::io;

use super::Reporter;
use super::heard::Heard;
use super::plain::{headline, lines};
use super::rules::Rules;
use crate::model::{CaseOutcome, RunEvent, Verdict};

mod text;

use text::{fence, prose, span};

/// Bytes that GitHub takes, less what the counts of the end may need.
const MOST: usize = 1024 * 1024 - 8 * 1024;
/// Bytes of them for failures told whole; the rest is for names and reasons.
const WHOLE: usize = MOST - 256 * 1024;
/// Cases of one reason that are named.
const NAMED: usize = 20;

/// Collects a run and hands it out as Markdown.
#[derive(Default)]
pub struct Markdown {
    heard: Heard,
    rules: Rules,
}

impl Markdown {
    fn text(&mut self) -> String {
        let mut page = self.top();
        let Self { heard, rules } = self;
        let wrong = heard.wrong();
        let mut told = 0;
        for outcome in &wrong {
            let block = block(outcome, &heard.setting.flags, rules);
            if page.len() + block.len() > WHOLE {
                break;
            }
            page.push_str(&block);
            told += 1;
        }
        names(&mut page, &wrong[told..]);
        for (word, sign) in [("inconclusive", "Could not be judged"), ("skip", "Not run")] {
            reasons(&mut page, sign, &by_reason(&heard.cases, word));
        }
        page
    }

    /// What must be seen first.
    fn top(&self) -> String {
        let summary = self.heard.summary();
        let mut page = format!("## authspec: {}\n\n", standing(&self.heard));
        page.push_str(&format!("Target: {}\n\n", span(&self.heard.target)));
        if let Some(why) = self.heard.broken_off() {
            page.push_str(&format!("**Incomplete:** {}\n\n", prose(why)));
        }
        page.push_str(
            "| failed | warned | passed | inconclusive | skipped | requests | seconds |\n",
        );
        page.push_str("|---:|---:|---:|---:|---:|---:|---:|\n");
        page.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {:.2} |\n\n",
            summary.failed,
            summary.warned,
            summary.passed,
            summary.inconclusive,
            summary.skipped,
            summary.requests,
            summary.took.as_secs_f64()
        ));
        for note in self.heard.notes.iter().take(NAMED) {
            page.push_str(&format!(
                "- {}: {}\n",
                prose(&note.about),
                prose(&note.says)
            ));
        }
        page
    }
}

/// The run in a few words.
fn standing(heard: &Heard) -> String {
    let summary = heard.summary();
    if summary.failed > 0 {
        return format!("{} failed", summary.failed);
    }
    if summary.judged() == 0 {
        return "nothing was judged".to_owned();
    }
    match (heard.broken_off().is_some(), summary.inconclusive) {
        (true, _) => "incomplete".to_owned(),
        (false, 0) => "nothing failed".to_owned(),
        (false, open) => format!("nothing failed, {open} could not be judged"),
    }
}

/// One case, closed until it is opened.
fn block(outcome: &CaseOutcome, flags: &[String], rules: &mut Rules) -> String {
    let word = match (&outcome.verdict, &outcome.known) {
        (_, Some(_)) => "KNOWN",
        (Verdict::Fail(_), None) => "FAIL",
        _ => "WARN",
    };
    format!(
        "<details><summary><b>{word} {}</b> {} {}</summary>\n\n{}\n</details>\n\n",
        outcome.severity,
        prose(outcome.id.as_str()),
        prose(&outcome.title),
        fence(&lines(outcome, flags, rules))
    )
}

/// What there was no room to tell whole.
fn names(page: &mut String, rest: &[&CaseOutcome]) {
    if rest.is_empty() {
        return;
    }
    page.push_str("### Further failures and warnings, by name\n\n");
    for (at, outcome) in rest.iter().enumerate() {
        let line = format!(
            "- {} {}\n",
            outcome.verdict.word(),
            span(outcome.id.as_str())
        );
        if page.len() + line.len() > MOST - 64 * 1024 {
            page.push_str(&format!("- and {} more\n", rest.len() - at));
            break;
        }
        page.push_str(&line);
    }
    page.push('\n');
}

/// Cases with a verdict, by what is said of it, the largest group first.
fn by_reason<'a>(cases: &'a [CaseOutcome], word: &str) -> Vec<(String, Vec<&'a CaseOutcome>)> {
    let mut groups: Vec<(String, Vec<&CaseOutcome>)> = Vec::new();
    for outcome in cases.iter().filter(|one| one.verdict.word() == word) {
        let reason = headline(outcome);
        match groups.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, cases)) => cases.push(outcome),
            None => groups.push((reason, vec![outcome])),
        }
    }
    groups.sort_by_key(|(_, cases)| std::cmp::Reverse(cases.len()));
    groups
}

fn reasons(page: &mut String, heading: &str, groups: &[(String, Vec<&CaseOutcome>)]) {
    if groups.is_empty() {
        return;
    }
    let all: usize = groups.iter().map(|(_, cases)| cases.len()).sum();
    page.push_str(&format!("### {heading}: {all}\n\n"));
    for (at, (reason, cases)) in groups.iter().enumerate() {
        let named: Vec<String> = cases
            .iter()
            .take(NAMED)
            .map(|one| span(one.id.as_str()))
            .collect();
        let more = match cases.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let line = format!(
            "- **{}** {}: {}{more}\n",
            cases.len(),
            text::escaped(reason),
            named.join(", ")
        );
        if page.len() + line.len() > MOST {
            page.push_str(&format!("- and {} more reasons\n", groups.len() - at));
            break;
        }
        page.push_str(&line);
    }
    page.push('\n');
}

impl Reporter for Markdown {
    fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        self.heard.hear(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<Option<Vec<u8>>> {
        Ok(Some(self.text().into_bytes()))
    }
}

#[cfg(test)]
mod tests;
