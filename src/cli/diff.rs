//! `authspec diff`: what changed from one JSON report to another.

use std::fmt::Write as _;

use crate::report::exit::{FAILED, INCONCLUSIVE, OK};
use crate::report::foreign;
use crate::report::json::Verdict;
use crate::report::json::diff::{Change, Changes, changes};

use super::args::DiffArgs;
use super::console::print;
use super::exit::Ending;
use super::read_report;

pub(super) fn run(args: &DiffArgs) -> Ending {
    let old = read_report::read(&args.old)?;
    let new = read_report::read(&args.new)?;
    let changes = changes(&old, &new);
    let mut text = String::new();
    if old.target != new.target {
        let (then, now) = (foreign(&old.target), foreign(&new.target));
        // writing to a String can't fail, here and below
        let _ = writeln!(text, "the targets differ: {then}, now {now}");
    }
    listed(&mut text, "REGRESSED", &changes.regressed);
    listed(&mut text, "NO LONGER JUDGED", &changes.unjudged);
    listed(&mut text, "FIXED", &changes.fixed);
    if !new.complete {
        let name = args.new.display();
        let _ = writeln!(
            text,
            "INCOMPLETE: the run of {name} did not come to its end"
        );
    }
    let _ = writeln!(
        text,
        "{} regressed, {} no longer judged, {} fixed, {} still broken",
        changes.regressed.len(),
        changes.unjudged.len(),
        changes.fixed.len(),
        changes.still
    );
    print(&text)?;
    Ok(code(&changes, new.complete))
}

fn listed(text: &mut String, heading: &str, changes: &[Change]) {
    for change in changes {
        let _ = writeln!(text, "{heading} {}", foreign(&change.id));
        let (then, now) = (word(change.then), word(change.now));
        let rules = match change.rules.is_empty() {
            true => String::new(),
            false => format!(": {}", foreign(&change.rules.join(", "))),
        };
        let _ = writeln!(text, "  {then}, now {now}{rules}");
    }
}

fn word(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        None => "not there",
        Some(Verdict::Pass) => "pass",
        Some(Verdict::Warn) => "warn",
        Some(Verdict::Fail) => "fail",
        Some(Verdict::Skip) => "skip",
        Some(Verdict::Inconclusive) => "inconclusive",
    }
}

fn code(changes: &Changes, complete: bool) -> u8 {
    if !changes.regressed.is_empty() {
        FAILED
    } else if !changes.unjudged.is_empty() || !complete {
        INCONCLUSIVE
    } else {
        OK
    }
}
