//! Reports as a run writes them: every format at once, whole or not at all, and no secret in any.

#![expect(clippy::unwrap_used, reason = "a test may")]

#[path = "cli_support/server.rs"]
mod server;
#[path = "cli_support/mod.rs"]
mod support;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use authspec::report::FORMATS;
use authspec_reference_server::accounts;

use server::Server;
use support::Place;

fn password() -> &'static str {
    accounts()[0].password
}

fn place(origin: &str) -> Place {
    let profile = format!(
        "target: {origin}\nguarded: [GET /basic]\nbasic: {{ user: alice, password: \"${{env.API_PASSWORD}}\" }}\n"
    );
    Place::new().file("authspec.yaml", profile)
}

/// `--report` for every format, each to a file of its name.
fn every_report() -> Vec<String> {
    let one = |name: &str| ["--report".to_owned(), format!("{name}=r.{name}")];
    FORMATS.iter().flat_map(|format| one(format.name)).collect()
}

#[test]
fn one_run_writes_every_format_and_shows_no_password() {
    let server = Server::with(&["basic-user-name-is-enough"]);
    let place = place(server.origin());
    let reports = every_report();
    let mut args = vec!["run", "basic/", "-v"];
    args.extend(reports.iter().map(String::as_str));
    assert_eq!(
        place.run(&["check"]).code,
        2,
        "the password comes from the environment"
    );
    let said = place.run_with(&args, &[("API_PASSWORD", password())]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    for format in FORMATS {
        let text = std::fs::read_to_string(place.path().join(format!("r.{}", format.name)));
        let text = text.unwrap();
        assert!(text.contains("wrong-password"), "{}", format.name);
        assert!(!text.contains(password()), "{} shows it", format.name);
        // alice:Correct-Horse-42-battery
        assert!(!text.contains("YWxpY2U6Q29ycmVjdC1Ib3JzZS00Mi1iYXR0ZXJ5"));
        let departs = text.contains("credential.basic.password: fresh.password");
        assert!(departs, "{} says not how the case departs", format.name);
        // the line that asks again is made of the flags, or printed
        let again = text.contains("authspec run") || text.contains("\"flags\"");
        assert!(again, "{} says not how to run it again", format.name);
    }
}

/// Ends the program when it has told so many events, by a signal that it hears (2) or doesn't (9).
#[cfg(unix)]
fn ended_after(place: &Place, events: usize, signal: &str) {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("authspec"))
        .args(["run", "basic/challenge", "-q", "--report", "events=-"])
        .args(every_report())
        .current_dir(place.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines
        .by_ref()
        .take(events)
        .for_each(|line| drop(line.unwrap()));
    let id = child.id().to_string();
    let sent = Command::new("kill").args([signal, &id]).status().unwrap();
    assert!(sent.success());
    lines.for_each(drop);
    child.wait().unwrap();
}

/// How the whole file of a format ends.
fn is_whole(name: &str, path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap();
    match name {
        "json" | "sarif" => serde_json::from_str::<serde_json::Value>(&text).is_ok(),
        "junit" => text.trim_end().ends_with("</testsuites>"),
        "events" => text.ends_with("}\n"),
        "tap" => text
            .lines()
            .any(|line| line.starts_with("1..") || line.starts_with("Bail out!")),
        _ => text.ends_with('\n'),
    }
}

#[cfg(unix)]
#[test]
fn whenever_it_is_ended_reports_are_whole_or_not_there() {
    for moment in 0..50 {
        let place = Place::new();
        let signal = if moment % 2 == 0 { "-INT" } else { "-KILL" };
        ended_after(&place, moment, signal);
        for format in FORMATS {
            let path = place.path().join(format!("r.{}", format.name));
            let whole = !path.exists() || is_whole(format.name, &path);
            assert!(whole, "{signal} after {moment} events: {}", format.name);
        }
    }
}

#[test]
fn a_case_of_a_report_is_run_again() {
    let server = Server::with(&["basic-user-name-is-enough"]);
    let place = place(server.origin()).file("mine.yaml", "suite: mine/api\nrole: resource-server\ncases:\n  - id: tea\n    steps:\n      - send: { to: protected }\n        expect: [{ status: 418, basis: ours }]\n");
    let password = [("API_PASSWORD", password())];
    let args = [
        "run",
        "mine.yaml",
        "basic/credentials",
        "--profile",
        "authspec.yaml",
        "-q",
        "--report",
        "json=r.json",
    ];
    assert_eq!(place.run_with(&args, &password).code, 1);
    for id in ["mine/api::tea", "basic/credentials::wrong-password"] {
        let said = place.run_with(&["reproduce", "r.json", id], &password);
        assert_eq!(said.code, 1, "{}{}", said.out, said.err);
        assert!(
            said.err.contains(&format!("r.json said: fail {id}")),
            "{}",
            said.err
        );
        assert!(
            said.out.contains(id) && said.out.contains("1 failed"),
            "{}",
            said.out
        );
    }
    for (args, says) in [
        (
            ["reproduce", "r.json", "basic/credentials::rong-password"],
            "did you mean",
        ),
        (["reproduce", "authspec.yaml", "x"], "no JSON report"),
        (["reproduce", "none.json", "x"], "none.json"),
    ] {
        let said = place.run_with(&args, &password);
        assert_eq!(said.code, 2, "{}", said.err);
        assert!(said.err.contains(says), "{}", said.err);
    }
}
