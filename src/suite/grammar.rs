//! What may be written in a suite file, put together from verbs and matchers.

use std::sync::LazyLock;

use crate::matcher;
use crate::model::{Capability, Effect, Level, Role, Severity};
use crate::source::shape::{Field, Shape};

use super::verb::step_fields;

/// A suite file.
pub(super) const SUITE: Shape = Shape::Open(|| &SUITE_FIELDS);
/// A case.
pub(super) const CASE: Shape = Shape::Open(|| &CASE_FIELDS);
/// A step.
pub(super) const STEP: Shape = Shape::Open(|| &STEP_FIELDS);
/// An expectation.
pub(super) const EXPECTATION: Shape = Shape::Open(|| &EXPECTATION_FIELDS);
const ALTERNATIVE: Shape = Shape::Open(|| &ALTERNATIVE_FIELDS);

// put together once: every case, step and expectation is held against them
static SUITE_FIELDS: LazyLock<Vec<Field>> = LazyLock::new(suite);
static CASE_FIELDS: LazyLock<Vec<Field>> = LazyLock::new(case);
static RIDER_FIELDS: LazyLock<Vec<Field>> = LazyLock::new(rider);
static STEP_FIELDS: LazyLock<Vec<Field>> = LazyLock::new(step);
static EXPECTATION_FIELDS: LazyLock<Vec<Field>> = LazyLock::new(expectation);
static ALTERNATIVE_FIELDS: LazyLock<Vec<Field>> = LazyLock::new(alternative);

fn suite() -> Vec<Field> {
    vec![
        Field::required(
            "suite",
            Shape::Text,
            "The address of the suite: `topic/name`, equal to its file's path.",
        ),
        Field::new("title", Shape::Text, "In words; the id if unsaid."),
        Field::new("about", Shape::Text, "What the suite is for."),
        Field::required("role", Shape::Word(roles), "Whom the cases test."),
        Field::new(
            "before",
            Shape::List(&STEP),
            "Steps put in front of every case; no departure.",
        ),
        Field::new(
            "needs",
            Shape::Many(&Shape::Word(capabilities)),
            "What every case needs.",
        ),
        Field::new(
            "only-if",
            Shape::Many(&Shape::Text),
            "Claims about the target, for every case.",
        ),
        Field::required("cases", Shape::List(&CASE), "The cases."),
    ]
}

fn case() -> Vec<Field> {
    let mut fields = about();
    fields.extend([
        Field::new(
            "checks",
            Shape::Many(&Shape::Text),
            "Entries of the list of checks that the case covers.",
        ),
        Field::new(
            "requirement",
            Shape::Many(&Shape::Text),
            "What every expectation without a basis rests on.",
        ),
        Field::new(
            "steps",
            Shape::List(&STEP),
            "The path, and how the case departs from it.",
        ),
        Field::new(
            "expect",
            Shape::Many(&EXPECTATION),
            "Judged at the end, over everything sent and heard.",
        ),
        Field::new(
            "but",
            Shape::Map(BUT_PROVIDER),
            "How the provider misbehaves from the start.",
        ),
        Field::new(
            "provider",
            Shape::MapOf(&Shape::Any),
            "How the provider is set up, on the good path too.",
        ),
        Field::new(
            "for-each",
            Shape::Either(&[
                Shape::MapOf(&Shape::Any),
                Shape::List(&Shape::MapOf(&Shape::Any)),
            ]),
            "Variants: lists of values, or rows with an `id`.",
        ),
        Field::new(
            "rounds",
            Shape::Int,
            "Repetitions, of which the worst counts.",
        ),
        Field::new(
            "needs",
            Shape::Many(&Shape::Word(capabilities)),
            "What the profile must give; most of it is inferred.",
        ),
        Field::new(
            "not-applicable-when",
            Shape::Word(not_applicable),
            "When the case turns out not to apply.",
        ),
        Field::new(
            "effects",
            Shape::Many(&Shape::Word(effects)),
            "What it does beyond reading.",
        ),
        Field::new(
            "everywhere",
            Shape::Bool,
            "Ask it at every guarded endpoint.",
        ),
        Field::new(
            "also",
            Shape::List(&Shape::Open(|| &RIDER_FIELDS)),
            "Further cases judged on the same run.",
        ),
    ]);
    fields
}

fn rider() -> Vec<Field> {
    let mut fields = about();
    fields.extend([
        Field::new(
            "checks",
            Shape::Many(&Shape::Text),
            "Entries of the list of checks that the rider covers.",
        ),
        Field::new(
            "requirement",
            Shape::Many(&Shape::Text),
            "What every expectation without a basis rests on.",
        ),
        Field::required("expect", Shape::Many(&EXPECTATION), "What is judged."),
    ]);
    fields
}

fn about() -> Vec<Field> {
    vec![
        Field::required(
            "id",
            Shape::Text,
            "The case's name: words joined by hyphens.",
        ),
        Field::new(
            "title",
            Shape::Text,
            "What a right target does; the id in words if unsaid.",
        ),
        Field::new(
            "severity",
            Shape::Word(severities),
            "How bad a failure would be; medium if unsaid.",
        ),
        Field::new("why", Shape::Text, "Why the rule exists."),
        Field::new("fix", Shape::Text, "How to mend it."),
        Field::new(
            "references",
            Shape::Many(&Shape::Text),
            "CVE, CWE and others.",
        ),
        Field::new(
            "detects",
            Shape::Many(&Shape::Text),
            "Faults of the reference server that the case is there for.",
        ),
        Field::new(
            "same-detection-as",
            Shape::Map(SAME),
            "Another case that sees the same faults, and why both stay.",
        ),
        Field::new(
            "only-if",
            Shape::Many(&Shape::Text),
            "Claims about the target, without which it does not apply.",
        ),
    ]
}

const SAME: &[Field] = &[
    Field::required("case", Shape::Text, "The other case."),
    Field::required("because", Shape::Text, "Why both stay."),
];

const BUT_PROVIDER: &[Field] = &[Field::required(
    "provider",
    Shape::MapOf(&Shape::Any),
    "The misbehaviour, by endpoint.",
)];

fn step() -> Vec<Field> {
    let mut fields = step_fields();
    fields.extend([
        Field::new(
            "name",
            Shape::Text,
            "The step's results become `${name.thing}`.",
        ),
        Field::new("as", Shape::Text, "The actor; `alice` if unsaid."),
        Field::new(
            "but",
            Shape::MapOf(&Shape::Any),
            "The departure: a merge patch over the action and `as`.",
        ),
        Field::new(
            "added",
            Shape::Bool,
            "The step exists only in the departure.",
        ),
        Field::new(
            "times",
            Shape::Int,
            "Runs it so often; its results become lists.",
        ),
        Field::new(
            "hold",
            Shape::Either(&[Shape::Word(holds), Shape::Many(&EXPECTATION)]),
            "What must be so for the case to mean anything.",
        ),
        Field::new(
            "applies",
            Shape::Either(&[Shape::Word(holds), Shape::Many(&EXPECTATION)]),
            "What must be so for the case to apply.",
        ),
        Field::new("expect", Shape::Many(&EXPECTATION), "What the case judges."),
    ]);
    fields
}

fn expectation() -> Vec<Field> {
    let mut fields = matcher::fields().to_vec();
    fields.extend([
        Field::new(
            "any-of",
            Shape::List(&ALTERNATIVE),
            "One of these suffices; each may look at a step of its own by `of`.",
        ),
        OF,
        Field::new("as", Shape::Text, "The actor who is asked."),
        Field::new(
            "requirement",
            Shape::Many(&Shape::Text),
            "What it rests on: ids of the catalogue.",
        ),
        Field::new(
            "weakness",
            Shape::Text,
            "What it rests on where no clause speaks: a CWE.",
        ),
        Field::new(
            "level",
            Shape::Word(levels),
            "How binding, for a weakness or a rule of your own; with `because`, less binding than its clauses are.",
        ),
        Field::new(
            "because",
            Shape::Text,
            "Why it counts less than its clauses: `level` says how much.",
        ),
        Field::new("basis", Shape::Word(bases), "A rule of your own."),
        Field::new(
            "severity",
            Shape::Word(severities),
            "How bad a miss of this one is, where it is another one than the case's.",
        ),
    ]);
    fields
}

fn alternative() -> Vec<Field> {
    let mut fields = matcher::fields().to_vec();
    fields.push(OF);
    fields
}

const OF: Field = Field::new(
    "of",
    Shape::Text,
    "The step, or the page of a step's walk, that is looked at.",
);

fn roles() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            Role::ResourceServer.word(),
            "An API guarded by Basic, Bearer or JWT.",
        ),
        (Role::AuthorizationServer.word(), "An authorization server."),
        (
            Role::Client.word(),
            "An application that logs in at a provider.",
        ),
    ]
}

fn severities() -> Vec<(&'static str, &'static str)> {
    Severity::ALL
        .iter()
        .map(|severity| (severity.word(), ""))
        .collect()
}

fn levels() -> Vec<(&'static str, &'static str)> {
    Level::ALL.iter().map(|level| (level.word(), "")).collect()
}

fn effects() -> Vec<(&'static str, &'static str)> {
    Effect::ALL
        .iter()
        .map(|effect| (effect.word(), ""))
        .collect()
}

fn capabilities() -> Vec<(&'static str, &'static str)> {
    Capability::ALL
        .iter()
        .map(|one| (one.word(), one.what()))
        .collect()
}

fn not_applicable() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "twin-fails",
            "The good path does not open: the door is not there.",
        ),
        ("departure-idle", "The target never used what was changed."),
    ]
}

fn bases() -> Vec<(&'static str, &'static str)> {
    vec![("ours", "Your own rule; level must unless said.")]
}

fn holds() -> Vec<(&'static str, &'static str)> {
    vec![
        ("any", "Nothing need be so."),
        ("accepted", "It opened."),
        ("refused", "It was refused."),
        ("errored", "A whole 5xx."),
        ("not-accepted", "Refused or errored."),
    ]
}
