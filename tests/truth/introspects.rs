//! APIs that ask authspec's provider about each token (RFC 7662), and differ in what they do with its answer.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use serde_json::{Value, json};

use crate::judged::{Run, bundled, run};
use crate::server::{Answer, Asked, Server};

pub(crate) const AUDIENCE: &str = "https://api.example";
pub(crate) const SECRET_PATH: &str = "/a-path-that-nobody-guesses";

/// A free address of loopback for the provider, that is given to both sides beforehand.
pub(crate) fn free() -> String {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().to_string()
}

fn profile(origin: &str, provider: &str) -> String {
    format!(
        r#"
target: {origin}
guarded: [{{ name: orders, path: /orders, demands: {{ scope: read }} }}]
asks-introspection: {{ claims: {{ aud: "{AUDIENCE}", scope: read }} }}
provider: {{ listen: "{provider}", issuer: "http://{provider}{SECRET_PATH}" }}
limits: {{ case-time: 5s }}
"#
    )
}

/// What the provider says of a token: status and content; none if it gave no answer.
pub(crate) fn ask(provider: &str, token: &str) -> Option<(u16, Value)> {
    let body = format!("token={token}");
    let head = format!(
        "POST {SECRET_PATH}/introspect HTTP/1.1\r\nHost: {provider}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(provider).ok()?;
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some((status, serde_json::from_str(body).unwrap_or_default()))
}

fn token(asked: &Asked) -> Option<&str> {
    let (scheme, token) = asked.one("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn refusal(status: u16) -> Answer {
    let challenge = r#"Bearer realm="orders", error="invalid_token""#;
    Answer::json(status, "{}").with("WWW-Authenticate", challenge)
}

fn orders() -> Answer {
    Answer::json(200, r#"{"orders":[]}"#)
}

/// It reads active, aud and scope; a provider that gives no answer is a refusal with this status.
fn careful(provider: &str, token: &str, outage: u16) -> Answer {
    let Some((200, Value::Object(said))) = ask(provider, token) else {
        return refusal(outage);
    };
    let scope = said
        .get("scope")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let meant = said.get("aud") == Some(&json!(AUDIENCE));
    match said.get("active") {
        Some(Value::Bool(true)) if meant && scope.split(' ').any(|one| one == "read") => orders(),
        _ => refusal(401),
    }
}

async fn judged(answer: impl Fn(&str, &str) -> Answer + Send + 'static) -> Run {
    let provider = free();
    let own = provider.clone();
    // it waits for the provider, which must go on meanwhile
    let aside = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = aside.spawn(Server::start(move |asked: &Asked| match token(asked) {
        Some(token) => answer(&own, token),
        None => Answer::json(401, "{}").with("WWW-Authenticate", r#"Bearer realm="orders""#),
    }));
    let server = server.await.unwrap();
    let cases = bundled(&["bearer/introspection", "bearer/challenge"]);
    let run = run(&profile(&server.origin, &provider), &cases).await;
    aside.shutdown_background();
    run
}

#[tokio::test]
async fn who_reads_active_alone_for_the_time_is_sound_whatever_an_outage_is_called() {
    for outage in [401, 500, 503] {
        let run = judged(move |provider, token| careful(provider, token, outage)).await;
        for word in ["fail", "inconclusive"] {
            run.assert_only(word, &[]);
        }
        let word = run.verdict("bearer/introspection::exp-gone-by").word();
        assert_eq!(
            word, "pass",
            "the provider answered for the time: a note at most"
        );
    }
}

#[tokio::test]
async fn a_token_that_nobody_asked_about_shows_nothing() {
    // the first token is the good one, and what is longer than that is refused unasked
    let good = AtomicUsize::new(0);
    let run = judged(move |provider, token| {
        let first = good.compare_exchange(0, token.len(), SeqCst, SeqCst);
        match first.map_or_else(|good| token.len() <= good, |_| true) {
            true => careful(provider, token, 401),
            false => refusal(401),
        }
    })
    .await;
    run.assert_only("fail", &[]);
    let why = run.why("bearer/introspection::token-of-another-api[other]");
    assert!(why.contains("changed nothing that was used"), "{why}");
}

#[tokio::test]
async fn who_opens_without_asking_is_found_all_the_same() {
    let run = judged(|provider, token| match token.starts_with("opaque-") {
        true => orders(),
        false => careful(provider, token, 401),
    })
    .await;
    for id in [
        "bearer/introspection::inactive-token[alone]",
        "bearer/introspection::outage-keeps-the-door-shut[closed]",
        "bearer/introspection::token-of-another-api[list]",
    ] {
        assert_eq!(run.verdict(id).word(), "fail", "{}", run.told());
    }
}
