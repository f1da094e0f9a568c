//! A token on the bench: what mutations change, first before it is signed and then as segments of text.

use crate::forge::recipe::SignWith;
use crate::forge::{Alg, Family, ForgeError, PublicKey, key, public_key_form};
use crate::wire::jose::{self, Compact, base64url, unbase64url};
use serde_json::{Map, Value, json};
use std::fmt;

/// A mutation's word that this token can't be changed its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotApplicable(pub &'static str);

/// The token between its base and its text.
#[derive(Clone)]
pub struct Parts {
    /// The header, in the order of its members.
    pub header: Map<String, Value>,
    /// The claims, in the order of their members.
    pub claims: Map<String, Value>,
    /// Members of the claims that are written once per value.
    pub repeat: Vec<(String, Vec<Value>)>,
    /// The header's octets, where they are not those of `header`.
    pub header_octets: Option<Vec<u8>>,
    /// The payload's octets, where they are not those of `claims`.
    pub payload_octets: Option<Vec<u8>>,
    /// The payload segment as text, where it is not base64url of the octets (RFC 7797).
    pub payload_text: Option<String>,
    /// How it is signed.
    pub sign_with: SignWith,
    /// Header, payload and signature as text; filled once signed.
    pub segments: Vec<String>,
    /// The whole token, where it is not the segments joined by dots.
    pub text: Option<String>,
    base: Compact,
}

impl fmt::Debug for Parts {
    /// A token is a secret; nothing of it is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

impl Parts {
    /// Lays out a signed token.
    pub fn of(token: &str) -> Result<Self, ForgeError> {
        let base = jose::read(token).ok_or(ForgeError::NotAToken)?;
        let claims = base.claims.clone().ok_or(ForgeError::NotAToken)?;
        if base.parts.len() != 3 {
            return Err(ForgeError::NotAToken);
        }
        Ok(Self {
            header: base.header.clone(),
            claims,
            repeat: Vec::new(),
            header_octets: None,
            payload_octets: None,
            payload_text: None,
            sign_with: SignWith::Keep,
            segments: Vec::new(),
            text: None,
            base,
        })
    }

    /// The algorithm that the token had before anything was changed.
    pub fn base_alg(&self) -> Option<Alg> {
        Alg::named(self.base.alg()?)
    }

    /// The algorithm that the header names now.
    pub fn alg(&self) -> Option<Alg> {
        Alg::named(self.header.get("alg")?.as_str()?)
    }

    /// The header as text.
    pub fn header_text(&self) -> Vec<u8> {
        let octets = self.header_octets.clone();
        octets.unwrap_or_else(|| object_text(&self.header, &[]).into_bytes())
    }

    /// The payload as text.
    pub fn payload(&self) -> Vec<u8> {
        let octets = self.payload_octets.clone();
        octets.unwrap_or_else(|| object_text(&self.claims, &self.repeat).into_bytes())
    }

    /// The octets of the signature, once signed.
    pub fn signature(&self) -> Option<Vec<u8>> {
        unbase64url(self.segments.get(2)?)
    }

    /// Replaces the signature.
    pub fn set_signature(&mut self, signature: &[u8]) {
        if let Some(segment) = self.segments.get_mut(2) {
            *segment = base64url(signature);
        }
    }

    /// Writes and signs the segments.
    pub(super) fn seal(&mut self) -> Result<(), ForgeError> {
        let header = self.header_segment();
        let payload = self.payload_segment();
        let input = format!("{header}.{payload}");
        let signature = match self.sign_with.clone() {
            SignWith::Keep => self.base.parts[2].clone(),
            SignWith::None => String::new(),
            SignWith::Key(key) => {
                let wanted = self.header.get("alg").and_then(Value::as_str);
                // a header that lies about the algorithm is signed with what the key can
                let alg = wanted
                    .filter(|alg| key.can(alg))
                    .unwrap_or(key.alg().name());
                base64url(&key.sign(alg, input.as_bytes())?)
            }
            SignWith::PublicKeyAs { form, key } => {
                base64url(&self.mac(&form_octets(&form, &key)?, &input))
            }
            SignWith::Text(secret) => base64url(&self.mac(&secret, &input)),
        };
        self.segments = vec![header, payload, signature];
        Ok(())
    }

    /// What is unchanged keeps its very octets, so that a kept signature still fits.
    fn header_segment(&self) -> String {
        if self.header_octets.is_none() && self.header == self.base.header {
            return self.base.parts[0].clone();
        }
        base64url(&self.header_text())
    }

    fn payload_segment(&self) -> String {
        if let Some(text) = &self.payload_text {
            return text.clone();
        }
        let same = self.base.claims.as_ref() == Some(&self.claims);
        if self.payload_octets.is_none() && self.repeat.is_empty() && same {
            return self.base.parts[1].clone();
        }
        base64url(&self.payload())
    }

    fn mac(&self, secret: &[u8], input: &str) -> Vec<u8> {
        key::mac(self.alg().unwrap_or(Alg::HS256), secret, input.as_bytes())
    }

    pub(super) fn default_alg_to_hmac(&mut self) {
        if self.alg().is_none_or(|alg| alg.family() != Family::Hmac) {
            self.header.insert("alg".into(), json!(Alg::HS256.name()));
        }
    }

    /// The finished token.
    pub(super) fn finish(self) -> String {
        self.text.unwrap_or_else(|| self.segments.join("."))
    }
}

fn form_octets(form: &str, key: &PublicKey) -> Result<Vec<u8>, ForgeError> {
    let row = public_key_form::named(form).ok_or_else(|| ForgeError::UnknownForm(form.into()))?;
    (row.encode)(key).ok_or_else(|| ForgeError::FormNotForKey(form.into()))
}

/// A JSON object in the order of its members, with some members written once per value. A repeated member that the
/// object lacks goes to its end.
pub fn object_text(object: &Map<String, Value>, repeat: &[(String, Vec<Value>)]) -> String {
    let mut members = Vec::new();
    let mut write = |name: &str, value: &Value| {
        members.push(format!("{}:{value}", Value::from(name)));
    };
    for (name, value) in object {
        match repeat.iter().find(|(repeated, _)| repeated == name) {
            Some((_, values)) => values.iter().for_each(|value| write(name, value)),
            None => write(name, value),
        }
    }
    for (name, values) in repeat {
        if !object.contains_key(name) {
            values.iter().for_each(|value| write(name, value));
        }
    }
    format!("{{{}}}", members.join(","))
}
