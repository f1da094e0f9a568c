//! Where things stand: from the library's markers to spans, and where the two differ.

use serde_yaml::granit_parser;

use super::reader::{Content, Reader};
use crate::source::text::{floor, offset};
use crate::source::{Diagnostic, Key, Span};

impl Reader<'_> {
    /// A block scalar without the white space behind it.
    pub(super) fn without_end(&self, span: Span) -> Span {
        let written = self.written(span).trim_end();
        let end = span.start + offset(written.len());
        Span { end, ..span }
    }

    /// Where the value of a key would stand that has none: right behind its colon.
    pub(super) fn behind_key(&self, span: Span) -> Span {
        let Some(key) = self.waiting() else {
            return Span {
                end: span.start,
                ..span
            };
        };
        let from = key.span.end as usize;
        let rest = self.text.get(from..).unwrap_or("");
        let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let colon = usize::from(rest[gap..].starts_with(':'));
        let at = offset(from + colon * (gap + 1));
        Span {
            start: at,
            end: at,
            ..span
        }
    }

    /// Where a block list starts. The library gives its first item instead when the `-` stand in the column
    /// of the key above them.
    pub(super) fn first_dash(&self, span: Span) -> Span {
        let from = self.behind_key(span).start as usize;
        let mut rest = self.text.get(from..).unwrap_or("").trim_start();
        while rest.starts_with('#') {
            rest = rest.find('\n').map_or("", |at| rest[at..].trim_start());
        }
        let at = offset(self.text.len() - rest.len());
        if rest.starts_with('-') && at < span.start {
            return Span { start: at, ..span };
        }
        span
    }

    /// The key whose value comes next.
    pub(super) fn waiting(&self) -> Option<&Key> {
        match &self.open.last()?.content {
            Content::Map(_, key) => key.as_ref(),
            Content::List(_) => None,
        }
    }

    pub(super) fn span(&self, place: &granit_parser::Span) -> Span {
        let start = self.at(&place.start);
        let end = self.at(&place.end).max(start);
        Span {
            file: self.file,
            start: offset(start),
            end: offset(end),
        }
    }

    pub(super) fn written(&self, span: Span) -> &str {
        let range = span.start as usize..span.end as usize;
        self.text.get(range).unwrap_or("")
    }

    /// The byte offset of a marker. Errors may come without one; then line and column give it.
    pub(super) fn at(&self, marker: &granit_parser::Marker) -> usize {
        let at = marker.byte_offset().unwrap_or_else(|| {
            let nth = self.text.char_indices().nth(marker.index());
            nth.map_or(self.text.len(), |(at, _)| at)
        });
        floor(self.text, at)
    }

    /// A bracket that is still open on a line above is what a syntax error most often comes from.
    pub(super) fn with_open_bracket(&self, found: Diagnostic) -> Diagnostic {
        let in_flow = self.open.iter().rev().take_while(|open| open.flow);
        let brackets = in_flow.map(|open| Span {
            end: open.span.start + 1,
            ..open.span
        });
        // `[a: b]` holds a map that no bracket opened.
        let mut brackets = brackets.filter(|span| matches!(self.written(*span), "[" | "{"));
        let Some(span) = brackets.next() else {
            return found;
        };
        let between = self
            .text
            .get(span.start as usize..found.span.start as usize);
        if !between.is_some_and(|between| between.contains('\n')) {
            return found;
        }
        found.related(span, "this bracket is still open")
    }
}
