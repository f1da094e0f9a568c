//! What a run says while it goes, the same to every report.
//!
//! Events hold redacted text only: an outcome can't be built from a raw transcript.

use std::time::Duration;

use super::finding::{Basis, Finding, Proof};
use super::id::CaseId;
use super::level::{Role, Severity};
use super::place::Place;
use super::recorded::Recorded;
use super::secret::Redacted;
use super::verdict::Verdict;

/// One exchange as reports may show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceExchange {
    /// `Exchange::seq`.
    pub seq: u32,
    /// Who spoke to whom, in words: `authspec -> target`.
    pub hop: &'static str,
    /// The actor, if a browser spoke.
    pub actor: String,
    /// Index of the step, from 0; none for a twin or calibration.
    pub step: usize,
    /// Request line, fields and content.
    pub request: Redacted,
    /// Status line, fields and content, or the silence in words.
    pub answer: Redacted,
    /// A `curl` line that repeats the request, secrets as placeholders.
    pub curl: Redacted,
    /// From sending to the end of the answer.
    pub took: Duration,
}

/// A judged case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseOutcome {
    /// Its address.
    pub id: CaseId,
    /// Its title.
    pub title: String,
    /// The party under test.
    pub role: Role,
    /// How bad a failure would be.
    pub severity: Severity,
    /// What is said of it; the texts of findings and reasons are redacted already.
    pub verdict: Verdict,
    /// Why the rule exists.
    pub why: String,
    /// How to mend it.
    pub fix: String,
    /// CVE, CWE and other references.
    pub references: Vec<String>,
    /// How the case departs from the good path, in words; empty if it doesn't.
    pub departs: Vec<String>,
    /// All that its expectations rest on, each once, whatever came of it.
    pub rests_on: Vec<Basis>,
    /// Its findings are all known to the user, who goes on with them for now.
    pub known: Option<Known>,
    /// Where the case stands in its suite.
    pub place: Place,
    /// MAY-level observations.
    pub notes: Vec<String>,
    /// The exchanges that show the verdict; empty for a pass unless a report asks for them.
    pub evidence: Vec<EvidenceExchange>,
    /// How many requests the case itself sent.
    pub requests: u32,
    /// From the first request to the verdict.
    pub took: Duration,
    /// Whether each expectation that was met can be missed; only where that is asked for.
    pub proofs: Vec<Proof>,
    /// What it was judged by; only where that is asked for, and then of a case, not of its riders.
    pub record: Option<Box<Recorded>>,
}

/// Why a failure is gone on with, from the user's list of known ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The user's reason.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it counts, as `2026-12-31`.
    pub expires: String,
}

impl std::fmt::Display for Known {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "{} ({}, until {})",
            self.reason, self.owner, self.expires
        )
    }
}

/// Something learnt about the target that no single case says: calibration, skew, what is left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetNote {
    /// What it is about: an endpoint, `clock`, `clean-up`.
    pub about: String,
    /// In words, redacted.
    pub says: String,
    /// A finding at this endpoint (an open door), if it is one.
    pub finding: Option<Finding>,
}

/// Counts of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cases by verdict.
    pub passed: u32,
    /// SHOULD-level findings only.
    pub warned: u32,
    /// MUST-level findings.
    pub failed: u32,
    /// Not run.
    pub skipped: u32,
    /// Not judged.
    pub inconclusive: u32,
    /// Failed ones whose findings are all known.
    pub known_failed: u32,
    /// Warned ones whose findings are all known.
    pub known_warned: u32,
    /// Entries of the list of known ones that hold no longer.
    pub stale: u32,
    /// Requests sent in all, calibration and twins included.
    pub requests: u64,
    /// Wall time of the run.
    pub took: Duration,
    /// A signal or a limit ended the run early: in words.
    pub interrupted: Option<String>,
}

impl Summary {
    /// Counts one verdict.
    pub fn count(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Pass => self.passed += 1,
            Verdict::Warn(_) => self.warned += 1,
            Verdict::Fail(_) => self.failed += 1,
            Verdict::Skip(_) => self.skipped += 1,
            Verdict::Inconclusive(_) => self.inconclusive += 1,
        }
    }

    /// Counts one case.
    pub fn add(&mut self, outcome: &CaseOutcome) {
        self.count(&outcome.verdict);
        match (&outcome.verdict, &outcome.known) {
            (Verdict::Fail(_), Some(_)) => self.known_failed += 1,
            (Verdict::Warn(_), Some(_)) => self.known_warned += 1,
            _ => {}
        }
    }

    /// How many cases were judged: passed, warned or failed.
    pub const fn judged(&self) -> u32 {
        self.passed + self.warned + self.failed
    }

    /// All cases.
    pub const fn total(&self) -> u32 {
        self.judged() + self.skipped + self.inconclusive
    }
}

/// How the same is asked again, and by what a report is known to belong beside another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// Arguments of the command line that mean this target, its suites, and what may be done to it; no secret.
    pub flags: Vec<String>,
    /// Digest of the chosen cases and the text of their suites.
    pub suites: String,
    /// Digest of the profile without its secrets; empty for the embedded server.
    pub profile: String,
    /// Which part of the cases this is, if not all.
    pub shard: Option<Shard>,
    /// Standards that are in force here and not everywhere; only with `--record`.
    pub in_force: Option<Vec<String>>,
}

/// A part of the cases that were chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shard {
    /// Counted from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// Where each of its cases stands among all, so that parts can be put together.
    pub ranks: Vec<(CaseId, u32)>,
}

/// What a run says while it goes.
#[derive(Clone, Debug, PartialEq)]
pub enum RunEvent {
    /// The plan stands; nothing was judged yet.
    RunStarted {
        /// Origin of the target, or `embedded reference server`.
        target: String,
        /// Cases selected, skipped ones included.
        cases: usize,
        /// How it was asked.
        setting: Box<Setting>,
    },
    /// Something learnt about the target.
    Noted(TargetNote),
    /// A case begins; others may run beside it.
    CaseStarted(CaseId),
    /// A case is judged.
    CaseFinished(Box<CaseOutcome>),
    /// Nothing follows.
    RunFinished(Summary),
}
