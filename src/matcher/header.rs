//! `header`: fields of the last answer, or of each. A map means all of them.
//!
//! List-valued fields are parsed and their lines joined (RFC 9110 section 5.3); a field that may stand once and
//! stands twice is a miss. Letter case counts only where the field's definition says so.

use serde_json::{Value, json};

use super::value::{check, fold, show, spoilt_text, words, words_of_members};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::model::{Header, Response};
use crate::source::shape::{Field, Shape};
use crate::wire::fields::split_list;

pub(super) const KIND: Kind = Kind {
    name: "header",
    doc: "Fields of the last answer, each by its name; `{ each: {...} }` of every answer of the step.",
    shape: Shape::MapWith(EACH, &value::SHAPE),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

const EACH: &[Field] = &[Field::new(
    "each",
    Shape::MapOf(&value::SHAPE),
    "These fields, of every answer of the step.",
)];

/// Fields that may stand once (RFC 9110, RFC 6797, Fetch, RFC 9449). All others are joined.
const SINGLETONS: &[&str] = &[
    "access-control-allow-credentials",
    "access-control-allow-origin",
    "access-control-max-age",
    "age",
    "content-disposition",
    "content-length",
    "content-location",
    "content-range",
    "content-type",
    "date",
    "dpop-nonce",
    "etag",
    "expires",
    "last-modified",
    "location",
    "retry-after",
    "server",
];

/// Fields whose values have no letter case.
const CASELESS: &[&str] = &[
    "cache-control",
    "connection",
    "content-type",
    "pragma",
    "referrer-policy",
    "strict-transport-security",
    "vary",
    "x-content-type-options",
    "x-frame-options",
];

const REFERRER_POLICIES: &[&str] = &[
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    seen.response()?;
    if let Some(wanted) = wanted.get("each") {
        return seen.responses().try_for_each(|(exchange, response)| {
            check_all(wanted, response)
                .map_err(|(expected, actual)| Miss::shown_by(vec![exchange.seq], expected, actual))
        });
    }
    check_all(wanted, seen.response()?)
        .map_err(|(expected, actual)| Miss::finding(seen, expected, actual))
}

fn check_all(wanted: &Value, response: &Response) -> Result<(), (String, String)> {
    let fields = wanted.as_object().into_iter().flatten();
    let misses: Vec<String> = fields
        .filter_map(|(name, wanted)| check_field(name, wanted, response).err())
        .collect();
    if misses.is_empty() {
        return Ok(());
    }
    Err((
        words_of_members(wanted),
        format!("status {}, {}", response.status, misses.join(", ")),
    ))
}

/// The error says what came.
fn check_field(name: &str, wanted: &Value, response: &Response) -> Result<(), String> {
    let lines: Vec<String> = response
        .header(name)
        .map(|value| String::from_utf8_lossy(value).trim().to_owned())
        .collect();
    let name = name.to_ascii_lowercase();
    let shown = || match lines.len() {
        0 => format!("no {name}"),
        1 => format!("{name} {}", show(&Value::from(lines[0].as_str()))),
        count => format!(
            "{name} on {count} lines: {}",
            show(&Value::from(lines.join("` and `")))
        ),
    };
    if SINGLETONS.contains(&name.as_str()) && lines.len() > 1 {
        return Err(shown());
    }
    let actual = read(&name, &lines, wanted).map_err(|why| format!("{} ({why})", shown()))?;
    let met = if CASELESS.contains(&name.as_str()) {
        check(&fold(wanted), actual.map(|actual| fold(&actual)).as_ref())
    } else {
        check(wanted, actual.as_ref())
    };
    met.map_err(|_| shown())
}

/// The one value that the lines of a field come to.
fn read(name: &str, lines: &[String], wanted: &Value) -> Result<Option<Value>, String> {
    let Some(first) = lines.first() else {
        return Ok(None);
    };
    if asks_for_tokens(wanted) {
        let mut members = Vec::new();
        for line in lines {
            let found = split_list(line.as_bytes()).map_err(|why| why.to_string())?;
            members.extend(
                found
                    .into_iter()
                    .map(|one| Value::from(String::from_utf8_lossy(one))),
            );
        }
        return Ok(Some(Value::Array(members)));
    }
    let whole = if lines.iter().all(|line| line == first) {
        first.clone()
    } else {
        lines.join(", ")
    };
    Ok(Some(match name {
        // parameters are asked for by writing them
        "content-type" if !words(wanted).contains(';') => {
            Value::from(whole.split(';').next().unwrap_or_default().trim())
        }
        // the last policy that a browser knows counts (Referrer Policy section 8.1)
        "referrer-policy" => {
            let known = whole.rsplit(',').map(str::trim).find(|policy| {
                REFERRER_POLICIES
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(policy))
            });
            Value::from(known.unwrap_or(&whole))
        }
        _ => Value::from(whole),
    }))
}

fn asks_for_tokens(wanted: &Value) -> bool {
    wanted.as_object().is_some_and(|tests| {
        !tests.is_empty()
            && tests
                .keys()
                .all(|test| test == "any-token" || test == "all-tokens")
    })
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let wanted = wanted.get("each").unwrap_or(wanted).clone();
    let Some(response) = seen.last_mut() else {
        return;
    };
    for (name, wanted) in wanted.as_object().into_iter().flatten() {
        response
            .headers
            .retain(|header| !header.name.eq_ignore_ascii_case(name));
        let value = spoilt_text(wanted);
        let value = value.filter(|value| !value.is_empty());
        response
            .headers
            .extend(value.map(|value| Header::new(name, value)));
    }
}

fn examples() -> Vec<Example> {
    let answer = |fields: &[(&str, &str)]| super::sample::answer(200, fields, "");
    vec![
        Example {
            argument: json!({ "Cache-Control": { "any-token": ["private", "no-store"] } }),
            seen: answer(&[
                ("cache-control", "max-age=0"),
                ("Cache-Control", "No-Store"),
            ]),
        },
        Example {
            argument: json!({ "X-Frame-Options": { "one-of": ["DENY", "SAMEORIGIN"] }, "X-Powered-By": "absent" }),
            seen: answer(&[("X-Frame-Options", "sameorigin")]),
        },
        Example {
            argument: json!({ "each": { "X-Content-Type-Options": "nosniff" } }),
            seen: answer(&[("X-Content-Type-Options", "nosniff")]),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_by_their_grammar() {
        type Fields<'a> = &'a [(&'a str, &'a str)];
        let cases: &[(Fields<'_>, Value, bool)] = &[
            (
                &[("Content-Type", "application/JSON;charset=UTF-8")],
                json!("application/json"),
                true,
            ),
            (
                &[("Content-Type", "text/html")],
                json!("application/json"),
                false,
            ),
            (
                &[("Content-Type", "text/html; charset=utf-8")],
                json!("text/html; charset=utf-8"),
                true,
            ),
            (
                &[("Content-Type", "text/html"), ("Content-Type", "text/html")],
                json!("text/html"),
                false,
            ),
            (
                &[("Referrer-Policy", "no-referrer, strict-origin, x-new")],
                json!("strict-origin"),
                true,
            ),
            (
                &[("X-Frame-Options", "DENY"), ("X-Frame-Options", "DENY")],
                json!("DENY"),
                true,
            ),
            (
                &[("Cache-Control", "private=\"a, no-store\"")],
                json!({ "any-token": ["no-store"] }),
                false,
            ),
            (
                &[("Cache-Control", "private=\"a")],
                json!({ "any-token": ["private"] }),
                false,
            ),
            (&[("X-Token", "abc")], json!("ABC"), false),
            (&[("X-Token", "abc")], json!({ "not": "abc" }), false),
            (&[], json!({ "not": "abc" }), false),
            (
                &[("Vary", "accept, Origin")],
                json!({ "all-tokens": ["origin"] }),
                true,
            ),
            (
                &[
                    ("Content-Security-Policy", "default-src *"),
                    ("Content-Security-Policy", "frame-ancestors 'none'"),
                ],
                json!({ "matches": ".*frame-ancestors ('none'|'self').*" }),
                true,
            ),
        ];
        for (fields, wanted, met) in cases {
            let name = fields.first().map_or("X-Token", |(name, _)| name);
            let seen = super::super::sample::answer(200, fields, "");
            let found = examine(&json!({ name: wanted }), &seen);
            assert_eq!(found.is_ok(), *met, "{fields:?} {wanted} {found:?}");
        }
    }
}
