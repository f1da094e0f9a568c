//! `cookie`: the attributes of cookies as they were set, judged on the raw Set-Cookie fields (RFC 6265bis).
//!
//! A cookie that is taken back (its time is over when it comes), or that browsers ignore, is not set.

mod written;

use serde_json::{Value, json};

use super::value::{check_members, fold, words_of_members};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::model::{Exchange, Header};
use crate::source::shape::{Field, Shape};
use crate::wire::cookie::{self, CookieBreach, SameSite, SetCookie};

pub(super) const KIND: Kind = Kind {
    name: "cookie",
    doc: "Cookies that the step set, by name; `any` for each of them, `secrets` for each that may be a session, `a-secret` for the same where there must be one: `{ any: { http-only: true } }`; `absent` if not set.",
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
    Field::new("value", value::SHAPE, "The value."),
    Field::new("named", value::SHAPE, "It has a name: true or false."),
    Field::new(
        "breach",
        value::SHAPE,
        "What of the grammar for servers its pair breaks (RFC 6265bis section 4.1.1).",
    ),
    Field::new("repeats", value::SHAPE, "An attribute that stands twice."),
    Field::new(
        "fixed-date",
        value::SHAPE,
        "Expires, if it is there, has the one form of HTTP dates that may be sent: true or false.",
    ),
    Field::new(
        "fields",
        value::SHAPE,
        "How many fields of its answer set a cookie of this name.",
    ),
];

/// Values shorter than this hold a language or a switch, no session.
const SHORTEST_SECRET: usize = 16;

fn absence() -> Vec<(&'static str, &'static str)> {
    vec![("absent", "The step does not set it.")]
}

/// A cookie and the exchange that set it.
struct Set {
    seq: u32,
    cookie: SetCookie,
    /// The field as it came.
    field: Vec<u8>,
    /// How many living cookies of this name its answer sets.
    fields: usize,
}

impl Set {
    /// The cookie of a field, unless browsers ignore it or it is taken back.
    fn read(exchange: &Exchange, field: &[u8]) -> Option<Self> {
        let cookie = cookie::parse(field)?;
        let now = exchange.at.unix();
        let lives = cookie.expiry(now).is_none_or(|end| end > now);
        lives.then_some(Self {
            seq: exchange.seq,
            cookie,
            field: field.to_vec(),
            fields: 1,
        })
    }

    /// Whether it may be the user's session: long enough, and not made for scripts, as the token of a form is.
    fn is_secret(&self) -> bool {
        let name = self.cookie.name.to_ascii_lowercase();
        let for_scripts = ["csrf", "xsrf"].iter().any(|word| name.contains(word));
        self.cookie.value.len() >= SHORTEST_SECRET && !for_scripts
    }

    fn member(&self, name: &str) -> Option<Value> {
        let cookie = &self.cookie;
        match name {
            "secure" => Some(Value::from(cookie.secure)),
            "http-only" => Some(Value::from(cookie.http_only)),
            "same-site" => cookie.same_site.map(|site| {
                Value::from(match site {
                    SameSite::Strict => "strict",
                    SameSite::Lax => "lax",
                    SameSite::None => "none",
                })
            }),
            "prefix" => prefix(cookie).map(Value::from),
            "path" => cookie.path.as_deref().map(Value::from),
            "domain" => cookie.domain.as_deref().map(Value::from),
            "max-age" => cookie.max_age.map(Value::from),
            "value" => Some(Value::from(cookie.value.as_str())),
            "named" => Some(Value::from(!cookie.name.is_empty())),
            "breach" => written::breach(&self.field).map(Value::from),
            "repeats" => written::repeated(&self.field).map(Value::from),
            "fixed-date" => written::date_is_fixed(&self.field).map(Value::from),
            "fields" => Some(Value::from(self.fields)),
            _ => None,
        }
    }
}

/// The prefix of the name, if the cookie keeps its rules: browsers drop one that doesn't (RFC 6265bis section 4.1.3).
fn prefix(cookie: &SetCookie) -> Option<&'static str> {
    let begins = |prefix: &str| {
        let start = cookie.name.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    match cookie.check() {
        Err(CookieBreach::HostPrefix) => Some("__Host- against its rules"),
        Err(CookieBreach::SecurePrefix) => Some("__Secure- without Secure"),
        _ if begins("__Host-") => Some("__Host-"),
        _ if begins("__Secure-") => Some("__Secure-"),
        _ => None,
    }
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    seen.response()?;
    let mut cookies: Vec<Set> = seen
        .responses()
        .flat_map(|(exchange, response)| {
            let fields = response.header("set-cookie");
            fields.filter_map(|field| Set::read(exchange, field))
        })
        .collect();
    count(&mut cookies);
    for (name, wanted) in wanted.as_object().into_iter().flatten() {
        let named: Vec<&Set> = cookies
            .iter()
            .filter(|set| match name.as_str() {
                "any" => true,
                "secrets" | "a-secret" => set.is_secret(),
                name => set.cookie.name == name,
            })
            .collect();
        check_cookies(name, wanted, &named, seen)?;
    }
    Ok(())
}

/// Counts the fields of each answer by the cookie that they set.
fn count(cookies: &mut [Set]) {
    let keys: Vec<(u32, String)> = cookies
        .iter()
        .map(|set| (set.seq, set.cookie.name.clone()))
        .collect();
    for (set, key) in cookies.iter_mut().zip(&keys) {
        set.fields = keys.iter().filter(|other| *other == key).count();
    }
}

fn check_cookies(
    name: &str,
    wanted: &Value,
    cookies: &[&Set],
    seen: &Seen<'_>,
) -> Result<(), Miss> {
    if wanted == "absent" {
        return match cookies.first() {
            None => Ok(()),
            Some(set) => Err(Miss::shown_by(
                vec![set.seq],
                if matches!(name, "any" | "secrets") {
                    "no cookie is set".to_owned()
                } else {
                    format!("cookie {name} is not set")
                },
                format!("cookie {} is set", set.cookie.name),
            )),
        };
    }
    if cookies.is_empty() {
        if matches!(name, "any" | "secrets") {
            return Err(Miss::unknown("no cookie was set"));
        }
        if name == "a-secret" {
            let expected = format!("a cookie with {}", words_of_members(wanted));
            return Err(Miss::finding(
                seen,
                expected,
                "no cookie that may be a session",
            ));
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
    cookies.iter().try_for_each(|set| {
        check_members(&wanted, |member| set.member(member)).map_err(|(expected, actual)| {
            Miss::shown_by(
                vec![set.seq],
                format!("cookie {} with {expected}", set.cookie.name),
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
    for name in &names {
        super::sample::set_field(
            seen,
            "Set-Cookie",
            &format!(
                "{name}= 0123456789abcdef, y; Domain=example; SameSite=None; Max-Age=99999999999; Path=/a; Domain=example; Expires=Wed, 19-Aug-37 00:00:00 GMT"
            ),
        );
    }
    if let Some(response) = seen
        .last_mut()
        .filter(|_| names.iter().any(|name| name == "any"))
    {
        let fields = ["=x", "a=1", "a=2", "__Host-a=1", "__Secure-a=1"];
        let fields = fields.map(|field| Header::new("Set-Cookie", field));
        response.headers.extend(fields);
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
            argument: json!({ "any": { "breach": "absent", "repeats": "absent" } }),
            seen: answer(&[("Set-Cookie", session)]),
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
            ("=1", json!({ "any": { "named": true } }), Some(false)),
            (
                "s=1",
                json!({ "any": { "named": true, "fields": 1 } }),
                Some(true),
            ),
            (
                "s=1; Expires=Wed, 19-Aug-37 00:00:00 GMT",
                json!({ "s": { "fixed-date": true } }),
                Some(false),
            ),
            (
                "sid=0123456789abcdef; Path=/",
                json!({ "secrets": { "http-only": true } }),
                Some(false),
            ),
            (
                "XSRF-TOKEN=0123456789abcdef; Path=/",
                json!({ "secrets": { "http-only": true } }),
                None,
            ),
            (
                "lang=en; Path=/",
                json!({ "secrets": { "http-only": true } }),
                None,
            ),
            (
                "lang=en; SameSite=Lax",
                json!({ "a-secret": { "same-site": "Lax" } }),
                Some(false),
            ),
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
