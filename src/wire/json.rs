//! JSON of strangers, read in two ways: strictly, where a member that stands twice is an error, and leniently,
//! where whatever can be made out is taken.

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// How much foreign JSON is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Octets of the text.
    pub bytes: usize,
    /// Levels of nesting. The parser underneath stops at 127 whatever is written here.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            depth: 127,
        }
    }
}

/// Why a text isn't taken as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonError {
    /// Longer than the limit.
    TooLong,
    /// Nested deeper than the limit.
    TooDeep,
    /// Not UTF-8 (RFC 8259 section 8.1), a byte order mark included.
    NotUtf8,
    /// An object names this member twice (RFC 8259 section 4, RFC 7515 section 4).
    DuplicateMember(String),
    /// A number that no double can hold.
    NumberOutOfRange,
    /// Anything else that the grammar forbids, with its line and column.
    Syntax {
        /// Line, from one.
        line: usize,
        /// Column, from one.
        column: usize,
    },
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the JSON text is too long"),
            Self::TooDeep => f.write_str("the JSON text is nested too deep"),
            Self::NotUtf8 => f.write_str("the JSON text is not UTF-8 without byte order mark"),
            Self::DuplicateMember(name) => write!(f, "member {name:?} stands twice"),
            Self::NumberOutOfRange => f.write_str("a number is out of range"),
            Self::Syntax { line, column } => {
                write!(f, "not JSON at line {line}, column {column}")
            }
        }
    }
}

impl std::error::Error for JsonError {}

/// Reads one JSON value and nothing else.
pub fn parse_strict(bytes: &[u8], limits: Limits) -> Result<Value, JsonError> {
    if bytes.len() > limits.bytes {
        return Err(JsonError::TooLong);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| JsonError::NotUtf8)?;
    if text.starts_with('\u{feff}') {
        return Err(JsonError::NotUtf8);
    }
    if depth(bytes) > limits.depth.min(Limits::default().depth) {
        return Err(JsonError::TooDeep);
    }
    let mut duplicate = None;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict(&mut duplicate)
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    match (value, duplicate) {
        (_, Some(name)) => Err(JsonError::DuplicateMember(name)),
        (Ok(value), None) => Ok(value),
        (Err(error), None) => Err(explain(&error)),
    }
}

/// Reads the first JSON value of a text, for looking at what a target sent: a byte order mark and whatever follows
/// are skipped, bad UTF-8 is replaced, and the last of several members counts.
pub fn parse_lenient(bytes: &[u8]) -> Option<Value> {
    let limits = Limits::default();
    if bytes.len() > limits.bytes || depth(bytes) > limits.depth {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    serde_json::Deserializer::from_str(text)
        .into_iter()
        .next()?
        .ok()
}

fn explain(error: &serde_json::Error) -> JsonError {
    // serde_json has no kind for this one
    if error.to_string().starts_with("number out of range") {
        return JsonError::NumberOutOfRange;
    }
    JsonError::Syntax {
        line: error.line(),
        column: error.column(),
    }
}

/// The deepest nesting, counted before anything recurses.
fn depth(bytes: &[u8]) -> usize {
    let (mut deepest, mut level, mut quoted, mut escaped) = (0, 0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                level += 1;
                deepest = deepest.max(level);
            }
            b']' | b'}' if !quoted => level = level.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Builds a value and remembers the first member that stood twice.
struct Strict<'a>(&'a mut Option<String>);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Strict(self.0))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if map.contains_key(&name) {
                *self.0 = Some(name);
                return Err(A::Error::custom("duplicate member"));
            }
            let value = members.next_value_seed(Strict(self.0))?;
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn strict(text: &str) -> Result<Value, JsonError> {
        parse_strict(text.as_bytes(), Limits::default())
    }

    #[test]
    fn a_member_that_stands_twice_is_named_at_any_depth_and_in_any_spelling() {
        for (text, name) in [
            (r#"{"a":1,"a":1}"#, "a"),
            (r#"{"a":1,"\u0061":2}"#, "a"),
            (r#"[{"x":{"b":1,"c":2,"b":3}}]"#, "b"),
        ] {
            assert_eq!(
                strict(text),
                Err(JsonError::DuplicateMember(name.to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        assert_eq!(strict("1e999"), Err(JsonError::NumberOutOfRange));
        assert_eq!(
            parse_strict(b"\"\xff\"", Limits::default()),
            Err(JsonError::NotUtf8)
        );
        assert_eq!(strict("\u{feff}{}"), Err(JsonError::NotUtf8));
        for text in [
            "",
            "{",
            "{} {}",
            "{'a':1}",
            "{\"a\":1,}",
            "01",
            "NaN",
            "// x\n1",
            r#""\ud800""#,
        ] {
            assert!(
                matches!(strict(text), Err(JsonError::Syntax { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(strict(&nested(127)).is_ok());
        assert_eq!(strict(&nested(128)), Err(JsonError::TooDeep));
        assert_eq!(strict(&"[".repeat(100_000)), Err(JsonError::TooDeep));
        assert!(strict(r#""[[[[\"[[""#).is_ok());
        let small = Limits { bytes: 3, depth: 1 };
        assert_eq!(parse_strict(b"1234", small), Err(JsonError::TooLong));
        assert_eq!(parse_strict(b"[[]", small), Err(JsonError::TooDeep));
    }

    #[test]
    fn the_lenient_reader_takes_what_it_can() {
        assert_eq!(
            parse_lenient(b"\xef\xbb\xbf{\"a\":1,\"a\":2} tail"),
            Some(serde_json::json!({"a": 2}))
        );
        assert_eq!(
            parse_lenient(b"\"\xff\""),
            Some(serde_json::json!("\u{fffd}"))
        );
        assert_eq!(parse_lenient(b"nope"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse_strict(&bytes, Limits::default());
            let _ = parse_lenient(&bytes);
        }

        #[test]
        fn both_readers_agree_with_serde_json(text in r#"[\[\]{}",:0-9a-c\\ ]{0,24}"#) {
            let theirs = serde_json::from_str::<Value>(&text).ok();
            match strict(&text) {
                Ok(value) => prop_assert_eq!(Some(value), theirs),
                Err(JsonError::DuplicateMember(_)) => {}
                Err(_) => prop_assert_eq!(None, theirs),
            }
        }
    }
}
