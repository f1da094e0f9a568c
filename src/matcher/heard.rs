//! `heard`: how often anyone came to a place of ours that only listens. Silence counts only where the target could be
//! heard.

use serde_json::{Value, json};

use super::value::{check, spoilt_count, words};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::model::{Exchange, Hop};
use crate::source::shape::{Field, Shape};

pub(super) const KIND: Kind = Kind {
    name: "heard",
    doc: "How many requests came to the listener: `{ at: listener, times: 0 }`.",
    shape: Shape::Map(&[
        Field::required("at", Shape::Word(places), "Where."),
        Field::required("times", value::SHAPE, "How often."),
    ]),
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

fn places() -> Vec<(&'static str, &'static str)> {
    vec![("listener", "The place of ours that only listens.")]
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let heard: Vec<&Exchange> = seen
        .exchanges
        .iter()
        .filter(|exchange| exchange.hop == Hop::ToListener)
        .collect();
    if heard.is_empty() && !seen.ear_works {
        return Err(Miss::unknown(
            "the target was never heard in this run, so its silence means nothing (profile: provider: { reaches-listener: true }, if it can reach authspec)",
        ));
    }
    let times = wanted.get("times").unwrap_or(&Value::Null);
    check(times, Some(&Value::from(heard.len()))).map_err(|_| {
        let paths: Vec<String> = heard
            .iter()
            .take(3)
            .map(|exchange| format!("{} {}", exchange.request.method, exchange.request.path()))
            .collect();
        let actual = match heard.len() {
            0 => "none came".to_owned(),
            count => format!("{count} came: {}", paths.join(", ")),
        };
        let evidence = heard.iter().map(|exchange| exchange.seq).collect();
        Miss::shown_by(
            evidence,
            format!("{} requests to the listener", words(times)),
            actual,
        )
    })
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let exchanges = seen.exchanges.to_mut();
    exchanges.clear();
    let times = spoilt_count(wanted.get("times").unwrap_or(&Value::Null));
    let call = super::sample::call(Hop::ToListener, "", "GET", "/key-set", "");
    exchanges.extend(std::iter::repeat_n(call, times));
}

fn examples() -> Vec<Example> {
    let call = || super::sample::call(Hop::ToListener, "", "GET", "/key-set", "");
    vec![
        Example {
            argument: json!({ "at": "listener", "times": 0 }),
            seen: super::sample::heard(vec![super::sample::exchange(401, &[], "")]),
        },
        Example {
            argument: json!({ "at": "listener", "times": { "at-least": 1 } }),
            seen: super::sample::heard(vec![call(), call()]),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_without_an_ear_is_unknown() {
        let wanted = json!({ "at": "listener", "times": 0 });
        let mut seen = super::super::sample::heard(vec![]);
        assert_eq!(examine(&wanted, &seen), Ok(()));
        seen.ear_works = false;
        assert!(matches!(examine(&wanted, &seen), Err(Miss::Unknown(_))));
    }
}
