//! Challenges compared parameter by parameter.

use std::collections::{BTreeMap, BTreeSet};

use super::mask::{self, Echo};
use super::{Compared, Side};
use crate::model::{Exchange, Response};
use crate::wire::challenge::parse;

/// The challenges as steady facts: each parameter of each scheme, with how often it stands there and its value.
pub(super) fn compare(theirs: &Side<'_>, ours: &Side<'_>, echo: Echo) -> Compared {
    let (their, our) = (facts(theirs, echo), facts(ours, echo));
    let names: BTreeSet<&String> = their.keys().chain(our.keys()).collect();
    for name in names {
        let say = |fact: Option<&String>| match fact {
            Some(value) => format!("{name}=\"{value}\""),
            None => format!("no {name}"),
        };
        match (their.get(name), our.get(name)) {
            // differs within a side
            (Some(None), _) | (_, Some(None)) => {}
            (one, other) => {
                let (one, other) = (one.and_then(Option::as_ref), other.and_then(Option::as_ref));
                if one != other {
                    return Err([say(one), say(other)]);
                }
            }
        }
    }
    Ok(())
}

fn facts(side: &Side<'_>, echo: Echo) -> BTreeMap<String, Option<String>> {
    let [one, other] =
        [0, 1].map(|which| facts_of(side.exchanges[which], side.responses[which], echo));
    let mut facts: BTreeMap<String, Option<String>> = BTreeMap::new();
    for name in one.keys().chain(other.keys()) {
        let steady = one.get(name).filter(|value| other.get(name) == Some(value));
        facts.insert(name.clone(), steady.cloned());
    }
    facts
}

fn facts_of(exchange: &Exchange, response: &Response, echo: Echo) -> BTreeMap<String, String> {
    let fields: Vec<&[u8]> = response.header("www-authenticate").collect();
    let mut facts = BTreeMap::new();
    let Ok(challenges) = parse(&fields) else {
        let lines: Vec<_> = fields
            .iter()
            .map(|field| String::from_utf8_lossy(field))
            .collect();
        facts.insert(
            "WWW-Authenticate".to_owned(),
            mask::text(&lines.join(", "), exchange, echo),
        );
        return facts;
    };
    for challenge in challenges {
        let scheme = challenge.scheme.to_ascii_lowercase();
        let token = challenge.token68.unwrap_or_default();
        facts.insert(scheme.clone(), token);
        for (name, value) in challenge.params {
            facts.insert(
                format!("{scheme} {name}"),
                mask::text(&value, exchange, echo),
            );
        }
    }
    facts
}
