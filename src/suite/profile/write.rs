//! The guarded request that writes, and where its effect shows.

use crate::source::Node;
use crate::source::shape::{Field, Shape};
use crate::suite::template::Template;

use super::endpoint::{ENDPOINT, Endpoint};
use super::read::{Reader, pairs, text};

/// A request that writes, and the one that shows it.
#[derive(Clone, Debug)]
pub struct GuardedWrite {
    /// What is asked.
    pub endpoint: Endpoint,
    /// The content, `${marker}` inside.
    pub content: Template,
    /// Media type of the content.
    pub media_type: String,
    /// Where the marker shows.
    pub seen_at: Endpoint,
}

pub(super) const GUARDED_WRITE_KEY: Field = Field::new(
    "guarded-write",
    Shape::Map(WRITE),
    "A guarded request that writes, and where its effect shows.",
);

const WRITE: &[Field] = &[
    Field::required(
        "send",
        Shape::Map(WRITE_SEND),
        "The request; `${marker}` stands for text that shows the effect.",
    ),
    Field::required("seen-at", ENDPOINT, "Where the marker shows."),
];

const WRITE_SEND: &[Field] = &[
    Field::new("method", Shape::Text, "POST if unsaid."),
    Field::required("path", Shape::Text, "Path and query."),
    Field::new(
        "header",
        Shape::MapOf(&Shape::Scalar),
        "Fields that every request needs.",
    ),
    Field::new("json", Shape::Any, "A JSON body."),
    Field::new("form", Shape::MapOf(&Shape::Scalar), "A form body."),
];

impl Reader<'_> {
    pub(super) fn write(&mut self, node: &Node) -> Option<GuardedWrite> {
        let send = node.get("send")?;
        let method = text(send, "method").unwrap_or_else(|| "POST".to_owned());
        let mut endpoint = self.located(send, &method, &text(send, "path")?)?;
        endpoint.headers = pairs(send.get("header"));
        let (content, media_type) = match (send.get("json"), send.get("form")) {
            (Some(json), _) => (json, "application/json"),
            (None, Some(form)) => (form, "application/x-www-form-urlencoded"),
            (None, None) => (send.get("path")?, "text/plain"),
        };
        let content = Template::compile(content, &mut self.errors);
        let seen_at = self.endpoint(node.get("seen-at")?)?;
        Some(GuardedWrite {
            endpoint,
            content,
            media_type: media_type.to_owned(),
            seen_at,
        })
    }
}
