//! An API whose good answers are never the same twice: times, ids, lists of other lengths.

use crate::judged::{basic, run};
use crate::server::{Answer, Server};
use crate::sound;

#[tokio::test]
async fn good_answers_that_vary_are_good_answers() {
    let mut turn = 0;
    let server = Server::start(move |asked| {
        turn += 1;
        let answer = sound::answer(asked);
        if !(sound::is_guarded(asked) && answer.status == 200) {
            return answer.with("X-Request-Id", format!("r-{turn}"));
        }
        let orders = vec![format!(r#"{{"id":{turn}}}"#); turn % 3];
        // the second and the fourth request have the credential of calibration
        let urgent = turn / 2 % 2 == 0;
        Answer::json(
            200,
            format!(
                r#"{{"orders":[{}],"urgent":{urgent},"at":"2026-01-01T00:00:{:02}Z"}}"#,
                orders.join(","),
                turn % 60
            ),
        )
        .with("X-Request-Id", format!("r-{turn}"))
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    for word in ["fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
}

#[tokio::test]
async fn pages_of_text_that_vary_are_told_from_the_login_page() {
    let mut turn = 0;
    let server = Server::start(move |asked| {
        turn += 1;
        let answer = sound::answer_or(asked, |_| {
            Answer::new(401, "text/html", "<html>\n<h1>Log in</h1>\n</html>")
        });
        if sound::is_guarded(asked) && answer.status == 200 {
            let page = format!("<html>\n<h1>Your orders</h1>\n<p>seen {turn} times</p>\n</html>");
            return Answer::new(200, "text/html", page);
        }
        answer
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    assert_eq!(
        run.verdict("basic/credentials::wrong-password").word(),
        "pass"
    );
    run.assert_only("inconclusive", &[]);
}
