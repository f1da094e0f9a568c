//! What a YAML block of the documents is, told by its keys.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

/// The kinds of YAML that the documents show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Suite,
    Profile,
    /// A case, or some keys of one.
    Case,
    Steps,
    /// One step without the bar of the list, or some keys of one.
    Step,
    Expectation,
    Baseline,
    Workflow,
    WorkflowSteps,
    Kubernetes,
    PreCommit,
    /// An API in OpenAPI.
    Description,
    /// Comments alone.
    Nothing,
}

struct Keys {
    profile: BTreeSet<String>,
    case: BTreeSet<String>,
    step: BTreeSet<String>,
    expectation: BTreeSet<String>,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let suite = read(include_str!("../../schemas/suite.json"));
    let profile = read(include_str!("../../schemas/profile.json"));
    let case = member(&suite, &suite, &["properties", "cases", "items"]);
    let step = member(&suite, case, &["properties", "steps", "items"]);
    let expect = member(&suite, step, &["properties", "expect"]);
    Keys {
        profile: keys(&profile),
        case: keys(case),
        step: keys(step),
        expectation: deep_keys(&suite, expect),
    }
});

/// A part of a schema, with references followed.
fn member<'a>(root: &'a Value, part: &'a Value, path: &[&str]) -> &'a Value {
    path.iter()
        .fold(part, |part, name| follow(root, &part[*name]))
}

fn follow<'a>(root: &'a Value, part: &'a Value) -> &'a Value {
    match part["$ref"].as_str() {
        Some(reference) => root.pointer(reference.trim_start_matches('#')).unwrap(),
        None => part,
    }
}

fn keys(schema: &Value) -> BTreeSet<String> {
    let keys = schema["properties"].as_object().unwrap().keys();
    keys.cloned().collect()
}

/// The keys of a map that stands alone or in a list.
fn deep_keys(root: &Value, schema: &Value) -> BTreeSet<String> {
    let schema = follow(root, schema);
    if schema["properties"].is_object() {
        return keys(schema);
    }
    let mut all = BTreeSet::new();
    for list in ["anyOf", "oneOf"] {
        for one in schema[list].as_array().into_iter().flatten() {
            all.extend(deep_keys(root, one));
        }
    }
    if schema["items"].is_object() {
        all.extend(deep_keys(root, &schema["items"]));
    }
    all
}

impl Shape {
    pub(crate) fn of(value: &Value) -> Option<Self> {
        let names = match value {
            Value::Null => return Some(Self::Nothing),
            Value::Array(items) => return Self::of_list(items),
            Value::Object(members) => members.keys().map(String::as_str).collect::<Vec<_>>(),
            _ => return None,
        };
        let has = |name: &str| names.contains(&name);
        let all_in = |keys: &BTreeSet<String>| names.iter().all(|name| keys.contains(*name));
        for (key, shape) in [
            ("suite", Self::Suite),
            ("jobs", Self::Workflow),
            ("apiVersion", Self::Kubernetes),
            ("repos", Self::PreCommit),
            ("paths", Self::Description),
            ("target", Self::Profile),
        ] {
            if has(key) {
                return Some(shape);
            }
        }
        let keys = &*KEYS;
        if has("steps") || has("for-each") || has("also") || has("id") {
            return all_in(&keys.case).then_some(Self::Case);
        }
        for (known, shape) in [
            (&keys.expectation, Self::Expectation),
            (&keys.step, Self::Step),
            (&keys.case, Self::Case),
            (&keys.profile, Self::Profile),
        ] {
            if all_in(known) {
                return Some(shape);
            }
        }
        None
    }

    fn of_list(items: &[Value]) -> Option<Self> {
        let all = |wanted: &dyn Fn(&str) -> bool| {
            items.iter().all(|item| {
                let members = item.as_object();
                members.is_some_and(|members| members.keys().all(|key| wanted(key)))
            })
        };
        let first = items.first()?;
        if first.get("case").is_some() {
            return Some(Self::Baseline);
        }
        if first.get("uses").is_some() || first.get("run").is_some() {
            return Some(Self::WorkflowSteps);
        }
        all(&|key| KEYS.step.contains(key)).then_some(Self::Steps)
    }
}
