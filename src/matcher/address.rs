//! `address`: what stands in the address bar at the end of the step.

use serde_json::{Value, json};

use super::value::{check, show, spoilt_text, words};
use super::{Example, Kind, Miss, Scope, Seen, value};

pub(super) const KIND: Kind = Kind {
    name: "address",
    doc: "The whole address of the last page, its query included.",
    shape: value::SHAPE,
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    seen.response()?;
    let address = seen
        .last_exchange()
        .map(|exchange| Value::from(exchange.request.url()));
    check(wanted, address.as_ref()).map_err(|_| {
        Miss::finding(
            seen,
            format!("an address {}", words(wanted)),
            address.as_ref().map(show).unwrap_or_default(),
        )
    })
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    if let Some(exchange) = seen.last_exchange_mut() {
        exchange.request.target = format!("/?{}", spoilt_text(wanted).unwrap_or_default());
    }
}

fn examples() -> Vec<Example> {
    vec![
        Example {
            argument: json!({ "not": { "contains": "c0de" } }),
            seen: super::sample::answer(200, &[], ""),
        },
        Example {
            argument: json!({ "matches": "https://api\\.example/[a-z]+" }),
            seen: super::sample::answer(200, &[], ""),
        },
    ]
}
