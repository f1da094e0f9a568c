//! Which client asks, and how it proves it (RFC 6749 section 2.3).

use axum::http::request::Parts;

use super::Parameters;
use crate::credential::{self, Field};
use crate::encoding;

/// What a request carries to say which client it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Presented {
    /// client_secret_basic, form-decoded.
    Basic { id: String, secret: String },
    /// client_secret_post.
    Form { id: String, secret: String },
    /// client_id alone.
    Name { id: String },
    /// More than one method (RFC 6749 section 2.3), or two identifiers that differ: what the field
    /// holds, where it can be read, and the client_id of the body.
    Several {
        basic: Option<(String, String)>,
        id: Option<String>,
    },
    /// An Authorization field that is no credential of a client.
    Unreadable,
    /// Nothing.
    Nothing,
}

impl Presented {
    /// The client that it says to be, and proves or not.
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::Basic { id, .. } | Self::Form { id, .. } | Self::Name { id } => Some(id),
            Self::Several { .. } | Self::Unreadable | Self::Nothing => None,
        }
    }
}

/// Why a client is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unauthenticated {
    /// It didn't say who it is.
    Missing,
    /// It isn't who it says.
    Wrong,
    /// It said it in several ways.
    Several,
}

/// Reads what a request carries.
pub(crate) fn presented(parts: &Parts, form: &Parameters, is_basic: fn(&str) -> bool) -> Presented {
    let id = form.get("client_id").map(str::to_owned);
    let secret = form.get("client_secret").map(str::to_owned);
    match (credential::field(&parts.headers), id, secret) {
        (Field::None, Some(id), Some(secret)) => Presented::Form { id, secret },
        (Field::None, Some(id), None) => Presented::Name { id },
        (Field::None, None, _) => Presented::Nothing,
        (Field::Several, id, _) => Presented::Several { basic: None, id },
        (Field::One(value), id, secret) => {
            let basic = basic(&value, is_basic);
            let other = |(name, _): &(String, String)| id.as_ref().is_some_and(|id| id != name);
            if secret.is_some() || basic.as_ref().is_some_and(other) {
                return Presented::Several { basic, id };
            }
            basic.map_or(Presented::Unreadable, |(id, secret)| Presented::Basic {
                id,
                secret,
            })
        }
    }
}

/// Both halves are form-encoded before they go into the Basic credential (RFC 6749 section 2.3.1).
fn basic(value: &[u8], is_basic: fn(&str) -> bool) -> Option<(String, String)> {
    let (scheme, encoded) = credential::divide(value);
    let known = std::str::from_utf8(scheme).is_ok_and(is_basic) && credential::is_token68(encoded);
    let text = std::str::from_utf8(encoded).ok().filter(|_| known)?;
    let pair = String::from_utf8(encoding::base64_decode(text)?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    // As the name of a pair; an ampersand or equals sign can't stand in it unencoded.
    if text.contains(['&', '=']) {
        return None;
    }
    let pair = format!("{text}=");
    let mut pairs = encoding::form(pair.as_bytes()).into_iter();
    Some(pairs.next().map(|(name, _)| name).unwrap_or_default())
}
