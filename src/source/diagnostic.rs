//! What is wrong, where, and what would be right. One diagnostic is one mistake of the author.

use std::collections::HashSet;

use super::{MAX_FILE_BYTES, Span};

/// Whether a mistake stops the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is sent.
    Error,
    /// The author should look.
    Warning,
}

/// One mistake at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The name of the kind of mistake, such as `unknown-key`.
    pub code: &'static str,
    /// Whether it stops the run.
    pub severity: Severity,
    /// Where the mistake is.
    pub span: Span,
    /// What is wrong, in one line.
    pub message: String,
    /// What stands beside the carets; may be empty.
    pub label: String,
    /// What would be right.
    pub help: Option<String>,
    /// Other places that belong to it, each with a label.
    pub related: Vec<(Span, String)>,
}

impl Diagnostic {
    /// A mistake that stops the run.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            span,
            message: message.into(),
            label: String::new(),
            help: None,
            related: Vec::new(),
        }
    }

    /// A mistake that does not stop the run.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    /// Sets what stands beside the carets.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..self
        }
    }

    /// Sets what would be right.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    /// Adds another place that belongs to the mistake.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    pub(super) fn file_too_large(file: u32) -> Self {
        let span = Span {
            file,
            start: 0,
            end: 0,
        };
        let limit = MAX_FILE_BYTES / (1024 * 1024);
        Self::error(
            "file-too-large",
            span,
            format!("the file is larger than {limit} MiB"),
        )
        .help("split it into several suites")
    }
}

/// Collects diagnostics while a file is read.
#[derive(Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Whether there are none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many there are, repetitions included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether one of them stops the run.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.found
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// In the order of the files and their lines. What several rows of a `for-each` say about the same place
    /// in the same words is said once.
    #[must_use]
    pub fn into_sorted_vec(self) -> Vec<Diagnostic> {
        let mut found = self.found;
        found.sort_by_key(|diagnostic| diagnostic.span);
        let mut seen = HashSet::new();
        found.retain(|one| seen.insert((one.code, one.span, one.message.clone())));
        found
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: T) {
        self.found.extend(diagnostics);
    }
}

#[cfg(test)]
mod tests;
