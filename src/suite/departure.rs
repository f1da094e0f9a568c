//! How a case departs from its good path, in words: what a reader needs before any exchange makes sense.
//!
//! It tells what the suite's author wrote, not what was sent: values of a run have no place here.

use serde_json::Value;

use super::model::{Case, Departure, Step};
use super::template::{Path, Piece, Reference, Template};

/// Longest value that is told whole, in characters.
const LONGEST: usize = 160;

/// A line for each thing that differs from the good path; none if the case doesn't depart.
pub fn in_words(case: &Case) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(departed) = &case.provider.departed {
        let good = case.provider.good.as_ref();
        let mut told = Vec::new();
        differences(good, Some(departed), "", &mut told);
        lines.extend(told.iter().map(|line| format!("provider: {line}")));
    }
    let several = case.steps.len() > 1;
    for (at, step) in case.steps.iter().enumerate() {
        let lead = match (&step.name, several) {
            (_, false) => String::new(),
            (Some(name), true) => format!("{name}: "),
            (None, true) => format!("step {}: ", at + 1),
        };
        lines.extend(of_step(step).iter().map(|line| format!("{lead}{line}")));
    }
    lines
}

fn of_step(step: &Step) -> Vec<String> {
    match &step.departure {
        Departure::None => Vec::new(),
        Departure::Added => {
            let args = value(&step.action.args);
            vec![format!("added: {} {args}", step.action.verb.word())]
        }
        Departure::But { action, actor } => {
            let mut told = Vec::new();
            if let Some(actor) = actor.as_ref().filter(|actor| **actor != step.actor) {
                told.push(format!("as: {}", value(actor)));
            }
            differences(Some(&step.action.args), Some(&action.args), "", &mut told);
            told
        }
    }
}

/// What differs, deepest first: `credential.jwt.claims.exp: now - 1h`.
fn differences(
    good: Option<&Template>,
    departed: Option<&Template>,
    path: &str,
    told: &mut Vec<String>,
) {
    if good == departed {
        return;
    }
    let Some(departed) = departed else {
        told.push(format!("{path}: left out"));
        return;
    };
    let (old, new) = (good.and_then(members), members(departed));
    let Some(new) = new.filter(|new| !new.is_empty()) else {
        told.push(match path {
            "" => value(departed),
            path => format!("{path}: {}", value(departed)),
        });
        return;
    };
    let old = old.unwrap_or_default();
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    for (name, departed) in &new {
        let good = old.iter().find(|(known, _)| known == name);
        differences(
            good.map(|(_, good)| good),
            Some(departed),
            &below(name),
            told,
        );
    }
    for (name, _) in old.iter().filter(|(name, _)| !has(&new, name)) {
        told.push(format!("{}: left out", below(name)));
    }
}

fn has(members: &[(String, Template)], name: &str) -> bool {
    members.iter().any(|(known, _)| known == name)
}

/// The members of a map, whether references stand in it or not.
fn members(template: &Template) -> Option<Vec<(String, Template)>> {
    match template {
        Template::Map(entries) => Some(entries.clone()),
        Template::Plain(Value::Object(map)) => Some(
            map.iter()
                .map(|(name, value)| (name.clone(), Template::Plain(value.clone())))
                .collect(),
        ),
        _ => None,
    }
}

/// A value on one line, bounded.
fn value(template: &Template) -> String {
    let text = whole(template);
    if text.chars().count() <= LONGEST {
        return text;
    }
    let kept: String = text.chars().take(LONGEST).collect();
    format!("{kept}... ({} characters)", text.chars().count())
}

fn whole(template: &Template) -> String {
    match template {
        Template::Plain(value) => plain(value),
        Template::Whole(reference) => referred(reference),
        Template::Text(pieces) => {
            let pieces = pieces.iter().map(|piece| match piece {
                Piece::Plain(text) => text.clone(),
                Piece::Reference(reference) => format!("${{{}}}", referred(reference)),
            });
            quoted(&pieces.collect::<String>())
        }
        Template::List(items) => {
            let items: Vec<String> = items.iter().map(whole).collect();
            format!("[{}]", items.join(", "))
        }
        Template::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(name, value)| format!("{name}: {}", whole(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// What could be mistaken for nothing, or for less than it is, in quotes.
fn quoted(text: &str) -> String {
    if text.is_empty() || text.trim() != text || text.chars().any(char::is_control) {
        format!("{text:?}")
    } else {
        text.to_owned()
    }
}

/// Plain words as they are written in YAML.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) if !map.is_empty() => {
            let members: Vec<String> = map
                .iter()
                .map(|(name, value)| format!("{name}: {}", plain(value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}

/// A reference, times in the unit that a reader counts in.
fn referred(reference: &Reference) -> String {
    match &reference.path {
        Path::Now { offset } if *offset != 0 => {
            let sign = if *offset < 0 { '-' } else { '+' };
            format!("now {sign} {}", span(offset.unsigned_abs()))
        }
        path => path.to_string(),
    }
}

fn span(seconds: u64) -> String {
    let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm')];
    let fits = units.iter().find(|(unit, _)| seconds.is_multiple_of(*unit));
    fits.map_or_else(
        || format!("{seconds}s"),
        |(unit, word)| format!("{}{word}", seconds / unit),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::suite::compile::{Owner, suite};

    fn told(role: &str, case: &str) -> Vec<String> {
        let mut sources = Sources::default();
        let text = format!("suite: a/b\nrole: {role}\ncases:\n  - id: c\n{case}");
        let file = sources.add("a.yaml", text);
        let suite = suite(&sources, file, Owner::User).unwrap();
        in_words(&suite.cases[0])
    }

    #[test]
    fn a_departure_is_told_by_what_differs() {
        let expect = "expect: [{ status: 401, basis: ours }]";
        for (step, words) in [
            ("send: { to: protected, credential: bearer }", vec![]),
            (
                "send: { to: protected, credential: bearer }\n        but: { credential: { jwt: { claims: { exp: \"${now - 1h}\" } } } }",
                vec!["credential.jwt.claims.exp: now - 1h"],
            ),
            (
                "send: { to: protected, credential: bearer }\n        but: { credential: none, method: POST }",
                vec!["method: POST", "credential: none"],
            ),
            (
                "send: { to: protected, credential: bearer }\n        but: { credential: { valid: { scheme: \"\" } } }",
                vec!["credential.valid.scheme: \"\""],
            ),
            (
                "send: { to: protected, credential: bearer }\n        but: { credential: [bearer, { valid: { in: query } }] }",
                vec!["credential: [bearer, { valid: { in: query } }]"],
            ),
        ] {
            let mut said = told(
                "resource-server",
                &format!("    steps:\n      - {step}\n        {expect}\n"),
            );
            let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
            said.sort();
            words.sort();
            assert_eq!(said, words, "{step}");
        }
    }

    #[test]
    fn of_several_steps_it_is_told_which() {
        let said = told(
            "resource-server",
            "    steps:\n      - name: first\n        send: { to: protected, credential: bearer }\n      - send: { to: protected, credential: bearer }\n        but: { credential: none }\n        expect: [{ status: 401, basis: ours }]\n",
        );
        assert_eq!(said, ["step 2: credential: none"]);
    }

    #[test]
    fn seconds_are_told_in_the_largest_whole_unit() {
        for (seconds, words) in [
            (30, "30s"),
            (90, "90s"),
            (60, "1m"),
            (7_200, "2h"),
            (172_800, "2d"),
        ] {
            assert_eq!(span(seconds), words);
        }
    }
}
