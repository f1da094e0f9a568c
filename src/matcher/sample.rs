//! Small evidence for the examples of matchers.

use std::borrow::Cow;
use std::time::Duration;

use super::Seen;
use crate::model::{Answer, Body, Exchange, Header, Hop, Moment, Origin, Request, Response};

/// A GET of an example origin, answered like this.
pub(super) fn exchange(status: u16, headers: &[(&str, &str)], body: &str) -> Exchange {
    let origin = Origin {
        scheme: "https".to_owned(),
        host: "api.example".to_owned(),
        port: 443,
    };
    let headers = headers
        .iter()
        .map(|(name, value)| Header::new(*name, *value))
        .collect();
    Exchange {
        seq: 0,
        hop: Hop::HarnessToTarget,
        actor: "alice".to_owned(),
        step: 0,
        request: Request::new("GET", origin, "/orders"),
        answer: Answer::Response(Response::new(status, headers, body)),
        at: Moment::default(),
        took: Duration::ZERO,
    }
}

/// Evidence of a step with one exchange.
pub(super) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Seen<'static> {
    let exchanges = vec![exchange(status, headers, body)];
    Seen {
        exchanges: Cow::Owned(exchanges.clone()),
        all: Cow::Owned(exchanges),
        ..Seen::default()
    }
}

/// Replaces the content of the last answer.
pub(super) fn set_content(seen: &mut Seen<'_>, content: &str) {
    if let Some(response) = seen.last_mut() {
        response.body = Body::Whole(content.as_bytes().to_vec());
    }
}

/// Replaces a field of the last answer.
pub(super) fn set_field(seen: &mut Seen<'_>, name: &str, value: &str) {
    if let Some(response) = seen.last_mut() {
        response
            .headers
            .retain(|header| !header.name.eq_ignore_ascii_case(name));
        response.headers.push(Header::new(name, value));
    }
}

/// A request of a party at our provider or listener, answered with 200.
pub(super) fn call(hop: Hop, actor: &str, method: &str, target: &str, form: &str) -> Exchange {
    let origin = Origin {
        scheme: "http".to_owned(),
        host: "provider.example".to_owned(),
        port: 80,
    };
    let mut request = Request::new(method, origin, target);
    if !form.is_empty() {
        let kind = "application/x-www-form-urlencoded";
        request.headers.push(Header::new("Content-Type", kind));
        request.body = form.as_bytes().to_vec();
    }
    Exchange {
        hop,
        actor: actor.to_owned(),
        request,
        ..exchange(200, &[], "{}")
    }
}

/// Evidence of these exchanges, numbered, in a run in which the target was heard.
pub(super) fn heard(mut exchanges: Vec<Exchange>) -> Seen<'static> {
    for (seq, exchange) in (0..).zip(&mut exchanges) {
        exchange.seq = seq;
    }
    Seen {
        exchanges: Cow::Owned(exchanges.clone()),
        all: Cow::Owned(exchanges),
        ear_works: true,
        own_origins: Cow::Owned(vec!["https://api.example".to_owned()]),
        ..Seen::default()
    }
}
