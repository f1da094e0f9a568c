//! The texts of a run and places in them. A place is a pair of byte offsets until somebody has to see it.

use std::sync::Arc;

use super::{Diagnostic, MAX_FILE_BYTES};
use crate::model::Place;

/// Byte offsets into the text of one file; `end` is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The number that [`Sources::add`] gave.
    pub file: u32,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// From the start of this span to the end of the other, which must be of the same file.
    #[must_use]
    pub fn to(self, last: Self) -> Self {
        Self {
            end: last.end.max(self.start),
            ..self
        }
    }
}

#[derive(Debug)]
struct Source {
    name: String,
    text: Arc<str>,
    line_starts: Vec<u32>,
}

/// All files of a run.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Takes a text in and returns its number. A byte order mark is dropped; offsets count without it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> u32 {
        let mut text = text.into();
        if let Some(rest) = text.strip_prefix('\u{feff}') {
            text = rest.into();
        }
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| offset(at + 1)))
            .collect();
        self.files.push(Source {
            name: name.into(),
            text,
            line_starts,
        });
        offset(self.files.len() - 1)
    }

    /// Takes the bytes of a file in.
    ///
    /// # Errors
    /// When they are more than [`MAX_FILE_BYTES`] or not UTF-8. The file is added all the same, as far as it
    /// can be shown, so that the diagnostic has a place.
    #[expect(
        clippy::result_large_err,
        reason = "it happens once a file, and boxes are for hot paths"
    )]
    pub fn add_bytes(
        &mut self,
        name: impl Into<String>,
        bytes: Vec<u8>,
    ) -> Result<u32, Diagnostic> {
        if bytes.len() > MAX_FILE_BYTES {
            let file = self.add(name, "");
            return Err(Diagnostic::file_too_large(file));
        }
        let error = match String::from_utf8(bytes) {
            Ok(text) => return Ok(self.add(name, text)),
            Err(error) => error,
        };
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let byte = bytes.get(at).copied().unwrap_or_default();
        let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let mark = bytes.starts_with("\u{feff}".as_bytes());
        let shown_at = offset(if mark { at - '\u{feff}'.len_utf8() } else { at });
        let file = self.add(name, String::from_utf8_lossy(bytes).into_owned());
        let span = Span {
            file,
            start: shown_at,
            end: shown_at + offset('\u{fffd}'.len_utf8()),
        };
        let title = format!("the file is not UTF-8: byte 0x{byte:02x} at offset {at}");
        let help = if utf16 {
            "this looks like UTF-16; save the file as UTF-8"
        } else {
            "save the file as UTF-8"
        };
        Err(Diagnostic::error("not-utf-8", span, title)
            .label("not UTF-8")
            .help(help))
    }

    /// The name under which a file was added.
    #[must_use]
    pub fn name(&self, file: u32) -> &str {
        self.source(file).map_or("", |source| &source.name)
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, file: u32) -> &str {
        self.source(file).map_or("", |source| &source.text)
    }

    /// The text that a span covers.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let text = self.text(span.file);
        text.get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// Line, column and line text of the start of a span.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        let (line, start) = self.line_of(span.file, span.start);
        let text = self.line_from(span.file, start);
        let from = floor(text, (span.start.saturating_sub(start)) as usize);
        let to = floor(text, (span.end.saturating_sub(start)) as usize).max(from);
        Place {
            file: self.name(span.file).to_owned(),
            line,
            column: text[..from].chars().count() + 1,
            text: text.to_owned(),
            width: text[from..to].chars().count(),
        }
    }

    /// The number of the line (from 1) that holds an offset, and where that line starts.
    pub(super) fn line_of(&self, file: u32, at: u32) -> (usize, u32) {
        let Some(source) = self.source(file) else {
            return (1, 0);
        };
        let line = source.line_starts.partition_point(|start| *start <= at);
        let start = source.line_starts.get(line.saturating_sub(1));
        (line.max(1), start.copied().unwrap_or(0))
    }

    /// The line that starts at an offset, without its end.
    pub(super) fn line_from(&self, file: u32, start: u32) -> &str {
        let rest = self.text(file).get(start as usize..).unwrap_or("");
        let line = rest.split('\n').next().unwrap_or("");
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// Where the line after the one that starts at an offset starts.
    pub(super) fn next_line(&self, file: u32, start: u32) -> u32 {
        let rest = self.text(file).get(start as usize..).unwrap_or("");
        let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        start.saturating_add(offset(length))
    }

    fn source(&self, file: u32) -> Option<&Source> {
        self.files.get(file as usize)
    }
}

/// Texts are bounded far below 4 GiB; one that is not has its far places pinned to the end of the range.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The nearest character boundary at or before `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

#[cfg(test)]
mod tests;
