//! `token-hash`: a claim of an ID token that is the hash of another value, as `at_hash` and `c_hash` are (OpenID Connect
//! Core sections 3.1.3.6 and 3.3.2.11).

use aws_lc_rs::digest;
use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::source::shape::{Field, Shape};
use crate::wire::jose;

pub(super) const KIND: Kind = Kind {
    name: "token-hash",
    doc: "A claim is the left half of the hash of a value, by the hash of the token's own algorithm.",
    shape: Shape::Map(&[
        Field::required("token", Shape::Text, "The token: `${step.id-token}`."),
        Field::required("claim", Shape::Text, "The claim: `at_hash`."),
        Field::required("of", Shape::Text, "The value: `${step.access-token}`."),
    ]),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let text = |name: &str| wanted.get(name).and_then(Value::as_str).unwrap_or_default();
    let Some(token) = jose::read(text("token")) else {
        return Err(Miss::unknown("the token is no JWT"));
    };
    let alg = token.alg().unwrap_or_default().to_owned();
    let Some(claims) = &token.claims else {
        return Err(Miss::unknown("the claims of the token cannot be read"));
    };
    let Some(hash) = left_half(&alg, text("of")) else {
        return Err(Miss::unknown(format!(
            "which hash goes with alg {alg} is not known here"
        )));
    };
    let claim = text("claim");
    let expected = format!("{claim} that is the left half of the hash of its value under {alg}");
    match claims.get(claim) {
        Some(Value::String(found)) if *found == hash => Ok(()),
        Some(Value::String(found)) => {
            let actual = format!("{claim} of {} characters, another one", found.len());
            Err(Miss::finding(seen, expected, actual))
        }
        Some(_) => Err(Miss::finding(
            seen,
            expected,
            format!("{claim} that is no text"),
        )),
        None => Err(Miss::finding(seen, expected, format!("no {claim}"))),
    }
}

/// The hash of the algorithm's name; Ed25519 has SHA-512 within itself (RFC 8032 section 5.1).
fn left_half(alg: &str, value: &str) -> Option<String> {
    let algorithm = match alg {
        "EdDSA" | "Ed25519" => &digest::SHA512,
        "ES256K" => &digest::SHA256,
        _ => match alg.get(2..)? {
            "256" => &digest::SHA256,
            "384" => &digest::SHA384,
            "512" => &digest::SHA512,
            _ => return None,
        },
    };
    let hash = digest::digest(algorithm, value.as_bytes());
    let half = hash.as_ref().get(..hash.as_ref().len() / 2)?;
    Some(jose::base64url(half))
}

fn spoil(argument: &mut Value, _: &mut Seen<'_>) {
    let of = argument.get("of").and_then(Value::as_str);
    argument["of"] = Value::from(format!("{}x", of.unwrap_or_default()));
}

fn examples() -> Vec<Example> {
    let part = |text: &str| jose::base64url(text.as_bytes());
    // the value and its hash stand in OpenID Connect Core appendix A.3
    let value = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    let claims = r#"{"at_hash":"77QmUPtjPfzWtF2AnpK9RQ"}"#;
    let token = format!("{}.{}.c2ln", part(r#"{"alg":"RS256"}"#), part(claims));
    vec![Example {
        argument: json!({ "token": token, "claim": "at_hash", "of": value }),
        seen: super::sample::answer(200, &[], ""),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_hash_is_a_finding_and_an_unknown_algorithm_unknown() {
        let seen = super::super::sample::answer(200, &[], "");
        let part = |text: &str| jose::base64url(text.as_bytes());
        let token = |header: &str, claims: &str| format!("{}.{}.c2ln", part(header), part(claims));
        let right = left_half("ES384", "value").unwrap();
        let right = format!(r#"{{"at_hash":"{right}"}}"#);
        for (token, met) in [
            (token(r#"{"alg":"ES384"}"#, &right), Some(true)),
            (token(r#"{"alg":"ES256"}"#, &right), Some(false)),
            (token(r#"{"alg":"ES384"}"#, "{}"), Some(false)),
            (token(r#"{"alg":"ES384"}"#, r#"{"at_hash":7}"#), Some(false)),
            (token(r#"{"alg":"ML-DSA-44"}"#, &right), None),
            (token("{}", &right), None),
            ("opaque".to_owned(), None),
        ] {
            let argument = json!({ "token": token, "claim": "at_hash", "of": "value" });
            let found = match examine(&argument, &seen) {
                Ok(()) => Some(true),
                Err(Miss::Finding { .. }) => Some(false),
                Err(Miss::Unknown(_)) => None,
            };
            assert_eq!(found, met, "{token}");
        }
    }
}
