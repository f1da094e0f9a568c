//! The key that the valid token is bound to (RFC 9449), where authspec doesn't bind it itself.

use std::sync::Arc;

use crate::forge::Key;
use crate::source::Node;
use crate::source::shape::{Field, Shape};

use super::read::{Reader, text};

pub(super) const DPOP_KEY: Field = Field::new(
    "dpop",
    Shape::Map(PROOF_KEY),
    "The key that the valid token is bound to (RFC 9449); not needed where authspec signs the token.",
);

const PROOF_KEY: &[Field] = &[
    Field::new("pem", Shape::Text, "Private key as PEM."),
    Field::new("pem-file", Shape::Text, "File of the private key."),
    Field::new("jwk", Shape::Any, "Private key as JWK, a map or its text."),
    Field::new(
        "alg",
        Shape::Text,
        "ES256, RS256 ...; told by the key if unsaid.",
    ),
];

impl Reader<'_> {
    pub(super) fn proof_key(&mut self, node: &Node) -> Option<Arc<Key>> {
        let key = self.key(node, text(node, "alg").as_deref());
        let usable = key.and_then(|key| match key.public_jwk() {
            Some(_) => Ok(Arc::new(key)),
            None => Err("a proof is signed with an asymmetric key (RFC 9449 section 4.2)".into()),
        });
        usable
            .map_err(|why| {
                self.error(
                    "proof-key",
                    node,
                    format!("the key of the proofs can't be used: {why}"),
                );
            })
            .ok()
    }
}
