//! `authspec reproduce`: a case of a JSON report, run again.
//!
//! A report may come from anywhere. Of what it says only the names of files on this machine are used, never a host, an
//! origin or a permission: with those it could send the profile's secrets elsewhere.

use std::path::PathBuf;

use crate::report::foreign;
use crate::report::json::{Case, Report};
use crate::source::nearest;

use super::args::{ReproduceArgs, RunArgs, Selection};
use super::console::Console;
use super::exit::{Ending, Failure};
use super::{read_report, run};

pub(super) fn run(args: &ReproduceArgs, console: &Console) -> Ending {
    let report = read_report::read(&args.file)?;
    for id in &args.ids {
        let case = find(&report, id)?;
        if !console.quiet {
            let verdict = serde_json::to_value(case.verdict).unwrap_or_default();
            let verdict = verdict.as_str().unwrap_or_default();
            console.tell(&format!(
                "{} said: {verdict} {}",
                args.file.display(),
                foreign(&case.id)
            ));
        }
    }
    run::run(&as_run(args, &report), console)
}

/// The arguments of the run that judges these cases.
fn as_run(args: &ReproduceArgs, report: &Report) -> RunArgs {
    let mut target = args.target.clone();
    if target.profile.is_none() && target.target.is_none() {
        target.profile = named(&report.run.flags, "--profile").next();
    }
    RunArgs {
        selection: Selection {
            select: args.ids.clone(),
            suites: named(&report.run.flags, "--suites").collect(),
            ..Selection::default()
        },
        target,
        ..RunArgs::default()
    }
}

/// The files that stand behind an option.
pub(super) fn named<'a>(
    flags: &'a [String],
    option: &'a str,
) -> impl Iterator<Item = PathBuf> + 'a {
    let pairs = flags.iter().zip(flags.iter().skip(1));
    pairs
        .filter(move |(name, _)| *name == option)
        .map(|(_, value)| PathBuf::from(value))
}

/// A case of a report by its whole name.
fn find<'a>(report: &'a Report, id: &str) -> Result<&'a Case, Failure> {
    let mut cases = report.cases.iter();
    cases.find(|case| case.id == id).ok_or_else(|| {
        let known = report.cases.iter().map(|case| case.id.as_str());
        let hint = nearest(id, known).map_or_else(String::new, |near| {
            format!("; did you mean `{}`?", foreign(near))
        });
        Failure::unusable(format!("the report has no case `{id}`{hint}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::TargetArgs;
    use crate::report::json::Json;

    fn args(profile: Option<&str>) -> ReproduceArgs {
        ReproduceArgs {
            file: PathBuf::from("r.json"),
            ids: vec!["a/b::c".to_owned()],
            target: TargetArgs {
                profile: profile.map(PathBuf::from),
                ..TargetArgs::default()
            },
        }
    }

    #[test]
    fn of_a_report_only_files_are_believed() {
        let mut report = Json::default().into_report();
        let flags = [
            "--profile",
            "api.yaml",
            "--target",
            "http://evil.example",
            "--allow-host",
            "evil.example",
            "--allow",
            "writes",
            "--suites",
            "mine.yaml",
            "--allow-plain-http",
        ];
        report.run.flags = flags.map(str::to_owned).to_vec();
        let run = as_run(&args(None), &report);
        assert_eq!(run.target.profile, Some(PathBuf::from("api.yaml")));
        assert_eq!(run.selection.suites, [PathBuf::from("mine.yaml")]);
        assert_eq!(run.selection.select, ["a/b::c"]);
        assert_eq!(
            (run.target.target, run.target.allow_plain_http),
            (None, false)
        );
        assert!(run.target.allow_host.is_empty() && run.target.allow.is_empty());
        let run = as_run(&args(Some("mine.yaml")), &report);
        assert_eq!(run.target.profile, Some(PathBuf::from("mine.yaml")));
    }
}
