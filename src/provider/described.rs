//! Opaque tokens that say in themselves what introspection answers about them.
//!
//! To a target they are as opaque as any. So each case has tokens of its own, cases run side by side, and no answer
//! that a target keeps is about the token of another.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::script::{Behaviour as _, ClaimsTwist, Place, Script, ScriptError, Word};
use crate::model::{Exchange, Moment};
use crate::wire::jose;

/// What stands before the description: nothing that a target could take for the head of a JWT.
const MARK: &str = "opaque-";
/// How much of the fresh name stands in the token.
const NAME: usize = 22;
/// The time from which on the provider says that the token is inactive.
const UNTIL: Word = (
    "until",
    "the time, in seconds, from which on the token is said to be inactive",
);

/// What a token says about itself.
pub(super) struct Described {
    /// What a good answer holds, over what the provider says anyway.
    pub(super) good: Map<String, Value>,
    until: Option<i64>,
    /// How the answer differs from a good one.
    pub(super) twist: ClaimsTwist,
    departs: bool,
}

impl Described {
    pub(super) fn is_active(&self, now: Moment) -> bool {
        self.until.is_none_or(|until| now.unix() < until)
    }
}

/// The fields with which a case describes what is answered.
pub fn fields() -> &'static [Word] {
    static FIELDS: OnceLock<Vec<Word>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let mut fields = Script::fields("introspection");
        fields.insert(0, UNTIL);
        fields
    })
}

/// Whether these changes take the answer away, or make it none that a target could read.
pub fn fails(changes: &Map<String, Value>) -> bool {
    changes.keys().any(|key| key != "claims" && key != UNTIL.0)
}

/// A token of this name, about which the provider answers what is good, with these changes.
pub fn token(
    good: &Map<String, Value>,
    changes: &Map<String, Value>,
    name: &str,
) -> Result<String, ScriptError> {
    twist(changes)?;
    let said = serde_json::json!([good, changes]).to_string();
    let name: String = name.chars().take(NAME).collect();
    Ok(format!(
        "{MARK}{name:0<NAME$}{}",
        jose::base64url(said.as_bytes())
    ))
}

/// What a token says about itself; none if it is no such token.
pub(super) fn read(token: &str) -> Option<Described> {
    let said = token.strip_prefix(MARK)?.get(NAME..)?;
    let said: [Map<String, Value>; 2] = serde_json::from_slice(&jose::unbase64url(said)?).ok()?;
    let [good, changes] = said;
    Some(Described {
        good,
        until: changes.get(UNTIL.0).and_then(Value::as_i64),
        twist: twist(&changes).ok()?,
        departs: !changes.is_empty(),
    })
}

fn twist(changes: &Map<String, Value>) -> Result<ClaimsTwist, ScriptError> {
    let mut answer = changes.clone();
    answer.remove(UNTIL.0);
    ClaimsTwist::read(&answer, &Place::root(false))
}

/// The tokens of our requests whose answer departs from the good one: what they show hangs on the target's asking.
pub fn departed(transcript: &[Exchange]) -> Vec<String> {
    let mut found = Vec::new();
    for exchange in transcript {
        for field in exchange.request.header("authorization") {
            let field = String::from_utf8_lossy(field);
            let words = field.split([' ', ',']);
            found.extend(
                words
                    .filter(|word| read(word).is_some_and(|one| one.departs))
                    .map(str::to_owned),
            );
        }
    }
    found.sort();
    found.dedup();
    found
}
