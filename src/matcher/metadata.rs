//! `metadata`: what holds of every member of a metadata document at once (RFC 8414 section 2), whatever it lists.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::value::check;
use super::{Example, Kind, Miss, Scope, Seen};
use crate::source::shape::Shape;

pub(super) const KIND: Kind = Kind {
    name: "metadata",
    doc: "The metadata of the last answer keeps this rule.",
    shape: Shape::Word(words),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

/// A rule for one member; the error says what is wrong with its value.
type Keeps = fn(&str, &Value) -> Result<(), String>;

const RULES: &[(&str, &str, Keeps)] = &[
    (
        "https",
        "Every address of an endpoint is https; loopback may use http.",
        |name, value| match is_address(name) {
            true => check(&json!({ "url": "https" }), Some(value)),
            false => Ok(()),
        },
    ),
    (
        "lists",
        "Every list of what is supported holds texts, each once, and is left out where it would be empty.",
        |name, value| match name.ends_with("_supported") && !value.is_boolean() {
            true => is_list(value),
            false => Ok(()),
        },
    ),
];

fn words() -> Vec<(&'static str, &'static str)> {
    RULES.iter().map(|(word, doc, _)| (*word, *doc)).collect()
}

fn is_address(name: &str) -> bool {
    name.ends_with("_endpoint") || name == "jwks_uri" || name == "check_session_iframe"
}

fn is_list(value: &Value) -> Result<(), String> {
    let members = value.as_array().ok_or("a list")?;
    let texts: Vec<&str> = members.iter().filter_map(Value::as_str).collect();
    let distinct: BTreeSet<&str> = texts.iter().copied().collect();
    match () {
        () if members.is_empty() => Err("left out where empty".to_owned()),
        () if texts.len() < members.len() => Err("a list of texts".to_owned()),
        () if distinct.len() < texts.len() => Err("a list that holds nothing twice".to_owned()),
        () => Ok(()),
    }
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let word = wanted.as_str().unwrap_or_default();
    let Some((_, doc, keeps)) = RULES.iter().find(|(name, ..)| *name == word) else {
        return Err(Miss::unknown(format!("no rule is named `{word}`")));
    };
    let expected = || format!("metadata: {}", doc.trim_end_matches('.'));
    let content = super::json::read(seen, expected)?;
    let Some(members) = content.as_object() else {
        return Err(Miss::finding(
            seen,
            expected(),
            "JSON that is not an object",
        ));
    };
    let aliases = members
        .get("mtls_endpoint_aliases")
        .and_then(Value::as_object);
    for (name, value) in members
        .iter()
        .chain(aliases.into_iter().flat_map(Map::iter))
    {
        if let Err(wanted) = keeps(name, value) {
            let actual = format!("{name} {}, not {wanted}", super::value::show(value));
            return Err(Miss::finding(seen, expected(), actual));
        }
    }
    Ok(())
}

fn spoil(_: &mut Value, seen: &mut Seen<'_>) {
    let broken = r#"{"token_endpoint":"http://as.example/token","scopes_supported":[]}"#;
    super::sample::set_content(seen, broken);
}

fn examples() -> Vec<Example> {
    let body = r#"{"issuer":"https://as.example","token_endpoint":"https://as.example/token",
        "scopes_supported":["read"],"request_parameter_supported":false}"#;
    ["https", "lists"]
        .into_iter()
        .map(|word| Example {
            argument: json!(word),
            seen: super::sample::answer(200, &[("Content-Type", "application/json")], body),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_is_held_to_the_rule() {
        for (rule, body, met) in [
            (
                "https",
                r#"{"token_endpoint":"http://127.0.0.1:1/t"}"#,
                true,
            ),
            ("https", r#"{"jwks_uri":"http://as.example/k"}"#, false),
            ("https", r#"{"op_policy_uri":"http://as.example/k"}"#, true),
            (
                "https",
                r#"{"mtls_endpoint_aliases":{"token_endpoint":"http://as.example/t"}}"#,
                false,
            ),
            ("https", "[]", false),
            ("lists", r#"{"claims_parameter_supported":false}"#, true),
            ("lists", r#"{"scopes_supported":["a","b"]}"#, true),
            ("lists", r#"{"scopes_supported":["a","a"]}"#, false),
            ("lists", r#"{"scopes_supported":["a",1]}"#, false),
            ("lists", r#"{"scopes_supported":"a b"}"#, false),
        ] {
            let seen = super::super::sample::answer(200, &[], body);
            assert_eq!(examine(&json!(rule), &seen).is_ok(), met, "{rule} {body}");
        }
    }
}
