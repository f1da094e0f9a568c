//! A server that throttles: 429 and 503 with `Retry-After` are no refusal of a credential.

use crate::judged::{basic, negative, run_with};
use crate::server::{Answer, Server};
use crate::sound;

async fn throttling_after(requests: usize, answer: fn() -> Answer) -> Server {
    Server::start(move |asked| {
        if asked.number > requests {
            answer()
        } else {
            sound::answer(asked)
        }
    })
    .await
}

fn too_many() -> Answer {
    Answer::json(429, "{}")
}

fn come_back() -> Answer {
    Answer::json(503, "{}").with("Retry-After", "120")
}

#[tokio::test]
async fn a_throttled_request_is_no_refusal_and_ends_the_run_early() {
    for answer in [too_many, come_back] {
        for (requests, in_flight) in [(5, 16), (5, 1), (20, 16), (20, 1)] {
            let server = throttling_after(requests, answer).await;
            let cases = basic();
            let run = run_with(&sound::profile(&server.origin), &cases, in_flight).await;
            let context = format!("after {requests}, {in_flight} in flight\n{}", run.told());
            assert!(run.with("fail").is_empty(), "{context}");
            assert!(run.with("warn").is_empty(), "{context}");
            for id in negative(&cases) {
                assert_ne!(run.verdict(id).word(), "pass", "{id} {context}");
            }
            let why = run.summary.interrupted.as_deref().unwrap_or_default();
            assert!(why.starts_with("the target throttled after "), "{context}");
            assert!(run.reasons().contains_key(why), "{context}");
            let sent = server.asked().len();
            assert!(
                sent <= requests + 8 + 2 * in_flight,
                "{sent}: it went on asking: {context}"
            );
        }
    }
}

#[tokio::test]
async fn a_server_that_throttles_from_the_start_is_not_calibrated() {
    let server = throttling_after(0, too_many).await;
    let cases = basic();
    let run = run_with(&sound::profile(&server.origin), &cases, 16).await;
    run.assert_only("pass", &[]);
    run.assert_only("fail", &[]);
    let why = run.why("basic/credentials::wrong-password");
    assert!(why.contains("throttled: status 429"), "{why}");
}
