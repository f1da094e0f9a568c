//! Requests that break what is wanted of them, one part each.

use serde_json::Value;

use super::super::Seen;
use super::super::evidence::call::{form, is_at, query};
use super::super::value::spoilt_text;
use crate::model::{Header, Shown};

pub(super) fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let at = wanted.get("at").and_then(Value::as_str).unwrap_or_default();
    let members = |part: &str| {
        wanted
            .get(part)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
    };
    for exchange in seen
        .exchanges
        .to_mut()
        .iter_mut()
        .filter(|exchange| is_at(exchange, at))
    {
        let request = &mut exchange.request;
        let (mut query, mut form) = (query(request), form(request));
        for (name, wanted) in members("query").chain(members("address")) {
            query.retain(|(key, _)| key != name);
            form.retain(|(key, _)| key != name);
            query.extend(spoilt_text(wanted).map(|value| (name.clone(), value)));
        }
        if members("form").next().is_some() {
            let name = "Content-Type";
            request
                .headers
                .retain(|header| !header.name.eq_ignore_ascii_case(name));
            let form = "application/x-www-form-urlencoded";
            request.headers.push(Header::new(name, form));
        }
        for (name, wanted) in members("form") {
            form.retain(|(key, _)| key != name);
            form.extend(spoilt_text(wanted).map(|value| (name.clone(), value)));
        }
        if wanted.get("certificate").is_some() {
            request.shown = Shown::Nothing;
        }
        if let Some(method) = wanted.get("method").and_then(spoilt_text) {
            request.method = method;
        }
        if wanted.get("repeats").is_some() {
            query.extend([("a", "1"), ("a", "2")].map(|(k, v)| (k.to_owned(), v.to_owned())));
        }
        if let Some(rule) = wanted.get("basic") {
            let field = if rule == "printable" {
                "Basic YTpiCg=="
            } else {
                "Basic YTpi-"
            };
            request
                .headers
                .retain(|header| !header.name.eq_ignore_ascii_case("authorization"));
            request.headers.push(Header::new("Authorization", field));
        }
        for (name, wanted) in members("header") {
            request
                .headers
                .retain(|header| !header.name.eq_ignore_ascii_case(name));
            let value = spoilt_text(wanted).map(|value| Header::new(name, value));
            request.headers.extend(value);
        }
        if let Some(members) = wanted.get("json").and_then(Value::as_object) {
            let object = crate::wire::json::parse_lenient(&request.body);
            let mut object = object
                .and_then(|one| one.as_object().cloned())
                .unwrap_or_default();
            for (name, wanted) in members {
                object.shift_remove(name);
                object.extend(spoilt_text(wanted).map(|value| (name.clone(), Value::from(value))));
            }
            request.body = Value::Object(object).to_string().into_bytes();
            continue;
        }
        let path = match wanted.get("path") {
            // the endpoint is told by its last segment, or by its well-known one
            Some(_) if request.path().contains("/.well-known/") => format!("/x{}", request.path()),
            Some(_) => {
                let last = request.path().rsplit('/').next().unwrap_or_default();
                format!("/{last}")
            }
            None => request.path().to_owned(),
        };
        request.target = format!("{path}?{}", crate::wire::form::encode(&query));
        request.body = crate::wire::form::encode(&form).into_bytes();
    }
}
