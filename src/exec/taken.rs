//! What redaction took out of a recorded case, and which expectations need it.
//!
//! An expectation that looks at nothing that was touched is judged as it was; any other one can't be judged, whatever
//! it would say of what is left.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::matcher::{Kind, Seen};
use crate::model::{Exchange, Hop};
use crate::wire::form;

/// What stands where something was taken out.
pub const MARK: char = '«';

const PATH: &str = "the path of a request";

/// What a reason begins with where an expectation needs what was taken.
const NEEDS: &str = "it needs what redaction took out of the record: ";

/// What was taken out of one exchange.
#[derive(Clone, Debug, Default)]
pub struct TakenOf {
    /// Of the path of the request.
    pub path: bool,
    /// Of its query.
    pub query: bool,
    /// Of its fields, by name in lower case.
    pub request_fields: Vec<String>,
    /// Its parameters are the same, but for values with a mark.
    pub same_query: bool,
    /// Of its content.
    pub request_content: bool,
    /// Its parameters are the same, but for values with a mark.
    pub same_form: bool,
    /// Of the fields of the answer, by name in lower case.
    pub fields: Vec<String>,
    /// Of its content.
    pub content: bool,
    /// The content is the same JSON, but for texts with a mark.
    pub same_json: bool,
}

/// What was taken out of a case, by the number of the exchange.
#[derive(Clone, Debug, Default)]
pub struct Taken(BTreeMap<u32, TakenOf>);

impl FromIterator<(u32, TakenOf)> for Taken {
    fn from_iter<T: IntoIterator<Item = (u32, TakenOf)>>(all: T) -> Self {
        Self(all.into_iter().collect())
    }
}

/// Which parts of the evidence a kind of expectation looks at.
enum Reads<'a> {
    /// Outcome, status, times, counts, who is logged in, which fields are there: nothing is ever taken from these.
    Plain,
    /// The paths of requests.
    Paths,
    /// These fields of answers.
    Fields(Vec<&'a str>),
    /// Members of the JSON of the last answer, with what is asked of each; besides, these fields and the redirect that
    /// ended the walk.
    Members(Vec<(String, &'a Value)>, Vec<&'a str>),
    /// Fields and contents of answers, and where they were asked.
    Answers,
    /// These parameters and fields of requests at our provider.
    Requests(&'a Value),
    /// Anything.
    All,
}

fn keys(wanted: &Value) -> Vec<&str> {
    let members = wanted.as_object().into_iter().flatten();
    members.map(|(name, _)| name.as_str()).collect()
}

fn reads<'a>(kind: &Kind, wanted: &'a Value) -> Reads<'a> {
    match kind.name {
        "outcome" | "status" | "winners" | "effect" | "logged-in-as" | "answers-within"
        | "took-alike" => Reads::Plain,
        // that there is something to be seen is not changed by a mark in it
        "page" if wanted == "shown" => Reads::Plain,
        "page" | "loads-from" | "leaves-for" => Reads::Answers,
        "request" => Reads::Requests(wanted),
        "called" | "heard" => Reads::Paths,
        "throttles" => Reads::Fields(vec!["location"]),
        "header" => Reads::Fields(keys(wanted.get("each").unwrap_or(wanted))),
        "challenge" => Reads::Fields(vec!["www-authenticate"]),
        "cookie" => Reads::Fields(vec!["set-cookie"]),
        "cors" => Reads::Fields(vec![
            "access-control-allow-origin",
            "access-control-allow-credentials",
        ]),
        "json" => {
            let members = wanted.as_object().into_iter().flatten();
            let members = members.map(|(pointer, test)| (pointer.clone(), test));
            Reads::Members(members.collect(), Vec::new())
        }
        "token-response" => {
            let members = wanted.as_object().into_iter().flatten();
            let members = members.map(|(name, test)| (format!("/{name}"), test));
            Reads::Members(members.collect(), Vec::new())
        }
        "redirect" => Reads::Members(Vec::new(), vec!["location"]),
        "oauth-error" => Reads::Members(vec![("/error".to_owned(), wanted)], vec!["location"]),
        "body" | "metadata" | "key-set" => Reads::Answers,
        "same-as" => {
            let parts = wanted.get("in").and_then(Value::as_array);
            let plain = |part: &Value| part == "status" || part == "header-names";
            match parts {
                Some(parts) if parts.iter().all(plain) => Reads::Plain,
                _ => Reads::All,
            }
        }
        _ => Reads::All,
    }
}

/// Whether a reason says that an expectation needs what was taken.
pub fn needs_taken(why: &str) -> bool {
    why.starts_with(NEEDS)
}

/// The reason, with what it is that is needed.
pub fn need(what: &str) -> String {
    format!("{NEEDS}{what}")
}

impl Taken {
    /// Of one exchange.
    pub fn of(&self, exchange: &Exchange) -> Option<&TakenOf> {
        self.0.get(&exchange.seq)
    }

    /// What of it an expectation needs, in words; none if it needs nothing.
    pub fn needed(&self, kind: &Kind, wanted: &Value, seen: &Seen<'_>) -> Option<String> {
        if is_marked(wanted) {
            return Some("what it compares with".to_owned());
        }
        let whole = |all: &[Exchange], look: &dyn Fn(&TakenOf) -> Option<String>| {
            all.iter().filter_map(|one| self.of(one)).find_map(look)
        };
        // with `times` or by name, an expectation looks beyond its own turn
        let all: &[Exchange] = match kind.name {
            "throttles" | "same-as" | "request" => &seen.all,
            _ => &seen.exchanges,
        };
        match reads(kind, wanted) {
            Reads::Plain => None,
            Reads::Paths => whole(all, &|one| one.path.then(|| PATH.to_owned())),
            Reads::Fields(names) => whole(all, &|one| field(one, &names)),
            Reads::Members(members, fields) => {
                if !fields.is_empty() && seen.results.values().any(is_marked) {
                    return Some("where the walk ended".to_owned());
                }
                let last = seen.last_exchange()?;
                let one = self.of(last)?;
                if let Some(what) = field(one, &fields) {
                    return Some(what);
                }
                if !one.content || members.is_empty() {
                    return None;
                }
                let bytes = last.answer.response()?.body.bytes();
                let json: Option<Value> = serde_json::from_slice(bytes).ok();
                let Some(json) = json.filter(|_| one.same_json) else {
                    return Some("the content of the answer".to_owned());
                };
                let is_there = |test: &Value| test == "present" || test == "absent";
                let mut lost = members.iter().filter(|(pointer, test)| {
                    !is_there(test) && json.pointer(pointer).is_some_and(is_marked)
                });
                lost.next().map(|(pointer, _)| {
                    format!("`{}` of the answer", pointer.trim_start_matches('/'))
                })
            }
            Reads::Answers => whole(all, &|one| {
                let of = [(one.content, "the content of an answer"), (one.path, PATH)];
                let lost = of.iter().find(|(lost, _)| *lost);
                lost.map(|(_, what)| (*what).to_owned())
                    .or_else(|| field(one, &["location", "refresh", "content-type"]))
            }),
            Reads::Requests(wanted) => {
                let at_provider = |one: &&Exchange| {
                    matches!(one.hop, Hop::TargetToProvider | Hop::BrowserToProvider)
                };
                let requests = all.iter().filter(at_provider);
                requests
                    .filter_map(|one| Some((one, self.of(one)?)))
                    .find_map(|(one, lost)| of_request(one, lost, wanted))
            }
            Reads::All => {
                let beside = seen.results.values().any(is_marked) || !seen.codes.is_empty();
                let beside = beside.then(|| "what the step gave".to_owned());
                let everywhere: &[Exchange] = if seen.all.is_empty() { all } else { &seen.all };
                beside.or_else(|| whole(everywhere, &anything))
            }
        }
    }
}

fn field(one: &TakenOf, names: &[&str]) -> Option<String> {
    // what a browser lets a page read depends on what that page is
    if names.contains(&"access-control-allow-origin")
        && one.request_fields.iter().any(|lost| lost == "origin")
    {
        return Some("the field origin of a request".to_owned());
    }
    let mut names = names.iter();
    let name = names.find(|name| {
        one.fields
            .iter()
            .any(|lost| lost.eq_ignore_ascii_case(name))
    })?;
    Some(format!("the field {name} of an answer"))
}

/// What of a request is lost that is asked for: a parameter or field by its name.
fn of_request(exchange: &Exchange, lost: &TakenOf, wanted: &Value) -> Option<String> {
    if lost.path {
        return Some(PATH.to_owned());
    }
    // by its answer a pushed request is found again
    if lost.content && !lost.same_json {
        return Some("the content of an answer".to_owned());
    }
    if wanted.get("json").is_some() && lost.request_content {
        return Some("the content of a request".to_owned());
    }
    if wanted.get("certificate").is_some() {
        return Some("which certificate a request showed".to_owned());
    }
    let request = &exchange.request;
    let body = String::from_utf8_lossy(&request.body);
    // the authorization endpoint takes its parameters either way, and pushed ones count as its own
    let names: Vec<&str> = ["query", "address", "form"]
        .into_iter()
        .flat_map(|part| keys(wanted.get(part).unwrap_or(&Value::Null)))
        .chain(["request_uri"])
        .collect();
    for (taken, same, text, what) in [
        (
            lost.query,
            lost.same_query,
            request.query(),
            "the query of a request",
        ),
        (
            lost.request_content,
            lost.same_form,
            &body,
            "the content of a request",
        ),
    ] {
        if !taken {
            continue;
        }
        if !same {
            return Some(what.to_owned());
        }
        let pairs = form::parse(text);
        let is_lost = |(name, value): &&(String, String)| {
            names.contains(&name.as_str()) && value.contains(MARK)
        };
        if let Some((name, _)) = pairs.iter().find(is_lost) {
            return Some(format!("the parameter {name} of a request"));
        }
    }
    let mut fields = keys(wanted.get("header").unwrap_or(&Value::Null));
    if wanted.get("basic").is_some() {
        fields.push("authorization");
    }
    let is_lost = |name: &&str| {
        let mut all = lost.request_fields.iter();
        all.any(|one| one.eq_ignore_ascii_case(name))
    };
    let name = fields.iter().find(|name| is_lost(name))?;
    Some(format!("the field {name} of a request"))
}

fn any_field(lost: &[String], of: &str) -> Option<String> {
    lost.first().map(|name| format!("the field {name} of {of}"))
}

fn anything(one: &TakenOf) -> Option<String> {
    let flags = [
        (one.path, PATH),
        (one.query, "the query of a request"),
        (one.request_content, "the content of a request"),
        (one.content, "the content of an answer"),
    ];
    let flag = flags.iter().find(|(taken, _)| *taken);
    flag.map(|(_, what)| (*what).to_owned())
        .or_else(|| any_field(&one.request_fields, "a request"))
        .or_else(|| any_field(&one.fields, "an answer"))
}

/// Whether something was taken out of a text inside.
pub fn is_marked(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(MARK) || text.contains('\u{fffd}'),
        Value::Array(all) => all.iter().any(is_marked),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains(MARK) || is_marked(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
