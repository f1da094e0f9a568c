//! What takes a server long is a finding only where the same, made cheap, does not take it long as well.

use crate::judged::{Run, run, suite};
use crate::server::{Asked, Reply, Server};
use crate::sound;

/// Two passwords that are wrong, one of which is meant to be costly to check.
const COSTLY: &str = r#"
suite: mine/costly
role: resource-server
cases:
  - id: work
    steps:
      - send: { to: protected, credential: basic }
      - name: few
        send: { to: protected, credential: { basic: { password: cheap } } }
        times: 3
        added: true
      - name: many
        send: { to: protected, credential: { basic: { password: costly } } }
        times: 2
        added: true
      - name: few-again
        send: { to: protected, credential: { basic: { password: cheap } } }
        times: 3
        added: true
    expect:
      - { answers-within: { step: many, like: [few, few-again], times: 1, beyond: 100ms }, basis: ours }
"#;

/// The verdict on a server that never answers where this says so.
async fn hanging(mut hangs: impl FnMut(&Asked, &str) -> bool + Send + 'static) -> Run {
    let server = Server::start(move |asked| {
        let password = asked.basic().map(|(_, password)| password);
        if sound::is_guarded(asked) && password.is_some_and(|password| hangs(asked, &password)) {
            return Reply::Hold(Vec::new());
        }
        sound::answer(asked).into()
    })
    .await;
    let profile = sound::profile_with(
        &server.origin,
        &format!("[GET {}]", sound::PATH),
        "limits: { case-time: 1500ms }",
    );
    run(&profile, &suite(COSTLY)).await
}

#[tokio::test]
async fn a_hang_that_only_the_costly_one_meets_is_a_finding() {
    let run = hanging(|_, password| password == "costly").await;
    run.assert_only("fail", &["mine/costly::work"]);
}

#[tokio::test]
async fn one_hang_of_two_is_none() {
    let mut hung = false;
    let run =
        hanging(move |_, password| password == "costly" && !std::mem::replace(&mut hung, true))
            .await;
    run.assert_only("pass", &["mine/costly::work"]);
}

#[tokio::test]
async fn a_server_that_lets_every_wrong_password_wait_is_not_judged() {
    let run = hanging(|_, password| matches!(password, "costly" | "cheap")).await;
    run.assert_only("fail", &[]);
    run.assert_only("pass", &[]);
}

#[tokio::test]
async fn a_server_that_is_gone_afterwards_is_not_judged() {
    let mut gone = false;
    let run = hanging(move |_, password| {
        gone |= password == "costly";
        gone
    })
    .await;
    run.assert_only("fail", &[]);
    run.assert_only("pass", &[]);
}
