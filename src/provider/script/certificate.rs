//! What the provider shows of itself under TLS.

use serde_json::Value;

use super::Script;
use super::reader::{Place, ScriptError};

/// A certificate, by what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Nothing.
    Right,
    /// An authority vouches for it that nobody was told to trust.
    Foreign,
    /// It is for another host.
    OtherHost,
    /// Its time is over.
    Expired,
    /// None at all: whatever is offered, TLS 1.1 is chosen.
    OldVersion,
}

pub(super) fn read(value: &Value, place: &Place) -> Result<Option<Certificate>, ScriptError> {
    if place.is_open(value) {
        return Ok(None);
    }
    let word = place.text(value)?;
    Ok(Some(match word {
        "foreign" => Certificate::Foreign,
        "other-host" => Certificate::OtherHost,
        "expired" => Certificate::Expired,
        "old-version" => Certificate::OldVersion,
        "honest" => Certificate::Right,
        _ => {
            let words = Script::words("certificate").iter().copied();
            return Err(place.unknown("word", word, words));
        }
    }))
}
