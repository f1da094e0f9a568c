//! The run as JSON lines, one an event, for tools that follow it: the members are those of the JSON report.

use std::io;

use serde::Serialize;

use super::Reporter;
use super::json::{Case, Note, Run, Summary, Tool, VERSION, escaped};
use crate::model::RunEvent;

/// Writes each event as a line.
pub struct Events<W: io::Write> {
    out: W,
}

impl<W: io::Write> Events<W> {
    /// A report that goes to `out`.
    pub const fn new(out: W) -> Self {
        Self { out }
    }
}

/// A line.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Line<'a> {
    RunStarted {
        version: u32,
        tool: Tool,
        target: &'a str,
        planned: usize,
        run: Run,
    },
    Noted {
        note: Note,
    },
    CaseStarted {
        id: &'a str,
    },
    CaseFinished {
        case: Box<Case>,
    },
    RunFinished {
        complete: bool,
        summary: Summary,
    },
}

impl<'a> From<&'a RunEvent> for Line<'a> {
    fn from(event: &'a RunEvent) -> Self {
        match event {
            RunEvent::RunStarted {
                target,
                cases,
                setting,
            } => Self::RunStarted {
                version: VERSION,
                tool: Tool::default(),
                target,
                planned: *cases,
                run: Run::from(setting.as_ref()),
            },
            RunEvent::CaseStarted(id) => Self::CaseStarted { id: id.as_str() },
            RunEvent::Noted(note) => Self::Noted { note: note.into() },
            RunEvent::CaseFinished(outcome) => Self::CaseFinished {
                case: Box::new(Case::from(outcome.as_ref())),
            },
            RunEvent::RunFinished(summary) => Self::RunFinished {
                complete: summary.interrupted.is_none(),
                summary: summary.into(),
            },
        }
    }
}

impl<W: io::Write + Send> Reporter for Events<W> {
    fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        let line = serde_json::to_string(&Line::from(event))?;
        writeln!(self.out, "{}", escaped(&line))?;
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.out.flush()?;
        Ok(None)
    }
}
