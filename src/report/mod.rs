//! Events of a run to bytes: one reporter a format, all fed by the same events.
//!
//! A reporter knows neither unredacted exchanges nor how a case was run, opens no file and asks no terminal:
//! where its bytes go and how they may look is handed in.

use std::io;

use crate::model::RunEvent;

mod again;
pub mod events;
pub mod exit;
mod foreign;
mod heard;
mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
mod plain;
mod rules;
pub mod sarif;
pub mod tap;

pub use foreign::foreign;

/// Hears a run and writes it down.
pub trait Reporter: Send {
    /// Takes one event. An error means that nothing more will be heard from this reporter.
    fn event(&mut self, event: &RunEvent) -> io::Result<()>;

    /// Ends the report, also of a run that did not end by itself. A file report hands its whole content out,
    /// so that it is written whole or not at all; a stream has written already.
    fn finish(&mut self) -> io::Result<Option<Vec<u8>>>;
}

/// How a format comes to its reporter.
#[derive(Clone, Copy)]
pub enum Make {
    /// It writes while the run goes.
    Stream(fn(Box<dyn io::Write + Send>, human::Style) -> Box<dyn Reporter>),
    /// It hands a whole file out when the run is over.
    File(fn() -> Box<dyn Reporter>),
}

/// A report format.
#[derive(Clone, Copy)]
pub struct Format {
    /// The word in `--report NAME=PATH`.
    pub name: &'static str,
    /// What it is, for help.
    pub what: &'static str,
    /// Its reporter.
    pub make: Make,
    /// Whether it shows the exchanges of passed cases, which a run keeps only where they are asked for.
    pub passes: bool,
}

impl Format {
    /// Whether it hands out a whole file.
    pub const fn file(&self) -> bool {
        matches!(self.make, Make::File(_))
    }

    /// The format that a word names.
    pub fn from_name(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }
}

/// Every format; a new one is a module and a row here.
pub const FORMATS: &[Format] = &[
    Format {
        name: "human",
        what: "text for people, as on the terminal",
        make: Make::Stream(|out, style| Box::new(human::Human::new(out, style))),
        passes: false,
    },
    Format {
        name: "json",
        what: "everything, versioned, for tools (authspec schema report)",
        make: Make::File(|| Box::new(json::Json::default())),
        passes: true,
    },
    Format {
        name: "junit",
        what: "JUnit XML, for CI servers",
        make: Make::File(|| Box::<junit::Junit>::default()),
        passes: false,
    },
    Format {
        name: "sarif",
        what: "SARIF 2.1.0, for code scanning",
        make: Make::File(|| Box::<sarif::Reported>::default()),
        passes: false,
    },
    Format {
        name: "markdown",
        what: "Markdown, for the step summary of a CI run",
        make: Make::File(|| Box::<markdown::Markdown>::default()),
        passes: false,
    },
    Format {
        name: "tap",
        what: "TAP 14, as the run goes",
        make: Make::Stream(|out, _| Box::new(tap::Tap::new(out))),
        passes: false,
    },
    Format {
        name: "events",
        what: "JSON lines, one an event, as the run goes",
        make: Make::Stream(|out, _| Box::new(events::Events::new(out))),
        passes: false,
    },
    Format {
        name: "html",
        what: "a page for people: one file, no script",
        make: Make::File(|| Box::new(html::Html::default())),
        passes: false,
    },
];

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
