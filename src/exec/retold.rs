//! A cookie's value told of somebody else: where it says who the user is, readable in any of the usual codings, the
//! other's name stands instead. Signatures stay as they are, so that only a value which nobody checks still works.

use base64::Engine as _;
use base64::engine::DecodePaddingMode::Indifferent;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::suite::profile::User;
use crate::wire::form;

/// What is replaced by what: the words that stand for a user.
pub(super) fn pairs(from: Option<&User>, to: Option<&User>) -> Vec<(String, String)> {
    let (Some(from), Some(to)) = (from, to) else {
        return Vec::new();
    };
    [
        (&from.email, &to.email),
        (&from.subject, &to.subject),
        (&from.name, &to.name),
    ]
    .into_iter()
    .filter(|(from, to)| !from.is_empty() && !to.is_empty() && from != to)
    .map(|(from, to)| (from.clone(), to.clone()))
    .collect()
}

/// The value told of the other; none where it says nothing readable of the first.
pub(super) fn value(value: &str, told: &[(String, String)]) -> Option<String> {
    plain(value, told)
        .or_else(|| escaped(value, told))
        .or_else(|| parts(value, told))
}

fn plain(text: &str, told: &[(String, String)]) -> Option<String> {
    let (from, to) = told.iter().find(|(from, _)| text.contains(from.as_str()))?;
    let rest: Vec<(String, String)> = told.iter().filter(|one| one.0 != *from).cloned().collect();
    let changed = text.replace(from.as_str(), to);
    Some(plain(&changed, &rest).unwrap_or(changed))
}

/// Percent-encoded, as JSON in cookies is.
fn escaped(text: &str, told: &[(String, String)]) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let (decoded, _) = form::parse(text).into_iter().next()?;
    let changed = value(&decoded, told)?;
    Some(form::encode_component(&changed).replace('+', "%20"))
}

/// Base64 in either alphabet, whole or between dots.
fn parts(text: &str, told: &[(String, String)]) -> Option<String> {
    let mut changed = false;
    let parts: Vec<String> = text
        .split('.')
        .map(|part| match coded(part, told) {
            Some(other) => {
                changed = true;
                other
            }
            None => part.to_owned(),
        })
        .collect();
    changed.then(|| parts.join("."))
}

fn coded(part: &str, told: &[(String, String)]) -> Option<String> {
    let alphabet = if part.contains(['-', '_']) {
        base64::alphabet::URL_SAFE
    } else {
        base64::alphabet::STANDARD
    };
    let padded = part.ends_with('=');
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(Indifferent)
        .with_encode_padding(padded);
    let engine = GeneralPurpose::new(&alphabet, config);
    let text = String::from_utf8(engine.decode(part).ok()?).ok()?;
    Some(engine.encode(plain(&text, told)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readable_user_becomes_another() {
        let told = [
            ("user-1001".to_owned(), "user-1002".to_owned()),
            ("alice".to_owned(), "mallory".to_owned()),
        ];
        for (given, becomes) in [
            ("user-1001", Some("user-1002")),
            ("1%7Calice", Some("1%7Cmallory")),
            ("eyJ1c2VyIjoiYWxpY2UifQ==", Some("eyJ1c2VyIjoibWFsbG9yeSJ9")),
            (
                "eyJ1c2VyIjoiYWxpY2UifQ.c2ln",
                Some("eyJ1c2VyIjoibWFsbG9yeSJ9.c2ln"),
            ),
            ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", None),
            ("s3cr3t", None),
        ] {
            assert_eq!(value(given, &told).as_deref(), becomes, "{given}");
        }
    }
}
