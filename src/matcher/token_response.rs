//! `token-response`: members of a successful answer of the token endpoint (RFC 6749 section 5.1).

use serde_json::{Value, json};

use super::value::{check_members, fold, words_of_members};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::source::shape::Shape;

pub(super) const KIND: Kind = Kind {
    name: "token-response",
    doc: "Members of a 2xx JSON answer of the token endpoint; `token_type` is compared without case.",
    shape: Shape::MapOf(&value::SHAPE),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let expected = || format!("a token response with {}", words_of_members(wanted));
    let status = seen.response()?.status;
    if !(200..300).contains(&status) {
        return Err(Miss::finding(seen, expected(), format!("status {status}")));
    }
    let content = super::json::read(seen, expected)?;
    let Some(members) = content.as_object() else {
        return Err(Miss::finding(
            seen,
            expected(),
            "JSON that is not an object",
        ));
    };
    // the value of token_type has no case (section 5.1)
    let mut wanted = wanted.clone();
    if let Some(kind) = wanted.get_mut("token_type") {
        *kind = fold(kind);
    }
    check_members(&wanted, |name| {
        let found = members.get(name)?;
        Some(if name == "token_type" {
            fold(found)
        } else {
            found.clone()
        })
    })
    .map_err(|(expected, actual)| Miss::finding(seen, expected, actual))
}

fn spoil(_: &mut Value, seen: &mut Seen<'_>) {
    if let Some(response) = seen.last_mut() {
        response.status = 400;
    }
}

fn examples() -> Vec<Example> {
    let body = r#"{"access_token":"a","token_type":"bearer","expires_in":60}"#;
    vec![Example {
        argument: json!({ "token_type": "Bearer", "expires_in": { "at-least": 1 }, "refresh_token": "absent" }),
        seen: super::sample::answer(200, &[], body),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_judged_and_a_refusal_is_none() {
        for (status, body, met) in [
            (200, r#"{"access_token":"a","refresh_token":"new"}"#, true),
            (200, r#"{"access_token":"a","refresh_token":"old"}"#, false),
            (200, r#"{"access_token":"a"}"#, false),
            (200, r#"[]"#, false),
            (400, r#"{"refresh_token":"new"}"#, false),
        ] {
            let seen = super::super::sample::answer(status, &[], body);
            let wanted = json!({ "refresh_token": { "not": "old" } });
            assert_eq!(examine(&wanted, &seen).is_ok(), met, "{status} {body}");
        }
    }
}
