//! How a Set-Cookie field is written, by the grammar for servers (RFC 6265bis section 4.1.1). Browsers read far more
//! than that; what they make of it is not asked here.

/// What of the grammar the pair breaks, in words.
pub(super) fn breach(field: &[u8]) -> Option<&'static str> {
    let pair = field.split(|byte| *byte == b';').next()?;
    let at = pair.iter().position(|byte| *byte == b'=');
    let (name, value) = match at {
        Some(at) => (&pair[..at], &pair[at + 1..]),
        None => return Some("a pair without an equals sign"),
    };
    let value = match value {
        [b'"', inner @ .., b'"'] => inner,
        value => value,
    };
    if !name.iter().all(|byte| is_token(*byte)) {
        return Some("a name with characters that no token has");
    }
    match value.iter().find(|byte| !is_octet(**byte)) {
        None => None,
        Some(b' ' | b'\t') => Some("a value with blanks"),
        Some(b'"') => Some("a value with quotes"),
        Some(b',') => Some("a value with a comma"),
        Some(b'\\') => Some("a value with a backslash"),
        Some(_) => Some("a value with characters beyond the grammar"),
    }
}

/// An attribute that stands twice.
pub(super) fn repeated(field: &[u8]) -> Option<String> {
    let names = attributes(field).map(|(name, _)| name);
    let names: Vec<String> = names.collect();
    let twice = |name: &&String| names.iter().filter(|other| other == name).count() > 1;
    names.iter().find(twice).cloned()
}

/// Whether Expires is an IMF-fixdate, whose year has four digits.
pub(super) fn date_is_fixed(field: &[u8]) -> Option<bool> {
    let mut found = attributes(field).filter(|(name, _)| name == "expires");
    let (_, value) = found.next()?;
    let words: Vec<&str> = value.split(' ').collect();
    let fixed = matches!(words.as_slice(), [day, date, _, year, _, "GMT"]
        if day.len() == 4 && day.ends_with(',') && date.len() == 2 && year.len() == 4);
    Some(fixed && crate::wire::date::http_date(&value).is_some())
}

/// The attributes behind the pair, names in lower case.
fn attributes(field: &[u8]) -> impl Iterator<Item = (String, String)> {
    let text = String::from_utf8_lossy(field).into_owned();
    let parts: Vec<String> = text.split(';').skip(1).map(str::to_owned).collect();
    parts.into_iter().filter_map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part.as_str(), ""));
        let name = name.trim().to_ascii_lowercase();
        (!name.is_empty()).then(|| (name, value.trim().to_owned()))
    })
}

/// RFC 9110 section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// `cookie-octet`.
fn is_octet(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_grammar_forbids_is_named() {
        for (field, found) in [
            ("session=aB3_-.~%7B; Path=/", None),
            ("session=\"quoted\"; Path=/", None),
            ("session=", None),
            ("a b=1", Some("a name with characters that no token has")),
            ("a={\"x\": 1}", Some("a value with quotes")),
            ("a=1 2", Some("a value with blanks")),
            ("a=1,2", Some("a value with a comma")),
            ("plain", Some("a pair without an equals sign")),
        ] {
            assert_eq!(breach(field.as_bytes()), found, "{field}");
        }
    }

    #[test]
    fn attributes_stand_once_and_dates_have_four_digits_of_the_year() {
        for (field, twice, fixed) in [
            ("a=1; Path=/; HttpOnly", None, None),
            ("a=1; Path=/; path=/x", Some("path"), None),
            (
                "a=1; Expires=Wed, 19 Aug 2026 00:00:00 GMT",
                None,
                Some(true),
            ),
            (
                "a=1; Expires=Wednesday, 19-Aug-26 00:00:00 GMT",
                None,
                Some(false),
            ),
            (
                "a=1; Expires=Wed, 19-Aug-2026 00:00:00 GMT",
                None,
                Some(false),
            ),
        ] {
            assert_eq!(repeated(field.as_bytes()).as_deref(), twice, "{field}");
            assert_eq!(date_is_fixed(field.as_bytes()), fixed, "{field}");
        }
    }
}
