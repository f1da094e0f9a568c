//! The terminal: whether there is one, whether it takes colour, and the two streams.
//!
//! Results go to standard output, warnings and mistakes to standard error. A reader that went away is no mistake.

use std::io::{self, IsTerminal as _, Write};

use crate::report::human::Style;
use crate::source::visible;

use super::args::{Colour, Global};

/// How this process may speak.
#[derive(Clone, Debug)]
pub(super) struct Console {
    colour_out: bool,
    colour_err: bool,
    terminal: bool,
    width: usize,
    pub(super) verbose: bool,
    pub(super) quiet: bool,
}

/// Columns of a pipe, and of a terminal that doesn't tell.
const WIDTH: usize = 80;

impl Console {
    pub(super) fn new(global: &Global) -> Self {
        let plain = set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colour = |terminal: bool| match global.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => terminal && !plain,
        };
        let terminal = io::stdout().is_terminal();
        Self {
            colour_out: colour(terminal),
            colour_err: colour(io::stderr().is_terminal()),
            terminal,
            width: width(terminal),
            verbose: global.verbose,
            quiet: global.quiet,
        }
    }

    /// Whether somebody watches standard output.
    pub(super) const fn is_terminal(&self) -> bool {
        self.terminal
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) const fn colour_err(&self) -> bool {
        self.colour_err
    }

    /// How the human report looks on standard output.
    pub(super) const fn style(&self) -> Style {
        Style {
            colour: self.colour_out,
            width: self.width,
            terminal: self.terminal,
            verbose: self.verbose,
            unicode: true,
            quiet: self.quiet,
        }
    }

    /// Text in an ANSI style, where standard output takes colour.
    pub(super) fn styled(&self, code: &str, text: &str) -> String {
        if self.colour_out {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// Whether somebody watches standard error and wants to know how far things are.
    pub(super) fn watched(&self) -> bool {
        io::stderr().is_terminal() && !self.quiet
    }

    /// Says how far things are, in the place of what was said before.
    pub(super) fn progress(&self, text: &str) {
        let _ = write!(io::stderr().lock(), "\r\u{1b}[2K{text}");
    }

    /// A warning, one line, on standard error.
    pub(super) fn warn(&self, text: &str) {
        warn(text);
    }

    /// A line on standard error.
    pub(super) fn tell(&self, text: &str) {
        tell(text);
    }
}

/// A warning, one line, on standard error.
pub(super) fn warn(text: &str) {
    tell(&format!("warning: {}", visible(text)));
}

fn tell(text: &str) {
    // if standard error is gone, there is nobody left to tell
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes a result to standard output.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn width(terminal: bool) -> usize {
    let told = std::env::var_os("COLUMNS")
        .and_then(|columns| columns.to_str()?.parse::<usize>().ok())
        .filter(|columns| terminal && (40..=400).contains(columns));
    told.unwrap_or(if terminal { 100 } else { WIDTH })
}
