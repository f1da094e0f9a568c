//! `challenge`: a challenge of WWW-Authenticate (RFC 9110 section 11.6.1). One challenge must have all members.

use serde_json::{Value, json};

use super::value::{check_members, good, spoilt_text, words};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::model::Header;
use crate::source::shape::Shape;
use crate::wire::challenge::{Challenge, parse};

pub(super) const KIND: Kind = Kind {
    name: "challenge",
    doc: "WWW-Authenticate holds one challenge that has all these members; `scheme` is compared without case.",
    shape: Shape::MapOf(&value::SHAPE),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let response = seen.response()?;
    let fields: Vec<&[u8]> = response.header("www-authenticate").collect();
    let expected = || {
        let members: Vec<String> = wanted
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, wanted)| format!("{name} {}", words(wanted)))
            .collect();
        format!("a challenge with {}", members.join(", "))
    };
    if fields.is_empty() {
        return Err(Miss::finding(
            seen,
            expected(),
            format!("status {}, no WWW-Authenticate", response.status),
        ));
    }
    let shown = || {
        let lines: Vec<String> = fields
            .iter()
            .map(|field| String::from_utf8_lossy(field).into_owned())
            .collect();
        format!("WWW-Authenticate: {}", lines.join(" | "))
    };
    let challenges = parse(&fields)
        .map_err(|why| Miss::finding(seen, expected(), format!("{} ({why})", shown())))?;
    if challenges
        .iter()
        .any(|challenge| has_all(wanted, challenge))
    {
        return Ok(());
    }
    Err(Miss::finding(seen, expected(), shown()))
}

fn has_all(wanted: &Value, challenge: &Challenge) -> bool {
    check_members(wanted, |name| match name {
        "scheme" => Some(same_case_as(wanted.get("scheme"), &challenge.scheme)),
        name => challenge.param(&name.to_ascii_lowercase()).map(Value::from),
    })
    .is_ok()
}

/// The scheme in the author's spelling where only letter case differs (RFC 9110 section 11.1).
fn same_case_as(wanted: Option<&Value>, scheme: &str) -> Value {
    match wanted.and_then(Value::as_str) {
        Some(wanted) if wanted.eq_ignore_ascii_case(scheme) => Value::from(wanted),
        _ => Value::from(scheme),
    }
}

/// One challenge, with the first of its parameters wrong, or with the scheme where no parameter is asked for.
fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let Some(response) = seen.last_mut() else {
        return;
    };
    response
        .headers
        .retain(|header| !header.name.eq_ignore_ascii_case("www-authenticate"));
    let scheme = wanted.get("scheme").unwrap_or(&Value::Null);
    let params = wanted.as_object().into_iter().flatten();
    let mut params = params.filter(|(name, _)| *name != "scheme");
    let field = match params.next() {
        None => spoilt_text(scheme),
        Some((name, wanted)) => {
            let scheme = good(scheme).and_then(|one| one.as_str().map(str::to_owned));
            let scheme = scheme.unwrap_or_else(|| "Other".to_owned());
            Some(match spoilt_text(wanted) {
                Some(value) => format!("{scheme} {name}=\"{value}\""),
                None => scheme,
            })
        }
    };
    let field = field.map(|field| Header::new("WWW-Authenticate", field));
    response.headers.extend(field);
}

fn examples() -> Vec<Example> {
    let field = "Negotiate, Basic realm=\"orders\", charset=\"UTF-8\"";
    let answer = || super::sample::answer(401, &[("WWW-Authenticate", field)], "");
    vec![
        Example {
            argument: json!({ "scheme": "basic", "realm": "present" }),
            seen: answer(),
        },
        Example {
            argument: json!({ "scheme": "Basic", "error": "absent" }),
            seen: answer(),
        },
    ]
}
