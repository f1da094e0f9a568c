//! Every report format: what it says is what was heard, other programs read it, and no secret is in it.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; what stops here fails the test"
)]

#[path = "reports/browser.rs"]
mod browser;
#[path = "reports/canaries.rs"]
mod canaries;
#[path = "reports/sample.rs"]
mod sample;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use authspec::report::FORMATS;
use serde_json::Value;

use sample::{model, run_of, written};

/// A format as another program reads it: verdicts by case, or none where there is no Python here.
fn read_back(format: &str, report: &[u8]) -> Option<BTreeMap<String, String>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reports/read.py");
    let child = Command::new("python3")
        .args([script, format])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        #[expect(clippy::print_stderr, reason = "a skip that nobody sees is a hole")]
        {
            eprintln!("skipped: there is no python3 here to read {format} with");
        }
        return None;
    };
    child.stdin.take().unwrap().write_all(report).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{format} is not read by Python");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// What a format can tell apart: JUnit and TAP have no warnings, the Markdown summary counts.
fn told(format: &str, verdicts: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut told = BTreeMap::new();
    for (id, verdict) in verdicts {
        *counts.entry(verdict.clone()).or_default() += 1;
        told.insert(id, verdict);
    }
    match format {
        "markdown" | "human" => counts
            .into_iter()
            .map(|(verdict, number)| (verdict, number.to_string()))
            .collect(),
        _ => told,
    }
}

#[test]
fn a_thousand_cases_are_read_by_another_program_as_they_were_told() {
    let events = run_of(1_000);
    for format in FORMATS {
        let report = written(format, &events);
        let Some(read) = read_back(format.name, &report) else {
            return;
        };
        assert_eq!(read, told(format.name, model(&events)), "{}", format.name);
    }
}

#[test]
fn a_run_that_broke_off_is_green_in_no_format() {
    let mut events = run_of(3);
    events.truncate(2);
    for format in FORMATS {
        let text = String::from_utf8(written(format, &events)).unwrap();
        let sign = match format.name {
            "json" => "\"complete\": false",
            "junit" => "type=\"interrupted\"/>",
            "sarif" => "\"executionSuccessful\": false",
            "markdown" => "**Incomplete:**",
            "tap" => "Bail out!",
            "human" => "INCOMPLETE",
            "html" => "ended early: the run did not come to its end",
            // a stream that lacks its last line
            "events" => {
                assert!(!text.contains("run-finished"));
                continue;
            }
            other => panic!("{other}: say here how an incomplete run looks"),
        };
        assert!(text.contains(sign), "{}: {text}", format.name);
    }
}

#[test]
fn no_format_lets_foreign_text_command_a_terminal_or_a_build() {
    let events = run_of(50);
    for format in FORMATS {
        let text = String::from_utf8(written(format, &events)).unwrap();
        for hazard in [
            '\u{1b}', '\u{202e}', '\u{200b}', '\u{7}', '\0', '\u{2028}', '\u{9b}',
        ] {
            assert!(!text.contains(hazard), "{}: {hazard:?}", format.name);
        }
        assert!(!text.contains("##["), "{}", format.name);
        let mut lines = text.lines();
        let commands = lines.find(|line| line.trim_start().starts_with("::"));
        assert_eq!(commands, None, "{}", format.name);
    }
}

#[test]
fn no_format_shows_a_secret_in_any_coding() {
    let canaries = canaries::twenty();
    let events = canaries::run(&canaries);
    for format in FORMATS {
        let report = written(format, &events);
        let text = String::from_utf8(report).unwrap();
        assert!(text.contains('«'), "{}: nothing was redacted", format.name);
        for canary in &canaries {
            for coded in canaries::codings(canary) {
                assert!(
                    !text.to_lowercase().contains(&coded.to_lowercase()),
                    "{} shows {canary:?} as {coded:?}",
                    format.name
                );
            }
        }
    }
}

#[test]
fn each_line_of_events_is_one_and_the_cases_are_those_of_the_report() {
    let events = run_of(30);
    let named = |name| FORMATS.iter().find(|format| format.name == name).unwrap();
    let report: Value = serde_json::from_slice(&written(named("json"), &events)).unwrap();
    let lines = String::from_utf8(written(named("events"), &events)).unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), events.len());
    let begun = lines.iter().filter(|line| line["event"] == "case-started");
    assert_eq!(begun.count(), 30);
    let cases: Vec<&Value> = lines
        .iter()
        .filter(|line| line["event"] == "case-finished")
        .map(|line| &line["case"])
        .collect();
    let reported: Vec<&Value> = report["cases"].as_array().unwrap().iter().collect();
    assert_eq!(cases, reported);
    assert_eq!(lines[0]["run"], report["run"]);
    assert_eq!(lines.last().unwrap()["summary"], report["summary"]);
}
