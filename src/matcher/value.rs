//! Whether a value is what was asked for: equality, `present`, `absent`, `{ matches }`, `{ one-of }` and so on.
//!
//! Nothing but `absent` matches what isn't there, so `{ not: x }` wants another value to be present.

mod other;

use std::cmp::Ordering;

use serde_json::{Map, Value};

use crate::source::shape::{Field, Shape};

pub use other::{good, spoilt, spoilt_count, spoilt_text};

/// What may stand where a value is compared.
pub const SHAPE: Shape =
    Shape::Either(&[Shape::Scalar, Shape::List(&Shape::Any), Shape::Map(TESTS)]);

const TESTS: &[Field] = &[
    Field::new(
        "matches",
        Shape::Text,
        "The whole value matches this regular expression.",
    ),
    Field::new(
        "contains",
        Shape::Scalar,
        "A list has this member; a text has this part.",
    ),
    Field::new(
        "one-of",
        Shape::List(&Shape::Any),
        "It equals one of these.",
    ),
    Field::new("not", Shape::Any, "It is there, and is not this."),
    Field::new(
        "at-least",
        Shape::Scalar,
        "A number, or the length of a text or list, is at least this.",
    ),
    Field::new(
        "at-most",
        Shape::Scalar,
        "A number, or the length of a text or list, is at most this.",
    ),
    Field::new(
        "each",
        Shape::Any,
        "Every member of the list is so; an empty list is a miss.",
    ),
    Field::new(
        "has",
        Shape::List(&Shape::Text),
        "A map has members of all of these names.",
    ),
    Field::new("json", Shape::Any, "The text is JSON, and that is so."),
    Field::new(
        "any-token",
        Shape::List(&Shape::Text),
        "The list field has one of these members.",
    ),
    Field::new(
        "all-tokens",
        Shape::List(&Shape::Text),
        "The list field has all of these members.",
    ),
    Field::new("type", Shape::Word(types), "It is of this JSON type."),
    Field::new(
        "url",
        Shape::Word(schemes),
        "It is an absolute URL of this scheme; loopback may use http.",
    ),
];

fn types() -> Vec<(&'static str, &'static str)> {
    vec![
        ("string", "Text."),
        ("number", "A number."),
        ("boolean", "true or false."),
        ("array", "A list."),
        ("object", "A map."),
        ("null", "null."),
    ]
}

fn schemes() -> Vec<(&'static str, &'static str)> {
    vec![
        ("https", "https, or http on loopback."),
        ("any", "Any absolute URL."),
    ]
}

/// Checks one value. The error says what was expected, in words.
pub fn check(wanted: &Value, actual: Option<&Value>) -> Result<(), String> {
    if meets(wanted, actual) {
        Ok(())
    } else {
        Err(words(wanted))
    }
}

fn meets(wanted: &Value, actual: Option<&Value>) -> bool {
    if wanted.as_str() == Some("absent") {
        return actual.is_none();
    }
    let Some(actual) = actual else { return false };
    match wanted {
        Value::String(word) if word == "present" => true,
        Value::Object(tests) => {
            !tests.is_empty() && tests.iter().all(|(test, with)| passes(test, with, actual))
        }
        Value::Array(members) => match actual {
            Value::Array(actual) => {
                members.len() == actual.len()
                    && members
                        .iter()
                        .zip(actual)
                        .all(|(wanted, actual)| meets(wanted, Some(actual)))
            }
            _ => false,
        },
        scalar => equal(scalar, actual),
    }
}

/// Equality of scalars; text and number of the same spelling are equal, as headers and queries hold text.
fn equal(wanted: &Value, actual: &Value) -> bool {
    match (wanted, actual) {
        (Value::Number(wanted), Value::Number(actual)) => {
            wanted == actual || wanted.as_f64() == actual.as_f64()
        }
        (Value::Number(wanted), Value::String(actual)) => wanted.to_string() == *actual,
        (Value::Bool(wanted), Value::String(actual)) => wanted.to_string() == *actual,
        _ => wanted == actual,
    }
}

fn passes(test: &str, with: &Value, actual: &Value) -> bool {
    match test {
        "matches" => match (with.as_str(), actual.as_str()) {
            (Some(pattern), Some(actual)) => whole_match(pattern, actual),
            _ => false,
        },
        "contains" => match (with, actual) {
            (_, Value::Array(members)) => members.iter().any(|member| equal(with, member)),
            (Value::String(part), Value::String(whole)) => whole.contains(part.as_str()),
            _ => false,
        },
        "one-of" => with
            .as_array()
            .is_some_and(|all| all.iter().any(|one| meets(one, Some(actual)))),
        "not" => !meets(with, Some(actual)),
        "at-least" => compare(actual, with).is_some_and(Ordering::is_ge),
        "at-most" => compare(actual, with).is_some_and(Ordering::is_le),
        "each" => actual
            .as_array()
            .is_some_and(|all| !all.is_empty() && all.iter().all(|one| meets(with, Some(one)))),
        "has" => tokens(with).iter().all(|name| actual.get(*name).is_some()),
        "json" => actual
            .as_str()
            .and_then(|text| crate::wire::json::parse_lenient(text.as_bytes()))
            .is_some_and(|inner| meets(with, Some(&inner))),
        "any-token" => tokens(with).iter().any(|wanted| has_token(actual, wanted)),
        "all-tokens" => tokens(with).iter().all(|wanted| has_token(actual, wanted)),
        "type" => with.as_str() == Some(type_of(actual)),
        "url" => actual
            .as_str()
            .is_some_and(|text| is_url(text, with.as_str() == Some("https"))),
        _ => false,
    }
}

fn whole_match(pattern: &str, text: &str) -> bool {
    regex::Regex::new(&format!(r"\A(?s:{pattern})\z")).is_ok_and(|regex| regex.is_match(text))
}

fn compare(actual: &Value, with: &Value) -> Option<Ordering> {
    let size = match actual {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => match text.parse::<f64>() {
            Ok(number) => number,
            Err(_) => precise(text.chars().count())?,
        },
        Value::Array(members) => precise(members.len())?,
        _ => return None,
    };
    size.partial_cmp(&with.as_f64()?)
}

fn precise(count: usize) -> Option<f64> {
    u32::try_from(count).ok().map(f64::from)
}

fn tokens(with: &Value) -> Vec<&str> {
    with.as_array()
        .map(|all| all.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default()
}

fn has_token(actual: &Value, wanted: &str) -> bool {
    let same = |token: &str| {
        let bare = token.trim();
        bare.eq_ignore_ascii_case(wanted)
            || bare
                .split('=')
                .next()
                .is_some_and(|name| name.trim().eq_ignore_ascii_case(wanted))
    };
    match actual {
        Value::String(text) => text.split([',', ' ']).any(same),
        Value::Array(all) => all.iter().filter_map(Value::as_str).any(same),
        _ => false,
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn is_url(text: &str, https: bool) -> bool {
    match crate::model::Origin::parse(text) {
        Ok((origin, _)) => !https || origin.scheme == "https" || origin.is_loopback(),
        Err(_) => false,
    }
}

/// What was asked for, with letter case put aside: for values that the protocol compares without it.
pub fn fold(wanted: &Value) -> Value {
    match wanted {
        Value::String(text) => Value::from(text.to_lowercase()),
        Value::Array(all) => all.iter().map(fold).collect(),
        Value::Object(tests) => Value::Object(
            tests
                .iter()
                .map(|(test, with)| match (test.as_str(), with.as_str()) {
                    ("matches", Some(pattern)) => {
                        (test.clone(), Value::from(format!("(?i:{pattern})")))
                    }
                    _ => (test.clone(), fold(with)),
                })
                .collect(),
        ),
        other => other.clone(),
    }
}

/// The members of a map that was asked for, in words.
pub fn words_of_members(wanted: &Value) -> String {
    let members = wanted.as_object().into_iter().flatten();
    let members: Vec<String> = members
        .map(|(name, wanted)| format!("{name} {}", words(wanted)))
        .collect();
    members.join(", ")
}

/// One value of those that share a name: the text itself, or a list where there are several.
pub fn named(pairs: &[(String, String)], name: &str) -> Option<Value> {
    let mut found: Vec<Value> = pairs
        .iter()
        .filter(|(key, _)| key == name)
        .map(|(_, value)| Value::from(value.as_str()))
        .collect();
    match found.len() {
        0 => None,
        1 => found.pop(),
        _ => Some(Value::Array(found)),
    }
}

/// What was asked for, in words.
pub fn words(wanted: &Value) -> String {
    match wanted {
        Value::String(word) if word == "present" || word == "absent" => word.clone(),
        Value::Object(tests) => test_words(tests),
        other => show(other),
    }
}

fn test_words(tests: &Map<String, Value>) -> String {
    let all: Vec<String> = tests
        .iter()
        .map(|(test, with)| match test.as_str() {
            "not" => format!("present and not {}", words(with)),
            "one-of" => {
                let options: Vec<String> =
                    with.as_array().into_iter().flatten().map(words).collect();
                format!("one of {}", options.join(", "))
            }
            "matches" => format!("matching {}", show(with)),
            _ => format!("{} {}", test.replace('-', " "), words(with)),
        })
        .collect();
    all.join(" and ")
}

/// A value as a reader would write it.
pub fn show(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

/// An actual value, or that it isn't there.
pub fn show_actual(actual: Option<&Value>) -> String {
    actual.map_or_else(|| "absent".to_owned(), show)
}

/// Compares the members of a map, and names the first that is missed.
pub fn check_members(
    wanted: &Value,
    mut actual: impl FnMut(&str) -> Option<Value>,
) -> Result<(), (String, String)> {
    for (name, wanted) in wanted.as_object().into_iter().flatten() {
        let found = actual(name);
        check(wanted, found.as_ref()).map_err(|expected| {
            (
                format!("{name} {expected}"),
                format!("{name} {}", show_actual(found.as_ref())),
            )
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_test_has_a_hit_and_a_miss() {
        for (wanted, hit, miss) in [
            (json!("a"), json!("a"), json!("b")),
            (json!(401), json!("401"), json!("400")),
            (json!("present"), json!(null), Value::Null),
            (json!({"matches": "a+"}), json!("aaa"), json!("aab")),
            (json!({"contains": "b"}), json!("abc"), json!("ac")),
            (json!({"contains": "b"}), json!(["a", "b"]), json!(["abc"])),
            (json!({"one-of": ["a", "b"]}), json!("b"), json!("c")),
            (json!({"not": "a"}), json!("b"), json!("a")),
            (json!({"at-least": 3}), json!(3), json!(2)),
            (json!({"at-most": 3}), json!("abc"), json!("abcd")),
            (
                json!({"each": {"url": "https"}}),
                json!(["https://a.example/"]),
                json!([]),
            ),
            (
                json!({"any-token": ["no-store", "private"]}),
                json!("Private, max-age=0"),
                json!("public"),
            ),
            (json!({"all-tokens": ["a", "b"]}), json!("b, a"), json!("a")),
            (json!({"type": "object"}), json!({}), json!([])),
            (
                json!({"json": {"each": {"has": ["type"]}}}),
                json!("[{\"type\": \"a\"}]"),
                json!("[{}]"),
            ),
            (
                json!({"url": "https"}),
                json!("http://127.0.0.1:9/"),
                json!("http://a.example/"),
            ),
        ] {
            assert!(meets(&wanted, Some(&hit)), "{wanted} {hit}");
            if wanted != json!("present") {
                assert!(!meets(&wanted, Some(&miss)), "{wanted} {miss}");
            }
            assert!(!meets(&wanted, None), "{wanted} matches what isn't there");
        }
        assert!(meets(&json!("absent"), None));
        assert!(!meets(&json!("absent"), Some(&json!(null))));
    }
}
