//! Cases that were not run, by what would let them: first where others of their topic ran, then whole topics.
//!
//! What an API has nothing to do with takes a line, so that the entries which would tell more about it are seen.

use crate::model::{Capability, CaseOutcome, Skip, Summary, Verdict};

use super::page::{Page, Sign, count};
use super::rest::{GROUPS, bound, group, ids, largest_first, left_out};

/// The skipped cases of a run whose suites came to these counts.
pub(super) fn skipped(page: &mut Page, suites: &[(String, Summary)], told: &[CaseOutcome]) {
    let skips = || {
        told.iter().filter_map(|outcome| match &outcome.verdict {
            Verdict::Skip(skip) => Some((skip, outcome)),
            _ => None,
        })
    };
    let total = skips().count();
    if total == 0 {
        return;
    }
    page.blank();
    let word = page.paint(Sign::Skip.colour(), "SKIPPED");
    let sign = page.sign(Sign::Skip);
    page.line(&format!("{sign} {word} {}", count(total, "case", "cases")));
    let untouched = untouched(suites, &|topic| common(skips(), topic));
    let mut groups: Vec<(&Skip, Vec<&CaseOutcome>)> = Vec::new();
    for (skip, outcome) in skips() {
        if untouched
            .iter()
            .all(|(topic, _)| *topic != topic_of(outcome.id.suite()))
        {
            group(&mut groups, skip, outcome);
        }
    }
    largest_first(&mut groups);
    let most = bound(page, GROUPS);
    for (skip, outcomes) in groups.iter().take(most) {
        reason(page, skip, outcomes);
    }
    left_out(page, groups.len(), most);
    for (topic, needs) in untouched {
        let cases = skips()
            .filter(|(_, one)| topic_of(one.id.suite()) == topic)
            .count();
        let words = words(&needs);
        page.exact(
            &cases.to_string(),
            &format!("{topic}/*: all need {words}; in the profile:"),
        );
        hints(page, &needs);
    }
}

/// Topics of which no case was run, with what all their cases need.
fn untouched<'a>(
    suites: &'a [(String, Summary)],
    common: &dyn Fn(&str) -> Vec<Capability>,
) -> Vec<(&'a str, Vec<Capability>)> {
    let mut topics: Vec<(&str, bool)> = Vec::new();
    for (suite, counts) in suites {
        let ran = counts.judged() + counts.inconclusive > 0;
        let topic = topic_of(suite);
        match topics.iter_mut().find(|(known, _)| *known == topic) {
            Some((_, any)) => *any |= ran,
            None => topics.push((topic, ran)),
        }
    }
    let idle = topics.into_iter().filter(|(_, ran)| !ran);
    idle.map(|(topic, _)| (topic, common(topic)))
        .filter(|(_, needs)| !needs.is_empty())
        .collect()
}

/// What every case of a topic needs that needs anything.
fn common<'a>(
    skips: impl Iterator<Item = (&'a Skip, &'a CaseOutcome)>,
    topic: &str,
) -> Vec<Capability> {
    let missing = skips.filter_map(|(skip, outcome)| match skip {
        Skip::Missing(missing) if topic_of(outcome.id.suite()) == topic => Some(missing.clone()),
        _ => None,
    });
    missing
        .reduce(|common, other| {
            common
                .into_iter()
                .filter(|one| other.contains(one))
                .collect()
        })
        .unwrap_or_default()
}

fn topic_of(suite: &str) -> &str {
    suite.split_once('/').map_or(suite, |(topic, _)| topic)
}

fn reason(page: &mut Page, skip: &Skip, outcomes: &[&CaseOutcome]) {
    let number = outcomes.len();
    page.exact(&number.to_string(), &unlock(skip, number));
    if let Skip::Missing(missing) = skip {
        hints(page, missing);
    }
    if page.style.verbose {
        page.exact("", &ids(page, outcomes));
    }
}

fn hints(page: &mut Page, missing: &[Capability]) {
    for one in missing {
        page.exact("", &format!("{} {}", page.bullet(), one.hint()));
    }
}

fn words(missing: &[Capability]) -> String {
    let words: Vec<&str> = missing.iter().map(|one| one.word()).collect();
    words.join(" and ")
}

/// What would let skipped cases run.
fn unlock(skip: &Skip, number: usize) -> String {
    let need = if number == 1 { "needs" } else { "need" };
    match skip {
        Skip::Missing(missing) => format!("{need} {}; in the profile:", words(missing)),
        Skip::NotApplicable(why) => {
            let word = if number == 1 { "doesn't" } else { "don't" };
            format!("{word} apply: {why}")
        }
        Skip::OptIn(effect) => {
            let word = if number == 1 { "is" } else { "are" };
            format!("{word} off unless allowed: --allow {effect}")
        }
    }
}
