//! `authspec replay`: what a run recorded is judged as the run judged it, or not at all.

#![expect(clippy::unwrap_used, reason = "a test may")]

#[path = "cli_support/server.rs"]
mod server;
#[path = "cli_support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use authspec_reference_server::accounts;
use serde_json::Value;

use server::Server;
use support::{Place, Said};

/// What a reason says where redaction took something.
const TAKEN: &str = "redaction took out of the record";

fn read(place: &Place, name: &str) -> Value {
    let text = std::fs::read_to_string(place.path().join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn cases(report: &Value) -> BTreeMap<String, Value> {
    let cases = report["cases"].as_array().unwrap().iter();
    cases
        .map(|case| (case["id"].as_str().unwrap().to_owned(), case.clone()))
        .collect()
}

/// All that is said of a case.
fn said(case: &Value) -> Vec<Value> {
    ["verdict", "findings", "reason", "skip", "notes"]
        .map(|member| case[member].clone())
        .to_vec()
}

/// Holds each case of a replay against that of the run: how many were judged, and how many could not be for what was
/// redacted.
fn compared(run: &Value, again: &Value) -> (usize, usize) {
    let (run, again) = (cases(run), cases(again));
    assert!(run.keys().eq(again.keys()), "the same cases");
    let (mut judged, mut taken) = (0, 0);
    for (id, then) in &run {
        let now = &again[id];
        if said(then) == said(now) {
            judged += 1;
            continue;
        }
        let why = now["reason"].as_str().unwrap_or_default();
        let open = now["verdict"] == "inconclusive" && why.contains(TAKEN);
        assert!(open, "{id}: {:?} and then {:?}", said(then), said(now));
        taken += 1;
    }
    (judged, taken)
}

fn replayed(place: &Place, more: &[&str]) -> Said {
    let args = ["replay", "r.json", "--report", "json=again.json", "-q"];
    place.run(&[&args, more].concat())
}

#[test]
fn a_replay_says_what_the_run_said_or_that_redaction_hides_it() {
    let place = Place::new();
    let cases = [
        "basic/",
        "as/token-answer",
        "client/request",
        "client/callback",
    ];
    let record = ["--record", "--report", "json=r.json", "-q"];
    let run = place.run(&[&["run"], &cases[..], &record].concat());
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let again = replayed(&place, &[]);
    assert_eq!(again.code, 3, "{}{}", again.out, again.err);
    let (run, again) = (read(&place, "r.json"), read(&place, "again.json"));
    let (judged, taken) = compared(&run, &again);
    assert!(
        judged > 100 && taken > 5 && taken < judged / 3,
        "{judged} and {taken}"
    );
    assert_eq!(again["summary"]["requests"], 0);
    let text = run.to_string();
    for account in accounts() {
        assert!(!text.contains(account.password));
    }
    // a replay can be replayed
    std::fs::copy(place.path().join("again.json"), place.path().join("r.json")).unwrap();
    assert_eq!(replayed(&place, &[]).code, 3);
    assert_eq!(said_of(&read(&place, "again.json")), said_of(&again));
}

fn said_of(report: &Value) -> Vec<Vec<Value>> {
    cases(report).values().map(said).collect()
}

#[test]
fn what_failed_fails_again() {
    let server = Server::with(&[
        "basic-user-name-is-enough",
        "basic-challenge-without-realm",
        "basic-refusal-echoes-credential",
        "basic-500-on-quote",
        "banner-names-versions",
    ]);
    let place = Place::new().file("authspec.yaml", profile(server.origin()));
    let env = [("API_PASSWORD", accounts()[0].password)];
    let args = ["run", "basic/", "--record", "--report", "json=r.json", "-q"];
    assert_eq!(place.run_with(&args, &env).code, 1);
    drop(server);
    let again = replayed(&place, &[]);
    assert_eq!(again.code, 1, "{}{}", again.out, again.err);
    let (run, again) = (read(&place, "r.json"), read(&place, "again.json"));
    compared(&run, &again);
    let failed = |report: &Value| report["summary"]["failed"].as_u64().unwrap();
    assert!(failed(&run) > 2);
    assert_eq!(failed(&run), failed(&again));
}

#[test]
fn a_rider_that_asks_for_a_claim_stays_as_the_run_left_it() {
    const SUITE: &str = r"
suite: mine/api
role: resource-server
cases:
  - id: refused
    steps:
      - send: { to: protected, credential: basic }
        but: { credential: none }
        expect: [{ outcome: not-accepted, basis: ours }]
    also:
      - { id: claimed, only-if: [target.says-so], expect: [{ status: 418, basis: ours }] }
";
    let server = Server::with(&[]);
    for (claims, word) in [("", "skip"), ("claims: [target.says-so]\n", "fail")] {
        let place = Place::new()
            .file("authspec.yaml", profile(server.origin()) + claims)
            .file("mine.yaml", SUITE);
        let env = [("API_PASSWORD", accounts()[0].password)];
        let args = [
            "run",
            "mine.yaml",
            "--record",
            "--report",
            "json=r.json",
            "-q",
        ];
        place.run_with(&args, &env);
        replayed(&place, &["--suites", "mine.yaml"]);
        for name in ["r.json", "again.json"] {
            let told = cases(&read(&place, name));
            assert_eq!(told["mine/api::refused/claimed"]["verdict"], word, "{name}");
        }
    }
}

fn profile(origin: &str) -> String {
    format!(
        "target: {origin}\nguarded: [GET /basic]\nbasic: {{ user: alice, password: \"${{env.API_PASSWORD}}\" }}\n"
    )
}

/// A suite of one case with a rider, and what is judged in each.
fn suite(credential: &str, expect: &str, rider: &str) -> String {
    format!(
        "suite: mine/one\nrole: resource-server\ncases:\n  - id: c\n    title: The case\n    steps:\n      - send: {{ to: protected, credential: basic }}\n        but: {{ credential: {credential} }}\n        expect:\n          - {{ {expect}, basis: ours }}\n    also:\n      - id: r\n        title: The rider\n        expect:\n          - {{ {rider}, basis: ours }}\n"
    )
}

#[test]
fn todays_suite_decides_and_what_it_asks_anew_is_not_judged() {
    let server = Server::with(&[]);
    let (wrong, refused, echo) = (
        "{ basic: { password: wrong-by-far } }",
        "outcome: not-accepted",
        "status: 401",
    );
    let place = Place::new()
        .file("authspec.yaml", profile(server.origin()))
        .file("mine.yaml", suite(wrong, refused, echo));
    let env = [("API_PASSWORD", accounts()[0].password)];
    let args = [
        "run",
        "mine.yaml",
        "--record",
        "--report",
        "json=r.json",
        "-q",
    ];
    let run = place.run_with(&args, &env);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    drop(server);
    let two = |host, rider| [("mine/one::c", host), ("mine/one::c/r", rider)];
    let other = "{ basic: { password: another-one } }";
    for (text, code, verdicts, why) in [
        (suite(wrong, refused, echo), 0, two("pass", "pass"), ""),
        (
            suite(wrong, "status: 200", echo),
            1,
            two("fail", "inconclusive"),
            "",
        ),
        (
            suite(wrong, refused, "status: 403"),
            1,
            two("pass", "fail"),
            "",
        ),
        (
            suite(wrong, "no-echo: credential", echo),
            3,
            two("inconclusive", "inconclusive"),
            TAKEN,
        ),
        (
            suite(other, refused, echo),
            3,
            two("inconclusive", "inconclusive"),
            "asks something else today",
        ),
        (
            suite(wrong, refused, echo).replace("id: c", "id: d"),
            3,
            two("inconclusive", "inconclusive"),
            "no suite has it today",
        ),
    ] {
        std::fs::write(place.path().join("mine.yaml"), &text).unwrap();
        let again = replayed(&place, &[]);
        assert_eq!(again.code, code, "{text}\n{}{}", again.out, again.err);
        let report = read(&place, "again.json");
        for (id, verdict) in verdicts {
            let case = &cases(&report)[id];
            assert_eq!(case["verdict"], verdict, "{text}\n{case}");
        }
        assert!(report.to_string().contains(why), "{text}\n{report}");
    }
}

#[test]
fn a_report_without_a_record_is_told() {
    let place = Place::new();
    let args = ["run", "basic/challenge", "--report", "json=r.json", "-q"];
    assert_eq!(place.run(&args).code, 0);
    let said = replayed(&place, &[]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("--record"), "{}", said.err);
}
