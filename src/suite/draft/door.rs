//! A guarded operation as a line of `guarded:`.

use std::collections::BTreeSet;

use crate::model::Origin;
use crate::suite::profile::name_of;
use crate::wire::openapi::{Carrier, Operation, Server};

use super::credential::Credentials;
use super::page::{env, quoted, value, variable};
use super::place::Located;
use super::way::{Say, Way, Ways};

/// Names that endpoints have, each once.
pub(super) struct Names {
    base: String,
    taken: BTreeSet<String>,
}

impl Names {
    /// None yet; every path stands behind the base.
    pub(super) fn new(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            taken: BTreeSet::new(),
        }
    }

    /// A name for an operation, and whether it is the one that it would have by itself.
    fn of(&mut self, operation: &Operation, target: &str) -> (String, bool) {
        let own = own_name(&self.base, target);
        if self.taken.insert(own.clone()) {
            return (own, true);
        }
        let of_id = operation.id.as_deref().map(sanitized);
        let long = sanitized(&format!(
            "{}{target}",
            operation.method.to_ascii_lowercase()
        ));
        let candidates = of_id.into_iter().chain([long.clone()]);
        let numbered = (2..).map(|number| format!("{long}-{number}"));
        for name in candidates.chain(numbered) {
            if !name.is_empty() && self.taken.insert(name.clone()) {
                return (name, false);
            }
        }
        (long, false)
    }
}

/// The name that an endpoint has by itself.
fn own_name(base: &str, target: &str) -> String {
    let path = match Origin::parse(target) {
        Ok((_, url)) => url.path().to_owned(),
        Err(_) => format!("{base}{target}"),
    };
    name_of(&path)
}

fn sanitized(text: &str) -> String {
    let mut out = String::new();
    for one in text.chars() {
        if one.is_ascii_alphanumeric() {
            out.push(one);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// Path and query of an operation, and the fields that it needs: filled in, or as described.
pub(super) fn asked(operation: &Operation, origin: &str) -> (String, Vec<(String, String)>) {
    let (target, headers) = match &operation.filled {
        Ok(filled) => (filled.target.clone(), filled.headers.clone()),
        Err(_) => (described(&operation.path), Vec::new()),
    };
    let place = match &operation.server {
        None => String::new(),
        Some(Server::Absolute(url)) => url.trim_end_matches('/').to_owned(),
        Some(Server::Relative(path)) => format!("{origin}{}", path.trim_end_matches('/')),
    };
    (format!("{place}{target}"), headers)
}

/// A path as described, where it can stand in a profile.
fn described(path: &str) -> String {
    path.replace(['\\', ' ', '\r', '\n', '\t'], "%20")
}

/// The line, without the dash before it.
pub(super) fn line(
    operation: &Operation,
    way: &Way,
    ways: &Ways,
    credentials: &Credentials<'_>,
    located: &Located,
    names: &mut Names,
) -> String {
    let (mut target, headers) = asked(operation, &located.origin);
    let mut fields: Vec<(String, String)> = headers
        .into_iter()
        .map(|(name, text)| (name, quoted(&text)))
        .collect();
    for name in &way.beside {
        let Some(Say::Key {
            carrier,
            name: field,
            prefix,
        }) = ways.said.get(name)
        else {
            continue;
        };
        let text = format!("{prefix}${{env.{}}}", variable(name));
        match carrier {
            Carrier::Header => fields.push((field.clone(), quoted(&text))),
            Carrier::Cookie => {
                fields.push(("Cookie".to_owned(), quoted(&format!("{field}={text}"))))
            }
            Carrier::Query => {
                let mark = if target.contains('?') { '&' } else { '?' };
                target = format!("{target}{mark}{field}={text}");
            }
        }
    }
    let (name, by_itself) = names.of(operation, &target);
    let how = how(way, ways, credentials);
    if by_itself && fields.is_empty() && how.is_empty() {
        return short(&operation.method, &target);
    }
    let mut parts = Vec::new();
    if !by_itself {
        parts.push(format!("name: {}", value(&name)));
    }
    if operation.method != "GET" {
        parts.push(format!("method: {}", operation.method));
    }
    parts.push(format!("path: {}", value(&target)));
    parts.extend(how);
    if !fields.is_empty() {
        let fields: Vec<String> = joined(fields)
            .into_iter()
            .map(|(name, text)| format!("{}: {text}", value(&name)))
            .collect();
        parts.push(format!("header: {{ {} }}", fields.join(", ")));
    }
    format!("{{ {} }}", parts.join(", "))
}

/// `GET /orders`, in quotes where it needs them.
pub(super) fn short(method: &str, target: &str) -> String {
    let plain = |one: char| one.is_ascii_alphanumeric() || "/._~=+-?&%{},@!*;$()".contains(one);
    if target.starts_with('/') && target.chars().all(plain) {
        format!("{method} {target}")
    } else {
        quoted(&format!("{method} {target}"))
    }
}

/// One Cookie field, whatever goes into it; of other fields the first.
fn joined(fields: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for (name, text) in fields {
        match all
            .iter_mut()
            .find(|(one, _)| one.eq_ignore_ascii_case(&name))
        {
            Some((_, before)) if name == "Cookie" => {
                let more = text.trim_start_matches('"');
                *before = format!("{}; {more}", before.trim_end_matches('"'));
            }
            Some(_) => {}
            None => all.push((name, text)),
        }
    }
    all
}

/// What an endpoint says of its credential; nothing where the profile's is taken in the standard form.
fn how(way: &Way, ways: &Ways, credentials: &Credentials<'_>) -> Vec<String> {
    let scheme = |word: &str| format!("scheme: {word}");
    let profile_has = credentials.token == Some(way.main.as_str());
    match ways.said.get(&way.main) {
        Some(Say::Basic) if credentials.are_two() => vec![scheme("basic")],
        Some(Say::Bearer) if profile_has && credentials.are_two() => vec![scheme("bearer")],
        Some(Say::Bearer) if !profile_has => {
            let text = format!("Bearer ${{env.{}}}", variable(&way.main));
            vec![
                scheme("bearer"),
                format!("credential: {{ value: {} }}", quoted(&text)),
            ]
        }
        Some(Say::Key {
            carrier,
            name,
            prefix,
        }) => {
            let text = if profile_has && prefix.is_empty() {
                "\"${credential}\"".to_owned()
            } else if profile_has {
                quoted(&format!("{prefix}${{credential}}"))
            } else if prefix.is_empty() {
                env(&variable(&way.main))
            } else {
                quoted(&format!("{prefix}${{env.{}}}", variable(&way.main)))
            };
            let standard =
                *carrier == Carrier::Header && name.eq_ignore_ascii_case("authorization");
            let place = match carrier {
                Carrier::Header if standard => String::new(),
                Carrier::Header => format!("name: {}, ", value(name)),
                Carrier::Query => format!("in: query, name: {}, ", value(name)),
                Carrier::Cookie => format!("in: cookie, name: {}, ", value(name)),
            };
            let form = format!("credential: {{ {place}value: {text} }}");
            // what stands in Authorization is by no means a bearer token
            let own = standard.then(|| scheme("own"));
            own.into_iter().chain([form]).collect()
        }
        _ => Vec::new(),
    }
}
