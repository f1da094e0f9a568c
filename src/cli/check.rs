//! `authspec check`: compiles suites and profile, and sends nothing.

use crate::report::exit::OK;

use super::args::CheckArgs;
use super::console::{Console, print};
use super::exit::Ending;
use super::load::Loader;
use super::profile;
use super::select::Wanted;

pub(super) fn run(args: &CheckArgs, console: &Console) -> Ending {
    let mut loader = Loader::default();
    let wanted = Wanted::load(&args.selection, &mut loader)?;
    let profile = match args.no_profile {
        true => None,
        false => profile::load(&args.target, &mut loader, console)?,
    };
    loader.checked(console)?;
    wanted.pick(&mut loader)?;
    let cases: usize = loader.suites.iter().map(|one| one.suite.cases.len()).sum();
    let plural = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    let target = profile.map_or_else(String::new, |profile| {
        format!("; profile of {}", profile.origin)
    });
    print(&format!(
        "ok: {} in {}{target}\n",
        plural(cases, "case"),
        plural(loader.suites.len(), "suite"),
    ))?;
    Ok(OK)
}
