//! The file: a list of entries, read with their places and written anew.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::cli::args::date;
use crate::cli::load::Loader;
use crate::model::Known;
use crate::source::shape::{Field, Shape};
use crate::source::{self, Diagnostic, Node};

/// One requirement of one case that is known to be broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Entry {
    pub(super) case: String,
    pub(super) requirement: String,
    pub(super) known: Known,
}

const LIST: Shape = Shape::List(&Shape::Map(&[
    Field::required(
        "case",
        Shape::Text,
        "The whole name of the case, its row included.",
    ),
    Field::required(
        "requirement",
        Shape::Text,
        "The requirement that it breaks, as reports name it first.",
    ),
    Field::required("reason", Shape::Text, "Why the build goes on."),
    Field::required("owner", Shape::Text, "Who answers for it."),
    Field::required(
        "expires",
        Shape::Text,
        "The last day on which it counts, as 2026-12-31.",
    ),
]));

/// Reads the file; what is wrong with it goes to the loader.
pub(in crate::cli) fn load(path: &Path, loader: &mut Loader) -> Option<Vec<Entry>> {
    let file = loader.file(path)?;
    let root = match source::parse(&loader.sources, file) {
        Ok(Some(root)) => root,
        Ok(None) => return Some(Vec::new()),
        Err(wrong) => {
            loader.diagnostics.extend(wrong);
            return None;
        }
    };
    let mut errors = Vec::new();
    LIST.check(&root, "a list of known failures", &mut errors);
    let nodes = root.as_list().unwrap_or_default();
    let mut entries: Vec<Entry> = Vec::new();
    for node in nodes {
        let Some(entry) = entry(node, &mut errors) else {
            continue;
        };
        let same = |one: &Entry| (&one.case, &one.requirement) == (&entry.case, &entry.requirement);
        if entries.iter().any(same) {
            errors.push(Diagnostic::error(
                "entry-twice",
                node.span,
                format!("{} of {} is listed twice", entry.requirement, entry.case),
            ));
        }
        entries.push(entry);
    }
    let sound = errors.is_empty();
    loader.diagnostics.extend(errors);
    sound.then_some(entries)
}

fn entry(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Entry> {
    let text = |key: &str| node.get(key).and_then(Node::as_text).map(str::to_owned);
    for key in ["reason", "owner"] {
        if let Some(empty) = node
            .get(key)
            .filter(|one| one.as_text().is_some_and(|text| text.trim().is_empty()))
        {
            let what = format!("`{key}` says nothing");
            errors.push(Diagnostic::error("empty-entry", empty.span, what));
        }
    }
    let expires = text("expires")?;
    if let Err(why) = date(&expires) {
        let span = node.get("expires").map_or(node.span, |node| node.span);
        errors.push(Diagnostic::error("no-day", span, "this is no day").help(why));
    }
    Some(Entry {
        case: text("case")?,
        requirement: text("requirement")?,
        known: Known {
            reason: text("reason")?,
            owner: text("owner")?,
            expires,
        },
    })
}

/// The file that says these.
pub(super) fn written(entries: &[Entry]) -> String {
    let mut text = String::from(
        "# Known failures: `authspec run --baseline` goes on with them until their last day.\n",
    );
    if entries.is_empty() {
        text.push_str("[]\n");
    }
    for entry in entries {
        let known = &entry.known;
        for (lead, key, value) in [
            ("- ", "case", &entry.case),
            ("  ", "requirement", &entry.requirement),
            ("  ", "reason", &known.reason),
            ("  ", "owner", &known.owner),
            ("  ", "expires", &known.expires),
        ] {
            // a JSON string is a YAML string; writing to a String can't fail
            let _ = writeln!(text, "{lead}{key}: {}", Value::from(value.as_str()));
        }
    }
    text
}
