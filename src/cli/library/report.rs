//! What a run came to, as data: for those who write their own asserts. Everything here is redacted already.

use std::fmt;
use std::time::Duration;

use crate::cli::exit::Failure;
use crate::cli::test::{Done, story};
use crate::model::{self, CaseOutcome, Severity};
use crate::report::foreign;

/// What came of all cases.
///
/// It prints as what is wrong, case by case, and how many cases there were of each verdict.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// One for each case, sorted by id.
    pub outcomes: Vec<Outcome>,
    /// What is said of the target as a whole: its good path doesn't open, it lets everybody in.
    pub notes: Vec<String>,
    /// How many requests were sent.
    pub requests: u64,
    /// Wall time of the run.
    pub took: Duration,
    /// Why the run ended before the last case, if it did: the target fell silent or throttles.
    pub interrupted: Option<String>,
}

/// What came of one case. It prints as what the test binary says of it: findings, why, fix, exchanges.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// Its name: `suite::case`.
    pub id: String,
    /// What it is about, in a sentence.
    pub title: String,
    /// What is said of it.
    pub verdict: Verdict,
    /// Why, in a line: what was found, why it was skipped or could not be judged. Empty for a pass.
    pub why: String,
    /// How bad a failure is.
    pub severity: Severity,
    /// How to mend it; empty if the suite doesn't say.
    pub fix: String,
    /// What was expected and didn't come; only of a warn or fail.
    pub findings: Vec<Finding>,
    story: String,
}

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What should have been.
    pub expected: String,
    /// What was.
    pub actual: String,
    /// The requirements that it rests on: `RFC7617-2-1`, `CWE-942`, or `your rule`.
    pub rests_on: Vec<String>,
    /// The suite in which the expectation stands.
    pub file: String,
    /// Its line there, counted from 1.
    pub line: usize,
}

/// What is said of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// Shown to be right.
    Pass,
    /// Only a SHOULD is broken.
    Warn,
    /// A MUST is broken.
    Fail,
    /// The profile doesn't give what it needs, it does not apply here, or its effect is not allowed.
    Skip,
    /// It could not be judged.
    Inconclusive,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Profile, suites or names can't be used; nothing was started or sent. The text says what, where and what to
    /// do, a mistake after the other.
    Unusable(String),
    /// The target did not come up: why.
    NotUp(String),
    /// Something of authspec's, or of this machine, went wrong.
    Internal(String),
}

impl Report {
    pub(super) fn of(done: Done) -> Result<Self, Error> {
        if let Some(trouble) = done.trouble {
            return Err(Error::NotUp(trouble));
        }
        let notes: Vec<String> = done.notes;
        let outcomes = done.outcomes.values();
        Ok(Self {
            outcomes: outcomes.map(|one| Outcome::of(one, &notes)).collect(),
            notes: notes.iter().map(|note| foreign(note).to_string()).collect(),
            requests: done.summary.requests,
            took: done.summary.took,
            interrupted: done.summary.interrupted,
        })
    }

    /// The outcome of the case of this id.
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.id == id)
    }

    /// The outcomes of this verdict.
    pub fn of_verdict(&self, verdict: Verdict) -> impl Iterator<Item = &Outcome> {
        let outcomes = self.outcomes.iter();
        outcomes.filter(move |outcome| outcome.verdict == verdict)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for verdict in [Verdict::Fail, Verdict::Warn, Verdict::Inconclusive] {
            for outcome in self.of_verdict(verdict) {
                writeln!(out, "{verdict} {}\n{outcome}", outcome.id)?;
            }
        }
        let counts = Verdict::ALL.map(|one| (self.of_verdict(one).count(), one));
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts
            .map(|(count, one)| format!("{count} {one}"))
            .collect();
        out.write_str(&counts.join(", "))?;
        match &self.interrupted {
            Some(why) => write!(out, "; ended early: {why}"),
            None => Ok(()),
        }
    }
}

impl Outcome {
    fn of(outcome: &CaseOutcome, notes: &[String]) -> Self {
        let findings = outcome.verdict.findings().iter();
        let findings: Vec<Finding> = findings.map(Finding::of).collect();
        let (verdict, why) = match &outcome.verdict {
            model::Verdict::Pass => (Verdict::Pass, String::new()),
            model::Verdict::Warn(_) => (Verdict::Warn, in_a_line(&findings)),
            model::Verdict::Fail(_) => (Verdict::Fail, in_a_line(&findings)),
            model::Verdict::Skip(why) => (Verdict::Skip, why.to_string()),
            model::Verdict::Inconclusive(why) => (Verdict::Inconclusive, foreign(why).to_string()),
        };
        Self {
            id: outcome.id.as_str().to_owned(),
            title: foreign(&outcome.title).to_string(),
            verdict,
            why,
            severity: outcome.severity,
            fix: foreign(&outcome.fix).to_string(),
            findings,
            story: story::of(outcome, notes),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.story.trim_end())
    }
}

fn in_a_line(findings: &[Finding]) -> String {
    let all = findings
        .iter()
        .map(|one| format!("expected {}, got {}", one.expected, one.actual));
    all.collect::<Vec<_>>().join("; ")
}

impl Finding {
    fn of(finding: &model::Finding) -> Self {
        let bases = finding.basis.iter();
        Self {
            expected: foreign(&finding.expected).to_string(),
            actual: foreign(&finding.actual).to_string(),
            rests_on: bases.map(|basis| basis.id().to_owned()).collect(),
            file: finding.place.file.clone(),
            line: finding.place.line,
        }
    }
}

impl Verdict {
    const ALL: [Self; 5] = [
        Self::Pass,
        Self::Warn,
        Self::Fail,
        Self::Skip,
        Self::Inconclusive,
    ];
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
            Self::Inconclusive => "inconclusive",
        })
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unusable(why) => Self::Unusable(why),
            other => Self::Internal(other.into_message()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable(why) => out.write_str(why.trim_end()),
            Self::NotUp(why) => out.write_str(why),
            Self::Internal(why) => write!(out, "internal error: {why}"),
        }
    }
}

impl std::error::Error for Error {}
