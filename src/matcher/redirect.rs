//! `redirect`: where the browser was sent in the end, and with which parameters.

use serde_json::{Value, json};
use url::Url;

use super::evidence::place::{base, final_redirect};
use super::value::{check, check_members, named, show, words, words_of_members};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::source::shape::{Field, Shape};
use crate::wire::form;

pub(super) const KIND: Kind = Kind {
    name: "redirect",
    doc: "The redirect that ended the walk, or that of the last answer.",
    shape: Shape::Map(&[
        Field::new(
            "to",
            value::SHAPE,
            "The address without its query and fragment.",
        ),
        Field::new(
            "query",
            Shape::MapOf(&value::SHAPE),
            "Parameters of the query; one that stands twice is a list.",
        ),
        Field::new(
            "fragment",
            Shape::MapOf(&value::SHAPE),
            "Parameters of the fragment.",
        ),
    ]),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let Some(address) = final_redirect(seen) else {
        let status = seen.response()?.status;
        return Err(Miss::finding(
            seen,
            expected(wanted),
            format!("status {status}, no redirect"),
        ));
    };
    check_address(wanted, &address)
        .map_err(|(expected, actual)| Miss::finding(seen, expected, actual))
}

fn expected(wanted: &Value) -> String {
    let part = |name, words: fn(&Value) -> String| {
        wanted
            .get(name)
            .map(|wanted| format!(" {name} {}", words(wanted)))
    };
    let parts = [
        part("to", words),
        part("query", words_of_members),
        part("fragment", words_of_members),
    ];
    format!(
        "a redirect{}",
        parts.into_iter().flatten().collect::<Vec<_>>().join(",")
    )
}

fn check_address(wanted: &Value, address: &Url) -> Result<(), (String, String)> {
    let query = form::parse(address.query().unwrap_or_default());
    if let Some(to) = wanted.get("to") {
        check_to(to, address, &query)?;
    }
    for (name, pairs) in [
        ("query", query),
        (
            "fragment",
            form::parse(address.fragment().unwrap_or_default()),
        ),
    ] {
        let Some(wanted) = wanted.get(name) else {
            continue;
        };
        check_members(wanted, |member| named(&pairs, member)).map_err(|(expected, actual)| {
            (
                format!("a redirect whose {name} has {expected}"),
                format!("a redirect to {} with {actual}", base(address)),
            )
        })?;
    }
    Ok(())
}

/// A registered address may have a query of its own, to which the answer is added (RFC 6749 section 3.1.2).
fn check_to(
    wanted: &Value,
    address: &Url,
    query: &[(String, String)],
) -> Result<(), (String, String)> {
    let mut bare = wanted.clone();
    let mut own = Vec::new();
    if let Some(registered) = wanted.as_str().and_then(|text| Url::parse(text).ok()) {
        own = form::parse(registered.query().unwrap_or_default());
        bare = Value::from(base(&registered));
    }
    let reached = Value::from(base(address));
    let kept = own.iter().all(|pair| query.contains(pair));
    match check(&bare, Some(&reached)) {
        Ok(()) if kept => Ok(()),
        _ => Err((
            format!("a redirect to {}", words(wanted)),
            format!("a redirect to {}", show(&reached)),
        )),
    }
}

/// Elsewhere, with what should be absent, another value for what is named, and nothing of what should be there.
fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    seen.results.to_mut().remove("redirect");
    let part = |name: &str| {
        let members = wanted.get(name).and_then(Value::as_object);
        let other = members.into_iter().flatten().filter(|(_, wanted)| {
            let there = wanted.as_str() == Some("present") || wanted.get("not").is_some();
            !there
        });
        let pairs: Vec<String> = other.map(|(name, _)| format!("{name}=%00")).collect();
        pairs.join("&")
    };
    let (query, fragment) = (part("query"), part("fragment"));
    let address = format!("https://elsewhere.example/?{query}#{fragment}");
    super::sample::set_field(seen, "Location", &address);
}

fn examples() -> Vec<Example> {
    let location = "https://app.example/cb?tenant=1&error=login_required&state=x";
    vec![
        Example {
            argument: json!({ "to": "https://app.example/cb?tenant=1", "query": { "error": "present", "state": "x", "code": "absent" } }),
            seen: super::sample::answer(303, &[("Location", location)], ""),
        },
        Example {
            argument: json!({ "fragment": { "code": "absent" } }),
            seen: super::sample::answer(302, &[("Location", location)], ""),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_and_parameters_are_judged_apart() {
        let seen = |status, location: &str| {
            super::super::sample::answer(status, &[("Location", location)], "")
        };
        for (status, location, wanted, met) in [
            (
                302,
                "/next?a=1",
                json!({ "to": "https://api.example/next" }),
                true,
            ),
            (
                302,
                "https://app.example/cb?state=x&state=y",
                json!({ "query": { "state": "x" } }),
                false,
            ),
            (
                302,
                "https://app.example/cb#error=no",
                json!({ "fragment": { "error": "no" } }),
                true,
            ),
            (
                302,
                "https://app.example/cb#error=no",
                json!({ "query": { "error": "no" } }),
                false,
            ),
            (
                302,
                "https://app.example/cb2",
                json!({ "to": "https://app.example/cb" }),
                false,
            ),
            (
                200,
                "https://app.example/cb",
                json!({ "to": "https://app.example/cb" }),
                false,
            ),
        ] {
            let found = examine(&wanted, &seen(status, location));
            assert_eq!(found.is_ok(), met, "{location} {wanted} {found:?}");
        }
    }
}
