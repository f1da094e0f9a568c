//! Authorization servers that answer whatever is asked for: with the page of their application, with a redirect, with a
//! word that https is wanted. None of it is a secret, and none of it takes one.

use crate::judged::{Run, bundled, run};
use crate::server::{Answer, Asked, Server};

/// An application of one page, with the texts that it shows to its users.
const PAGE: &str = r#"<!doctype html><script>texts={"password":"Password","reset":{"password":"https://as.example/reset"}}</script>"#;

fn metadata(asked: &Asked) -> Option<Answer> {
    let host = asked.one("host")?;
    let body = format!(
        r#"{{"issuer":"http://{host}","authorization_endpoint":"http://{host}/authorize","token_endpoint":"http://{host}/token","introspection_endpoint":"http://{host}/introspect","revocation_endpoint":"http://{host}/revoke"}}"#
    );
    asked
        .target
        .starts_with("/.well-known/o")
        .then(|| Answer::json(200, body))
}

async fn files(answers: fn(&Asked) -> Answer) -> Run {
    let server =
        Server::start(move |asked| metadata(asked).unwrap_or_else(|| answers(asked))).await;
    let origin = &server.origin;
    let profile = format!("target: {origin}\nauthorization-server: {{ issuer: {origin} }}\n");
    run(&profile, &bundled(&["as/published::files-that-lie-about"])).await
}

#[tokio::test]
async fn a_page_for_every_path_is_no_file() {
    let run = files(|_| Answer::new(200, "text/html; charset=utf-8", PAGE)).await;
    assert_eq!(run.with("pass").len(), 15, "{}", run.told());

    // the same texts as JSON say nothing either way
    let run = files(|_| Answer::json(200, r#"{"password":"Password"}"#)).await;
    assert_eq!(run.with("skip").len(), 15, "{}", run.told());
}

#[tokio::test]
async fn a_file_beside_such_a_page_is_one() {
    let run = files(|asked| match asked.target.as_str() {
        "/.env" => Answer::new(
            200,
            "application/octet-stream",
            "DB_PASSWORD=hunter22hunter22\n",
        ),
        "/config.json" => Answer::json(200, r#"{"password":"https://as.example/reset"}"#),
        "/.git/config" => Answer::new(200, "text/html", "[remote \"origin\"]\n\turl = x\n"),
        _ => Answer::new(200, "text/html", PAGE),
    })
    .await;
    let known = ["/.env", "/.git/config"];
    let known = known.map(|path| format!("as/published::files-that-lie-about[path={path}]"));
    assert_eq!(run.with("fail"), known, "{}", run.told());
}

async fn in_the_clear(answers: fn(&Asked) -> Answer) -> Run {
    let server =
        Server::start(move |asked| metadata(asked).unwrap_or_else(|| answers(asked))).await;
    let origin = &server.origin;
    let profile = format!(
        "target: {origin}\nplain-http: {origin}\nauthorization-server: {{ issuer: {origin} }}\n"
    );
    run(&profile, &bundled(&["as/clear::tokens-over-plain-http"])).await
}

#[tokio::test]
async fn a_word_that_https_is_wanted_takes_no_secret() {
    for answers in [
        // Keycloak's
        |_: &Asked| {
            let why = r#"{"error":"invalid_request","error_description":"HTTPS required"}"#;
            Answer::json(403, why)
        },
        |_: &Asked| Answer::new(308, "text/plain", "").with("Location", "https://as.example/"),
        |_: &Asked| Answer::new(200, "text/html", PAGE),
    ] {
        let run = in_the_clear(answers).await;
        assert_eq!(run.with("pass").len(), 3, "{}", run.told());
    }
}

#[tokio::test]
async fn who_answers_about_tokens_in_the_clear_takes_secrets_there() {
    let run = in_the_clear(|asked| match asked.target.as_str() {
        "/token" => Answer::json(401, r#"{"error":"invalid_client"}"#),
        "/introspect" => Answer::json(200, r#"{"active":false}"#),
        "/revoke" => Answer::new(200, "text/plain", ""),
        _ => Answer::json(404, "{}"),
    })
    .await;
    assert_eq!(run.with("fail").len(), 3, "{}", run.told());
}
