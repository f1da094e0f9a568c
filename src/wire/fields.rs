//! HTTP fields (RFC 9110): access by name, lists, dates, media types. What a field means for a case is not decided
//! here.

use std::fmt;

pub use crate::wire::date::http_date;

/// A field line: its name as written, and its octets.
pub type Field = (String, Vec<u8>);

/// The values of all lines of one name, in order.
pub fn all<'a>(fields: &'a [Field], name: &str) -> Vec<&'a [u8]> {
    fields
        .iter()
        .filter(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim_ascii())
        .collect()
}

/// The value of a field that may stand once at most (RFC 9110 section 5.3).
pub fn single<'a>(fields: &'a [Field], name: &str) -> Result<Option<&'a [u8]>, FieldError> {
    match all(fields, name).as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err(FieldError::Repeated),
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldError {
    /// A singleton field stands on several lines.
    Repeated,
    /// A quoted string has no end.
    OpenQuote,
    /// An octet that its place doesn't allow.
    Malformed,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Repeated => "the field stands more than once",
            Self::OpenQuote => "a quoted string has no end",
            Self::Malformed => "the value has a character that the grammar forbids",
        })
    }
}

impl std::error::Error for FieldError {}

/// Whether an octet may stand in a token (RFC 9110 section 5.6.2).
pub fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether octets are a token.
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_tchar)
}

/// The elements of a list-valued field (RFC 9110 section 5.6.1), trimmed; empty ones are left out, as a recipient
/// must. A separator inside a quoted string separates nothing.
pub fn split_list(value: &[u8]) -> Result<Vec<&[u8]>, FieldError> {
    let mut elements = split(value, b',')?;
    elements.retain(|element| !element.is_empty());
    Ok(elements)
}

/// Splits at a separator outside of quoted strings; elements are trimmed and may be empty.
pub fn split(value: &[u8], separator: u8) -> Result<Vec<&[u8]>, FieldError> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, byte) in value.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if *byte == separator && !quoted => {
                parts.push(value[start..at].trim_ascii());
                start = at + 1;
            }
            _ => {}
        }
    }
    if quoted {
        return Err(FieldError::OpenQuote);
    }
    parts.push(value[start..].trim_ascii());
    Ok(parts)
}

/// The tokens of a list of case-insensitive tokens such as `Allow` or `Vary`, over all lines, in lower case.
pub fn tokens(lines: &[&[u8]]) -> Result<Vec<String>, FieldError> {
    let mut found = Vec::new();
    for line in lines {
        for element in split_list(line)? {
            if !is_token(element) {
                return Err(FieldError::Malformed);
            }
            found.push(text(element).to_ascii_lowercase());
        }
    }
    Ok(found)
}

/// The directives of a list such as `Cache-Control`: name in lower case, argument unquoted.
pub fn directives(lines: &[&[u8]]) -> Result<Vec<(String, Option<String>)>, FieldError> {
    let mut found = Vec::new();
    for line in lines {
        for element in split_list(line)? {
            found.push(match element.iter().position(|b| *b == b'=') {
                Some(_) => parameter(element).map(|(name, value, _)| (name, Some(value)))?,
                None if is_token(element) => (text(element).to_ascii_lowercase(), None),
                None => return Err(FieldError::Malformed),
            });
        }
    }
    Ok(found)
}

/// One `name = value` (RFC 9110 section 11.2, blanks around `=` included): the name in lower case, the value
/// unquoted, and whether it was quoted.
pub fn parameter(element: &[u8]) -> Result<(String, String, bool), FieldError> {
    let at = element
        .iter()
        .position(|b| *b == b'=')
        .ok_or(FieldError::Malformed)?;
    let (name, value) = (element[..at].trim_ascii(), element[at + 1..].trim_ascii());
    if !is_token(name) {
        return Err(FieldError::Malformed);
    }
    let name = text(name).to_ascii_lowercase();
    if value.first() == Some(&b'"') {
        return Ok((name, unquote(value)?, true));
    }
    if !is_token(value) {
        return Err(FieldError::Malformed);
    }
    Ok((name, text(value), false))
}

/// The content of a quoted string (RFC 9110 section 5.6.4). Octets beyond ASCII are kept if they are UTF-8.
pub fn unquote(value: &[u8]) -> Result<String, FieldError> {
    let inner = value.strip_prefix(b"\"").ok_or(FieldError::Malformed)?;
    let (mut content, mut bytes) = (Vec::new(), inner.iter().copied());
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if bytes.len() == 0 => return Ok(text(&content)),
            b'"' => return Err(FieldError::Malformed),
            b'\\' => content.push(bytes.next().ok_or(FieldError::OpenQuote)?),
            b'\t' | b' '..=b'~' | 0x80.. => content.push(byte),
            _ => return Err(FieldError::Malformed),
        }
    }
    Err(FieldError::OpenQuote)
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A media type (RFC 9110 section 8.3.1): type, subtype and parameter names in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType {
    /// `type/subtype`.
    pub essence: String,
    /// The parameters in order.
    pub params: Vec<(String, String)>,
}

impl MediaType {
    /// Reads the value of a `Content-Type` field.
    pub fn parse(value: &[u8]) -> Result<Self, FieldError> {
        let mut parts = split(value, b';')?.into_iter();
        let essence = parts.next().ok_or(FieldError::Malformed)?;
        let slash = essence.iter().position(|b| *b == b'/');
        let (kind, sub) = essence.split_at(slash.ok_or(FieldError::Malformed)?);
        if !is_token(kind) || !is_token(&sub[1..]) {
            return Err(FieldError::Malformed);
        }
        let params = parts
            .filter(|part| !part.is_empty())
            .map(|part| parameter(part).map(|(name, value, _)| (name, value)))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            essence: text(essence).to_ascii_lowercase(),
            params,
        })
    }

    /// A parameter by its name in lower case.
    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the content is JSON (RFC 8259, and the `+json` suffix of RFC 6839).
    pub fn is_json(&self) -> bool {
        self.essence == "application/json" || self.essence.ends_with("+json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn field(name: &str, value: &str) -> Field {
        (name.to_owned(), value.as_bytes().to_vec())
    }

    #[test]
    fn lines_are_found_by_name_in_any_case() {
        let fields = [field("Vary", "a"), field("vary", " b "), field("Age", "1")];
        assert_eq!(all(&fields, "VARY"), [b"a", b"b"]);
        assert_eq!(single(&fields, "age"), Ok(Some(&b"1"[..])));
        assert_eq!(single(&fields, "vary"), Err(FieldError::Repeated));
        assert_eq!(single(&fields, "date"), Ok(None));
    }

    #[test]
    fn lists_are_split_outside_of_quotes() {
        let elements = split_list(br#"a, "b,\"c" ,, d"#).unwrap();
        assert_eq!(elements, [&b"a"[..], br#""b,\"c""#, b"d"]);
        assert_eq!(split_list(b"\"a"), Err(FieldError::OpenQuote));
        assert_eq!(
            tokens(&[b"GET, head", b"PUT"]).unwrap(),
            ["get", "head", "put"]
        );
        assert_eq!(tokens(&[b"a b"]), Err(FieldError::Malformed));
    }

    #[test]
    fn directives_have_arguments() {
        let found = directives(&[b"No-Store, max-age=60, private=\"Set-Cookie\""]).unwrap();
        let expected = [
            ("no-store", None),
            ("max-age", Some("60")),
            ("private", Some("Set-Cookie")),
        ];
        let expected = expected.map(|(n, v)| (n.to_owned(), v.map(str::to_owned)));
        assert_eq!(found, expected);
    }

    #[test]
    fn media_types_are_lower_cased() {
        let read = MediaType::parse(b"Application/Problem+JSON; Charset=\"UTF-8\";").unwrap();
        assert_eq!(read.essence, "application/problem+json");
        assert_eq!(read.param("charset"), Some("UTF-8"));
        assert!(read.is_json());
        for bad in ["", "text", "text/", "text/html; charset", "text/ html"] {
            assert!(MediaType::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = directives(&[&bytes]);
            let _ = tokens(&[&bytes]);
            let _ = MediaType::parse(&bytes);
            let _ = unquote(&bytes);
        }
    }
}
