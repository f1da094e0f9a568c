//! The list held against what a run says: what it covers, and what of it holds no longer.

use crate::model::{CaseOutcome, Finding, Verdict};

use super::entry::Entry;

/// The list during a run.
pub(in crate::cli) struct Baseline {
    entries: Vec<(Entry, Fate)>,
    today: String,
    /// All cases run, so that an entry whose case is not among them names nothing.
    whole: bool,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Its case was not told.
    Unseen,
    /// Its case was told and not judged: nothing is known of the rule.
    Open,
    /// Its rule is broken.
    Holds,
    /// Its case was judged, and the rule is not broken.
    Passes,
}

impl Baseline {
    pub(in crate::cli) fn new(entries: Vec<Entry>, whole: bool) -> Self {
        Self::at(entries, whole, crate::edge::clock::today())
    }

    fn at(entries: Vec<Entry>, whole: bool, today: String) -> Self {
        let unseen = |entry| (entry, Fate::Unseen);
        Self {
            entries: entries.into_iter().map(unseen).collect(),
            today,
            whole,
        }
    }

    /// Marks a case whose findings are all listed and not expired.
    pub(in crate::cli) fn cover(&mut self, outcome: &mut CaseOutcome) {
        let findings = outcome.verdict.findings();
        let judged = matches!(
            outcome.verdict,
            Verdict::Pass | Verdict::Warn(_) | Verdict::Fail(_)
        );
        let mut known = None;
        let mut uncovered = findings.len();
        let of_case = self.entries.iter_mut();
        for (entry, fate) in of_case.filter(|(entry, _)| entry.case == outcome.id.as_str()) {
            let broken = findings.iter().filter(|one| rule(one) == entry.requirement);
            let number = broken.count();
            *fate = match (judged, number) {
                (false, _) => Fate::Open,
                (true, 0) => Fate::Passes,
                (true, _) => Fate::Holds,
            };
            if entry.known.expires >= self.today {
                uncovered -= number;
                known.get_or_insert_with(|| entry.known.clone());
            }
        }
        if uncovered == 0 && !findings.is_empty() {
            outcome.known = known;
        }
    }

    /// What of the list holds no longer, in words; to be asked when every case was told.
    pub(in crate::cli) fn stale(&self) -> Vec<String> {
        self.entries
            .iter()
            .filter_map(|(entry, fate)| {
                let what = format!("{} of {}", entry.requirement, entry.case);
                let expires = &entry.known.expires;
                match fate {
                    Fate::Passes => {
                        Some(format!("{what} is not broken any more; take the entry out"))
                    }
                    Fate::Unseen if self.whole => Some(format!(
                        "{what}: no case of this name was run; take the entry out"
                    )),
                    Fate::Unseen => None,
                    _ if *expires < self.today => Some(format!("{what} expired on {expires}")),
                    Fate::Open | Fate::Holds => None,
                }
            })
            .collect()
    }
}

/// What an entry must name to cover a finding: what the expectation rests on first.
pub(super) fn rule(finding: &Finding) -> &str {
    finding.basis.first().map_or("", |basis| basis.id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Basis, CaseId, Known, Level, Place, RequirementId, Role, Severity};
    use std::time::Duration;

    fn entry(case: &str, requirement: &str, expires: &str) -> Entry {
        Entry {
            case: case.to_owned(),
            requirement: requirement.to_owned(),
            known: Known {
                reason: "ticket".to_owned(),
                owner: "us".to_owned(),
                expires: expires.to_owned(),
            },
        }
    }

    fn place() -> Place {
        Place {
            file: String::new(),
            line: 0,
            column: 0,
            text: String::new(),
            width: 0,
        }
    }

    fn finding(id: &str, level: Level) -> Finding {
        let requirement = |id: &str| Basis::Requirement {
            id: RequirementId::new(id),
            level,
        };
        Finding {
            basis: vec![requirement(id), requirement("RFC6750-9-9")],
            expected: String::new(),
            actual: String::new(),
            place: place(),
            evidence: Vec::new(),
        }
    }

    fn outcome(verdict: Verdict) -> CaseOutcome {
        CaseOutcome {
            id: CaseId::new("a/b", "c"),
            title: String::new(),
            role: Role::Client,
            severity: Severity::Low,
            verdict,
            why: String::new(),
            fix: String::new(),
            references: Vec::new(),
            departs: Vec::new(),
            rests_on: Vec::new(),
            known: None,
            place: place(),
            notes: Vec::new(),
            evidence: Vec::new(),
            requests: 0,
            took: Duration::ZERO,
            proofs: Vec::new(),
            record: None,
        }
    }

    #[test]
    fn an_entry_covers_its_own_rule_of_its_own_case_until_its_day() {
        let must = |id| finding(id, Level::Must);
        let one = || Verdict::Fail(vec![must("R-1")]);
        let two = || Verdict::Fail(vec![must("R-1"), must("R-2")]);
        let open = || Verdict::Inconclusive("x".to_owned());
        let own = entry("a/b::c", "R-1", "2026-05-10");
        let past = entry("a/b::c", "R-1", "2026-05-09");
        let other = entry("a/b::c", "R-2", "2026-05-10");
        let second = entry("a/b::c", "RFC6750-9-9", "2026-05-10");
        let elsewhere = entry("a/b::d", "R-1", "2026-05-10");
        for (name, entries, verdict, covered, stale) in [
            ("its rule", vec![&own], one(), true, 0),
            ("one of two rules", vec![&own], two(), false, 0),
            ("both rules", vec![&own, &other], two(), true, 0),
            ("another rule", vec![&other], one(), false, 1),
            (
                "what the rule rests on beside",
                vec![&second],
                one(),
                false,
                1,
            ),
            ("expired", vec![&past], one(), false, 1),
            ("passes", vec![&own], Verdict::Pass, false, 1),
            ("passes and expired", vec![&past], Verdict::Pass, false, 1),
            ("inconclusive", vec![&own], open(), false, 0),
            ("inconclusive and expired", vec![&past], open(), false, 1),
            ("another case", vec![&elsewhere], one(), false, 1),
            ("none", vec![], one(), false, 0),
        ] {
            let entries: Vec<Entry> = entries.into_iter().cloned().collect();
            let mut outcome = outcome(verdict);
            let mut baseline = Baseline::at(entries.clone(), true, "2026-05-10".to_owned());
            baseline.cover(&mut outcome);
            assert_eq!(outcome.known.is_some(), covered, "{name}");
            assert_eq!(
                baseline.stale().len(),
                stale,
                "{name}: {:?}",
                baseline.stale()
            );
            let mut part = Baseline::at(entries, false, "2026-05-10".to_owned());
            part.cover(&mut outcome);
            let unseen = usize::from(name == "another case");
            assert_eq!(part.stale().len(), stale - unseen, "a part: {name}");
        }
    }
}
