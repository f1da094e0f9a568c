//! How a line looks: colours, signs, and the rail that marks every line of a text which isn't ours.
//!
//! ```text
//!   expected │ refused
//!     actual │ accepted: 200 with the protected
//!            │ content
//! ```

use super::Style;
use crate::model::Verdict;
use crate::report::foreign::{clip, fold, foreign, wrap};
use colored::Color;

/// Columns of the labels before the rail.
const LABEL: usize = 10;

/// Longest prose that is shown of one field, in characters.
const PROSE: usize = 1_200;

/// The verdict in one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Pass,
    Warn,
    Fail,
    Skip,
    Inconclusive,
}

impl Sign {
    pub(super) const fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Pass,
            Verdict::Warn(_) => Self::Warn,
            Verdict::Fail(_) => Self::Fail,
            Verdict::Skip(_) => Self::Skip,
            Verdict::Inconclusive(_) => Self::Inconclusive,
        }
    }

    pub(super) const fn colour(self) -> Color {
        match self {
            Self::Pass => Color::Green,
            Self::Warn => Color::Yellow,
            Self::Fail => Color::Red,
            Self::Skip => Color::Blue,
            Self::Inconclusive => Color::Magenta,
        }
    }

    const fn text(self, unicode: bool) -> &'static str {
        match (self, unicode) {
            (Self::Pass, true) => "✔",
            (Self::Pass, false) => "+",
            (Self::Fail, true) => "✘",
            (Self::Fail, false) => "x",
            (Self::Warn, _) => "!",
            (Self::Skip, _) => "-",
            (Self::Inconclusive, _) => "?",
        }
    }
}

/// `1 case`, `2 cases`.
pub(super) fn count(number: impl TryInto<u64>, one: &str, many: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Text that is being laid out.
pub(super) struct Page {
    pub(super) style: Style,
    text: String,
}

impl Page {
    pub(super) const fn new(style: Style) -> Self {
        Self {
            style,
            text: String::new(),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A line whose first character is ours.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A rail line: label, rail, and text that is escaped and painted already.
    pub(super) fn rail(&mut self, label: &str, text: &str) {
        let rail = self.dim(if self.style.unicode { "│" } else { "|" });
        let label = self.dim(&format!("{label:>LABEL$}"));
        let space = if text.is_empty() { "" } else { " " };
        self.line(&format!("{label} {rail}{space}{text}"));
    }

    /// Columns to the right of the rail.
    pub(super) fn room(&self) -> usize {
        self.style.width.saturating_sub(LABEL + 3).max(20)
    }

    /// Prose under a label, reflowed; nothing if it is empty.
    pub(super) fn prose(&mut self, label: &str, text: &str) {
        let words: Vec<&str> = text.split_whitespace().collect();
        self.exact(label, &words.join(" "));
    }

    /// A value under a label, every line break in it shown as one; nothing if it is empty.
    pub(super) fn exact(&mut self, label: &str, text: &str) {
        self.exact_painted(label, text, None);
    }

    /// As `exact`, in a colour.
    pub(super) fn exact_painted(&mut self, label: &str, text: &str, colour: Option<Color>) {
        if text.is_empty() {
            return;
        }
        let text = clip(&foreign(text), PROSE, self.ellipsis());
        for (at, line) in wrap(&text, self.room()).iter().enumerate() {
            let line = colour.map_or_else(|| line.clone(), |colour| self.paint(colour, line));
            self.rail(if at == 0 { label } else { "" }, &line);
        }
    }

    /// Foreign lines, each with `mark`, folded to the width and bounded in lines and bytes; says what it leaves out.
    pub(super) fn quoted(&mut self, mark: &str, text: &str, lines: usize, bytes: usize) {
        let mut shown = 0;
        for line in text.split_inclusive('\n').take(lines) {
            let cut = floor_char_boundary(line, bytes - shown);
            let part = line[..cut].trim_end_matches('\n').trim_end_matches('\r');
            if cut == 0 {
                break;
            }
            shown += cut;
            for part in fold(&foreign(part), self.room().saturating_sub(2)) {
                let quoted = format!("{} {part}", self.dim(mark));
                self.rail("", quoted.trim_end());
            }
        }
        if shown < text.len() {
            let more = count(text.len() - shown, "byte", "bytes");
            let more = format!("{mark} {} {more} more", self.ellipsis());
            self.rail("", &self.dim(&more));
        }
    }

    /// A text on one line, however long, to be copied.
    pub(super) fn copied(&mut self, label: &str, text: &str) {
        if !text.is_empty() {
            self.rail(label, &foreign(text));
        }
    }

    pub(super) const fn bullet(&self) -> &'static str {
        if self.style.unicode { "▸" } else { ">" }
    }

    pub(super) const fn ellipsis(&self) -> &'static str {
        if self.style.unicode { "…" } else { "..." }
    }

    pub(super) fn sign(&self, sign: Sign) -> String {
        self.paint(sign.colour(), sign.text(self.style.unicode))
    }

    pub(super) fn bold(&self, text: &str) -> String {
        self.ansi("1", text)
    }

    pub(super) fn dim(&self, text: &str) -> String {
        self.ansi("2", text)
    }

    /// The crate's own switch is global to the process; a report obeys its own style instead.
    pub(super) fn paint(&self, colour: Color, text: &str) -> String {
        self.ansi(&colour.to_fg_str(), text)
    }

    fn ansi(&self, code: &str, text: &str) -> String {
        if self.style.colour && !text.trim().is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// The last place at or before `at` where the text may be cut.
fn floor_char_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|&place| text.is_char_boundary(place))
        .unwrap_or(0)
}
