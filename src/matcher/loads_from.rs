//! `loads-from`: from where the last page loads what it is made of. Whatever it loads elsewhere may learn its address
//! by the Referer field.

use serde_json::{Value, json};

use super::evidence::page::Page;
use super::evidence::place::{self, is_among};
use super::{Example, Kind, Miss, Scope, Seen};
use crate::source::shape::Shape;

pub(super) const KIND: Kind = Kind {
    name: "loads-from",
    doc: "From where the last page loads scripts, images, styles and frames.",
    shape: Shape::Word(words),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

/// How many foreign parts a finding names.
const NAMED: usize = 3;

fn words() -> Vec<(&'static str, &'static str)> {
    vec![("own-origin", "From its own origin and nowhere else.")]
}

fn examine(_: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    seen.response()?;
    let Some(exchange) = seen.last_exchange() else {
        return Ok(());
    };
    let Some(page) = Page::of(exchange) else {
        return Ok(());
    };
    let own = place::of(exchange).map(|address| address.origin());
    let foreign: Vec<String> = page
        .loads()
        .into_iter()
        .filter(|(_, address)| {
            matches!(address.scheme(), "http" | "https")
                && own.as_ref() != Some(&address.origin())
                && !is_among(address, &seen.own_origins)
        })
        .map(|(what, address)| format!("{what} `{address}`"))
        .collect();
    if foreign.is_empty() {
        return Ok(());
    }
    let more = match foreign.len().checked_sub(NAMED) {
        Some(more @ 1..) => format!(" and {more} more"),
        _ => String::new(),
    };
    let named = foreign[..foreign.len().min(NAMED)].join(", ");
    Err(Miss::finding(
        seen,
        "the page loads from its own origin only",
        format!("it loads {named}{more}"),
    ))
}

fn spoil(_: &mut Value, seen: &mut Seen<'_>) {
    super::sample::set_field(seen, "Content-Type", "text/html");
    super::sample::set_content(seen, "<img src=//counter.example/hit.gif>");
}

fn examples() -> Vec<Example> {
    let html = [("Content-Type", "text/html")];
    let body = "<script src=/app.js></script><img src='data:image/png;base64,AA=='>";
    vec![Example {
        argument: json!("own-origin"),
        seen: super::sample::answer(200, &html, body),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_parts_are_named_and_links_are_none() {
        let html = [("Content-Type", "text/html")];
        for (body, foreign) in [
            ("<script src=https://api.example/a.js></script>", false),
            ("<script src=https://cdn.example/a.js></script>", true),
            ("<iframe src='//api.example@cdn.example/'></iframe>", true),
            ("<a href=https://cdn.example/>x</a>", false),
            ("<link rel=canonical href=https://cdn.example/>", false),
            (
                "<p style='background: url(https://cdn.example/p.png)'>",
                true,
            ),
        ] {
            let seen = super::super::sample::answer(200, &html, body);
            assert_eq!(examine(&Value::Null, &seen).is_err(), foreign, "{body}");
        }
    }
}
