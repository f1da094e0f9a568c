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
/// How long the provider says that the token is active. It is the provider's time, and nobody else's clock plays a part.
const LIVES: Word = (
    "lives",
    "how long, from being sent, the token is said to be active: `2s`",
);

/// What a token says about itself.
pub(super) struct Described {
    /// What a good answer holds, over what the provider says anyway.
    pub(super) good: Map<String, Value>,
    /// In milliseconds, by our own clock.
    until: Option<u128>,
    /// How the answer differs from a good one.
    pub(super) twist: ClaimsTwist,
    departs: bool,
}

impl Described {
    pub(super) fn is_active(&self, now: Moment) -> bool {
        self.until.is_none_or(|until| now.0.as_millis() < until)
    }
}

/// The fields with which a case describes what is answered.
pub fn fields() -> &'static [Word] {
    static FIELDS: OnceLock<Vec<Word>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let mut fields = Script::fields("introspection");
        fields.insert(0, LIVES);
        fields
    })
}

/// Whether these changes take the answer away, or make it none that a target could read.
pub fn fails(changes: &Map<String, Value>) -> bool {
    changes.keys().any(|key| key != "claims" && key != LIVES.0)
}

/// A token of this name, about which the provider answers what is good, with these changes.
pub fn token(
    good: &Map<String, Value>,
    changes: &Map<String, Value>,
    name: &str,
    now: Moment,
) -> Result<String, ScriptError> {
    let place = Place::root(false);
    twist(changes)?;
    let lives = changes
        .get(LIVES.0)
        .map(|span| place.at(LIVES.0).span(span));
    let until = lives.transpose()?.map(|span| now.0.saturating_add(span));
    let until = until.map(|until| until.as_millis().to_string());
    let said = serde_json::json!([good, changes, until]).to_string();
    let name: String = name.chars().take(NAME).collect();
    Ok(format!(
        "{MARK}{name:0<NAME$}{}",
        jose::base64url(said.as_bytes())
    ))
}

/// What a token says about itself; none if it is no such token.
pub(super) fn read(token: &str) -> Option<Described> {
    let said = token.strip_prefix(MARK)?.get(NAME..)?;
    type Said = (Map<String, Value>, Map<String, Value>, Option<String>);
    let (good, changes, until): Said = serde_json::from_slice(&jose::unbase64url(said)?).ok()?;
    Some(Described {
        good,
        until: until.and_then(|until| until.parse().ok()),
        twist: twist(&changes).ok()?,
        departs: !changes.is_empty(),
    })
}

fn twist(changes: &Map<String, Value>) -> Result<ClaimsTwist, ScriptError> {
    let mut answer = changes.clone();
    answer.remove(LIVES.0);
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
