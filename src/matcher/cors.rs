//! `cors`: what the answer grants to scripts of the foreign origin that asked (Fetch, section 3.2).
//!
//! Only the combination matters: a reflected origin, or `null`, together with credentials. `*` with credentials is
//! refused by browsers, and a reflected origin without credentials shows nobody's data.

use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::model::Header;
use crate::source::shape::{Field, Shape};

pub(super) const KIND: Kind = Kind {
    name: "cors",
    doc: "What a foreign origin is granted: `{ grants: { not: credentials } }`, no reading of answers that carry them.",
    shape: Shape::Map(&[Field::required(
        "grants",
        Shape::Map(&[Field::required(
            "not",
            Shape::Word(grants),
            "What must not be granted.",
        )]),
        "What the foreign origin may do.",
    )]),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn grants() -> Vec<(&'static str, &'static str)> {
    vec![(
        "credentials",
        "Scripts of the origin read answers that carry the user's credentials.",
    )]
}

fn examine(_: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let response = seen.response()?;
    let asked = seen
        .last_exchange()
        .and_then(|exchange| exchange.request.header("origin").next());
    let Some(origin) = asked else {
        return Err(Miss::unknown("the request carried no Origin"));
    };
    let allowed: Vec<&[u8]> = response.header("access-control-allow-origin").collect();
    let credentials: Vec<&[u8]> = response
        .header("access-control-allow-credentials")
        .collect();
    // several lines are joined by browsers, and then match nothing
    let granted = allowed.as_slice() == [origin] || allowed.as_slice() == [b"null".as_slice()];
    if granted && credentials.as_slice() == [b"true".as_slice()] {
        let origin = String::from_utf8_lossy(origin);
        let actual = format!(
            "Access-Control-Allow-Origin: {} with Access-Control-Allow-Credentials: true",
            String::from_utf8_lossy(allowed[0])
        );
        let expected = format!("scripts of `{origin}` may not read answers that carry credentials");
        return Err(Miss::finding(seen, expected, actual).given_away());
    }
    Ok(())
}

fn spoil(_: &mut Value, seen: &mut Seen<'_>) {
    super::sample::set_field(seen, "Access-Control-Allow-Origin", "null");
    super::sample::set_field(seen, "Access-Control-Allow-Credentials", "true");
}

fn examples() -> Vec<Example> {
    vec![Example {
        argument: json!({ "grants": { "not": "credentials" } }),
        seen: asked_by(
            "https://attacker.example",
            &[("Access-Control-Allow-Origin", "*")],
        ),
    }]
}

fn asked_by(origin: &str, fields: &[(&str, &str)]) -> Seen<'static> {
    let mut exchange = super::sample::exchange(200, fields, "");
    exchange.request.headers.push(Header::new("Origin", origin));
    super::sample::heard(vec![exchange])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_combination_is_a_finding() {
        let attacker = "https://attacker.example";
        for (origin, allowed, credentials, granted) in [
            (attacker, attacker, "true", true),
            ("null", "null", "true", true),
            (attacker, "null", "true", true),
            (attacker, "*", "true", false),
            (attacker, attacker, "false", false),
            (attacker, attacker, "TRUE", false),
            (attacker, "https://app.example", "true", false),
        ] {
            let fields = [
                ("Access-Control-Allow-Origin", allowed),
                ("Access-Control-Allow-Credentials", credentials),
            ];
            let found = examine(&Value::Null, &asked_by(origin, &fields));
            assert_eq!(found.is_err(), granted, "{origin} {allowed} {credentials}");
        }
        let silent = super::super::sample::answer(200, &[], "");
        assert!(matches!(
            examine(&Value::Null, &silent),
            Err(Miss::Unknown(_))
        ));
    }
}
