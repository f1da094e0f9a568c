//! From YAML text to [`Node`]s with exact places.
//!
//! The only module that names the YAML library, and it takes events from it, not values: so typing, bounds
//! and duplicate keys are ours. The tree is built without recursion and bounded while it grows. Anchors,
//! aliases, merge keys, tags and directives are refused: what a suite says is said where it stands.

mod scalar;
mod syntax;

use std::collections::HashMap;

use serde_yaml::granit_parser::{self, Event, Parser, ScalarStyle, StructureStyle};

use super::text::{floor, offset};
use super::{Diagnostic, Key, Node, Sources, Span, Value};

/// The largest file that is read.
pub const MAX_FILE_BYTES: usize = 4 * 1024 * 1024;
/// How many lists and maps may stand in each other.
pub const MAX_DEPTH: usize = 64;
/// How many keys and values a file may hold: some ten times what a bundled suite of 10,000 cases has.
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
    let text = sources.text(file);
    if text.len() > MAX_FILE_BYTES {
        return Err(vec![Diagnostic::file_too_large(file)]);
    }
    let unseen = unseen(text, file);
    if !unseen.is_empty() {
        return Err(unseen);
    }
    let mut reader = Reader {
        text,
        file,
        open: Vec::new(),
        documents: Vec::new(),
        nodes: 0,
        diagnostics: Vec::new(),
    };
    reader.read();
    if reader.diagnostics.is_empty() {
        return Ok(reader.documents);
    }
    reader.diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    Err(reader.diagnostics)
}

/// Raw characters that make a text read otherwise than it is: what YAML 1.2 section 5.1 does not allow, and
/// what changes the direction of writing.
fn unseen(text: &str, file: u32) -> Vec<Diagnostic> {
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

struct Reader<'text> {
    text: &'text str,
    file: u32,
    open: Vec<Open>,
    documents: Vec<Node>,
    nodes: usize,
    diagnostics: Vec<Diagnostic>,
}

/// A list or map whose end has not come yet.
struct Open {
    span: Span,
    flow: bool,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map(Vec<(Key, Node)>, Option<Key>),
}

/// Nothing behind this point of the file can be read.
struct Stop;

impl Reader<'_> {
    fn read(&mut self) {
        let options = granit_parser::options! {
            disallow_directives: true,
            emit_anchor_events: true,
            emit_unresolved_aliases: true,
            emit_comments: false,
        };
        for next in Parser::new_from_str_with_options(self.text, options) {
            let done = match next {
                Ok((event, span)) => self.take(event, &span),
                Err(error) => {
                    let at = self.at(error.marker());
                    let diagnostic = syntax::diagnostic(error.kind(), self.text, self.file, at);
                    self.diagnostics.push(diagnostic);
                    Err(Stop)
                }
            };
            if done.is_err() {
                return;
            }
        }
    }

    fn take(&mut self, event: Event<'_>, place: &granit_parser::Span) -> Result<(), Stop> {
        if let Some(tag) = place.tag_span() {
            self.refuse(
                "tag",
                self.span(&tag),
                "tags are not part of the language",
                "a tag",
                "quotes make text; numbers, `true`, `false` and `null` need nothing",
            )?;
        }
        match event {
            Event::Scalar(text, style, ..) => {
                self.scalar(text.into_owned(), style, self.span(place))
            }
            Event::SequenceStart(style, ..) => self.start(place, style, Content::List(Vec::new())),
            Event::MappingStart(style, ..) => {
                self.start(place, style, Content::Map(Vec::new(), None))
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(self.span(place)),
            Event::Anchor(..) => self.refuse(
                "anchor",
                self.span(place),
                "anchors are not part of the language",
                "an anchor",
                "write the value out where it is used; variants are made by `for-each`",
            ),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let span = self.span(place);
                self.refuse(
                    "alias",
                    span,
                    "aliases are not part of the language",
                    "an alias",
                    "write the value out; text that starts with `*` goes in quotes",
                )?;
                self.count(span)?;
                self.place(Node {
                    span,
                    value: Value::Null,
                })
            }
            _ => Ok(()),
        }
    }

    fn scalar(&mut self, text: String, style: ScalarStyle, span: Span) -> Result<(), Stop> {
        self.count(span)?;
        let span = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => self.without_end(span),
            _ => span,
        };
        let plain = style == ScalarStyle::Plain;
        let nothing = plain && span.start == span.end;
        if let Some(Open {
            content: Content::Map(_, waiting @ None),
            ..
        }) = self.open.last_mut()
        {
            *waiting = Some(Key { span, text });
            if nothing {
                return self.refuse(
                    "empty-key",
                    span,
                    "a key is missing",
                    "before this colon",
                    "write the key; an empty one is written \"\"",
                );
            }
            if plain && self.written(span) == "<<" {
                return self.refuse(
                    "merge-key",
                    span,
                    "merge keys are not part of the language",
                    "a merge key",
                    "write the entries out",
                );
            }
            return Ok(());
        }
        let value = match scalar::typed(text, plain) {
            Ok(value) => value,
            Err(problem) => {
                self.refuse(
                    "number-out-of-range",
                    span,
                    problem,
                    "this number",
                    "write it in quotes if it is meant as text",
                )?;
                Value::Null
            }
        };
        let span = if nothing { self.behind_key(span) } else { span };
        if nothing && self.open.is_empty() {
            return Ok(());
        }
        self.place(Node { span, value })
    }

    /// A block scalar without the white space behind it.
    fn without_end(&self, span: Span) -> Span {
        let written = self.written(span).trim_end();
        let end = span.start + offset(written.len());
        Span { end, ..span }
    }

    /// Where the value of a key would stand that has none: right behind its colon.
    fn behind_key(&self, span: Span) -> Span {
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
    fn first_dash(&self, span: Span) -> Span {
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
    fn waiting(&self) -> Option<&Key> {
        match &self.open.last()?.content {
            Content::Map(_, key) => key.as_ref(),
            Content::List(_) => None,
        }
    }

    fn start(
        &mut self,
        place: &granit_parser::Span,
        style: StructureStyle,
        content: Content,
    ) -> Result<(), Stop> {
        let flow = style == StructureStyle::Flow;
        let mut span = self.span(place);
        if !flow && matches!(content, Content::List(_)) && self.waiting().is_some() {
            span = self.first_dash(span);
        }
        self.count(span)?;
        if self.open.len() == MAX_DEPTH {
            let title = format!("more than {MAX_DEPTH} lists and maps stand in each other");
            self.stop("too-deep", span, title, "one too many")?;
        }
        self.open.push(Open {
            span,
            flow,
            content,
        });
        Ok(())
    }

    fn end(&mut self, end: Span) -> Result<(), Stop> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let last = match &open.content {
            Content::List(items) => items.last().map(|item| item.span),
            Content::Map(entries, _) => entries.last().map(|(key, node)| key.span.max(node.span)),
        };
        // The end of a block is only known by what comes after it; its last value is what ends it.
        let span = open.span.to(if open.flow {
            end
        } else {
            last.unwrap_or(open.span)
        });
        let value = match open.content {
            Content::List(mut items) => {
                items.shrink_to_fit();
                Value::List(items)
            }
            Content::Map(mut entries, _) => {
                self.find_duplicates(&entries)?;
                entries.shrink_to_fit();
                Value::Map(entries)
            }
        };
        self.place(Node { span, value })
    }

    /// Puts a finished node where it belongs: a document, an item, a key or the value of one.
    fn place(&mut self, node: Node) -> Result<(), Stop> {
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Map(entries, waiting) => match waiting.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    let span = node.span;
                    let text = self.text.get(span.start as usize..span.end as usize);
                    let text = text.unwrap_or("").to_owned();
                    *waiting = Some(Key { span, text });
                    if !matches!(node.value, Value::Null) {
                        return self.refuse(
                            "key-not-text",
                            span,
                            format!("a key is text, not a {}", node.kind()),
                            "used as a key",
                            "put it in quotes if it is meant as text",
                        );
                    }
                }
            },
        }
        Ok(())
    }

    fn find_duplicates(&mut self, entries: &[(Key, Node)]) -> Result<(), Stop> {
        let mut first: HashMap<&str, Span> = HashMap::new();
        for (at, (key, _)) in entries.iter().enumerate() {
            // Most maps are small, and a table for each would cost more than looking back.
            let before = if entries.len() <= 16 {
                let earlier = entries[..at]
                    .iter()
                    .find(|(found, _)| found.text == key.text);
                earlier.map(|(found, _)| found.span)
            } else {
                let known = first.get(key.text.as_str()).copied();
                first.entry(&key.text).or_insert(key.span);
                known
            };
            if let Some(before) = before {
                let title = format!("the key `{}` is there twice", key.text);
                let error = Diagnostic::error("duplicate-key", key.span, title)
                    .label("here again")
                    .related(before, "first here");
                self.report(error)?;
            }
        }
        Ok(())
    }

    fn count(&mut self, span: Span) -> Result<(), Stop> {
        self.nodes += 1;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let title = format!("the file holds more than {MAX_NODES} keys and values");
        self.stop("too-many-values", span, title, "one too many")
    }

    fn stop(
        &mut self,
        code: &'static str,
        span: Span,
        title: String,
        label: &str,
    ) -> Result<(), Stop> {
        self.diagnostics
            .push(Diagnostic::error(code, span, title).label(label));
        Err(Stop)
    }

    fn refuse(
        &mut self,
        code: &'static str,
        span: Span,
        title: impl Into<String>,
        label: &str,
        help: &str,
    ) -> Result<(), Stop> {
        self.report(Diagnostic::error(code, span, title).label(label).help(help))
    }

    fn report(&mut self, diagnostic: Diagnostic) -> Result<(), Stop> {
        let span = diagnostic.span;
        self.diagnostics.push(diagnostic);
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            return Ok(());
        }
        let title = format!("{MAX_DIAGNOSTICS} mistakes; the rest of the file was not read");
        self.stop("too-many-mistakes", span, title, "read up to here")
    }

    fn span(&self, place: &granit_parser::Span) -> Span {
        let start = self.at(&place.start);
        let end = self.at(&place.end).max(start);
        Span {
            file: self.file,
            start: offset(start),
            end: offset(end),
        }
    }

    fn written(&self, span: Span) -> &str {
        let range = span.start as usize..span.end as usize;
        self.text.get(range).unwrap_or("")
    }

    /// The byte offset of a marker. Errors may come without one; then line and column give it.
    fn at(&self, marker: &granit_parser::Marker) -> usize {
        let at = marker.byte_offset().unwrap_or_else(|| {
            let nth = self.text.char_indices().nth(marker.index());
            nth.map_or(self.text.len(), |(at, _)| at)
        });
        floor(self.text, at)
    }
}

#[cfg(test)]
mod tests;
