//! `authspec baseline update`: the list written anew from the report of a whole run.

use crate::cli::args::UpdateArgs;
use crate::cli::console::Console;
use crate::cli::exit::{Ending, Failure};
use crate::cli::load::Loader;
use crate::cli::read_report;
use crate::edge::files;
use crate::model::Known;
use crate::report::exit::OK;
use crate::report::json::Case;
use crate::report::json::diff::{broken, is_judged};

use super::entry::{Entry, load, written};

pub(super) fn run(args: &UpdateArgs, console: &Console) -> Ending {
    let report = read_report::read(&args.from)?;
    if !report.complete || report.run.shard.is_some() {
        return Err(Failure::unusable(format!(
            "{} is not the report of a whole run, so it can't say what passes",
            args.from.display()
        )));
    }
    let mut loader = Loader::default();
    let old = if args.file.exists() {
        load(&args.file, &mut loader)
    } else {
        None
    };
    loader.checked(console)?;
    let old = old.unwrap_or_default();
    let new = Known {
        reason: args.reason.clone(),
        owner: args.owner.clone(),
        expires: args.expires.clone(),
    };
    let entries = updated(&old, &report.cases, &new);
    files::write_report(&args.file, written(&entries).as_bytes())
        .map_err(|error| Failure::Internal(error.to_string()))?;
    let kept = entries.iter().filter(|one| old.contains(one)).count();
    console.tell(&format!(
        "{}: {kept} kept, {} added, {} taken out",
        args.file.display(),
        entries.len() - kept,
        old.len() - kept
    ));
    Ok(OK)
}

/// Entries whose rule is still broken or whose case was not judged stay as they are; new ones come behind.
fn updated(old: &[Entry], cases: &[Case], new: &Known) -> Vec<Entry> {
    let case_of = |entry: &Entry| cases.iter().find(|case| case.id == entry.case);
    let stays = |entry: &&Entry| {
        case_of(entry).is_some_and(|case| {
            !is_judged(case.verdict) || broken(case).contains(&entry.requirement)
        })
    };
    let mut entries: Vec<Entry> = old.iter().filter(stays).cloned().collect();
    for case in cases {
        for requirement in broken(case) {
            let known = |one: &Entry| one.case == case.id && one.requirement == requirement;
            if !entries.iter().any(known) {
                entries.push(Entry {
                    case: case.id.clone(),
                    requirement,
                    known: new.clone(),
                });
            }
        }
    }
    entries
}
