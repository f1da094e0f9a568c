//! `jwt`: header and claims of a token that the target issued, read however odd it is (RFC 7519). No signature is
//! checked here.

use serde_json::{Map, Value, json};

use super::value::{check_members, spoilt, words_of_members};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::source::shape::{Field, Shape};
use crate::wire::jose;

pub(super) const KIND: Kind = Kind {
    name: "jwt",
    doc: "Header and claims of a token; a name that begins with a slash is a JSON Pointer.",
    shape: Shape::Map(&[
        Field::required("token", Shape::Text, "The token: `${step.id-token}`."),
        Field::new("claims", Shape::MapOf(&value::SHAPE), "Claims by name."),
        Field::new(
            "header",
            Shape::MapOf(&value::SHAPE),
            "Members of the header by name.",
        ),
    ]),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let token = wanted
        .get("token")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if token.is_empty() {
        return Err(Miss::finding(seen, "a JWT", "no token"));
    }
    let Some(read) = jose::read(token) else {
        return Err(Miss::finding(seen, "a JWT", "a token that is not a JWT"));
    };
    if let Some(header) = wanted.get("header") {
        check_part("header", header, &read.header, seen)?;
    }
    let Some(claims) = wanted.get("claims") else {
        return Ok(());
    };
    match &read.claims {
        Some(found) => check_part("claims", claims, found, seen),
        None if read.parts.len() == 5 => Err(Miss::unknown(
            "the token is encrypted, its claims cannot be read",
        )),
        None => {
            let expected = format!("claims with {}", words_of_members(claims));
            Err(Miss::finding(
                seen,
                expected,
                "a JWT whose payload is no JSON object",
            ))
        }
    }
}

fn check_part(
    part: &str,
    wanted: &Value,
    found: &Map<String, Value>,
    seen: &Seen<'_>,
) -> Result<(), Miss> {
    let whole = Value::Object(found.clone());
    check_members(wanted, |name| {
        if name.starts_with('/') {
            whole.pointer(name).cloned()
        } else {
            found.get(name).cloned()
        }
    })
    .map_err(|(expected, actual)| {
        Miss::finding(
            seen,
            format!("{part} with {expected}"),
            format!("{part} with {actual}"),
        )
    })
}

fn spoil(argument: &mut Value, _: &mut Seen<'_>) {
    let part = |name: &str| {
        let members = argument.get(name).and_then(Value::as_object);
        let members = members.into_iter().flatten();
        let wrong = members.filter_map(|(name, wanted)| Some((name, spoilt(wanted)?)));
        let mut whole = Map::new();
        wrong.for_each(|(name, value)| place(&mut whole, name, value));
        Value::Object(whole).to_string()
    };
    let token = token_of(&part("header"), &part("claims"));
    argument["token"] = Value::from(token);
}

/// Puts a value where a name or a JSON Pointer says.
fn place(whole: &mut Map<String, Value>, name: &str, value: Value) {
    let Some(path) = name.strip_prefix('/') else {
        whole.insert(name.to_owned(), value);
        return;
    };
    match path.split_once('/') {
        None => {
            whole.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = whole.entry(first).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                place(inner, &format!("/{rest}"), value);
            }
        }
    }
}

fn token_of(header: &str, claims: &str) -> String {
    let part = |text: &str| jose::base64url(text.as_bytes());
    format!("{}.{}.c2ln", part(header), part(claims))
}

fn examples() -> Vec<Example> {
    let token = token_of(
        r#"{"alg":"RS256"}"#,
        r#"{"iss":"https://as.example","cnf":{"jkt":"x"}}"#,
    );
    vec![Example {
        argument: json!({
            "token": token,
            "header": { "alg": { "not": "none" } },
            "claims": { "iss": "https://as.example", "/cnf/jkt": "present", "act": "absent" },
        }),
        seen: super::sample::answer(200, &[], ""),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_tokens_are_findings_and_encrypted_ones_unknown() {
        let seen = super::super::sample::answer(200, &[], "");
        let header = r#"{"alg":"none","kid":7}"#;
        let jwe = format!("{}.a.b.c.d", jose::base64url(br#"{"alg":"dir"}"#));
        for (token, wanted, met) in [
            (
                token_of(header, "{}"),
                json!({ "header": { "kid": 7 } }),
                Some(true),
            ),
            (
                token_of(header, "[]"),
                json!({ "claims": { "a": "absent" } }),
                Some(false),
            ),
            ("opaque".to_owned(), json!({ "claims": {} }), Some(false)),
            (String::new(), json!({}), Some(false)),
            (jwe, json!({ "claims": { "a": 1 } }), None),
        ] {
            let mut argument = wanted.clone();
            argument["token"] = Value::from(token.as_str());
            let found = examine(&argument, &seen);
            let found = match found {
                Ok(()) => Some(true),
                Err(Miss::Finding { .. }) => Some(false),
                Err(Miss::Unknown(_)) => None,
            };
            assert_eq!(found, met, "{token} {wanted}");
        }
    }
}
