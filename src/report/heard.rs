//! A run as it was heard, whole: what reports are made of that can only be written once it is over.
//!
//! How a format looks, and which of this it shows, is not known here.

use crate::model::{CaseOutcome, RunEvent, Setting, Summary, TargetNote, Verdict};

/// A run, as far as it came.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) target: String,
    /// How many cases were to be judged.
    pub(super) planned: usize,
    pub(super) setting: Setting,
    pub(super) notes: Vec<TargetNote>,
    /// In the order in which they were told.
    pub(super) cases: Vec<CaseOutcome>,
    counted: Summary,
    finished: Option<Summary>,
}

impl Heard {
    pub(super) fn hear(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted {
                target,
                cases,
                setting,
            } => {
                self.target.clone_from(target);
                self.planned = *cases;
                self.setting = (**setting).clone();
            }
            RunEvent::CaseStarted(_) => {}
            RunEvent::Noted(note) => self.notes.push(note.clone()),
            RunEvent::CaseFinished(outcome) => {
                self.counted.add(outcome);
                self.counted.requests += u64::from(outcome.requests);
                self.cases.push((**outcome).clone());
            }
            RunEvent::RunFinished(summary) => self.finished = Some(summary.clone()),
        }
    }

    /// The counts that the run said, or those of what was heard.
    pub(super) fn summary(&self) -> &Summary {
        self.finished.as_ref().unwrap_or(&self.counted)
    }

    /// Why the run is not whole, if it isn't.
    pub(super) fn broken_off(&self) -> Option<&str> {
        match &self.finished {
            None => Some("the run did not come to its end"),
            Some(summary) => summary.interrupted.as_deref(),
        }
    }

    /// What failed or was warned of, worst first.
    pub(super) fn wrong(&self) -> Vec<&CaseOutcome> {
        let rank = |one: &CaseOutcome| match (&one.verdict, &one.known) {
            (Verdict::Fail(_), None) => 0,
            (_, None) => 1,
            (_, Some(_)) => 2,
        };
        let findings = |one: &&CaseOutcome| !one.verdict.findings().is_empty();
        let mut wrong: Vec<&CaseOutcome> = self.cases.iter().filter(findings).collect();
        wrong.sort_by(|one, other| {
            (rank(one), one.severity, &one.id).cmp(&(rank(other), other.severity, &other.id))
        });
        wrong
    }

    /// Suites in the order in which they came, with their cases.
    pub(super) fn suites(&self) -> Vec<(&str, Vec<&CaseOutcome>)> {
        let mut suites: Vec<(&str, Vec<&CaseOutcome>)> = Vec::new();
        for outcome in &self.cases {
            let name = outcome.id.suite();
            match suites.iter_mut().find(|(known, _)| *known == name) {
                Some((_, cases)) => cases.push(outcome),
                None => suites.push((name, vec![outcome])),
            }
        }
        suites
    }
}
