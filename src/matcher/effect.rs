//! `effect`: whether the write of the step shows where the profile says that it would.

use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::source::shape::Shape;

pub(super) const KIND: Kind = Kind {
    name: "effect",
    doc: "Whether the write of the step shows afterwards, where the profile says that it would.",
    shape: Shape::Word(words),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn words() -> Vec<(&'static str, &'static str)> {
    vec![
        ("absent", "Nothing was written."),
        ("present", "It was written."),
    ]
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let wanted = wanted.as_str().unwrap_or_default();
    let found = match seen.results.get("effect").and_then(Value::as_str) {
        Some(found @ ("absent" | "present")) => found,
        _ => return Err(Miss::unknown("whether the write shows could not be seen")),
    };
    if found == wanted {
        return Ok(());
    }
    let words = |word| match word {
        "absent" => "the write leaves no trace",
        _ => "the write shows afterwards",
    };
    let miss = Miss::finding(seen, words(wanted), words(found));
    Err(if found == "present" {
        miss.given_away()
    } else {
        miss
    })
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let other = if wanted == "absent" {
        "present"
    } else {
        "absent"
    };
    seen.results
        .to_mut()
        .insert("effect".to_owned(), Value::from(other));
}

fn examples() -> Vec<Example> {
    ["absent", "present"]
        .into_iter()
        .map(|word| {
            let mut seen = super::sample::answer(401, &[], "");
            let results = seen.results.to_mut();
            results.insert("effect".to_owned(), Value::from(word));
            Example {
                argument: json!(word),
                seen,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_of_a_refused_write_is_let_in_and_no_look_is_unknown() {
        let mut seen = super::super::sample::answer(401, &[], "");
        assert!(matches!(
            examine(&json!("absent"), &seen),
            Err(Miss::Unknown(_))
        ));
        let results = seen.results.to_mut();
        results.insert("effect".to_owned(), json!("present"));
        let found = examine(&json!("absent"), &seen);
        assert!(matches!(
            found,
            Err(Miss::Finding {
                given_away: true,
                ..
            })
        ));
    }
}
