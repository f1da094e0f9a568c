//! `codes`: whether each authorization code came to the token endpoint once (RFC 6749 section 4.1.2).

use serde_json::{Value, json};

use super::evidence::call::{form, is_at};
use super::{Example, Kind, Miss, Scope, Seen};
use crate::model::Hop;
use crate::source::shape::Shape;

pub(super) const KIND: Kind = Kind {
    name: "codes",
    doc: "No authorization code comes to the token endpoint twice.",
    shape: Shape::Word(words),
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

fn words() -> Vec<(&'static str, &'static str)> {
    vec![("once", "Each comes once.")]
}

fn examine(_: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let came: Vec<(u32, String)> = seen
        .exchanges
        .iter()
        .filter(|exchange| is_at(exchange, "token"))
        .filter_map(|exchange| {
            let mut pairs = form(&exchange.request).into_iter();
            let (_, code) = pairs.find(|(name, _)| name == "code")?;
            Some((exchange.seq, code))
        })
        .collect();
    if came.is_empty() {
        return Err(Miss::unknown("no code came to the token endpoint"));
    }
    for (at, (seq, code)) in came.iter().enumerate() {
        if let Some((before, _)) = came[..at].iter().find(|(_, other)| other == code) {
            return Err(Miss::shown_by(
                vec![*before, *seq],
                "every code comes to the token endpoint once",
                "one came again",
            ));
        }
    }
    Ok(())
}

fn spoil(_: &mut Value, seen: &mut Seen<'_>) {
    let mut calls = seen.exchanges.iter().filter(|one| is_at(one, "token"));
    let again = calls.next().cloned();
    seen.exchanges.to_mut().extend(again);
}

fn examples() -> Vec<Example> {
    let call = |code: &str| {
        let form = format!("grant_type=authorization_code&code={code}");
        super::sample::call(Hop::TargetToProvider, "honest", "POST", "/s/token", &form)
    };
    vec![Example {
        argument: json!("once"),
        seen: super::sample::heard(vec![call("one"), call("two")]),
    }]
}
