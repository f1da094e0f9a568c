//! Tokens that the provider issues, made wrong: the same words as a `jwt` credential of a suite.

use serde_json::{Map, Value};

use super::reader::{Place, ScriptError, Word};
use super::{Plan, plan, reject_unknown};
use crate::forge::{envelope, key_decoy, mutation, public_key_form};

/// Changes to a token before and after it is signed.
#[derive(Clone, Debug, PartialEq, Default)]
pub(in crate::provider) struct JwtTwist {
    /// Merge patch over the claims.
    pub(in crate::provider) claims: Map<String, Value>,
    /// Merge patch over the JOSE header.
    pub(in crate::provider) header: Map<String, Value>,
    /// Names of the table `mutation`, in order.
    pub(in crate::provider) mutate: Vec<String>,
    /// Claims that are written once for each value.
    pub(in crate::provider) repeat: Vec<(String, Vec<Value>)>,
    /// Who signs.
    pub(in crate::provider) signer: Signer,
    /// The key set that it is sealed to, and the row of the table `envelope`.
    pub(in crate::provider) sealed: Option<(String, String)>,
}

/// Who signs an issued token.
#[derive(Clone, PartialEq, Eq, Default)]
pub(in crate::provider) enum Signer {
    /// The provider's own key.
    #[default]
    Provider,
    /// The provider's key, before anything was changed.
    Keep,
    /// A key that nobody publishes.
    Stranger,
    /// Nobody (RFC 7518 section 3.6).
    Nobody,
    /// HMAC under the public key in this form (RFC 8725 section 2.1).
    PublicKeyAs(String),
    /// HMAC under this text.
    Text(String),
}

impl std::fmt::Debug for Signer {
    /// A text may be the client's secret.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Provider => "Provider",
            Self::Keep => "Keep",
            Self::Stranger => "Stranger",
            Self::Nobody => "Nobody",
            Self::PublicKeyAs(_) => "PublicKeyAs",
            Self::Text(_) => "Text",
        })
    }
}

impl JwtTwist {
    pub(super) const FIELDS: &'static [Word] = &[
        (
            "claims",
            "merge patch over the claims of the honest token: null removes one",
        ),
        ("header", "merge patch over the JOSE header"),
        ("mutate", "names of the table `mutation`, applied in order"),
        (
            "repeat-claim",
            "claims written once for each value of a list",
        ),
        (
            "sign-with",
            "`trusted` (the provider's key, unless said otherwise), `keep` (the signature of the unchanged token), \
             `stranger`, `none`, `{ public-key-as: form }` or `{ text: secret }`",
        ),
        (
            "sealed",
            "the token is encrypted: `{ to: key set, as: row of envelope }`",
        ),
    ];

    pub(super) fn read(map: &Map<String, Value>, place: &Place) -> Result<Self, ScriptError> {
        reject_unknown(map, place, &[Self::FIELDS])?;
        let mut twist = Self::default();
        for (name, value) in map {
            let place = place.at(name);
            if place.is_open(value) {
                continue;
            }
            match name.as_str() {
                "claims" => twist.claims = place.map(value)?.clone(),
                "header" => twist.header = place.map(value)?.clone(),
                "mutate" => twist.mutate = read_mutations(value, &place)?,
                "repeat-claim" => twist.repeat = read_repeats(value, &place)?,
                "sealed" => twist.sealed = read_seal(value, &place)?,
                _ => twist.signer = read_signer(value, &place)?,
            }
        }
        Ok(twist)
    }
}

pub(super) fn read_plan(
    value: &Value,
    place: &Place,
) -> Result<Option<Plan<JwtTwist>>, ScriptError> {
    plan::read_by(value, place, JwtTwist::read)
}

/// The name of a key decoy.
pub(super) fn read_decoy(value: &Value, place: &Place) -> Result<String, ScriptError> {
    let name = place.text(value)?;
    if key_decoy::named(name).is_none() {
        let known = key_decoy::KEY_DECOYS.iter().map(|row| row.name);
        return Err(place.unknown("key decoy", name, known));
    }
    Ok(name.to_owned())
}

fn read_mutations(value: &Value, place: &Place) -> Result<Vec<String>, ScriptError> {
    let names = place.texts(value)?;
    for name in names.iter().filter(|name| !is_reference(name, place)) {
        if mutation::named(name).is_none() {
            let known = mutation::MUTATIONS.iter().map(|row| row.name);
            return Err(place.unknown("mutation", name, known));
        }
    }
    Ok(names)
}

fn is_reference(name: &str, place: &Place) -> bool {
    place.is_open(&Value::from(name))
}

fn read_repeats(value: &Value, place: &Place) -> Result<Vec<(String, Vec<Value>)>, ScriptError> {
    place
        .map(value)?
        .iter()
        .map(|(claim, values)| {
            let place = place.at(claim);
            match values.as_array() {
                Some(values) => Ok((claim.clone(), values.clone())),
                None => Err(place
                    .error("a list is needed here: one value for each time the claim is written")),
            }
        })
        .collect()
}

fn read_seal(value: &Value, place: &Place) -> Result<Option<(String, String)>, ScriptError> {
    if value.is_null() {
        return Ok(None);
    }
    let map = place.map(value)?;
    let fields: &[Word] = &[("to", "key set"), ("as", "row of `envelope`")];
    reject_unknown(map, place, &[fields])?;
    let text = |name: &str| map.get(name).map(|text| place.at(name).text(text));
    let to = text("to").ok_or_else(|| place.error("`to` is missing: the key set"))??;
    let row = text("as").unwrap_or(Ok("honest"))?;
    if envelope::named(row).is_none() && !is_reference(row, place) {
        let known = envelope::ENVELOPES.iter().map(|row| row.name);
        return Err(place.at("as").unknown("envelope", row, known));
    }
    Ok(Some((to.to_owned(), row.to_owned())))
}

fn read_signer(value: &Value, place: &Place) -> Result<Signer, ScriptError> {
    const WORDS: &[(&str, Signer)] = &[
        ("trusted", Signer::Provider),
        ("keep", Signer::Keep),
        ("stranger", Signer::Stranger),
        ("none", Signer::Nobody),
    ];
    if let Some(word) = value.as_str() {
        return WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, signer)| signer.clone())
            .ok_or_else(|| place.unknown("signer", word, WORDS.iter().map(|(known, _)| *known)));
    }
    let map = place.map(value)?;
    reject_unknown(
        map,
        place,
        &[&[
            ("public-key-as", "form of the public key"),
            ("text", "HMAC secret"),
        ]],
    )?;
    match map.iter().next() {
        Some((name, value)) if map.len() == 1 => {
            let place = place.at(name);
            let text = place.text(value)?;
            if name == "text" {
                return Ok(Signer::Text(text.to_owned()));
            }
            if public_key_form::named(text).is_none() && !is_reference(text, &place) {
                let known = public_key_form::PUBLIC_KEY_FORMS.iter().map(|row| row.name);
                return Err(place.unknown("form of a public key", text, known));
            }
            Ok(Signer::PublicKeyAs(text.to_owned()))
        }
        _ => Err(place.error("one of `public-key-as` and `text` is needed here")),
    }
}
