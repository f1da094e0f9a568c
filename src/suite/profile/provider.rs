//! Where authspec's provider listens, and what the target asks it.

use crate::source::Node;
use crate::source::shape::{Field, Shape};

use super::read::{flag, text};

/// Where authspec's provider listens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderAt {
    /// Address; none: loopback, any port.
    pub listen: Option<String>,
    /// Issuer identifier, for targets configured beforehand.
    pub issuer: Option<String>,
    /// The target reaches our listener.
    pub reaches_listener: bool,
}

pub(super) const PROVIDER_KEY: Field = Field::new(
    "provider",
    Shape::Map(PROVIDER),
    "Where authspec's provider listens.",
);

pub(super) const ASKS_INTROSPECTION_KEY: Field = Field::new(
    "asks-introspection",
    Shape::Bool,
    "The target asks authspec's provider about opaque tokens.",
);

const PROVIDER: &[Field] = &[
    Field::new(
        "listen",
        Shape::Text,
        "Address and port; loopback and any port if unsaid.",
    ),
    Field::new(
        "issuer",
        Shape::Text,
        "Issuer identifier, for targets that were configured beforehand.",
    ),
    Field::new(
        "reaches-listener",
        Shape::Bool,
        "The target can reach authspec: silence there means something.",
    ),
];

pub(super) fn provider(node: Option<&Node>) -> ProviderAt {
    ProviderAt {
        listen: node.and_then(|node| text(node, "listen")),
        issuer: node.and_then(|node| text(node, "issuer")),
        reaches_listener: node.is_some_and(|node| flag(node, "reaches-listener")),
    }
}
