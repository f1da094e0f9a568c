//! `authspec completions`: what a shell needs to complete our words.

use clap::CommandFactory as _;

use crate::report::exit::OK;

use super::args::{Cli, CompletionsArgs};
use super::console::print;
use super::exit::Ending;

pub(super) fn run(args: &CompletionsArgs) -> Ending {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "authspec", &mut text);
    print(&String::from_utf8_lossy(&text))?;
    Ok(OK)
}
