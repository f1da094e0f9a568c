//! How a token is made from another one: which members change, what is broken by name, and who signs.

use crate::forge::mutation::{self, Stage};
use crate::forge::parts::Parts;
use crate::forge::{ForgeError, Key, PublicKey};
use crate::wire::jose::base64url;
use serde_json::{Map, Value, json};
use std::fmt;
use std::sync::Arc;

/// Who signs.
#[derive(Clone)]
pub enum SignWith {
    /// Nobody: the old signature stays, so that changed claims are a forgery.
    Keep,
    /// This key.
    Key(Arc<Key>),
    /// Nobody: `alg` none and an empty third segment (RFC 7518 section 3.6).
    None,
    /// HMAC, with a public key taken for the secret (RFC 8725 section 2.1).
    PublicKeyAs {
        /// A name of the table `public-key-form`.
        form: String,
        /// The key.
        key: PublicKey,
    },
    /// HMAC with this secret.
    Text(Vec<u8>),
}

impl fmt::Debug for SignWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Key(_) => "Key",
            Self::None => "None",
            Self::PublicKeyAs { .. } => "PublicKeyAs",
            Self::Text(_) => "Text",
        })
    }
}

impl SignWith {
    /// Whether a verifier that trusts the right key could find the signature right.
    pub fn signs(&self) -> bool {
        matches!(self, Self::Key(_) | Self::Text(_))
    }
}

/// What to change.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// Merge patch of the header (RFC 7396): null removes a member.
    pub header: Map<String, Value>,
    /// Merge patch of the claims.
    pub claims: Map<String, Value>,
    /// Claims that are written once per value, in order.
    pub repeat: Vec<(String, Vec<Value>)>,
    /// Names of the table `mutation`, applied in order.
    pub mutate: Vec<String>,
    /// Who signs.
    pub sign_with: SignWith,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            header: Map::new(),
            claims: Map::new(),
            repeat: Vec::new(),
            mutate: Vec::new(),
            sign_with: SignWith::Keep,
        }
    }
}

/// Makes a token from a signed one. Members keep their order and what is unchanged keeps its octets. A key's algorithm
/// becomes the header's, unless the recipe names one (a key for which none was named keeps the token's, if it can);
/// `kid` stays unless the recipe changes it.
pub fn forge(base: &str, recipe: &Recipe) -> Result<String, ForgeError> {
    let mutations = recipe
        .mutate
        .iter()
        .map(|name| mutation::named(name).ok_or_else(|| ForgeError::UnknownMutation(name.clone())))
        .collect::<Result<Vec<_>, _>>()?;
    let mut parts = Parts::of(base)?;
    merge(&mut parts.header, &recipe.header);
    merge(&mut parts.claims, &recipe.claims);
    parts.repeat.clone_from(&recipe.repeat);
    parts.sign_with = recipe.sign_with.clone();
    if !recipe.header.contains_key("alg") {
        name_the_alg(&mut parts);
    }
    for stage in [Stage::BeforeSigning, Stage::AfterSigning] {
        if stage == Stage::AfterSigning {
            parts.seal()?;
        }
        for row in mutations.iter().filter(|row| row.stage == stage) {
            (row.apply)(&mut parts).map_err(|why| ForgeError::NotApplicable {
                mutation: row.name.to_owned(),
                reason: why.0,
            })?;
        }
    }
    Ok(parts.finish())
}

fn name_the_alg(parts: &mut Parts) {
    match &parts.sign_with {
        SignWith::Keep => {}
        SignWith::Key(key) => {
            let alg = json!(key.alg_for(parts.alg()).name());
            parts.header.insert("alg".into(), alg);
        }
        SignWith::None => {
            parts.header.insert("alg".into(), json!("none"));
        }
        SignWith::PublicKeyAs { .. } | SignWith::Text(_) => parts.default_alg_to_hmac(),
    }
}

/// Makes a token from nothing. The header gets `alg` and, where the key has one, `kid`, unless it names them.
pub fn mint(
    header: &Map<String, Value>,
    claims: &Map<String, Value>,
    key: &Key,
) -> Result<String, ForgeError> {
    let mut full = Map::new();
    if !header.contains_key("alg") {
        full.insert("alg".into(), json!(key.alg().name()));
    }
    full.extend(header.clone());
    if let Some(kid) = key.kid().filter(|_| !header.contains_key("kid")) {
        full.insert("kid".into(), json!(kid));
    }
    let named = full.get("alg").and_then(Value::as_str);
    let alg = named.filter(|alg| key.can(alg)).unwrap_or(key.alg().name());
    let encode = |object: &Map<String, Value>| {
        base64url(Value::Object(object.clone()).to_string().as_bytes())
    };
    let input = format!("{}.{}", encode(&full), encode(claims));
    let signature = key.sign(alg, input.as_bytes())?;
    Ok(format!("{input}.{}", base64url(&signature)))
}

/// JSON merge patch (RFC 7396) that keeps the place of members.
fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch {
        match value {
            Value::Null => {
                target.shift_remove(name);
            }
            Value::Object(inner) => {
                let slot = target.entry(name.clone()).or_insert(Value::Null);
                if !slot.is_object() {
                    *slot = json!({});
                }
                if let Value::Object(slot) = slot {
                    merge(slot, inner);
                }
            }
            _ => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests;
