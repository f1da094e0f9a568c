//! `status`: the status code of the last answer of a step, or of each.

use serde_json::{Value, json};

use super::value::{check, show, spoilt};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::source::shape::Shape;

pub(super) const KIND: Kind = Kind {
    name: "status",
    doc: "The status code of the last answer; `{ each: 401 }` of every answer of the step.",
    shape: Shape::Either(&[Shape::Int, value::SHAPE]),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    if let Some(wanted) = wanted.get("each") {
        for exchange in seen.answered() {
            let status = exchange.answer.status().map(Value::from);
            let Some(status) = status else {
                return seen.response().map(drop);
            };
            check(wanted, Some(&status)).map_err(|expected| Miss::Finding {
                expected: format!("status {expected}"),
                actual: format!("status {}", show(&status)),
                evidence: vec![exchange.seq],
                given_away: false,
            })?;
        }
        return Ok(());
    }
    let status = Value::from(seen.response()?.status);
    check(wanted, Some(&status)).map_err(|expected| {
        Miss::finding(
            seen,
            format!("status {expected}"),
            format!("status {}", show(&status)),
        )
    })
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let wanted = wanted.get("each").unwrap_or(wanted);
    let status = spoilt(wanted).and_then(|value| value.as_u64());
    let status = status.and_then(|status| u16::try_from(status).ok());
    if let Some(response) = seen.last_mut() {
        response.status = status.unwrap_or(299);
    }
}

fn examples() -> Vec<Example> {
    let answer = |status| super::sample::answer(status, &[], "");
    vec![
        Example {
            argument: json!(401),
            seen: answer(401),
        },
        Example {
            argument: json!({ "one-of": [400, 401] }),
            seen: answer(400),
        },
        Example {
            argument: json!({ "each": { "not": 200 } }),
            seen: answer(403),
        },
    ]
}
