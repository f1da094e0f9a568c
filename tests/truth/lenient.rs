//! Basic as real software reads it: a little more than the grammar has is a note; what a client can't do, or what tells
//! an attacker something, is a finding.

use crate::judged::{basic, run};
use crate::server::{Answer, Asked, Server};
use crate::sound;

/// Decodes as many runtimes do: what is no base64 is skipped, and what follows a blank or a comma is dropped.
fn lenient(asked: &Asked) -> Option<(String, String)> {
    let (scheme, value) = asked.one("authorization")?.split_once(' ')?;
    let value = value.trim_start().split([' ', ',']).next()?;
    let kept: String = value
        .chars()
        .filter(|one| one.is_ascii_alphanumeric() || "+/".contains(*one))
        .collect();
    let bytes =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD_NO_PAD, kept).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| {
        (
            user.to_owned(),
            password.split('\0').next().unwrap_or_default().to_owned(),
        )
    })
}

fn answer(asked: &Asked, pair: Option<(String, String)>) -> Answer {
    let rewritten = pair.map(|(user, password)| {
        let coded = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            format!("{user}:{password}"),
        );
        let mut asked = asked.clone();
        asked
            .fields
            .retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        asked
            .fields
            .push(("Authorization".to_owned(), format!("Basic {coded}")));
        asked
    });
    sound::answer(rewritten.as_ref().unwrap_or(asked))
}

#[tokio::test]
async fn a_loose_decoder_is_noted_and_fails_nothing() {
    let server = Server::start(|asked| answer(asked, lenient(asked))).await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    for word in ["fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
    for id in [
        "basic/encoding::characters-that-are-no-base64[trick=alien-inside]",
        "basic/encoding::text-behind-the-credential[trick=comma-behind]",
        "basic/parsing::text-behind-a-nul",
    ] {
        assert_eq!(run.outcomes[id].notes.len(), 1, "{id}\n{}", run.told());
    }
}

#[tokio::test]
async fn a_password_that_ends_at_a_colon_locks_its_owner_out() {
    let split = |asked: &Asked| {
        let (user, password) = asked.basic()?;
        let first = password.split(':').next().unwrap_or_default().to_owned();
        Some((user, first))
    };
    let server = Server::start(move |asked| answer(asked, split(asked))).await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    run.assert_only("fail", &["basic/parsing::password-with-colons"]);
    // whoever knows the first part knows the password: nothing was let in that is worth an alarm
    run.assert_only("warn", &["basic/parsing::text-behind-the-password"]);
}

#[tokio::test]
async fn a_refusal_that_tells_unknown_users_apart_is_a_finding() {
    let server = Server::start(|asked| {
        sound::answer_or(asked, |asked| {
            let known = asked.basic().is_some_and(|(user, _)| user == "alice");
            let mut refusal = sound::refusal();
            if known {
                refusal.body = r#"{"error":"wrong password"}"#.to_owned();
            }
            refusal
        })
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    run.assert_only(
        "fail",
        &["basic/answers::unknown-user-looks-like-wrong-password"],
    );
    run.assert_only("warn", &[]);
}
