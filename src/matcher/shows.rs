//! `shows`: a text that the target shows to whoever uses it, however it groups the letters.

use serde_json::{Value, json};

use super::evidence::page;
use super::{Example, Kind, Miss, Scope, Seen, sample};
use crate::model::{Body, Response};
use crate::source::shape::{Field, Shape};
use crate::wire::form;

pub(super) const KIND: Kind = Kind {
    name: "shows",
    doc: "An answer of the step holds this text; letter case and what stands between letters and digits don't count, nor do the elements of a page.",
    shape: Shape::Either(&[Shape::Text, Shape::Map(FIELDS)]),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

const FIELDS: &[Field] = &[
    Field::required("text", Shape::Text, "What is shown."),
    Field::required(
        "beside",
        Shape::Text,
        "Another text that holds it, such as an address, and does not count.",
    ),
];

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let of = |name: &str| wanted.get(name).and_then(Value::as_str);
    let text = plain(wanted.as_str().or_else(|| of("text")).unwrap_or_default());
    let beside = of("beside").unwrap_or_default();
    if text.is_empty() {
        return Err(Miss::unknown("there is no text to look for"));
    }
    let mut answers = seen.responses().peekable();
    if answers.peek().is_none() {
        return Err(Miss::unknown("nothing was answered"));
    }
    let mut cut = false;
    for (_, response) in answers {
        let read = page::texts(response);
        let read = read.unwrap_or_else(|| vec![content(response)]);
        if read
            .iter()
            .any(|content| plain(&without(content, beside)).contains(&text))
        {
            return Ok(());
        }
        cut |= !response.is_whole();
    }
    if cut {
        return Err(Miss::unknown("an answer is not whole"));
    }
    Err(Miss::finding(
        seen,
        "an answer that shows the text",
        "it stands in none",
    ))
}

fn content(response: &Response) -> String {
    String::from_utf8_lossy(response.body.bytes()).into_owned()
}

/// The content without another text, as JSON and HTML write it too.
fn without(content: &str, other: &str) -> String {
    if other.is_empty() {
        return content.to_owned();
    }
    let spellings = [
        other.to_owned(),
        other.replace('/', "\\/"),
        other.replace('&', "&amp;"),
        form::encode_component(other),
    ];
    spellings
        .iter()
        .fold(content.to_owned(), |content, one| content.replace(one, " "))
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|one| one.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

fn spoil(_: &mut Value, seen: &mut Seen<'_>) {
    for exchange in seen.exchanges.to_mut() {
        if let crate::model::Answer::Response(response) = &mut exchange.answer {
            response.body = Body::Whole(Vec::new());
        }
    }
}

fn examples() -> Vec<Example> {
    vec![
        Example {
            argument: json!("WDJB-MJHT"),
            seen: sample::answer(200, &[], "{\"code\":\"WDJB-MJHT\"}"),
        },
        Example {
            argument: json!("WDJB-MJHT"),
            seen: sample::answer(200, &[], "<p>Enter <b>wdjb mjht</b> at the provider.</p>"),
        },
        Example {
            argument: json!({ "text": "WDJB-MJHT", "beside": "https://a.example/?c=WDJB-MJHT" }),
            seen: sample::answer(
                200,
                &[],
                "{\"link\":\"https://a.example/?c=WDJB-MJHT\",\"code\":\"WDJB-MJHT\"}",
            ),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_in_an_address_alone_is_not_shown() {
        let wanted = json!({ "text": "AB-CD", "beside": "https://a.example/?c=AB-CD" });
        for (content, met) in [
            ("<a href='https://a.example/?c=AB-CD'>go</a>", false),
            (r#"{"link":"https:\/\/a.example\/?c=AB-CD"}"#, false),
            (
                r#"{"link":"https://a.example/?c=AB-CD","code":"abcd"}"#,
                true,
            ),
            (
                "<p><span>AB</span>-<span>C</span><b>D</b></p><a href='https://a.example/?c=AB-CD'>go</a>",
                true,
            ),
            ("<input readonly value='AB-CD'>", true),
            ("<!-- AB-CD --><p>Enter the code.</p>", false),
            (
                "<p><span>AB</span><a href='https://a.example/?c=AB-CD'>https://a.example/<wbr>?c=AB-CD</a></p>",
                false,
            ),
        ] {
            let seen = sample::answer(200, &[], content);
            assert_eq!(examine(&wanted, &seen).is_ok(), met, "{content}");
        }
    }
}
