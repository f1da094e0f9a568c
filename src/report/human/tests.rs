use super::*;
use crate::model::{Basis, Capability, Effect, Level, Skip};
use crate::report::samples::{exchange, finding, outcome, run};

mod hostile;
mod unjudged;

const OK: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"orders\":[{\"id\":7}]}";

fn said(style: Style, events: &[RunEvent]) -> String {
    let mut out = Vec::new();
    let mut human = Human::new(&mut out, style);
    for event in events {
        human.event(event).unwrap();
    }
    assert_eq!(human.finish().unwrap(), None);
    String::from_utf8(out).unwrap()
}

fn terminal() -> Style {
    Style {
        terminal: true,
        ..Style::default()
    }
}

fn failed() -> CaseOutcome {
    let mut failed = outcome(
        "basic/credentials",
        "wrong-password",
        Verdict::Fail(vec![finding(Level::MustNot)]),
    );
    failed.evidence = vec![
        exchange(0, "HTTP/1.1 401 Unauthorized\r\n"),
        exchange(1, OK),
    ];
    failed
}

fn passed(suite: &str, case: &str) -> CaseOutcome {
    outcome(suite, case, Verdict::Pass)
}

fn skipped(case: &str, skip: Skip) -> CaseOutcome {
    outcome("jwt/keys", case, Verdict::Skip(skip))
}

#[test]
fn all_pass_on_a_terminal() {
    let events = run(vec![
        passed("basic/credentials", "wrong-password"),
        passed(
            "basic/credentials",
            "a-case-with-a-name-longer-than-its-column",
        ),
        passed("jwt/keys", "unsigned"),
    ]);
    insta::assert_snapshot!(said(terminal(), &events), @"
    authspec 0.1.0: 3 cases against http://localhost:8080

    ▸ basic/credentials
      ✔ wrong-password                    A wrong password is not accepted
      ✔ a-case-with-a-name-longer-than-its-column  A wrong password is not accepted

    ▸ jwt/keys
      ✔ unsigned                          A wrong password is not accepted

    3 passed - all 3 judged, in 0.42 s, 310 requests
    ");
}

#[test]
fn all_pass_in_a_pipe() {
    let events = run(vec![
        passed("basic/credentials", "wrong-password"),
        passed("jwt/keys", "unsigned"),
        passed("jwt/keys", "stripped"),
    ]);
    insta::assert_snapshot!(said(Style::default(), &events), @"
    authspec 0.1.0: 3 cases against http://localhost:8080

    ▸ basic/credentials  1 passed
    ▸ jwt/keys           2 passed

    3 passed - all 3 judged, in 0.42 s, 310 requests
    ");
}

#[test]
fn a_failure_with_its_evidence() {
    insta::assert_snapshot!(said(terminal(), &run(vec![passed("basic/credentials", "right"), failed()])), @r#"
    authspec 0.1.0: 2 cases against http://localhost:8080

    ▸ basic/credentials
      ✔ right                             A wrong password is not accepted
      ✘ wrong-password                    A wrong password is not accepted

    ✘ FAIL critical basic/credentials::wrong-password
               │ A wrong password is not accepted
       departs │ credential.password: wrong
               │
               │ bundled:basic/credentials.yaml:41:7
            41 │     - outcome: not-accepted
               │       ^^^^^^^^^^^^^^^^^^^^^
      expected │ not-accepted
        actual │ accepted: 200 application/json, the protected content
      rests on │ RFC7617-2-1 (must-not), CWE-287 (should)
           why │ A server that looks up the user and forgets to compare the password
               │ lets everybody in who knows a name.
           fix │ Compare the password with its stored hash, and refuse with 401 if
               │ they differ.
           see │ CWE-287, CVE-2020-0001
         again │ authspec run --profile 'my api.yaml' basic/credentials::wrong-password
               │
      exchange │ authspec -> target, 3 ms
               │ > GET /orders HTTP/1.1
               │ > host: localhost:8080
               │ > authorization: Basic «alice with a wrong password»
               │ < HTTP/1.1 200 OK
               │ < content-type: application/json
               │ <
               │ < {"orders":[{"id":7}]}
          curl │ curl -i -H "Authorization: Basic $(printf %s 'alice:wrong' | base64)" http://localhost:8080/orders

    1 failed (1 critical), 1 passed - all 2 judged, in 0.42 s, 310 requests
    "#);
}

#[test]
fn a_failure_in_ascii_and_quiet() {
    let style = Style {
        unicode: false,
        quiet: true,
        ..terminal()
    };
    insta::assert_snapshot!(said(style, &run(vec![failed()])), @"
    x FAIL critical basic/credentials::wrong-password
               | A wrong password is not accepted
    1 failed (1 critical) - 1 of 1 judged, in 0.42 s, 310 requests
    ");
}

#[test]
fn worst_first_and_warnings_after_failures() {
    let mut low = failed();
    low.severity = Severity::Low;
    low.id = low.id.rider("challenge");
    let mut warned = outcome(
        "basic/challenge",
        "charset",
        Verdict::Warn(vec![finding(Level::Should)]),
    );
    warned.title = "The challenge says UTF-8".to_owned();
    let style = Style {
        quiet: true,
        ..Style::default()
    };
    insta::assert_snapshot!(said(style, &run(vec![warned, low, failed()])), @"
    ✘ FAIL critical basic/credentials::wrong-password
               │ A wrong password is not accepted
    ✘ FAIL low basic/credentials::wrong-password/challenge
               │ A wrong password is not accepted
    ! WARN critical basic/challenge::charset
               │ The challenge says UTF-8
    2 failed (1 critical), 1 warning - all 3 judged, in 0.42 s, 310 requests
    ");
}

#[test]
fn a_warning_with_two_findings_and_a_note() {
    let mut second = finding(Level::Should);
    second.expected = "a Cache-Control field with no-store".to_owned();
    second.actual = "no such field".to_owned();
    second.place.line = 1_042;
    second.basis = vec![Basis::Ours {
        level: Level::Should,
    }];
    let mut warned = outcome(
        "basic/challenge",
        "charset",
        Verdict::Warn(vec![finding(Level::Should), second]),
    );
    warned.notes = vec!["answers HEAD too".to_owned()];
    warned.references.clear();
    insta::assert_snapshot!(said(Style::default(), &run(vec![warned])), @"
    authspec 0.1.0: 1 case against http://localhost:8080

    ▸ basic/challenge  1 warning

    ! WARN critical basic/challenge::charset
               │ A wrong password is not accepted
       departs │ credential.password: wrong
               │
               │ bundled:basic/credentials.yaml:41:7
            41 │     - outcome: not-accepted
               │       ^^^^^^^^^^^^^^^^^^^^^
      expected │ not-accepted
        actual │ accepted: 200 application/json, the protected content
      rests on │ RFC7617-2-1 (should), CWE-287 (should)
               │
               │ bundled:basic/credentials.yaml:1042:7
          1042 │     - outcome: not-accepted
               │       ^^^^^^^^^^^^^^^^^^^^^
      expected │ a Cache-Control field with no-store
        actual │ no such field
      rests on │ your rule (should)
          note │ answers HEAD too
           why │ A server that looks up the user and forgets to compare the password
               │ lets everybody in who knows a name.
           fix │ Compare the password with its stored hash, and refuse with 401 if
               │ they differ.
         again │ authspec run --profile 'my api.yaml' basic/challenge::charset

    1 warning - 1 of 1 judged, in 0.42 s, 310 requests
    ");
}

#[test]
fn verbose_shows_what_was_noted_of_a_pass() {
    let mut noted = passed("basic/credentials", "right");
    noted.notes = vec!["the realm is empty".to_owned()];
    let style = Style {
        verbose: true,
        ..Style::default()
    };
    let quiet = said(Style::default(), &run(vec![noted.clone()]));
    assert!(
        quiet.contains("\n1 passed case has notes: --verbose"),
        "{quiet}"
    );
    insta::assert_snapshot!(said(style, &run(vec![noted])), @"
    authspec 0.1.0: 1 case against http://localhost:8080

    ▸ basic/credentials
      ✔ right                             A wrong password is not accepted
          note │ the realm is empty

    1 passed - 1 of 1 judged, in 0.42 s, 310 requests
    ");
}

#[test]
fn notes_on_the_target_come_first() {
    let mut events = run(vec![failed()]);
    for (about, says, finding) in [
        ("clock", "the target's clock is 10 min ahead of ours", None),
        (
            "GET /orders",
            "anybody gets the protected content",
            Some(finding(Level::Must)),
        ),
    ] {
        let note = TargetNote {
            about: about.to_owned(),
            says: says.to_owned(),
            finding,
        };
        events.insert(1, RunEvent::Noted(note));
    }
    let text = said(Style::default(), &events);
    let (notes, _) = text.split_once("FAIL critical").unwrap();
    insta::assert_snapshot!(notes, @"
    authspec 0.1.0: 1 case against http://localhost:8080

    ✘ FAIL target GET /orders
               │ anybody gets the protected content
               │
               │ bundled:basic/credentials.yaml:41:7
            41 │     - outcome: not-accepted
               │       ^^^^^^^^^^^^^^^^^^^^^
      expected │ not-accepted
        actual │ accepted: 200 application/json, the protected content
      rests on │ RFC7617-2-1 (must), CWE-287 (should)

    ! target clock
               │ the target's clock is 10 min ahead of ours

    ▸ basic/credentials  1 failed

    ✘
    ");
    insta::assert_snapshot!(text.lines().last().unwrap(), @"1 of 1 judged, in 0.42 s, 310 requests");
}

#[test]
fn a_run_cut_short_says_so() {
    let mut events = run(vec![passed("a", "b"), passed("a", "c")]);
    events.truncate(2);
    insta::assert_snapshot!(said(Style::default(), &events), @"
    authspec 0.1.0: 2 cases against http://localhost:8080

    ▸ a  1 passed

    ✘ INCOMPLETE
               │ the run did not come to its end
    1 passed - 1 of 2 judged, in 0.00 s, 1 request
    ");
}

#[test]
fn colour_comes_with_its_flag_only_and_changes_no_text() {
    let events = run(vec![
        failed(),
        passed("a", "b"),
        skipped("c", Skip::OptIn(Effect::Writes)),
    ]);
    let plain = said(terminal(), &events);
    let style = Style {
        colour: true,
        ..terminal()
    };
    let coloured = said(style, &events);
    assert!(!plain.contains('\u{1b}'));
    assert!(coloured.contains("\u{1b}[31mFAIL\u{1b}[0m"));
    let codes = regex::Regex::new("\u{1b}\\[[0-9]+m").unwrap();
    assert_eq!(codes.replace_all(&coloured, ""), plain);
}

#[test]
fn with_many_cases_only_what_is_not_a_pass_is_listed() {
    let mut outcomes: Vec<CaseOutcome> = (0..MANY)
        .map(|number| passed("a", &number.to_string()))
        .collect();
    outcomes.push(failed());
    let text = said(terminal(), &run(outcomes));
    assert!(text.contains("▸ a                  300 passed\n"), "{text}");
    assert!(text.lines().count() < 60, "{text}");
}

#[test]
fn the_last_lines_say_how_much_was_judged() {
    for (counts, expected) in [
        ([0, 0, 0, 0, 0], "no cases, in 0.42 s, 1 request"),
        (
            [1, 0, 0, 0, 0],
            "1 passed - 1 of 1 judged, in 0.42 s, 1 request",
        ),
        (
            [0, 0, 0, 1, 0],
            "1 skipped - none of 1 judged, in 0.42 s, 1 request",
        ),
        (
            [8, 0, 0, 75, 0],
            "8 passed, 75 skipped - 8 of 83 judged, in 0.42 s, 1 request",
        ),
        (
            [60, 1, 0, 0, 4],
            "1 warning, 60 passed, 4 inconclusive - 61 of 65 judged, in 0.42 s, 1 request",
        ),
        (
            [0, 2, 3, 0, 0],
            "3 failed, 2 warnings - all 5 judged, in 0.42 s, 1 request",
        ),
    ] {
        let [passed, warned, failed, skipped, inconclusive] = counts;
        let summary = Summary {
            passed,
            warned,
            failed,
            skipped,
            inconclusive,
            requests: 1,
            took: Duration::from_millis(420),
            interrupted: None,
            ..Summary::default()
        };
        let text = said(
            Style {
                quiet: true,
                ..Style::default()
            },
            &[RunEvent::RunFinished(summary)],
        );
        assert_eq!(text.trim_end(), expected);
    }
}
