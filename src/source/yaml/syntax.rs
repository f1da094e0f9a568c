//! The library's reasons for not reading a file, in the words of somebody who writes one.

use serde_yaml::granit_parser::ErrorKind;

use super::MAX_DEPTH;
use crate::source::text::offset;
use crate::source::{Diagnostic, Span};

/// The diagnostic for a syntax error at a byte offset of a file.
pub(super) fn diagnostic(kind: &ErrorKind, text: &str, file: u32, at: usize) -> Diagnostic {
    let words = words(kind);
    let at = match words.code {
        // The scanner may point behind the tab, or at the start of the text that it broke off.
        "tab" if text[..at].ends_with('\t') => at - 1,
        "tab" => text[at..].find('\t').map_or(at, |tab| at + tab),
        _ => shown(text, at),
    };
    let width = text[at..].chars().next().map_or(0, |one| match one {
        '\r' | '\n' => 0,
        one => one.len_utf8(),
    });
    let span = Span {
        file,
        start: offset(at),
        end: offset(at + width),
    };
    let diagnostic = Diagnostic::error(words.code, span, words.title).label(words.label);
    match words.help {
        "" => diagnostic,
        help => diagnostic.help(help),
    }
}

/// An error at the end of the file is shown behind the last thing that was written.
fn shown(text: &str, at: usize) -> usize {
    if text[at..].trim().is_empty() {
        return text.trim_end().len().min(at);
    }
    at
}

struct Words {
    code: &'static str,
    title: String,
    label: &'static str,
    help: &'static str,
}

fn words(kind: &ErrorKind) -> Words {
    let say = |code, title: &str, label, help| Words {
        code,
        title: title.to_owned(),
        label,
        help,
    };
    match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => say(
            "tab",
            "a tab where YAML wants spaces",
            "a tab",
            "indent with spaces",
        ),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => say(
            "unclosed-quote",
            "a quote is not closed",
            "opened here",
            "close it with the same quote; inside '...' a quote is written ''",
        ),
        ErrorKind::UnclosedFlowCollection { open } => say(
            "unclosed-bracket",
            &format!("`{open}` is not closed"),
            "opened here",
            "",
        ),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => say(
            "unclosed-bracket",
            &format!("`{open}` is closed by `{close}`"),
            "opened here",
            "",
        ),
        ErrorKind::MisplacedFlowCollectionEnd => say(
            "syntax",
            "a bracket is closed that was not opened",
            "",
            "text that holds a bracket goes in quotes",
        ),
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::UnexpectedEofFlowMapping => say(
            "syntax",
            "expected `,` or `}`",
            "",
            "inside `{ }` text that holds `{`, `}`, `,` or `: ` goes in quotes: \"${name}\"",
        ),
        ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofImplicitFlowMapping => say(
            "syntax",
            "expected a value, `,` or `]`",
            "",
            "inside `[ ]` text that holds `[`, `]` or `,` goes in quotes",
        ),
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => say(
            "syntax",
            "a `:` where no key can be",
            "",
            "text that holds `: ` goes in quotes; a new key goes on a line of its own",
        ),
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::SimpleKeyExpected
        | ErrorKind::InvalidSimpleKey => say(
            "syntax",
            "expected a key and its `:`",
            "",
            "keys of one map stand in one column; a `:` is followed by a space",
        ),
        ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::BlockEntryInFlowCollection => say(
            "syntax",
            "a list item in the wrong place",
            "",
            "the `-` of one list stand in one column, on lines of their own",
        ),
        ErrorKind::ExpectedDocumentStart
        | ErrorKind::InvalidIndentation
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::InvalidFlowScalarIndent => say(
            "syntax",
            "indented in a way that fits nothing above",
            "",
            "what belongs together stands in one column",
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => say(
            "syntax",
            "something follows the closing quote",
            "",
            "put the whole text in quotes; inside '...' a quote is written ''",
        ),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => say(
            "syntax",
            "an escape that YAML does not know",
            "in this text",
            "in \"...\" a backslash is written \\\\; in '...' it stands for itself",
        ),
        ErrorKind::UnexpectedCharacter { character } => say(
            "syntax",
            &format!("text can't start with {character:?}"),
            "",
            "put it in quotes",
        ),
        ErrorKind::MissingAnchorOrAliasName => say(
            "syntax",
            "text can't start with '*' or '&'",
            "",
            "put it in quotes",
        ),
        ErrorKind::ExpectedTagBang
        | ErrorKind::InvalidGlobalTagCharacter
        | ErrorKind::InvalidTagTerminator
        | ErrorKind::InvalidTagEscape
        | ErrorKind::MissingTagUri
        | ErrorKind::UnclosedVerbatimTag
        | ErrorKind::UndeclaredTagHandle => say(
            "syntax",
            "text can't start with '!'",
            "",
            "put it in quotes",
        ),
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => say(
            "syntax",
            "`|` or `>` with something behind it",
            "",
            "the text of a block starts on the next line; one that starts with `|` or `>` goes in quotes",
        ),
        ErrorKind::CommentNotSeparated => say(
            "syntax",
            "a comment without a space before its `#`",
            "",
            "put a space before it, or the text in quotes",
        ),
        ErrorKind::InvalidDocumentEnd => say(
            "syntax",
            "text behind the `...` that ends a document",
            "",
            "",
        ),
        ErrorKind::DirectiveDisallowed => say(
            "directive",
            "directives are not part of the language",
            "a directive",
            "text that starts with `%` goes in quotes",
        ),
        ErrorKind::RecursionLimitExceeded => say(
            "too-deep",
            &format!("more than {MAX_DEPTH} lists and maps stand in each other"),
            "",
            "",
        ),
        other => say("syntax", &other.to_string(), "", ""),
    }
}

#[cfg(test)]
mod tests;
