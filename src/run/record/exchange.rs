//! An exchange, part by part.

use serde_json::Value;

use crate::exec::taken::MARK;
use crate::model::recorded::{Asked, Came, Content, Field, Kept, Part};
use crate::model::{Answer, Body, Exchange, Header, Request, Silence, Vault};
use crate::wire::form;
use crate::wire::json::{Limits, parse_strict};

use super::super::redact;
use super::nanoseconds;

/// Content beyond this is left out.
const MOST_CONTENT: usize = 64 * 1024;
/// Stands between parts that are redacted at once; no secret reaches over it.
const BETWEEN: char = '\u{1}';
pub(super) fn kept(exchange: &Exchange, vault: &Vault) -> Kept {
    Kept {
        hop: redact::hop(exchange.hop).to_owned(),
        actor: exchange.actor.clone(),
        step: exchange.step,
        at: nanoseconds(exchange.at),
        took: u64::try_from(exchange.took.as_nanos()).unwrap_or(u64::MAX),
        asked: asked(&exchange.request, vault),
        came: came(&exchange.answer, vault),
    }
}

/// Parts that are redacted at once.
struct Parts<'a> {
    vault: &'a Vault,
    texts: Vec<(String, bool)>,
}

impl<'a> Parts<'a> {
    const fn new(vault: &'a Vault) -> Self {
        Self {
            vault,
            texts: Vec::new(),
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes).replace(BETWEEN, "\u{fffd}");
        let lost = text.as_bytes() != bytes || text.contains(MARK);
        self.texts.push((text, lost));
    }

    fn add_content(&mut self, bytes: &[u8]) {
        match bytes.len() > MOST_CONTENT {
            true => self.add(redact::beginning(bytes, MOST_CONTENT, self.vault).as_bytes()),
            false => self.add(bytes),
        }
    }

    /// Each part as it may be shown, in the order in which they came.
    fn redacted(self) -> std::vec::IntoIter<Part> {
        let texts: Vec<&str> = self.texts.iter().map(|(text, _)| text.as_str()).collect();
        let joined = texts.join(&BETWEEN.to_string());
        let shown = redact::text(&joined, self.vault);
        let shown: Vec<&str> = shown.split(BETWEEN).collect();
        let pairs = self.texts.iter().zip(shown);
        let parts: Vec<Part> = pairs
            .map(|((text, lost), shown)| Part {
                text: shown.to_owned(),
                taken: *lost || text != shown,
            })
            .collect();
        parts.into_iter()
    }
}

fn add_fields(headers: &[Header], parts: &mut Parts<'_>) {
    for header in headers {
        parts.add(header.name.as_bytes());
        parts.add(&header.value);
    }
}

fn take_fields(count: usize, parts: &mut impl Iterator<Item = Part>) -> Vec<Field> {
    let mut fields = Vec::with_capacity(count);
    for _ in 0..count {
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else {
            break;
        };
        let taken = name.taken || value.taken;
        let text = value.text;
        fields.push((name.text, Part { text, taken }));
    }
    fields
}

fn content(bytes: &[u8], cut: Option<String>, part: Part) -> Content {
    let mut part = part;
    if bytes.len() > MOST_CONTENT {
        let more = bytes.len() - MOST_CONTENT;
        part.text.push_str(&format!("{MARK}{more} bytes more»"));
        part.taken = true;
    }
    let same_json = part.taken && same_json(bytes, part.text.as_bytes());
    let same_form = part.taken && same_form(&String::from_utf8_lossy(bytes), &part.text);
    Content {
        part,
        same_json,
        same_form,
        cut,
    }
}

/// Whether redaction left the JSON as it was but for texts with a mark, duplicates and syntax included.
fn same_json(before: &[u8], after: &[u8]) -> bool {
    let read = |bytes: &[u8]| parse_strict(bytes, Limits::default()).ok();
    match (read(before), read(after)) {
        (Some(before), Some(after)) => same(&before, &after),
        _ => false,
    }
}

/// Whether redaction left the parameters as they were but for values with a mark.
fn same_form(before: &str, after: &str) -> bool {
    let (before, after) = (form::parse(before), form::parse(after));
    let same = |((name, value), (other, left)): (&(String, String), &(String, String))| {
        let marked = left.contains(MARK) && !value.contains(MARK);
        name == other && (value == left || marked)
    };
    before.len() == after.len() && before.iter().zip(&after).all(same)
}

fn same(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::String(before), Value::String(after)) => {
            before == after || after.contains(MARK) && !before.contains(MARK)
        }
        (Value::Array(before), Value::Array(after)) => {
            let pairs = before.iter().zip(after);
            before.len() == after.len() && pairs.into_iter().all(|(one, other)| same(one, other))
        }
        (Value::Object(before), Value::Object(after)) => {
            let same = |(name, one)| after.get(name).is_some_and(|other| same(one, other));
            before.len() == after.len() && before.iter().all(same)
        }
        (before, after) => before == after,
    }
}

fn asked(request: &Request, vault: &Vault) -> Asked {
    let path = request.path();
    let mut parts = Parts::new(vault);
    parts.add(path.as_bytes());
    parts.add(&request.target.as_bytes()[path.len()..]);
    add_fields(&request.headers, &mut parts);
    parts.add_content(&request.body);
    let mut parts = parts.redacted();
    let origin = &request.origin;
    let path = parts.next().unwrap_or_default();
    let query = parts.next().unwrap_or_default();
    Asked {
        method: request.method.clone(),
        origin: (origin.scheme.clone(), origin.host.clone(), origin.port),
        path,
        same_query: same_form(
            request.query(),
            query.text.strip_prefix('?').unwrap_or_default(),
        ),
        query,
        fields: take_fields(request.headers.len(), &mut parts),
        content: content(&request.body, None, parts.next().unwrap_or_default()),
    }
}

fn came(answer: &Answer, vault: &Vault) -> Came {
    match answer {
        Answer::Response(response) => {
            let mut parts = Parts::new(vault);
            add_fields(&response.headers, &mut parts);
            let bytes = response.body.bytes();
            parts.add_content(bytes);
            let mut parts = parts.redacted();
            let fields = take_fields(response.headers.len(), &mut parts);
            let cut = match &response.body {
                Body::Whole(_) => None,
                Body::Cut(_, why) => Some(redact::text(why, vault)),
            };
            let content = content(bytes, cut, parts.next().unwrap_or_default());
            Came::Response(
                response.version.to_owned(),
                response.status,
                fields,
                content,
            )
        }
        Answer::Silence(silence) => {
            let (word, why) = match silence {
                Silence::Unreachable(why) => ("unreachable", why.as_str()),
                Silence::Closed(why) => ("closed", why.as_str()),
                Silence::TimedOut => ("timed-out", ""),
                Silence::NotSent => ("not-sent", ""),
                Silence::Malformed(why) => ("malformed", why.as_str()),
                Silence::Declined(why) => ("declined", why.as_str()),
            };
            Came::Silence(word.to_owned(), redact::text(why, vault))
        }
    }
}
