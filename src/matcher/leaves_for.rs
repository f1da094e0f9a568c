//! `leaves-for`: whether anything in the step sends the browser to a place where it must not go.
//!
//! Every Location, Refresh field, meta refresh and form that posts itself is looked at, parsed as browsers parse it.

use serde_json::{Value, json};
use url::Url;

use super::evidence::page::{Page, refresh_address};
use super::evidence::place::{self, is_among, is_named, locations};
use super::{Example, Kind, Miss, Scope, Seen};
use crate::model::Exchange;
use crate::source::shape::Shape;

pub(super) const KIND: Kind = Kind {
    name: "leaves-for",
    doc: "Where the browser may be sent besides the server's own origins: `nowhere`, or a list of hosts and origins.",
    shape: Shape::Either(&[Shape::Word(words), Shape::List(&Shape::Text)]),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn words() -> Vec<(&'static str, &'static str)> {
    vec![("nowhere", "The browser stays on the server's own origins.")]
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    if seen.own_origins.is_empty() {
        return Err(Miss::unknown("the origins of the server are not known"));
    }
    let allowed: Vec<&str> = wanted
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for exchange in seen.answered() {
        let foreign = departures(exchange).into_iter().find(|(_, address)| {
            !is_among(address, &seen.own_origins)
                && !allowed.iter().any(|name| is_named(address, name))
        });
        if let Some((how, address)) = foreign {
            let expected = if allowed.is_empty() {
                "the browser stays on the server's own origins".to_owned()
            } else {
                format!("the browser leaves for {} at most", allowed.join(", "))
            };
            let actual = format!("{how} sends it to `{address}`");
            return Err(Miss::shown_by(vec![exchange.seq], expected, actual).given_away());
        }
    }
    seen.response().map(drop)
}

/// Every place that an answer sends the browser to, and by what.
fn departures(exchange: &Exchange) -> Vec<(&'static str, Url)> {
    let mut found: Vec<(&'static str, Url)> = Vec::new();
    found.extend(
        locations(exchange)
            .into_iter()
            .map(|address| ("Location", address)),
    );
    found.extend(
        refresh_fields(exchange)
            .into_iter()
            .map(|address| ("Refresh", address)),
    );
    if let Some(page) = Page::of(exchange) {
        found.extend(
            page.refreshes()
                .into_iter()
                .map(|address| ("a meta refresh", address)),
        );
        found.extend(
            page.posted_forms()
                .into_iter()
                .map(|address| ("a form that posts itself", address)),
        );
    }
    found
}

fn refresh_fields(exchange: &Exchange) -> Vec<Url> {
    let (Some(base), Some(response)) = (place::of(exchange), exchange.answer.response()) else {
        return Vec::new();
    };
    response
        .header("refresh")
        .filter_map(|value| {
            base.join(refresh_address(&String::from_utf8_lossy(value))?)
                .ok()
        })
        .collect()
}

fn spoil(_: &mut Value, seen: &mut Seen<'_>) {
    if let Some(response) = seen.last_mut() {
        response.status = 302;
    }
    super::sample::set_field(seen, "Location", "https:\\\\api.example@attacker.example/");
}

fn examples() -> Vec<Example> {
    let seen = |location: &str| {
        super::sample::heard(vec![super::sample::exchange(
            302,
            &[("Location", location)],
            "",
        )])
    };
    vec![
        Example {
            argument: json!("nowhere"),
            seen: seen("/login"),
        },
        Example {
            argument: json!(["login.example"]),
            seen: seen("https://login.example/"),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn places_are_read_as_browsers_read_them() {
        for (status, field, value, leaves) in [
            (302, "Location", "https://api.example/x", false),
            (302, "Location", "https://api.example:443/x", false),
            (302, "Location", "//user@api.example/x", false),
            (302, "Location", "?x=https://attacker.example", false),
            (
                302,
                "Location",
                "https://api.example@attacker.example/",
                true,
            ),
            (302, "Location", "/\\attacker.example/", true),
            (302, "Location", "\\\\attacker.example", true),
            (302, "Location", "/\t/attacker.example/", true),
            (
                302,
                "Location",
                "https://api.example\\@attacker.example/",
                false,
            ),
            (
                302,
                "Location",
                "https://attacker.example\\@api.example/",
                true,
            ),
            (302, "Location", "http://api.example/", true),
            (302, "Location", "https://api.example:444/", true),
            (
                302,
                "Location",
                "https://api.example.attacker.example/",
                true,
            ),
            (302, "Location", "javascript:alert(1)", true),
            (302, "Location", "com.app:/cb", true),
            (201, "Location", "https://attacker.example/", false),
            (200, "Refresh", "0;url=https://attacker.example/", true),
            (200, "Refresh", "0;url=/x", false),
        ] {
            let seen = sample::heard(vec![sample::exchange(status, &[(field, value)], "")]);
            let found = examine(&json!("nowhere"), &seen);
            assert_eq!(found.is_err(), leaves, "{value} {found:?}");
            let given = matches!(
                found,
                Ok(())
                    | Err(Miss::Finding {
                        given_away: true,
                        ..
                    })
            );
            assert!(given, "{value}");
        }
    }

    #[test]
    fn any_answer_of_the_step_counts_and_links_do_not() {
        let page = |body| sample::exchange(200, &[("Content-Type", "text/html")], body);
        for (body, leaves) in [
            (
                "<meta http-equiv=Refresh content='0; url=//attacker.example'>",
                true,
            ),
            (
                "<form action=https://attacker.example/><input type=hidden name=code value=x></form>",
                true,
            ),
            ("<a href=https://attacker.example/>back</a>", false),
            (
                "<form action=https://attacker.example/><input name=q></form>",
                false,
            ),
        ] {
            let seen = sample::heard(vec![page(body), page("<p>end</p>")]);
            let found = examine(&json!("nowhere"), &seen);
            assert_eq!(found.is_err(), leaves, "{body}");
        }
    }

    #[test]
    fn without_own_origins_nothing_is_said() {
        let seen = sample::answer(302, &[("Location", "https://attacker.example/")], "");
        assert!(matches!(
            examine(&json!("nowhere"), &seen),
            Err(Miss::Unknown(_))
        ));
    }
}
