//! Whether a value stands in a text, in any of the codings in which values travel.
//!
//! The codings are those that reports are cleaned of: base64 at three alignments and inside `user:pass`, percent,
//! form, hex, JSON and HTML escapes. So a leak is found wherever it would be masked.

use crate::model::{Response, Secret, Vault};
use crate::wire::form::encode_component;

/// A value shorter than this can stand in a text by chance.
pub(crate) const SHORTEST: usize = 8;

/// Whether the value stands in these bytes. A short one is looked for as a word of its own, uncoded.
pub(crate) fn stands_in(value: &str, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    if value.is_empty() {
        return false;
    }
    if value.len() < SHORTEST {
        return is_word_of(value, &text);
    }
    let mut vault = Vault::default();
    vault.add(&Secret::new(value, "value"));
    // inside Basic, a client's secret is form-encoded first (RFC 6749 section 2.3.1)
    vault.add(&Secret::new(encode_component(value), "value"));
    vault.redact(&text).as_str() != text
}

fn is_word_of(value: &str, text: &str) -> bool {
    text.match_indices(value).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + value.len()..].chars().next();
        ![before, after]
            .into_iter()
            .flatten()
            .any(char::is_alphanumeric)
    })
}

/// The part of a response in which the value stands: a field by its name, or the content.
pub(crate) fn part_of(value: &str, response: &Response) -> Option<String> {
    let field = response
        .headers
        .iter()
        .find(|header| stands_in(value, &header.value));
    if let Some(field) = field {
        return Some(format!("the field {}", field.name));
    }
    stands_in(value, response.body.bytes()).then(|| "the content".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_every_coding() {
        let value = "pa55/word+long";
        for (text, found) in [
            ("x pa55/word+long y", true),
            ("x=pa55%2Fword%2Blong", true),
            ("pa55%252Fword%252Blong", true),
            ("{\"p\":\"pa55\\/word+long\"}", true),
            ("Basic YWxpY2U6cGE1NS93b3JkK2xvbmc=", true),
            ("Y2xpZW50OnBhNTUlMkZ3b3JkJTJCbG9uZw==", true),
            ("706135352f776f72642b6c6f6e67", true),
            ("pa55 word long", false),
            ("", false),
        ] {
            assert_eq!(stands_in(value, text.as_bytes()), found, "{text}");
        }
    }

    #[test]
    fn a_short_value_must_be_a_word_of_its_own() {
        for (text, found) in [
            ("user bob is unknown", true),
            ("bobby", false),
            ("=bob&", true),
        ] {
            assert_eq!(stands_in("bob", text.as_bytes()), found, "{text}");
        }
    }
}
