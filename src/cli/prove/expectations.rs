//! Expectations, one by one: each was met on the sound server, and is missed once what it accepted is spoilt.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::CaseOutcome;
use crate::suite::model::{Case, Expectation};

/// What is known of expectations, by where they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expectations(BTreeMap<String, BTreeSet<String>>);

impl Expectations {
    /// Takes one outcome in.
    pub(super) fn hear(&mut self, outcome: &CaseOutcome) {
        for proof in &outcome.proofs {
            let lacks = self.0.entry(proof.place.to_string()).or_default();
            lacks.extend(proof.lacks.clone());
        }
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Expectations of these cases that were never met, or that can't be missed.
    pub(super) fn problems(&self, cases: &[Case]) -> Vec<String> {
        let mut told = BTreeSet::new();
        let mut problems = Vec::new();
        for case in cases {
            let own = case.expectations().map(|one| (&case.id, one));
            let riders = case.riders.iter();
            let riders = riders.flat_map(|rider| rider.expect.iter().map(|one| (&rider.id, one)));
            for (id, expectation) in own.chain(riders) {
                if told.insert(expectation.place.to_string()) {
                    let problem = self.problem(expectation);
                    let name = id.without_row();
                    problems.extend(problem.map(|why| format!("{name}: {why}")));
                }
            }
        }
        problems
    }

    fn problem(&self, expectation: &Expectation) -> Option<String> {
        let place = expectation.place.to_string();
        match self.0.get(&place) {
            None => Some(format!("the expectation at {place} was never met")),
            Some(lacks) if lacks.is_empty() => None,
            Some(lacks) => {
                let lacks: Vec<&str> = lacks.iter().map(String::as_str).collect();
                Some(format!(
                    "the expectation at {place} can't be missed: {}",
                    lacks.join("; ")
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::suite::compile::{Owner, suite};

    #[test]
    fn what_was_never_met_or_can_t_be_missed_is_told() {
        let mut sources = Sources::default();
        let text = "suite: a/b\nrole: resource-server\ncases:\n  - id: one\n    steps:\n      - send: { to: protected }\n        expect: [{ status: 200, basis: ours }]\n";
        let file = sources.add("a.yaml", text);
        let cases = suite(&sources, file, Owner::User).unwrap().cases;
        let at = "a.yaml:7:18";
        let known = |lacks: &[&str]| {
            let lacks = lacks.iter().map(|why| (*why).to_owned()).collect();
            Expectations(BTreeMap::from([(at.to_owned(), lacks)]))
        };
        let told = |known: Expectations| known.problems(&cases).join("\n");
        assert_eq!(told(known(&[])), "");
        assert_eq!(
            told(known(&["`status`: it is met still"])),
            format!("a/b::one: the expectation at {at} can't be missed: `status`: it is met still")
        );
        assert_eq!(
            told(Expectations::default()),
            format!("a/b::one: the expectation at {at} was never met")
        );
    }
}
