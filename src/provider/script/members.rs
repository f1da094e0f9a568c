//! Answers that are one JSON object: metadata, userinfo, introspection.

use serde_json::{Map, Value};

use super::answer::AnswerTwist;
use super::jwt::JwtTwist;
use super::reader::{Place, ScriptError, Word};
use super::{Behaviour, reject_unknown};
use crate::provider::patch::merge_members;

/// A key set or token answer, of which nothing but the answer itself is changed.
#[derive(Clone, Debug, PartialEq, Default)]
pub(in crate::provider) struct PlainTwist {
    pub(in crate::provider) answer: AnswerTwist,
}

impl Behaviour for PlainTwist {
    const OWN: &'static [Word] = &[];

    fn read(map: &Map<String, Value>, place: &Place) -> Result<Self, ScriptError> {
        reject_unknown(map, place, &[AnswerTwist::FIELDS])?;
        Ok(Self {
            answer: AnswerTwist::read(map, place)?,
        })
    }

    fn answer(&self) -> &AnswerTwist {
        &self.answer
    }
}

/// Introspection: the claims that are said.
#[derive(Clone, Debug, PartialEq, Default)]
pub(in crate::provider) struct ClaimsTwist {
    answer: AnswerTwist,
    claims: Map<String, Value>,
}

impl Behaviour for ClaimsTwist {
    const OWN: &'static [Word] = &[(
        "claims",
        "merge patch over the claims of an answer that says yes",
    )];

    fn read(map: &Map<String, Value>, place: &Place) -> Result<Self, ScriptError> {
        reject_unknown(map, place, &[Self::OWN, AnswerTwist::FIELDS])?;
        let claims = match map.get("claims") {
            Some(value) if !place.is_open(value) => place.at("claims").map(value)?.clone(),
            _ => Map::new(),
        };
        Ok(Self {
            answer: AnswerTwist::read(map, place)?,
            claims,
        })
    }

    fn answer(&self) -> &AnswerTwist {
        &self.answer
    }

    fn change(&self, honest: &mut Map<String, Value>) {
        merge_members(honest, &self.claims);
    }
}

/// Metadata: its members (RFC 8414 section 2) stand beside the fields of the answer. They are told apart by
/// their spelling: members are `issuer`, `resource` (RFC 9728 section 2) or have an underscore, fields never have.
#[derive(Clone, Debug, PartialEq, Default)]
pub(in crate::provider) struct MetadataTwist {
    answer: AnswerTwist,
    members: Map<String, Value>,
    /// It is there once more in a token, made like this.
    pub(in crate::provider) signed: Option<JwtTwist>,
}

fn is_member(name: &str) -> bool {
    matches!(name, "issuer" | "resource") || name.contains('_')
}

impl Behaviour for MetadataTwist {
    const OWN: &'static [Word] = &[
        (
            "issuer",
            "and every other member of the metadata (`jwks_uri`, `token_endpoint` ...): its value, or null to leave it out",
        ),
        (
            "signed",
            "the honest metadata stands in `signed_metadata` too: `{}` as an honest token, or changed as under `id-token`",
        ),
    ];

    fn read(map: &Map<String, Value>, place: &Place) -> Result<Self, ScriptError> {
        let (members, fields): (Map<_, _>, Map<_, _>) = map
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .partition(|(name, _)| is_member(name));
        reject_unknown(&fields, place, &[AnswerTwist::FIELDS, Self::OWN])?;
        let signed = fields.get("signed").filter(|value| !place.is_open(value));
        let signed = signed.map(|value| {
            let place = place.at("signed");
            JwtTwist::read(place.map(value)?, &place)
        });
        Ok(Self {
            answer: AnswerTwist::read(&fields, place)?,
            members,
            signed: signed.transpose()?,
        })
    }

    fn answer(&self) -> &AnswerTwist {
        &self.answer
    }

    fn change(&self, honest: &mut Map<String, Value>) {
        merge_members(honest, &self.members);
    }
}
