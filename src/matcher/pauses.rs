//! `pauses`: how long a client waits between its requests at an endpoint of our provider.
//!
//! Times are those at which requests came. A little less than what was asked for is forgiven: the way there is not always
//! as long.

use std::time::Duration;

use serde_json::{Value, json};

use super::evidence::call::{endpoints, form, is_at};
use super::{Example, Kind, Miss, Scope, Seen};
use crate::model::{Answer, Exchange, Hop, Moment, Silence};
use crate::source::shape::{Field, Shape, duration};

pub(super) const KIND: Kind = Kind {
    name: "pauses",
    doc: "The pauses between the target's requests at an endpoint of the provider.",
    shape: Shape::Map(&[
        Field::required("at", Shape::Word(endpoints), "The endpoint."),
        Field::new(
            "at-least",
            Shape::Many(&Shape::Duration),
            "How long each is; the last of a list counts for all that follow.",
        ),
        Field::new(
            "grow",
            Shape::Word(ways),
            "How each that follows a request without an answer compares to those before it.",
        ),
        Field::new(
            "each",
            Shape::Text,
            "A parameter of the form, or a field: requests with another value are another matter. A value that comes once has no pause, and is right.",
        ),
    ]),
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

fn ways() -> Vec<(&'static str, &'static str)> {
    vec![
        ("steadily", "Each is longer than the one before."),
        ("faster", "Each grows by more than the one before grew."),
    ]
}

/// What may be missing of a pause.
const FORGIVEN: Duration = Duration::from_millis(200);
/// What a longer pause is longer by.
const LONGER: Duration = Duration::from_millis(500);

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let at = wanted.get("at").and_then(Value::as_str).unwrap_or_default();
    let came: Vec<&Exchange> = seen
        .exchanges
        .iter()
        .filter(|exchange| is_at(exchange, at))
        .collect();
    match wanted.get("each").and_then(Value::as_str) {
        None => pauses_of(&came, wanted, at),
        Some(_) if came.is_empty() => Err(Miss::Unknown(format!(
            "no request came to the {at} endpoint"
        ))),
        Some(name) => by_parameter(&came, name)
            .iter()
            .filter(|alike| alike.len() > 1)
            .try_for_each(|alike| pauses_of(alike, wanted, at)),
    }
}

/// The requests in groups, each of one value of a parameter or field.
fn by_parameter<'a>(came: &[&'a Exchange], name: &str) -> Vec<Vec<&'a Exchange>> {
    let mut groups: Vec<(Option<String>, Vec<&Exchange>)> = Vec::new();
    for exchange in came {
        let mut pairs = form(&exchange.request).into_iter();
        let field = || exchange.request.header(name).next();
        let value = pairs
            .find_map(|(key, value)| (key == name).then_some(value))
            .or_else(|| field().map(|value| String::from_utf8_lossy(value).into_owned()));
        match groups.iter_mut().find(|(known, _)| *known == value) {
            Some((_, alike)) => alike.push(exchange),
            None => groups.push((value, vec![exchange])),
        }
    }
    groups.into_iter().map(|(_, alike)| alike).collect()
}

fn pauses_of(came: &[&Exchange], wanted: &Value, at: &str) -> Result<(), Miss> {
    let pauses: Vec<Duration> = came
        .windows(2)
        .map(|two| two[1].at.since(two[0].at))
        .collect();
    // only after silence is a client asked to become slower
    let silent: Vec<usize> = (0..pauses.len())
        .filter(|index| came[*index].answer.response().is_none())
        .collect();
    let least = spans(wanted.get("at-least"));
    let growth = wanted.get("grow").and_then(Value::as_str);
    let finding = |index: usize, expected: String| {
        let evidence = came[index..=index + 1].iter().map(|one| one.seq).collect();
        let actual = format!("pause {} took {}", index + 1, words(pauses[index]));
        Miss::shown_by(evidence, expected, actual)
    };
    for (index, pause) in pauses.iter().enumerate() {
        if let Some(wanted) = least.get(index).or(least.last())
            && pause.saturating_add(FORGIVEN) < *wanted
        {
            let expected = format!("pause {} takes {} at least", index + 1, words(*wanted));
            return Err(finding(index, expected));
        }
    }
    let grown = |nth: usize| pauses[silent[nth]].saturating_sub(pauses[silent[nth - 1]]);
    let (from, grows): (usize, &dyn Fn(usize) -> bool) = match growth {
        None => (silent.len(), &|_| true),
        Some("faster") => (2, &|nth| grown(nth) > grown(nth - 1).mul_f64(1.2)),
        Some(_) => (1, &|nth| grown(nth) >= LONGER),
    };
    if let Some(nth) = (from..silent.len()).find(|nth| !grows(*nth)) {
        let expected = format!("pauses that grow {}", growth.unwrap_or_default());
        return Err(finding(silent[nth], expected));
    }
    let few = growth.is_some() && silent.len() <= from;
    if few || pauses.len() < least.len().max(1) {
        return Err(Miss::Unknown(format!(
            "{} requests came to the {at} endpoint: too few to tell how long the pauses are",
            came.len()
        )));
    }
    Ok(())
}

fn spans(value: Option<&Value>) -> Vec<Duration> {
    let read = |value: &Value| {
        let text = crate::matcher::value::show(value);
        duration(text.trim_matches('`'))
    };
    match value {
        Some(Value::Array(several)) => several.iter().filter_map(read).collect(),
        Some(one) => read(one).into_iter().collect(),
        None => Vec::new(),
    }
}

fn words(span: Duration) -> String {
    format!("{:.1}s", span.as_secs_f64())
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let at = wanted.get("at").and_then(Value::as_str).unwrap_or_default();
    let seen = seen.exchanges.to_mut();
    // the last one once more, as values that come once have no pause, and all at once
    let last = seen.iter().rfind(|exchange| is_at(exchange, at)).cloned();
    seen.extend(last.filter(|_| wanted.get("each").is_some()));
    for exchange in seen {
        exchange.at = Moment::default();
    }
}

fn examples() -> Vec<Example> {
    let polls = |seconds: &[u64]| {
        let calls = seconds.iter().map(|second| {
            let mut call =
                super::sample::call(Hop::TargetToProvider, "honest", "POST", "/s/token", "a=b");
            call.at = Moment(Duration::from_secs(*second));
            call
        });
        super::sample::heard(calls.collect())
    };
    let unanswered = |seconds: &[u64]| {
        let mut seen = polls(seconds);
        for exchange in seen.exchanges.to_mut() {
            exchange.answer = Answer::Silence(Silence::TimedOut);
        }
        seen
    };
    vec![
        Example {
            argument: json!({ "at": "token", "at-least": "5s" }),
            seen: polls(&[1, 6, 12]),
        },
        Example {
            argument: json!({ "at": "token", "at-least": ["6s", "11s"] }),
            seen: polls(&[1, 7, 18, 29]),
        },
        Example {
            argument: json!({ "at": "token", "each": "a", "at-least": "5s" }),
            seen: polls(&[1, 6, 12]),
        },
        Example {
            argument: json!({ "at": "token", "each": "a", "at-least": "5s" }),
            seen: polls(&[1]),
        },
        Example {
            argument: json!({ "at": "token", "grow": "steadily" }),
            seen: unanswered(&[1, 3, 7, 15]),
        },
        Example {
            argument: json!({ "at": "token", "grow": "faster" }),
            seen: unanswered(&[1, 3, 7, 15]),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_too_short_is_found_and_too_few_are_unknown() {
        let polls = |millis: &[u64], silent: bool| {
            let calls = millis.iter().map(|at| {
                let mut call = super::super::sample::call(
                    Hop::TargetToProvider,
                    "honest",
                    "POST",
                    "/s/token",
                    "",
                );
                call.at = Moment(Duration::from_millis(*at));
                if silent {
                    call.answer = Answer::Silence(Silence::TimedOut);
                }
                call
            });
            super::super::sample::heard(calls.collect())
        };
        let least = |spans: &[&str]| json!({ "at": "token", "at-least": spans });
        let grow = |how: &str| json!({ "at": "token", "grow": how });
        for (wanted, came, met) in [
            (least(&["5s"]), &[0, 4_900][..], Some(true)),
            (least(&["5s"]), &[0, 5_000, 6_000], Some(false)),
            (least(&["5s"]), &[0], None),
            (least(&["6s", "11s"]), &[0, 6_000], None),
            (least(&["6s", "11s"]), &[0, 6_000, 12_000], Some(false)),
            (
                least(&["6s", "11s"]),
                &[0, 6_000, 17_000, 23_000],
                Some(false),
            ),
            (grow("steadily"), &[0, 2_000, 4_000], Some(false)),
            (grow("steadily"), &[0, 2_000, 7_000, 17_000], Some(true)),
            (grow("faster"), &[0, 2_000, 9_000, 21_000], Some(false)),
            (grow("faster"), &[0, 2_000, 6_000], None),
        ] {
            let silent = wanted.get("grow").is_some();
            let found = match examine(&wanted, &polls(came, silent)) {
                Ok(()) => Some(true),
                Err(Miss::Finding { .. }) => Some(false),
                Err(Miss::Unknown(_)) => None,
            };
            assert_eq!(found, met, "{wanted} {came:?}");
        }
        let answered = polls(&[0, 2_000, 4_000], false);
        let found = examine(&grow("steadily"), &answered);
        assert!(matches!(found, Err(Miss::Unknown(_))));
    }

    #[test]
    fn values_of_a_parameter_are_apart() {
        let seen = |calls: &[(u64, &str)]| {
            let calls = calls.iter().map(|(second, form)| {
                let mut call = super::super::sample::call(
                    Hop::TargetToProvider,
                    "honest",
                    "POST",
                    "/s/revoke",
                    form,
                );
                call.at = Moment(Duration::from_secs(*second));
                call
            });
            super::super::sample::heard(calls.collect())
        };
        let wanted = json!({ "at": "revoke", "each": "token", "at-least": "4s" });
        for (calls, met) in [
            (&[(0, "token=a"), (0, "token=b")][..], Some(true)),
            (
                &[(0, "token=a"), (0, "token=b"), (4, "token=a")],
                Some(true),
            ),
            (
                &[(0, "token=a"), (0, "token=b"), (1, "token=a")],
                Some(false),
            ),
            (&[(0, "x=1"), (1, "x=2")], Some(false)),
            (&[], None),
        ] {
            let found = match examine(&wanted, &seen(calls)) {
                Ok(()) => Some(true),
                Err(Miss::Finding { .. }) => Some(false),
                Err(Miss::Unknown(_)) => None,
            };
            assert_eq!(found, met, "{calls:?}");
        }
    }
}
