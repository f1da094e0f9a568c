use serde_json::Value;

use super::*;
use crate::model;
use crate::model::{Level as Bound, Skip as Left, Verdict as Said};
use crate::report::samples::{exchange, finding, outcome, run};

mod between;

fn every_verdict() -> Vec<RunEvent> {
    let mut failed = outcome("basic", "fail", Said::Fail(vec![finding(Bound::Must)]));
    failed.evidence = vec![
        exchange(0, "HTTP/1.1 401 Unauthorized\r\n"),
        exchange(1, "HTTP/1.1 200 OK\r\n\r\n{\"orders\":[]}"),
    ];
    failed.notes = vec!["answers HEAD too".to_owned()];
    let skips = [
        Left::Missing(vec![model::Capability::SigningKey, model::Capability::Jwt]),
        Left::NotApplicable("no revocation endpoint".to_owned()),
        Left::OptIn(model::Effect::FailedLogins),
    ];
    let mut outcomes = vec![
        outcome("basic", "pass", Said::Pass),
        outcome("basic", "warn", Said::Warn(vec![finding(Bound::ShouldNot)])),
        failed,
        outcome("jwt", "open", Said::Inconclusive("no answer".to_owned())),
    ];
    outcomes.extend(skips.map(|skip| outcome("jwt", "skip", Said::Skip(skip))));
    let mut events = run(outcomes);
    let note = model::TargetNote {
        about: "GET /orders".to_owned(),
        says: "no credential is needed".to_owned(),
        finding: Some(finding(Bound::Must)),
    };
    events.insert(1, RunEvent::Noted(note));
    events
}

fn written(events: &[RunEvent]) -> String {
    let mut json = Json::default();
    for event in events {
        json.event(event).unwrap();
    }
    String::from_utf8(json.finish().unwrap().unwrap()).unwrap()
}

#[test]
fn a_report_reads_back_as_it_was_and_fits_its_schema() {
    let mut json = Json::default();
    for event in every_verdict() {
        json.event(&event).unwrap();
    }
    let text = written(&every_verdict());
    let read: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(read, json.into_report());
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|one| one.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    value["cases"][0]["verdict"] = "fine".into();
    assert!(
        !validator.is_valid(&value),
        "the schema must know the verdicts"
    );
}

#[test]
fn nothing_that_was_said_is_left_out() {
    let report: Value = serde_json::from_str(&written(&every_verdict())).unwrap();
    let failed = serde_json::to_string_pretty(&report["cases"][2]).unwrap();
    insta::assert_snapshot!(failed, @r#"
    {
      "id": "basic::fail",
      "suite": "basic",
      "title": "A wrong password is not accepted",
      "role": "resource-server",
      "severity": "critical",
      "verdict": "fail",
      "findings": [
        {
          "basis": [
            {
              "id": "RFC7617-2-1",
              "level": "must"
            },
            {
              "id": "CWE-287",
              "level": "should"
            }
          ],
          "expected": "not-accepted",
          "actual": "accepted: 200 application/json, the protected content",
          "place": {
            "file": "bundled:basic/credentials.yaml",
            "line": 41,
            "column": 7,
            "text": "    - outcome: not-accepted",
            "width": 21
          },
          "evidence": [
            1
          ]
        }
      ],
      "notes": [
        "answers HEAD too"
      ],
      "departs": [
        "credential.password: wrong"
      ],
      "rests_on": [
        {
          "id": "RFC7617-2-1",
          "level": "must"
        },
        {
          "id": "CWE-287",
          "level": "should"
        }
      ],
      "why": "A server that looks up the user and forgets to compare the\npassword lets everybody in who knows a name.",
      "fix": "Compare the password with its stored hash, and refuse with 401 if they differ.",
      "references": [
        "CWE-287",
        "CVE-2020-0001"
      ],
      "place": {
        "file": "bundled:basic/credentials.yaml",
        "line": 41,
        "column": 7,
        "text": "    - outcome: not-accepted",
        "width": 21
      },
      "evidence": [
        {
          "seq": 0,
          "hop": "authspec -> target",
          "actor": "",
          "step": 0,
          "request": "GET /orders HTTP/1.1\r\nhost: localhost:8080\r\nauthorization: Basic «alice with a wrong password»\r\n",
          "answer": "HTTP/1.1 401 Unauthorized\r\n",
          "curl": "curl -i -H \"Authorization: Basic $(printf %s 'alice:wrong' | base64)\" http://localhost:8080/orders",
          "milliseconds": 3.0
        },
        {
          "seq": 1,
          "hop": "authspec -> target",
          "actor": "",
          "step": 0,
          "request": "GET /orders HTTP/1.1\r\nhost: localhost:8080\r\nauthorization: Basic «alice with a wrong password»\r\n",
          "answer": "HTTP/1.1 200 OK\r\n\r\n{\"orders\":[]}",
          "curl": "curl -i -H \"Authorization: Basic $(printf %s 'alice:wrong' | base64)\" http://localhost:8080/orders",
          "milliseconds": 3.0
        }
      ],
      "requests": 1,
      "milliseconds": 3.141
    }
    "#);
    insta::assert_snapshot!(report["cases"][3]["reason"], @r#""no answer""#);
    insta::assert_snapshot!(report["cases"][4]["skip"]["kind"], @r#""missing""#);
    insta::assert_snapshot!(report["cases"][4]["skip"]["capabilities"][1], @r#"{"word":"jwt","what":"A valid bearer token that is a signed JWT.","hint":"token: (a JWT), login:, grant:, key: or trusts-provider:"}"#);
    insta::assert_snapshot!(report["cases"][5]["skip"], @r#"{"kind":"not-applicable","why":"no revocation endpoint"}"#);
    insta::assert_snapshot!(report["cases"][6]["skip"], @r#"{"kind":"opt-in","effect":"failed-logins","hint":"--allow failed-logins"}"#);
    insta::assert_snapshot!(report["notes"][0]["finding"]["basis"], @r#"[{"id":"RFC7617-2-1","level":"must"},{"id":"CWE-287","level":"should"}]"#);
    insta::assert_snapshot!(report["summary"], @r#"{"failed":1,"warned":1,"passed":1,"inconclusive":1,"skipped":3,"judged":3,"total":7,"requests":310,"milliseconds":420.0}"#);
    assert_eq!(report["complete"], true);
    assert_eq!(report["version"], 1);
    assert_eq!(report["target"], "http://localhost:8080");
}

#[test]
fn a_run_that_ended_early_is_marked() {
    let mut events = every_verdict();
    let Some(RunEvent::RunFinished(mut summary)) = events.pop() else {
        panic!("the last event ends the run");
    };
    let cut: Report = serde_json::from_str(&written(&events)).unwrap();
    assert!(!cut.complete);
    assert_eq!((cut.summary.total, cut.summary.judged), (7, 3));
    summary.interrupted = Some("SIGINT".to_owned());
    events.push(RunEvent::RunFinished(summary));
    let stopped: Report = serde_json::from_str(&written(&events)).unwrap();
    assert!(!stopped.complete);
    assert_eq!(stopped.summary.interrupted.as_deref(), Some("SIGINT"));
}

#[test]
fn foreign_characters_are_escaped_and_read_back() {
    let said = "\u{1b}]52;c;\u{7} \u{202e}nimda \u{200b}\u{e0041} \u{9b} \u{7f} \u{2028} ##[x] ::error::\r\n";
    let text = written(&run(vec![outcome(
        "x",
        "y",
        Said::Inconclusive(said.to_owned()),
    )]));
    assert!(
        !text.chars().any(|one| one != '\n' && is_hazard(one)),
        "{text}"
    );
    assert!(!text.contains("##["));
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::")));
    let read: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(read.cases[0].reason.as_deref(), Some(said));
}

#[test]
fn words_are_those_of_the_model() {
    fn word(value: impl serde::Serialize) -> String {
        serde_json::to_value(value)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    }
    for one in model::Role::ALL {
        assert_eq!(word(Role::from(*one)), one.word());
    }
    for one in model::Severity::ALL {
        assert_eq!(word(Severity::from(*one)), one.word());
    }
    for one in model::Level::ALL {
        assert_eq!(word(Level::from(*one)), one.word());
    }
    for one in model::Effect::ALL {
        assert_eq!(word(Effect::from(*one)), one.word());
    }
    for event in every_verdict() {
        if let RunEvent::CaseFinished(outcome) = event {
            assert_eq!(
                word(Verdict::from(&outcome.verdict)),
                outcome.verdict.word()
            );
        }
    }
}

#[test]
fn the_schema_in_the_repository_is_this_one() {
    let file = include_str!("../../../schemas/report.json");
    let ours = serde_json::to_string_pretty(&schema()).unwrap();
    assert!(
        file.trim_end() == ours,
        "schemas/report.json is not what `authspec schema report` prints"
    );
}

#[test]
fn a_report_comes_back_as_the_events_that_it_was_made_of() {
    let report: Report = serde_json::from_str(&written(&every_verdict())).unwrap();
    let again: Report = serde_json::from_str(&written(&report.events().unwrap())).unwrap();
    assert_eq!(again, report);
    let mut strange = report.clone();
    strange.cases[2].evidence[0].hop = "nobody -> nowhere".to_owned();
    assert!(strange.events().is_err());
    let mut cut = report;
    cut.complete = false;
    let again: Report = serde_json::from_str(&written(&cut.events().unwrap())).unwrap();
    assert!(!again.complete && again.summary.interrupted.is_some());
}
