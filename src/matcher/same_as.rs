//! `same-as`: two answers that a stranger must not be able to tell apart.
//!
//! Each side was asked twice. What differs between the two answers of one side (ids, dates, nonces) is not compared,
//! and neither is what a server says back of what it was sent.

use serde_json::{Value, json};

use self::mask::Echo;
use super::evidence::template::{Template, words};
use super::{Example, Kind, Miss, Scope, Seen};
use crate::model::{Exchange, Hop, Response};
use crate::source::shape::{Field, Shape};

mod challenge;
mod mask;

pub(super) const KIND: Kind = Kind {
    name: "same-as",
    doc: "The answer cannot be told from that of another step. Both steps are sent twice; what varies is not compared.",
    shape: Shape::Map(&[
        Field::required("step", Shape::Text, "The other step."),
        Field::required("in", Shape::List(&Shape::Word(parts)), "What is compared."),
    ]),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn parts() -> Vec<(&'static str, &'static str)> {
    vec![
        ("status", "The status code."),
        ("header-names", "Which fields there are."),
        ("challenge", "The WWW-Authenticate fields."),
        ("body", "The words of the content."),
    ]
}

/// Fields that come and go with connections, caches and counters.
const VOLATILE: &[&str] = &[
    "age",
    "connection",
    "date",
    "keep-alive",
    "retry-after",
    "set-cookie",
    "transfer-encoding",
    "content-length",
    "via",
];

/// The two answers of a side.
struct Side<'a> {
    name: String,
    exchanges: [&'a Exchange; 2],
    responses: [&'a Response; 2],
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let step = wanted
        .get("step")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let range = seen
        .steps
        .get(step)
        .and_then(|range| seen.all.get(range.clone()));
    let Some(theirs) = range else {
        return Err(Miss::Unknown(format!("nothing was sent in step {step}")));
    };
    let theirs = side(format!("step {step}"), theirs)?;
    let ours = side("this step".to_owned(), all_turns(seen))?;
    let parts = wanted.get("in").and_then(Value::as_array);
    for part in parts.into_iter().flatten().filter_map(Value::as_str) {
        let compared = match part {
            "status" => status(&theirs, &ours),
            "header-names" => header_names(&theirs, &ours),
            "challenge" => either(|echo| challenge::compare(&theirs, &ours, echo)),
            _ => body(&theirs, &ours)?,
        };
        if let Err([their, our]) = compared {
            let evidence = [&theirs, &ours].into_iter().flat_map(|side| side.exchanges);
            return Err(Miss::shown_by(
                evidence.map(|exchange| exchange.seq).collect(),
                format!(
                    "the same {} as in {}: {their}",
                    part.replace('-', " "),
                    theirs.name
                ),
                our,
            ));
        }
    }
    Ok(())
}

/// What was sent in all turns of this step: with `times`, the evidence at hand is the last turn.
fn all_turns<'a>(seen: &'a Seen<'_>) -> &'a [Exchange] {
    let last = seen.exchanges.last().map(|exchange| exchange.seq);
    let turns = seen
        .steps
        .values()
        .filter_map(|range| seen.all.get(range.clone()));
    let own = |turns: &&[Exchange]| turns.last().map(|exchange| exchange.seq) == last;
    turns
        .filter(own)
        .max_by_key(|turns| turns.len())
        .filter(|turns| last.is_some() && turns.len() > seen.exchanges.len())
        .unwrap_or(&seen.exchanges)
}

/// Both answers of a side; fewer say nothing about what varies.
fn side(name: String, exchanges: &[Exchange]) -> Result<Side<'_>, Miss> {
    // a browser that was redirected is at the page it was sent to
    let redirected =
        |exchange: &Exchange| matches!(exchange.answer.status(), Some(301..=303 | 307 | 308));
    let of_target = |exchange: &&Exchange| match exchange.hop {
        Hop::BrowserToTarget => !redirected(exchange),
        hop => hop == Hop::HarnessToTarget,
    };
    let mut last = exchanges.iter().rev().filter(of_target);
    let (Some(second), Some(first)) = (last.next(), last.next()) else {
        return Err(Miss::Unknown(format!(
            "{name} was not sent twice, so what varies is not known"
        )));
    };
    match (first.answer.response(), second.answer.response()) {
        (Some(one), Some(other)) => Ok(Side {
            name,
            exchanges: [first, second],
            responses: [one, other],
        }),
        _ => Err(Miss::Unknown(format!("{name} was not answered both times"))),
    }
}

type Compared = Result<(), [String; 2]>;

fn status(theirs: &Side<'_>, ours: &Side<'_>) -> Compared {
    let steady = |side: &Side<'_>| {
        let [one, other] = side.responses.map(|response| response.status);
        (one == other).then_some(one)
    };
    match (steady(theirs), steady(ours)) {
        (Some(their), Some(our)) if their != our => {
            Err([their.to_string(), format!("status {our}")])
        }
        _ => Ok(()),
    }
}

fn header_names(theirs: &Side<'_>, ours: &Side<'_>) -> Compared {
    let present = |side: &Side<'_>, name: &str| {
        let [one, other] = side
            .responses
            .map(|response| response.header(name).next().is_some());
        (one == other).then_some(one)
    };
    let responses = theirs.responses.into_iter().chain(ours.responses);
    let mut names: Vec<String> = responses
        .flat_map(|response| &response.headers)
        .map(|header| header.name.to_ascii_lowercase())
        .filter(|name| {
            !VOLATILE.contains(&name.as_str())
                && !name.contains("ratelimit")
                && !name.contains("rate-limit")
        })
        .collect();
    names.sort();
    names.dedup();
    for name in names {
        let say = |there: bool| {
            if there {
                format!("with {name}")
            } else {
                format!("without {name}")
            }
        };
        if let (Some(their), Some(our)) = (present(theirs, &name), present(ours, &name))
            && their != our
        {
            return Err([say(their), say(our)]);
        }
    }
    Ok(())
}

fn body(theirs: &Side<'_>, ours: &Side<'_>) -> Result<Compared, Miss> {
    for side in [theirs, ours] {
        if side.responses.iter().any(|response| !response.is_whole()) {
            let why = format!("an answer of {} is not whole", side.name);
            return Err(Miss::Unknown(why));
        }
    }
    let [their, our] = [theirs, ours].map(|side| template(side, Echo::Kept).0);
    if their.is_all_gap() || our.is_all_gap() {
        return Err(Miss::unknown(
            "the content changes from one answer to the next, so it cannot be compared",
        ));
    }
    Ok(either(|echo| compare_bodies(theirs, ours, echo)))
}

fn compare_bodies(theirs: &Side<'_>, ours: &Side<'_>, echo: Echo) -> Compared {
    let (their, their_words) = template(theirs, echo);
    let (our, our_words) = template(ours, echo);
    let fits = |template: &Template, texts: &[Vec<String>; 2]| {
        texts.iter().any(|text| template.fits(text))
    };
    if fits(&their, &our_words) || fits(&our, &their_words) {
        return Ok(());
    }
    Err(difference(&their.kept(), &our.kept()))
}

/// What the two contents of a side have in common, and the words of each.
fn template(side: &Side<'_>, echo: Echo) -> (Template, [Vec<String>; 2]) {
    let texts = [0, 1].map(|which| {
        let text = String::from_utf8_lossy(side.responses[which].body.bytes());
        words(&mask::text(&text, side.exchanges[which], echo))
    });
    (Template::of(&texts[0], &texts[1]), texts)
}

/// What was sent may come back, and it may also be a word of the answer: the sides are the same if they are so with
/// it or without.
fn either(compare: impl Fn(Echo) -> Compared) -> Compared {
    let kept = compare(Echo::Kept);
    if kept.is_err() && compare(Echo::TakenOut).is_ok() {
        return Ok(());
    }
    kept
}

/// Around the first word that differs, on both sides.
fn difference(their: &[&str], our: &[&str]) -> [String; 2] {
    let front = their
        .iter()
        .zip(our)
        .take_while(|(one, other)| one == other)
        .count();
    let back = |words: &[&str]| words.len().saturating_sub(front);
    let tail = their
        .iter()
        .rev()
        .zip(our.iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    let tail = tail.min(back(their)).min(back(our));
    [their, our].map(|words| {
        let from = front.saturating_sub(3);
        let until = (words.len() - tail + 2).min(words.len()).min(from + 24);
        match words.get(from..until) {
            Some([]) | None => "no content".to_owned(),
            Some(part) => format!("`{}`", part.join(" ")),
        }
    })
}

fn spoil(_: &mut Value, seen: &mut Seen<'_>) {
    let turns: Vec<u32> = all_turns(seen).iter().map(|one| one.seq).collect();
    let own = seen.exchanges.to_mut().iter_mut();
    let all = seen.all.to_mut().iter_mut();
    let of_turns = all.filter(|exchange| turns.contains(&exchange.seq));
    for exchange in own.chain(of_turns) {
        let fields = [
            ("WWW-Authenticate", "Basic realm=\"unknown user\""),
            ("X-Reason", "1"),
        ];
        exchange.answer = super::sample::exchange(404, &fields, "there is no such user").answer;
    }
}

fn examples() -> Vec<Example> {
    let answer = |id: &str| {
        let fields = [
            ("WWW-Authenticate", "Basic realm=\"orders\""),
            ("X-Request-Id", id),
        ];
        super::sample::exchange(401, &fields, &format!("wrong user or password, see {id}"))
    };
    let seen = || two_sides([answer("a1"), answer("b2")], [answer("c3"), answer("d4")]);
    ["status", "header-names", "challenge", "body"]
        .into_iter()
        .map(|part| Example {
            argument: json!({ "step": "other", "in": [part] }),
            seen: seen(),
        })
        .collect()
}

/// Evidence of a step named `other` and the step after it.
fn two_sides(theirs: [Exchange; 2], ours: [Exchange; 2]) -> Seen<'static> {
    let mut seen = super::sample::heard(theirs.into_iter().chain(ours).collect());
    seen.steps.to_mut().insert("other".to_owned(), 0..2);
    seen.exchanges = std::borrow::Cow::Owned(seen.all[2..].to_vec());
    seen
}

#[cfg(test)]
mod tests;
