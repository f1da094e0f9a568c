//! A tree of what was written: keys in their order, every key and value with its place.

use super::Span;

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value as written, with its quotes or brackets; of a block scalar, the lines under its header. Where
    /// nothing was written it is empty, and stands behind the colon.
    pub span: Span,
    /// What was written there.
    pub value: Value,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~`, or nothing at all.
    Null,
    /// `true` or `false`; never `yes`, `no`, `on`, `off`.
    Bool(bool),
    /// Digits with at most a minus before them and no leading zero.
    Int(i64),
    /// As JSON writes it, with a point; always finite.
    Float(f64),
    /// Everything else, and everything in quotes.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in its written order; no key is there twice.
    Map(Vec<(Key, Node)>),
}

/// A key of a map, always as text: `401:` is the key `401`.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The key as written, with its quotes.
    pub span: Span,
    /// What the key says.
    pub text: String,
}

impl Node {
    /// The value under a key, if this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let entries = self.as_map()?;
        entries
            .iter()
            .find(|(found, _)| found.text == key)
            .map(|(_, node)| node)
    }

    /// The text, if this is text. A number is not: `"401"` and `401` are two things.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if this is a whole number.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self.value {
            Value::Int(number) => Some(number),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// The items, if this is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if this is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(Key, Self)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whether nothing was written, or `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// What this is, in the word that messages use.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "boolean",
            Value::Int(_) | Value::Float(_) => "number",
            Value::Text(_) => "text",
            Value::List(_) => "list",
            Value::Map(_) => "map",
        }
    }

    /// The same value as JSON; the order of keys is kept.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(truth) => (*truth).into(),
            Value::Int(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(entries) => entries
                .iter()
                .map(|(key, node)| (key.text.clone(), node.to_json()))
                .collect(),
        }
    }

    /// Whether both say the same, wherever they were written and in whatever order their keys stand.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::List(left), Value::List(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(l, r)| l.same(r))
            }
            (Value::Map(left), Value::Map(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .all(|(key, node)| other.get(&key.text).is_some_and(|r| node.same(r)))
            }
            (left, right) => left == right,
        }
    }
}

#[cfg(test)]
mod tests;
