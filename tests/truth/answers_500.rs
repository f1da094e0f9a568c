//! A server that breaks on what it can't read: nobody got in, and nobody was properly refused.

use crate::judged::{basic, run};
use crate::server::{Answer, Server};
use crate::sound;

#[tokio::test]
async fn a_server_error_lets_nobody_in_and_fails_its_own_cases() {
    let server = Server::start(|asked| {
        sound::answer_or(asked, |asked| {
            match (asked.one("authorization"), asked.basic()) {
                (Some(_), None) => Answer::new(500, "text/plain", "Internal Server Error"),
                _ => sound::refusal(),
            }
        })
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    run.assert_only(
        "fail",
        &[
            "access/everywhere::what-breaks-the-reader[basic-alone]/no-server-error",
            "access/everywhere::what-breaks-the-reader[bearer-alone]/no-server-error",
            "access/everywhere::what-breaks-the-reader[letters-beyond-ascii]/no-server-error",
            "access/everywhere::what-breaks-the-reader[list]/no-server-error",
            "access/everywhere::what-breaks-the-reader[no-base64]/no-server-error",
            "access/everywhere::what-breaks-the-reader[no-token]/no-server-error",
            "access/everywhere::what-breaks-the-reader[object]/no-server-error",
            "basic/encoding::unreadable-credential[no-colon]/no-server-error",
            "basic/encoding::unreadable-credential[not-base64]/no-server-error",
            "basic/encoding::unreadable-credential[not-utf-8]/no-server-error",
        ],
    );
    run.assert_only("inconclusive", &[]);
    for row in ["no-colon", "not-base64", "not-utf-8"] {
        let id = format!("basic/encoding::unreadable-credential[{row}]");
        assert_eq!(run.verdict(&id).word(), "pass", "{}", run.told());
    }
}
