//! The map: every requirement of the documents that the run touched, and what was said of it.

use std::collections::BTreeMap;

use super::markup::text;
use crate::model::{Basis, CaseOutcome, Finding, Role, Verdict, Weight};
use crate::suite::catalogue::{Entry, entries, standards};

/// What the run says of a requirement, the strongest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Skipped,
    Inconclusive,
    Passed,
    Warned,
    Failed,
}

impl Said {
    const fn class(self) -> &'static str {
        match self {
            Self::Skipped => "skip",
            Self::Inconclusive => "inconclusive",
            Self::Passed => "pass",
            Self::Warned => "warn",
            Self::Failed => "fail",
        }
    }

    /// A sign, since colour alone tells nothing to some.
    const fn sign(self) -> &'static str {
        match self {
            Self::Skipped => "-",
            Self::Inconclusive => "?",
            Self::Passed => "✓",
            Self::Warned => "!",
            Self::Failed => "✗",
        }
    }
}

/// The map of the documents that the run touched.
pub(super) fn map(cases: &[CaseOutcome]) -> String {
    let said = said(cases);
    let roles: Vec<Role> = Role::ALL
        .iter()
        .copied()
        .filter(|role| {
            let judged = |one: &CaseOutcome| !matches!(one.verdict, Verdict::Skip(_));
            cases.iter().any(|one| one.role == *role && judged(one))
        })
        .collect();
    let documents: String = standards()
        .filter_map(|standard| {
            let of: Vec<&Entry> = entries()
                .iter()
                .filter(|entry| entry.standard == standard.word && roles.contains(&entry.role))
                .collect();
            let touched =
                |entry: &&Entry| said.get(entry.id).is_some_and(|one| *one > Said::Skipped);
            of.iter()
                .any(touched)
                .then(|| document(standard.word, standard.title, &of, &said))
        })
        .collect();
    if documents.is_empty() {
        return String::new();
    }
    format!(
        "<section id=\"map\" aria-labelledby=\"map-title\">\n<h2 id=\"map-title\">Requirements</h2>\n<p>✓ shown to be right, ✗ a MUST is broken, ! a SHOULD is broken, ? not judged, - not run, empty: no case.</p>\n{documents}</section>\n"
    )
}

/// The strongest that was said of each requirement. A finding speaks of what it rests on, not of its case's other rules.
fn said(cases: &[CaseOutcome]) -> BTreeMap<&str, Said> {
    let mut all = BTreeMap::new();
    for outcome in cases {
        let found = outcome.verdict.findings();
        for basis in &outcome.rests_on {
            let Basis::Requirement { id, .. } = basis else {
                continue;
            };
            let cites =
                |finding: &&Finding| finding.basis.iter().any(|one| one.id() == id.as_str());
            let worst = found.iter().filter(cites).map(Finding::weight).max();
            let one = match (&outcome.verdict, worst) {
                (Verdict::Skip(_), _) => Said::Skipped,
                (Verdict::Inconclusive(_), _) => Said::Inconclusive,
                (_, Some(Weight::Fail)) => Said::Failed,
                (_, Some(Weight::Warn)) => Said::Warned,
                (_, Some(Weight::Note) | None) => Said::Passed,
            };
            let known = all.entry(id.as_str()).or_insert(one);
            *known = one.max(*known);
        }
    }
    all
}

fn document(word: &str, title: &str, of: &[&Entry], said: &BTreeMap<&str, Said>) -> String {
    let judged = of
        .iter()
        .filter(|entry| said.get(entry.id).is_some_and(|one| *one >= Said::Passed))
        .count();
    let mut sections: Vec<(&str, Vec<&Entry>)> = Vec::new();
    for entry in of {
        match sections
            .iter_mut()
            .find(|(section, _)| *section == entry.section)
        {
            Some((_, entries)) => entries.push(entry),
            None => sections.push((entry.section, vec![entry])),
        }
    }
    sections.sort_by_key(|(section, _)| numbers(section));
    let rows: String = sections
        .into_iter()
        .map(|(section, entries)| {
            let cells: String = entries.into_iter().map(|entry| cell(entry, said)).collect();
            format!("<section><h4>{}</h4>{cells}</section>\n", text(section))
        })
        .collect();
    format!(
        "<details><summary>{} {}: {judged} of {} judged</summary>\n<div class=\"map\">\n{rows}</div></details>\n",
        text(&word.to_uppercase()),
        text(title),
        of.len()
    )
}

/// A section as readers count: 2 before 10, appendices behind all.
fn numbers(section: &str) -> Vec<(bool, u32, String)> {
    let parts = section.split('.');
    parts
        .map(|part| match part.parse() {
            Ok(number) => (false, number, String::new()),
            Err(_) => (true, 0, part.to_owned()),
        })
        .collect()
}

fn cell(entry: &Entry, said: &BTreeMap<&str, Said>) -> String {
    let one = said.get(entry.id).copied();
    let (class, sign) = one.map_or(("none", "\u{a0}"), |one| (one.class(), one.sign()));
    let word = one.map_or("no case", Said::class);
    format!(
        "<span class=\"cell {class}\" role=\"img\" aria-label=\"{id} ({level}): {word}\" title=\"{id} ({level}): {word}\">{sign}</span>",
        id = text(entry.id),
        level = entry.level,
    )
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn sections_stand_as_readers_count() {
        let mut sections = ["10.1", "A", "2", "3.1.2.10", "3.1.2", "3.1.2.9", "1.4"];
        sections.sort_by_key(|section| numbers(section));
        let sorted = ["1.4", "2", "3.1.2", "3.1.2.9", "3.1.2.10", "10.1", "A"];
        assert_eq!(sections, sorted);
    }
}
