//! Where authspec's provider listens, and what the target asks it.

use serde_json::{Map, Value};

use crate::source::Node;
use crate::source::shape::{Field, Shape};
use crate::suite::template::Template;

use super::read::{Reader, flag, text};

/// Where authspec's provider listens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderAt {
    /// Address; none: loopback, any port.
    pub listen: Option<String>,
    /// Issuer identifier, for targets configured beforehand.
    pub issuer: Option<String>,
    /// It speaks TLS.
    pub tls: bool,
    /// The second issuer's identifier ends with a slash.
    pub slash: bool,
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
    Shape::Either(&[Shape::Bool, Shape::Map(ASKS)]),
    "The target asks authspec's provider about opaque tokens (RFC 7662).",
);

const ASKS: &[Field] = &[Field::new(
    "claims",
    Shape::MapOf(&Shape::Any),
    "Members that the answer about a good token holds, such as `aud` and `scope`; iss, sub, iat and exp are added.",
)];

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
        "tls",
        Shape::Bool,
        "It speaks TLS, under a certificate of an authority made for the run; `start:` hands its file on as `${provider.ca-file}`, in SSL_CERT_FILE, NODE_EXTRA_CA_CERTS or REQUESTS_CA_BUNDLE for instance.",
    ),
    Field::new(
        "slash",
        Shape::Bool,
        "The second issuer's identifier ends with a slash, as those of some providers do.",
    ),
    Field::new(
        "reaches-listener",
        Shape::Bool,
        "The target can reach authspec: silence there means something.",
    ),
];

impl Reader<'_> {
    /// What a good introspection answer holds; none where the target doesn't ask.
    pub(super) fn asks_introspection(&mut self, node: Option<&Node>) -> Option<Template> {
        let node = node.filter(|node| node.as_bool() != Some(false))?;
        let none = Template::Plain(Value::Object(Map::new()));
        Some(
            node.get("claims")
                .map_or(none, |claims| Template::compile(claims, &mut self.errors)),
        )
    }
}

pub(super) fn provider(node: Option<&Node>) -> ProviderAt {
    ProviderAt {
        listen: node.and_then(|node| text(node, "listen")),
        issuer: node.and_then(|node| text(node, "issuer")),
        tls: node.is_some_and(|node| flag(node, "tls")),
        slash: node.is_some_and(|node| flag(node, "slash")),
        reaches_listener: node.is_some_and(|node| flag(node, "reaches-listener")),
    }
}
