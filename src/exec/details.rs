//! Authorization details of the profile (RFC 9396) in the forms that cases send: as JSON text, right or with one thing
//! wrong.

use serde_json::{Map, Value, json};

/// Markup that no page may show as such.
const MARKUP: &str = "<i>authspec</i>";

/// The details that a case calls by this name.
pub(super) fn named(all: &[Value], name: &str) -> Option<Value> {
    let first = all.first()?;
    let changed = |change: fn(&mut Map<String, Value>)| {
        let mut entry = first.clone();
        change(entry.as_object_mut()?);
        Some(json!([entry]).to_string())
    };
    Some(Value::from(match name {
        "first" => json!([first]).to_string(),
        "all" => Value::from(all.to_vec()).to_string(),
        "type" => first.get("type")?.as_str()?.to_owned(),
        "object" => first.to_string(),
        "unknown-field" => changed(|entry| {
            entry.insert("authspec_unheard_of".to_owned(), Value::from(true));
        })?,
        "markup" => changed(mark)?,
        _ => return None,
    }))
}

/// Markup in the first text that is not the type; in one of its own where there is none.
fn mark(entry: &mut Map<String, Value>) {
    let mut members = entry.iter_mut().filter(|(name, _)| *name != "type");
    let text = members.find_map(|(_, value)| match value {
        Value::String(text) => Some(text),
        _ => None,
    });
    match text {
        Some(text) => text.push_str(MARKUP),
        None => {
            entry.insert("identifier".to_owned(), Value::from(MARKUP));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_changes_one_thing() {
        let all = [
            json!({ "type": "orders", "actions": ["list"], "note": "a" }),
            json!({ "type": "orders", "actions": ["cancel"] }),
        ];
        for (name, wanted) in [
            ("first", json!([all[0]]).to_string()),
            ("all", json!(all).to_string()),
            ("type", "orders".to_owned()),
            ("object", all[0].to_string()),
            (
                "unknown-field",
                r#"[{"type":"orders","actions":["list"],"note":"a","authspec_unheard_of":true}]"#
                    .to_owned(),
            ),
            (
                "markup",
                r#"[{"type":"orders","actions":["list"],"note":"a<i>authspec</i>"}]"#.to_owned(),
            ),
        ] {
            assert_eq!(named(&all, name), Some(Value::from(wanted)), "{name}");
        }
        let marked = named(&all[1..], "markup").unwrap();
        assert!(marked.as_str().unwrap().contains("\"identifier\":\"<i>"));
        assert_eq!(named(&all, "last"), None);
        assert_eq!(named(&[], "first"), None);
    }
}
