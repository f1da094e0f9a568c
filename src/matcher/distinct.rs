//! `distinct`: values that must differ from one another, none of them empty.

use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::source::shape::Shape;

pub(super) const KIND: Kind = Kind {
    name: "distinct",
    doc: "All these values differ from one another, and none is empty. A list in the list is taken apart.",
    shape: Shape::Either(&[Shape::List(&Shape::Any), Shape::Text]),
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, _: &Seen<'_>) -> Result<(), Miss> {
    let values = flat(wanted);
    if values.len() < 2 {
        return Err(Miss::unknown("there are not two values to compare"));
    }
    let count = values.len();
    let expected = format!("{count} values that all differ");
    for (at, value) in values.iter().enumerate() {
        if value.is_null() || value.as_str() == Some("") {
            let actual = format!("value {} of {count} is empty", at + 1);
            return Err(Miss::shown_by(Vec::new(), expected, actual));
        }
        if let Some(before) = values[..at].iter().position(|other| other == value) {
            let actual = format!("values {} and {} are the same", before + 1, at + 1);
            return Err(Miss::shown_by(Vec::new(), expected, actual));
        }
    }
    Ok(())
}

/// The members of a list, and of lists in it.
fn flat(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(all) => all.iter().flat_map(flat).collect(),
        one => vec![one],
    }
}

fn spoil(argument: &mut Value, _: &mut Seen<'_>) {
    *argument = json!(["a", "a"]);
}

fn examples() -> Vec<Example> {
    vec![Example {
        argument: json!(["a", ["b", "c"]]),
        seen: super::sample::heard(vec![]),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_and_empty_values_are_findings_and_one_is_unknown() {
        let seen = super::super::sample::heard(vec![]);
        for (wanted, met) in [
            (json!(["a", "b"]), Some(true)),
            (json!([["a", "b"], "a"]), Some(false)),
            (json!(["a", ""]), Some(false)),
            (json!(["a", null]), Some(false)),
            (json!(["a"]), None),
            (json!("a"), None),
        ] {
            let found = match examine(&wanted, &seen) {
                Ok(()) => Some(true),
                Err(Miss::Finding { .. }) => Some(false),
                Err(Miss::Unknown(_)) => None,
            };
            assert_eq!(found, met, "{wanted}");
        }
    }
}
