//! The command line, as data. It knows words and where they go, and nothing of what they do.
//!
//! No option takes a secret: the argument list of a process can be read by everyone on the machine.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::model::{Effect, Role, Severity};
use crate::report::exit::{FailOn, Policy};

use super::examples;

mod reports;
mod servers;
mod start;
mod value;

pub(super) use reports::{
    BaselineArgs, BaselineCommand, DiffArgs, MergeArgs, ReplayArgs, ReproduceArgs, UpdateArgs,
};
pub(super) use servers::{ProviderArgs, ServeArgs};
pub(super) use start::{DoctorArgs, InitArgs};
pub(super) use value::{Order, Report, Share, Span, date};
use value::{order, report, share, span, words};

/// Declarative auth conformance tests for HTTP Basic, OAuth 2 and JWT.
#[derive(Debug, Parser)]
#[command(name = "authspec", version, about, max_term_width = 100, after_help = examples::RUN)]
pub(super) struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub(super) global: Global,
    /// What to do; `run` if unsaid.
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// The arguments of `run`, where no command is named.
    #[command(flatten)]
    pub(super) run: RunArgs,
}

/// How the program speaks.
#[derive(Clone, Debug, Args)]
pub(super) struct Global {
    /// When to use colour
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value = "auto"
    )]
    pub(super) color: Colour,
    /// Say more: notes of passed cases, all the evidence
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(super) verbose: bool,
    /// Say only what is wrong
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a profile: from the description of an API, the metadata of an authorization server, or as a template
    #[command(after_help = examples::INIT)]
    Init(InitArgs),
    /// Try what a profile says: what authspec can tell apart there, and what further entries would unlock
    #[command(after_help = examples::DOCTOR)]
    Doctor(DoctorArgs),
    /// Judge a target: all cases, or those that are named
    #[command(after_help = examples::RUN)]
    Run(RunArgs),
    /// Run a case of a JSON report again, against the target that the report is about
    #[command(after_help = examples::REPRODUCE)]
    Reproduce(ReproduceArgs),
    /// Judge what a run recorded once more, by today's suites and without the target (`run --record`)
    #[command(after_help = examples::REPLAY)]
    Replay(ReplayArgs),
    /// Put the JSON reports of all parts of a run together (`run --shard`)
    #[command(after_help = examples::MERGE)]
    Merge(MergeArgs),
    /// Say what changed from one JSON report to another
    #[command(after_help = examples::DIFF)]
    Diff(DiffArgs),
    /// Keep the list of known failures (`run --baseline`)
    #[command(after_help = examples::BASELINE)]
    Baseline(BaselineArgs),
    /// Run the cases as a test binary that cargo, nextest and IDEs can drive
    #[command(disable_help_flag = true, after_help = examples::TEST)]
    Test(TestArgs),
    /// Show that every case can fail: run them against every fault of the reference server
    #[command(after_help = examples::PROVE)]
    Prove(ProveArgs),
    /// Compile suites and profile, and send nothing
    #[command(after_help = examples::CHECK)]
    Check(CheckArgs),
    /// List cases, and with a profile what would run and what not
    #[command(after_help = examples::LIST)]
    List(ListArgs),
    /// Tell the story of a case or requirement, or search the requirements by words
    #[command(after_help = examples::EXPLAIN)]
    Explain(ExplainArgs),
    /// Hold the requirements and checks against the cases
    #[command(after_help = examples::COVERAGE)]
    Coverage(CoverageArgs),
    /// Run the reference server by itself, with or without faults
    #[command(after_help = examples::SERVE)]
    Serve(ServeArgs),
    /// Play the OAuth provider, to develop a client against or to configure a target with
    #[command(after_help = examples::PROVIDER)]
    Provider(ProviderArgs),
    /// Print a JSON Schema, for editors and tools
    #[command(after_help = examples::SCHEMA)]
    Schema(SchemaArgs),
    /// Print the completions of a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions(CompletionsArgs),
}

/// Which suites and cases.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Selection {
    /// Cases, suites, the beginning of such a name, or files and folders of suites
    #[arg(value_name = "ID|FILE")]
    pub(super) select: Vec<String>,
    /// Add the suites of this file or folder; one of a bundled suite's name replaces it
    #[arg(long, value_name = "PATH")]
    pub(super) suites: Vec<PathBuf>,
    /// Only cases for this role
    #[arg(long, value_parser = words(Role::ALL, Role::word))]
    pub(super) role: Option<Role>,
    /// Only cases that rest on this standard, such as rfc7617
    #[arg(long)]
    pub(super) standard: Option<String>,
    /// Only cases at least this severe
    #[arg(long, value_parser = words(Severity::ALL, Severity::word))]
    pub(super) severity: Option<Severity>,
}

impl Selection {
    /// Whether all bundled cases are meant and no others.
    pub(super) fn is_everything(&self) -> bool {
        self.select.is_empty() && self.suites.is_empty() && self.is_unfiltered()
    }

    /// Whether no filter leaves cases out.
    pub(super) const fn is_unfiltered(&self) -> bool {
        self.role.is_none() && self.standard.is_none() && self.severity.is_none()
    }
}

/// Which target, and what may be done to it.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct TargetArgs {
    /// Profile of the target [default: authspec.yaml, if it is there]
    #[arg(long, value_name = "FILE", env = "AUTHSPEC_PROFILE")]
    pub(super) profile: Option<PathBuf>,
    /// Origin of the target, instead of the profile's
    #[arg(long, value_name = "URL", env = "AUTHSPEC_TARGET")]
    pub(super) target: Option<String>,
    /// A host off this machine that you may audit
    #[arg(long, value_name = "HOST")]
    pub(super) allow_host: Vec<String>,
    /// Effects that cases may have: writes, failed-logins, flood, slow
    #[arg(long, value_name = "EFFECT", value_delimiter = ',', value_parser = words(Effect::ALL, Effect::word))]
    pub(super) allow: Vec<Effect>,
    /// Secrets may go over plain http to a host off this machine
    #[arg(long)]
    pub(super) allow_plain_http: bool,
}

/// Where the line between good and bad is drawn.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Judging {
    /// The level from which on a broken rule fails the run [default: must]
    #[arg(long, value_name = "LEVEL", value_parser = words(FailOn::ALL, FailOn::word))]
    pub(super) fail_on: Option<FailOn>,
    /// Exit 0 although something could not be judged
    #[arg(long)]
    pub(super) allow_inconclusive: bool,
    /// Cases that must be judged: a skip there counts as inconclusive
    #[arg(long, value_name = "ID|PREFIX")]
    pub(super) require: Vec<String>,
}

impl Judging {
    /// What makes a run fail.
    pub(super) fn policy(&self) -> Policy {
        Policy {
            fail_on: self.fail_on.unwrap_or_default(),
            allow_inconclusive: self.allow_inconclusive,
        }
    }
}

/// `authspec run`.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct RunArgs {
    /// Which cases.
    #[command(flatten)]
    pub(super) selection: Selection,
    /// Which target.
    #[command(flatten)]
    pub(super) target: TargetArgs,
    /// How strictly.
    #[command(flatten)]
    pub(super) judging: Judging,
    /// Also write a report, any number of them: human, json, junit, sarif, markdown, tap, events; `-` is standard output
    #[arg(long, value_name = "NAME=PATH", value_parser = report)]
    pub(super) report: Vec<Report>,
    /// Cases at the same time [default: 16 on this machine, 4 elsewhere]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(super) in_flight: Option<u32>,
    /// Order of the cases: plan, shuffled, shuffled:SEED [default: plan]
    #[arg(long, value_parser = order)]
    pub(super) order: Option<Order>,
    /// Known failures that break no build: a list of cases with reason, owner and expiry
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Only this part of the cases, such as 2/5; the same cases in the same part each time
    #[arg(long, value_name = "N/OF", value_parser = share)]
    pub(super) shard: Option<Share>,
    /// Judge a target for every profile in this folder, each in a process of its own; `{profile}` in the path of a
    /// report is its name
    #[arg(long, value_name = "FOLDER")]
    pub(super) fleet: Option<PathBuf>,
    /// How long one target of a fleet may take, such as 90s, 15m or 1h
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "15m", requires = "fleet")]
    pub(super) fleet_time: Span,
    /// Keep in the JSON report all that each case was judged by, redacted: `authspec replay` judges it once more
    #[arg(long)]
    pub(super) record: bool,
    /// Show what would be sent and to whom, and send nothing
    #[arg(long, conflicts_with = "fleet")]
    pub(super) dry_run: bool,
}

/// `authspec test`. The libtest options are read by libtest-mimic.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct TestArgs {
    /// Profile, suites and libtest options
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGS"
    )]
    pub(super) args: Vec<String>,
}

/// `authspec prove`.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ProveArgs {
    /// Suites and cases.
    #[command(flatten)]
    pub(super) selection: Selection,
    /// Only these faults, or faults of these groups
    #[arg(long, value_name = "NAME")]
    pub(super) fault: Vec<String>,
    /// Every fault against every case of its role, also where none of its kind was ever seen
    #[arg(long)]
    pub(super) everywhere: bool,
    /// Write suites/detection.lock anew
    #[arg(long)]
    pub(super) update: bool,
}

/// `authspec check`.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct CheckArgs {
    /// Which suites.
    #[command(flatten)]
    pub(super) selection: Selection,
    /// Which profile.
    #[command(flatten)]
    pub(super) target: TargetArgs,
    /// Compile suites alone, not the profile and the variables that it names
    #[arg(long)]
    pub(super) no_profile: bool,
}

/// `authspec list`.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ListArgs {
    /// Which cases.
    #[command(flatten)]
    pub(super) selection: Selection,
    /// Held against which profile.
    #[command(flatten)]
    pub(super) target: TargetArgs,
}

/// `authspec explain`.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ExplainArgs {
    /// A case, a requirement, a check, or words to search for
    #[arg(required = true, value_name = "CASE|REQUIREMENT|WORDS")]
    pub(super) words: Vec<String>,
    /// Add the suites of this file or folder
    #[arg(long, value_name = "PATH")]
    pub(super) suites: Vec<PathBuf>,
}

/// `authspec coverage`.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct CoverageArgs {
    /// Only this document, such as rfc7617, with every requirement
    #[arg(long, value_name = "NAME")]
    pub(super) document: Option<String>,
    /// Only requirements and checks for this role
    #[arg(long, value_parser = words(Role::ALL, Role::word))]
    pub(super) role: Option<Role>,
    /// Add the suites of this file or folder
    #[arg(long, value_name = "PATH")]
    pub(super) suites: Vec<PathBuf>,
    /// Name what has no case yet
    #[arg(long)]
    pub(super) open: bool,
    /// Name everything, with its cases
    #[arg(long, conflicts_with = "open")]
    pub(super) all: bool,
    /// Write the catalogue's index anew, in a checkout of authspec
    #[arg(long)]
    pub(super) update_index: bool,
}

/// `authspec schema`.
#[derive(Clone, Debug, Args)]
pub(super) struct SchemaArgs {
    /// Of what
    #[arg(value_enum)]
    pub(super) of: SchemaOf,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    /// Suite files
    Suite,
    /// Profiles
    Profile,
    /// The JSON report
    Report,
    /// Not a schema: the reference of suites and profiles, as Markdown
    Reference,
}

/// `authspec completions`.
#[derive(Clone, Debug, Args)]
pub(super) struct CompletionsArgs {
    /// For this shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_option_is_called_like_a_secret() {
        fn options(command: &clap::Command, found: &mut Vec<String>) {
            found.extend(command.get_arguments().map(|one| one.get_id().to_string()));
            for below in command.get_subcommands() {
                options(below, found);
            }
        }
        let mut found = Vec::new();
        options(&Cli::command(), &mut found);
        assert!(found.len() > 20);
        for name in found {
            for word in ["password", "secret", "token", "key", "cookie", "header"] {
                assert!(!name.contains(word), "{name}");
            }
        }
    }
}
