//! From YAML text to [`Node`]s with exact places.
//!
//! Only this module and its parts name the YAML library. They take events from it, not values, so typing,
//! bounds and duplicate keys are ours. The tree is built without recursion and bounded while it grows.
//! Anchors, aliases, merge keys, tags and directives are refused: what a suite says is said where it stands.

mod place;
mod plain;
mod reader;
mod scalar;
mod syntax;
mod unseen;

use super::{Diagnostic, Node, Sources};

pub use plain::plain;

/// The largest file that is read.
pub const MAX_FILE_BYTES: usize = 4 * 1024 * 1024;
/// How many lists and maps may stand in each other.
pub const MAX_DEPTH: usize = 64;
/// How many keys and values a file may hold: some five times what a bundled suite of 10,000 cases has.
pub const MAX_NODES: usize = 2_000_000;
/// After this many mistakes the rest of a file is not read.
pub const MAX_DIAGNOSTICS: usize = 100;

/// Reads the one document of a file; `None` if the file holds nothing but comments.
///
/// # Errors
/// Every mistake that was found, in the order of the file.
pub fn parse(sources: &Sources, file: u32) -> Result<Option<Node>, Vec<Diagnostic>> {
    let mut documents = parse_documents(sources, file)?;
    if let Some(second) = documents.get(1) {
        let error = Diagnostic::error("several-documents", second.span, "a second document")
            .label("starts here")
            .help("a file holds one document; put this one into a file of its own");
        return Err(vec![error]);
    }
    Ok(documents.pop())
}

/// Reads all documents of a file; those that hold nothing are left out.
///
/// # Errors
/// Every mistake that was found, in the order of the file.
pub fn parse_documents(sources: &Sources, file: u32) -> Result<Vec<Node>, Vec<Diagnostic>> {
    bounded(sources, file, MAX_NODES)
}

fn bounded(sources: &Sources, file: u32, max_nodes: usize) -> Result<Vec<Node>, Vec<Diagnostic>> {
    let text = sources.text(file);
    if text.len() > MAX_FILE_BYTES {
        return Err(vec![Diagnostic::file_too_large(file)]);
    }
    let unseen = unseen::unseen(text, file);
    if !unseen.is_empty() {
        return Err(unseen);
    }
    reader::read(text, file, max_nodes)
}

#[cfg(test)]
mod tests;
