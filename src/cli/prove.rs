//! `authspec prove`: the detection matrix. Every case runs against the sound reference server and against the faults
//! that it could see, so that it is known which case sees what, and that each can fail.

mod expectations;
mod matrix;
mod reach;
mod rules;

use std::collections::VecDeque;
use std::num::NonZero;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use authspec_reference_server::{Fault, faults};

use crate::edge::files;
use crate::edge::target::Target;
use crate::model::{RunEvent, Setting};
use crate::report::exit::{FAILED, OK, Signal};
use crate::source::nearest;
use crate::suite::model::Case;

use super::args::{Order, ProveArgs};
use super::console::{Console, print};
use super::exit::{Ending, Failure};
use super::judge::{self, How};
use super::load::Loader;
use super::select::Wanted;

use expectations::Expectations;
use matrix::{Matrix, Row};
use reach::Reach;

/// The matrix as it was reviewed, in a checkout.
const LOCK: &str = "suites/detection.lock";
/// Group of the three faults that are nobody's mistake.
const SPECIAL: &str = "special";

pub(super) fn run(args: &ProveArgs, console: &Console) -> Ending {
    let mut loader = Loader::default();
    let wanted = Wanted::load(&args.selection, &mut loader)?;
    loader.checked(console)?;
    wanted.pick(&mut loader)?;
    let cases = loader.take_cases();
    let chosen = chosen(&args.fault)?;
    let whole = args.fault.is_empty() && args.selection.is_everything();
    if args.update && !whole {
        return Err(Failure::unusable(
            "--update writes the whole matrix; leave out what selects a part of it",
        ));
    }
    let known = lock()?;
    let reach = match &known {
        Some(known) if !args.everywhere => Reach::of(known, &cases),
        _ => Reach::Everywhere,
    };
    let mut matrix = match proved(&cases, &chosen, &reach, console)? {
        Proved::Whole(matrix) => matrix,
        Proved::Interrupted(signal) => return Ok(signal.code()),
    };
    let mut problems = rules::problems(&matrix, &cases, &chosen, whole);
    problems.extend(matrix.expectations.problems(&cases));
    problems.extend(rules::unexpected_reasons(
        &matrix,
        &cases,
        &chosen,
        known.as_ref(),
    ));
    matrix.forget(is_special);
    match known {
        Some(known) if !args.update => {
            problems.extend(rules::changes(&matrix, &known, &cases, whole));
        }
        _ => {}
    }
    tell(&matrix, &cases, &problems, console)?;
    if args.update {
        files::write_report(Path::new(LOCK), matrix.text().as_bytes())
            .map_err(|error| Failure::unusable(error.to_string()))?;
        print(&format!("wrote {LOCK}\n"))?;
    }
    Ok(if problems.is_empty() { OK } else { FAILED })
}

fn tell(
    matrix: &Matrix,
    cases: &[Case],
    problems: &[String],
    console: &Console,
) -> Result<(), Failure> {
    let mut text = String::new();
    for problem in problems {
        text.push_str(&format!("{} {problem}\n", console.styled("31", "✘")));
    }
    text.push_str(&format!(
        "{}, {}, {}, {} seen: {}\n",
        count(matrix.faults.len(), "fault"),
        count(rules::names(cases).len(), "case"),
        count(matrix.expectations.count(), "expectation"),
        count(matrix.pairs(), "pair"),
        match problems.len() {
            0 => "proved".to_owned(),
            some => count(some, "problem"),
        }
    ));
    print(&text)?;
    Ok(())
}

fn count(number: usize, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {word}{plural}")
}

fn is_special(name: &str) -> bool {
    faults()
        .iter()
        .any(|fault| fault.name == name && fault.groups.contains(&SPECIAL))
}

/// The faults that are named, by themselves or by their group; all if none is.
fn chosen(names: &[String]) -> Result<Vec<&'static Fault>, Failure> {
    if names.is_empty() {
        return Ok(faults().iter().collect());
    }
    let mut chosen: Vec<&Fault> = Vec::new();
    for name in names {
        let named = faults()
            .iter()
            .filter(|fault| fault.name == name || fault.groups.contains(&name.as_str()));
        let before = chosen.len();
        chosen.extend(named);
        if chosen.len() == before {
            let known = faults().iter().map(|fault| fault.name);
            let hint = nearest(name, known)
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Err(Failure::unusable(format!(
                "--fault: no fault is named `{name}`{hint}"
            )));
        }
    }
    chosen.dedup_by_key(|fault| fault.name);
    Ok(chosen)
}

fn lock() -> Result<Option<Matrix>, Failure> {
    let path = Path::new(LOCK);
    if !path.is_file() {
        return Ok(None);
    }
    let bytes = files::read(path).map_err(|error| Failure::unusable(error.to_string()))?;
    let text = String::from_utf8_lossy(&bytes);
    Matrix::read(&text)
        .map(Some)
        .map_err(|line| Failure::unusable(format!("{LOCK}:{line}: this is no line of the matrix")))
}

enum Proved {
    Whole(Matrix),
    Interrupted(Signal),
}

/// Runs the cases against the sound server and every chosen fault, several servers at a time.
fn proved(
    cases: &[Case],
    chosen: &[&'static Fault],
    reach: &Reach<'_>,
    console: &Console,
) -> Result<Proved, Failure> {
    let rows = std::iter::once(None).chain(chosen.iter().copied().map(Some));
    let queue: Mutex<VecDeque<Option<&Fault>>> = Mutex::new(rows.collect());
    let all = chosen.len() + 1;
    let matrix = Mutex::new(Matrix::default());
    let ended: Mutex<Option<Result<Signal, Failure>>> = Mutex::new(None);
    // in a `while let` itself the lock would be held until the row is done
    let next = || held(&queue).pop_front();
    let work = || {
        while let Some(fault) = next() {
            let name = fault.map(|fault| fault.name);
            match row(name, reach.cases(fault, cases)) {
                Ok(Ok((row, expectations))) => {
                    held(&matrix).add(name, row, expectations);
                    if console.watched() {
                        let left = held(&queue).len();
                        console.progress(&format!("{} of {all} servers", all - left));
                    }
                }
                Ok(Err(signal)) => {
                    held(&queue).clear();
                    *held(&ended) = Some(Ok(signal));
                }
                Err(failure) => {
                    held(&queue).clear();
                    *held(&ended) = Some(Err(failure));
                }
            }
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        // one waits, another works
        for _ in 0..2 * cores {
            scope.spawn(work);
        }
    });
    if console.watched() {
        console.progress("");
    }
    match ended.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(Ok(signal)) => Ok(Proved::Interrupted(signal)),
        Some(Err(failure)) => Err(failure),
        None => Ok(Proved::Whole(
            matrix.into_inner().unwrap_or_else(PoisonError::into_inner),
        )),
    }
}

fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What each case says of a server, and what is known of its expectations.
type Told = (Row, Expectations);

/// What each case says of a server with this fault.
fn row(fault: Option<&str>, cases: Vec<Case>) -> Result<Result<Told, Signal>, Failure> {
    let names: Vec<String> = fault.iter().map(|name| (*name).to_owned()).collect();
    let how = How {
        // what a server keeps from one case to the next is the same each time
        in_flight: Some(1),
        order: Order::Plan,
        keep_passed: false,
        spoils: fault.is_none(),
        records: false,
        ours: true,
        setting: Setting::default(),
    };
    judge::runtime()?.block_on(async {
        let target = Target::embedded(&names).await.map_err(Failure::Internal)?;
        let (mut row, mut expectations) = Told::default();
        let judged = judge::judge(&target, cases, &how, &mut |event| {
            if let RunEvent::CaseFinished(outcome) = event {
                row.hear(&outcome);
                expectations.hear(&outcome);
            }
        })
        .await;
        target.stop().await;
        Ok(match judged.signal {
            Some(signal) => Err(signal),
            None => Ok((row, expectations)),
        })
    })
}
