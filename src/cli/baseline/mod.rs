//! `--baseline`: failures that the user knows and goes on with for now, and `authspec baseline update`, which keeps them.
//!
//! An entry is narrow on purpose: one requirement of one case, until a day. It never covers what could not be judged,
//! and one that holds no longer breaks the build, or the list would only grow.

mod entry;
mod hold;
mod update;

pub(super) use entry::load;
pub(super) use hold::Baseline;

use super::args::{BaselineArgs, BaselineCommand};
use super::console::Console;
use super::exit::Ending;

pub(super) fn run(args: &BaselineArgs, console: &Console) -> Ending {
    match &args.command {
        BaselineCommand::Update(args) => update::run(args, console),
    }
}
