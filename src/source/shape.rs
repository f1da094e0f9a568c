//! The grammar of suites and profiles, as data.
//!
//! One description of a key serves three readers: the loader (unknown and missing keys, wrong types, the near
//! name), the JSON Schema for editors, and the generated reference. A key is added here and nowhere else.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Diagnostic, Node, Value as Yaml, nearest};

/// What may stand at a place.
#[derive(Clone, Copy)]
pub enum Shape {
    /// Anything.
    Any,
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// `true` or `false`.
    Bool,
    /// Text, number, boolean or null.
    Scalar,
    /// A span of time, such as `3s`.
    Duration,
    /// One of a closed list of words, each with its meaning.
    Word(fn() -> Vec<(&'static str, &'static str)>),
    /// A list.
    List(&'static Shape),
    /// One, or a list.
    Many(&'static Shape),
    /// A map with known keys.
    Map(&'static [Field]),
    /// A map with known keys that are collected from several places, once.
    Open(fn() -> &'static [Field]),
    /// A map with keys of the author's.
    MapOf(&'static Shape),
    /// A map with keys of the author's, and some known ones beside them.
    MapWith(&'static [Field], &'static Shape),
    /// Whichever fits the kind of value.
    Either(&'static [Shape]),
}

/// A key of a map.
#[derive(Clone, Copy)]
pub struct Field {
    /// As written.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// What may stand there.
    pub shape: Shape,
    /// Must be there.
    pub required: bool,
}

impl Field {
    /// A key that may be left out.
    pub const fn new(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self {
            name,
            doc,
            shape,
            required: false,
        }
    }

    /// A key that must be there.
    pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self {
            name,
            doc,
            shape,
            required: true,
        }
    }
}

impl Shape {
    fn fields(&self) -> Option<&'static [Field]> {
        match self {
            Self::Map(fields) => Some(fields),
            Self::Open(fields) => Some(fields()),
            _ => None,
        }
    }

    /// The keys that may stand here or in the members of a list, for documentation.
    pub fn known_fields(&self) -> Vec<Field> {
        match self {
            Self::List(item) | Self::Many(item) => item.known_fields(),
            Self::Either(shapes) => shapes.iter().flat_map(Self::known_fields).collect(),
            Self::MapWith(fields, _) => fields.to_vec(),
            Self::MapOf(shape) => shape.known_fields(),
            _ => self.fields().unwrap_or_default().to_vec(),
        }
    }

    /// In words, for "expected ...".
    pub fn words(&self) -> String {
        match self {
            Self::Any => "a value".into(),
            Self::Text => "text".into(),
            Self::Int => "a whole number".into(),
            Self::Bool => "true or false".into(),
            Self::Scalar => "text, a number or true/false".into(),
            Self::Duration => "a span of time such as `3s`".into(),
            Self::Word(words) => {
                let words: Vec<&str> = words().iter().map(|(word, _)| *word).collect();
                if words.len() <= 12 {
                    format!("one of {}", words.join(", "))
                } else {
                    "a known word".into()
                }
            }
            Self::List(item) => format!("a list of {}", item.words()),
            Self::Many(item) => format!("{}, or a list of them", item.words()),
            Self::Map(_) | Self::Open(_) | Self::MapOf(_) | Self::MapWith(..) => "a map".into(),
            Self::Either(shapes) => {
                let words: Vec<String> = shapes.iter().map(Self::words).collect();
                words.join(" or ")
            }
        }
    }

    /// Whether a value is of the kind that this shape describes, its inside aside.
    fn fits_kind(&self, node: &Node) -> bool {
        match (self, &node.value) {
            (Self::Any, _) | (Self::Many(Self::Any), _) => true,
            (
                Self::Text | Self::Duration | Self::Int | Self::Bool | Self::Scalar,
                Yaml::Text(text),
            ) if text.contains("${") => true,
            (Self::Text, Yaml::Text(_) | Yaml::Int(_)) => true,
            (Self::Int, Yaml::Int(_)) | (Self::Bool, Yaml::Bool(_)) => true,
            (Self::Duration, Yaml::Text(text)) => duration(text).is_some(),
            (Self::Scalar, Yaml::List(_) | Yaml::Map(_)) => false,
            (Self::Scalar, _) => true,
            (Self::Word(words), Yaml::Text(text)) => {
                text.contains("${") || words().iter().any(|(word, _)| word == text)
            }
            (Self::List(_) | Self::Many(_), Yaml::List(_)) => true,
            (Self::Many(item), _) => item.fits_kind(node),
            (Self::Map(_) | Self::Open(_) | Self::MapOf(_) | Self::MapWith(..), Yaml::Map(_)) => {
                true
            }
            (Self::Either(shapes), _) => shapes.iter().any(|shape| shape.fits_kind(node)),
            _ => false,
        }
    }

    /// Reports everything in a node that this shape does not allow.
    pub fn check(&self, node: &Node, what: &str, errors: &mut Vec<Diagnostic>) {
        match (self, &node.value) {
            (Self::Either(shapes), _) => match shapes.iter().find(|shape| shape.fits_kind(node)) {
                Some(shape) => shape.check(node, what, errors),
                None => errors.push(self.mismatch(node, what)),
            },
            (Self::List(item) | Self::Many(item), Yaml::List(items)) => {
                for node in items {
                    item.check(node, what, errors);
                }
            }
            (Self::Many(item), _) => item.check(node, what, errors),
            (Self::MapOf(shape), Yaml::Map(entries)) => {
                for (key, value) in entries {
                    shape.check(value, &key.text, errors);
                }
            }
            (Self::MapWith(fields, shape), Yaml::Map(entries)) => {
                for (key, value) in entries {
                    let field = fields.iter().find(|field| field.name == key.text);
                    let shape = field.map_or(*shape, |field| &field.shape);
                    shape.check(value, &key.text, errors);
                }
            }
            (Self::Map(_) | Self::Open(_), Yaml::Map(_)) => {
                check_fields(self.fields().unwrap_or_default(), node, what, errors);
            }
            _ if self.fits_kind(node) => {}
            _ => errors.push(self.mismatch(node, what)),
        }
    }

    fn mismatch(&self, node: &Node, what: &str) -> Diagnostic {
        let found = Diagnostic::error(
            "wrong-type",
            node.span,
            format!("`{what}` cannot be {}", node.kind()),
        )
        .label(format!("expected {}", self.words()));
        let words = self.all_words();
        match &node.value {
            Yaml::Text(text) if !words.is_empty() => {
                let error = Diagnostic::error(
                    "unknown-word",
                    node.span,
                    format!("`{what}` has no word `{text}`"),
                )
                .label(format!("expected {}", self.words()));
                match nearest(text, words.iter().copied()) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error,
                }
            }
            _ => found,
        }
    }

    fn all_words(&self) -> Vec<&'static str> {
        match self {
            Self::Word(words) => words().into_iter().map(|(word, _)| word).collect(),
            Self::Either(shapes) => shapes.iter().flat_map(Self::all_words).collect(),
            Self::Many(item) => item.all_words(),
            _ => Vec::new(),
        }
    }

    /// The JSON Schema (2020-12) of this shape.
    pub fn schema(&self) -> Value {
        match self {
            Self::Any => json!({}),
            Self::Text => json!({ "type": ["string", "integer"] }),
            Self::Int => json!({ "type": ["integer", "string"] }),
            Self::Bool => json!({ "type": ["boolean", "string"] }),
            Self::Scalar => json!({ "type": ["string", "number", "boolean", "null"] }),
            Self::Duration => {
                json!({ "type": "string", "pattern": "^(\\d+(ms|s|m|h|d)|.*\\$\\{.*)$" })
            }
            Self::Word(words) => {
                let mut options: Vec<Value> = words()
                    .into_iter()
                    .map(|(word, doc)| json!({ "const": word, "description": doc }))
                    .collect();
                options.push(json!({ "type": "string", "pattern": "\\$\\{" }));
                json!({ "anyOf": options })
            }
            Self::List(item) => json!({ "type": "array", "items": item.schema() }),
            Self::Many(item) => {
                json!({ "anyOf": [item.schema(), { "type": "array", "items": item.schema() }] })
            }
            Self::Map(_) | Self::Open(_) => {
                let fields = self.fields().unwrap_or_default();
                let required: Vec<&str> = fields
                    .iter()
                    .filter(|field| field.required)
                    .map(|field| field.name)
                    .collect();
                json!({ "type": "object", "properties": properties(fields), "required": required, "additionalProperties": false })
            }
            Self::MapWith(fields, shape) => {
                json!({ "type": "object", "properties": properties(fields), "additionalProperties": shape.schema() })
            }
            Self::MapOf(shape) => {
                json!({ "type": "object", "additionalProperties": shape.schema() })
            }
            Self::Either(shapes) => {
                json!({ "anyOf": shapes.iter().map(Self::schema).collect::<Vec<_>>() })
            }
        }
    }
}

fn properties(fields: &[Field]) -> Map<String, Value> {
    let mut properties = Map::new();
    for field in fields {
        let mut schema = field.shape.schema();
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".into(), Value::from(field.doc));
        }
        properties.insert(field.name.into(), schema);
    }
    properties
}

fn check_fields(fields: &[Field], node: &Node, what: &str, errors: &mut Vec<Diagnostic>) {
    let entries = node.as_map().unwrap_or_default();
    for (key, value) in entries {
        if let Some(field) = fields.iter().find(|field| field.name == key.text) {
            field.shape.check(value, field.name, errors);
            continue;
        }
        let error = Diagnostic::error(
            "unknown-key",
            key.span,
            format!("{what} has no key `{}`", key.text),
        );
        let names = fields.iter().map(|field| field.name);
        errors.push(match nearest(&key.text, names.clone()) {
            Some(near) => error
                .label("unknown key")
                .help(format!("did you mean `{near}`?")),
            None => error.label("unknown key").help(format!(
                "known keys: {}",
                names.collect::<Vec<_>>().join(", ")
            )),
        });
    }
    for field in fields.iter().filter(|field| field.required) {
        if node.get(field.name).is_none() {
            errors.push(
                Diagnostic::error(
                    "missing-key",
                    node.span,
                    format!("{what} needs `{}`", field.name),
                )
                .label(field.doc),
            );
        }
    }
}

/// A span of time as it is written: `250ms`, `3s`, `10m`, `1h`, `2d`.
pub fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|one: char| !one.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    let seconds = |factor: u64| number.checked_mul(factor).map(Duration::from_secs);
    match text[digits..].trim() {
        "ms" => Some(Duration::from_millis(number)),
        "s" => seconds(1),
        "m" => seconds(60),
        "h" => seconds(3_600),
        "d" => seconds(86_400),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
