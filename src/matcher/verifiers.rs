//! `verifiers`: whether each `code_verifier` fits the `code_challenge` of the login that its code came from (RFC 7636
//! section 4.6).

use serde_json::{Value, json};

use super::evidence::call::{form, is_at};
use super::{CodeFact, Example, Kind, Miss, Scope, Seen};
use crate::model::Hop;
use crate::source::shape::Shape;
use crate::wire::pkce::challenge_s256;

pub(super) const KIND: Kind = Kind {
    name: "verifiers",
    doc: "Every verifier at the token endpoint fits, by S256, the challenge of its own code; or none can be guessed.",
    shape: Shape::Word(words),
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

fn words() -> Vec<(&'static str, &'static str)> {
    vec![
        ("match", "Each fits its challenge."),
        (
            "unguessable",
            "They could hold 256 random bits each (RFC 7636 section 7.1).",
        ),
    ]
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    if seen.codes.iter().all(|fact| fact.verifiers.is_empty()) {
        return Err(Miss::unknown(
            "no code came to the token endpoint with a verifier",
        ));
    }
    if wanted == "unguessable" {
        let values: Vec<&String> = seen
            .codes
            .iter()
            .filter_map(|fact| fact.verifiers.first())
            .collect();
        let asked = json!({ "values": values, "bits": { "at-least": 256 } });
        return (super::unguessable::KIND.examine)(&asked, seen);
    }
    for (number, fact) in (1..).zip(seen.codes.iter()) {
        let wrong = fact.verifiers.iter().find(|verifier| !fits(verifier, fact));
        let Some(verifier) = wrong else { continue };
        let actual = match &fact.challenge {
            None => "it came for a code whose login had no challenge".to_owned(),
            Some(challenge) if challenge == verifier => {
                "it is the challenge itself, which the browser has seen".to_owned()
            }
            Some(_) if is_of_another(verifier, seen) => {
                "it is the verifier of another login".to_owned()
            }
            Some(_) => "it fits no challenge".to_owned(),
        };
        return Err(Miss::shown_by(
            exchanges_of(fact, seen),
            "every verifier fits the S256 challenge of its own code",
            format!(
                "the verifier for code {number} of {}: {actual}",
                seen.codes.len()
            ),
        ));
    }
    Ok(())
}

fn fits(verifier: &str, fact: &CodeFact) -> bool {
    fact.challenge.as_deref() == Some(challenge_s256(verifier).as_str())
}

fn is_of_another(verifier: &str, seen: &Seen<'_>) -> bool {
    seen.codes.iter().any(|fact| fits(verifier, fact))
}

fn exchanges_of(fact: &CodeFact, seen: &Seen<'_>) -> Vec<u32> {
    let carries = |(name, value): &(String, String)| name == "code" && *value == fact.code;
    let calls = seen
        .exchanges
        .iter()
        .filter(|exchange| is_at(exchange, "token"));
    calls
        .filter(|exchange| form(&exchange.request).iter().any(carries))
        .map(|exchange| exchange.seq)
        .collect()
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    if wanted == "unguessable" {
        for (number, fact) in (1..).zip(seen.codes.to_mut()) {
            fact.verifiers = vec![format!("verifier-{number}")];
        }
        return;
    }
    if let Some(verifier) = seen
        .codes
        .to_mut()
        .iter_mut()
        .find_map(|fact| fact.verifiers.first_mut())
    {
        verifier.push('x');
    }
}

fn examples() -> Vec<Example> {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let call = super::sample::call(Hop::TargetToProvider, "honest", "POST", "/token", "code=c1");
    let mut seen = super::sample::heard(vec![call]);
    seen.codes = std::borrow::Cow::Owned(vec![
        CodeFact {
            code: "c1".to_owned(),
            challenge: Some(challenge_s256(verifier)),
            verifiers: vec![verifier.to_owned()],
        },
        CodeFact::default(),
    ]);
    let mut several = super::sample::heard(vec![]);
    several.codes = std::borrow::Cow::Owned(
        [
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
        ]
        .map(|verifier| CodeFact {
            verifiers: vec![verifier.to_owned()],
            ..CodeFact::default()
        })
        .to_vec(),
    );
    vec![
        Example {
            argument: json!("match"),
            seen,
        },
        Example {
            argument: json!("unguessable"),
            seen: several,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_verifier_is_told_by_what_it_is() {
        let (one, two) = ("verifier-one", "verifier-two");
        let fact = |challenge: Option<&str>, verifiers: &[&str]| CodeFact {
            code: "c".to_owned(),
            challenge: challenge.map(str::to_owned),
            verifiers: verifiers
                .iter()
                .map(|verifier| (*verifier).to_owned())
                .collect(),
        };
        let s256 = challenge_s256;
        for (facts, says) in [
            (
                vec![
                    fact(Some(&s256(one)), &[one]),
                    fact(Some(&s256(two)), &[two]),
                ],
                None,
            ),
            (
                vec![
                    fact(Some(&s256(one)), &[two]),
                    fact(Some(&s256(two)), &[one]),
                ],
                Some("another login"),
            ),
            (vec![fact(Some(one), &[one])], Some("challenge itself")),
            (vec![fact(None, &[one])], Some("no challenge")),
            (
                vec![fact(Some(&s256(one)), &[one, two])],
                Some("fits no challenge"),
            ),
        ] {
            let mut seen = super::super::sample::heard(vec![]);
            seen.codes = std::borrow::Cow::Owned(facts);
            match (examine(&json!("match"), &seen), says) {
                (Ok(()), None) => {}
                (Err(Miss::Finding { actual, .. }), Some(says)) => {
                    assert!(actual.contains(says), "{actual}")
                }
                (found, _) => panic!("{says:?}: {found:?}"),
            }
        }
        let silent = super::super::sample::heard(vec![]);
        assert!(matches!(
            examine(&json!("match"), &silent),
            Err(Miss::Unknown(_))
        ));
    }
}
