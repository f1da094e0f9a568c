//! Values that are not what was asked for, and such that are: to spoil evidence with.
//!
//! What is there and wrong comes first, since what merely isn't there is often another alternative's wish.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Value, json};

use super::meets;

/// A value that misses what was asked for; none if only leaving it out does.
pub fn spoilt(wanted: &Value) -> Option<Value> {
    let mut near = around(wanted).into_iter();
    near.find(|value| !meets(wanted, Some(value)))
}

/// The same as a field, a parameter or a content holds it.
pub fn spoilt_text(wanted: &Value) -> Option<String> {
    let texts = around(wanted).into_iter().map(|value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    });
    let mut texts = texts.map(Value::from);
    let missed = texts.find(|text| !meets(wanted, Some(text)))?;
    missed.as_str().map(str::to_owned)
}

/// The smallest number that misses what was asked for, where things are counted.
pub fn spoilt_count(wanted: &Value) -> usize {
    let missed = |count: &usize| !meets(wanted, Some(&Value::from(*count)));
    (0..=MANY).find(missed).unwrap_or(MANY)
}

/// More than any expectation allows.
const MANY: usize = 100;

/// A value that is what was asked for, if one is found.
pub fn good(wanted: &Value) -> Option<Value> {
    let mut near = around(wanted).into_iter();
    near.find(|value| meets(wanted, Some(value)))
}

/// Values on both sides of what was asked for, as text first: that is what fields and parameters hold.
fn around(wanted: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    named(wanted, &mut all);
    all.extend([json!("something"), json!("étrange"), json!("")]);
    all.extend([json!(1), json!(0)]);
    all.extend([json!([]), json!(["something"]), json!({})]);
    all
}

/// The values that a test names, and their neighbours.
fn named(wanted: &Value, all: &mut Vec<Value>) {
    let Value::Object(tests) = wanted else {
        if wanted != "present" && wanted != "absent" {
            all.push(wanted.clone());
        }
        return;
    };
    for (test, with) in tests {
        match (test.as_str(), with) {
            ("matches", Value::String(pattern)) => all.extend(sample(pattern).map(Value::from)),
            ("contains", part) => all.extend([part.clone(), json!([part])]),
            ("at-least" | "at-most", Value::Number(bound)) => {
                let bound = bound.as_i64().unwrap_or_default();
                all.extend([bound + 1, bound - 1, bound].map(Value::from));
            }
            ("any-token" | "all-tokens", Value::Array(tokens)) => {
                let tokens: Vec<&str> = tokens.iter().filter_map(Value::as_str).collect();
                all.push(Value::from(tokens.join(", ")));
            }
            ("has", Value::Array(names)) => {
                let names = names.iter().filter_map(Value::as_str);
                all.push(
                    names
                        .map(|name| (name.to_owned(), json!("something")))
                        .collect(),
                );
            }
            ("url", _) => all.extend([json!("https://a.example/"), json!("http://a.example/")]),
            ("one-of", Value::Array(several)) => several.iter().for_each(|one| named(one, all)),
            ("not", inner) => named(inner, all),
            ("json", inner) => {
                let mut texts = Vec::new();
                named(inner, &mut texts);
                all.extend(texts.into_iter().map(|one| Value::from(one.to_string())));
            }
            ("each", inner) => {
                let mut members = Vec::new();
                named(inner, &mut members);
                all.extend(members.into_iter().map(|one| json!([one])));
            }
            _ => {}
        }
    }
}

/// A short text that a regular expression matches.
fn sample(pattern: &str) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, &mut text);
    super::whole_match(pattern, &text).then_some(text)
}

fn write(hir: &Hir, text: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(member(class)),
        HirKind::Repetition(repetition) => {
            (0..repetition.min).for_each(|_| write(&repetition.sub, text));
        }
        HirKind::Capture(capture) => write(&capture.sub, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, text)),
        HirKind::Alternation(options) => options.iter().take(1).for_each(|one| write(one, text)),
    }
}

/// A member of a class, one that can be read if there is any.
fn member(class: &Class) -> Option<char> {
    let holds = |char: char| match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .any(|range| range.start() <= char && char <= range.end()),
        Class::Bytes(class) => class.ranges().iter().any(|range| {
            (range.start()..=range.end()).contains(&u8::try_from(char).unwrap_or(u8::MAX))
        }),
    };
    let readable = ('a'..='z').chain('0'..='9').chain('!'..='~');
    readable.chain(['\n', '\t', ' ']).find(|char| holds(*char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_has_values_on_both_sides() {
        for wanted in [
            json!("x"),
            json!(401),
            json!({ "not": "x" }),
            json!({ "not": { "matches": "(?is).*\\brealm *= *[^\" ].*" } }),
            json!({ "not": { "matches": "(?s).*(?:\\n\\s+at .+[(:]\\d+|panicked at).*" } }),
            json!({ "not": { "contains": "c0de" } }),
            json!({ "not": { "one-of": [307, 308] } }),
            json!({ "at-most": 499 }),
            json!({ "at-least": 300 }),
            json!({ "one-of": ["a", { "contains": "b" }] }),
            json!({ "any-token": ["no-store", "private"] }),
            json!({ "each": { "not": "none" } }),
            json!({ "each": { "has": ["use", "kid"] } }),
            json!({ "json": { "each": { "has": ["type"] } } }),
            json!({ "type": "array" }),
            json!({ "url": "https" }),
        ] {
            let (wrong, right) = (spoilt(&wanted), good(&wanted));
            assert!(!meets(&wanted, wrong.as_ref()), "{wanted}: {wrong:?}");
            assert!(wrong.is_some(), "{wanted}");
            assert!(meets(&wanted, right.as_ref()), "{wanted}: {right:?}");
        }
        let printable = json!({ "matches": "[\\x20-\\x7e]*" });
        assert_eq!(spoilt_text(&printable).as_deref(), Some("étrange"));
        for (wanted, count) in [(json!(0), 1), (json!({ "at-most": 3 }), 4), (json!(2), 0)] {
            assert_eq!(spoilt_count(&wanted), count, "{wanted}");
        }
        assert_eq!(spoilt(&json!("present")), None);
        assert_eq!(good(&json!("absent")), None);
    }
}
