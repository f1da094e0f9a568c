//! `winners`: how many of several requests at once were accepted. Where they did not overlap nothing was raced.

use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::source::shape::{Field, Shape};

pub(super) const KIND: Kind = Kind {
    name: "winners",
    doc: "How many of the requests sent at once were accepted: `{ at-most: 1 }`.",
    shape: Shape::Map(&[Field::required(
        "at-most",
        Shape::Int,
        "No more than this many.",
    )]),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let most = wanted.get("at-most").and_then(Value::as_u64);
    let winners = seen.results.get("winners").and_then(Value::as_u64);
    let (Some(most), Some(winners)) = (most, winners) else {
        return Err(Miss::unknown("nothing was sent at once"));
    };
    if winners > most {
        let evidence = seen.answered().map(|exchange| exchange.seq).collect();
        let expected = format!("at most {most} of the requests sent at once is accepted");
        return Err(Miss::shown_by(evidence, expected, format!("{winners} were")).given_away());
    }
    if seen.results.get("overlapped").and_then(Value::as_bool) == Some(false) {
        return Err(Miss::unknown(
            "the first answer came before the last request was sent, so there was no race",
        ));
    }
    Ok(())
}

fn spoil(_: &mut Value, seen: &mut Seen<'_>) {
    seen.results
        .to_mut()
        .insert("winners".to_owned(), Value::from(8));
}

fn examples() -> Vec<Example> {
    vec![Example {
        argument: json!({ "at-most": 1 }),
        seen: raced(1, true),
    }]
}

fn raced(winners: u64, overlapped: bool) -> Seen<'static> {
    let mut seen = super::sample::answer(200, &[], "{}");
    let results = seen.results.to_mut();
    results.insert("winners".to_owned(), Value::from(winners));
    results.insert("overlapped".to_owned(), Value::from(overlapped));
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_winners_are_a_finding_even_without_a_race() {
        let wanted = json!({ "at-most": 1 });
        assert_eq!(examine(&wanted, &raced(0, true)), Ok(()));
        for overlapped in [true, false] {
            let found = examine(&wanted, &raced(2, overlapped));
            assert!(matches!(
                found,
                Err(Miss::Finding {
                    given_away: true,
                    ..
                })
            ));
        }
        let found = examine(&wanted, &raced(1, false));
        assert!(matches!(found, Err(Miss::Unknown(_))));
    }
}
