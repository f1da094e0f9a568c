//! What sound software answers beside its resources: preflights, catch-all routes, echoes.

use crate::judged::{basic, run};
use crate::server::{Answer, Asked, Server};
use crate::sound;

#[tokio::test]
async fn a_preflight_that_is_answered_with_fields_alone_leaks_nothing() {
    let server = Server::start(|asked: &Asked| match asked.method.as_str() {
        "OPTIONS" => Answer::json(200, "{}")
            .with("Access-Control-Allow-Origin", "https://app.example")
            .with("Allow", "GET, HEAD"),
        _ => sound::answer(asked),
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    run.assert_only("fail", &[]);
    run.assert_only("warn", &[]);
    let said = run.verdict("access/cors::preflight-shows-nothing").word();
    assert_eq!(said, "pass", "{}", run.told());
}

#[tokio::test]
async fn a_guarded_route_that_takes_every_path_below_it_is_sound_while_no_cache_may_keep_it() {
    let server = Server::start(|asked: &Asked| {
        let mut inner = asked.clone();
        if asked.target.starts_with("/orders/") || asked.target.starts_with("/orders;") {
            inner.target = sound::PATH.to_owned();
        }
        sound::answer(&inner)
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    run.assert_only("fail", &[]);
    run.assert_only("warn", &[]);
}

#[tokio::test]
async fn an_echo_of_the_request_is_a_warning_and_nothing_more() {
    let server = Server::start(|asked: &Asked| match asked.method.as_str() {
        "TRACE" => {
            let fields: Vec<String> = asked
                .fields
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            Answer::json(200, fields.join("\r\n"))
        }
        _ => sound::answer(asked),
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    run.assert_only("fail", &[]);
    run.assert_only("warn", &["access/ways-in::trace[method=TRACE]"]);
}
