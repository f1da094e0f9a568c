//! `unguessable`: what samples of a secret value can show about how hard it is to guess.
//!
//! Samples can't prove randomness. They can show an upper bound: so many characters that vary, of an alphabet so
//! large. Prefixes, suffixes and runs that samples share are left out, and of a JWT only the signature counts. A
//! finding says that even this bound is too low, that two samples are equal, or that they count up. Two signed tokens
//! that are equal say the same and were made in one second: that is no guess.

use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::source::shape::{Field, Shape};
use crate::wire::jose;

mod measure;

pub(super) const KIND: Kind = Kind {
    name: "unguessable",
    doc: "Samples show no repetition, no counter, and enough varying characters for this many bits at most.",
    shape: Shape::Map(&[
        Field::required(
            "values",
            Shape::Either(&[Shape::List(&Shape::Any), Shape::Text]),
            "The samples, in the order in which they were given out.",
        ),
        Field::required(
            "bits",
            Shape::Map(&[Field::required(
                "at-least",
                Shape::Int,
                "How many bits each must be able to hold.",
            )]),
            "How large the space must be.",
        ),
    ]),
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, _: &Seen<'_>) -> Result<(), Miss> {
    let values = wanted.get("values").and_then(Value::as_array);
    let samples: Vec<&str> = values
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let missing = values.map_or(0, Vec::len) != samples.len();
    if samples.len() < 2 || missing || samples.contains(&"") {
        return Err(Miss::unknown("there are not enough samples"));
    }
    let count = samples.len();
    let bits = wanted
        .pointer("/bits/at-least")
        .and_then(Value::as_u64)
        .unwrap_or(0);
    let expected = format!("{count} values that each could hold {bits} random bits");
    let (parts, signed) = parts_that_count(&samples);
    for (at, sample) in samples.iter().enumerate().filter(|_| !signed) {
        if let Some(before) = samples[..at].iter().position(|other| other == sample) {
            let actual = format!(
                "samples {} and {} of {count} are the same",
                before + 1,
                at + 1
            );
            return Err(Miss::shown_by(Vec::new(), expected, actual));
        }
    }
    let mut samples = parts;
    samples.dedup();
    if samples.iter().any(|sample| sample.len() > LONGEST) {
        return Err(Miss::unknown("a sample is too long to be measured"));
    }
    if let Some(step) = measure::counter(&samples) {
        let actual = format!("the {count} samples count up or down, by {step} at most");
        return Err(Miss::shown_by(Vec::new(), expected, actual));
    }
    let space = measure::space(&samples);
    if space.bits() >= bits {
        return Ok(());
    }
    let actual = format!(
        "{count} samples show {} bits at most: {} characters that vary, of an alphabet of {}",
        space.bits(),
        space.varying,
        space.alphabet
    );
    Err(Miss::shown_by(Vec::new(), expected, actual))
}

/// Longer samples are not measured.
const LONGEST: usize = 4_096;

/// The signatures, if all are signed tokens: whoever forges one must guess that. Whether they are is told.
fn parts_that_count(samples: &[&str]) -> (Vec<String>, bool) {
    let signatures: Option<Vec<String>> = samples
        .iter()
        .map(|sample| {
            let token = jose::read(sample)?;
            let signature = token.parts.get(2).filter(|_| token.parts.len() == 3)?;
            (!signature.is_empty()).then(|| signature.clone())
        })
        .collect();
    match signatures {
        Some(signatures) => (signatures, true),
        None => {
            let whole = samples.iter().map(|sample| (*sample).to_owned());
            (whole.collect(), false)
        }
    }
}

fn spoil(argument: &mut Value, _: &mut Seen<'_>) {
    argument["values"] = json!(["code-0017", "code-0018", "code-0019"]);
}

fn examples() -> Vec<Example> {
    vec![Example {
        argument: json!({
            "values": [
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
            ],
            "bits": { "at-least": 128 },
        }),
        seen: super::sample::heard(vec![]),
    }]
}

#[cfg(test)]
mod tests;
