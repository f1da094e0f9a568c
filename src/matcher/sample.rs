//! Small evidence for the examples of matchers.

use std::borrow::Cow;
use std::time::Duration;

use super::Seen;
use crate::model::{Answer, Exchange, Header, Hop, Moment, Origin, Request, Response};

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
