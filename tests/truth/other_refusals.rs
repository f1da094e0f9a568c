//! Servers that refuse in other words than 401: the attack was stopped, and only what is said about words fails.

use crate::judged::{Run, basic, run};
use crate::server::{Answer, Server};
use crate::sound;

async fn refusing_with(answer: fn() -> Answer) -> Run {
    let server = Server::start(move |asked| sound::answer_or(asked, |_| answer())).await;
    run(&sound::profile(&server.origin), &basic()).await
}

/// What rests on the status alone, which is a SHOULD.
const STATUS: &[&str] = &[
    "basic/challenge::missing-credential/status-is-401",
    "basic/credentials::unknown-user/status-is-401",
    "basic/credentials::wrong-password/status-is-401",
];

/// Everything but words was judged, and passed.
fn only_words_fail(run: &Run) {
    run.assert_only("warn", STATUS);
    run.assert_only("fail", &[]);
    // riders of the failed case, and the charset that nobody announced any more
    for id in run.with("inconclusive") {
        assert!(
            id.starts_with("basic/challenge::missing-credential/"),
            "{id}\n{}",
            run.told()
        );
    }
    for id in run.with("skip") {
        // what is off, and what begins with a challenge that isn't there
        let known = [
            "access/writes::",
            "access/accounts::",
            "access/description::",
            "access/graphql::",
            "access/others::",
            "access/sockets::",
            "basic/credentials::common-password",
            "basic/throttling::",
            "basic/encoding::letters-beyond-ascii",
            "basic/challenge::scheme-alone",
            "access/everywhere::head-is-refused-like-get",
        ];
        assert!(
            known.iter().any(|known| id.starts_with(known)),
            "{id}\n{}",
            run.told()
        );
    }
    let finding = &run.verdict(STATUS[0]).findings()[0];
    assert_eq!(finding.expected, "status `401`");
}

#[tokio::test]
async fn a_403_stops_the_attack() {
    only_words_fail(&refusing_with(|| Answer::json(403, "{}")).await);
}

#[tokio::test]
async fn a_404_stops_the_attack() {
    only_words_fail(&refusing_with(|| Answer::json(404, "{}")).await);
}

#[tokio::test]
async fn a_422_stops_the_attack() {
    only_words_fail(&refusing_with(|| Answer::json(422, "{}")).await);
}

#[tokio::test]
async fn a_redirect_to_the_login_page_is_a_refusal() {
    only_words_fail(
        &refusing_with(|| Answer::new(302, "text/html", "").with("Location", "/login")).await,
    );
}

#[tokio::test]
async fn a_redirect_to_a_login_page_elsewhere_is_not_followed() {
    let elsewhere = Server::start(|_| Answer::new(200, "text/html", "log in")).await;
    let login = format!("{}/login", elsewhere.origin);
    let server = Server::start(move |asked| {
        sound::answer_or(asked, |_| {
            Answer::new(302, "text/html", "").with("Location", login.clone())
        })
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    only_words_fail(&run);
    assert!(elsewhere.asked().is_empty(), "a redirect is an answer");
}
