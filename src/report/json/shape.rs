//! The shape of version 1. Doc comments are the schema's descriptions.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model;

/// The JSON Schema of a report (draft 2020-12).
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Report).to_value()
}

/// An authspec report: what a run found at one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of this shape. Members may be added within a version; none changes its meaning or goes.
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    /// What wrote the report.
    pub tool: Tool,
    /// Origin of the target, or `embedded reference server`.
    pub target: String,
    /// How many cases were selected; more than `summary.total` if the run ended early.
    pub planned: usize,
    /// Whether the run came to its end. If not, the cases are those that were judged until then.
    pub complete: bool,
    /// Counts of the run.
    pub summary: Summary,
    /// How the run was asked for.
    #[serde(default)]
    pub run: Run,
    /// What was learnt about the target that no single case says.
    pub notes: Vec<Note>,
    /// Every case of the run, skipped ones included, in the order in which they were judged.
    pub cases: Vec<Case>,
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Default for Tool {
    fn default() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// How a run was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// Arguments that mean the same target, suites and permissions: `authspec run` takes them before a case.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Digest of the chosen cases and the text of their suites.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suites: String,
    /// Digest of the profile without its secrets.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub profile: String,
    /// Which part of the cases this is, if not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Standards that the target claims, and by which it was judged (`--record`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<Vec<String>>,
}

/// A part of the cases that were chosen (`--shard 2/5`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shard {
    /// Counted from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// Where each of its cases stands among all.
    pub ranks: BTreeMap<String, u32>,
}

/// A failure that the user goes on with for now (`--baseline`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Known {
    /// The user's reason.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it counts, as `2026-12-31`.
    pub expires: String,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Counts of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Cases in which a MUST is broken.
    pub failed: u32,
    /// Cases in which only a SHOULD is broken.
    pub warned: u32,
    /// Cases shown to be right.
    pub passed: u32,
    /// Cases that were sent but could not be judged.
    pub inconclusive: u32,
    /// Cases that were not run or do not apply.
    pub skipped: u32,
    /// Failed ones whose findings are all known.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub known_failed: u32,
    /// Warned ones whose findings are all known.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub known_warned: u32,
    /// Entries of the list of known ones that hold no longer.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub stale: u32,
    /// Passed, warned and failed together.
    pub judged: u32,
    /// All cases.
    pub total: u32,
    /// Requests sent in all, those for calibration and twins included.
    pub requests: u64,
    /// Wall time of the run.
    pub milliseconds: f64,
    /// Why the run ended early, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<String>,
}

/// Something learnt about the target that no single case says: calibration, clock, clean-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Note {
    /// An endpoint, `clock`, `clean-up`.
    pub about: String,
    /// What was learnt.
    pub says: String,
    /// What is wrong there, if it is a finding (an open door).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
}

/// A case and what is said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// `suite::case`, with `[row]` for a row and `/rider` for a rider.
    pub id: String,
    /// The part of the id before `::`.
    pub suite: String,
    /// What must hold, in a sentence.
    pub title: String,
    /// The party under test.
    pub role: Role,
    /// How bad a failure would be.
    pub severity: Severity,
    /// What is said of the case.
    pub verdict: Verdict,
    /// Expectations that were not met; empty unless the verdict is `warn` or `fail`.
    pub findings: Vec<Finding>,
    /// Why the case could not be judged; only if the verdict is `inconclusive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why the case was not run; only if the verdict is `skip`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<Skip>,
    /// Observations about what is optional.
    pub notes: Vec<String>,
    /// How the case departs from the good path, in words; empty if it doesn't or was not looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departs: Vec<String>,
    /// All that the case is judged by, whatever came of it.
    #[serde(default)]
    pub rests_on: Vec<Basis>,
    /// Why the failure is gone on with, if all its findings are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
    /// Why the rule exists.
    pub why: String,
    /// How to mend it.
    pub fix: String,
    /// CVE, CWE and other references.
    pub references: Vec<String>,
    /// Where the case stands in its suite.
    pub place: Place,
    /// The exchanges that show the verdict, redacted.
    pub evidence: Vec<Exchange>,
    /// How many requests the case itself sent.
    pub requests: u32,
    /// From the first request to the verdict.
    pub milliseconds: f64,
    /// All that the case was judged by (`--record`): for `authspec replay`, in a form of its own that may change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<serde_json::Value>,
}

/// One expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// What the expectation rests on, the strongest first.
    pub basis: Vec<Basis>,
    /// What should have been.
    pub expected: String,
    /// What was. Partly the target's own words: escape it wherever it is shown.
    pub actual: String,
    /// The expectation in the suite.
    pub place: Place,
    /// The exchanges that show it (`seq` in the evidence of the case).
    pub evidence: Vec<u32>,
}

/// What an expectation rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Basis {
    /// Requirement of the catalogue (`RFC7617-2-1`), weakness (`CWE-942`), or `your rule`.
    pub id: String,
    /// How binding it is.
    pub level: Level,
}

/// A place in a suite or profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The file as it was named, or `bundled:` and its path.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// The author's line.
    pub text: String,
    /// How many characters the place covers.
    pub width: usize,
}

/// A request and what came back, redacted: `«...»` stands for a secret, the same words for the same secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exchange {
    /// Position in the transcript of the case, from 0.
    pub seq: u32,
    /// Who spoke to whom: `authspec -> target`.
    pub hop: String,
    /// Whose browser spoke; empty if none did.
    pub actor: String,
    /// Index of the step, from 0.
    pub step: usize,
    /// Request line, fields and content.
    pub request: String,
    /// Status line, fields and content, or why nothing came.
    pub answer: String,
    /// A command line that repeats the request; empty if none can.
    pub curl: String,
    /// From sending to the end of the answer.
    pub milliseconds: f64,
}

/// Why a case was not run, or does not apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Skip {
    /// The profile does not give what the case needs.
    Missing {
        /// Everything that is missing.
        capabilities: Vec<Capability>,
    },
    /// The target does not offer the feature.
    NotApplicable {
        /// What says so.
        why: String,
    },
    /// The case does something that is not allowed here.
    OptIn {
        /// What it does.
        effect: Effect,
        /// The option that allows it.
        hint: String,
    },
}

/// Something that a profile can give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Capability {
    /// The word in `needs:`.
    pub word: String,
    /// What it is.
    pub what: String,
    /// The profile entry that gives it.
    pub hint: String,
}

/// A closed list that the model has too: same words, checked by a test; the compiler finds a value without one.
macro_rules! mirror {
    ($(#[$doc:meta])* $name:ident of $model:ident { $($(#[$vdoc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl From<model::$model> for $name {
            fn from(one: model::$model) -> Self {
                match one { $(model::$model::$variant => Self::$variant),+ }
            }
        }
    };
}

mirror! {
    /// The party under test.
    Role of Role {
        /// An API guarded by Basic, Bearer or JWT.
        ResourceServer,
        /// Authorization, token, introspection, revocation endpoints and metadata.
        AuthorizationServer,
        /// An application that logs its users in at a provider.
        Client,
    }
}

mirror! {
    /// How bad the damage would be. It sorts; it never decides a verdict.
    Severity of Severity {
        /// An attacker gets in, or gets everything.
        Critical,
        /// An attacker gets in under a condition.
        High,
        /// A defence in depth is missing.
        Medium,
        /// Interoperability or hygiene.
        Low,
        /// Worth knowing.
        Info,
    }
}

mirror! {
    /// How binding a requirement is (BCP 14).
    Level of Level {
        /// MUST, REQUIRED, SHALL: breaking it fails.
        Must,
        /// MUST NOT, SHALL NOT: breaking it fails.
        MustNot,
        /// SHOULD, RECOMMENDED: breaking it warns.
        Should,
        /// SHOULD NOT, NOT RECOMMENDED: breaking it warns.
        ShouldNot,
        /// MAY, OPTIONAL: a note at most.
        May,
    }
}

mirror! {
    /// What a case does to its target beyond reading.
    Effect of Effect {
        /// Creates or changes something.
        Writes,
        /// More than two failed logins on one account.
        FailedLogins,
        /// Many requests at once.
        Flood,
        /// Takes longer than the usual time limit.
        Slow,
    }
}

/// What is said of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Shown to be right.
    Pass,
    /// Only SHOULD-level requirements are broken.
    Warn,
    /// A MUST is broken.
    Fail,
    /// Not run, or not applicable.
    Skip,
    /// Could not be judged.
    Inconclusive,
}
