//! The grammars of suites and profiles as JSON Schema (2020-12), for editors.
//!
//! The schema says what the loader's grammar says and nothing of what it checks beyond: references between steps,
//! ids of the catalogue, the rules of a departure.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::source::shape::Shape;

use super::grammar::SUITE;
use super::profile::PROFILE;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Parts at least this long in JSON that stand in more than one place are written once.
const WORTH_A_NAME: usize = 300;

/// The schema of a suite file.
pub fn suite() -> Value {
    whole(&SUITE, "suite", "An authspec suite")
}

/// The schema of a profile.
pub fn profile() -> Value {
    whole(&PROFILE, "profile", "An authspec profile")
}

fn whole(shape: &Shape, name: &str, title: &str) -> Value {
    let mut root = shape.schema();
    let mut parts = Parts::default();
    parts.count(&root, name);
    parts.name();
    let mut defs = Map::new();
    for (text, name) in &parts.names {
        if let Ok(mut part) = serde_json::from_str(text) {
            parts.replace_inside(&mut part);
            defs.insert(name.clone(), part);
        }
    }
    parts.replace_inside(&mut root);
    defs.sort_keys();
    let mut schema = Map::new();
    schema.insert("$schema".into(), DRAFT.into());
    schema.insert("$id".into(), format!("urn:authspec:schema:{name}").into());
    schema.insert("title".into(), title.into());
    if let Value::Object(root) = root {
        schema.extend(root);
    }
    if !defs.is_empty() {
        schema.insert("$defs".into(), Value::Object(defs));
    }
    Value::Object(schema)
}

/// Parts of a schema that stand in several places, without their descriptions, which belong to the place.
#[derive(Default)]
struct Parts {
    /// By their JSON: how often they occur, and the key under which they were first met.
    seen: BTreeMap<String, (usize, String)>,
    /// Those worth a definition, with its name.
    names: BTreeMap<String, String>,
}

impl Parts {
    /// Counts every part; what is inside of a part already met isn't counted again.
    fn count(&mut self, part: &Value, key: &str) {
        if let Some(text) = bare(part) {
            let seen = self.seen.entry(text).or_insert_with(|| (0, key.to_owned()));
            seen.0 += 1;
            if seen.0 > 1 {
                return;
            }
        }
        each(part, &mut |name, inner| {
            self.count(inner, name.unwrap_or(key));
        });
    }

    fn name(&mut self) {
        for (text, (times, key)) in &self.seen {
            if *times < 2 {
                continue;
            }
            let taken = |name: &str| self.names.values().any(|one| one == name);
            let mut name = key.clone();
            let mut number = 2;
            while taken(&name) {
                name = format!("{key}-{number}");
                number += 1;
            }
            self.names.insert(text.clone(), name);
        }
    }

    /// Puts references for the named parts inside this one.
    fn replace_inside(&self, part: &mut Value) {
        match part {
            Value::Object(members) => members.values_mut().for_each(|one| self.replace(one)),
            Value::Array(items) => items.iter_mut().for_each(|one| self.replace(one)),
            _ => {}
        }
    }

    fn replace(&self, part: &mut Value) {
        let name = bare(part).and_then(|text| self.names.get(&text));
        match name {
            Some(name) => {
                let description = part.get("description").cloned();
                *part = json!({ "$ref": format!("#/$defs/{name}") });
                if let (Value::Object(members), Some(description)) = (part, description) {
                    members.insert("description".into(), description);
                }
            }
            None => self.replace_inside(part),
        }
    }
}

/// The JSON of a part that may have a name, without its description.
fn bare(part: &Value) -> Option<String> {
    let members = part.as_object()?;
    if !members.contains_key("type") && !members.contains_key("anyOf") {
        return None;
    }
    let mut members = members.clone();
    members.shift_remove("description");
    let text = Value::Object(members).to_string();
    (text.len() >= WORTH_A_NAME).then_some(text)
}

/// The schemas directly inside a schema, with the key of those that are properties.
fn each(part: &Value, visit: &mut dyn FnMut(Option<&str>, &Value)) {
    let Some(members) = part.as_object() else {
        return;
    };
    for (keyword, inner) in members {
        match (keyword.as_str(), inner) {
            ("properties", Value::Object(properties)) => {
                properties
                    .iter()
                    .for_each(|(name, inner)| visit(Some(name), inner));
            }
            ("anyOf", Value::Array(options)) => {
                options.iter().for_each(|inner| visit(None, inner));
            }
            ("items" | "additionalProperties", inner @ Value::Object(_)) => visit(None, inner),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_in_the_repository_are_these() {
        for (name, schema, file) in [
            ("suite", suite(), include_str!("../../schemas/suite.json")),
            (
                "profile",
                profile(),
                include_str!("../../schemas/profile.json"),
            ),
        ] {
            let ours = serde_json::to_string_pretty(&schema).unwrap();
            assert!(
                file == format!("{ours}\n"),
                "schemas/{name}.json is not what `authspec schema {name}` prints"
            );
        }
    }

    #[test]
    fn the_first_case_fits_and_a_typo_does_not() {
        let validator = jsonschema::validator_for(&suite()).unwrap();
        let good = json!({ "suite": "mine/api", "role": "resource-server", "cases": [{
            "id": "wrong-password-is-refused",
            "steps": [{
                "send": { "to": "protected", "credential": "basic" },
                "but": { "credential": { "basic": { "password": "wrong" } } },
                "expect": [{ "outcome": "not-accepted", "basis": "ours" }, { "status": 401, "basis": "ours" }],
            }],
        }] });
        let errors: Vec<String> = validator
            .iter_errors(&good)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new());
        for (pointer, bad) in [
            ("/role", json!("server")),
            ("/cases/0/steps/0/expect/0", json!({ "outcom": "refused" })),
            (
                "/cases/0/steps/0/expect/1",
                json!({ "status": {} , "basis": "theirs" }),
            ),
            ("/cases", json!({})),
        ] {
            let mut suite = good.clone();
            *suite.pointer_mut(pointer).unwrap() = bad;
            assert!(!validator.is_valid(&suite), "{pointer}");
        }
    }

    #[test]
    fn the_first_profile_fits_and_a_typo_does_not() {
        let validator = jsonschema::validator_for(&profile()).unwrap();
        let good = json!({
            "target": "http://127.0.0.1:8080",
            "guarded": ["GET /orders", { "path": "/me", "scheme": "basic" }],
            "basic": { "user": "alice", "password": "${env.API_PASSWORD}" },
        });
        assert!(validator.is_valid(&good));
        let mut bad = good.clone();
        bad["gaurded"] = json!([]);
        assert!(!validator.is_valid(&bad));
        bad = good;
        bad["basic"]["password"] = json!({});
        assert!(!validator.is_valid(&bad));
    }

    #[test]
    fn what_stands_twice_is_written_once() {
        let suite = suite();
        let text = suite.to_string();
        assert!(text.len() < 300 * 1024, "{}", text.len());
        let defs = suite["$defs"].as_object().unwrap();
        for name in defs.keys() {
            assert!(text.contains(&format!("#/$defs/{name}\"")), "{name}");
        }
    }
}
