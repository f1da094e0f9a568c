//! `authspec test`: the cases as a libtest-compatible binary, for cargo, nextest, Bazel and IDEs.
//!
//! All chosen cases are run at once, as `run` does it, when the first of them is asked for; a trial only looks its
//! verdict up. So twins are shared here too, and a process that runs one case compiles one file and starts one server.

mod run;
pub(super) mod story;
mod trials;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use libtest_mimic::Arguments;

use crate::report::exit::{FailOn, OK, UNUSABLE};

use super::args::{Colour, Global, Selection, TargetArgs};
use super::console::Console;
use super::exit::{self, Failure};
use super::load::Loader;
use super::run::Asked;
use super::select::Wanted;
use super::{examples, profile};

pub(super) use run::{Done, Open, Todo, judged};
pub(super) use trials::Trials;

/// libtest's options, and ours. The profile may also come from AUTHSPEC_PROFILE, since nextest hands on no options.
#[derive(Debug, Parser)]
#[command(
    name = "authspec test",
    bin_name = "authspec test",
    about = "Run the cases as a test binary that cargo, nextest and IDEs can drive",
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{all-args}\n\n{after-help}",
    after_help = examples::TEST
)]
struct TestCli {
    #[command(flatten)]
    libtest: Arguments,
    #[command(flatten)]
    target: TargetArgs,
    /// Add the suites of this file or folder; one of a bundled suite's name replaces it
    #[arg(
        long,
        value_name = "PATH",
        env = "AUTHSPEC_SUITES",
        value_delimiter = ':'
    )]
    suites: Vec<PathBuf>,
    /// A broken SHOULD fails too
    #[arg(long)]
    fail_on_should: bool,
}

/// The test binary: `args` begin with the name of the program.
pub(super) fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match TestCli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { UNUSABLE } else { OK };
            // help for a reader that went away needs no reader
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let console = Console::new(&Global {
        color: Colour::Auto,
        verbose: false,
        quiet: cli.libtest.quiet,
    });
    match tests(cli, &console) {
        Ok(code) => code,
        Err(failure) => exit::end(Err(failure), &console),
    }
}

fn tests(cli: TestCli, console: &Console) -> Result<ExitCode, Failure> {
    let mut loader = Loader::default();
    load(&cli, &mut loader)?;
    let profile = profile::load(&cli.target, &mut loader, console)?;
    loader.checked(console)?;
    let cases = loader.take_cases();
    let fail_on = if cli.fail_on_should {
        FailOn::Should
    } else {
        FailOn::Must
    };
    let trials = Trials::of(&cases, profile.as_ref(), &cli.libtest, fail_on)?;
    if cli.libtest.list {
        return trials.list(&cli.libtest);
    }
    let asked = Asked::of(profile, &cli.target)?;
    let ours = asked.is_ours();
    let open: Open = Box::new(move || Box::pin(asked.open()));
    trials.run(&cli.libtest, cases, ours, open)
}

/// Compiles all suites, or the one that an exact name needs.
fn load(cli: &TestCli, loader: &mut Loader) -> Result<(), Failure> {
    let exact = cli.libtest.filter.iter().filter(|_| cli.libtest.exact);
    let selection = Selection {
        select: exact.cloned().collect(),
        suites: cli.suites.clone(),
        ..Selection::default()
    };
    Wanted::load(&selection, loader).map(|_| ())
}
