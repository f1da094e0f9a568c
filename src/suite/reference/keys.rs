//! Lists of keys, nested ones indented, each written where it is met first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::provider::Word;
use crate::source::shape::{Field, Shape};

/// Lists shorter than this are written again.
const WORTH_A_REFERENCE: usize = 2;

/// How deep a list nests; expectations and steps have chapters of their own.
const DEEPEST: usize = 4;

/// A list so long is a chapter's.
const LONGEST: usize = 24;

/// What was listed so far.
#[derive(Default)]
pub(super) struct Keys {
    chapter: String,
    /// By their text, the chapter and key under which they were listed.
    listed: BTreeMap<String, (String, Option<&'static str>)>,
}

impl Keys {
    /// What follows stands under this heading.
    pub(super) fn chapter(&mut self, heading: &str) {
        heading.clone_into(&mut self.chapter);
    }

    /// Keys that have the current chapter to themselves, though others are written before it.
    pub(super) fn promise(&mut self, shape: &Shape) {
        let text = canonical(&known(shape));
        self.listed.insert(text, (self.chapter.clone(), None));
    }

    /// The keys that may stand here.
    pub(super) fn list(&mut self, out: &mut String, shape: &Shape) {
        let all = known(shape);
        if all.is_empty() {
            let _ = writeln!(out, "Takes {}.", shape.words());
            return;
        }
        let text = canonical(&all);
        match self.listed.get(&text) {
            Some((chapter, _)) if *chapter != self.chapter => {
                let _ = writeln!(out, "Keys as under {}.", link(chapter));
            }
            _ => {
                self.listed.insert(text, (self.chapter.clone(), None));
                self.fields(out, &all, 0);
            }
        }
    }

    fn fields(&mut self, out: &mut String, fields: &[Field], depth: usize) {
        for field in fields {
            let need = if field.required { ", required" } else { "" };
            let space = "  ".repeat(depth);
            let _ = write!(out, "{space}- `{}`{need}: {}", field.name, field.doc);
            let nested = known(&field.shape);
            if let Some(place) = self.place(&nested) {
                let _ = writeln!(out, " Keys as under {place}.");
                continue;
            }
            out.push('\n');
            if depth < DEEPEST && nested.len() < LONGEST {
                let text = canonical(&nested);
                let here = (self.chapter.clone(), Some(field.name));
                self.listed.entry(text).or_insert(here);
                self.fields(out, &nested, depth + 1);
            }
        }
    }

    /// Where a list stands that is worth a reference.
    fn place(&self, fields: &[Field]) -> Option<String> {
        if canonical(fields).lines().count() < WORTH_A_REFERENCE {
            return None;
        }
        let (chapter, key) = self.listed.get(&canonical(fields))?;
        Some(match key {
            None => link(chapter),
            Some(key) if *chapter == self.chapter => format!("`{key}`"),
            Some(key) => format!("`{key}` of {}", link(chapter)),
        })
    }

    /// The fields of an endpoint of the provider, `common` ones and such as were listed already only named.
    pub(super) fn words(
        &mut self,
        out: &mut String,
        key: &'static str,
        fields: &[Word],
        common: &[Word],
    ) {
        let own = fields.strip_suffix(common);
        let (own, rest) = match own {
            Some(own) => (own, Some("what any answer takes")),
            None => (fields, None),
        };
        let text: String = own.iter().map(|(name, _)| *name).collect();
        if let Some((_, Some(place))) = self.listed.get(&text) {
            let _ = writeln!(out, "; takes what `{place}` takes");
            return;
        }
        match (rest, own) {
            (Some(rest), []) => {
                let _ = writeln!(out, "; takes {rest}");
            }
            _ => out.push('\n'),
        }
        for (name, doc) in own {
            let _ = writeln!(out, "  - `{name}`: {doc}");
        }
        if own.is_empty() {
            return;
        }
        let here = (self.chapter.clone(), Some(key));
        self.listed.entry(text).or_insert(here);
        if let Some(rest) = rest {
            let _ = writeln!(out, "  - and {rest}");
        }
    }
}

/// The keys of a map, each once.
fn known(shape: &Shape) -> Vec<Field> {
    let mut all: Vec<Field> = Vec::new();
    for field in shape.known_fields() {
        if all.iter().all(|one| one.name != field.name) {
            all.push(field);
        }
    }
    all
}

/// The text of a list to some depth: equal lists give the same.
fn canonical(fields: &[Field]) -> String {
    fn write(out: &mut String, fields: &[Field], depth: usize) {
        for field in fields {
            let _ = writeln!(
                out,
                "{depth} {} {} {}",
                field.name, field.required, field.doc
            );
            if depth < DEEPEST {
                write(out, &known(&field.shape), depth + 1);
            }
        }
    }
    let mut out = String::new();
    write(&mut out, fields, 0);
    out
}

/// A link to a heading of the page.
fn link(heading: &str) -> String {
    let anchor = heading.to_lowercase().replace(' ', "-");
    format!("[{}](#{anchor})", heading.to_lowercase())
}
