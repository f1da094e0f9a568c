//! `authspec test`: the cases as a libtest-compatible binary, for cargo, nextest, Bazel and IDEs.
//!
//! All chosen cases are run at once, as `run` does it, when the first of them is asked for; a trial only looks its
//! verdict up. So twins are shared here too, and a process that runs one case compiles one file and starts one server.

mod story;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use clap::Parser;
use libtest_mimic::{Arguments, Completion, Failed, FormatSetting, Trial};

use crate::model::{CaseOutcome, RunEvent, Setting, Verdict};
use crate::report::exit::{FailOn, OK, Signal, UNUSABLE};
use crate::run::plan::Plan;
use crate::run::terms::Terms;
use crate::suite::model::Case;
use crate::suite::profile::Profile;

use super::args::{Colour, Global, Order, Selection, TargetArgs};
use super::console::{Console, print};
use super::exit::{self, Failure};
use super::judge::{self, How};
use super::load::Loader;
use super::run::{Asked, Opened};
use super::select::Wanted;
use super::{examples, profile};

/// libtest's options, and ours. The profile may also come from AUTHSPEC_PROFILE, since nextest hands on no options.
#[derive(Debug, Parser)]
#[command(
    name = "authspec test",
    bin_name = "authspec test",
    about = "Run the cases as a test binary that cargo, nextest and IDEs can drive",
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{all-args}\n\n{after-help}",
    after_help = examples::TEST
)]
struct TestCli {
    #[command(flatten)]
    libtest: Arguments,
    #[command(flatten)]
    target: TargetArgs,
    /// Add the suites of this file or folder; one of a bundled suite's name replaces it
    #[arg(
        long,
        value_name = "PATH",
        env = "AUTHSPEC_SUITES",
        value_delimiter = ':'
    )]
    suites: Vec<PathBuf>,
    /// A broken SHOULD fails too
    #[arg(long)]
    fail_on_should: bool,
}

/// The test binary: `args` begin with the name of the program.
pub(super) fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match TestCli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { UNUSABLE } else { OK };
            // help for a reader that went away needs no reader
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let console = Console::new(&Global {
        color: Colour::Auto,
        verbose: false,
        quiet: cli.libtest.quiet,
    });
    match tests(cli, &console) {
        Ok(code) => code,
        Err(failure) => exit::end(Err(failure), &console),
    }
}

fn tests(cli: TestCli, console: &Console) -> Result<ExitCode, Failure> {
    let mut loader = Loader::default();
    load(&cli, &mut loader)?;
    let profile = profile::load(&cli.target, &mut loader, console)?;
    loader.checked(console)?;
    let cases = loader.take_cases();
    let names = names(&cases, profile.as_ref())?;
    let trials = Trials {
        // nextest learns of ignored tests by a list; others learn the reason when the test is run
        flagged: cli.libtest.ignored || std::env::var_os("NEXTEST").is_some(),
        fail_on: if cli.fail_on_should {
            FailOn::Should
        } else {
            FailOn::Must
        },
        names,
    };
    if cli.libtest.list {
        trials.list(&cli.libtest)?;
        return Ok(ExitCode::from(OK));
    }
    let asked = Asked::of(profile, &cli.target)?;
    let chosen = trials.chosen(&cli.libtest);
    let cases = cases
        .into_iter()
        .filter(|case| chosen.contains(case.id.as_str()))
        .collect();
    let threads = cli.libtest.test_threads;
    let run = Arc::new(Run {
        todo: Mutex::new(Some((asked, cases))),
        in_flight: threads.and_then(|threads| u32::try_from(threads).ok()),
        done: OnceLock::new(),
    });
    let conclusion = libtest_mimic::run(&cli.libtest, trials.all(&run));
    Ok(match run.signal() {
        Some(signal) => ExitCode::from(signal.code()),
        None => conclusion.exit_code(),
    })
}

/// Compiles all suites, or the one that an exact name needs.
fn load(cli: &TestCli, loader: &mut Loader) -> Result<(), Failure> {
    let exact = cli.libtest.filter.iter().filter(|_| cli.libtest.exact);
    let selection = Selection {
        select: exact.cloned().collect(),
        suites: cli.suites.clone(),
        ..Selection::default()
    };
    Wanted::load(&selection, loader).map(|_| ())
}

/// A trial before it is one.
struct Name {
    /// As it is printed: the address of a case or rider.
    name: String,
    /// The case that must run for it.
    host: String,
    /// Known before anything is asked.
    skipped: Option<String>,
}

/// Every outcome that the plan will come to. Skipped beforehand is what no answer of the target could add.
fn names(cases: &[Case], profile: Option<&Profile>) -> Result<Vec<Name>, Failure> {
    let embedded;
    let (profile, ours) = match profile {
        Some(profile) => (profile, false),
        None => {
            embedded = crate::edge::embedded::profile_at(
                "http://127.0.0.1:1",
                "http://127.0.0.1:2",
                "https://127.0.0.1:3",
                "https://localhost:3",
            )
            .map_err(Failure::Internal)?;
            (&embedded, true)
        }
    };
    let plan = Plan::new(cases.to_vec(), &Terms::at_most(profile, ours, cases));
    let mut placed: BTreeMap<usize, Vec<Name>> = BTreeMap::new();
    let mut add = |index: usize, id: &str, case: &Case, skipped: Option<String>| {
        let riders = case.riders.iter().map(|rider| {
            let rider = rider.id.as_str().rsplit('/').next().unwrap_or_default();
            format!("{id}/{rider}")
        });
        let names = std::iter::once(id.to_owned()).chain(riders);
        let names = names.map(|name| Name {
            name,
            host: case.id.as_str().to_owned(),
            skipped: skipped.clone(),
        });
        placed.entry(index).or_default().extend(names);
    };
    for job in &plan.jobs {
        add(job.index, job.id.as_str(), &job.case, None);
    }
    for one in &plan.skipped {
        add(
            one.index,
            one.case.id.as_str(),
            &one.case,
            Some(one.why.to_string()),
        );
    }
    Ok(placed.into_values().flatten().collect())
}

struct Trials {
    names: Vec<Name>,
    /// Skipped cases carry libtest's ignored flag.
    flagged: bool,
    fail_on: FailOn,
}

impl Trials {
    fn trial(&self, name: &Name, run: Option<&Arc<Run>>) -> Trial {
        let run = run.map(Arc::clone);
        let (key, skipped, fail_on) = (name.name.clone(), name.skipped.clone(), self.fail_on);
        let ignored = self.flagged && name.skipped.is_some();
        Trial::ignorable_test(&name.name, move || match (skipped, run) {
            (Some(why), _) => Ok(Completion::ignored_with(why)),
            (None, Some(run)) => run.verdict(&key, fail_on),
            (None, None) => Ok(Completion::Completed),
        })
        .with_ignored_flag(ignored)
    }

    fn all(&self, run: &Arc<Run>) -> Vec<Trial> {
        self.names
            .iter()
            .map(|name| self.trial(name, Some(run)))
            .collect()
    }

    /// The cases that the arguments leave.
    fn chosen(&self, args: &Arguments) -> BTreeSet<String> {
        self.names
            .iter()
            .filter(|name| {
                let trial = self.trial(name, None);
                !args.is_filtered_out(&trial) && !args.is_ignored(&trial)
            })
            .map(|name| name.host.clone())
            .collect()
    }

    /// Our own list: that of libtest-mimic panics if its reader goes away.
    fn list(&self, args: &Arguments) -> Result<(), Failure> {
        let mut text = Vec::new();
        let mut count = 0;
        for name in &self.names {
            if !args.is_filtered_out(&self.trial(name, None)) {
                count += 1;
                // writing to memory can't fail
                let _ = writeln!(text, "{}: test", name.name);
            }
        }
        if args.format != Some(FormatSetting::Terse) {
            let _ = writeln!(text, "\n{count} tests, 0 benchmarks");
        }
        print(&String::from_utf8_lossy(&text))?;
        Ok(())
    }
}

/// The one run behind all trials.
struct Run {
    todo: Mutex<Option<(Asked, Vec<Case>)>>,
    in_flight: Option<u32>,
    done: OnceLock<Done>,
}

#[derive(Default)]
struct Done {
    outcomes: BTreeMap<String, CaseOutcome>,
    /// What is said of the target, the findings of calibration among it.
    notes: Vec<String>,
    signal: Option<Signal>,
    /// Why there is no outcome at all.
    trouble: Option<String>,
}

impl Run {
    fn signal(&self) -> Option<Signal> {
        self.done.get().and_then(|done| done.signal)
    }

    fn verdict(&self, name: &str, fail_on: FailOn) -> Result<Completion, Failed> {
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
        let Some((asked, cases)) = todo else {
            return Done::default();
        };
        let how = How {
            in_flight: self.in_flight,
            order: Order::Plan,
            keep_passed: false,
            spoils: false,
            ours: asked.is_ours(),
            setting: Setting::default(),
        };
        let ran = judge::runtime().and_then(|runtime| runtime.block_on(judged(asked, cases, &how)));
        ran.unwrap_or_else(|failure| Done {
            trouble: Some(match failure {
                Failure::Unusable(why) | Failure::Internal(why) => why,
                Failure::Closed => "standard output was closed".to_owned(),
            }),
            ..Done::default()
        })
    }
}

async fn judged(asked: Asked, cases: Vec<Case>, how: &How) -> Result<Done, Failure> {
    let mut done = Done::default();
    let (target, launched) = match asked.open().await? {
        Opened::Ready(target, launched) => (target, launched),
        Opened::NotUp(why) => {
            done.trouble = Some(format!("inconclusive: the target did not come up: {why}"));
            return Ok(done);
        }
    };
    let judged = judge::judge(&target, cases, how, &mut |event| match event {
        RunEvent::CaseFinished(outcome) => {
            done.outcomes
                .insert(outcome.id.as_str().to_owned(), *outcome);
        }
        RunEvent::Noted(note) => done.notes.push(format!("{}: {}", note.about, note.says)),
        RunEvent::RunStarted { .. } | RunEvent::CaseStarted(_) | RunEvent::RunFinished(_) => {}
    })
    .await;
    done.signal = judged.signal;
    if let Some(launched) = launched {
        launched.stop().await;
    }
    target.stop().await;
    Ok(done)
}
