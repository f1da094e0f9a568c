//! `authspec merge`: the JSON reports of all parts of a run, as one run.

use crate::report::json::merge::merged;

use super::args::MergeArgs;
use super::baseline::{self, Baseline};
use super::console::Console;
use super::exit::{Ending, Failure};
use super::load::Loader;
use super::read_report;
use super::sinks::Sinks;

pub(super) fn run(args: &MergeArgs, console: &Console) -> Ending {
    let mut loader = Loader::default();
    let known = args.baseline.as_ref();
    let known = known.and_then(|file| baseline::load(file, &mut loader));
    loader.checked(console)?;
    let mut parts = Vec::new();
    for file in &args.files {
        parts.push((file.display().to_string(), read_report::read(file)?));
    }
    let whole = merged(parts).map_err(Failure::unusable)?;
    let events = whole.events().map_err(Failure::unusable)?;
    let mut sinks = Sinks::open(&args.report, &args.judging, console)?;
    if let Some(entries) = known {
        sinks.know(Baseline::new(entries, true));
    }
    Ok(sinks.retell(events, &args.judging, console))
}
