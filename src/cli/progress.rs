//! How far a run is, on a terminal's last line: done, failed so far, how fast, and what is running.
//!
//! It is drawn on standard error and taken away at the end. A pipe gets none of it, nor does a build, whose log it would
//! fill.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::model::{CaseId, RunEvent, Summary};
use crate::report::foreign;

use super::console::Console;

/// How often it is drawn anew, in a second.
const HERTZ: u8 = 10;

/// The line.
pub(super) struct Progress {
    bar: ProgressBar,
    standing: Standing,
}

/// What the line says.
#[derive(Default)]
struct Standing {
    counts: Summary,
    /// Cases that began and were not told yet, the oldest first.
    running: Vec<CaseId>,
}

impl Progress {
    /// A line, if somebody watches.
    pub(super) fn new(console: &Console) -> Option<Self> {
        let built = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
        if built || !console.watched() {
            return None;
        }
        let target = ProgressDrawTarget::stderr_with_hz(HERTZ);
        let style = ProgressStyle::with_template("{pos}/{len} {wide_msg}").ok()?;
        let bar = ProgressBar::with_draw_target(None, target).with_style(style);
        Some(Self {
            bar,
            standing: Standing::default(),
        })
    }

    /// Writes something else on the terminal meanwhile.
    pub(super) fn beside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Hears an event and draws what it changes.
    pub(super) fn hear(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted { cases, .. } => {
                self.bar
                    .set_length(u64::try_from(*cases).unwrap_or(u64::MAX));
                self.bar.enable_steady_tick(Duration::from_millis(500));
            }
            RunEvent::RunFinished(_) => self.bar.finish_and_clear(),
            _ => {}
        }
        self.standing.hear(event);
        let seconds = self.bar.elapsed().as_secs_f64();
        self.bar
            .set_position(u64::from(self.standing.counts.total()));
        self.bar.set_message(self.standing.words(seconds));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Standing {
    fn hear(&mut self, event: &RunEvent) {
        match event {
            RunEvent::CaseStarted(id) => self.running.push(id.clone()),
            RunEvent::CaseFinished(outcome) => {
                self.counts.count(&outcome.verdict);
                self.running.retain(|id| *id != outcome.id);
            }
            _ => {}
        }
    }

    /// `3 failed, 41/s, running basic/x::y and 15 more`.
    fn words(&self, seconds: f64) -> String {
        let mut parts = Vec::new();
        for (number, word) in [
            (self.counts.failed, "failed"),
            (self.counts.inconclusive, "inconclusive"),
        ] {
            if number > 0 {
                parts.push(format!("{number} {word}"));
            }
        }
        if seconds >= 1.0 {
            let rate = f64::from(self.counts.total()) / seconds;
            parts.push(format!("{rate:.0}/s"));
        }
        if let Some((first, others)) = self.running.split_first() {
            let more = match others.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            parts.push(format!("running {}{more}", foreign(first.as_str())));
        }
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Summary as Counts;

    #[test]
    fn the_line_says_what_matters() {
        let id = |case| CaseId::new("a/b", case);
        let mut standing = Standing::default();
        assert_eq!(standing.words(0.0), "");
        standing.hear(&RunEvent::CaseStarted(id("one")));
        standing.hear(&RunEvent::CaseStarted(id("two\u{1b}")));
        assert_eq!(standing.words(0.2), "running a/b::one and 1 more");
        standing.running.remove(0);
        standing.counts = Counts {
            failed: 2,
            inconclusive: 1,
            passed: 97,
            ..Counts::default()
        };
        assert_eq!(
            standing.words(2.0),
            "2 failed, 1 inconclusive, 50/s, running a/b::two\\u{1b}"
        );
    }
}
