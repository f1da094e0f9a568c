//! `cookie`: the attributes of cookies as they were set, judged on the raw Set-Cookie fields (RFC 6265bis).
//!
//! A cookie that is taken back (no Max-Age left, or Expires long past) is not set.

use serde_json::{Value, json};

use super::value::{check_members, fold, words_of_members};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::source::shape::{Field, Shape};

pub(super) const KIND: Kind = Kind {
    name: "cookie",
    doc: "Cookies that the step set, by name, or `any` for each of them: `{ any: { http-only: true } }`; `absent` if not set.",
    shape: Shape::MapOf(&Shape::Either(&[
        Shape::Word(absence),
        Shape::Map(ATTRIBUTES),
    ])),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

const ATTRIBUTES: &[Field] = &[
    Field::new("secure", value::SHAPE, "Secure is there: true or false."),
    Field::new(
        "http-only",
        value::SHAPE,
        "HttpOnly is there: true or false.",
    ),
    Field::new(
        "same-site",
        value::SHAPE,
        "SameSite, compared without case.",
    ),
    Field::new(
        "prefix",
        value::SHAPE,
        "`__Host-` or `__Secure-`, if the cookie keeps its rules.",
    ),
    Field::new("path", value::SHAPE, "Path."),
    Field::new(
        "domain",
        value::SHAPE,
        "Domain; absent means this host only.",
    ),
    Field::new("max-age", value::SHAPE, "Max-Age in seconds."),
    Field::new("expires", value::SHAPE, "Expires as written."),
    Field::new("value", value::SHAPE, "The value."),
];

fn absence() -> Vec<(&'static str, &'static str)> {
    vec![("absent", "The step does not set it.")]
}

/// A Set-Cookie field (RFC 6265bis section 5.6).
struct Cookie {
    seq: u32,
    name: String,
    value: String,
    /// Names in lower case; of two the last counts.
    attributes: Vec<(String, String)>,
}

impl Cookie {
    fn read(seq: u32, field: &[u8]) -> Self {
        let text = String::from_utf8_lossy(field);
        let mut parts = text.split(';');
        let pair = parts.next().unwrap_or_default();
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let attributes = parts.map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.trim().to_ascii_lowercase(), value.trim().to_owned())
        });
        Self {
            seq,
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            attributes: attributes.collect(),
        }
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter().rev();
        all.find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    fn is_taken_back(&self) -> bool {
        let spent = |age: &str| age.parse::<i64>().is_ok_and(|age| age <= 0);
        match self.attribute("max-age") {
            Some(age) => spent(age),
            None => self.attribute("expires").is_some_and(|date| {
                // without a clock: servers write a date of the last century, or empty the value
                let old =
                    |part: &str| part.len() == 4 && part.parse().is_ok_and(|year: u16| year < 2000);
                date.split([' ', '-']).any(old) || self.value.is_empty() || self.value == "deleted"
            }),
        }
    }

    /// The prefix whose rules the cookie keeps (RFC 6265bis section 4.1.3).
    fn prefix(&self) -> Option<Value> {
        let secure = self.attribute("secure").is_some();
        let bound = self.attribute("path") == Some("/") && self.attribute("domain").is_none();
        let begins = |prefix: &str| {
            let start = self.name.get(..prefix.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        if begins("__Host-") {
            let kept = secure && bound;
            return Some(Value::from(if kept {
                "__Host-"
            } else {
                "__Host- against its rules"
            }));
        }
        begins("__Secure-").then(|| {
            Value::from(if secure {
                "__Secure-"
            } else {
                "__Secure- without Secure"
            })
        })
    }

    fn member(&self, name: &str) -> Option<Value> {
        match name {
            "secure" => Some(Value::from(self.attribute("secure").is_some())),
            "http-only" => Some(Value::from(self.attribute("httponly").is_some())),
            "same-site" => self
                .attribute("samesite")
                .map(|text| Value::from(text.to_lowercase())),
            "prefix" => self.prefix(),
            "value" => Some(Value::from(self.value.as_str())),
            other => self.attribute(other).map(Value::from),
        }
    }
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    seen.response()?;
    let cookies: Vec<Cookie> = seen
        .responses()
        .flat_map(|(exchange, response)| {
            response
                .header("set-cookie")
                .map(|field| Cookie::read(exchange.seq, field))
        })
        .filter(|cookie| !cookie.is_taken_back())
        .collect();
    for (name, wanted) in wanted.as_object().into_iter().flatten() {
        let named: Vec<&Cookie> = cookies
            .iter()
            .filter(|cookie| name == "any" || cookie.name == *name)
            .collect();
        check_cookies(name, wanted, &named, seen)?;
    }
    Ok(())
}

fn check_cookies(
    name: &str,
    wanted: &Value,
    cookies: &[&Cookie],
    seen: &Seen<'_>,
) -> Result<(), Miss> {
    if wanted == "absent" {
        return match cookies.first() {
            None => Ok(()),
            Some(cookie) => Err(Miss::shown_by(
                vec![cookie.seq],
                if name == "any" {
                    "no cookie is set".to_owned()
                } else {
                    format!("cookie {name} is not set")
                },
                format!("cookie {} is set", cookie.name),
            )),
        };
    }
    if cookies.is_empty() {
        if name == "any" {
            return Err(Miss::unknown("no cookie was set"));
        }
        let expected = format!("cookie {name} with {}", words_of_members(wanted));
        return Err(Miss::finding(
            seen,
            expected,
            format!("cookie {name} is not set"),
        ));
    }
    let mut wanted = wanted.clone();
    if let Some(site) = wanted.get_mut("same-site") {
        *site = fold(site);
    }
    cookies.iter().try_for_each(|cookie| {
        check_members(&wanted, |member| cookie.member(member)).map_err(|(expected, actual)| {
            Miss::shown_by(
                vec![cookie.seq],
                format!("cookie {} with {expected}", cookie.name),
                actual,
            )
        })
    })
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let names: Vec<String> = wanted
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    for name in names {
        super::sample::set_field(
            seen,
            "Set-Cookie",
            &format!("{name}=x; Domain=example; SameSite=None"),
        );
    }
}

fn examples() -> Vec<Example> {
    let answer = |fields: &[(&str, &str)]| super::sample::answer(200, fields, "");
    let session = "__Host-session=s; Path=/; Secure; HttpOnly; SameSite=Lax";
    vec![
        Example {
            argument: json!({ "__Host-session": { "prefix": "__Host-", "same-site": { "one-of": ["Lax", "Strict"] } } }),
            seen: answer(&[("Set-Cookie", session)]),
        },
        Example {
            argument: json!({ "any": { "secure": true, "http-only": true, "domain": "absent" } }),
            seen: answer(&[("Set-Cookie", session), ("Set-Cookie", "old=; Max-Age=0")]),
        },
        Example {
            argument: json!({ "session": "absent" }),
            seen: answer(&[]),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_fields_are_read_as_browsers_read_them() {
        for (field, wanted, met) in [
            (
                "s=1; secure",
                json!({ "s": { "secure": true } }),
                Some(true),
            ),
            (
                "s=1; xsecure",
                json!({ "s": { "secure": true } }),
                Some(false),
            ),
            (
                "s=a;b; HTTPONLY=x",
                json!({ "s": { "http-only": true, "value": "a" } }),
                Some(true),
            ),
            (
                "s=1",
                json!({ "s": { "same-site": "present" } }),
                Some(false),
            ),
            (
                "s=1; SameSite=None; SameSite=lax",
                json!({ "s": { "same-site": "Lax" } }),
                Some(true),
            ),
            (
                "__Host-s=1; Secure; Path=/; Domain=a",
                json!({ "any": { "prefix": "__Host-" } }),
                Some(false),
            ),
            (
                "__Secure-s=1; Secure",
                json!({ "any": { "prefix": "__Secure-" } }),
                Some(true),
            ),
            ("s=1; Max-Age=0", json!({ "any": { "secure": true } }), None),
            (
                "s=1; Expires=Wed, 19 Aug 2026 00:00:00 GMT",
                json!({ "s": "absent" }),
                Some(false),
            ),
            (
                "s=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                json!({ "s": "absent" }),
                Some(true),
            ),
            ("t=1", json!({ "s": { "secure": true } }), Some(false)),
        ] {
            let seen = super::super::sample::answer(200, &[("Set-Cookie", field)], "");
            let found = match examine(&wanted, &seen) {
                Ok(()) => Some(true),
                Err(Miss::Finding { .. }) => Some(false),
                Err(Miss::Unknown(_)) => None,
            };
            assert_eq!(found, met, "{field} {wanted}");
        }
    }
}
