//! Servers that keep no connection: a request that meets a closed one is no answer, and is sent anew only if it is
//! safe to.

use crate::judged::{Run, basic, run_with};
use crate::server::{Reply, Server};
use crate::sound;

/// The method of these is not safe, and never sent twice.
fn is_not_safe(id: &str) -> bool {
    let posts = ["method-in-a-field[", "unreadable-json]"];
    let made_up = [
        "made-up]",
        "made-up-method]",
        "TRACK]",
        "AUTHSPEC]",
        "PROPFIND]",
    ];
    posts.iter().chain(&made_up).any(|part| id.contains(part))
}

#[track_caller]
fn like_the_sound_one(run: &Run) {
    for word in ["fail", "warn"] {
        run.assert_only(word, &[]);
    }
    let lost = run.with("inconclusive");
    assert!(
        lost.iter().all(|id| is_not_safe(id)),
        "{lost:?}\n{}",
        run.told()
    );
}

#[tokio::test]
async fn a_connection_that_ends_after_each_answer_loses_nothing() {
    for in_flight in [1, 16] {
        let server = Server::start(|asked| Reply::Last(sound::answer(asked))).await;
        like_the_sound_one(&run_with(&sound::profile(&server.origin), &basic(), in_flight).await);
    }
}

#[tokio::test]
async fn a_kept_connection_that_ends_at_the_next_request_loses_nothing_that_is_safe() {
    for in_flight in [1, 16] {
        let server = Server::start(|asked| {
            if asked.on_connection > 1 {
                return Reply::Close;
            }
            sound::answer(asked).into()
        })
        .await;
        let run = run_with(&sound::profile(&server.origin), &basic(), in_flight).await;
        like_the_sound_one(&run);
        let posts = server
            .asked()
            .into_iter()
            .filter(|asked| asked.method == "POST");
        let posts = posts.count();
        assert!(posts <= 4, "a POST was sent twice: {posts}");
    }
}

#[tokio::test]
async fn a_fresh_connection_that_ends_without_an_answer_is_never_tried_again() {
    let server = Server::start(|_| Reply::Close).await;
    let run = run_with(&sound::profile(&server.origin), &basic(), 1).await;
    run.assert_only("pass", &[]);
    run.assert_only("fail", &[]);
    // calibration, four times the guarded endpoint; and then as few as it takes to give up
    assert!(server.asked().len() <= 4 + 9, "{}", server.asked().len());
}
