//! `throttles`: what many wrong passwords in a row lead to.
//!
//! A limit shows in any of three ways: a status that says so, a right password that no longer opens, or answers that
//! take much longer. Which one is the server's choice.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::model::{Answer, Exchange, Header, Hop, Response};
use crate::source::shape::{Field, Shape};
use crate::wire::form;

pub(super) const KIND: Kind = Kind {
    name: "throttles",
    doc: "What the wrong passwords of step `tries` lead to, and the right one of step `then` after them.",
    shape: Shape::Map(&[
        Field::required("tries", Shape::Text, "The step with the wrong passwords."),
        Field::required("then", Shape::Text, "The step with the right one."),
        Field::required("wants", Shape::Word(wants), "What is asked of them."),
    ]),
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

fn wants() -> Vec<(&'static str, &'static str)> {
    vec![
        ("a-limit", "They are slowed, locked out or answered 429."),
        (
            "no-telling",
            "While they are answered 429, the right password is answered alike.",
        ),
        ("retry-after", "A 429 or 503 says when to come again."),
    ]
}

/// Fewer tries than this show no limit.
const FEWEST: usize = 20;
/// So many answers at the end must be a limit's, before a right password that opens is called told apart: a limit by
/// rate lets some through.
const STEADY: usize = 20;
/// Much longer: by this factor, and by this much.
const SLOWER: u32 = 4;
const SLOWER_BY: Duration = Duration::from_millis(200);

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let tries = step(wanted, "tries", seen)?;
    let then = step(wanted, "then", seen)?;
    let then = then
        .last()
        .ok_or_else(|| Miss::unknown("the right password was not tried"))?;
    if tries.len() < FEWEST {
        return Err(Miss::unknown("too few wrong passwords were tried"));
    }
    if let Some(at) = tries.iter().position(|one| one.answer.response().is_none()) {
        return Err(Miss::Unknown(format!(
            "the target fell silent after {at} wrong passwords: a ban or a crash"
        )));
    }
    let evidence = || tries.last().into_iter().chain([then]).map(|one| one.seq);
    match wanted.get("wants").and_then(Value::as_str) {
        Some("no-telling") => {
            let end = &tries[tries.len() - STEADY..];
            if end.iter().all(|one| limited(one).is_some()) && opened(then) {
                return Err(Miss::shown_by(
                    evidence().collect(),
                    "while wrong passwords are turned away, the right one is too",
                    "the right password opened between answers that turn everybody away",
                ));
            }
            Ok(())
        }
        Some("retry-after") => {
            let silent = tries.iter().find(|one| {
                limited(one).is_some_and(|response| response.first("retry-after").is_none())
            });
            silent.map_or(Ok(()), |one| {
                let status = one.answer.status().unwrap_or_default();
                Err(Miss::shown_by(
                    vec![one.seq],
                    "Retry-After with 429 or 503",
                    format!("status {status}, no Retry-After"),
                ))
            })
        }
        _ => {
            let limit = tries.iter().any(|one| limited(one).is_some());
            if limit || !opened(then) || slowed(tries) {
                return Ok(());
            }
            Err(Miss::shown_by(
                evidence().collect(),
                "wrong passwords in a row are slowed, locked out or answered 429",
                format!(
                    "{} of them were answered like the first, and then the right one opened",
                    tries.len()
                ),
            ))
        }
    }
}

fn step<'a>(wanted: &Value, key: &str, seen: &'a Seen<'_>) -> Result<&'a [Exchange], Miss> {
    let name = wanted.get(key).and_then(Value::as_str).unwrap_or_default();
    let range = seen.steps.get(name).cloned();
    range
        .and_then(|range| seen.all.get(range))
        .ok_or_else(|| Miss::Unknown(format!("step `{name}` was not reached")))
}

/// The answer, where it says that there were too many tries.
fn limited(exchange: &Exchange) -> Option<&Response> {
    let response = exchange.answer.response()?;
    let busy = response.status == 503 && response.first("retry-after").is_some();
    (matches!(response.status, 423 | 429) || busy).then_some(response)
}

/// An API answers 2xx; the walk of a browser ends with a code, whatever pages it shows.
fn opened(exchange: &Exchange) -> bool {
    if exchange.hop != Hop::BrowserToTarget {
        return matches!(exchange.answer.status(), Some(200..=299));
    }
    let location = exchange
        .answer
        .response()
        .and_then(|one| one.first("location"));
    let query = location.as_deref().and_then(|url| url.split_once('?'));
    query.is_some_and(|(_, query)| {
        let pairs = form::parse(query);
        pairs.iter().any(|(name, _)| name == "code")
    })
}

fn slowed(tries: &[Exchange]) -> bool {
    let (first, last) = (&tries[..FEWEST / 2], &tries[tries.len() - FEWEST / 2..]);
    let (before, after) = (median(first), median(last));
    after >= before.saturating_mul(SLOWER) && after >= before.saturating_add(SLOWER_BY)
}

fn median(exchanges: &[Exchange]) -> Duration {
    let mut all: Vec<Duration> = exchanges.iter().map(|one| one.took).collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let retry = wanted["wants"] == "retry-after";
    let alike = wanted["wants"] == "a-limit";
    let then = seen
        .steps
        .get(wanted["then"].as_str().unwrap_or_default())
        .cloned();
    for (at, exchange) in seen.all.to_mut().iter_mut().enumerate() {
        let last = then.as_ref().is_some_and(|then| then.contains(&at));
        exchange.took = Duration::ZERO;
        if let Answer::Response(response) = &mut exchange.answer {
            if last && exchange.hop == Hop::BrowserToTarget {
                let opened = Header::new("Location", "https://app.example/cb?code=1");
                response.headers.push(opened);
            }
            response.status = match (last, alike) {
                (true, _) => 200,
                (false, true) => 401,
                (false, false) => 429,
            };
            if retry {
                response
                    .headers
                    .retain(|header| !header.name.eq_ignore_ascii_case("retry-after"));
            }
        }
    }
}

fn examples() -> Vec<Example> {
    ["a-limit", "no-telling", "retry-after"]
        .into_iter()
        .map(|wants| Example {
            argument: json!({ "tries": "tries", "then": "then", "wants": wants }),
            seen: tried(429, 429, true),
        })
        .collect()
}

/// Ten wrong passwords answered 401, thirty like this, then the right one.
fn tried(late: u16, right: u16, says_when: bool) -> Seen<'static> {
    let fields: &[(&str, &str)] = if says_when {
        &[("Retry-After", "60")]
    } else {
        &[]
    };
    let mut all: Vec<Exchange> = (0..10)
        .map(|_| super::sample::exchange(401, &[], ""))
        .collect();
    all.extend((0..30).map(|_| super::sample::exchange(late, fields, "")));
    all.push(super::sample::exchange(right, fields, ""));
    let mut seen = super::sample::heard(all);
    let steps = seen.steps.to_mut();
    steps.insert("tries".to_owned(), 0..40);
    steps.insert("then".to_owned(), 40..41);
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_shows_in_any_of_three_ways() {
        type Slow = fn(usize) -> u64;
        let rows: &[(u16, u16, Slow, bool)] = &[
            (401, 200, |_| 5, false),
            (429, 200, |_| 5, true),
            (423, 423, |_| 5, true),
            (401, 401, |_| 5, true),
            (401, 200, |at| if at < 20 { 5 } else { 900 }, true),
            (401, 200, |at| if at < 20 { 5 } else { 90 }, false),
            (503, 200, |_| 5, false),
        ];
        for (late, right, took, met) in rows {
            let mut seen = tried(*late, *right, false);
            for (at, exchange) in seen.all.to_mut().iter_mut().enumerate() {
                exchange.took = Duration::from_millis(took(at));
            }
            let wanted = json!({ "tries": "tries", "then": "then", "wants": "a-limit" });
            let found = examine(&wanted, &seen);
            assert_eq!(found.is_ok(), *met, "{late} {right} {found:?}");
        }
    }

    #[test]
    fn a_right_password_is_told_apart_only_among_answers_that_turn_everybody_away() {
        for (late, right, met) in [
            (429, 200, false),
            (429, 429, true),
            (429, 401, true),
            (401, 200, true),
        ] {
            let wanted = json!({ "tries": "tries", "then": "then", "wants": "no-telling" });
            let found = examine(&wanted, &tried(late, right, true));
            assert_eq!(found.is_ok(), met, "{late} {right}");
        }
    }

    #[test]
    fn silence_is_a_ban_or_a_crash() {
        let mut seen = tried(429, 200, true);
        seen.all.to_mut()[20].answer = Answer::Silence(crate::model::Silence::TimedOut);
        let wanted = json!({ "tries": "tries", "then": "then", "wants": "a-limit" });
        assert!(matches!(examine(&wanted, &seen), Err(Miss::Unknown(_))));
    }
}
