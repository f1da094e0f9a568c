//! The arguments of the commands that go on from JSON reports.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::value::{date, report};
use super::{Judging, Report, TargetArgs};
use crate::cli::examples;

/// `authspec reproduce`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ReproduceArgs {
    /// A report that `--report json=PATH` wrote
    #[arg(value_name = "REPORT.json")]
    pub(in crate::cli) file: PathBuf,
    /// Cases of it
    #[arg(required = true, value_name = "ID")]
    pub(in crate::cli) ids: Vec<String>,
    /// Which target, and what may be done to it; the report is believed in its profile alone.
    #[command(flatten)]
    pub(in crate::cli) target: TargetArgs,
}

/// `authspec replay`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ReplayArgs {
    /// A report that `--record --report json=PATH` wrote
    #[arg(value_name = "REPORT.json")]
    pub(in crate::cli) file: PathBuf,
    /// Judge by the suites of this file or folder, instead of those that the report names; beside the bundled ones
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) suites: Vec<PathBuf>,
    /// How strictly.
    #[command(flatten)]
    pub(in crate::cli) judging: Judging,
    /// Also write the outcome as a report, as `run` does
    #[arg(long, value_name = "NAME=PATH", value_parser = report)]
    pub(in crate::cli) report: Vec<Report>,
}

/// `authspec merge`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct MergeArgs {
    /// The JSON reports of all parts
    #[arg(required = true, value_name = "REPORT.json")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// How strictly.
    #[command(flatten)]
    pub(in crate::cli) judging: Judging,
    /// Also write the whole as a report, as `run` does
    #[arg(long, value_name = "NAME=PATH", value_parser = report)]
    pub(in crate::cli) report: Vec<Report>,
    /// Known failures, of which the parts could not tell whether all of them hold
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) baseline: Option<PathBuf>,
}

/// `authspec diff`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct DiffArgs {
    /// The report before
    #[arg(value_name = "OLD.json")]
    pub(in crate::cli) old: PathBuf,
    /// The report after
    #[arg(value_name = "NEW.json")]
    pub(in crate::cli) new: PathBuf,
}

/// `authspec baseline`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct BaselineArgs {
    /// What to do.
    #[command(subcommand)]
    pub(in crate::cli) command: BaselineCommand,
}

/// A command of `authspec baseline`.
#[derive(Clone, Debug, Subcommand)]
pub(in crate::cli) enum BaselineCommand {
    /// Add what a report found, and take out what it saw pass
    #[command(after_help = examples::BASELINE)]
    Update(UpdateArgs),
}

/// `authspec baseline update`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct UpdateArgs {
    /// The list, written anew; it need not be there yet
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    /// The JSON report of a whole run
    #[arg(long, value_name = "REPORT.json")]
    pub(in crate::cli) from: PathBuf,
    /// Why new entries are gone on with
    #[arg(long)]
    pub(in crate::cli) reason: String,
    /// Who answers for them
    #[arg(long)]
    pub(in crate::cli) owner: String,
    /// The last day on which they count, such as 2026-12-31
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(in crate::cli) expires: String,
}
