//! `key-set`: the quality of a published JWK Set (RFC 7517, RFC 7518), one rule at a time.

mod rules;

use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::forge;
use crate::source::shape::Shape;

use rules::RULES;

pub(super) const KIND: Kind = Kind {
    name: "key-set",
    doc: "The JWK Set of the last answer keeps this rule.",
    shape: Shape::Word(words),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn words() -> Vec<(&'static str, &'static str)> {
    RULES.iter().map(|rule| (rule.word, rule.doc)).collect()
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let word = wanted.as_str().unwrap_or_default();
    let Some(rule) = RULES.iter().find(|rule| rule.word == word) else {
        return Err(Miss::unknown(format!("no rule is named `{word}`")));
    };
    let expected = || format!("a key set: {}", rule.doc.trim_end_matches('.'));
    let content = super::json::read(seen, expected)?;
    let Some(keys) = content.get("keys").and_then(Value::as_array) else {
        return Err(Miss::finding(seen, expected(), "no JWK Set"));
    };
    (rule.keeps)(keys).map_err(|actual| Miss::finding(seen, expected(), actual))
}

/// How a key is called in a finding.
fn name(at: usize, key: &Value) -> String {
    match key.get("kid").and_then(Value::as_str) {
        Some(kid) => format!("key {} (kid {kid})", at + 1),
        None => format!("key {}", at + 1),
    }
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let word = wanted.as_str().unwrap_or_default();
    let rule = RULES.iter().find(|rule| rule.word == word);
    let broken = rule.map_or("", |rule| rule.broken);
    super::sample::set_content(seen, &format!("{{\"keys\":[{broken}]}}"));
}

fn examples() -> Vec<Example> {
    let key = forge::test_key("test-p256").and_then(|key| key.public_jwk());
    let good = json!({ "keys": [key] }).to_string();
    let answer = |word: &str| Example {
        argument: json!(word),
        seen: super::sample::answer(200, &[("Content-Type", "application/json")], &good),
    };
    vec![answer("distinct-kids"), answer("strong")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_broken_by_its_example_and_says_what_is_wrong() {
        for rule in RULES {
            let set = format!("{{\"keys\":[{}]}}", rule.broken);
            let seen = super::super::sample::answer(200, &[], &set);
            let found = examine(&json!(rule.word), &seen);
            assert!(
                matches!(found, Err(Miss::Finding { .. })),
                "{}: {found:?}",
                rule.word
            );
        }
    }

    #[test]
    fn what_is_no_key_set_keeps_no_rule() {
        for body in ["[]", "{}", "{\"keys\":{}}", "<html>"] {
            let seen = super::super::sample::answer(200, &[], body);
            for rule in RULES {
                assert!(examine(&json!(rule.word), &seen).is_err(), "{body}");
            }
        }
    }
}
