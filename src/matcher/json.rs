//! `json`: members of the content, each by its JSON Pointer (RFC 6901). The content must be strict JSON: a member
//! that stands twice is a miss, since readers disagree about which one counts.

use serde_json::{Value, json};

use super::value::{check_members, words_of_members};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::source::shape::Shape;
use crate::wire::json::{Limits, parse_strict};

pub(super) const KIND: Kind = Kind {
    name: "json",
    doc: "Members of the JSON content, each by its JSON Pointer: `{ /user/name: alice }`.",
    shape: Shape::MapOf(&value::SHAPE),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let content = read(seen, || format!("JSON with {}", words_of_members(wanted)))?;
    check_members(wanted, |pointer| content.pointer(pointer).cloned())
        .map_err(|(expected, actual)| Miss::finding(seen, expected, actual))
}

/// The content of the last answer as JSON, or the miss that says why it is none.
pub(super) fn read(seen: &Seen<'_>, expected: impl FnOnce() -> String) -> Result<Value, Miss> {
    let bytes = seen.content()?;
    let response = seen.response()?;
    parse_strict(bytes, Limits::default()).map_err(|why| {
        let kind = response
            .media_type()
            .unwrap_or_else(|| "no media type".to_owned());
        let why = if bytes.is_empty() {
            "no content".to_owned()
        } else {
            why.to_string()
        };
        Miss::finding(
            seen,
            expected(),
            format!("status {}, {kind}: {why}", response.status),
        )
    })
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let absent = wanted
        .as_object()
        .into_iter()
        .flatten()
        .find(|(_, test)| **test == "absent");
    let content = match absent {
        Some((pointer, _)) => json!({ pointer.trim_start_matches('/'): {} }).to_string(),
        None => "{}".to_owned(),
    };
    super::sample::set_content(seen, &content);
}

fn examples() -> Vec<Example> {
    let answer =
        |body: &str| super::sample::answer(200, &[("Content-Type", "application/json")], body);
    vec![
        Example {
            argument: json!({ "/user/name": "alice", "/keys/0": { "type": "object" } }),
            seen: answer(r#"{"user":{"name":"alice"},"keys":[{}]}"#),
        },
        Example {
            argument: json!({ "/error": "absent" }),
            seen: answer("{}"),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_strict_json_is_a_finding_and_what_was_cut_is_unknown() {
        let wanted = json!({ "/a": 1 });
        for body in [
            "",
            "<html>",
            r#"{"a":1,"a":1}"#,
            r#"{"a":1} x"#,
            r#"{"a":2}"#,
        ] {
            let seen = super::super::sample::answer(200, &[], body);
            assert!(
                matches!(examine(&wanted, &seen), Err(Miss::Finding { .. })),
                "{body}"
            );
        }
        let mut seen = super::super::sample::answer(200, &[], "");
        if let Some(response) = seen.last_mut() {
            response.body = crate::model::Body::Cut(b"{\"a\":1}".to_vec(), "too long".to_owned());
        }
        assert!(matches!(examine(&wanted, &seen), Err(Miss::Unknown(_))));
    }
}
