//! What userinfo says of a user, and in which form: as JSON, or as a token that the provider signs (OpenID Connect Core
//! sections 5.3.2 and 5.6.2).

use serde_json::{Map, Value};

use super::answer::AnswerTwist;
use super::jwt::JwtTwist;
use super::reader::{Place, ScriptError, Word};
use super::{Behaviour, reject_unknown};
use crate::provider::patch::merge_members;

/// Changes to a userinfo answer.
#[derive(Clone, Debug, PartialEq, Default)]
pub(in crate::provider) struct UserinfoTwist {
    answer: AnswerTwist,
    claims: Map<String, Value>,
    /// It is a token, made like this.
    pub(in crate::provider) signed: Option<JwtTwist>,
    /// Claims that stand in a token of somebody else.
    pub(in crate::provider) aggregated: Option<Map<String, Value>>,
}

impl Behaviour for UserinfoTwist {
    const OWN: &'static [Word] = &[
        (
            "claims",
            "merge patch over the claims of an answer that says yes",
        ),
        (
            "signed",
            "the answer is a JWT: `{}` an honest one, or changed as under `id-token`",
        ),
        (
            "aggregated",
            "claims that stand in an unsecured JWT of another provider (OpenID Connect Core section 5.6.2.1)",
        ),
    ];

    fn read(map: &Map<String, Value>, place: &Place) -> Result<Self, ScriptError> {
        reject_unknown(map, place, &[Self::OWN, AnswerTwist::FIELDS])?;
        let given = |name: &str| map.get(name).filter(|value| !place.is_open(value));
        let members = |name: &str| {
            let read = |value| place.at(name).map(value).cloned();
            given(name).map(read).transpose()
        };
        let signed = given("signed").map(|value| {
            let place = place.at("signed");
            JwtTwist::read(place.map(value)?, &place)
        });
        Ok(Self {
            answer: AnswerTwist::read(map, place)?,
            claims: members("claims")?.unwrap_or_default(),
            signed: signed.transpose()?,
            aggregated: members("aggregated")?,
        })
    }

    fn answer(&self) -> &AnswerTwist {
        &self.answer
    }

    fn change(&self, honest: &mut Map<String, Value>) {
        merge_members(honest, &self.claims);
    }
}
