//! `authspec list`: the cases, and with a profile which would run and what would unlock the others.
//!
//! On a terminal it is laid out for people. In a pipe each case is one line of fields with tabs between them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::model::{Basis, Capability, Severity};
use crate::report::exit::OK;
use crate::suite::model::{Case, Expectation};
use crate::suite::profile::Profile;

use super::args::ListArgs;
use super::console::{Console, print};
use super::exit::Ending;
use super::load::Loader;
use super::profile;
use super::select::{self, Wanted};

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
    skipped: Option<String>,
    /// What the profile lacks.
    missing: Vec<Capability>,
}

impl<'a> Line<'a> {
    fn of(case: &'a Case, profile: Option<&Profile>) -> Self {
        let Some(profile) = profile else {
            return Self {
                case,
                skipped: None,
                missing: Vec::new(),
            };
        };
        let has = profile.capabilities();
        let missing: Vec<Capability> = case.needs.difference(&has).copied().collect();
        let effect = case
            .effects
            .iter()
            .find(|effect| !profile.allow.contains(effect));
        let unclaimed = case.only_if.iter().find(|claim| !claimed(profile, claim));
        let skipped = if let Some(first) = missing.first() {
            Some(format!("needs {}", first.word()))
        } else if let Some(claim) = unclaimed {
            Some(format!("only if {claim}"))
        } else {
            effect.map(|effect| format!("off unless --allow {effect}"))
        };
        Self {
            case,
            skipped,
            missing,
        }
    }
}

fn claimed(profile: &Profile, claim: &str) -> bool {
    profile.features.contains(claim)
        || claim
            .strip_prefix("standard.")
            .is_some_and(|word| profile.standards.contains(word))
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
    let rest = |basis: String| {
        let state = line.skipped.as_deref().unwrap_or("runs");
        format!("{}\t{basis}\t{}\t{state}\n", case.role, needs(case))
    };
    let own = ids(select::expectations(case));
    let mut text = format!("{}\t{}\t{}", case.id, case.severity, rest(own));
    for rider in &case.riders {
        let own = ids(rider.expect.iter());
        // writing to a String can't fail
        let _ = write!(text, "{}\t{}\t{}", rider.id, rider.severity, rest(own));
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
            Some(why) => {
                let _ = writeln!(text, "  {}", console.styled("2", &format!("({why})")));
            }
            None => text.push('\n'),
        }
        let _ = writeln!(text, "           {}", console.styled("2", &case.title));
        for rider in &case.riders {
            let severity = console.styled(
                colour(rider.severity),
                &format!("{:<8}", rider.severity.word()),
            );
            let _ = writeln!(
                text,
                "  {severity}   /{}",
                rider.id.as_str().rsplit('/').next().unwrap_or_default()
            );
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

/// What runs, and which line of the profile would have how many more run by itself.
fn unlocks(lines: &[Line<'_>], console: &Console) -> String {
    let runs = lines.iter().filter(|line| line.skipped.is_none()).count();
    let mut alone: BTreeMap<Capability, usize> = BTreeMap::new();
    let mut together = 0;
    for line in lines {
        match line.missing.as_slice() {
            [] => {}
            [one] => *alone.entry(*one).or_default() += 1,
            _ => together += 1,
        }
    }
    let mark = if console.is_terminal() { "" } else { "# " };
    let mut text = String::new();
    if console.is_terminal() {
        text.push('\n');
    }
    let _ = writeln!(text, "{mark}{runs} of {} cases would run", lines.len());
    let mut ranked: Vec<(Capability, usize)> = alone.into_iter().collect();
    ranked.sort_by_key(|(capability, count)| (std::cmp::Reverse(*count), *capability));
    for (capability, count) in ranked {
        let _ = writeln!(text, "{mark}{count:>4} more with  {}", capability.hint());
    }
    if together > 0 {
        let _ = writeln!(
            text,
            "{mark}{together:>4} more need several of these, or others"
        );
    }
    text
}
