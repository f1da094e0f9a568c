//! The reports of a run: every one hears the same events, and one that fails silences no other.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::edge::files;
use crate::model::{CaseOutcome, RunEvent, Summary, TargetNote, Verdict};
use crate::report::exit;
use crate::report::human::{Human, Style};
use crate::report::{Format, Make, Reporter};

use super::args::{Judging, Report};
use super::baseline::Baseline;
use super::console::Console;
use super::exit::Failure;
use super::progress::Progress;

/// Standard output, where a path is asked for.
const STDOUT: &str = "-";

/// The reports of a run, and what is demanded of its cases.
pub(super) struct Sinks {
    sinks: Vec<Sink>,
    require: Vec<String>,
    /// Skips that `--require` made inconclusive.
    demanded: u32,
    counted: Summary,
    progress: Option<Progress>,
    known: Option<Baseline>,
    /// What the run came to, once it said so, with all that is demanded and known.
    summary: Summary,
}

struct Sink {
    reporter: Box<dyn Reporter>,
    to: To,
    /// It shows the exchanges of passed cases.
    passes: bool,
    /// It hears nothing any more.
    ended: bool,
}

enum To {
    /// It has written already.
    Terminal,
    /// A text for a file, collected here.
    Collected(Shared, PathBuf),
    /// A whole file that the reporter hands out.
    Whole(PathBuf),
}

/// Why reports are not whole.
#[derive(Default)]
pub(super) struct Trouble(Vec<String>);

impl Trouble {
    /// Whether there was none.
    pub(super) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Says it.
    pub(super) fn tell(&self, console: &Console) {
        for why in &self.0 {
            console.tell(&format!("error: a report could not be written: {why}"));
        }
    }
}

impl Sinks {
    /// The report on the terminal and those that are asked for. Folders that aren't there are told now: after the
    /// run it would be too late.
    pub(super) fn open(
        reports: &[Report],
        judging: &Judging,
        console: &Console,
    ) -> Result<Self, Failure> {
        let mut sinks = Vec::new();
        for report in reports {
            check(&report.path)?;
            sinks.push(Sink::asked(report.format, &report.path));
        }
        // whoever wants a report on standard output wants nothing else there
        if !reports.iter().any(|report| is_stdout(&report.path)) {
            let human = Human::new(io::stdout(), console.style());
            sinks.insert(0, Sink::terminal(Box::new(human)));
        }
        Ok(Self {
            sinks,
            require: judging.require.clone(),
            demanded: 0,
            counted: Summary::default(),
            progress: Progress::new(console),
            known: None,
            summary: Summary::default(),
        })
    }

    /// Whether a report shows the exchanges of passed cases.
    pub(super) fn wants_everything(&self, console: &Console) -> bool {
        console.verbose || self.sinks.iter().any(|sink| sink.passes)
    }

    /// Holds every case against a list of known failures.
    pub(super) fn know(&mut self, known: Baseline) {
        self.known = Some(known);
    }

    /// Hands one event to every report, with what is demanded and known of its case.
    pub(super) fn event(&mut self, event: RunEvent, trouble: &mut Trouble) {
        let event = match event {
            RunEvent::CaseFinished(outcome) => {
                let mut outcome = self.demand(outcome);
                if let Some(known) = &mut self.known {
                    known.cover(&mut outcome);
                }
                self.counted.add(&outcome);
                RunEvent::CaseFinished(outcome)
            }
            RunEvent::RunFinished(summary) => {
                let stale = self.known.as_ref().map(Baseline::stale).unwrap_or_default();
                for says in &stale {
                    let note = TargetNote {
                        about: "baseline".to_owned(),
                        says: says.clone(),
                        finding: None,
                    };
                    self.tell(&RunEvent::Noted(note), trouble);
                }
                self.summary = self.corrected(summary, stale.len());
                RunEvent::RunFinished(self.summary.clone())
            }
            other => other,
        };
        self.tell(&event, trouble);
    }

    fn tell(&mut self, event: &RunEvent, trouble: &mut Trouble) {
        let sinks = self.sinks.iter_mut().filter(|sink| !sink.ended);
        let write = || sinks.for_each(|sink| sink.event(event, trouble));
        match &self.progress {
            // no report on a terminal says anything of a case that begins
            Some(progress) if !matches!(event, RunEvent::CaseStarted(_)) => progress.beside(write),
            _ => write(),
        }
        if let Some(progress) = &mut self.progress {
            progress.hear(event);
        }
    }

    /// A case that had to be judged and wasn't.
    fn demand(&mut self, mut outcome: Box<CaseOutcome>) -> Box<CaseOutcome> {
        let named = |prefix: &String| {
            outcome.id.as_str().starts_with(prefix.as_str()) || outcome.id.without_row() == *prefix
        };
        if let Verdict::Skip(skip) = &outcome.verdict
            && self.require.iter().any(named)
        {
            outcome.verdict = Verdict::Inconclusive(format!("required, but skipped: {skip}"));
            self.demanded += 1;
        }
        outcome
    }

    /// The counts with what was demanded and is known.
    fn corrected(&self, summary: Summary, stale: usize) -> Summary {
        Summary {
            skipped: summary.skipped.saturating_sub(self.demanded),
            inconclusive: summary.inconclusive + self.demanded,
            known_failed: self.counted.known_failed,
            known_warned: self.counted.known_warned,
            stale: summary.stale + u32::try_from(stale).unwrap_or(u32::MAX),
            ..summary
        }
    }

    /// Tells of a run that is over, and says how the program ends.
    pub(super) fn retell(
        mut self,
        events: Vec<RunEvent>,
        judging: &Judging,
        console: &Console,
    ) -> u8 {
        let mut trouble = Trouble::default();
        for event in events {
            self.event(event, &mut trouble);
        }
        let summary = self.finish(&mut trouble);
        trouble.tell(console);
        exit::code(&summary, &judging.policy(), !trouble.is_none(), None)
    }

    /// Ends every report, writes those that are files, and says what the run came to.
    pub(super) fn finish(mut self, trouble: &mut Trouble) -> Summary {
        for sink in &mut self.sinks {
            if let Err(error) = sink.finish() {
                sink.complain(&error, trouble);
            }
        }
        self.summary
    }
}

impl Sink {
    fn terminal(reporter: Box<dyn Reporter>) -> Self {
        Self {
            reporter,
            to: To::Terminal,
            passes: false,
            ended: false,
        }
    }

    fn asked(format: &Format, path: &Path) -> Self {
        match format.make {
            Make::Stream(make) if is_stdout(path) => {
                Self::terminal(make(Box::new(io::stdout()), Style::default()))
            }
            Make::Stream(make) => {
                let text = Shared::default();
                Self {
                    reporter: make(Box::new(text.clone()), Style::default()),
                    to: To::Collected(text, path.to_owned()),
                    passes: format.passes,
                    ended: false,
                }
            }
            Make::File(make) => Self {
                reporter: make(),
                to: To::Whole(path.to_owned()),
                passes: format.passes,
                ended: false,
            },
        }
    }

    fn event(&mut self, event: &RunEvent, trouble: &mut Trouble) {
        if let Err(error) = self.reporter.event(event) {
            self.ended = true;
            self.complain(&error, trouble);
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        let whole = self.reporter.finish()?;
        let (path, content) = match &self.to {
            To::Terminal => return Ok(()),
            To::Collected(text, path) => (path, text.take()),
            To::Whole(path) => (path, whole.unwrap_or_default()),
        };
        if is_stdout(path) {
            let mut out = io::stdout().lock();
            out.write_all(&content)?;
            return out.flush();
        }
        files::write_report(path, &content).map_err(|error| io::Error::other(error.to_string()))
    }

    /// A terminal whose reader went away is no trouble.
    fn complain(&self, error: &io::Error, trouble: &mut Trouble) {
        if error.kind() != io::ErrorKind::BrokenPipe {
            trouble.0.push(error.to_string());
        }
    }
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new(STDOUT)
}

fn check(path: &Path) -> Result<(), Failure> {
    if is_stdout(path) {
        return Ok(());
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let shown = path.display();
    if path.is_dir() {
        return Err(Failure::unusable(format!(
            "--report: {shown} is a folder, not a file"
        )));
    }
    if !folder.is_dir() {
        return Err(Failure::unusable(format!(
            "--report: {shown} can't be written: there is no folder {}",
            folder.display()
        )));
    }
    Ok(())
}

/// Text on its way into a file.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
