//! The TAP report (version 14), written while the run goes.
//!
//! TAP knows `ok` and `not ok`. A warning is ok and says why below; what could not be judged is not ok; a run that was
//! broken off bails out. The plan stands at the end: what calibration finds is not known before.

use std::io;

use super::Reporter;
use super::foreign::foreign;
use super::plain::{headline, lines};
use super::rules::Rules;
use crate::model::{CaseOutcome, RunEvent, Verdict};

/// Writes a run as TAP.
pub struct Tap<W: io::Write> {
    out: W,
    flags: Vec<String>,
    rules: Rules,
    points: usize,
    begun: bool,
    ended: bool,
}

impl<W: io::Write> Tap<W> {
    /// A report that goes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            flags: Vec::new(),
            rules: Rules::default(),
            points: 0,
            begun: false,
            ended: false,
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.begun, true) {
            writeln!(self.out, "TAP version 14")?;
        }
        Ok(())
    }

    fn point(&mut self, outcome: &CaseOutcome) -> io::Result<()> {
        self.points += 1;
        let ok = match outcome.verdict {
            Verdict::Fail(_) | Verdict::Inconclusive(_) => "not ok",
            Verdict::Pass | Verdict::Warn(_) | Verdict::Skip(_) => "ok",
        };
        let name = description(outcome.id.as_str());
        let skip = match outcome.verdict {
            Verdict::Skip(_) => format!(" # SKIP {}", description(&headline(outcome))),
            _ => match &outcome.known {
                Some(known) => format!(" # TODO {}", description(&known.to_string())),
                None => String::new(),
            },
        };
        writeln!(self.out, "{ok} {} - {name}{skip}", self.points)?;
        if matches!(outcome.verdict, Verdict::Skip(_))
            || (outcome.verdict == Verdict::Pass && outcome.notes.is_empty())
        {
            return Ok(());
        }
        self.diagnostic(outcome)
    }

    /// A YAML block: what tools ask for as members, the rest as a list of lines. JSON strings are YAML.
    fn diagnostic(&mut self, outcome: &CaseOutcome) -> io::Result<()> {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        writeln!(self.out, "  ---")?;
        writeln!(self.out, "  verdict: {}", outcome.verdict.word())?;
        writeln!(self.out, "  severity: {}", outcome.severity)?;
        let message = headline(outcome);
        if !message.is_empty() {
            writeln!(self.out, "  message: {}", quoted(&message))?;
        }
        writeln!(self.out, "  told:")?;
        for line in lines(outcome, &self.flags, &mut self.rules).iter().skip(1) {
            writeln!(self.out, "    - {}", quoted(line))?;
        }
        writeln!(self.out, "  ...")
    }

    fn end(&mut self, broken_off: Option<&str>) -> io::Result<()> {
        self.ended = true;
        self.begin()?;
        match broken_off {
            Some(why) => writeln!(self.out, "Bail out! {}", foreign(why))?,
            None => writeln!(self.out, "1..{}", self.points)?,
        }
        self.out.flush()
    }
}

/// Text in a test line: `#` would begin a directive, and a backslash an escape.
fn description(text: &str) -> String {
    foreign(text).replace('\\', "\\\\").replace('#', "\\#")
}

impl<W: io::Write + Send> Reporter for Tap<W> {
    fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        self.begin()?;
        match event {
            RunEvent::RunStarted {
                target, setting, ..
            } => {
                self.flags.clone_from(&setting.flags);
                writeln!(self.out, "# target: {}", foreign(target))
            }
            RunEvent::CaseStarted(_) => Ok(()),
            RunEvent::Noted(note) => {
                let (about, says) = (foreign(&note.about), foreign(&note.says));
                writeln!(self.out, "# note: {about}: {says}")
            }
            RunEvent::CaseFinished(outcome) => self.point(outcome),
            RunEvent::RunFinished(summary) => self.end(summary.interrupted.as_deref()),
        }
    }

    fn finish(&mut self) -> io::Result<Option<Vec<u8>>> {
        if !self.ended {
            self.end(Some("the run did not come to its end"))?;
        }
        Ok(None)
    }
}
