//! Opaque tokens that say in themselves what introspection answers about them.
//!
//! To a target they are as opaque as any. So each case has tokens of its own, cases run side by side, and no answer
//! that a target keeps is about the token of another.

use std::fmt;
use std::sync::OnceLock;

use aws_lc_rs::hmac;
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

/// Octets of a seal, in base64url.
const SEAL: usize = 43;

/// What tells our own descriptions from those of others: without it, whoever knows this format could write a token that
/// opens a target for as long as that asks our provider.
#[derive(Clone)]
pub struct Seal(hmac::Key);

impl Seal {
    /// The seal of a run, from fresh octets.
    pub fn new(fresh: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, fresh))
    }

    fn on(&self, name: &str, said: &str) -> String {
        let tag = hmac::sign(&self.0, format!("{name}{said}").as_bytes());
        jose::base64url(tag.as_ref())
    }

    fn is_on(&self, name: &str, said: &str, tag: &str) -> bool {
        let covered = format!("{name}{said}");
        jose::unbase64url(tag)
            .is_some_and(|tag| hmac::verify(&self.0, covered.as_bytes(), &tag).is_ok())
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(..)")
    }
}

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
    seal: &Seal,
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
    let said = jose::base64url(said.as_bytes());
    let name: String = name.chars().take(NAME).collect();
    let name = format!("{name:0<NAME$}");
    Ok(format!("{MARK}{name}{}{said}", seal.on(&name, &said)))
}

/// What a token of this run says about itself; none if it is no such token.
pub(super) fn read(token: &str, seal: &Seal) -> Option<Described> {
    let rest = token.strip_prefix(MARK)?;
    let (name, rest) = rest.split_at_checked(NAME)?;
    let (tag, said) = rest.split_at_checked(SEAL)?;
    seal.is_on(name, said, tag).then(|| parse(said)).flatten()
}

fn parse(said: &str) -> Option<Described> {
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
pub fn departed(transcript: &[Exchange], seal: &Seal) -> Vec<String> {
    let mut found = Vec::new();
    for exchange in transcript {
        for field in exchange.request.header("authorization") {
            let field = String::from_utf8_lossy(field);
            let words = field.split([' ', ',']);
            found.extend(
                words
                    .filter(|word| read(word, seal).is_some_and(|one| one.departs))
                    .map(str::to_owned),
            );
        }
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_token_under_the_seal_of_the_run_describes_itself() {
        let (ours, other) = (Seal::new(&[1; 32]), Seal::new(&[2; 32]));
        let good = Map::from_iter([("active".to_owned(), Value::Bool(true))]);
        let make = |seal| token(&good, &Map::new(), "name", seal, Moment::default());
        let token = make(&ours).expect("a token");
        assert_eq!(read(&token, &ours).map(|one| one.good), Some(good.clone()));
        assert!(read(&token, &other).is_none());
        // its description is covered, and so is its name
        let (head, last) = token.split_at(token.len() - 1);
        let changed = if last == "A" { "B" } else { "A" };
        assert!(read(&format!("{head}{changed}"), &ours).is_none());
        assert!(read(&token.replace("opaque-n", "opaque-m"), &ours).is_none());
        assert!(read("opaque-", &ours).is_none());
        assert!(!format!("{ours:?}").contains('1'));
    }
}
