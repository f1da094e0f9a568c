//! `never-sent`: a value reaches a place in no request, however it is coded.

use serde_json::{Value, json};

use super::evidence::{call::bytes, leak::stands_in};
use super::{Example, Kind, Miss, Scope, Seen};
use crate::model::{Exchange, Hop};
use crate::source::shape::{Field, Shape};

pub(super) const KIND: Kind = Kind {
    name: "never-sent",
    doc: "No request to this place holds the value, in whatever coding: `{ value: \"${back.code}\", to: evil }`.",
    shape: Shape::Map(&[
        Field::required(
            "value",
            Shape::Many(&Shape::Text),
            "What must not get there; of a list, none.",
        ),
        Field::required("to", Shape::Word(places), "Where it must not get."),
    ]),
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

fn places() -> Vec<(&'static str, &'static str)> {
    vec![
        ("honest", "The provider's first issuer."),
        ("evil", "The provider's second issuer."),
        ("provider", "Either issuer."),
        ("listener", "The place of ours that only listens."),
    ]
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let to = wanted.get("to").and_then(Value::as_str).unwrap_or_default();
    let values = values(wanted);
    if values.is_empty() || values.contains(&"") {
        return Err(Miss::unknown("there is no value to look for"));
    }
    let mut requests = seen
        .exchanges
        .iter()
        .filter(|exchange| goes_to(exchange, to))
        .peekable();
    if requests.peek().is_none() && !seen.ear_works {
        return Err(Miss::unknown(
            "the target was never heard in this run, so its silence means nothing",
        ));
    }
    let holds = |exchange: &&Exchange| {
        let bytes = bytes(&exchange.request);
        values.iter().any(|value| stands_in(value, &bytes))
    };
    match requests.find(holds) {
        None => Ok(()),
        Some(exchange) => {
            let request = &exchange.request;
            let actual = format!("{} {} of {to} carried it", request.method, request.path());
            Err(Miss::shown_by(
                vec![exchange.seq],
                format!("the value never reaches {to}"),
                actual,
            )
            .given_away())
        }
    }
}

fn values(wanted: &Value) -> Vec<&str> {
    match wanted.get("value") {
        Some(Value::Array(all)) => all
            .iter()
            .map(|value| value.as_str().unwrap_or_default())
            .collect(),
        value => value.and_then(Value::as_str).into_iter().collect(),
    }
}

fn goes_to(exchange: &Exchange, to: &str) -> bool {
    match exchange.hop {
        Hop::ToListener => to == "listener",
        Hop::TargetToProvider => to == "provider" || exchange.actor == to,
        // the actor is the browser there, unless the provider that was asked is named
        Hop::BrowserToProvider => exchange.actor == to,
        Hop::HarnessToTarget | Hop::BrowserToTarget => false,
    }
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let value = values(wanted)
        .first()
        .copied()
        .unwrap_or_default()
        .to_owned();
    let (hop, actor) = match wanted.get("to").and_then(Value::as_str) {
        Some("listener") => (Hop::ToListener, "listener"),
        Some("evil") => (Hop::TargetToProvider, "evil"),
        _ => (Hop::TargetToProvider, "honest"),
    };
    let form = format!("code={}", crate::wire::form::encode_component(&value));
    let call = super::sample::call(hop, actor, "POST", "/token", &form);
    seen.exchanges.to_mut().push(call);
}

fn examples() -> Vec<Example> {
    let honest = || {
        super::sample::call(
            Hop::TargetToProvider,
            "honest",
            "POST",
            "/token",
            "code=c0de-1234/x",
        )
    };
    vec![
        Example {
            argument: json!({ "value": "c0de-1234/x", "to": "evil" }),
            seen: super::sample::heard(vec![honest()]),
        },
        Example {
            argument: json!({ "value": ["c0de-1234/x", "s3cret-56"], "to": "listener" }),
            seen: super::sample::heard(vec![honest()]),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::super::sample::{call, heard};
    use super::*;

    #[test]
    fn a_value_is_found_wherever_a_request_carries_it() {
        let wanted = json!({ "value": "s3cret:56/7", "to": "evil" });
        let evil = |target, form| call(Hop::TargetToProvider, "evil", "POST", target, form);
        let mut basic = evil("/token", "code=x");
        let value = crate::wire::basic::encode("client", "s3cret:56/7");
        basic
            .request
            .headers
            .push(crate::model::Header::new("Authorization", value));
        for (exchange, held) in [
            (evil("/token?x=s3cret%3A56%2F7", ""), true),
            (evil("/token", "client_secret=s3cret%3A56%2F7"), true),
            (basic, true),
            (evil("/token", "client_secret=other"), false),
            (
                call(Hop::ToListener, "", "GET", "/?x=s3cret%3A56%2F7", ""),
                false,
            ),
        ] {
            let found = examine(&wanted, &heard(vec![exchange]));
            assert_eq!(found.is_err(), held, "{found:?}");
        }
        let mut deaf = heard(vec![]);
        deaf.ear_works = false;
        assert!(matches!(examine(&wanted, &deaf), Err(Miss::Unknown(_))));
    }
}
