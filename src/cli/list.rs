//! `authspec list`: the cases, and with a profile which would run and what would unlock the others.
//!
//! On a terminal it is laid out for people. In a pipe each case is one line of fields with tabs between them.

use std::fmt::Write as _;

use crate::model::{Basis, Severity, Skip};
use crate::report::exit::OK;
use crate::run::plan::Plan;
use crate::run::terms::Terms;
use crate::suite::model::{Case, Expectation};
use crate::suite::profile::Profile;

use super::args::ListArgs;
use super::console::{Console, print};
use super::exit::Ending;
use super::load::Loader;
use super::profile;
use super::select::{self, Wanted};
use super::unlocks::Unlocks;

pub(super) fn run(args: &ListArgs, console: &Console) -> Ending {
    let mut loader = Loader::default();
    let wanted = Wanted::load(&args.selection, &mut loader)?;
    let profile = profile::load(&args.target, &mut loader, console)?;
    loader.checked(console)?;
    wanted.pick(&mut loader)?;
    let lines: Vec<Line<'_>> = loader
        .suites
        .iter()
        .flat_map(|loaded| &loaded.suite.cases)
        .map(|case| Line::of(case, profile.as_ref()))
        .collect();
    let mut text = if console.is_terminal() {
        page(&lines, console)
    } else {
        lines.iter().map(fields).collect()
    };
    if profile.is_some() {
        text.push_str(&unlocks(&lines, console));
    }
    print(&text)?;
    Ok(OK)
}

struct Line<'a> {
    case: &'a Case,
    /// Why the profile can't have it run.
    skipped: Option<Skip>,
    /// Why riders are not judged beside it, in their order.
    idle: Vec<Option<String>>,
}

impl<'a> Line<'a> {
    /// The plan decides, as it does for a run; what only metadata or a token would tell is not known here.
    fn of(case: &'a Case, profile: Option<&Profile>) -> Self {
        let plan = profile.map(|profile| {
            let terms = Terms::of_profile(profile, false);
            Plan::new(vec![case.clone()], &terms)
        });
        let (skipped, job) = plan.map_or((None, None), |mut plan| {
            (plan.skipped.pop(), plan.jobs.pop())
        });
        let riders = job.iter().flat_map(|job| &job.case.riders);
        Self {
            case,
            skipped: skipped.map(|skipped| skipped.why),
            idle: riders.map(|rider| rider.idle.clone()).collect(),
        }
    }

    /// Why a rider is not judged, though its case runs.
    fn idle(&self, rider: usize) -> Option<String> {
        let why = self.idle.get(rider)?.clone()?;
        Some(Skip::NotApplicable(why).to_string())
    }

    /// In a few words.
    fn state(&self) -> String {
        match &self.skipped {
            None => "runs".to_owned(),
            Some(Skip::Missing(missing)) => {
                let words: Vec<&str> = missing.iter().map(|one| one.word()).collect();
                format!("needs {}", words.join(", "))
            }
            Some(other) => other.to_string(),
        }
    }
}

/// What expectations rest on, each once.
fn ids<'a>(expectations: impl Iterator<Item = &'a Expectation>) -> String {
    let mut ids: Vec<&str> = expectations
        .flat_map(|one| &one.basis)
        .map(Basis::id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.join(",")
}

fn needs(case: &Case) -> String {
    let words: Vec<&str> = case.needs.iter().map(|need| need.word()).collect();
    words.join(",")
}

/// Name, severity, role, what it rests on, needs, and with a profile whether it runs; a rider has a line of its own.
fn fields(line: &Line<'_>) -> String {
    let case = line.case;
    let rest = |basis: String, state: String| {
        format!("{}\t{basis}\t{}\t{state}\n", case.role, needs(case))
    };
    let own = rest(ids(select::expectations(case)), line.state());
    let mut text = format!("{}\t{}\t{own}", case.id, case.severity);
    for (at, rider) in case.riders.iter().enumerate() {
        let state = line.idle(at).unwrap_or_else(|| line.state());
        let own = rest(ids(rider.expect.iter()), state);
        // writing to a String can't fail
        let _ = write!(text, "{}\t{}\t{own}", rider.id, rider.severity);
    }
    text
}

fn page(lines: &[Line<'_>], console: &Console) -> String {
    let mut text = String::new();
    let mut suite = "";
    for line in lines {
        let case = line.case;
        if case.id.suite() != suite {
            suite = case.id.suite();
            let _ = writeln!(text, "\n{}", console.styled("1", suite));
        }
        let severity = console.styled(
            colour(case.severity),
            &format!("{:<8}", case.severity.word()),
        );
        let _ = write!(text, "  {severity} {}", case.id.case());
        match &line.skipped {
            Some(_) => {
                let why = format!("({})", line.state());
                let _ = writeln!(text, "  {}", console.styled("2", &why));
            }
            None => text.push('\n'),
        }
        let _ = writeln!(text, "           {}", console.styled("2", &case.title));
        for (at, rider) in case.riders.iter().enumerate() {
            let severity = console.styled(
                colour(rider.severity),
                &format!("{:<8}", rider.severity.word()),
            );
            let name = rider.id.as_str().rsplit('/').next().unwrap_or_default();
            let _ = write!(text, "  {severity}   /{name}");
            match line.idle(at) {
                Some(why) => {
                    let _ = writeln!(text, "  {}", console.styled("2", &format!("({why})")));
                }
                None => text.push('\n'),
            }
        }
    }
    text.trim_start().to_owned()
}

const fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "1;31",
        Severity::High => "31",
        Severity::Medium => "33",
        Severity::Low => "36",
        Severity::Info => "2",
    }
}

/// What runs, and which lines of the profile would have how many more run.
fn unlocks(lines: &[Line<'_>], console: &Console) -> String {
    let unlocks = Unlocks::of(lines.iter().map(|line| line.skipped.as_ref()));
    if console.is_terminal() {
        return format!("\n{}", unlocks.wrapped(console.width()));
    }
    let text = unlocks.lines();
    text.lines().map(|line| format!("# {line}\n")).collect()
}
