//! The report for people: while the run goes one line a case where somebody watches, then what is wrong, worst
//! first and with its evidence, then what could not be judged, and last the one line that says how it stands.
//!
//! It knows no terminal: whether there is one, how wide, and whether it takes colour is handed in as [`Style`].

use std::io;
use std::time::Duration;

mod failure;
mod page;
mod rest;
mod skipped;

pub(super) use failure::relevant;

use super::Reporter;
use super::foreign::{clip, columns, foreign};
use crate::model::{CaseOutcome, RunEvent, Severity, Summary, TargetNote, Verdict};
use page::{Page, Sign, count};

/// With more cases than this a terminal, too, gets only what is not a pass.
const MANY: usize = 300;

/// How many failures are shown whole; the others get a line each.
const WHOLE_BLOCKS: usize = 30;

/// How the report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// ANSI colours.
    pub colour: bool,
    /// Columns to keep to; command lines that are there to be copied are not broken.
    pub width: usize,
    /// Somebody watches: one line a case, as it is judged.
    pub terminal: bool,
    /// One line a case everywhere, notes of passed cases, and no bounds on groups and evidence but wide ones.
    pub verbose: bool,
    /// Signs and rules beyond ASCII.
    pub unicode: bool,
    /// One line for each case that is wrong, and the summary.
    pub quiet: bool,
}

impl Default for Style {
    /// For a pipe or a file: plain, 80 columns.
    fn default() -> Self {
        Self {
            colour: false,
            width: 80,
            terminal: false,
            verbose: false,
            unicode: true,
            quiet: false,
        }
    }
}

/// Writes the report to `out` while the run goes.
pub struct Human<W: io::Write> {
    out: W,
    style: Style,
    lines: bool,
    /// Arguments that mean the same target again.
    flags: Vec<String>,
    /// Cases that were to be judged.
    planned: usize,
    /// The suite under whose heading the lines stand.
    heading: Option<String>,
    /// Cases by suite, in the order in which suites came.
    suites: Vec<(String, Summary)>,
    /// What is not a pass, to be told at the end; a pass keeps counts only.
    told: Vec<CaseOutcome>,
    /// How many passed cases have notes, which only a verbose report shows.
    noted: u32,
    /// How many findings are at the target itself.
    target_findings: u32,
    counted: Summary,
    finished: bool,
}

impl<W: io::Write> Human<W> {
    /// A report that goes to `out`.
    pub fn new(out: W, style: Style) -> Self {
        Self {
            out,
            style,
            lines: style.verbose,
            flags: Vec::new(),
            planned: 0,
            heading: None,
            suites: Vec::new(),
            told: Vec::new(),
            noted: 0,
            target_findings: 0,
            counted: Summary::default(),
            finished: false,
        }
    }

    fn started(&mut self, target: &str, cases: usize) -> io::Result<()> {
        self.planned = cases;
        self.lines = self.style.verbose || (self.style.terminal && cases <= MANY);
        if self.style.quiet {
            self.lines = false;
            return Ok(());
        }
        writeln!(
            self.out,
            "authspec {}: {} against {}",
            env!("CARGO_PKG_VERSION"),
            count(cases, "case", "cases"),
            foreign(target)
        )
    }

    fn noted(&mut self, note: &TargetNote) -> io::Result<()> {
        self.target_findings += u32::from(note.finding.is_some());
        if self.style.quiet && note.finding.is_none() {
            return Ok(());
        }
        self.heading = None;
        let mut page = Page::new(self.style);
        failure::note(&mut page, note);
        self.write(&page)
    }

    fn case(&mut self, outcome: &CaseOutcome) -> io::Result<()> {
        self.counted.count(&outcome.verdict);
        self.counted.requests += u64::from(outcome.requests);
        let suite = outcome.id.suite();
        match self.suites.iter_mut().find(|(name, _)| name == suite) {
            Some((_, counts)) => counts.count(&outcome.verdict),
            None => {
                let mut counts = Summary::default();
                counts.count(&outcome.verdict);
                self.suites.push((suite.to_owned(), counts));
            }
        }
        if outcome.verdict != Verdict::Pass {
            self.told.push(outcome.clone());
        } else if !outcome.notes.is_empty() && !self.style.verbose {
            self.noted += 1;
        }
        if self.lines {
            let page = self.line(outcome);
            self.write(&page)?;
        }
        Ok(())
    }

    /// Sign, case and title on one line, under the heading of the suite.
    fn line(&mut self, outcome: &CaseOutcome) -> Page {
        let mut page = Page::new(self.style);
        let suite = outcome.id.suite();
        if self.heading.as_deref() != Some(suite) {
            self.heading = Some(suite.to_owned());
            page.blank();
            page.line(&page.bold(&format!("{} {}", page.bullet(), foreign(suite))));
        }
        let sign = Sign::of(&outcome.verdict);
        let case = foreign(outcome.id.case());
        let id = clip(&case, self.style.width.saturating_sub(4), page.ellipsis());
        let gap = 34_usize.saturating_sub(columns(&id)).max(2);
        let room = self.style.width.saturating_sub(4 + columns(&id) + gap);
        let mut line = format!("  {} {id}", page.sign(sign));
        if room >= 12 {
            let title = clip(&foreign(&outcome.title), room, page.ellipsis());
            line.push_str(&" ".repeat(gap));
            line.push_str(&page.dim(&title));
        }
        page.line(&line);
        if self.style.verbose && outcome.verdict == Verdict::Pass {
            for note in &outcome.notes {
                page.prose("note", note);
            }
        }
        page
    }

    /// All that is said after the last case.
    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.finished = true;
        let mut page = Page::new(self.style);
        let mut told = std::mem::take(&mut self.told);
        told.sort_by(|one, other| {
            (rank(one), one.severity, &one.id).cmp(&(rank(other), other.severity, &other.id))
        });
        let wrong: Vec<&CaseOutcome> = told
            .iter()
            .filter(|outcome| !outcome.verdict.findings().is_empty())
            .collect();
        if self.style.quiet {
            for outcome in &wrong {
                failure::head(&mut page, outcome);
            }
        } else {
            if !self.lines {
                rest::suites(&mut page, &self.suites);
            }
            failure::all(
                &mut page,
                &wrong,
                if self.style.verbose {
                    usize::MAX
                } else {
                    WHOLE_BLOCKS
                },
                &self.flags,
            );
            rest::inconclusive(&mut page, &told, &self.flags);
            skipped::skipped(&mut page, &self.suites, &told);
            rest::noted(&mut page, self.noted);
            page.blank();
        }
        let critical = |severity| {
            let bad = |one: &&&CaseOutcome| {
                matches!(one.verdict, Verdict::Fail(_)) && one.severity == severity
            };
            wrong.iter().filter(bad).count()
        };
        let worst = [Severity::Critical, Severity::High].map(|one| (one, critical(one)));
        rest::summary(
            &mut page,
            summary,
            &worst,
            self.target_findings,
            self.planned,
        );
        self.write(&page)?;
        self.out.flush()
    }

    fn write(&mut self, page: &Page) -> io::Result<()> {
        self.out.write_all(page.text().as_bytes())
    }
}

impl<W: io::Write + Send> Reporter for Human<W> {
    fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        match event {
            RunEvent::RunStarted {
                target,
                cases,
                setting,
            } => {
                self.flags.clone_from(&setting.flags);
                self.started(target, *cases)
            }
            RunEvent::CaseStarted(_) => Ok(()),
            RunEvent::Noted(note) => self.noted(note),
            RunEvent::CaseFinished(outcome) => self.case(outcome),
            RunEvent::RunFinished(summary) => self.end(summary),
        }
    }

    fn finish(&mut self) -> io::Result<Option<Vec<u8>>> {
        if !self.finished {
            let counted = Summary {
                interrupted: Some("the run did not come to its end".to_owned()),
                took: Duration::ZERO,
                ..self.counted.clone()
            };
            self.end(&counted)?;
        }
        self.out.flush()?;
        Ok(None)
    }
}

/// Failures before warnings before the rest.
const fn rank(outcome: &CaseOutcome) -> u8 {
    match outcome.verdict {
        Verdict::Fail(_) => 0,
        Verdict::Warn(_) => 1,
        Verdict::Inconclusive(_) | Verdict::Skip(_) | Verdict::Pass => 2,
    }
}

#[cfg(test)]
mod tests;
