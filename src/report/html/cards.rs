//! What is wrong, a card each, the worst first: why, how to mend it, the rule in words, the flow, the exchange.

use super::diagram::diagram;
use super::markup::{anchor, described, lines, text};
use crate::model::{Basis, CaseOutcome, EvidenceExchange, Finding};
use crate::report::again::command;
use crate::report::rules::Rules;

/// The section with a card for each failed and warned case, in the order in which they are given.
pub(super) fn cards(wrong: &[&CaseOutcome], flags: &[String], rules: &mut Rules) -> String {
    let body: String = match wrong.is_empty() {
        true => "<p>Nothing that was judged is wrong.</p>\n".to_owned(),
        false => wrong.iter().map(|one| card(one, flags, rules)).collect(),
    };
    format!(
        "<section id=\"findings\" aria-labelledby=\"findings-title\">\n<h2 id=\"findings-title\">Findings</h2>\n{body}</section>\n"
    )
}

fn card(outcome: &CaseOutcome, flags: &[String], rules: &mut Rules) -> String {
    let word = outcome.verdict.word();
    let findings = outcome.verdict.findings();
    let broken: Vec<u32> = findings
        .iter()
        .flat_map(|finding| finding.evidence.iter().copied())
        .collect();
    let id = anchor(outcome.id.as_str());
    format!(
        "<article class=\"entry {word} {role}\" id=\"{id}\" aria-labelledby=\"{id}-title\">\n<header><h3 id=\"{id}-title\"><span class=\"word\">{word}</span> {severity}: {title}</h3><div class=\"id\">{name}</div></header>\n{says}{findings}{flow}{exchanges}</article>\n",
        role = outcome.role.word(),
        severity = outcome.severity,
        title = text(&outcome.title),
        name = text(outcome.id.as_str()),
        says = described(&[
            ("why", text(&outcome.why)),
            ("fix", text(&outcome.fix)),
            ("see", text(&outcome.references.join(", "))),
            ("known", known(outcome)),
            ("departs", text(&outcome.departs.join("; "))),
            ("notes", text(&outcome.notes.join("; "))),
            ("again", again(outcome, flags)),
        ]),
        findings = findings
            .iter()
            .map(|one| finding(one, rules))
            .collect::<String>(),
        flow = diagram(outcome.role, &outcome.evidence, &broken),
        exchanges = exchanges(&outcome.evidence, &broken),
    )
}

fn known(outcome: &CaseOutcome) -> String {
    let known = outcome.known.as_ref();
    known.map_or_else(String::new, |known| text(&known.to_string()))
}

fn again(outcome: &CaseOutcome, flags: &[String]) -> String {
    format!("<code>{}</code>", text(&command(&outcome.id, flags)))
}

/// Expected against actual, the clauses in the catalogue's words, and the line of the suite.
pub(super) fn finding(finding: &Finding, rules: &mut Rules) -> String {
    let cited: Vec<String> = finding.basis.iter().map(|one| rule(one, rules)).collect();
    let place = match finding.place.line {
        0 => String::new(),
        line => format!(
            "<code>{}:{line}</code> <code>{}</code>",
            text(&finding.place.file),
            text(finding.place.text.trim())
        ),
    };
    described(&[
        ("expected", format!("<b>{}</b>", text(&finding.expected))),
        ("actual", format!("<b>{}</b>", text(&finding.actual))),
        ("rests on", cited.join("<br>")),
        ("asked in", place),
    ])
}

fn rule(basis: &Basis, rules: &mut Rules) -> String {
    let head = format!("{} ({})", text(basis.id()), basis.level());
    match rules.requirement(basis.id()) {
        Some(one) => format!(
            "{head}, <a rel=\"noreferrer\" href=\"{}\">{} section {}</a>: {}",
            text(&one.url),
            text(&one.spec),
            text(&one.section),
            text(&one.says)
        ),
        None => head,
    }
}

/// What was sent and heard, in its order, what is wrong marked and open; the command that repeats it.
pub(super) fn exchanges(evidence: &[EvidenceExchange], broken: &[u32]) -> String {
    let one = |exchange: &EvidenceExchange| {
        let bad = broken.contains(&exchange.seq);
        let (open, mark) = if bad { (" open", "✗ ") } else { ("", "") };
        let actor = match exchange.actor.as_str() {
            "" => String::new(),
            actor => format!(" ({})", text(actor)),
        };
        let again = match exchange.curl.as_str() {
            "" => String::new(),
            curl => format!("<p>Again:</p><pre>{}</pre>", lines(curl)),
        };
        format!(
            "<details{open}><summary>{mark}{}. {}{actor}: <code>{}</code></summary>\n<pre>{}</pre>\n<pre>{}</pre>\n{again}</details>\n",
            exchange.seq + 1,
            text(exchange.hop),
            text(exchange.request.as_str().lines().next().unwrap_or_default()),
            lines(exchange.request.as_str()),
            lines(exchange.answer.as_str()),
        )
    };
    evidence.iter().map(one).collect()
}
