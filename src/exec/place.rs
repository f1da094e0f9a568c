//! The places that only some cases are about: what is asked there, and what a yes looks like.

use serde_json::{Value, json};

use crate::model::{Answer, Exchange, Outcome, Request, Response, Silence};
use crate::suite::profile::{Door, Place};
use crate::wire::json;

use super::act::request_for;
use super::form_body::set_content;
use super::outcome::{Oracle, of_plain, unjudged};

/// Whether a credential goes there: to change an account the profile gives one of its own, and none is sent in the
/// clear.
pub(super) fn takes_credential(word: &str) -> bool {
    matches!(
        word,
        "admin-only" | "own-object" | "other-object" | "socket" | "graphql"
    )
}

/// The request as it is sent without a departure. The port for plain HTTP is asked for what the door guards.
pub(super) fn request(word: &str, place: &Place, door: Option<&Door>) -> Request {
    let mut request = match door.filter(|_| word == "plain-http") {
        Some(door) => request_for(&door.endpoint),
        None => request_for(&place.endpoint),
    };
    match word {
        "plain-http" => request.origin = place.endpoint.origin.clone(),
        "socket" => request.headers.extend(handshake()),
        "graphql" => {
            let field = place.mutation.as_deref().unwrap_or_default();
            let body = json!({ "query": format!("mutation {{ {field} }}") });
            set_content(
                &mut request,
                "application/json",
                body.to_string().into_bytes(),
            );
        }
        _ => {}
    }
    request
}

/// RFC 6455 section 4.1. The key need not be new: nobody here reads what would follow.
fn handshake() -> [crate::model::Header; 4] {
    [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "YXV0aHNwZWMtaGFuZHNoYQ=="),
    ]
    .map(|(name, value)| crate::model::Header::new(name, value))
}

/// How an answer there is to be taken.
pub(super) fn outcome(word: &str, place: &Place, exchange: &Exchange) -> Outcome {
    let answer = &exchange.answer;
    match word {
        "socket" => of_upgrade(answer),
        "graphql" => whole(answer, is_data),
        "plain-http" => in_the_clear(answer),
        _ => match (&place.accepted, &place.shows) {
            (Some(rule), _) => Oracle {
                rule: Some(rule.clone()),
                ..Oracle::default()
            }
            .classify(exchange),
            (None, Some(text)) => whole(answer, |response| {
                String::from_utf8_lossy(response.body.bytes()).contains(text.as_str())
            }),
            (None, None) => of_plain(answer),
        },
    }
}

/// 101 is a yes; whatever else came is a no.
fn of_upgrade(answer: &Answer) -> Outcome {
    match answer.status() {
        Some(101) => Outcome::Accepted,
        Some(200..=299) => Outcome::Refused,
        _ => of_plain(answer),
    }
}

/// A 2xx with something in it; one without is a no.
fn whole(answer: &Answer, accepted: impl Fn(&Response) -> bool) -> Outcome {
    match of_plain(answer) {
        Outcome::Accepted if answer.response().is_some_and(accepted) => Outcome::Accepted,
        Outcome::Accepted => Outcome::Refused,
        other => other,
    }
}

/// A member of `data` that is not null, of one answer or of one in a list.
fn is_data(response: &Response) -> bool {
    let has_data = |answer: &Value| {
        let data = answer.get("data").and_then(Value::as_object);
        data.is_some_and(|data| data.values().any(|value| !value.is_null()))
    };
    match json::parse_lenient(response.body.bytes()) {
        Some(Value::Array(all)) => all.iter().any(has_data),
        Some(one) => has_data(&one),
        None => false,
    }
}

/// Who asks for a credential in the clear would take it there. A port that nobody listens on serves nothing.
fn in_the_clear(answer: &Answer) -> Outcome {
    match answer {
        Answer::Silence(Silence::Unreachable(_)) => Outcome::Refused,
        other => match (unjudged(other), other.response()) {
            (Some(outcome), _) => outcome,
            (None, Some(response)) if response.first("www-authenticate").is_some() => {
                Outcome::Accepted
            }
            (None, Some(response)) if response.status >= 500 => Outcome::Errored,
            _ => Outcome::Refused,
        },
    }
}
