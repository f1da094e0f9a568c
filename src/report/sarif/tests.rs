use serde_json::Value;

use super::*;
use crate::model::{Effect, Level, Skip, Verdict as Said};
use crate::report::samples::{finding, outcome, run};

fn written() -> Value {
    let mut sarif = Reported::default();
    for event in run(vec![
        outcome("basic", "pass", Said::Pass),
        outcome("basic", "warn", Said::Warn(vec![finding(Level::Should)])),
        outcome(
            "basic",
            "fail",
            Said::Fail(vec![finding(Level::Must), finding(Level::Should)]),
        ),
        outcome("jwt", "open", Said::Inconclusive("no answer".to_owned())),
        outcome("jwt", "skip", Said::Skip(Skip::OptIn(Effect::Slow))),
    ]) {
        sarif.event(&event).unwrap();
    }
    serde_json::from_slice(&sarif.finish().unwrap().unwrap()).unwrap()
}

#[test]
fn the_standards_schema_takes_it() {
    let schema = include_str!("../../../tests/reports/sarif-schema-2.1.0.json");
    // one pattern of the published file is no regular expression: a bracket too many
    let schema = schema.replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report = written();
    let wrong: Vec<String> = validator
        .iter_errors(&report)
        .map(|one| format!("{}: {one}", one.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let mut spoilt = report;
    spoilt["runs"][0]["results"][0]["level"] = "bad".into();
    assert!(!validator.is_valid(&spoilt), "the schema must know levels");
}

#[test]
fn each_verdict_has_its_place() {
    let run = &written()["runs"][0];
    let results: Vec<(&str, &str, u64)> = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["ruleId"].as_str().unwrap(),
                one["level"].as_str().unwrap(),
                one["ruleIndex"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        results,
        [
            ("basic::warn", "warning", 1),
            ("basic::fail", "error", 2),
            ("basic::fail", "warning", 2)
        ]
    );
    let told = &run["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(told[0]["associatedRule"]["id"], "jwt::open");
    assert_eq!(
        (&told[0]["level"], &told[1]["level"]),
        (&"warning".into(), &"note".into())
    );
    assert_eq!(told[1]["associatedRule"]["id"], "jwt::skip");
    let rule = &run["tool"]["driver"]["rules"][2];
    assert_eq!(rule["properties"]["security-severity"], "9.5");
    assert!(
        rule["help"]["text"]
            .as_str()
            .unwrap()
            .contains("RFC7617-2-1")
    );
    let place = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["region"]["startLine"], 41);
    assert_eq!(
        place["artifactLocation"]["uri"],
        "bundled%3Abasic/credentials.yaml"
    );
}

#[test]
fn a_run_that_broke_off_was_not_successful() {
    let mut sarif = Reported::default();
    let events = run(vec![outcome("basic", "pass", Said::Pass)]);
    for event in &events[..2] {
        sarif.event(event).unwrap();
    }
    let report: Value = serde_json::from_slice(&sarif.finish().unwrap().unwrap()).unwrap();
    let invocation = &report["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(
        invocation["toolExecutionNotifications"][0]["level"],
        "error"
    );
}

#[test]
fn foreign_text_is_no_link_and_no_argument() {
    for (raw, shown) in [
        ("[x](https://evil)", "\\[x\\](https://evil)"),
        ("{0} {\"a\":1} {} {x}", "{{0}} {\"a\":1} {} {x}"),
        ("a\\b", "a\\\\b"),
        ("é{12", "é{12"),
    ] {
        assert_eq!(literal(raw), shown);
    }
}

#[test]
fn a_file_is_a_relative_reference() {
    for (file, uri) in [
        ("suites/basic/a.yaml", "suites/basic/a.yaml"),
        ("./my suites/ä.yaml", "my%20suites/%C3%A4.yaml"),
        ("x:y?#.yaml", "x%3Ay%3F%23.yaml"),
    ] {
        assert_eq!(address(file), uri);
    }
}
