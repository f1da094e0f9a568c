//! Servers that say 200 to everybody, and yes or no in the content.

use crate::judged::{admin, basic, run};
use crate::server::{Answer, Asked, Server};
use crate::sound;

/// Refuses with a 200 and this content.
async fn refusing_with(body: &'static str, good: &'static str) -> Server {
    Server::start(move |asked| {
        let answer = sound::answer_or(asked, |_| Answer::json(200, body));
        match (sound::is_guarded(asked), answer.status) {
            (true, 200) if answer.body != body => Answer::json(200, good),
            _ => answer,
        }
    })
    .await
}

const GOOD: &str = r#"{"orders":[{"id":1}],"owner":"alice"}"#;
const BAD: &str = r#"{"error":"not logged in"}"#;

/// Cases that can't but fail where a refusal is a 200.
fn is_about_words(id: &str) -> bool {
    id.starts_with("basic/challenge::")
        || id.ends_with("/status-is-401")
        || id == "access/everywhere::missing-credential"
}

#[tokio::test]
async fn two_contents_are_no_finding_and_the_line_that_tells_them_apart_is_proposed() {
    let server = refusing_with(BAD, GOOD).await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    for word in ["pass", "fail", "warn"] {
        run.assert_only(word, &[]);
    }
    let why = run.why("basic/credentials::wrong-password");
    assert!(why.contains("only the good answer has `orders`"), "{why}");
    assert!(
        why.contains("`accepted: { json: { /orders: present } }`"),
        "{why}"
    );
    assert_eq!(run.noted("orders").len(), 1, "said once of the endpoint");
}

#[tokio::test]
async fn the_proposed_line_tells_them_apart() {
    let server = refusing_with(BAD, GOOD).await;
    let guarded = format!(
        "[{{ path: {}, accepted: {{ json: {{ /orders: present }} }} }}]",
        sound::PATH
    );
    let run = run(&sound::profile_with(&server.origin, &guarded, ""), &basic()).await;
    only_words_fail(&run);
}

#[tokio::test]
async fn a_boolean_that_says_yes_or_no_needs_no_line() {
    let server = refusing_with(
        r#"{"success":false,"error":"who are you"}"#,
        r#"{"success":true,"orders":[{"id":1}]}"#,
    )
    .await;
    only_words_fail(&run(&sound::profile(&server.origin), &basic()).await);
}

#[track_caller]
fn only_words_fail(run: &crate::judged::Run) {
    for word in ["fail", "warn"] {
        let words = run.with(word);
        assert!(
            words.iter().all(|id| is_about_words(id)),
            "{words:?}\n{}",
            run.told()
        );
    }
    assert!(
        run.with("inconclusive").iter().all(|id| is_about_words(id)),
        "{}",
        run.told()
    );
    assert_eq!(
        run.verdict("basic/credentials::wrong-password").word(),
        "pass"
    );
    assert!(run.summary.passed > 60, "{}", run.told());
}

/// Opens to a password that is wrong.
fn opens_to_admin(asked: &Asked) -> Answer {
    let admin = asked.basic() == Some(("admin".to_owned(), "admin".to_owned()));
    match sound::answer_or(asked, |_| Answer::json(200, BAD)) {
        answer if sound::is_guarded(asked) && (admin || answer.body != BAD) => {
            Answer::json(200, GOOD)
        }
        answer => answer,
    }
}

#[tokio::test]
async fn a_hole_is_found_through_the_rule_too() {
    let server = Server::start(opens_to_admin).await;
    let guarded = format!(
        "[{{ path: {}, accepted: {{ json: {{ /orders: present }} }} }}]",
        sound::PATH
    );
    let run = run(&sound::profile_with(&server.origin, &guarded, ""), &admin()).await;
    let fail = run.verdict("mine/admin::admin");
    assert_eq!(fail.word(), "fail", "{}", run.told());
}

#[tokio::test]
async fn a_graphql_endpoint_is_no_open_door() {
    const DATA: &str = r#"{"data":{"me":{"name":"alice"}}}"#;
    const ERRORS: &str = r#"{"data":null,"errors":[{"message":"UNAUTHENTICATED"}]}"#;
    let answer = |asked: &Asked| {
        if asked.target != "/graphql" {
            return Answer::json(404, "{}");
        }
        match (asked.method.as_str(), sound::is_good(asked)) {
            ("POST", true) => Answer::json(200, DATA),
            ("POST", false) => Answer::json(200, ERRORS),
            _ => Answer::json(405, "{}").with("Allow", "POST"),
        }
    };
    let server = Server::start(answer).await;
    let guarded = |rule: &str| {
        format!(
            r#"[{{ method: POST, path: /graphql, json: {{ query: "{{ me {{ name }} }}" }}{rule} }}]"#
        )
    };
    let profile = sound::profile_with(&server.origin, &guarded(""), "");
    let first = run(&profile, &basic()).await;
    for word in ["pass", "fail", "warn"] {
        first.assert_only(word, &[]);
    }
    let why = first.why("basic/credentials::wrong-password");
    let line = why.split('`').find(|part| part.starts_with("accepted: "));
    let line = line.unwrap_or_else(|| panic!("no line is proposed: {why}"));
    assert_eq!(line, "accepted: { status: 200, json: { /errors: absent } }");
    // the very line that was proposed
    let profile = sound::profile_with(&server.origin, &guarded(&format!(", {line}")), "");
    let second = run(&profile, &basic()).await;
    assert_eq!(
        second.verdict("basic/credentials::wrong-password").word(),
        "pass"
    );
    let failed = second.with("fail");
    assert!(
        failed.iter().all(|id| is_about_words(id)),
        "{}",
        second.told()
    );
}

#[tokio::test]
async fn a_boolean_counts_as_no_only_where_calibration_saw_it_say_no() {
    // refused with 401; `active` is a fact about whoever got in
    let answer = |asked: &Asked| {
        if !sound::is_guarded(asked) {
            return sound::answer(asked);
        }
        match asked.basic() {
            Some((user, _)) if user == "alice" && sound::is_good(asked) => {
                Answer::json(200, r#"{"name":"alice","active":true}"#)
            }
            Some((user, _)) if user == "admin" => {
                Answer::json(200, r#"{"name":"admin","active":false}"#)
            }
            _ => sound::refusal(),
        }
    };
    let server = Server::start(answer).await;
    let run = run(&sound::profile(&server.origin), &admin()).await;
    assert_eq!(
        run.verdict("mine/admin::admin").word(),
        "inconclusive",
        "{}",
        run.told()
    );
}
