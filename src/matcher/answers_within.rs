//! `answers-within`: whether what is costly to work out is answered about as fast as what is not.
//!
//! A time by itself says nothing of a machine nobody knows. So a step is measured by others of the same case that the
//! target refuses (or takes) in the same way and that cost it next to nothing: where these are slow too, or nobody
//! answers them, nothing was seen. Of the costly answers the fastest counts and of the others the slowest, so that one
//! that was late by chance finds nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::model::{Answer, Exchange, Silence};
use crate::source::shape::{Field, Shape, duration};

pub(super) const KIND: Kind = Kind {
    name: "answers-within",
    doc: "The answers of a step come about as fast as those of others, which cost the target nothing.",
    shape: Shape::Map(&[
        Field::required("step", Shape::Text, "The step that is measured."),
        Field::required(
            "like",
            Shape::Many(&Shape::Text),
            "The steps that it is measured by.",
        ),
        Field::required(
            "times",
            Shape::Int,
            "A finding takes so many times as long as they did.",
        ),
        Field::required("beyond", Shape::Duration, "And so much longer."),
    ]),
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

/// Fewer answers show nothing.
const FEWEST: usize = 2;

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let measured = step(wanted.get("step"), seen)?;
    let mut like = Vec::new();
    for name in names(wanted) {
        like.extend(step(Some(name), seen)?);
    }
    if measured.len() < FEWEST || like.len() < FEWEST {
        return Err(Miss::unknown("too few answers were measured"));
    }
    if let Some(silent) = like.iter().find(|one| one.answer.response().is_none()) {
        return Err(Miss::Unknown(format!(
            "what it is measured by was not answered: {}",
            said(silent)
        )));
    }
    let allowed = allowed(wanted, &like);
    let mut fastest: Option<&Exchange> = None;
    for one in &measured {
        let late = one.took > allowed;
        match &one.answer {
            Answer::Response(_) => {}
            // nobody waited long enough to say that it is late
            Answer::Silence(Silence::TimedOut) if late => {}
            Answer::Silence(silence) => return Err(Miss::Unknown(silence.to_string())),
        }
        if fastest.is_none_or(|known| one.took < known.took) {
            fastest = Some(one);
        }
    }
    let Some(fastest) = fastest.filter(|one| one.took > allowed) else {
        return Ok(());
    };
    Err(Miss::shown_by(
        measured.iter().map(|one| one.seq).collect(),
        format!("answered within {}", span(allowed)),
        match &fastest.answer {
            Answer::Response(_) => format!("{} for the fastest answer", span(fastest.took)),
            Answer::Silence(_) => format!("no answer within {}", span(fastest.took)),
        },
    ))
}

/// How long an answer may take, by how long the others took.
fn allowed(wanted: &Value, like: &[&Exchange]) -> Duration {
    let slowest = like.iter().map(|one| one.took).max().unwrap_or_default();
    let times = wanted.get("times").and_then(Value::as_u64).unwrap_or(1);
    let times = u32::try_from(times).unwrap_or(u32::MAX);
    let beyond = wanted.get("beyond").and_then(Value::as_str);
    let beyond = beyond.and_then(duration).unwrap_or_default();
    slowest
        .saturating_mul(times)
        .max(slowest.saturating_add(beyond))
}

fn names(wanted: &Value) -> Vec<&Value> {
    match wanted.get("like") {
        Some(Value::Array(names)) => names.iter().collect(),
        Some(name) => vec![name],
        None => Vec::new(),
    }
}

fn step<'a>(name: Option<&Value>, seen: &'a Seen<'_>) -> Result<Vec<&'a Exchange>, Miss> {
    let name = name.and_then(Value::as_str).unwrap_or_default();
    let range = seen.steps.get(name).cloned();
    let exchanges = range.and_then(|range| seen.all.get(range));
    exchanges
        .map(|all| all.iter().filter(|one| super::is_of_target(one)).collect())
        .ok_or_else(|| Miss::Unknown(format!("step `{name}` was not reached")))
}

fn said(exchange: &Exchange) -> String {
    match &exchange.answer {
        Answer::Silence(silence) => silence.to_string(),
        Answer::Response(response) => format!("status {}", response.status),
    }
}

fn span(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let name = wanted["step"].as_str().unwrap_or_default();
    let range = seen.steps.get(name).cloned().unwrap_or_default();
    for (at, exchange) in seen.all.to_mut().iter_mut().enumerate() {
        if range.contains(&at) {
            exchange.took = Duration::from_secs(60 * 60);
        }
    }
}

fn examples() -> Vec<Example> {
    vec![Example {
        argument: argument(),
        seen: measured([Some(20), Some(30)]),
    }]
}

fn argument() -> Value {
    json!({ "step": "costly", "like": ["before", "after"], "times": 4, "beyond": "1s" })
}

/// Two costly answers, in milliseconds, or none within five seconds; the others took 10 ms.
fn measured(costly: [Option<u64>; 2]) -> Seen<'static> {
    let took = |time: Option<u64>| {
        let mut one = super::sample::exchange(401, &[], "");
        one.took = Duration::from_millis(time.unwrap_or(5_000));
        if time.is_none() {
            one.answer = Answer::Silence(Silence::TimedOut);
        }
        one
    };
    let [first, second] = costly;
    let all = vec![took(Some(10)), took(first), took(second), took(Some(10))];
    let mut seen = super::sample::heard(all);
    let steps = seen.steps.to_mut();
    steps.insert("before".to_owned(), 0..1);
    steps.insert("costly".to_owned(), 1..3);
    steps.insert("after".to_owned(), 3..4);
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_answer_counts_and_no_answer_is_a_late_one() {
        for (costly, met) in [
            ([Some(10), Some(10)], true),
            ([Some(900), Some(900)], true),
            ([Some(1_100), Some(1_100)], false),
            ([Some(1_100), Some(20)], true),
            ([None, Some(20)], true),
            ([None, Some(1_100)], false),
            ([None, None], false),
        ] {
            let found = examine(&argument(), &measured(costly));
            assert_eq!(found.is_ok(), met, "{costly:?} {found:?}");
            assert!(!matches!(found, Err(Miss::Unknown(_))), "{costly:?}");
        }
    }

    #[test]
    fn a_slow_machine_is_no_finding() {
        let mut seen = measured([Some(3_000), Some(3_000)]);
        seen.all.to_mut()[3].took = Duration::from_millis(800);
        assert_eq!(examine(&argument(), &seen), Ok(()));
    }

    #[test]
    fn what_nobody_answers_shows_nothing() {
        let silence = |at: usize, silence: Silence, took: u64| {
            let mut seen = measured([Some(2_000), Some(2_000)]);
            let one = &mut seen.all.to_mut()[at];
            one.answer = Answer::Silence(silence);
            one.took = Duration::from_millis(took);
            seen
        };
        for seen in [
            silence(3, Silence::TimedOut, 5_000),
            silence(2, Silence::Closed("reset".to_owned()), 5_000),
            // no time was left to wait
            silence(2, Silence::TimedOut, 0),
        ] {
            let found = examine(&argument(), &seen);
            assert!(matches!(found, Err(Miss::Unknown(_))), "{found:?}");
        }
    }
}
