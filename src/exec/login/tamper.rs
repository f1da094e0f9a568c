//! A state that says where to go after the login, made to say something else.
//!
//! Applications write such states in many ways: JSON, parts between separators, in base64 or in the clear. What reads
//! like a path or an address is taken for the page.

use serde_json::Value;

use crate::wire::jose;

const SEPARATORS: &[char] = &['.', ':', '|', ';', ',', '~', '&', '='];

/// Where a page ends that other parts follow.
const ENDS: &[char] = &['&', ';', '|', ','];

/// The state with this in place of the page that it names; none if it names none.
pub(super) fn tampered(state: &str, to: &str) -> Option<String> {
    let end = state.find(ENDS).unwrap_or(state.len());
    let (page, after) = state.split_at(end);
    if is_page(page) {
        return Some(format!("{to}{after}"));
    }
    if let Ok(Value::Object(mut members)) = serde_json::from_str(state) {
        let mut values = members.values_mut();
        let page = values.find(|value| value.as_str().is_some_and(is_page))?;
        *page = Value::from(to);
        return Some(Value::Object(members).to_string());
    }
    if let Some(inside) = decoded(state) {
        let inside = tampered(&inside, to)?;
        return Some(jose::base64url(inside.as_bytes()));
    }
    let at = state.find(SEPARATORS)?;
    let (first, rest) = state.split_at(at);
    let (separator, rest) = rest.split_at(1);
    match tampered(rest, to) {
        Some(rest) => Some(format!("{first}{separator}{rest}")),
        None => Some(format!("{}{separator}{rest}", tampered(first, to)?)),
    }
}

fn is_page(text: &str) -> bool {
    let address = text.starts_with("http://") || text.starts_with("https://");
    address || text.starts_with('/') && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Text in base64, where that makes sense.
fn decoded(text: &str) -> Option<String> {
    let plain = text
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    let octets = jose::unbase64url(&plain)?;
    let text = String::from_utf8(octets).ok()?;
    let readable = text.chars().all(|letter| !letter.is_control());
    (readable && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_found_however_it_is_written() {
        let to = "https://attacker.example/";
        let coded = |text: &str| jose::base64url(text.as_bytes());
        let random = "q83vEjRWeJCrze8SNFZ4kA";
        for (state, found) in [
            ("/orders".to_owned(), Some(to.to_owned())),
            (coded("/orders"), Some(coded(to))),
            (
                format!("{random}.{}", coded("/orders")),
                Some(format!("{random}.{}", coded(to))),
            ),
            (format!("{random}:/orders"), Some(format!("{random}:{to}"))),
            (
                coded(&format!("{{\"n\":\"{random}\",\"to\":\"/orders\"}}")),
                Some(coded(&format!("{{\"n\":\"{random}\",\"to\":\"{to}\"}}"))),
            ),
            (
                format!("to=https://app.example/x&n={random}"),
                Some(format!("to={to}&n={random}")),
            ),
            (random.to_owned(), None),
            (format!("{random}.{random}"), None),
            (String::new(), None),
        ] {
            assert_eq!(tampered(&state, to), found, "{state}");
        }
    }
}
