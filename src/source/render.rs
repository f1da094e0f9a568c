//! Diagnostics as a reader sees them: the place, the author's line, carets, and what would be right.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::text::floor;
use super::visible::visible;
use super::{Diagnostic, Severity, Sources, Span};
use crate::model::Place;

/// How much of a line before and behind the place is shown, in bytes.
const AROUND: usize = 160;
/// Places of one diagnostic that are this many lines apart or fewer are shown in one piece.
const TOGETHER: usize = 12;

/// All diagnostics, one after the other, each ending with a line feed.
///
/// Nothing of the author's text reaches the terminal raw: characters that would not be seen are spelled out.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = String::new();
    for diagnostic in diagnostics {
        if !out.is_empty() {
            out.push('\n');
        }
        let (group, places) = group(diagnostic, sources);
        let mut text = renderer.render(&[group]);
        for place in places {
            text = place.put_right(text);
        }
        out.push_str(&text);
        out.push('\n');
    }
    out
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> (Group<'a>, Vec<Shown>) {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(visible(&diagnostic.message))
        .id(diagnostic.code);
    let mut group = Group::with_title(title);
    let mut places = Vec::new();
    for marks in pieces(diagnostic, sources) {
        let (snippet, place) = piece(&marks, sources);
        group = group.element(snippet);
        places.push(place);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(visible(help)));
    }
    (group, places)
}

/// A heading `file:line:column`. The renderer counts the column in the line as it is shown, where a character
/// may be spelled out and the start be cut off; the author's editor counts it in the line as written.
struct Shown {
    file: String,
    place: Place,
    column: usize,
}

impl Shown {
    fn put_right(&self, text: String) -> String {
        if self.column == self.place.column {
            return text;
        }
        let heading = |column| format!(" {}:{}:{column}\n", self.file, self.place.line);
        text.replacen(&heading(self.column), &heading(self.place.column), 1)
    }
}

/// A place with what is said about it.
struct Mark<'a> {
    span: Span,
    line: usize,
    line_start: u32,
    label: &'a str,
    kind: AnnotationKind,
}

/// The places of a diagnostic, those together that are near enough to be shown in one piece.
fn pieces<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Vec<Mark<'a>>> {
    let mark = |span: Span, label: &'a str, kind| {
        let (line, line_start) = sources.line_of(span.file, span.start);
        Mark {
            span,
            line,
            line_start,
            label,
            kind,
        }
    };
    let primary = mark(diagnostic.span, &diagnostic.label, AnnotationKind::Primary);
    let (file, line) = (primary.span.file, primary.line);
    let mut together = vec![primary];
    let mut apart = Vec::new();
    for (span, label) in &diagnostic.related {
        let related = mark(*span, label, AnnotationKind::Context);
        if span.file == file && line.abs_diff(related.line) <= TOGETHER {
            together.push(related);
        } else {
            apart.push(vec![related]);
        }
    }
    apart.insert(0, together);
    apart
}

fn piece<'a>(marks: &[Mark<'a>], sources: &Sources) -> (Snippet<'a, Annotation<'a>>, Shown) {
    let first = &marks[0];
    let file = first.span.file;
    let name = visible(sources.name(file)).into_owned();

    let top = marks.iter().map(|mark| (mark.line, mark.line_start)).min();
    let bottom = marks.iter().map(|mark| mark.line).max();
    let (top, mut start) = top.unwrap_or((first.line, first.line_start));
    let mut text = String::new();
    let mut annotations = Vec::new();
    let mut column = 1;
    for line in top..=bottom.unwrap_or(top) {
        let begin = text.len();
        let here = marks.iter().filter(|mark| mark.line == line);
        for (mark, range) in show(&mut text, sources.line_from(file, start), here) {
            if std::ptr::eq(mark, first) {
                column = text[begin..range.start].chars().count() + 1;
            }
            let annotation = mark.kind.span(range);
            annotations.push(match mark.label {
                "" => annotation,
                label => annotation.label(visible(label)),
            });
        }
        text.push('\n');
        start = sources.next_line(file, start);
    }
    let snippet = Snippet::source(text)
        .path(name.clone())
        .line_start(top)
        .annotations(annotations);
    let shown = Shown {
        file: name,
        place: sources.place(first.span),
        column,
    };
    (snippet, shown)
}

/// Appends a line as it can be shown, and gives the marks on it their place in what was appended.
fn show<'a: 'm, 'm>(
    out: &mut String,
    line: &str,
    marks: impl Iterator<Item = &'m Mark<'a>>,
) -> Vec<(&'m Mark<'a>, Range<usize>)> {
    let marks: Vec<_> = marks.collect();
    let focus = marks.first().map_or(0, |mark| within(line, mark).start);
    let window = if line.len() <= 2 * AROUND {
        0..line.len()
    } else {
        floor(line, focus.saturating_sub(AROUND))..floor(line, focus.saturating_add(AROUND))
    };
    if window.start > 0 {
        out.push('…');
    }
    let base = out.len();
    let shown_at = |at: usize| {
        let at = at.clamp(window.start, window.end);
        base + visible(&line[window.start..at]).len()
    };
    let places = marks
        .iter()
        .copied()
        .map(|mark| {
            let range = within(line, mark);
            (mark, shown_at(range.start)..shown_at(range.end))
        })
        .collect();
    out.push_str(&visible(&line[window.clone()]));
    if window.end < line.len() {
        out.push('…');
    }
    places
}

/// What a mark covers of its first line.
fn within(line: &str, mark: &Mark<'_>) -> Range<usize> {
    let relative = |at: u32| floor(line, at.saturating_sub(mark.line_start) as usize);
    let start = relative(mark.span.start);
    start..relative(mark.span.end).max(start)
}

#[cfg(test)]
mod tests;
