//! A server that dies midway: what was not shown before is not shown by its silence.

use crate::judged::{basic, negative, run, run_with, suite};
use crate::server::{Reply, Server};
use crate::sound;

async fn dying_after(requests: usize) -> Server {
    Server::start(move |asked| {
        if asked.number > requests {
            return Reply::Die;
        }
        sound::answer(asked).into()
    })
    .await
}

#[tokio::test]
async fn nothing_negative_passes_when_the_server_dies_before_the_window_closes() {
    // 5: in the first cases; 30: in the middle of the first windows
    for (requests, in_flight) in [(5, 16), (5, 1), (30, 16), (30, 1)] {
        let server = dying_after(requests).await;
        let cases = basic();
        let run = run_with(&sound::profile(&server.origin), &cases, in_flight).await;
        let context = format!("after {requests}, {in_flight} in flight\n{}", run.told());
        assert!(run.with("fail").is_empty(), "{context}");
        for id in negative(&cases) {
            assert_ne!(run.verdict(id).word(), "pass", "{id} {context}");
        }
        let why = run.summary.interrupted.as_deref().unwrap_or_default();
        assert!(
            why.starts_with("the target stopped answering after "),
            "{context}"
        );
        let given_up = run.reasons().get(why).copied().unwrap_or_default();
        assert!(given_up > cases.len() / 3, "{given_up} {context}");
        // eight that got no answer, and what was on its way meanwhile
        let sent = usize::try_from(run.summary.requests).unwrap();
        assert!(
            sent <= requests + 8 + 2 * in_flight,
            "it went on asking: {context}"
        );
    }
}

#[tokio::test]
async fn a_server_that_dies_in_calibration_is_said_to_be_silent() {
    for requests in [0, 1, 2, 3] {
        let server = dying_after(requests).await;
        let run = run(&sound::profile(&server.origin), &basic()).await;
        run.assert_only("pass", &[]);
        run.assert_only("fail", &[]);
        let why = run.why("basic/credentials::wrong-password");
        assert!(why.contains("connection"), "after {requests}: {why}");
    }
}

#[tokio::test]
async fn a_window_that_closed_before_the_death_stays_judged() {
    let rows: Vec<String> = (0..150).map(|row| format!("r{row}")).collect();
    let cases = suite(&format!(
        r#"
suite: mine/many
role: resource-server
cases:
  - id: wrong
    for-each: {{ row: [{}] }}
    steps:
      - send: {{ to: protected, credential: basic }}
        but: {{ credential: {{ basic: {{ password: "${{each.row}}" }} }} }}
        expect: [{{ outcome: not-accepted, basis: ours }}]
"#,
        rows.join(", ")
    ));
    // 4 to calibrate, a twin, 64 cases, a twin, 20 cases
    let server = dying_after(4 + 1 + 64 + 1 + 20).await;
    let run = run_with(&sound::profile(&server.origin), &cases, 1).await;
    let passed = run.with("pass");
    assert_eq!(passed.len(), 64, "{}", run.told());
    for row in 0..64 {
        assert_eq!(
            run.verdict(&format!("mine/many::wrong[row=r{row}]")).word(),
            "pass"
        );
    }
    assert_eq!(run.with("inconclusive").len(), 86, "{}", run.told());
    run.assert_only("fail", &[]);
}

#[tokio::test]
async fn a_path_that_died_is_not_one_that_leads_nowhere() {
    let cases = suite(
        r#"
suite: mine/door
role: resource-server
cases:
  - id: maybe
    not-applicable-when: twin-fails
    steps:
      - send: { to: protected, credential: { basic: { scheme: BASIC } } }
        but: { credential: none }
        expect: [{ outcome: not-accepted, basis: ours }]
"#,
    );
    // 4 to calibrate; then the twin before, the case, the twin after
    for requests in [4, 5, 6] {
        let server = dying_after(requests).await;
        let run = run_with(&sound::profile(&server.origin), &cases, 1).await;
        run.assert_only("inconclusive", &["mine/door::maybe"]);
    }
    let server = dying_after(7).await;
    run_with(&sound::profile(&server.origin), &cases, 1)
        .await
        .assert_only("pass", &["mine/door::maybe"]);
    // and this is one that leads nowhere
    let server = Server::start(|asked| match asked.one("authorization") {
        Some(field) if field.starts_with("BASIC") => sound::refusal(),
        _ => sound::answer(asked),
    })
    .await;
    run_with(&sound::profile(&server.origin), &cases, 1)
        .await
        .assert_only("skip", &["mine/door::maybe"]);
}
