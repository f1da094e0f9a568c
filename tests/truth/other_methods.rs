//! Servers that answer HEAD and OPTIONS without asking for a credential, and give nothing away by it.

use crate::judged::{basic, run};
use crate::server::{Answer, Server};
use crate::sound;

#[tokio::test]
async fn an_empty_yes_to_another_method_is_no_way_in() {
    for media_type in ["application/json", "text/plain"] {
        let server = Server::start(move |asked| match asked.method.as_str() {
            "HEAD" | "OPTIONS" | "AUTHSPEC" | "POST" => {
                Answer::new(200, media_type, "").with("Allow", "GET, HEAD, OPTIONS")
            }
            _ => sound::answer(asked),
        })
        .await;
        let run = run(&sound::profile(&server.origin), &basic()).await;
        for word in ["fail", "warn", "inconclusive"] {
            run.assert_only(word, &[]);
        }
    }
}

#[tokio::test]
async fn a_head_that_measures_the_protected_content_is_a_way_in() {
    let server = Server::start(|asked| match asked.method.as_str() {
        "HEAD" if sound::is_guarded(asked) => sound::orders(),
        _ => sound::answer(asked),
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    run.assert_only("fail", &["access/ways-in::other-methods[head]"]);
}
