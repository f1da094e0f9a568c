//! The tree grows here, event by event, with what is still open on a stack of its own.

use std::collections::HashMap;

use serde_yaml::granit_parser::{self, Event, Parser, ScalarStyle, StructureStyle};

use super::{MAX_DEPTH, MAX_DIAGNOSTICS, scalar, syntax};
use crate::source::{Diagnostic, Key, Node, Span, Value};

/// The documents of a text, or every mistake in it.
pub(super) fn read(text: &str, file: u32, max_nodes: usize) -> Result<Vec<Node>, Vec<Diagnostic>> {
    let mut reader = Reader {
        text,
        file,
        open: Vec::new(),
        documents: Vec::new(),
        max_nodes,
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

pub(super) struct Reader<'text> {
    pub(super) text: &'text str,
    pub(super) file: u32,
    pub(super) open: Vec<Open>,
    documents: Vec<Node>,
    max_nodes: usize,
    nodes: usize,
    diagnostics: Vec<Diagnostic>,
}

/// A list or map whose end has not come yet.
pub(super) struct Open {
    pub(super) span: Span,
    pub(super) flow: bool,
    pub(super) content: Content,
}

/// What it holds so far; of a map also the key whose value comes next.
pub(super) enum Content {
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
                    let found = syntax::diagnostic(error.kind(), self.text, self.file, at);
                    let found = self.with_open_bracket(found);
                    self.diagnostics.push(found);
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
        if let Some(Open {
            content: Content::Map(_, waiting @ None),
            ..
        }) = self.open.last_mut()
        {
            *waiting = Some(Key { span, text });
            return self.check_key(span, plain);
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
        let nothing = self.written(span).trim().is_empty();
        let span = if nothing { self.behind_key(span) } else { span };
        if nothing && plain && self.open.is_empty() {
            return Ok(());
        }
        self.place(Node { span, value })
    }

    fn check_key(&mut self, span: Span, plain: bool) -> Result<(), Stop> {
        match self.written(span) {
            "" if plain => self.refuse(
                "empty-key",
                span,
                "a key is missing",
                "before this colon",
                "write the key; an empty one is written \"\"",
            ),
            "<<" if plain => self.refuse(
                "merge-key",
                span,
                "merge keys are not part of the language",
                "a merge key",
                "write the entries out",
            ),
            _ => Ok(()),
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
                    let written = self.text.get(span.start as usize..span.end as usize);
                    let text = written.unwrap_or("").to_owned();
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
        if self.nodes <= self.max_nodes {
            return Ok(());
        }
        let title = format!(
            "the file holds more than {} keys and values",
            self.max_nodes
        );
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
}
