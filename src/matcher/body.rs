//! `body`: the content of the last answer as text, or of each.

use serde_json::{Value, json};

use super::value::{check, spoilt_text, words};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::model::{Body, Response};

pub(super) const KIND: Kind = Kind {
    name: "body",
    doc: "The content of the last answer as text; `{ each: ... }` of every answer of the step.",
    shape: value::SHAPE,
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    seen.response()?;
    let Some(each) = wanted.get("each") else {
        return match seen.responses().next_back() {
            Some((exchange, response)) => check_one(wanted, exchange.seq, response),
            None => Ok(()),
        };
    };
    seen.responses()
        .try_for_each(|(exchange, response)| check_one(each, exchange.seq, response))
}

fn check_one(wanted: &Value, seq: u32, response: &Response) -> Result<(), Miss> {
    if let Body::Cut(_, why) = &response.body {
        return Err(Miss::Unknown(format!("the content is not whole: {why}")));
    }
    let text = String::from_utf8_lossy(response.body.bytes()).into_owned();
    let content = (!text.is_empty()).then(|| Value::from(text.as_str()));
    check(wanted, content.as_ref()).map_err(|_| {
        // whole: of half a secret nobody knows that it is one, and what is shown is cut once it is redacted
        let actual = match text.as_str() {
            "" => "no content".to_owned(),
            text => format!("`{text}`"),
        };
        Miss::shown_by(
            vec![seq],
            format!("content {}", words(wanted)),
            format!("status {}, {actual}", response.status),
        )
    })
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let wanted = wanted.get("each").unwrap_or(wanted);
    let content = spoilt_text(wanted).unwrap_or_default();
    super::sample::set_content(seen, &content);
}

fn examples() -> Vec<Example> {
    let answer = |body| super::sample::answer(200, &[], body);
    vec![
        Example {
            argument: json!({ "contains": "orders" }),
            seen: answer("your orders"),
        },
        Example {
            argument: json!({ "each": { "not": { "contains": "at line" } } }),
            seen: answer("no"),
        },
        Example {
            argument: json!("absent"),
            seen: answer(""),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_quoted_whole() {
        let text = "x".repeat(10_000);
        let seen = super::super::sample::answer(200, &[], &text);
        match examine(&json!("absent"), &seen) {
            Err(Miss::Finding { actual, .. }) => assert!(actual.contains(&text)),
            other => panic!("{other:?}"),
        }
    }
}
