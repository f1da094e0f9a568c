//! The five verdicts.

use super::capability::Capability;
use super::finding::Finding;
use super::level::{Effect, Weight};

/// Why a case was not run, or turned out not to apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// The profile does not give what the case needs; the capability knows the line that would.
    Missing(Vec<Capability>),
    /// The target does not offer the feature, and something says so.
    NotApplicable(String),
    /// An effect that is not allowed here.
    OptIn(Effect),
}

impl std::fmt::Display for Skip {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(needs) => {
                let hints: Vec<String> = needs
                    .iter()
                    .map(|one| format!("needs {} ({})", one.word(), one.hint()))
                    .collect();
                out.write_str(&hints.join("; "))
            }
            Self::NotApplicable(why) => write!(out, "not applicable: {why}"),
            Self::OptIn(effect) => write!(
                out,
                "off unless allowed: --allow {effect}, or `allow: [{effect}]` in the profile"
            ),
        }
    }
}

/// What is said of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Shown to be right.
    Pass,
    /// Only SHOULD-level requirements are broken.
    Warn(Vec<Finding>),
    /// A MUST is broken.
    Fail(Vec<Finding>),
    /// Not run, or not applicable.
    Skip(Skip),
    /// Could not be judged; the reason says why.
    Inconclusive(String),
}

impl Verdict {
    /// The verdict that findings come to; notes alone leave a pass.
    pub fn of(findings: Vec<Finding>) -> Self {
        match findings.iter().map(Finding::weight).max() {
            Some(Weight::Fail) => Self::Fail(findings),
            Some(Weight::Warn) => Self::Warn(findings),
            Some(Weight::Note) | None => Self::Pass,
        }
    }

    /// The word in reports.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn(_) => "warn",
            Self::Fail(_) => "fail",
            Self::Skip(_) => "skip",
            Self::Inconclusive(_) => "inconclusive",
        }
    }

    /// The findings of a warn or fail.
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Warn(findings) | Self::Fail(findings) => findings,
            _ => &[],
        }
    }
}
