//! The composition root: arguments in, an exit code out, one file a command.
//!
//! Only here are the pieces put together, and only here and in `edge` is the environment read. Nothing imports this
//! module.

mod again;
mod args;
mod baseline;
mod check;
mod completions;
mod confirm;
mod console;
mod coverage;
mod diff;
mod doctor;
mod dry_run;
mod examples;
mod exit;
mod explain;
mod fleet;
mod init;
mod judge;
mod launch;
pub(crate) mod library;
mod list;
mod load;
mod merge;
mod panic;
mod profile;
mod progress;
mod prove;
mod provider;
mod read_report;
mod replay;
mod reproduce;
mod run;
mod schema;
mod select;
mod serve;
mod shard;
mod signal;
mod sinks;
mod test;
mod unlocks;
mod veil;
mod wrap;

use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};

use crate::edge::core_limit;
use crate::report::exit::{INTERNAL, OK, UNUSABLE};

use args::{Cli, Command};
use console::Console;
use exit::{Ending, Failure};

/// The program.
pub fn main() -> ExitCode {
    panic::install();
    match std::panic::catch_unwind(begin) {
        Ok(code) if !panic::happened() => code,
        // a task that panicked took its verdicts along, so no other code would be true
        _ => ExitCode::from(INTERNAL),
    }
}

/// The same cases as a libtest-compatible test binary: the `main` of a test with `harness = false`. Profile and
/// target come from AUTHSPEC_PROFILE and AUTHSPEC_TARGET, or else from the options; without any the embedded
/// reference server is judged.
pub fn test_main() -> ExitCode {
    panic::install();
    safe_from_dumps();
    match std::panic::catch_unwind(|| test::main(std::env::args_os())) {
        Ok(code) if !panic::happened() => code,
        _ => ExitCode::from(INTERNAL),
    }
}

fn safe_from_dumps() {
    if let Err(why) = core_limit::no_core_dumps() {
        console::warn(&why);
    }
}

fn begin() -> ExitCode {
    safe_from_dumps();
    // libtest's words would collide with ours, so `test` reads its command line itself
    if std::env::args_os()
        .nth(1)
        .is_some_and(|word| word == "test")
    {
        return test::main(std::env::args_os().skip(1));
    }
    let mut command = Cli::command();
    let matches = match command.try_get_matches_from_mut(std::env::args_os()) {
        Ok(matches) => matches,
        Err(error) => {
            let code = if error.use_stderr() { UNUSABLE } else { OK };
            // help for a reader that went away needs no reader
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.format(&mut command).print();
            return ExitCode::from(UNUSABLE);
        }
    };
    let console = Console::new(&cli.global);
    let ending = misplaced(&matches, &command).unwrap_or_else(|| dispatch(cli, &console));
    exit::end(ending, &console)
}

fn dispatch(cli: Cli, console: &Console) -> Ending {
    match cli.command.unwrap_or(Command::Run(cli.run)) {
        Command::Init(args) => init::run(&args, console),
        Command::Doctor(args) => doctor::run(&args, console),
        Command::Check(args) => check::run(&args, console),
        Command::List(args) => list::run(&args, console),
        Command::Explain(args) => explain::run(&args, console),
        Command::Coverage(args) => coverage::run(&args, console),
        Command::Serve(args) => serve::run(&args, console),
        Command::Provider(args) => provider::run(&args, console),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Run(args) => run::run(&args, console),
        Command::Merge(args) => merge::run(&args, console),
        Command::Diff(args) => diff::run(&args),
        Command::Baseline(args) => baseline::run(&args, console),
        Command::Replay(args) => replay::run(&args, console),
        Command::Reproduce(args) => reproduce::run(&args, console),
        Command::Prove(args) => prove::run(&args, console),
        Command::Test(_) => Err(Failure::unusable(
            "`test` comes first: authspec test [OPTIONS] [FILTER]",
        )),
    }
}

/// Options of `run` before another command would be silently lost.
fn misplaced(matches: &ArgMatches, command: &clap::Command) -> Option<Ending> {
    let (name, _) = matches.subcommand()?;
    let lost = command
        .get_arguments()
        .filter(|one| !one.is_global_set())
        .find(|one| {
            matches.value_source(one.get_id().as_str()) == Some(ValueSource::CommandLine)
        })?;
    let shown = match lost.get_long() {
        Some(long) => format!("--{long}"),
        None => "names".to_owned(),
    };
    Some(Err(Failure::unusable(format!(
        "{shown} must stand behind the command: authspec {name} ..."
    ))))
}
