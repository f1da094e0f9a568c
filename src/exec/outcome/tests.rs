use std::time::Duration;

use super::*;
use crate::model::{Body, Header, Hop, Moment, Origin, Request};

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let headers = headers
        .iter()
        .map(|(name, value)| Header::new(*name, *value))
        .collect();
    Response::new(status, headers, body)
}

fn json_answer(status: u16, body: &str) -> Response {
    answer(status, &[("Content-Type", "application/json")], body)
}

fn exchange(answer: impl Into<AnswerOf>) -> Exchange {
    let origin = Origin {
        scheme: "http".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: 80,
    };
    Exchange {
        seq: 0,
        hop: Hop::HarnessToTarget,
        actor: String::new(),
        step: 0,
        request: Request::new("GET", origin, "/"),
        answer: answer.into().0,
        at: Moment::default(),
        took: Duration::ZERO,
    }
}

struct AnswerOf(Answer);

impl From<Response> for AnswerOf {
    fn from(response: Response) -> Self {
        Self(Answer::Response(response))
    }
}

impl From<Silence> for AnswerOf {
    fn from(silence: Silence) -> Self {
        Self(Answer::Silence(silence))
    }
}

fn oracle(good: &Response, anonymous: &Response) -> Oracle {
    Oracle {
        good: Kind::of(good, good),
        anonymous: Some(anonymous.clone()),
        rule: None,
        standard_form_opens: false,
    }
}

#[test]
fn answers_of_an_api_are_told_apart() {
    let good = json_answer(200, r#"{"user":"alice","success":true,"n":1}"#);
    let oracle = oracle(&good, &json_answer(401, "{}"));
    let mut cut = json_answer(401, "");
    cut.body = Body::Cut(Vec::new(), "closed".to_owned());
    for (what, came, outcome) in [
        (
            "another user's good answer",
            json_answer(200, r#"{"user":"eve","success":true,"n":9,"x":0}"#),
            Outcome::Accepted,
        ),
        (
            "a created one",
            json_answer(201, r#"{"user":"eve","success":true,"n":9}"#),
            Outcome::Accepted,
        ),
        (
            "a steady boolean the other way",
            json_answer(200, r#"{"user":"eve","success":false,"n":1}"#),
            Outcome::Unclear,
        ),
        (
            "an error body with 200",
            json_answer(200, r#"{"error":"no"}"#),
            Outcome::Unclear,
        ),
        ("an empty 200", answer(200, &[], ""), Outcome::Unclear),
        (
            "a login page",
            answer(302, &[("Location", "/login")], ""),
            Outcome::Refused,
        ),
        ("401", json_answer(401, "{}"), Outcome::Refused),
        ("422", json_answer(422, "{}"), Outcome::Refused),
        ("500", json_answer(500, "{}"), Outcome::Errored),
        ("501", json_answer(501, "{}"), Outcome::Errored),
        ("429", json_answer(429, "{}"), Outcome::Throttled),
        (
            "503 with Retry-After",
            answer(503, &[("Retry-After", "3")], ""),
            Outcome::Throttled,
        ),
        ("a bare 503", answer(503, &[], ""), Outcome::Unreachable),
        ("504", answer(504, &[], ""), Outcome::Unreachable),
        ("a 401 that is cut", cut, Outcome::Broken),
    ] {
        assert_eq!(oracle.classify(&exchange(came)), outcome, "{what}");
    }
    assert_eq!(
        oracle.classify(&exchange(Silence::TimedOut)),
        Outcome::Unreachable
    );
    assert_eq!(
        oracle.classify(&exchange(Silence::Malformed("x".to_owned()))),
        Outcome::Broken
    );
}

#[test]
fn a_body_over_the_limit_is_judged_by_its_head() {
    let good = json_answer(200, r#"{"user":"alice"}"#);
    let mut long = good.clone();
    long.body = Body::Cut(b"{".to_vec(), "4 MiB".to_owned());
    assert_eq!(
        oracle(&good, &json_answer(401, "{}")).classify(&exchange(long)),
        Outcome::Accepted
    );
}

#[test]
fn the_2xx_that_anybody_gets_is_a_refusal() {
    let good = json_answer(200, r#"{"data":{"me":1}}"#);
    let anonymous = json_answer(200, r#"{"errors":["sign in"]}"#);
    let oracle = oracle(&good, &anonymous);
    assert_eq!(oracle.classify(&exchange(anonymous)), Outcome::Refused);
    assert_eq!(oracle.classify(&exchange(good)), Outcome::Accepted);
    assert_eq!(
        oracle.classify(&exchange(json_answer(200, r#"{"errors":["bad"]}"#))),
        Outcome::Unclear
    );
}

#[test]
fn pages_are_compared_by_the_lines_that_stay() {
    let page = |line: &str| {
        answer(
            200,
            &[("Content-Type", "text/html")],
            &format!("<h1>Orders</h1>\n{line}\n"),
        )
    };
    let kind = Kind::of(&page("10:00"), &page("10:01")).expect("one kind");
    assert!(kind.is(&page("10:02"), false));
    assert!(!kind.is(
        &answer(200, &[("Content-Type", "text/html")], "<h1>Sign in</h1>"),
        false
    ));
}

#[test]
fn token_and_introspection_answers_are_read() {
    let token = Answer::Response(json_answer(
        200,
        r#"{"access_token":"x","token_type":"Bearer"}"#,
    ));
    assert_eq!(of_tokens(&token), Outcome::Accepted);
    assert_eq!(
        of_tokens(&Answer::Response(json_answer(
            200,
            r#"{"error":"invalid_grant"}"#
        ))),
        Outcome::Refused
    );
    assert_eq!(
        of_tokens(&Answer::Response(json_answer(500, ""))),
        Outcome::Errored
    );
    assert_eq!(
        of_introspection(&Answer::Response(json_answer(200, r#"{"active":true}"#))),
        Outcome::Accepted
    );
    assert_eq!(
        of_introspection(&Answer::Response(json_answer(200, r#"{"active":"true"}"#))),
        Outcome::Refused
    );
}

/// A token that nobody signed; the classifier reads claims, no more.
fn offering(claims: &str, answer: Response) -> Exchange {
    use base64::Engine as _;
    let coded = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let token = format!(
        "Bearer {}.{}.c2ln",
        coded(r#"{"alg":"none"}"#),
        coded(claims)
    );
    let mut exchange = exchange(answer);
    exchange
        .request
        .headers
        .push(Header::new("Authorization", token));
    exchange
}

#[test]
fn an_answer_that_says_back_what_the_token_claims_has_believed_it() {
    let good = r#"{"sub":"alice","service":"orders"}"#;
    let valid = r#"{"sub":"alice","aud":"orders-api"}"#;
    let seen = offering(valid, json_answer(200, good));
    let kind = Kind::of(&json_answer(200, good), &json_answer(200, good)).expect("one kind");
    let kind = kind.echoing(&sent_claims(&seen).expect("claims"));
    let oracle = |anonymous: Response| Oracle {
        good: Some(kind.clone()),
        anonymous: Some(anonymous),
        ..Oracle::default()
    };
    let refuses = oracle(json_answer(401, "{}"));
    let table = [
        (
            r#"{"aud":"orders-api"}"#,
            r#"{"service":"orders"}"#,
            Outcome::Accepted,
        ),
        (
            r#"{"aud":"orders-api"}"#,
            r#"{"sub":null,"service":"orders"}"#,
            Outcome::Accepted,
        ),
        (
            r#"{"sub":7}"#,
            r#"{"sub":7,"service":"orders"}"#,
            Outcome::Accepted,
        ),
        (
            r#"{"sub":["alice"]}"#,
            r#"{"sub":["alice"],"service":"orders"}"#,
            Outcome::Accepted,
        ),
        // what is shown is not what was sent, or says more, or something else
        (
            r#"{"sub":7}"#,
            r#"{"sub":null,"service":"orders"}"#,
            Outcome::Unclear,
        ),
        (
            r#"{"sub":7}"#,
            r#"{"error":"invalid_token"}"#,
            Outcome::Unclear,
        ),
        (
            r#"{"aud":"x"}"#,
            r#"{"service":"orders","error":"no subject"}"#,
            Outcome::Unclear,
        ),
        (r#"{"aud":"x"}"#, r#"{"service":"login"}"#, Outcome::Unclear),
    ];
    for (claims, body, wanted) in table {
        let said = refuses.classify(&offering(claims, json_answer(200, body)));
        assert_eq!(said, wanted, "{claims}: {body}");
    }
    // an endpoint that greets everybody so: nothing is shown by it
    let greets = oracle(json_answer(200, r#"{"service":"orders"}"#));
    let greeted = json_answer(200, r#"{"sub":null,"service":"orders"}"#);
    assert_eq!(greets.classify(&offering("{}", greeted)), Outcome::Unclear);
}
