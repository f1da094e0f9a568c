//! The answer of the authorization endpoint: parameters that the browser carries back (RFC 6749 section 4.1.2).

use serde_json::{Map, Value};

use super::answer::AnswerTwist;
use super::reader::{Place, ScriptError, Word};
use super::{Behaviour, reject_unknown};

/// How the parameters of an authorization response travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(in crate::provider) enum ResponseMode {
    /// In the query of the redirect URI (RFC 6749 section 4.1.2).
    #[default]
    Query,
    /// In its fragment (OAuth 2.0 Multiple Response Types, section 2.1).
    Fragment,
    /// In a form that posts itself (OAuth 2.0 Form Post Response Mode).
    FormPost,
    /// In a token in the query (JARM section 2.3.1).
    Jwt,
}

impl ResponseMode {
    pub(in crate::provider) const WORDS: &'static [(&'static str, Self)] = &[
        ("query", Self::Query),
        ("fragment", Self::Fragment),
        ("form_post", Self::FormPost),
        ("query.jwt", Self::Jwt),
        ("jwt", Self::Jwt),
    ];

    pub(in crate::provider) fn from_word(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, mode)| *mode)
    }
}

/// Changes to an authorization response.
#[derive(Clone, Debug, PartialEq, Default)]
pub(in crate::provider) struct RedirectTwist {
    answer: AnswerTwist,
    /// An error in place of a code.
    pub(in crate::provider) error: Option<String>,
    pub(in crate::provider) error_description: Option<String>,
    query: Vec<(String, Vec<String>)>,
    pub(in crate::provider) mode: Option<ResponseMode>,
}

impl RedirectTwist {
    /// Replaces, repeats or removes those parameters that may be changed; a new one comes last.
    pub(in crate::provider) fn change(
        &self,
        parameters: &mut Vec<(String, String)>,
        may: impl Fn(&str) -> bool,
    ) {
        for (name, values) in self.query.iter().filter(|(name, _)| may(name)) {
            let at = parameters
                .iter()
                .position(|(known, _)| known == name)
                .unwrap_or(parameters.len());
            parameters.retain(|(known, _)| known != name);
            let at = at.min(parameters.len());
            parameters.splice(
                at..at,
                values.iter().map(|value| (name.clone(), value.clone())),
            );
        }
    }
}

impl Behaviour for RedirectTwist {
    const OWN: &'static [Word] = &[
        (
            "error",
            "an error code in place of a code (RFC 6749 section 4.1.2.1)",
        ),
        ("error_description", "the text beside the error"),
        (
            "query",
            "parameters of the redirect set (a text), repeated (a list) or removed (null)",
        ),
        (
            "response-mode",
            "`query`, `fragment`, `form_post` or `query.jwt`, whatever was asked for",
        ),
    ];

    fn read(map: &Map<String, Value>, place: &Place) -> Result<Self, ScriptError> {
        reject_unknown(map, place, &[Self::OWN, AnswerTwist::FIELDS])?;
        let mut twist = Self {
            answer: AnswerTwist::read(map, place)?,
            ..Self::default()
        };
        for (name, value) in map {
            let place = place.at(name);
            if place.is_open(value) {
                continue;
            }
            match name.as_str() {
                "error" => twist.error = Some(place.text(value)?.to_owned()),
                "error_description" => {
                    twist.error_description = Some(place.text(value)?.to_owned())
                }
                "query" => twist.query = place.patches(value)?,
                "response-mode" => {
                    let word = place.text(value)?;
                    let known = ResponseMode::WORDS.iter().map(|(known, _)| *known);
                    twist.mode = Some(
                        ResponseMode::from_word(word)
                            .ok_or_else(|| place.unknown("response mode", word, known))?,
                    );
                }
                _ => {}
            }
        }
        Ok(twist)
    }

    fn answer(&self) -> &AnswerTwist {
        &self.answer
    }
}
