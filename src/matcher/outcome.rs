//! `outcome`: the one word for how a step ended.

use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::model::Outcome;
use crate::source::shape::Shape;

pub(super) const KIND: Kind = Kind {
    name: "outcome",
    doc: "How the step ended, in one word; `not-accepted` is refused or errored.",
    shape: Shape::Word(words),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn words() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "accepted",
            "It opened: the protected content, tokens, a code, a login.",
        ),
        ("refused", "A whole answer that properly says no."),
        (
            "errored",
            "A whole 5xx: nobody got in, nobody was properly refused.",
        ),
        (
            "not-accepted",
            "Refused or errored: the attack was stopped.",
        ),
    ]
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let wanted = wanted.as_str().unwrap_or_default();
    let Some(outcome) = seen.outcome else {
        return Err(Miss::Unknown("the step has no outcome".to_owned()));
    };
    let met = match wanted {
        "not-accepted" => outcome.is_not_accepted(),
        word => Outcome::from_word(word) == Some(outcome),
    };
    if met {
        return Ok(());
    }
    if !outcome.is_verdict() {
        return Err(Miss::Unknown(format!("the answer is {}", outcome.word())));
    }
    let status = seen.last().map(|response| response.status);
    let actual = match status {
        Some(status) => format!("{} (status {status})", outcome.word()),
        None => outcome.word().to_owned(),
    };
    let miss = Miss::finding(seen, wanted, actual);
    Err(if outcome == Outcome::Accepted {
        miss.given_away()
    } else {
        miss
    })
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    seen.outcome = Some(match wanted.as_str() {
        Some("accepted") => Outcome::Refused,
        _ => Outcome::Accepted,
    });
}

fn examples() -> Vec<Example> {
    let seen = |outcome| Seen {
        outcome: Some(outcome),
        ..Seen::default()
    };
    vec![
        Example {
            argument: json!("not-accepted"),
            seen: seen(Outcome::Errored),
        },
        Example {
            argument: json!("accepted"),
            seen: seen(Outcome::Accepted),
        },
        Example {
            argument: json!("refused"),
            seen: seen(Outcome::Refused),
        },
    ]
}
