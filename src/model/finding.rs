//! What a case found wrong, and on what that judgement rests.

use super::id::RequirementId;
use super::level::{Level, Weight};
use super::place::Place;

/// What an expectation rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A requirement of the catalogue with the level it has there, or a lower one that the suite gives reasons for.
    Requirement { id: RequirementId, level: Level },
    /// A weakness (`CWE-942`) where no clause speaks, with a level of the case's own.
    Weakness { id: String, level: Level },
    /// A rule of the user's own suite.
    Ours { level: Level },
}

impl Basis {
    /// How binding it is.
    pub const fn level(&self) -> Level {
        match self {
            Self::Requirement { level, .. }
            | Self::Weakness { level, .. }
            | Self::Ours { level } => *level,
        }
    }

    /// The id as reports show it.
    pub fn id(&self) -> &str {
        match self {
            Self::Requirement { id, .. } => id.as_str(),
            Self::Weakness { id, .. } => id,
            Self::Ours { .. } => "your rule",
        }
    }
}

/// One expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// All that the expectation rests on and is in force, the strongest level first.
    pub basis: Vec<Basis>,
    /// What should have been, in words.
    pub expected: String,
    /// What was, in words; foreign text, still to be redacted and escaped.
    pub actual: String,
    /// The expectation in the suite.
    pub place: Place,
    /// The exchanges that show it (`Exchange::seq`).
    pub evidence: Vec<u32>,
}

impl Finding {
    /// What the finding comes to: the weight of its strongest basis.
    pub fn weight(&self) -> Weight {
        self.basis
            .iter()
            .map(|basis| basis.level().weight())
            .max()
            .unwrap_or(Weight::Note)
    }
}

/// Whether an expectation that was met can be missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The expectation in the suite.
    pub place: Place,
    /// What of it can't be missed, and why.
    pub lacks: Option<String>,
}
