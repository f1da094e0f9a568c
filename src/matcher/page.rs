//! `page`: whether the user was shown something.

use serde_json::{Value, json};

use super::evidence::page::{Page, is_html};
use super::evidence::place::redirects;
use super::{Example, Kind, Miss, Scope, Seen};
use crate::model::{Exchange, Response};
use crate::source::shape::Shape;

pub(super) const KIND: Kind = Kind {
    name: "page",
    doc: "Whether the walk ended at a page for the user, or showed none at all.",
    shape: Shape::Word(words),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn words() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "shown",
            "The last answer is something that a browser shows to the user.",
        ),
        (
            "none",
            "No answer of the step is a page: only redirects and forms that post themselves.",
        ),
    ]
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    if wanted == "shown" {
        let response = seen.response()?;
        if is_shown(response) {
            return Ok(());
        }
        return Err(Miss::finding(
            seen,
            "a page that tells the user",
            describe(response),
        ));
    }
    let shown = seen.responses().find(|(exchange, response)| {
        is_html(response) && is_shown(response) && !posts_itself(exchange)
    });
    match shown {
        None => seen.response().map(drop),
        Some((exchange, response)) => Err(Miss::shown_by(
            vec![exchange.seq],
            "no page is shown to the user",
            describe(response),
        )),
    }
}

/// A browser shows HTML, text and JSON, unless a redirect takes it away or nothing came.
fn is_shown(response: &Response) -> bool {
    let kind = response.media_type().unwrap_or_default();
    let visible = is_html(response) || kind.starts_with("text/") || kind.ends_with("json");
    visible && !redirects(response) && !response.body.bytes().trim_ascii().is_empty()
}

fn posts_itself(exchange: &Exchange) -> bool {
    Page::of(exchange)
        .is_some_and(|page| !page.posted_forms().is_empty() || !page.refreshes().is_empty())
}

fn describe(response: &Response) -> String {
    let kind = response.media_type();
    let kind = kind.as_deref().unwrap_or("no media type");
    let status = response.status;
    if redirects(response) {
        return format!("status {status}, a redirect");
    }
    match response.body.bytes().len() {
        0 => format!("status {status}, no content"),
        length => format!("status {status}, {kind}, {length} bytes"),
    }
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    if let Some(response) = seen.last_mut() {
        response.status = 400;
    }
    super::sample::set_field(seen, "Content-Type", "text/html");
    let shown = wanted == "shown";
    super::sample::set_content(seen, if shown { "" } else { "<h1>Sign in</h1>" });
}

fn examples() -> Vec<Example> {
    let seen = |status, fields: &[(&str, &str)], body| super::sample::answer(status, fields, body);
    let html = ("Content-Type", "text/html; charset=utf-8");
    vec![
        Example {
            argument: json!("shown"),
            seen: seen(400, &[html], "<h1>Bad redirect_uri</h1>"),
        },
        Example {
            argument: json!("none"),
            seen: seen(
                303,
                &[html, ("Location", "https://app.example/cb")],
                "<p>Found",
            ),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_and_posted_forms_are_no_pages() {
        let posted =
            "<body onload='f.submit()'><form id=f action=/cb><input type=hidden name=error>";
        let (html, json_type) = ("text/html", "application/json");
        for (status, kind, body, shown, none) in [
            (200, html, "<h1>x</h1>", true, false),
            (400, html, "<h1>x</h1>", true, false),
            (400, json_type, "{\"error\":\"x\"}", true, true),
            (400, html, " ", false, true),
            (302, html, "<a>x</a>", false, true),
            (200, html, posted, true, true),
            (200, "image/png", "x", false, true),
        ] {
            let mut fields = vec![("Content-Type", kind)];
            if status == 302 {
                fields.push(("Location", "/next"));
            }
            let seen = super::super::sample::answer(status, &fields, body);
            let found = (
                examine(&json!("shown"), &seen).is_ok(),
                examine(&json!("none"), &seen).is_ok(),
            );
            assert_eq!(found, (shown, none), "{status} {kind} {body}");
        }
    }
}
