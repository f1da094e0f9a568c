//! Requests that are signed (RFC 9101), and rights that are asked for in detail (RFC 9396).

use serde_json::{Map, Value, json};

use crate::encoding;

/// What an object is made from.
pub(crate) struct Facts<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) now: u64,
}

/// A request as its parameters.
pub(crate) type Asked = Vec<(&'static str, String)>;

/// The decisions about signed requests and rights in detail.
#[derive(Clone)]
pub(crate) struct Objects {
    /// The claims of the object: every parameter, and who says it to whom (RFC 9101 section 4).
    pub(crate) claims: fn(&Asked, &Facts<'_>) -> Map<String, Value>,
    /// What travels beside it: client_id alone (RFC 9101 section 5).
    pub(crate) beside: fn(&Asked) -> Asked,
    /// The object as text: signed (RFC 9101 section 10.1).
    pub(crate) text: fn(&Value) -> String,
    /// The name under which an object can be fetched, given the object and how many there were before: one that nobody
    /// guesses (RFC 9101 section 5.2.1).
    pub(crate) name: fn(&str, usize) -> String,
    /// What is pushed, of the signed request and the plain one: the signed one (RFC 9126 section 3).
    pub(crate) pushed: fn(Asked, Asked) -> Asked,
    /// The rights that are asked for, each of a type (RFC 9396 section 2).
    pub(crate) details: fn(&str) -> Value,
    /// Whether a request with rights in detail is kept from the browser (RFC 9396 section 12).
    pub(crate) protects_details: bool,
}

impl Objects {
    pub(crate) fn right() -> Self {
        Self {
            claims,
            beside: |asked| {
                let mine = asked.iter().filter(|(name, _)| *name == "client_id");
                mine.cloned().collect()
            },
            text: |claims| crate::keys::sign("oauth-authz-req+jwt", claims),
            name: |_, _| encoding::unguessable(),
            pushed: |signed, _| signed,
            details: |origin| json!([{ "type": "payment_initiation", "locations": [format!("{origin}/api")], "actions": ["initiate"] }]),
            protects_details: true,
        }
    }
}

pub(crate) fn claims(asked: &Asked, facts: &Facts<'_>) -> Map<String, Value> {
    let value = |name: &str, text: &str| match name {
        "max_age" => text
            .parse::<u64>()
            .map_or_else(|_| json!(text), Value::from),
        _ => json!(text),
    };
    let own = [
        ("iss", json!(facts.client_id)),
        ("aud", json!(facts.issuer)),
        ("iat", json!(facts.now)),
        ("exp", json!(facts.now + 60)),
        ("jti", json!(encoding::unguessable())),
    ];
    asked
        .iter()
        .map(|(name, text)| ((*name).to_owned(), value(name, text)))
        .chain(own.map(|(name, value)| (name.to_owned(), value)))
        .collect()
}
