//! The JSON report: everything that the events said, in one versioned file for tools.
//!
//! Its shape (`shape`) is a copy of the model, not a dump of it: the model may change while version 1 stays.

use std::fmt::Write as _;
use std::io;

mod back;
mod copy;
pub mod diff;
pub mod merge;
mod shape;

pub use shape::{
    Basis, Capability, Case, Effect, Exchange, Finding, Known, Level, Note, Place, Report, Role,
    Run, Severity, Shard, Skip, Summary, Tool, Verdict, schema,
};

use super::Reporter;
use super::foreign::{is_hazard, opens_a_command};
use crate::model::{RunEvent, Summary as Counts};

/// The version of the shape that [`Report`] has.
pub const VERSION: u32 = 1;

/// Collects a run and hands it out as JSON.
#[derive(Debug, Default)]
pub struct Json {
    target: String,
    planned: usize,
    run: Run,
    notes: Vec<Note>,
    cases: Vec<Case>,
    /// Counted here, for a run that never said its own.
    counted: Counts,
    finished: Option<Counts>,
}

impl Json {
    /// The report of what was heard.
    pub fn into_report(self) -> Report {
        let summary = self.finished.as_ref().unwrap_or(&self.counted);
        Report {
            version: VERSION,
            tool: Tool::default(),
            planned: self.planned,
            complete: self.finished.is_some() && summary.interrupted.is_none(),
            summary: Summary::from(summary),
            target: self.target,
            run: self.run,
            notes: self.notes,
            cases: self.cases,
        }
    }
}

impl Reporter for Json {
    fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        match event {
            RunEvent::RunStarted {
                target,
                cases,
                setting,
            } => {
                self.target.clone_from(target);
                self.run = Run::from(setting.as_ref());
                self.planned = *cases;
            }
            RunEvent::CaseStarted(_) => {}
            RunEvent::Noted(note) => self.notes.push(Note::from(note)),
            RunEvent::CaseFinished(outcome) => {
                self.counted.add(outcome);
                self.counted.requests += u64::from(outcome.requests);
                self.cases.push(Case::from(outcome.as_ref()));
            }
            RunEvent::RunFinished(summary) => self.finished = Some(summary.clone()),
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<Option<Vec<u8>>> {
        let report = std::mem::take(self).into_report();
        let mut text = escaped(&serde_json::to_string_pretty(&report)?);
        text.push('\n');
        Ok(Some(text.into_bytes()))
    }
}

/// JSON text without a raw control, bidi, zero-width or tag character or the opening of a CI command. They stand
/// in strings only (line feeds of the layout aside), where `\u` says the same to every parser (RFC 8259 section 7).
pub(super) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for (at, one) in json.char_indices() {
        let opens = one == '[' && opens_a_command(&json[..at]);
        if opens || (one != '\n' && is_hazard(one)) {
            for unit in one.encode_utf16(&mut [0; 2]) {
                // writing to a String can't fail
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(one);
        }
    }
    out
}

#[cfg(test)]
mod tests;
