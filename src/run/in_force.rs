//! Which expectations count here: those that rest on a standard that is in force.
//!
//! It knows nothing of what a target gives or what may be done to it.

use std::collections::BTreeSet;

use crate::model::Basis;
use crate::suite::catalogue;
use crate::suite::model::{Case, Expectation};

/// Takes out what rests only on standards that are not in force, beside those that always are; the standards of what was
/// taken out of the case itself are given back; a rider that lost all says why.
pub(super) fn reduce(
    case: &mut Case,
    own_scheme: bool,
    claimed: &dyn Fn(&str) -> bool,
) -> BTreeSet<String> {
    let keep = |expectations: &mut Vec<Expectation>, dormant: &mut BTreeSet<String>| {
        for expectation in expectations.iter_mut() {
            let all = std::mem::take(&mut expectation.basis);
            let (live, dead): (Vec<Basis>, Vec<Basis>) = all
                .into_iter()
                .partition(|basis| in_force(basis, own_scheme, claimed));
            if live.is_empty() {
                dormant.extend(dead.iter().filter_map(standard));
            }
            expectation.basis = live;
        }
        expectations.retain(|expectation| !expectation.basis.is_empty());
    };
    let mut dormant = BTreeSet::new();
    keep(&mut case.expect, &mut dormant);
    for step in &mut case.steps {
        keep(&mut step.expect, &mut dormant);
    }
    for rider in &mut case.riders {
        let mut dormant = BTreeSet::new();
        keep(&mut rider.expect, &mut dormant);
        rider.idle = rider.expect.is_empty().then(|| why_not(&dormant));
    }
    dormant
}

fn standard(basis: &Basis) -> Option<String> {
    match basis {
        Basis::Requirement { id, .. } => Some(id.standard()),
        _ => None,
    }
}

/// Core standards always, others where they are claimed; those of Basic and Bearer not where the endpoint has another
/// scheme.
fn in_force(basis: &Basis, own_scheme: bool, claimed: &dyn Fn(&str) -> bool) -> bool {
    let Some(word) = standard(basis) else {
        return true;
    };
    if own_scheme && speaks_of_a_scheme(&word) {
        return false;
    }
    catalogue::standard(&word).is_none_or(|standard| standard.always()) || claimed(&word)
}

fn speaks_of_a_scheme(word: &str) -> bool {
    matches!(word, "rfc7617" | "rfc6750")
}

/// Why nothing that rests on these alone is judged, and the line of the profile that would change it.
pub(super) fn why_not(dormant: &BTreeSet<String>) -> String {
    let (schemes, claims): (Vec<&str>, Vec<&str>) = dormant
        .iter()
        .map(String::as_str)
        .partition(|word| speaks_of_a_scheme(word));
    if claims.is_empty() {
        return format!(
            "all rests on {}, and the endpoint has another scheme",
            schemes.join(" and ")
        );
    }
    let claims: Vec<&str> = claims.into_iter().map(claim).collect();
    let lines: Vec<String> = claims
        .iter()
        .map(|word| format!("standards: [{word}]"))
        .collect();
    let dormant = match claims.as_slice() {
        [one] => format!("{one} is not in force here, and all rests on it"),
        several => format!(
            "none of {} is in force here, and all rests on them",
            several.join(", ")
        ),
    };
    format!("{dormant} (profile: {})", lines.join(" or "))
}

/// As a profile would write it.
fn claim(word: &str) -> &str {
    let alias = catalogue::standard(word).and_then(|standard| standard.alias);
    alias.unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skip_names_the_standards_and_the_line_that_claims_one() {
        for (dormant, says) in [
            (
                &["oauth21"][..],
                "oauth21 is not in force here, and all rests on it (profile: standards: [oauth21])",
            ),
            (
                &["oidc-core", "rfc9068"],
                "none of oidc, rfc9068 is in force here, and all rests on them (profile: standards: [oidc] or standards: [rfc9068])",
            ),
            (
                &["rfc6750"],
                "all rests on rfc6750, and the endpoint has another scheme",
            ),
        ] {
            let dormant = dormant.iter().map(|&word| word.to_owned()).collect();
            assert_eq!(why_not(&dormant), says);
        }
    }
}
