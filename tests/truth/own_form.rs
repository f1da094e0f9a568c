//! Servers that take the good credential in a form of their own: what they refuse in another form shows nothing.

use crate::judged::{basic, bundled, negative, run};
use crate::server::{Answer, Asked, Server};
use crate::sound;
use crate::tokens;

/// What follows the scheme is compared with the user name, as a tutorial has it.
fn names_alone(asked: &Asked) -> Answer {
    let opens = asked.one("authorization") == Some("Basic alice");
    match asked.target.as_str() {
        "/" => Answer::json(200, r#"{"hello":"world"}"#),
        sound::PATH if opens => sound::orders(),
        sound::PATH => sound::refusal(),
        _ => Answer::json(404, "{}"),
    }
}

fn fixed(origin: &str) -> String {
    let guarded = format!(
        "[{{ path: {}, credential: {{ value: Basic alice }} }}]",
        sound::PATH
    );
    sound::profile_with(origin, &guarded, "")
}

#[tokio::test]
async fn where_the_standard_form_never_opens_its_refusal_is_no_proof() {
    let server = Server::start(names_alone).await;
    let cases = basic();
    let run = run(&fixed(&server.origin), &cases).await;
    run.assert_only(
        "fail",
        &[
            "basic/parsing::credential-behind-basic",
            "basic/parsing::user-name-alone",
        ],
    );
    for id in negative(&cases) {
        let about_the_pair = id.starts_with("basic/credentials::");
        let word = run.verdict(id).word();
        assert!(!(about_the_pair && word == "pass"), "{id}\n{}", run.told());
    }
    let why = run.why("basic/credentials::wrong-password");
    assert!(why.contains("the profile's credential is fixed"), "{why}");
    assert!(why.contains("credential: { value: ... }"), "{why}");
}

#[tokio::test]
async fn where_the_standard_form_opens_too_a_wrong_password_is_judged() {
    let server = Server::start(|asked| match asked.one("authorization") {
        Some("Basic alice") => names_alone(asked),
        _ => sound::answer(asked),
    })
    .await;
    let run = run(&fixed(&server.origin), &basic()).await;
    run.assert_only("fail", &["basic/parsing::user-name-alone"]);
    let judged = run.verdict("basic/credentials::wrong-password").word();
    assert_eq!(judged, "pass", "{}", run.told());
}

#[tokio::test]
async fn a_bare_token_is_found_and_everything_else_judged_in_that_form() {
    let server = Server::start(|asked| tokens::answer(asked.one("authorization"))).await;
    let profile = tokens::profile(
        &server.origin,
        "{ path: /protected, credential: { value: \"${credential}\" } }",
        "",
    );
    let run = run(&profile, &bundled(&["bearer/scheme", "jwt/"])).await;
    run.assert_only(
        "fail",
        &[
            "bearer/scheme::token-behind-bearer",
            "bearer/scheme::token-without-scheme",
        ],
    );
    run.assert_only("inconclusive", &[]);
    for id in [
        "jwt/time::expired",
        "jwt/claims::other-audience[mutation=aud-other]",
    ] {
        assert_eq!(run.verdict(id).word(), "pass", "{id}\n{}", run.told());
    }
    let other = run.verdict("bearer/scheme::scheme-of-another-name[scheme=Token]");
    assert_eq!(other.word(), "skip", "{}", run.told());
}
