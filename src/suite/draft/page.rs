//! A profile as it grows: keys with what they mean above them, lines that are switched off, and notes.
//!
//! A note begins with `# `. A line that begins with `#` and no blank is one of the profile, switched off: the tests take
//! the mark away and read the file again.

use std::fmt::Write as _;

use crate::source::shape::Field;
use crate::source::visible;
use crate::suite::profile::PROFILE;

use super::Draft;

/// Columns that notes keep to.
const WIDTH: usize = 100;

/// A profile as it grows.
#[derive(Default)]
pub(super) struct Page {
    text: String,
    variables: Vec<String>,
    /// Blanks before every line.
    pub(super) indent: usize,
    /// Lines of the profile are switched off.
    pub(super) off: bool,
}

impl Page {
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A note, in as many lines as it needs. Nothing in it can end the comment.
    pub(super) fn note(&mut self, text: &str) {
        self.words(text.split_whitespace());
    }

    /// A note that ends in a list, none of whose items is broken.
    pub(super) fn list(&mut self, lead: &str, items: &[String], end: &str) {
        let last = items.len().saturating_sub(1);
        let items: Vec<String> = items
            .iter()
            .enumerate()
            .map(|(at, item)| format!("{item}{}", if at == last { end } else { "," }))
            .collect();
        let items = items.iter().map(String::as_str);
        self.words(lead.split_whitespace().chain(items));
    }

    fn words<'w>(&mut self, words: impl Iterator<Item = &'w str>) {
        let before = format!("{}#", " ".repeat(self.indent));
        let mut line = before.clone();
        for word in words {
            let word = foreign(word);
            if line.len() > before.len() && line.chars().count() + 1 + word.chars().count() > WIDTH
            {
                self.push(&line);
                line.clone_from(&before);
            }
            line.push(' ');
            line.push_str(&word);
        }
        self.push(&line);
    }

    /// A key with what it means above it.
    pub(super) fn key(&mut self, key: &str, value: &str) {
        self.meaning(&[key]);
        self.bare(key, value);
    }

    /// The same, switched off.
    pub(super) fn off(&mut self, key: &str, value: &str) {
        let before = std::mem::replace(&mut self.off, true);
        self.key(key, value);
        self.off = before;
    }

    /// A key without its meaning.
    pub(super) fn bare(&mut self, key: &str, value: &str) {
        self.line(&format!("{key}: {value}"));
    }

    /// A line of the profile.
    pub(super) fn line(&mut self, line: &str) {
        self.names_variables(line);
        let mark = if self.off { "#" } else { "" };
        let line = format!("{}{mark}{}", " ".repeat(self.indent), line.trim_end());
        self.push(&line);
    }

    /// A line that is switched off.
    pub(super) fn line_off(&mut self, line: &str) {
        let before = std::mem::replace(&mut self.off, true);
        self.line(line);
        self.off = before;
    }

    /// What the key at this path means, by its definition.
    pub(super) fn meaning(&mut self, path: &[&str]) {
        if let Some(field) = field(path) {
            self.note(field.doc);
        }
    }

    fn push(&mut self, line: &str) {
        // writing to a String can't fail
        let _ = writeln!(self.text, "{}", visible(line));
    }

    fn names_variables(&mut self, line: &str) {
        if self.off {
            return;
        }
        for part in line.split("${env.").skip(1) {
            let name = part.split('}').next().unwrap_or_default().to_owned();
            if !self.variables.contains(&name) {
                self.variables.push(name);
            }
        }
    }

    pub(super) fn done(self) -> Draft {
        Draft {
            text: self.text,
            variables: self.variables,
        }
    }
}

/// A word of somebody else's, on one line and with nothing unseen in it.
fn foreign(text: &str) -> String {
    let one_line: Vec<&str> = text.split_whitespace().collect();
    visible(&one_line.join(" ")).into_owned()
}

/// The definition of a key: its name, behind those of the maps around it.
pub(super) fn field(path: &[&str]) -> Option<Field> {
    let mut fields = PROFILE.known_fields();
    let mut found = None;
    for name in path {
        let field = fields.iter().find(|field| field.name == *name).copied()?;
        fields = field.shape.known_fields();
        found = Some(field);
    }
    found
}

/// A text as a YAML value, in quotes where it needs them.
pub(super) fn value(text: &str) -> String {
    let plain = |one: char| one.is_ascii_alphanumeric() || "/._~=+-?&%@".contains(one);
    let starts = text.starts_with(|one: char| one.is_ascii_alphabetic() || one == '/');
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off"
    );
    let url = text.starts_with("http://") || text.starts_with("https://");
    let fits = |one: char| plain(one) || url && one == ':';
    if starts && !word && text.chars().all(fits) && !text.ends_with(':') {
        return text.to_owned();
    }
    quoted(text)
}

/// A text in quotes. The escapes of JSON are those of YAML.
pub(super) fn quoted(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    // what can't be seen is refused in a profile unless it is spelled out
    let mut out = String::with_capacity(quoted.len());
    for one in quoted.chars() {
        let shown = one.to_string();
        if visible(&shown) == shown && one != '\u{7f}' {
            out.push(one);
        } else {
            // writing to a String can't fail
            let _ = write!(out, "\\U{:08X}", u32::from(one));
        }
    }
    out
}

/// The value of a variable of the environment.
pub(super) fn env(name: &str) -> String {
    format!("\"${{env.{name}}}\"")
}

/// A name as a variable of the environment has it.
pub(super) fn variable(name: &str) -> String {
    let mut out = String::new();
    let mut lower = false;
    for one in name.chars() {
        if one.is_ascii_alphanumeric() {
            if one.is_ascii_uppercase() && lower {
                out.push('_');
            }
            lower = one.is_ascii_lowercase() || one.is_ascii_digit();
            out.push(one.to_ascii_uppercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
            lower = false;
        }
    }
    let out = out.trim_end_matches('_');
    if out.starts_with(|one: char| one.is_ascii_alphabetic()) {
        out.to_owned()
    } else {
        format!("API_{out}").trim_end_matches('_').to_owned()
    }
}
