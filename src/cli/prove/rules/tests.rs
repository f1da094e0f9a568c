use super::*;
use crate::source::Sources;
use crate::suite::compile::{Owner, suite};
use authspec_reference_server::faults;

/// Two cases; the first is there for a fault that exists.
const SUITE: &str = "\
suite: a/b
role: resource-server
cases:
  - id: one
    detects: [basic-presence-is-enough]
    steps:
      - send: { to: protected, credential: basic }
        but: { credential: { basic: { password: wrong } } }
        expect: [{ outcome: not-accepted, requirement: RFC7617-2-7 }]
  - id: two
    detects: [basic-user-name-is-enough]
    steps:
      - send: { to: protected, credential: basic }
        but: { credential: none }
        expect: [{ outcome: not-accepted, requirement: RFC7617-2-7 }]
";

fn cases(text: &str) -> Vec<Case> {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", text);
    suite(&sources, file, Owner::User).unwrap().cases
}

fn matrix(lines: &[&str]) -> Matrix {
    Matrix::read(&lines.join("\n")).unwrap()
}

fn fault(name: &str) -> &'static Fault {
    faults().iter().find(|fault| fault.name == name).unwrap()
}

const GOOD: &[&str] = &[
    "basic-presence-is-enough\ta/b::one\tfail\tRFC7617-2-7",
    "basic-presence-is-enough\ta/b::two\tfail\tRFC7617-2-7",
    "basic-user-name-is-enough\ta/b::two\tfail\tRFC7617-2-7",
];

fn chosen() -> Vec<&'static Fault> {
    ["basic-presence-is-enough", "basic-user-name-is-enough"]
        .map(fault)
        .to_vec()
}

#[test]
fn a_matrix_as_it_should_be_has_no_problem() {
    let all = problems(&matrix(GOOD), &cases(SUITE), &chosen(), true);
    assert_eq!(all, Vec::<String>::new());
}

#[test]
fn a_case_that_does_not_see_its_fault_is_told() {
    let blind = matrix(&GOOD[..2]);
    let all = problems(&blind, &cases(SUITE), &chosen(), false);
    assert_eq!(
        all,
        ["basic-user-name-is-enough: a/b::two is there for it and says not judged"]
    );
}

#[test]
fn a_fault_without_a_case_is_told_only_of_the_whole() {
    let more = [chosen(), vec![fault("basic-no-challenge")]].concat();
    let all = problems(&matrix(GOOD), &cases(SUITE), &more, true);
    assert_eq!(all, ["basic-no-challenge: no case is there for this fault"]);
    assert!(problems(&matrix(GOOD), &cases(SUITE), &more, false).is_empty());
}

#[test]
fn two_cases_that_see_the_same_are_told_unless_one_says_why() {
    let same = matrix(&[
        GOOD[0],
        GOOD[1],
        GOOD[2],
        "basic-user-name-is-enough\ta/b::one\tfail\tRFC7617-2-7",
    ]);
    let all = problems(&same, &cases(SUITE), &chosen(), true);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].starts_with("a/b::two sees the same faults as a/b::one"));
    let excused = SUITE.replace(
        "  - id: two\n",
        "  - id: two\n    same-detection-as: { case: one, because: both stay }\n",
    );
    assert!(problems(&same, &cases(&excused), &chosen(), true).is_empty());
}

#[test]
fn a_finding_on_other_grounds_needs_the_lock() {
    let other = matrix(&[
        "basic-presence-is-enough\ta/b::one\tfail\tCWE-1",
        GOOD[1],
        GOOD[2],
    ]);
    let cases = cases(SUITE);
    let all = unexpected_reasons(&other, &cases, &chosen(), None);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(unexpected_reasons(&other, &cases, &chosen(), Some(&other)).is_empty());
    assert!(unexpected_reasons(&matrix(GOOD), &cases, &chosen(), None).is_empty());
}

#[test]
fn pairs_that_appear_or_vanish_are_told() {
    let cases = cases(SUITE);
    let (less, more) = (matrix(&GOOD[..2]), matrix(GOOD));
    assert!(changes(&more, &more, &cases, true).is_empty());
    assert!(changes(&more, &less, &cases, true)[0].contains("sees it now"));
    assert!(changes(&less, &more, &cases, true)[0].contains("sees it no more"));
    let otherwise = matrix(&[
        GOOD[0],
        GOOD[1],
        "basic-user-name-is-enough\ta/b::two\twarn\tX",
    ]);
    assert!(changes(&otherwise, &more, &cases, true)[0].contains("otherwise"));
}

#[test]
fn what_expects_a_refusal_of_an_offer_is_known() {
    let names = names(&cases(SUITE));
    assert!(names["a/b::one"].refuses_offered);
    let conditional = SUITE.replace("expect:", "applies: not-accepted\n        expect:");
    assert_ne!(conditional, SUITE);
    assert!(!super::names(&cases(&conditional))["a/b::one"].refuses_offered);
    assert!(!names["a/b::two"].refuses_offered);
    assert!(names["a/b::two"].departs);
}

#[test]
fn a_server_that_refuses_everything_lets_no_negative_case_pass() {
    let refusing = [fault("refuses-everything")];
    let passed = matrix(&["refuses-everything\ta/b::one\tpass\t"]);
    let all = problems(&passed, &cases(SUITE), &refusing, false);
    assert_eq!(all, ["refuses-everything: a/b::one says pass"]);
    let accepting = [fault("accepts-everything")];
    let passed = matrix(&["accepts-everything\ta/b::one\tinconclusive\t"]);
    assert_eq!(problems(&passed, &cases(SUITE), &accepting, false).len(), 1);
}
