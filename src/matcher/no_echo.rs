//! `no-echo`: a value that was sent, or the credential, comes back in no answer of the step, in no usual coding.

use serde_json::{Value, json};

use super::evidence::leak::{SHORTEST, part_of};
use super::{Example, Kind, Miss, Scope, Seen};
use crate::source::shape::Shape;

pub(super) const KIND: Kind = Kind {
    name: "no-echo",
    doc: "This value, or `credential` for all that was sent as such, stands in no answer of the step, however coded.",
    shape: Shape::Many(&Shape::Text),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let of_credential = *wanted == "credential";
    let values = values(wanted, seen);
    if values.is_empty() {
        let what = if of_credential {
            "no credential was sent"
        } else {
            "the value is empty"
        };
        return Err(Miss::unknown(what));
    }
    let mut doubt = None;
    for value in &values {
        for (exchange, response) in seen.responses() {
            let Some(part) = part_of(value, response) else {
                continue;
            };
            if of_credential && value.len() < SHORTEST {
                doubt = Some(part);
                continue;
            }
            let what = if of_credential {
                "the credential"
            } else {
                "the value"
            };
            let expected = format!("{what} comes back nowhere");
            return Err(Miss::shown_by(
                vec![exchange.seq],
                expected,
                format!("{part} holds {what}"),
            )
            .given_away());
        }
    }
    if let Some(part) = doubt {
        return Err(Miss::Unknown(format!(
            "{part} holds a word that is also the credential, which is too short to tell an echo from a chance"
        )));
    }
    let cut = seen.responses().any(|(_, response)| !response.is_whole());
    if cut {
        return Err(Miss::unknown(
            "an answer is not whole, so the rest may hold the value",
        ));
    }
    seen.response().map(drop)
}

fn values(wanted: &Value, seen: &Seen<'_>) -> Vec<String> {
    let mut values: Vec<String> = match wanted {
        Value::String(word) if word == "credential" => seen.sent_secrets.to_vec(),
        Value::Array(all) => all
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Value::String(value) => vec![value.clone()],
        other => vec![other.to_string()],
    };
    values.retain(|value| !value.is_empty());
    values
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    if let Some(value) = values(wanted, seen).first() {
        let content = crate::wire::form::encode_component(value);
        super::sample::set_content(seen, &content);
    }
}

fn examples() -> Vec<Example> {
    let answer = || {
        let mut seen = super::sample::answer(401, &[], "wrong user or password");
        seen.sent_secrets.to_mut().push("S3cr3t/word+42".to_owned());
        seen
    };
    vec![
        Example {
            argument: json!("credential"),
            seen: answer(),
        },
        Example {
            argument: json!("name-1f7a"),
            seen: answer(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn every_answer_and_field_is_searched() {
        let name = "WWW-Authenticate";
        for (field, body, held) in [
            (
                "Bearer error_description=\"bad token S3cr3t/word+42\"",
                "",
                true,
            ),
            ("Basic", "<input value=\"S3cr3t/word+42\">", true),
            ("Basic", "YWxpY2U6UzNjcjN0L3dvcmQrNDI=", true),
            ("Basic", "wrong", false),
        ] {
            let first = sample::exchange(401, &[(name, field)], body);
            let mut seen = sample::heard(vec![first, sample::exchange(401, &[], "")]);
            seen.sent_secrets.to_mut().push("S3cr3t/word+42".to_owned());
            let found = examine(&json!("credential"), &seen);
            assert_eq!(found.is_err(), held, "{field} {body} {found:?}");
        }
    }

    #[test]
    fn a_short_credential_is_never_a_finding() {
        let mut seen = sample::answer(401, &[], "this is a test of the user");
        seen.sent_secrets.to_mut().push("test".to_owned());
        assert!(matches!(
            examine(&json!("credential"), &seen),
            Err(Miss::Unknown(_))
        ));
        seen.sent_secrets.to_mut().clear();
        assert!(matches!(
            examine(&json!("credential"), &seen),
            Err(Miss::Unknown(_))
        ));
    }
}
