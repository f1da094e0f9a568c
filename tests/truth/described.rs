//! An API with an OpenAPI description: what its operations give without a credential is compared with what the good one
//! gets, at the target alone.

use crate::judged::{Run, bundled, run};
use crate::server::{Answer, Asked, Server};
use crate::sound;

const WITHOUT: &str = "access/description::declared-security[credential=none]";

/// `/orders` and `/bills` need a credential, says the description of an API at this path.
fn description(base: &str) -> Answer {
    let body = format!(
        r#"{{"openapi":"3.1.0","servers":[{{"url":"{base}"}}],"security":[{{"basic":[]}}],"paths":{{"/orders":{{"get":{{}}}},"/bills":{{"get":{{}}}}}}}}"#
    );
    Answer::json(200, body)
}

fn bills() -> Answer {
    Answer::json(200, r#"{"bills":[{"id":1}],"owner":"alice"}"#)
}

async fn judged(origin: &str, description: &str) -> Run {
    judged_with(origin, description, "").await
}

async fn judged_with(origin: &str, description: &str, further: &str) -> Run {
    let further = format!("openapi: GET {description}/openapi.json\n{further}");
    let profile = sound::profile_with(origin, "[GET /orders]", &further);
    run(&profile, &bundled(&["access/description"])).await
}

fn answer(asked: &Asked, base: &str, careless: impl FnOnce() -> Answer) -> Answer {
    match asked.target.as_str() {
        "/openapi.json" => description(base),
        "/bills" if sound::is_good(asked) => bills(),
        "/bills" => careless(),
        _ => sound::answer(asked),
    }
}

#[tokio::test]
async fn what_the_good_credential_gets_is_a_finding_and_a_polite_no_is_none() {
    let open = Server::start(|asked| answer(asked, "/", bills)).await;
    let run = judged(&open.origin, "").await;
    assert_eq!(run.verdict(WITHOUT).word(), "fail", "{}", run.told());

    let polite = || Answer::json(200, r#"{"error":"who are you?"}"#);
    for careless in [polite, sound::refusal] {
        let server = Server::start(move |asked| answer(asked, "/", careless)).await;
        let run = judged(&server.origin, "").await;
        assert_eq!(run.verdict(WITHOUT).word(), "pass", "{}", run.told());
    }
}

#[tokio::test]
async fn a_description_of_other_addresses_shows_nothing() {
    let server = Server::start(|asked| answer(asked, "/v9", sound::refusal)).await;
    let run = judged(&server.origin, "").await;
    let why = run.why(WITHOUT);
    assert!(why.contains("opens with the good credential"), "{why}");
}

#[tokio::test]
async fn the_good_credential_stays_at_the_target_wherever_the_description_lies() {
    let docs = Server::start(|_| description("/")).await;
    let api = Server::start(|asked| answer(asked, "/", bills)).await;
    // with authspec's own provider and without
    for further in ["", "provider: { reaches-listener: true }"] {
        let run = judged_with(&api.origin, &docs.origin, further).await;
        assert_eq!(run.verdict(WITHOUT).word(), "fail", "{}", run.told());
    }
    let asked = docs.asked();
    assert!(!asked.is_empty());
    assert!(asked.iter().all(|one| one.all("authorization").is_empty()));
}
