//! The one run behind all trials, made when the first of them is asked for.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, OnceLock, PoisonError};

use libtest_mimic::{Completion, Failed};

use crate::cli::args::Order;
use crate::cli::exit::Failure;
use crate::cli::judge::{self, How};
use crate::cli::run::Opened;
use crate::cli::signal;
use crate::model::{CaseOutcome, RunEvent, Setting, Summary, Verdict};
use crate::report::exit::{FailOn, Signal};
use crate::suite::model::Case;

use super::story;

/// Makes the target stand. It is called once, and not at all where no case runs.
pub(in crate::cli) type Open = Box<dyn FnOnce() -> Opening + Send>;

/// On its way to a target.
pub(in crate::cli) type Opening = Pin<Box<dyn Future<Output = Result<Opened, Failure>>>>;

/// What a run of trials is made of.
pub(in crate::cli) struct Todo {
    pub(in crate::cli) open: Open,
    pub(in crate::cli) cases: Vec<Case>,
    /// The target is the embedded server.
    pub(in crate::cli) ours: bool,
    /// Cases at the same time.
    pub(in crate::cli) in_flight: Option<u32>,
}

/// The one run behind all trials.
pub(super) struct Run {
    todo: Mutex<Option<Todo>>,
    done: OnceLock<Done>,
}

/// What a run came to.
#[derive(Default)]
pub(in crate::cli) struct Done {
    /// By address.
    pub(in crate::cli) outcomes: BTreeMap<String, CaseOutcome>,
    /// What is said of the target, the findings of calibration among it.
    pub(in crate::cli) notes: Vec<String>,
    pub(in crate::cli) summary: Summary,
    pub(in crate::cli) signal: Option<Signal>,
    /// Why there is no outcome at all.
    pub(in crate::cli) trouble: Option<String>,
}

impl Run {
    pub(super) fn of(todo: Todo) -> Self {
        Self {
            todo: Mutex::new(Some(todo)),
            done: OnceLock::new(),
        }
    }

    pub(super) fn signal(&self) -> Option<Signal> {
        self.done.get().and_then(|done| done.signal)
    }

    pub(super) fn verdict(&self, name: &str, fail_on: FailOn) -> Result<Completion, Failed> {
        let done = self.done.get_or_init(|| self.run());
        if let Some(trouble) = &done.trouble {
            return Err(Failed::from(trouble));
        }
        let Some(outcome) = done.outcomes.get(name) else {
            return Err(Failed::from(
                "inconclusive: the run ended without a verdict",
            ));
        };
        match &outcome.verdict {
            Verdict::Pass => Ok(Completion::Completed),
            Verdict::Warn(_) if fail_on == FailOn::Must => Ok(Completion::Completed),
            Verdict::Skip(why) => Ok(Completion::ignored_with(why)),
            Verdict::Warn(_) | Verdict::Fail(_) | Verdict::Inconclusive(_) => {
                Err(Failed::from(story::of(outcome, &done.notes)))
            }
        }
    }

    fn run(&self) -> Done {
        let todo = self
            .todo
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(todo) = todo else {
            return Done::default();
        };
        let ran = judge::runtime()
            .and_then(|runtime| runtime.block_on(judged(todo, Box::pin(signal::ended()))));
        ran.unwrap_or_else(|failure| Done {
            trouble: Some(failure.into_message()),
            ..Done::default()
        })
    }
}

/// Opens the target, judges the cases, and stops what was started.
pub(in crate::cli) async fn judged(
    todo: Todo,
    ended: Pin<Box<dyn Future<Output = Signal>>>,
) -> Result<Done, Failure> {
    let mut done = Done::default();
    let (target, launched) = match (todo.open)().await? {
        Opened::Ready(target, launched) => (target, launched),
        Opened::NotUp(why) => {
            done.trouble = Some(format!("inconclusive: the target did not come up: {why}"));
            return Ok(done);
        }
    };
    let how = How {
        in_flight: todo.in_flight,
        order: Order::Plan,
        keep_passed: false,
        spoils: false,
        records: false,
        ours: todo.ours,
        setting: Setting::default(),
    };
    let mut tell = |event| match event {
        RunEvent::CaseFinished(outcome) => {
            done.outcomes
                .insert(outcome.id.as_str().to_owned(), *outcome);
        }
        RunEvent::Noted(note) => done.notes.push(format!("{}: {}", note.about, note.says)),
        RunEvent::RunFinished(summary) => done.summary = summary,
        RunEvent::RunStarted { .. } | RunEvent::CaseStarted(_) => {}
    };
    let judged = judge::judge_until(&target, todo.cases, &how, ended, &mut tell).await;
    done.signal = judged.signal;
    if let Some(launched) = launched {
        launched.stop().await;
    }
    target.stop().await;
    Ok(done)
}
