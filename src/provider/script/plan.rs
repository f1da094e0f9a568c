//! For which calls a behaviour is: every one, the first ones, or none.

use serde_json::{Map, Value};

use super::Behaviour;
use super::keys::KeysTwist;
use super::reader::{Place, ScriptError};

/// The calls that a behaviour is for.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::provider) enum Plan<T> {
    /// None: the word `honest`.
    Honest,
    /// Every call.
    Always(T),
    /// The first calls, one each; then honest. `honest` may stand in the list.
    Calls(Vec<Option<T>>),
}

pub(super) fn read<T: Behaviour>(
    value: &Value,
    place: &Place,
) -> Result<Option<Plan<T>>, ScriptError> {
    read_by(value, place, T::read)
}

/// A map, a list of maps, or the word `honest`.
pub(super) fn read_by<T>(
    value: &Value,
    place: &Place,
    read: impl Fn(&Map<String, Value>, &Place) -> Result<T, ScriptError>,
) -> Result<Option<Plan<T>>, ScriptError> {
    if place.is_open(value) {
        return Ok(None);
    }
    match value {
        Value::String(word) if word == "honest" => Ok(Some(Plan::Honest)),
        Value::String(word) => Err(place.unknown("word", word, ["honest"].into_iter())),
        Value::Array(items) => {
            let mut calls = Vec::new();
            for (index, item) in items.iter().enumerate() {
                let place = place.at(&index.to_string());
                calls.push(match item {
                    item if item == "honest" || place.is_open(item) => None,
                    item => Some(read(place.map(item)?, &place)?),
                });
            }
            Ok(Some(Plan::Calls(calls)))
        }
        other => Ok(Some(Plan::Always(read(place.map(other)?, place)?))),
    }
}

pub(super) fn read_keys(
    value: &Value,
    place: &Place,
) -> Result<Option<Plan<KeysTwist>>, ScriptError> {
    if value.is_array() {
        return Err(
            place.error("`keys` is a map: it says what is published, not what a call is answered")
        );
    }
    read_by(value, place, KeysTwist::read)
}
