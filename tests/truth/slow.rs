//! Answers that never come, never end, or end too early: a pass needs the whole message, a fail the whole head.

use crate::judged::{Run, basic, negative, run, suite};
use crate::server::{Reply, Server};
use crate::sound;

/// One attack that reaches the server, and one good request.
const FEW: &str = r#"
suite: mine/few
role: resource-server
cases:
  - id: wrong
    for-each: { password: [a, b, c] }
    steps:
      - send: { to: protected, credential: basic }
        but: { credential: { basic: { password: "${each.password}" } } }
        expect: [{ outcome: not-accepted, basis: ours }]
    also:
      - { id: status, title: It is a 401, severity: low, expect: [{ status: 401, basis: ours }] }
  - id: good
    steps:
      - send: { to: protected, credential: basic }
        expect: [{ outcome: accepted, basis: ours }]
"#;

/// Bad credentials get this instead of a refusal; no credential gets the proper one.
async fn to_bad_credentials(reply: fn() -> Reply) -> Run {
    let server = Server::start(move |asked| {
        let offers = asked.one("authorization").is_some() && sound::is_guarded(asked);
        if offers && !sound::is_good(asked) {
            return reply();
        }
        sound::answer(asked).into()
    })
    .await;
    let profile = sound::profile_with(
        &server.origin,
        &format!("[GET {}]", sound::PATH),
        "limits: { case-time: 200ms }",
    );
    run(&profile, &suite(FEW)).await
}

/// Neither pass nor fail, riders included; and what is good is seen to be good.
#[track_caller]
fn nothing_is_said_of_the_attack(run: &Run, because: &str) {
    run.assert_only("fail", &[]);
    run.assert_only("pass", &["mine/few::good"]);
    let why = run.why("mine/few::wrong[password=a]");
    assert!(why.contains(because), "{why}");
}

#[tokio::test]
async fn no_answer_at_all() {
    let run = to_bad_credentials(|| Reply::Hold(Vec::new())).await;
    nothing_is_said_of_the_attack(&run, "no answer within the time limit");
}

#[tokio::test]
async fn a_head_that_never_ends() {
    let run =
        to_bad_credentials(|| Reply::Hold(b"HTTP/1.1 401 Unauthorized\r\nWWW-Auth".to_vec())).await;
    nothing_is_said_of_the_attack(&run, "no answer within the time limit");
}

#[tokio::test]
async fn a_refusal_whose_content_never_ends() {
    let run = to_bad_credentials(|| {
        Reply::Hold(
            b"HTTP/1.1 401 No\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
                .to_vec(),
        )
    })
    .await;
    nothing_is_said_of_the_attack(&run, "the answer is broken");
}

#[tokio::test]
async fn a_refusal_whose_content_is_cut_short() {
    let run = to_bad_credentials(|| {
        Reply::Raw(
            b"HTTP/1.1 401 No\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
                .to_vec(),
        )
    })
    .await;
    nothing_is_said_of_the_attack(&run, "the answer is broken");
}

#[tokio::test]
async fn what_is_no_http_is_no_refusal() {
    for raw in [
        "401 Unauthorized\r\n\r\n",
        "HTTP/1.1 401\r\n",
        "http/1.1 401 No\r\n\r\n",
        "\0\0\0",
    ] {
        let bytes: &'static [u8] = raw.as_bytes();
        let server = Server::start(move |asked| {
            let offers = asked.one("authorization").is_some() && sound::is_guarded(asked);
            if offers && !sound::is_good(asked) {
                return Reply::Raw(bytes.to_vec());
            }
            sound::answer(asked).into()
        })
        .await;
        let run = run(&sound::profile(&server.origin), &suite(FEW)).await;
        run.assert_only("fail", &[]);
        run.assert_only("pass", &["mine/few::good"]);
    }
}

#[tokio::test]
async fn a_yes_whose_content_never_ends_is_a_finding() {
    for reply in [
        || {
            Reply::Hold(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
                    .to_vec(),
            )
        },
        || {
            Reply::Raw(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
                    .to_vec(),
            )
        },
    ] {
        let run = to_bad_credentials(reply).await;
        for password in ["a", "b", "c"] {
            let id = format!("mine/few::wrong[password={password}]");
            assert_eq!(run.verdict(&id).word(), "fail", "{}", run.told());
        }
    }
}

#[tokio::test]
async fn a_server_that_never_answers_ends_the_run_early() {
    let server = Server::start(|asked| {
        if asked.number > 10 {
            return Reply::Hold(Vec::new());
        }
        sound::answer(asked).into()
    })
    .await;
    let profile = sound::profile_with(
        &server.origin,
        &format!("[GET {}]", sound::PATH),
        "limits: { case-time: 200ms }",
    );
    let cases = basic();
    let run = run(&profile, &cases).await;
    run.assert_only("fail", &[]);
    for id in negative(&cases) {
        assert_ne!(run.verdict(id).word(), "pass", "{id}");
    }
    let why = run.summary.interrupted.as_deref().unwrap_or_default();
    assert!(
        why.contains("no answer within the time limit"),
        "{}",
        run.told()
    );
}
