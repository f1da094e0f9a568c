//! A profile whose credential is wrong, and one that has none: what can be judged all the same.

use authspec::model::{Capability, Skip, Verdict};

use crate::judged::{admin, basic, bundled, run, suite};
use crate::server::{Answer, Asked, Server};
use crate::sound;

/// What anybody can see of a refusal, and an attack that anybody can try.
const ANYBODY: &str = r#"
suite: mine/anybody
role: resource-server
cases:
  - id: challenge
    steps:
      - send: { to: protected, credential: none }
        expect: [{ challenge: { scheme: Basic }, basis: ours }]
  - id: realm
    steps:
      - send: { to: protected, credential: none }
        expect: [{ challenge: { scheme: Basic, realm: customers }, basis: ours }]
  - id: status
    steps:
      - send: { to: protected, credential: invalid }
        expect: [{ status: 401, basis: ours }]
  - id: made-up
    steps:
      - send: { to: protected, credential: invalid }
        expect: [{ outcome: not-accepted, basis: ours }]
  - id: path-in-a-field
    steps:
      - send: { to: open, header: { X-Original-URL: "${target.path}" }, credential: none, opens: protected }
        expect: [{ outcome: not-accepted, basis: ours }]
  - id: opens
    steps:
      - send: { to: protected }
        expect: [{ outcome: accepted, basis: ours }]
"#;

fn wrong_password(origin: &str) -> String {
    sound::profile(origin).replace("correct horse battery", "not her password")
}

fn bare(origin: &str) -> String {
    format!(
        "target: {origin}\nguarded: [{{ path: {}, scheme: basic }}]\nopen: GET /\n",
        sound::PATH
    )
}

#[tokio::test]
async fn a_wrong_password_in_the_profile_is_said_and_shows_nothing() {
    let server = Server::start(sound::answer).await;
    let run = run(&wrong_password(&server.origin), &basic()).await;
    for word in ["pass", "fail", "warn"] {
        run.assert_only(word, &[]);
    }
    let why = run.why("basic/credentials::wrong-password");
    assert!(why.contains("check the credential in the profile"), "{why}");
    assert_eq!(run.noted("orders").len(), 1, "said once of the endpoint");
}

#[tokio::test]
async fn a_hole_is_found_though_the_password_in_the_profile_is_wrong() {
    let server = Server::start(|asked: &Asked| match asked.basic() {
        Some((user, password)) if user == "admin" && password == "admin" => sound::orders(),
        _ => sound::answer(asked),
    })
    .await;
    let run = run(&wrong_password(&server.origin), &admin()).await;
    run.assert_only("fail", &["mine/admin::admin"]);
    run.assert_only("pass", &[]);
}

#[tokio::test]
async fn with_a_wrong_password_only_what_anybody_gets_can_fail() {
    let server = Server::start(sound::answer).await;
    let run = run(&wrong_password(&server.origin), &suite(ANYBODY)).await;
    run.assert_only("fail", &["mine/anybody::realm"]);
    run.assert_only("pass", &[]);
}

#[tokio::test]
async fn a_bare_url_judges_refusals_and_skips_the_rest_with_the_line_that_is_missing() {
    let server = Server::start(sound::answer).await;
    let cases = basic();
    let bundled = run(&bare(&server.origin), &cases).await;
    for word in ["fail", "warn", "inconclusive"] {
        bundled.assert_only(word, &[]);
    }
    // what the refusal shows is judged; that something is refused shows nothing
    for shown in ["challenge-is-there", "status-is-401"] {
        let id = format!("basic/challenge::missing-credential/{shown}");
        assert_eq!(bundled.verdict(&id).word(), "pass", "{id}");
    }
    let refusals = [
        "basic/challenge::missing-credential",
        "basic/credentials::unknown-user",
    ];
    for id in refusals {
        let Verdict::Skip(Skip::Missing(lacks)) = bundled.verdict(id) else {
            panic!("{id}: {}", bundled.told());
        };
        assert!(lacks.contains(&Capability::Basic), "{id}");
    }
    let Verdict::Skip(skip) = bundled.verdict("basic/credentials::wrong-password") else {
        panic!("{}", bundled.told());
    };
    assert!(matches!(skip, Skip::Missing(_)), "{skip}");
    assert!(skip.to_string().contains("basic: {"), "{skip}");

    let mine = run(&bare(&server.origin), &suite(ANYBODY)).await;
    mine.assert_only("pass", &["mine/anybody::challenge", "mine/anybody::status"]);
    mine.assert_only("fail", &["mine/anybody::realm"]);
    // nobody knows that anything opens there, so a refusal shows nothing
    mine.assert_only(
        "skip",
        &[
            "mine/anybody::made-up",
            "mine/anybody::opens",
            "mine/anybody::path-in-a-field",
        ],
    );
    let Verdict::Skip(skip) = mine.verdict("mine/anybody::made-up") else {
        panic!("{}", mine.told());
    };
    assert!(
        skip.to_string().contains("needs valid-credential"),
        "{skip}"
    );
}

#[tokio::test]
async fn a_bare_url_that_lets_a_made_up_credential_in_has_a_finding() {
    let server = Server::start(|asked: &Asked| match asked.one("authorization") {
        Some(_) => sound::orders(),
        None => sound::answer(asked),
    })
    .await;
    let run = run(&bare(&server.origin), &suite(ANYBODY)).await;
    assert_eq!(
        run.verdict("mine/anybody::made-up").word(),
        "fail",
        "{}",
        run.told()
    );
}

#[tokio::test]
async fn a_bare_url_that_anybody_may_read_is_not_called_guarded() {
    let server = Server::start(|_| Answer::json(200, "{}")).await;
    let run = run(&bare(&server.origin), &suite(ANYBODY)).await;
    run.assert_only("pass", &[]);
    let why = run.why("mine/anybody::made-up");
    assert!(why.contains("answers 200 without a credential"), "{why}");
}

#[tokio::test]
async fn a_bare_url_tells_by_its_refusal_what_guards_it() {
    let server = Server::start(sound::answer).await;
    let unsaid = format!(
        "target: {}\nguarded: [GET {}]\n",
        server.origin,
        sound::PATH
    );
    let run = run(&unsaid, &bundled(&["basic/", "bearer/"])).await;
    let is_judged = |id: &str| run.verdict(id).word() == "pass";
    assert!(is_judged(
        "basic/challenge::missing-credential/challenge-is-there"
    ));
    assert!(!is_judged(
        "bearer/challenge::missing-token/challenge-is-there"
    ));
    run.assert_only("fail", &[]);
}

#[tokio::test]
async fn an_address_that_nobody_serves_is_not_judged() {
    let server = Server::start(|_| Answer::json(404, "{}")).await;
    let run = run(&bare(&server.origin), &basic()).await;
    for word in ["pass", "fail", "warn"] {
        run.assert_only(word, &[]);
    }
    let why = run.why("basic/challenge::missing-credential/challenge-is-there");
    assert!(why.contains("is the address right?"), "{why}");
}

#[tokio::test]
async fn a_bare_url_hides_no_finding_behind_the_credential_that_is_missing() {
    const INSIDE: &str = r#"{"propertySources":[{"name":"systemEnvironment"}]}"#;
    let server = Server::start(|asked: &Asked| match asked.target.as_str() {
        "/actuator/env" => Answer::json(200, INSIDE),
        _ => sound::answer(asked),
    })
    .await;
    let run = run(&bare(&server.origin), &bundled(&["access/undocumented"])).await;
    let open = "access/undocumented::management[spring-actuator]";
    assert_eq!(run.verdict(open).word(), "warn", "{}", run.told());
    // that nothing is there needs no credential to be seen
    let shut = "access/undocumented::management[git]";
    assert_eq!(run.verdict(shut).word(), "pass", "{}", run.told());
}
