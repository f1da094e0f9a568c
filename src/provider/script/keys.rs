//! Which keys the key set publishes beside the one that signs (RFC 7517).

use serde_json::{Map, Value};

use super::reader::{Place, ScriptError, Word};
use super::reject_unknown;

/// Changes to the key set. They add up over the steps of a case until `keys: honest`.
#[derive(Clone, Debug, PartialEq, Default)]
pub(in crate::provider) struct KeysTwist {
    /// Public keys published beside the signing one.
    pub(in crate::provider) add: Vec<Map<String, Value>>,
    /// Key ids that are not published any more.
    pub(in crate::provider) remove: Vec<String>,
    /// Names of keys that stand in front of the real ones and fit nothing.
    pub(in crate::provider) decoys: Vec<String>,
}

/// Members that hold a private or symmetric key (RFC 7518 section 6).
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

impl KeysTwist {
    pub(super) const FIELDS: &'static [Word] = &[
        (
            "add",
            "a public JWK, or a list of them, published from now on",
        ),
        (
            "remove",
            "the kid of a key (or the key itself), or a list, not published from now on",
        ),
        (
            "decoys",
            "names of the table `key-decoy`: keys that stand in front of the real ones",
        ),
    ];

    pub(super) fn read(map: &Map<String, Value>, place: &Place) -> Result<Self, ScriptError> {
        reject_unknown(map, place, &[Self::FIELDS])?;
        let mut twist = Self::default();
        for (name, value) in map {
            let place = place.at(name);
            let items: &[Value] = match value {
                Value::Array(items) => items,
                one => std::slice::from_ref(one),
            };
            for (index, item) in items.iter().enumerate() {
                let place = if value.is_array() {
                    place.at(&index.to_string())
                } else {
                    place.clone()
                };
                if place.is_open(item) {
                    continue;
                }
                match name.as_str() {
                    "add" => twist.add.push(read_key(item, &place)?),
                    "remove" => twist.remove.push(read_kid(item, &place)?),
                    _ => twist.decoys.push(super::jwt::read_decoy(item, &place)?),
                }
            }
        }
        Ok(twist)
    }

    /// Adds a later step to an earlier one.
    pub(super) fn absorb(&mut self, later: Self) {
        self.add.retain(|key| !later.removes(key));
        for key in later.add {
            self.remove
                .retain(|kid| key.get("kid").and_then(Value::as_str) != Some(kid));
            self.add.push(key);
        }
        self.remove.extend(later.remove);
        self.decoys.extend(later.decoys);
    }

    /// Whether a key is not to be published.
    pub(in crate::provider) fn removes(&self, key: &Map<String, Value>) -> bool {
        let kid = key.get("kid").and_then(Value::as_str);
        kid.is_some_and(|kid| self.remove.iter().any(|removed| removed == kid))
    }
}

fn read_key(value: &Value, place: &Place) -> Result<Map<String, Value>, ScriptError> {
    let key = place.map(value)?;
    if !key.get("kty").is_some_and(Value::is_string) {
        return Err(place.error("a JSON Web Key with `kty` is needed here (RFC 7517 section 4.1)"));
    }
    if let Some(member) = PRIVATE.iter().find(|member| key.contains_key(**member)) {
        return Err(place.error(format!(
            "a published key must not hold `{member}`, which is secret"
        )));
    }
    Ok(key.clone())
}

fn read_kid(value: &Value, place: &Place) -> Result<String, ScriptError> {
    let kid = value.get("kid").unwrap_or(value);
    Ok(place.text(kid)?.to_owned())
}
