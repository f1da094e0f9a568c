use super::*;
use crate::model::{Level, Skip, Verdict as Said};
use crate::report::samples::{finding, outcome, run};

fn written(events: &[RunEvent]) -> String {
    let mut markdown = Markdown::default();
    for event in events {
        markdown.event(event).unwrap();
    }
    String::from_utf8(markdown.finish().unwrap().unwrap()).unwrap()
}

#[test]
fn what_matters_stands_on_top() {
    let text = written(&run(vec![
        outcome("basic", "pass", Said::Pass),
        outcome("basic", "warn", Said::Warn(vec![finding(Level::Should)])),
        outcome("basic", "fail", Said::Fail(vec![finding(Level::Must)])),
        outcome("jwt", "open", Said::Inconclusive("no answer".to_owned())),
        outcome(
            "jwt",
            "s",
            Said::Skip(Skip::NotApplicable("none".to_owned())),
        ),
    ]));
    insta::assert_snapshot!(text);
}

#[test]
fn a_run_that_is_not_whole_says_so_first() {
    let events = run(vec![outcome("basic", "pass", Said::Pass)]);
    let text = written(&events[..2]);
    assert!(text.starts_with("## authspec: incomplete\n"), "{text}");
    assert!(written(&run(Vec::new())).starts_with("## authspec: nothing was judged\n"));
}

#[test]
fn a_summary_never_outgrows_what_github_takes() {
    let mut all = Vec::new();
    for number in 0..6_000 {
        let mut wrong = finding(Level::Must);
        wrong.actual = "x".repeat(900);
        all.push(outcome(
            "basic",
            &format!("fail{number}"),
            Said::Fail(vec![wrong]),
        ));
        let why = format!("reason {number} {}", "y".repeat(200));
        all.push(outcome(
            "jwt",
            &format!("open{number}"),
            Said::Inconclusive(why),
        ));
    }
    let text = written(&run(all));
    assert!(text.len() <= 1024 * 1024, "{}", text.len());
    assert!(text.contains("more reasons"));
    assert!(text.contains("Further failures and warnings, by name"));
    assert!(text.contains("### Could not be judged: 6000"));
}
