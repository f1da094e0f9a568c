//! Characters that have no business in a file raw: nobody who reviews it would see them.

use super::MAX_DIAGNOSTICS;
use crate::source::text::offset;
use crate::source::{Diagnostic, Span};

/// Raw characters that make a text read otherwise than it is: what YAML 1.2 section 5.1 does not allow, and
/// what changes the direction of writing.
pub(super) fn unseen(text: &str, file: u32) -> Vec<Diagnostic> {
    let refused = |one: &char| match one {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => true,
        one => one.is_control(),
    };
    let found = text.char_indices().filter(|(_, one)| refused(one));
    let diagnostic = |(at, one): (usize, char)| {
        let span = Span {
            file,
            start: offset(at),
            end: offset(at + one.len_utf8()),
        };
        let title = "a character that cannot be seen";
        Diagnostic::error("unseen-character", span, title)
            .label("this one")
            .help(format!(
                "if it is wanted, write \"\\u{:04x}\" in double quotes",
                u32::from(one)
            ))
    };
    found.map(diagnostic).take(MAX_DIAGNOSTICS).collect()
}

#[cfg(test)]
mod tests;
