use super::*;
use crate::model::{Capability, Level, Skip, Verdict};
use crate::report::samples::{exchange, finding, outcome, run};

fn page(events: &[RunEvent]) -> String {
    let mut html = Html::default();
    for event in events {
        html.event(event).unwrap();
    }
    String::from_utf8(html.finish().unwrap().unwrap()).unwrap()
}

fn sample() -> Vec<RunEvent> {
    let mut failed = outcome(
        "basic/credentials",
        "wrong",
        Verdict::Fail(vec![finding(Level::Must)]),
    );
    failed.evidence = vec![
        exchange(0, "HTTP/1.1 401\r\n\r\n"),
        exchange(1, "HTTP/1.1 200\r\n\r\n<b>secret</b>"),
    ];
    let skip = Skip::Missing(vec![Capability::SigningKey]);
    run(vec![
        outcome("basic/answers", "good", Verdict::Pass),
        failed,
        outcome("jwt/keys", "none", Verdict::Skip(skip)),
        outcome(
            "jwt/keys",
            "later",
            Verdict::Inconclusive("the twin was refused".to_owned()),
        ),
    ])
}

#[test]
fn a_failure_shows_rule_flow_and_exchange() {
    let page = page(&sample());
    for part in [
        "<title>authspec: http://localhost:8080: 1 failed; 2 of 4 cases judged",
        "<article class=\"entry fail resource-server\"",
        "<dt>expected</dt><dd><b>not-accepted</b></dd>",
        "RFC7617-2-1 (must), <a rel=\"noreferrer\" href=\"https://",
        "&lt;b&gt;secret&lt;/b&gt;",
        "✗ 200",
        "<code>bundled:basic/credentials.yaml:41</code>",
        "needs signing-key (<code>key: { alg: RS256",
        "the twin was refused",
        "aria-label=\"RFC7617-2-1 (must): fail\"",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
}

#[test]
fn the_page_loads_and_runs_nothing() {
    let page = page(&sample());
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    assert!(page.contains(&format!("content=\"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'\"")));
    for part in [
        "<script", " style=", " src=", "onclick", "url(", "@import", "<form", "<link",
    ] {
        assert!(!page.contains(part), "{part}");
    }
    assert_eq!(page.matches("<style>").count(), 1);
}

#[test]
fn every_anchor_stands_once() {
    let page = page(&sample());
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn filters_offer_what_is_there() {
    let page = page(&sample());
    for word in ["fail", "pass", "skip", "inconclusive"] {
        assert!(page.contains(&format!("id=\"show-{word}\"")), "{word}");
    }
    assert!(
        !page.contains("id=\"show-warn\"") && !page.contains("id=\"role-"),
        "there is no choice"
    );
}

#[test]
fn a_run_that_was_cut_says_so() {
    let mut events = sample();
    events.pop();
    assert!(page(&events).contains("ended early: the run did not come to its end"));
}
