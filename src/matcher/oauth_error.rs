//! `oauth-error`: the `error` of an answer: a member of a 4xx JSON content (RFC 6749 section 5.2), or a parameter of
//! the redirect that ended a walk (section 4.1.2.1).

use serde_json::{Value, json};

use super::evidence::place::final_redirect;
use super::value::{check, named, show_actual, words};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::wire::form;

pub(super) const KIND: Kind = Kind {
    name: "oauth-error",
    doc: "The OAuth `error` of a JSON answer in the 400 range, or of the redirect that ended a walk.",
    shape: value::SHAPE,
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let expected = || format!("error {}", words(wanted));
    if let Some(address) = final_redirect(seen) {
        let mut pairs = form::parse(address.query().unwrap_or_default());
        pairs.extend(form::parse(address.fragment().unwrap_or_default()));
        let error = named(&pairs, "error");
        return check(wanted, error.as_ref()).map_err(|_| {
            let actual = format!("a redirect with error {}", show_actual(error.as_ref()));
            Miss::finding(seen, expected(), actual)
        });
    }
    let status = seen.response()?.status;
    if !(400..500).contains(&status) {
        let expected = format!("a 4xx JSON answer with {}", expected());
        return Err(Miss::finding(seen, expected, format!("status {status}")));
    }
    let content = super::json::read(seen, || format!("a JSON answer with {}", expected()))?;
    let error = content.get("error");
    check(wanted, error).map_err(|_| {
        let actual = format!("status {status}, error {}", show_actual(error));
        Miss::finding(seen, expected(), actual)
    })
}

fn spoil(_: &mut Value, seen: &mut Seen<'_>) {
    seen.results.to_mut().remove("redirect");
    if final_redirect(seen).is_some() {
        super::sample::set_field(
            seen,
            "Location",
            "https://elsewhere.example/?error=something_else",
        );
    }
    super::sample::set_content(seen, r#"{"error":"something_else"}"#);
}

fn examples() -> Vec<Example> {
    let mut redirected = super::sample::answer(302, &[], "");
    let address = "https://app.example/cb?error=login_required&state=x";
    redirected
        .results
        .to_mut()
        .insert("redirect".to_owned(), Value::from(address));
    vec![
        Example {
            argument: json!("invalid_grant"),
            seen: super::sample::answer(400, &[], r#"{"error":"invalid_grant"}"#),
        },
        Example {
            argument: json!({ "one-of": ["login_required", "interaction_required"] }),
            seen: redirected,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_counts_only_where_it_belongs() {
        let wanted = json!("invalid_grant");
        let good = r#"{"error":"invalid_grant"}"#;
        for (status, body, met) in [
            (400, good, true),
            (401, good, true),
            (200, good, false),
            (500, good, false),
            (400, r#"{"error":"invalid_grant","error":"x"}"#, false),
            (400, "error=invalid_grant", false),
            (400, r#"["error"]"#, false),
        ] {
            let seen = super::super::sample::answer(status, &[], body);
            assert_eq!(examine(&wanted, &seen).is_ok(), met, "{status} {body}");
        }
    }
}
