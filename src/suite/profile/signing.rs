//! The key whose signature the target trusts.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::forge::Key;
use crate::source::Node;
use crate::source::shape::{Field, Shape};
use crate::suite::template::Template;

use super::read::{Reader, members, text};

/// How a token that the target trusts is made.
#[derive(Clone)]
pub struct Signing {
    /// The key; none: the key of authspec's provider.
    pub key: Option<Arc<Key>>,
    /// Algorithm of the provider's key, where that signs.
    pub alg: String,
    /// Header members beside `alg` and `kid`.
    pub header: Map<String, Value>,
    /// Claims that a valid token carries; `iat`, `exp` and `jti` are added.
    pub claims: Template,
}

pub(super) const KEY_KEY: Field = Field::new(
    "key",
    Shape::Map(KEY),
    "A signing key that the target trusts, and the claims that a valid token carries.",
);

pub(super) const TRUSTS_PROVIDER_KEY: Field = Field::new(
    "trusts-provider",
    Shape::Map(TRUSTS),
    "The target trusts the key set of authspec's provider.",
);

const KEY: &[Field] = &[
    Field::required("alg", Shape::Text, "HS256, RS256, PS256, ES256, EdDSA ..."),
    Field::new("secret", Shape::Text, "HMAC secret."),
    Field::new("pem", Shape::Text, "Private key as PEM."),
    Field::new("pem-file", Shape::Text, "File of the private key."),
    Field::new("jwk", Shape::Any, "Private key as JWK, a map or its text."),
    Field::new("kid", Shape::Text, "Key identifier of the header."),
    Field::new(
        "header",
        Shape::MapOf(&Shape::Any),
        "Further header members, such as `typ`.",
    ),
    Field::required(
        "claims",
        Shape::MapOf(&Shape::Any),
        "Claims that a valid token carries; iat, exp and jti are added.",
    ),
];

const TRUSTS: &[Field] = &[
    Field::new("alg", Shape::Text, "RS256 if unsaid."),
    Field::new(
        "header",
        Shape::MapOf(&Shape::Any),
        "Further header members, such as `typ`.",
    ),
    Field::new(
        "claims",
        Shape::MapOf(&Shape::Any),
        "Claims that a valid token carries; iss, iat, exp and jti are added.",
    ),
];

impl Reader<'_> {
    pub(super) fn signing(&mut self, root: &Node) -> Option<Signing> {
        if let Some(node) = root.get("trusts-provider") {
            return Some(Signing {
                key: None,
                alg: text(node, "alg").unwrap_or_else(|| "RS256".to_owned()),
                header: members(node.get("header")),
                claims: node
                    .get("claims")
                    .map_or(Template::Plain(Value::Object(Map::new())), |claims| {
                        Template::compile(claims, &mut self.errors)
                    }),
            });
        }
        let node = root.get("key")?;
        let alg = text(node, "alg")?;
        let key = match self.key(node, Some(&alg)) {
            Ok(key) => key,
            Err(why) => {
                self.error(
                    "signing-key",
                    node,
                    format!("the signing key can't be used: {why}"),
                );
                return None;
            }
        };
        Some(Signing {
            key: Some(Arc::new(key)),
            alg,
            header: members(node.get("header")),
            claims: node
                .get("claims")
                .map(|claims| Template::compile(claims, &mut self.errors))?,
        })
    }

    pub(super) fn key(&mut self, node: &Node, alg: Option<&str>) -> Result<Key, String> {
        let kid = text(node, "kid");
        let kid = kid.as_deref();
        let pem = match (text(node, "pem"), text(node, "pem-file")) {
            (Some(pem), _) => Some(pem),
            (None, Some(file)) => Some((self.files)(&file)?),
            (None, None) => None,
        };
        let shown = |why: crate::forge::ForgeError| why.to_string();
        if let Some(pem) = pem {
            self.secret(&pem, "signing key");
            return Key::from_pem(&pem, alg, kid).map_err(shown);
        }
        if let Some(secret) = text(node, "secret") {
            let secret = self.secret(&secret, "signing secret");
            let alg = alg.unwrap_or("HS256");
            return Key::hmac(secret.reveal().as_bytes(), alg, kid).map_err(shown);
        }
        let Some(jwk) = node.get("jwk") else {
            return Err("one of secret, pem, pem-file or jwk is needed".to_owned());
        };
        let jwk = match jwk.as_text() {
            Some(text) => {
                serde_json::from_str(text).map_err(|_| "the JWK is not JSON".to_owned())?
            }
            None => jwk.to_json(),
        };
        if let Some(private) = jwk
            .get("d")
            .or_else(|| jwk.get("k"))
            .and_then(Value::as_str)
        {
            self.secret(private, "signing key");
        }
        let key = Key::from_jwk(&jwk).map_err(shown)?;
        Ok(match kid {
            Some(kid) => key.with_kid(kid),
            None => key,
        })
    }
}
