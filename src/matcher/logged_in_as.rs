//! `logged-in-as`: who the client says is logged in, as who-am-I told it.

use serde_json::{Value, json};

use super::{Example, Identity, Kind, Miss, Scope, Seen};
use crate::source::shape::{Field, Shape};

pub(super) const KIND: Kind = Kind {
    name: "logged-in-as",
    doc: "Who is logged in: `nobody`, an actor, or `{ one-of: [...] }`; `as` names another browser than the step's.",
    shape: Shape::Either(&[
        Shape::Text,
        Shape::Map(&[
            Field::new("one-of", Shape::List(&Shape::Text), "Any of these."),
            Field::new("is", Shape::Any, "Who it should be, beside `as`."),
            Field::new("as", Shape::Text, "The actor whose browser is asked."),
        ]),
    ]),
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let actor = actor(wanted, seen);
    let allowed = allowed(wanted);
    let Some(identity) = seen.who.get(actor) else {
        return Err(Miss::Unknown(format!(
            "nobody asked who is logged in in the browser of {actor}"
        )));
    };
    let (name, somebody) = match identity {
        Identity::Nobody => ("nobody", false),
        Identity::Actor(name) => (name.as_str(), true),
        Identity::Stranger(name) => (name.as_str(), true),
        Identity::Unclear(why) => {
            return Err(Miss::Unknown(format!(
                "it is unclear who is logged in in the browser of {actor}: {why}"
            )));
        }
    };
    // a stranger may have the name of an actor, and isn't one
    let stranger = matches!(identity, Identity::Stranger(_));
    if !stranger && allowed.contains(&name) {
        return Ok(());
    }
    let expected = format!(
        "the browser of {actor} is logged in as {}",
        allowed.join(" or ")
    );
    let who = match identity {
        Identity::Stranger(name) => format!("`{name}`, whom no actor is"),
        _ => name.to_owned(),
    };
    let miss = Miss::finding(seen, expected, format!("it is logged in as {who}"));
    Err(if somebody { miss.given_away() } else { miss })
}

fn actor<'a>(wanted: &'a Value, seen: &'a Seen<'_>) -> &'a str {
    let named = wanted.get("as").and_then(Value::as_str);
    named.unwrap_or(&seen.actor)
}

fn allowed(wanted: &Value) -> Vec<&str> {
    let wanted = wanted.get("is").unwrap_or(wanted);
    let wanted = wanted.get("one-of").unwrap_or(wanted);
    match wanted {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let actor = actor(wanted, seen).to_owned();
    let other = Identity::Stranger("somebody else".to_owned());
    seen.who.to_mut().insert(actor, other);
}

fn examples() -> Vec<Example> {
    let seen = |actor: &str, identity| {
        let mut seen = super::sample::answer(200, &[], "");
        seen.actor = std::borrow::Cow::Owned("alice".to_owned());
        seen.who.to_mut().insert(actor.to_owned(), identity);
        seen
    };
    let alice = || Identity::Actor("alice".to_owned());
    vec![
        Example {
            argument: json!("nobody"),
            seen: seen("alice", Identity::Nobody),
        },
        Example {
            argument: json!({ "one-of": ["nobody", "alice"] }),
            seen: seen("alice", alice()),
        },
        Example {
            argument: json!({ "as": "thief", "is": "nobody" }),
            seen: seen("thief", Identity::Nobody),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_unwanted_is_let_in_and_nobody_is_not() {
        let actor = |name: &str| Identity::Actor(name.to_owned());
        let stranger = Identity::Stranger("alice".to_owned());
        for (wanted, identity, given) in [
            (json!("nobody"), actor("alice"), Some(true)),
            (json!("alice"), actor("mallory"), Some(true)),
            (json!("alice"), stranger, Some(true)),
            (json!("alice"), Identity::Nobody, Some(false)),
            (
                json!("alice"),
                Identity::Unclear("status 500".to_owned()),
                None,
            ),
            (json!({ "as": "bob", "is": "alice" }), actor("alice"), None),
        ] {
            let mut seen = super::super::sample::answer(200, &[], "");
            seen.actor = std::borrow::Cow::Owned("alice".to_owned());
            seen.who.to_mut().insert("alice".to_owned(), identity);
            match (examine(&wanted, &seen), given) {
                (Err(Miss::Finding { given_away, .. }), Some(given)) => {
                    assert_eq!(given_away, given, "{wanted}")
                }
                (Err(Miss::Unknown(_)), None) => {}
                (found, _) => panic!("{wanted}: {found:?}"),
            }
        }
    }
}
