//! What may be asked for in detail (RFC 9396), and who is told of it. There is one type of details here: orders, which
//! may be listed or cancelled, all of them or one.

use serde_json::{Map, Value};

/// The one type.
pub(crate) const TYPE: &str = "orders";

/// The decisions about authorization details.
#[derive(Clone)]
pub(crate) struct Details {
    /// The entries of the parameter: a JSON array of objects that say their type (RFC 9396 section 2).
    pub(crate) entries: fn(&str) -> Option<Vec<Value>>,
    /// Whether there is such a type (RFC 9396 section 5).
    pub(crate) knows: fn(&str) -> bool,
    /// Whether an entry has the fields of its type, and no others (RFC 9396 section 5).
    pub(crate) sound: fn(&Map<String, Value>) -> bool,
    /// The error for details that can't be granted (RFC 9396 section 5).
    pub(crate) error: &'static str,
    /// Whether what a token request asks for is within what was granted (RFC 9396 section 6).
    pub(crate) within: fn(&[Value], &[Value]) -> bool,
    /// Whether scope counts beside details: both do (RFC 9396 section 3.1).
    pub(crate) beside_scope: bool,
    /// Whether the token answer says what was granted (RFC 9396 section 7).
    pub(crate) answered: bool,
    /// Where an access token says it: at its top (RFC 9396 section 9.1).
    pub(crate) in_token: fn(&mut Value, Value),
    /// What introspection says of it: the same (RFC 9396 section 9.2).
    pub(crate) told: fn(&Value) -> Option<Value>,
    /// How details are written into the consent page: escaped (RFC 9396 section 12).
    pub(crate) escapes: bool,
}

impl Details {
    pub(crate) fn right() -> Self {
        Self {
            entries,
            knows: |kind| kind == TYPE,
            sound,
            error: "invalid_authorization_details",
            within,
            beside_scope: true,
            answered: true,
            in_token: |claims, details| claims["authorization_details"] = details,
            told: |details| Some(details.clone()),
            escapes: true,
        }
    }
}

fn entries(text: &str) -> Option<Vec<Value>> {
    let Ok(Value::Array(entries)) = serde_json::from_str::<Value>(text) else {
        return None;
    };
    let typed = entries.iter().all(|one| one["type"].is_string());
    (typed && !entries.is_empty()).then_some(entries)
}

/// `actions` is needed, `identifier` may be there.
pub(crate) fn sound(entry: &Map<String, Value>) -> bool {
    let known = ["type", "actions", "identifier"];
    let action = |one: &Value| one == "list" || one == "cancel";
    let actions = entry.get("actions").and_then(Value::as_array);
    entry.keys().all(|name| known.contains(&name.as_str()))
        && actions.is_some_and(|all| !all.is_empty() && all.iter().all(action))
        && entry.get("identifier").is_none_or(Value::is_string)
}

/// Each entry has a granted one of its type, for the same orders or for all, with all of its actions.
pub(crate) fn within(granted: &[Value], asked: &[Value]) -> bool {
    let actions = |one: &Value| one["actions"].as_array().cloned().unwrap_or_default();
    let holds = |whole: &Value, part: &Value| {
        let same = whole["identifier"].is_null() || whole["identifier"] == part["identifier"];
        let all = actions(whole);
        whole["type"] == part["type"] && same && actions(part).iter().all(|one| all.contains(one))
    };
    asked
        .iter()
        .all(|part| granted.iter().any(|whole| holds(whole, part)))
}
