//! How the target is launched, and whose certificates count there.

use std::time::Duration;

use crate::source::Node;
use crate::source::shape::{Field, Shape, duration};
use crate::suite::template::Template;

use super::certificate::{CLIENT_CERTIFICATE, OTHER_CERTIFICATE};
use super::endpoint::Endpoint;
use super::read::{Reader, text};

/// How the target is launched.
#[derive(Clone, Debug)]
pub struct Start {
    /// Program and arguments.
    pub command: Vec<Template>,
    /// Environment beside PATH, HOME, TMPDIR and LANG.
    pub env: Vec<(String, Template)>,
    /// Working directory.
    pub directory: Option<String>,
    /// It is ready once this is answered.
    pub ready: Endpoint,
    /// Within this time.
    pub within: Duration,
}

pub(super) const START_KEY: Field = Field::new(
    "start",
    Shape::Map(START),
    "How authspec launches the target.",
);

pub(super) const TLS_KEY: Field = Field::new("tls", Shape::Map(TLS), "TLS of the target.");

const START: &[Field] = &[
    Field::required(
        "command",
        Shape::List(&Shape::Text),
        "Program and arguments; no shell.",
    ),
    Field::new(
        "env",
        Shape::MapOf(&Shape::Scalar),
        "Environment; `${port}`, `${provider.issuer}` and the like stand for ours.",
    ),
    Field::new("directory", Shape::Text, "Working directory."),
    Field::new(
        "ready",
        Shape::Text,
        "It is ready once this is answered: `GET /`.",
    ),
    Field::new("within", Shape::Duration, "Within this time: 20s."),
];

const TLS: &[Field] = &[
    Field::new(
        "ca",
        Shape::Text,
        "PEM file of a private certificate authority.",
    ),
    Field::new(
        "origin",
        Shape::Text,
        "Origin of the same API over TLS, where the target itself is asked without.",
    ),
    CLIENT_CERTIFICATE,
    OTHER_CERTIFICATE,
];

impl Reader<'_> {
    pub(super) fn start(&mut self, node: &Node) -> Option<Start> {
        let command = node
            .get("command")
            .and_then(Node::as_list)
            .unwrap_or_default();
        if command.is_empty() {
            self.error(
                "no-command",
                node,
                "`command` is a list: the program, then its arguments",
            );
        }
        let ready = match node.get("ready") {
            Some(ready) => self.endpoint(ready)?,
            None => self.located(node, "GET", "/")?,
        };
        let env = node.get("env").and_then(Node::as_map).unwrap_or_default();
        Some(Start {
            command: command
                .iter()
                .map(|one| Template::compile(one, &mut self.errors))
                .collect(),
            env: env
                .iter()
                .map(|(key, value)| (key.text.clone(), Template::compile(value, &mut self.errors)))
                .collect(),
            directory: text(node, "directory"),
            ready,
            within: text(node, "within")
                .and_then(|span| duration(&span))
                .unwrap_or(Duration::from_secs(20)),
        })
    }
}
