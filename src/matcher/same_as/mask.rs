//! What is taken out of an answer before it is compared: what was sent and comes back, and moments in time.
//!
//! Two answers of one side may fall into one second, and those of the other side into the next; so a moment is
//! recognised by its looks, not by its change.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::Exchange;
use crate::wire::{basic, form};

/// Shorter texts would blank out common words.
const SHORTEST: usize = 3;

/// Whether what was sent is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Echo {
    Kept,
    TakenOut,
}

/// The text without moments in time and, if asked, without what the request held.
pub(super) fn text(text: &str, exchange: &Exchange, echo: Echo) -> String {
    let sent = if echo == Echo::TakenOut {
        sent(exchange)
    } else {
        Vec::new()
    };
    let masked = sent.iter().fold(text.to_owned(), |text, sent| {
        let escaped = sent
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        text.replace(sent, "«sent»").replace(&escaped, "«sent»")
    });
    moments(&masked)
}

/// What the request told the server, longest first.
fn sent(exchange: &Exchange) -> Vec<String> {
    let request = &exchange.request;
    let mut values: Vec<String> = Vec::new();
    for field in request.header("authorization") {
        if let Ok(credentials) = basic::decode(field) {
            values.extend(credentials.user_text().map(str::to_owned));
            values.extend(credentials.password_text().map(str::to_owned));
        }
    }
    let pairs = form::parse(request.query())
        .into_iter()
        .chain(form::parse(&String::from_utf8_lossy(&request.body)));
    values.extend(pairs.map(|(_, value)| value));
    values.retain(|value| value.len() >= SHORTEST);
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    values.dedup();
    values
}

/// Dates and times as JSON, HTTP and logs write them, seconds and milliseconds of this era, and UUIDs.
fn moments(text: &str) -> String {
    static READY: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        PATTERNS
            .iter()
            .filter_map(|pattern| Regex::new(pattern).ok())
            .collect()
    });
    READY.iter().fold(text.to_owned(), |text, pattern| {
        pattern.replace_all(&text, "«moment»").into_owned()
    })
}

const PATTERNS: &[&str] = &[
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}([.,]\d+)?(Z|[+-]\d{2}:?\d{2})?",
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? \d{1,2}[ -](Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ -]\d{2,4} \d{2}:\d{2}:\d{2}( GMT| UTC)?",
    r"\b\d{1,2}:\d{2}:\d{2}([.,]\d+)?\b",
    r"\b[12]\d{9}(\d{3})?([.]\d+)?\b",
    r"\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_read() {
        for pattern in PATTERNS {
            assert!(Regex::new(pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn moments_are_recognised_by_their_looks() {
        for (text, masked) in [
            (
                "\"timestamp\":\"2026-01-02T03:04:05.678+00:00\"",
                "\"timestamp\":\"«moment»\"",
            ),
            ("Fri, 02 Jan 2026 03:04:05 GMT", "«moment»"),
            ("at 1767323045123", "at «moment»"),
            ("order 17 of 2026", "order 17 of 2026"),
            ("6f1f7d2e-0a0b-4c4d-8e8f-001122334455.", "«moment»."),
        ] {
            assert_eq!(moments(text), masked);
        }
    }

    #[test]
    fn what_was_sent_is_taken_out() {
        let mut exchange = crate::matcher::sample::exchange(401, &[], "");
        let value = basic::encode("o'neil<1>", "hunter22");
        exchange
            .request
            .headers
            .push(crate::model::Header::new("Authorization", value));
        exchange.request.target = "/x?tenant=acme".to_owned();
        let masked = text("o'neil&lt;1&gt; of acme: no", &exchange, Echo::TakenOut);
        assert_eq!(masked, "«sent» of «sent»: no");
    }
}
