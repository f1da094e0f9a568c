//! The arguments that mean the same target again: what a report prints in front of the name of a case.

use std::path::Path;

use crate::model::Setting;

use super::args::RunArgs;
use super::select::is_path;

/// What reports are told of how the run was asked for.
pub(super) fn setting(args: &RunArgs) -> Setting {
    Setting {
        flags: flags(args),
        ..Setting::default()
    }
}

/// All that `run` was given, as a process of its own takes it for one profile of a fleet; reports and part aside.
pub(super) fn of_one(args: &RunArgs, profile: &Path) -> Vec<String> {
    let mut all = vec!["run".to_owned()];
    let mut alone = args.clone();
    alone.target.profile = Some(profile.to_owned());
    all.extend(flags(&alone));
    let mut option = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            all.extend([name.to_owned(), value]);
        }
    };
    let selection = &args.selection;
    option("--role", selection.role.map(|one| one.word().to_owned()));
    option(
        "--severity",
        selection.severity.map(|one| one.word().to_owned()),
    );
    option("--standard", selection.standard.clone());
    let judging = &args.judging;
    option(
        "--fail-on",
        judging.fail_on.map(|one| one.word().to_owned()),
    );
    for prefix in &judging.require {
        option("--require", Some(prefix.clone()));
    }
    option(
        "--in-flight",
        args.in_flight.map(|number| number.to_string()),
    );
    option(
        "--baseline",
        args.baseline
            .as_ref()
            .map(|file| file.display().to_string()),
    );
    if args.record {
        all.push("--record".to_owned());
    }
    if judging.allow_inconclusive {
        all.push("--allow-inconclusive".to_owned());
    }
    all.extend(selection.select.iter().filter(|one| !is_path(one)).cloned());
    all
}

/// Target, permissions and the user's suites; which cases, how strictly and how fast is no part of it. None of these
/// options takes a secret.
fn flags(args: &RunArgs) -> Vec<String> {
    let mut flags = Vec::new();
    let mut option = |name: &str, value: String| flags.extend([name.to_owned(), value]);
    let target = &args.target;
    if let Some(profile) = &target.profile {
        option("--profile", profile.display().to_string());
    }
    if let Some(origin) = &target.target {
        option("--target", origin.clone());
    }
    for host in &target.allow_host {
        option("--allow-host", host.clone());
    }
    if !target.allow.is_empty() {
        let effects: Vec<&str> = target.allow.iter().map(|effect| effect.word()).collect();
        option("--allow", effects.join(","));
    }
    let named = args.selection.select.iter().filter(|one| is_path(one));
    let suites = args
        .selection
        .suites
        .iter()
        .map(|path| path.display().to_string());
    for path in suites.chain(named.cloned()) {
        option("--suites", path);
    }
    if target.allow_plain_http {
        flags.push("--allow-plain-http".to_owned());
    }
    flags
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::args::{Cli, Command};

    fn flags_of(line: &[&str]) -> Vec<String> {
        let cli = Cli::try_parse_from([&["authspec", "run"], line].concat()).unwrap();
        match cli.command {
            Some(Command::Run(args)) => flags(&args),
            _ => panic!("no run"),
        }
    }

    #[test]
    fn the_same_target_is_meant_and_no_case() {
        let line = [
            "--profile",
            "a b.yaml",
            "mine.yaml",
            "basic/",
            "--suites",
            "more",
            "--allow",
            "writes,slow",
            "--allow-host",
            "api.example",
            "--allow-plain-http",
            "--in-flight",
            "3",
            "--fail-on",
            "should",
            "--report",
            "json=r.json",
        ];
        let flags = flags_of(&line);
        assert_eq!(
            flags,
            [
                "--profile",
                "a b.yaml",
                "--allow-host",
                "api.example",
                "--allow",
                "writes,slow",
                "--suites",
                "more",
                "--suites",
                "mine.yaml",
                "--allow-plain-http",
            ]
        );
        // what is printed is read back as the same
        let again: Vec<&str> = flags.iter().map(String::as_str).collect();
        assert_eq!(flags_of(&again), flags);
        assert!(flags_of(&["basic/"]).is_empty());
    }

    #[test]
    fn one_of_a_fleet_is_asked_as_the_fleet_was() {
        let line = [
            "authspec",
            "run",
            "--fleet",
            "profiles",
            "basic/",
            "mine.yaml",
            "--allow",
            "slow",
            "--role",
            "client",
            "--fail-on",
            "should",
            "--require",
            "jwt/",
            "--in-flight",
            "3",
            "--allow-inconclusive",
            "--record",
            "--baseline",
            "known.yaml",
            "--severity",
            "high",
            "--standard",
            "rfc7617",
        ];
        let Some(Command::Run(args)) = Cli::try_parse_from(line).unwrap().command else {
            panic!("no run");
        };
        let one = of_one(&args, Path::new("profiles/a.yaml"));
        let again = Cli::try_parse_from([vec!["authspec".to_owned()], one].concat()).unwrap();
        let Some(Command::Run(again)) = again.command else {
            panic!("no run");
        };
        let mut expected = args;
        expected.fleet = None;
        expected.target.profile = Some("profiles/a.yaml".into());
        expected.selection.suites = vec!["mine.yaml".into()];
        expected.selection.select = vec!["basic/".to_owned()];
        assert_eq!(format!("{again:?}"), format!("{expected:?}"));
    }
}
