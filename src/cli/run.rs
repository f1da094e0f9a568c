//! `authspec run`: judges a target.

use super::args::RunArgs;
use super::confirm;
use super::console::Console;
use super::exit::{Ending, Failure};
use super::load::Loader;
use super::profile;
use super::select::Wanted;

pub(super) fn run(args: &RunArgs, console: &Console) -> Ending {
    let mut loader = Loader::default();
    let wanted = Wanted::load(&args.selection, &mut loader)?;
    let profile = profile::load(&args.target, &mut loader, console)?;
    loader.checked(console)?;
    wanted.pick(&mut loader)?;
    let origins = profile.as_ref().map(confirm::confirmed).transpose()?;
    Err(Failure::unusable(format!(
        "this command needs the engine {origins:?}"
    )))
}
