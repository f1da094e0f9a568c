//! `request`: what the requests of a client at our provider carry. It speaks of every such request; where none came,
//! nothing is said.

mod spoilt;

use serde_json::{Value, json};

use super::evidence::call::{endpoints, form, is_at, query};
use super::value::{check, check_members, named};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::model::{Answer, Exchange, Header, Hop, Request};
use crate::source::shape::{Field, Shape};
use crate::wire::basic::{self, BasicError};

pub(super) const KIND: Kind = Kind {
    name: "request",
    doc: "Every request of the target, or of a browser that it sent, at an endpoint of the provider.",
    shape: Shape::Map(&[
        Field::required("at", Shape::Word(endpoints), "The endpoint."),
        Field::new(
            "query",
            Shape::MapOf(&value::SHAPE),
            "Parameters of the query; at `authorize` also of a form.",
        ),
        Field::new(
            "address",
            Shape::MapOf(&value::SHAPE),
            "Parameters of the query as it came: without those that were pushed.",
        ),
        Field::new(
            "form",
            Shape::MapOf(&value::SHAPE),
            "Parameters of the form in the content.",
        ),
        Field::new("header", Shape::MapOf(&value::SHAPE), "Fields by name."),
        Field::new(
            "json",
            Shape::MapOf(&value::SHAPE),
            "Members of the JSON object in the content.",
        ),
        Field::new("method", value::SHAPE, "The method."),
        Field::new("path", value::SHAPE, "The path, without the query."),
        Field::new(
            "certificate",
            Shape::Word(certificates),
            "Which client certificate the connection showed.",
        ),
        Field::new(
            "basic",
            Shape::Word(basic_rules),
            "What a Basic credential must be, where one is sent.",
        ),
        Field::new(
            "repeats",
            Shape::Word(nothing),
            "Which parameters stand twice; `resource` and `audience` may.",
        ),
    ]),
    scope: Scope::Any,
    examine,
    spoil: spoilt::spoil,
    examples,
};

fn basic_rules() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "encoded",
            "Base64 of text with a colon (RFC 7617 section 2).",
        ),
        ("printable", "Without control characters."),
    ]
}

fn certificates() -> Vec<(&'static str, &'static str)> {
    vec![(
        "of-the-token-request",
        "That of the token request before it, which showed one.",
    )]
}

/// The thumbprint of the certificate that a request showed.
fn certificate(request: &Request) -> Option<&str> {
    request.shown.named().map(|one| one.thumbprint.as_str())
}

fn nothing() -> Vec<(&'static str, &'static str)> {
    vec![("nothing", "None stands twice.")]
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let at = wanted.get("at").and_then(Value::as_str).unwrap_or_default();
    let mut requests = seen
        .exchanges
        .iter()
        .filter(|exchange| is_at(exchange, at))
        .peekable();
    if requests.peek().is_none() {
        return Err(Miss::Unknown(format!(
            "no request came to the {at} endpoint"
        )));
    }
    let last = seen.exchanges.iter().rfind(|one| is_at(one, "token"));
    let of_token = last.and_then(|one| certificate(&one.request));
    if wanted.get("certificate").is_some() && of_token.is_none() {
        let why = "no token request showed a client certificate";
        return Err(Miss::unknown(why));
    }
    requests.try_for_each(|exchange| {
        let own = certificate(&exchange.request);
        if wanted.get("certificate").is_some() && own != of_token {
            let expected = format!("every {at} request shows the certificate of the token request");
            let actual = own.map_or("one shows none", |_| "one shows another");
            return Err(Miss::shown_by(vec![exchange.seq], expected, actual));
        }
        check_request(wanted, at, &exchange.request, seen).map_err(|(part, expected, actual)| {
            Miss::shown_by(
                vec![exchange.seq],
                format!("every {at} request has a {part} with {expected}"),
                format!("one has a {part} with {actual}"),
            )
        })
    })
}

fn check_request(
    wanted: &Value,
    at: &str,
    request: &Request,
    seen: &Seen<'_>,
) -> Result<(), (&'static str, String, String)> {
    let part = |name: &'static str, of: &dyn Fn(&str) -> Option<Value>| {
        let wanted = wanted.get(name).unwrap_or(&Value::Null);
        check_members(wanted, of).map_err(|(expected, actual)| (name, expected, actual))
    };
    let form = form(request);
    let address = query(request);
    let mut query = address.clone();
    // the authorization endpoint takes its parameters either way (OpenID Connect Core section 3.1.2.1)
    if at == "authorize" {
        query.extend(form.iter().cloned());
        query.extend(pushed(&query, seen));
    }
    part("query", &|name| named(&query, name))?;
    part("address", &|name| named(&address, name))?;
    part("form", &|name| named(&form, name))?;
    part("header", &|name| header(request, name))?;
    if wanted.get("json").is_some() {
        let object = crate::wire::json::parse_lenient(&request.body).unwrap_or_default();
        part("json", &|name| object.get(name).cloned())?;
    }
    if let Some(path) = wanted.get("path") {
        check(path, Some(&Value::from(request.path())))
            .map_err(|expected| ("path", expected, request.path().to_owned()))?;
    }
    let rule = wanted.get("basic").and_then(Value::as_str);
    if let Some(wrong) = rule.and_then(|rule| basic(request, rule)) {
        return Err((
            "credential",
            "Base64 of text with a colon, without control characters".to_owned(),
            format!("another form: {wrong}"),
        ));
    }
    if let Some(method) = wanted.get("method") {
        check(method, Some(&Value::from(request.method.as_str())))
            .map_err(|expected| ("method", expected, request.method.clone()))?;
    }
    match wanted.get("repeats").and_then(|_| twice(&[query, form])) {
        Some(name) => Err((
            "list of parameters",
            "none twice".to_owned(),
            format!("{name} twice"),
        )),
        None => Ok(()),
    }
}

/// The parameters that were pushed under the URI of the request (RFC 9126), but for those that it names itself.
fn pushed(query: &[(String, String)], seen: &Seen<'_>) -> Vec<(String, String)> {
    let named = |name: &str| query.iter().find(|(known, _)| known == name);
    let Some((_, uri)) = named("request_uri") else {
        return Vec::new();
    };
    let answered = |exchange: &&Exchange| match &exchange.answer {
        Answer::Response(response) => crate::wire::json::parse_lenient(response.body.bytes())
            .is_some_and(|body| body["request_uri"] == uri.as_str()),
        _ => false,
    };
    let mut pushes = seen.all.iter().filter(|exchange| is_at(exchange, "par"));
    let push = pushes.find(answered);
    let pairs = push
        .map(|exchange| form(&exchange.request))
        .unwrap_or_default();
    pairs
        .into_iter()
        .filter(|(name, _)| named(name).is_none())
        .collect()
}

/// A parameter that stands twice in the query or in the form (RFC 6749 section 3.1). RFC 8707 and RFC 8693 let two be
/// repeated.
fn twice(parts: &[Vec<(String, String)>]) -> Option<String> {
    parts.iter().find_map(|pairs| {
        let names = || pairs.iter().map(|(name, _)| name.as_str());
        let free = |name: &str| matches!(name, "resource" | "audience");
        names()
            .find(|name| !free(name) && names().filter(|other| other == name).count() > 1)
            .map(str::to_owned)
    })
}

/// What is wrong with a Basic credential by this rule.
fn basic(request: &Request, rule: &str) -> Option<BasicError> {
    let mut fields = request.header("authorization");
    let wrong = fields.find_map(|field| basic::decode(field).err())?;
    let told = match wrong {
        BasicError::OtherScheme => false,
        BasicError::ControlCharacter => rule == "printable",
        BasicError::Empty | BasicError::NotBase64 | BasicError::NoColon => rule == "encoded",
    };
    told.then_some(wrong)
}

fn header(request: &Request, name: &str) -> Option<Value> {
    let pairs: Vec<(String, String)> = request
        .header(name)
        .map(|value| (name.to_owned(), String::from_utf8_lossy(value).into_owned()))
        .collect();
    named(&pairs, name)
}

fn examples() -> Vec<Example> {
    let browser = |target| super::sample::call(Hop::BrowserToProvider, "alice", "GET", target, "");
    let mut token = super::sample::call(
        Hop::TargetToProvider,
        "honest",
        "POST",
        "/s/token",
        "code=c",
    );
    token
        .request
        .headers
        .push(Header::new("Authorization", "Basic YTpi"));
    vec![
        Example {
            argument: json!({ "at": "token", "method": "POST", "repeats": "nothing" }),
            seen: super::sample::heard(vec![token.clone()]),
        },
        Example {
            argument: json!({ "at": "token", "basic": "encoded" }),
            seen: super::sample::heard(vec![token.clone()]),
        },
        Example {
            argument: json!({ "at": "token", "basic": "printable" }),
            seen: super::sample::heard(vec![token.clone()]),
        },
        Example {
            argument: json!({ "at": "authorize", "query": { "code_challenge_method": "S256" } }),
            seen: super::sample::heard(vec![
                browser("/s/authorize?code_challenge_method=S256"),
                browser("/s/login"),
                browser("/s/authorize?code_challenge_method=S256&state=x"),
            ]),
        },
        Example {
            argument: json!({ "at": "authorize", "address": { "dpop_jkt": "absent" } }),
            seen: super::sample::heard(vec![browser("/s/authorize?request_uri=x")]),
        },
        Example {
            argument: json!({ "at": "token", "form": { "client_secret": "absent" }, "header": { "authorization": { "matches": "Basic .*" } } }),
            seen: super::sample::heard(vec![token]),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::super::sample::{call, heard};
    use super::*;

    #[test]
    fn every_request_counts_and_none_is_unknown() {
        let authorize = |target| call(Hop::BrowserToProvider, "alice", "GET", target, "");
        let wanted = json!({ "at": "authorize", "query": { "state": "present" } });
        let posted = call(
            Hop::BrowserToProvider,
            "alice",
            "POST",
            "/authorize",
            "state=x",
        );
        for (exchanges, met) in [
            (vec![authorize("/authorize?state=x")], Some(true)),
            (vec![posted], Some(true)),
            (
                vec![authorize("/authorize?state=x"), authorize("/authorize")],
                Some(false),
            ),
            (vec![authorize("/other?state=x")], None),
        ] {
            let found = match examine(&wanted, &heard(exchanges)) {
                Ok(()) => Some(true),
                Err(Miss::Finding { .. }) => Some(false),
                Err(Miss::Unknown(_)) => None,
            };
            assert_eq!(found, met);
        }
    }
}
