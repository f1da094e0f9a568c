//! The trials that cases come to: their names, those that are left, and the list.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, FormatSetting, Trial};

use crate::cli::console::print;
use crate::cli::exit::Failure;
use crate::report::exit::{FailOn, OK};
use crate::run::plan::Plan;
use crate::run::terms::Terms;
use crate::suite::model::Case;
use crate::suite::profile::Profile;

use super::run::{Open, Run, Todo};

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

/// All trials of some cases.
pub(in crate::cli) struct Trials {
    names: Vec<Name>,
    /// Skipped cases carry libtest's ignored flag.
    flagged: bool,
    fail_on: FailOn,
}

impl Trials {
    /// The trials of these cases at the target of this profile; without one, at the embedded server.
    pub(in crate::cli) fn of(
        cases: &[Case],
        profile: Option<&Profile>,
        args: &Arguments,
        fail_on: FailOn,
    ) -> Result<Self, Failure> {
        Ok(Self {
            names: names(cases, profile)?,
            // nextest learns of ignored tests by a list; others learn the reason when the test is run
            flagged: args.ignored || std::env::var_os("NEXTEST").is_some(),
            fail_on,
        })
    }

    /// Runs those that the arguments leave; the target is opened when the first is asked for.
    pub(in crate::cli) fn run(
        &self,
        args: &Arguments,
        cases: Vec<Case>,
        ours: bool,
        open: Open,
    ) -> Result<ExitCode, Failure> {
        let chosen = self.chosen(args);
        let cases = cases
            .into_iter()
            .filter(|case| chosen.contains(case.id.as_str()))
            .collect();
        let threads = args.test_threads;
        let run = Arc::new(Run::of(Todo {
            open,
            cases,
            ours,
            in_flight: threads.and_then(|threads| u32::try_from(threads).ok()),
        }));
        let conclusion = libtest_mimic::run(args, self.all(&run));
        Ok(match run.signal() {
            Some(signal) => ExitCode::from(signal.code()),
            None => conclusion.exit_code(),
        })
    }

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
    pub(in crate::cli) fn list(&self, args: &Arguments) -> Result<ExitCode, Failure> {
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
        Ok(ExitCode::from(OK))
    }
}
