//! Values with references: `${step.thing}`, `${fresh.name}`, `${now + 60s}`, `$$`.
//!
//! A template is compiled once and expanded when its step runs. What comes in is data: an expanded value is
//! never read for references again (promise 18). The language is total: no loops, no functions.

use serde_json::{Map, Number, Value};

use crate::source::shape::duration;
use crate::source::{Diagnostic, Node, Span, Value as Yaml};

/// A value of a suite whose references are not resolved yet.
#[derive(Clone, Debug, PartialEq)]
pub enum Template {
    /// No reference inside.
    Plain(Value),
    /// A reference that is the whole scalar; its value keeps its type.
    Whole(Reference),
    /// Text with references inside.
    Text(Vec<Piece>),
    /// A list.
    List(Vec<Template>),
    /// A map, in the author's order.
    Map(Vec<(String, Template)>),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// As written.
    Plain(String),
    /// To be looked up.
    Reference(Reference),
}

/// One `${...}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// What it points to.
    pub path: Path,
    /// Where it is written.
    pub span: Span,
}

/// What a reference points to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Path {
    /// `${now}`, `${now + 60s}`, `${now - 1h}`: whole seconds since the epoch when the step is sent.
    Now {
        /// Seconds to add.
        offset: i64,
    },
    /// A dotted name, split at the dots.
    Name(Vec<String>),
}

impl Path {
    /// The first part: `fresh`, `users`, or the name of a step.
    pub fn root(&self) -> &str {
        match self {
            Self::Now { .. } => "now",
            Self::Name(parts) => parts.first().map_or("", String::as_str),
        }
    }

    /// The parts after the first, joined by dots.
    pub fn rest(&self) -> String {
        match self {
            Self::Now { .. } => String::new(),
            Self::Name(parts) => parts.get(1..).unwrap_or_default().join("."),
        }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Now { offset: 0 } => out.write_str("now"),
            Self::Now { offset } if *offset < 0 => write!(out, "now - {}s", offset.unsigned_abs()),
            Self::Now { offset } => write!(out, "now + {offset}s"),
            Self::Name(parts) => out.write_str(&parts.join(".")),
        }
    }
}

/// A reference whose value is not there.
#[derive(Clone, Debug, PartialEq)]
pub struct Unresolved(pub Path);

impl Template {
    /// Compiles a node. Broken references are reported and stand for null.
    pub fn compile(node: &Node, errors: &mut Vec<Diagnostic>) -> Self {
        match &node.value {
            Yaml::List(items) => {
                let items: Vec<Self> = items
                    .iter()
                    .map(|item| Self::compile(item, errors))
                    .collect();
                match items.iter().map(Self::plain).collect::<Option<Vec<_>>>() {
                    Some(plain) => Self::Plain(Value::Array(plain)),
                    None => Self::List(items),
                }
            }
            Yaml::Map(entries) => {
                let entries: Vec<(String, Self)> = entries
                    .iter()
                    .map(|(key, value)| (key.text.clone(), Self::compile(value, errors)))
                    .collect();
                let plain = entries
                    .iter()
                    .map(|(key, value)| Some((key.clone(), value.plain()?)));
                match plain.collect::<Option<Map<_, _>>>() {
                    Some(plain) => Self::Plain(Value::Object(plain)),
                    None => Self::Map(entries),
                }
            }
            Yaml::Text(text) => Self::text(text, node.span, errors),
            _ => Self::Plain(node.to_json()),
        }
    }

    /// The text before its first reference.
    pub fn beginning(&self) -> &str {
        match self {
            Self::Plain(Value::String(text)) => text,
            Self::Text(pieces) => match pieces.first() {
                Some(Piece::Plain(text)) => text,
                _ => "",
            },
            _ => "",
        }
    }

    /// The text of it without places: equal templates written in different places give the same.
    pub fn canonical(&self, out: &mut String) {
        match self {
            Self::Plain(value) => out.push_str(&value.to_string()),
            Self::Whole(reference) => out.push_str(&format!("${{{}}}", reference.path)),
            Self::Text(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Plain(text) => out.push_str(text),
                        Piece::Reference(reference) => {
                            out.push_str(&format!("${{{}}}", reference.path))
                        }
                    }
                }
            }
            Self::List(items) => items.iter().for_each(|item| {
                out.push('-');
                item.canonical(out);
            }),
            Self::Map(entries) => entries.iter().for_each(|(key, value)| {
                out.push_str(key);
                out.push(':');
                value.canonical(out);
                out.push(';');
            }),
        }
    }

    fn plain(&self) -> Option<Value> {
        match self {
            Self::Plain(value) => Some(value.clone()),
            _ => None,
        }
    }

    fn text(text: &str, span: Span, errors: &mut Vec<Diagnostic>) -> Self {
        let mut pieces = match pieces(text, span) {
            Ok(pieces) => pieces,
            Err(error) => {
                errors.push(*error);
                return Self::Plain(Value::Null);
            }
        };
        match pieces.as_mut_slice() {
            [] => Self::Plain(Value::String(String::new())),
            [Piece::Plain(text)] => Self::Plain(Value::String(std::mem::take(text))),
            [Piece::Reference(reference)] => Self::Whole(reference.clone()),
            _ => Self::Text(pieces),
        }
    }

    /// Every reference inside, in order.
    pub fn references<'a>(&'a self, found: &mut Vec<&'a Reference>) {
        match self {
            Self::Plain(_) => {}
            Self::Whole(reference) => found.push(reference),
            Self::Text(pieces) => found.extend(pieces.iter().filter_map(|piece| match piece {
                Piece::Reference(reference) => Some(reference),
                Piece::Plain(_) => None,
            })),
            Self::List(items) => items.iter().for_each(|item| item.references(found)),
            Self::Map(entries) => entries
                .iter()
                .for_each(|(_, value)| value.references(found)),
        }
    }

    /// The value with every reference resolved.
    pub fn expand(
        &self,
        look_up: &mut dyn FnMut(&Path) -> Option<Value>,
    ) -> Result<Value, Unresolved> {
        match self {
            Self::Plain(value) => Ok(value.clone()),
            Self::Whole(reference) => resolve(&reference.path, look_up),
            Self::Text(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Plain(plain) => text.push_str(plain),
                        Piece::Reference(reference) => {
                            text.push_str(&as_text(&resolve(&reference.path, look_up)?));
                        }
                    }
                }
                Ok(Value::String(text))
            }
            Self::List(items) => items
                .iter()
                .map(|item| item.expand(look_up))
                .collect::<Result<_, _>>()
                .map(Value::Array),
            Self::Map(entries) => entries
                .iter()
                .map(|(key, value)| Ok((key.clone(), value.expand(look_up)?)))
                .collect::<Result<_, _>>()
                .map(Value::Object),
        }
    }
}

fn resolve(
    path: &Path,
    look_up: &mut dyn FnMut(&Path) -> Option<Value>,
) -> Result<Value, Unresolved> {
    look_up(path).ok_or_else(|| Unresolved(path.clone()))
}

/// A value inside text.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Splits a text at its references. `$$` is a dollar.
pub fn pieces(text: &str, span: Span) -> Result<Vec<Piece>, Box<Diagnostic>> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        plain.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(inner) = after.strip_prefix('{') {
            let Some(end) = inner.find('}') else {
                return Err(Box::new(
                    Diagnostic::error("reference-open", span, "a reference is not closed")
                        .label("`${` has no `}`")
                        .help("write `$$` for a dollar sign"),
                ));
            };
            if !plain.is_empty() {
                pieces.push(Piece::Plain(std::mem::take(&mut plain)));
            }
            let path = path(inner[..end].trim()).map_err(|why| {
                let text = format!("`${{{}}}` is no reference", &inner[..end]);
                Box::new(
                    Diagnostic::error("reference-syntax", span, text)
                        .label(why)
                        .help("a reference is `${step.thing}`, `${fresh.name}` or `${now + 60s}`"),
                )
            })?;
            pieces.push(Piece::Reference(Reference { path, span }));
            rest = &inner[end + 1..];
        } else {
            plain.push('$');
            rest = after.strip_prefix('$').unwrap_or(after);
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    Ok(pieces)
}

fn path(text: &str) -> Result<Path, &'static str> {
    if let Some(offset) = text.strip_prefix("now") {
        let offset = offset.trim();
        let (sign, span) = match offset.split_at_checked(1) {
            None => return Ok(Path::Now { offset: 0 }),
            Some(("+", span)) => (1, span),
            Some(("-", span)) => (-1, span),
            Some(_) => return Err("after `now` stands `+ 60s` or `- 1h`"),
        };
        let span = duration(span.trim()).ok_or("a span is a number and s, m, h or d")?;
        let seconds = i64::try_from(span.as_secs()).map_err(|_| "the span is too long")?;
        return Ok(Path::Now {
            offset: sign * seconds,
        });
    }
    let parts: Vec<String> = text.split('.').map(str::to_owned).collect();
    let fits = |part: &String| {
        !part.is_empty()
            && part
                .chars()
                .all(|one| one.is_alphanumeric() || matches!(one, '-' | '_' | '/'))
    };
    if parts.iter().all(fits) {
        Ok(Path::Name(parts))
    } else {
        Err("a name is made of letters, digits, - and _")
    }
}

/// Replaces `${each.name}` in a node by the row's values: whole scalars by the value itself, inside text and
/// keys by its text. Everything else stays.
pub fn fill_row(node: &Node, row: &[(String, Node)]) -> Node {
    let value = match &node.value {
        Yaml::Text(text) => match whole_each(text).and_then(|name| find(row, name)) {
            Some(value) => {
                return Node {
                    span: node.span,
                    value: value.value.clone(),
                };
            }
            None => Yaml::Text(fill_text(text, row)),
        },
        Yaml::List(items) => Yaml::List(items.iter().map(|item| fill_row(item, row)).collect()),
        Yaml::Map(entries) => Yaml::Map(
            entries
                .iter()
                .map(|(key, value)| {
                    let mut key = key.clone();
                    key.text = fill_text(&key.text, row);
                    (key, fill_row(value, row))
                })
                .collect(),
        ),
        other => other.clone(),
    };
    Node {
        span: node.span,
        value,
    }
}

fn whole_each(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${each.")?.strip_suffix('}')?;
    (!name.contains(['{', '}', '$'])).then_some(name)
}

fn find<'a>(row: &'a [(String, Node)], name: &str) -> Option<&'a Node> {
    row.iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

fn fill_text(text: &str, row: &[(String, Node)]) -> String {
    let mut text = text.to_owned();
    for (name, value) in row {
        let mark = format!("${{each.{name}}}");
        if text.contains(&mark) {
            let with = match &value.value {
                Yaml::Text(inner) => inner.clone(),
                _ => as_text(&value.to_json()),
            };
            text = text.replace(&mark, &with);
        }
    }
    text
}

/// `now` plus an offset as a JSON number.
pub fn moment(now: i64, offset: i64) -> Value {
    Value::Number(Number::from(now.saturating_add(offset)))
}

#[cfg(test)]
mod tests;
