//! The HTML report: one file that loads nothing and runs nothing, for people and for printers.
//!
//! Its policy allows the one style sheet by its hash. Filters are radio buttons and CSS. What is foreign goes through
//! `markup`, so that it is text wherever it stands.

mod cards;
mod diagram;
mod lists;
mod map;
mod markup;

use std::io;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Reporter;
use super::heard::Heard;
use super::rules::Rules;
use crate::model::{CaseOutcome, Role, RunEvent, Summary};
use markup::text;

const STYLE: &str = include_str!("html/style.css");

/// Collects a run and hands it out as a page.
#[derive(Default)]
pub(super) struct Html(Heard);

impl Reporter for Html {
    fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        self.0.hear(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<Option<Vec<u8>>> {
        Ok(Some(std::mem::take(self).page().into_bytes()))
    }
}

impl Html {
    fn page(self) -> String {
        let Self(heard) = self;
        let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
        let target = text(&heard.target);
        let summary = heard.summary();
        let verdict = text(&sentence(summary, heard.broken_off()));
        let mut rules = Rules::default();
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>authspec: {target}: {verdict}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <a class=\"jump\" href=\"#findings\">To the findings</a>\n\
             <header>\n<h1>authspec: {target}</h1>\n<p>{verdict}</p>\n{}{}</header>\n<main>\n{}{}{}{}{}{}</main>\n\
             <footer><p>authspec {}. pass: shown to be right. warn: a SHOULD is broken. fail: a MUST is broken. \
             inconclusive: sent, and not to be judged. skip: not run; the entry says what would let it.</p></footer>\n</body>\n</html>\n",
            tiles(summary),
            filters(&heard.cases),
            lists::notes(&heard.notes, &mut rules),
            cards::cards(&heard.wrong(), &heard.setting.flags, &mut rules),
            lists::inconclusive(&heard.cases),
            lists::skipped(&heard.cases),
            lists::passed(&heard.suites()),
            map::map(&heard.cases),
            env!("CARGO_PKG_VERSION"),
        )
    }
}

fn filters(cases: &[CaseOutcome]) -> String {
    let has = |word: &str| cases.iter().any(|one| one.verdict.word() == word);
    let verdicts = WORDS.iter().filter(|word| has(word));
    let mut html = String::from("<div class=\"filters\">\n");
    html.push_str(&radios("show", "Show", verdicts.copied()));
    let roles: Vec<&str> = Role::ALL
        .iter()
        .filter(|role| cases.iter().any(|one| one.role == **role))
        .map(|role| role.word())
        .collect();
    if roles.len() > 1 {
        html.push_str(&radios("role", "Role", roles.into_iter()));
    }
    html.push_str("</div>\n");
    html
}

/// The verdicts, the worst first.
const WORDS: [&str; 5] = ["fail", "warn", "inconclusive", "skip", "pass"];

fn radios<'a>(name: &str, legend: &str, words: impl Iterator<Item = &'a str>) -> String {
    let one = |word: &str, checked: &str| {
        format!(
            "<label><input type=\"radio\" name=\"{name}\" id=\"{name}-{word}\"{checked}> {word}</label>\n"
        )
    };
    let rest: String = words.map(|word| one(word, "")).collect();
    format!(
        "<fieldset><legend>{legend}</legend>\n{}{rest}</fieldset>\n",
        one("all", " checked")
    )
}

fn tiles(summary: &Summary) -> String {
    let counts = [
        summary.failed,
        summary.warned,
        summary.inconclusive,
        summary.skipped,
        summary.passed,
    ];
    let names = ["failed", "warned", "inconclusive", "skipped", "passed"];
    let tile = |((word, name), count): ((&str, &str), u32)| {
        format!("<li class=\"{word}\"><b>{count}</b>{name}</li>\n")
    };
    let tiles: String = WORDS.into_iter().zip(names).zip(counts).map(tile).collect();
    format!("<ul class=\"tiles\">\n{tiles}</ul>\n")
}

/// What the run comes to, in a sentence.
fn sentence(summary: &Summary, broken_off: Option<&str>) -> String {
    let judged = match summary.judged() {
        0 => format!("none of {} cases could be judged", summary.total()),
        some => format!("{some} of {} cases judged", summary.total()),
    };
    let found = match (summary.failed, summary.warned) {
        (0, 0) => "nothing failed".to_owned(),
        (0, warned) => format!("nothing failed, {warned} warned"),
        (failed, 0) => format!("{failed} failed"),
        (failed, warned) => format!("{failed} failed, {warned} warned"),
    };
    let early = broken_off.map_or_else(String::new, |why| format!("; ended early: {why}"));
    let found = if summary.judged() == 0 {
        String::new()
    } else {
        format!("{found}; ")
    };
    format!(
        "{found}{judged}, in {:.2} s, {} requests{early}",
        summary.took.as_secs_f64(),
        summary.requests
    )
}

#[cfg(test)]
mod tests;
