//! Reads the map of a script, field by field, and says where it is wrong and what was probably meant.

use std::time::Duration;

use serde_json::{Map, Value};

/// A name that may be written in a script, and what it does.
pub type Word = (&'static str, &'static str);

/// Why a value is no script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// JSON pointer (RFC 6901) to the wrong value, from the value that was read.
    pub path: String,
    /// What is wrong, in words.
    pub message: String,
    /// The known name that looks most like what was written.
    pub nearest: Option<String>,
}

impl std::fmt::Display for ScriptError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() {
            out.write_str(&self.message)?;
        } else {
            write!(out, "{}: {}", self.path, self.message)?;
        }
        match &self.nearest {
            Some(name) => write!(out, " (did you mean `{name}`?)"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ScriptError {}

/// A place inside the value that is read.
#[derive(Clone)]
pub(in crate::provider) struct Place {
    path: String,
    /// References such as `${fresh.key}` stand for values that are not there yet and fit everywhere.
    references: bool,
}

impl Place {
    pub(in crate::provider) fn root(references: bool) -> Self {
        Self {
            path: String::new(),
            references,
        }
    }

    pub(in crate::provider) fn at(&self, name: &str) -> Self {
        Self {
            path: format!(
                "{}/{}",
                self.path,
                name.replace('~', "~0").replace('/', "~1")
            ),
            references: self.references,
        }
    }

    pub(super) fn error(&self, message: impl Into<String>) -> ScriptError {
        ScriptError {
            path: self.path.clone(),
            message: message.into(),
            nearest: None,
        }
    }

    pub(super) fn unknown<'w>(
        &self,
        what: &str,
        written: &str,
        known: impl Iterator<Item = &'w str>,
    ) -> ScriptError {
        ScriptError {
            nearest: nearest(written, known),
            ..self.error(format!("unknown {what} `{written}`"))
        }
    }

    /// Whether a value is a reference that will be replaced before the script is played.
    pub(super) fn is_open(&self, value: &Value) -> bool {
        self.references && value.as_str().is_some_and(|text| text.contains("${"))
    }

    pub(super) fn map<'v>(&self, value: &'v Value) -> Result<&'v Map<String, Value>, ScriptError> {
        value
            .as_object()
            .ok_or_else(|| self.error(format!("a map is needed here, not {}", kind(value))))
    }

    pub(super) fn text<'v>(&self, value: &'v Value) -> Result<&'v str, ScriptError> {
        value
            .as_str()
            .ok_or_else(|| self.error(format!("a text is needed here, not {}", kind(value))))
    }

    /// A text or a list of texts.
    pub(super) fn texts(&self, value: &Value) -> Result<Vec<String>, ScriptError> {
        match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| Ok(self.at(&index.to_string()).text(item)?.to_owned()))
                .collect(),
            one => Ok(vec![self.text(one)?.to_owned()]),
        }
    }

    /// The values of a field or parameter: a scalar, a list of scalars, or null for none.
    pub(super) fn scalars(&self, value: &Value) -> Result<Vec<String>, ScriptError> {
        let one = |place: &Self, value: &Value| match value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(flag) => Ok(flag.to_string()),
            other => Err(place.error(format!("a text is needed here, not {}", kind(other)))),
        };
        match value {
            Value::Null => Ok(Vec::new()),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| one(&self.at(&index.to_string()), item))
                .collect(),
            other => Ok(vec![one(self, other)?]),
        }
    }

    /// A map of names to scalars, lists or null.
    pub(super) fn patches(&self, value: &Value) -> Result<Vec<(String, Vec<String>)>, ScriptError> {
        self.map(value)?
            .iter()
            .map(|(name, value)| Ok((name.clone(), self.at(name).scalars(value)?)))
            .collect()
    }

    /// A span such as `20s`, `500ms`, `5m`, `1h`.
    pub(in crate::provider) fn span(&self, value: &Value) -> Result<Duration, ScriptError> {
        let text = self.text(value)?;
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let millis = match unit {
            "ms" => Some(1_u64),
            "s" => Some(1_000),
            "m" => Some(60_000),
            "h" => Some(3_600_000),
            _ => None,
        };
        number
            .parse::<u64>()
            .ok()
            .zip(millis)
            .and_then(|(number, millis)| number.checked_mul(millis))
            .filter(|span| *span <= LONGEST_SPAN_MILLIS)
            .map(Duration::from_millis)
            .ok_or_else(|| {
                self.error(format!(
                    "`{text}` is no span such as 20s or 500ms, at most 1h"
                ))
            })
    }
}

/// Nobody waits longer for an answer.
const LONGEST_SPAN_MILLIS: u64 = 3_600_000;

/// The name most like what was written, if any is near.
fn nearest<'w>(written: &str, known: impl Iterator<Item = &'w str>) -> Option<String> {
    let written = written.to_ascii_lowercase();
    known
        .map(|name| (strsim::jaro_winkler(&written, name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name.to_owned())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}
