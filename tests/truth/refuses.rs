//! A server that refuses everything, the good credential too; and, as the control of all these tests, one that is sound.

use crate::judged::{basic, negative, run};
use crate::server::{Answer, Server};
use crate::sound;

#[tokio::test]
async fn a_sound_server_passes_everything() {
    let server = Server::start(sound::answer).await;
    let cases = basic();
    let run = run(&sound::profile(&server.origin), &cases).await;
    for word in ["fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
    assert!(run.summary.passed > 60, "{}", run.told());
    // it has no place to write to and none of the further ones, and guessing is not allowed
    let skipped = run.with("skip");
    let known = [
        "access/writes::",
        "access/accounts::",
        "access/description::",
        "access/graphql::",
        "access/others::",
        "access/sockets::",
        "basic/credentials::common-password",
        "basic/throttling::",
    ];
    assert!(
        skipped
            .iter()
            .all(|id| known.iter().any(|known| id.starts_with(known))),
        "{}",
        run.told()
    );
}

#[tokio::test]
async fn no_negative_case_passes_where_everything_is_refused() {
    let server = Server::start(|_| sound::refusal()).await;
    let cases = basic();
    let run = run(&sound::profile(&server.origin), &cases).await;
    run.assert_only("pass", &[]);
    run.assert_only("fail", &[]);
    for id in negative(&cases) {
        let said = run.verdict(id).word();
        assert!(
            said == "inconclusive" || said == "skip",
            "{id} is {said}\n{}",
            run.told()
        );
    }
    // one reason, and it names the entry to check
    let why = run.why("basic/credentials::wrong-password");
    assert!(
        why.contains("the good credential does not work at `") && why.contains("status 401"),
        "{why}"
    );
    assert!(why.contains("check the credential in the profile"), "{why}");
    let mut reasons = run.reasons();
    reasons.retain(|why, _| !why.starts_with("judged only where"));
    assert_eq!(reasons.len(), 1, "{reasons:#?}");
}

#[tokio::test]
async fn a_server_whose_every_page_is_missing_shows_nothing() {
    let server = Server::start(|_| Answer::json(404, "{}")).await;
    let cases = basic();
    let run = run(&sound::profile(&server.origin), &cases).await;
    run.assert_only("pass", &[]);
    run.assert_only("fail", &[]);
}
