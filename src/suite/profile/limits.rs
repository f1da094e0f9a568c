//! What a run may do to the target, and how long things take there.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::{Effect, Origin};
use crate::source::Node;
use crate::source::shape::{Field, Shape, duration};
use crate::suite::expectation::one_or_many;

use super::Profile;
use super::read::{Reader, text};

/// Limits of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Cases in flight; none: 16 on loopback, 4 elsewhere.
    pub in_flight: Option<u32>,
    /// Requests per second; none: without bound on loopback, 10 elsewhere.
    pub per_second: Option<u32>,
    /// Total time of a case.
    pub case_time: Duration,
    /// Failed logins of a real account in a run, off loopback.
    pub failed_logins: u32,
}

pub(super) const DURATIONS_KEY: Field = Field::new(
    "durations",
    Shape::MapOf(&Shape::Duration),
    "Named durations: quiet, reuse-grace, key-set-cooldown, key-set-lifetime, revocation-seen, dpop-nonce-lifetime, access-token-lifetime, request-uri-lifetime, device-code-lifetime, refresh-token-lifetime.",
);

pub(super) const ALLOW_KEY: Field = Field::new(
    "allow",
    Shape::Many(&Shape::Word(effects)),
    "Effects that are allowed here.",
);

pub(super) const ALLOW_HOST_KEY: Field = Field::new(
    "allow-host",
    Shape::Many(&Shape::Text),
    "Hosts off loopback that you may audit.",
);

pub(super) const ALLOW_PLAIN_HTTP_KEY: Field = Field::new(
    "allow-plain-http",
    Shape::Bool,
    "Secrets may go over plain http to a host off loopback.",
);

pub(super) const ORIGINS_KEY: Field = Field::new(
    "origins",
    Shape::List(&Shape::Text),
    "Further origins that the target's pages live at.",
);

pub(super) const LIMITS_KEY: Field = Field::new("limits", Shape::Map(LIMITS), "Bounds of a run.");

const LIMITS: &[Field] = &[
    Field::new(
        "in-flight",
        Shape::Int,
        "Cases at the same time: 16 on loopback, 4 elsewhere.",
    ),
    Field::new(
        "per-second",
        Shape::Int,
        "Requests a second: 10 off loopback.",
    ),
    Field::new("case-time", Shape::Duration, "Total time of a case: 10s."),
    Field::new(
        "failed-logins",
        Shape::Int,
        "Failed logins of a real account in a run off loopback: 5.",
    ),
];

fn effects() -> Vec<(&'static str, &'static str)> {
    Effect::ALL
        .iter()
        .map(|effect| (effect.word(), ""))
        .collect()
}

impl Profile {
    /// A named duration; most have defaults. How long a target keeps key sets is anything from a minute to a day, and
    /// nobody knows it but its owner.
    pub fn duration(&self, name: &str) -> Option<Duration> {
        let default = match name {
            "quiet" => Some(Duration::from_millis(150)),
            "reuse-grace" => Some(Duration::ZERO),
            "key-set-cooldown" => Some(Duration::from_secs(30)),
            _ => None,
        };
        self.durations.get(name).copied().or(default)
    }
}

impl Reader<'_> {
    pub(super) fn origins(&mut self, node: Option<&Node>) -> Vec<Origin> {
        let mut origins = Vec::new();
        for node in node.into_iter().flat_map(one_or_many) {
            match Origin::parse(node.as_text().unwrap_or_default()) {
                Ok((origin, _)) => origins.push(origin),
                Err(why) => self.error("origin", node, format!("this is no origin: {why}")),
            }
        }
        origins
    }
}

pub(super) fn durations(node: Option<&Node>) -> BTreeMap<String, Duration> {
    let entries = node.and_then(Node::as_map).unwrap_or_default();
    entries
        .iter()
        .filter_map(|(key, value)| Some((key.text.clone(), duration(value.as_text()?)?)))
        .collect()
}

pub(super) fn limits(node: Option<&Node>) -> Limits {
    let number = |key: &str| {
        node.and_then(|node| node.get(key))
            .and_then(Node::as_int)
            .and_then(|one| u32::try_from(one).ok())
    };
    Limits {
        in_flight: number("in-flight"),
        per_second: number("per-second"),
        case_time: node
            .and_then(|node| text(node, "case-time"))
            .and_then(|span| duration(&span))
            .unwrap_or(Duration::from_secs(10)),
        failed_logins: number("failed-logins").unwrap_or(5),
    }
}
