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
use serde_json::Value;

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
        "json" | "sarif" => serde_json::from_str::<Value>(&text).is_ok(),
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

fn report(place: &Place, name: &str) -> Value {
    let text = std::fs::read_to_string(place.path().join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A report without what differs from run to run: times, and what a run made up.
fn timeless(mut report: Value) -> Value {
    report["summary"]["milliseconds"] = Value::Null;
    // each part opens the good path for itself
    report["summary"]["requests"] = Value::Null;
    for case in report["cases"].as_array_mut().unwrap() {
        case["milliseconds"] = Value::Null;
        case["evidence"] = Value::Null;
    }
    report
}

#[test]
fn three_parts_merged_are_the_whole() {
    let server = Server::with(&[
        "basic-user-name-is-enough",
        "bearer-whole-field-is-the-token",
    ]);
    let place = place(server.origin());
    let run = |more: &[&str]| {
        let args = [&["run", "basic/", "bearer/", "-q"], more].concat();
        place.run_with(&args, &[("API_PASSWORD", password())])
    };
    assert_eq!(run(&["--report", "json=whole.json"]).code, 1);
    for part in ["1/3", "2/3", "3/3"] {
        let file = format!("json={}.json", &part[..1]);
        let said = run(&["--shard", part, "--report", &file]);
        assert!(
            matches!(said.code, 0 | 1),
            "{part}: {}{}",
            said.out,
            said.err
        );
        let cases = report(&place, &file[5..])["cases"]
            .as_array()
            .unwrap()
            .len();
        assert!(cases > 20, "{part}: {cases}");
    }
    let said = place.run(&[
        "merge",
        "2.json",
        "3.json",
        "1.json",
        "--report",
        "json=all.json",
    ]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    let (whole, all) = (report(&place, "whole.json"), report(&place, "all.json"));
    assert_eq!(timeless(all), timeless(whole));
    assert_eq!(place.run(&["diff", "whole.json", "all.json"]).code, 0);
    for (files, says) in [
        (vec!["1.json", "2.json"], "part 3 of 3 is missing"),
        (
            vec!["1.json", "2.json", "2.json", "3.json"],
            "part 2 of 3 is there twice",
        ),
        (
            vec!["1.json", "whole.json"],
            "whole.json is no part of a run",
        ),
    ] {
        let said = place.run(&[&["merge"], &files[..]].concat());
        assert_eq!(said.code, 2);
        assert!(said.err.contains(says), "{}", said.err);
    }
    let other = run(&[
        "--shard",
        "3/3",
        "--allow",
        "writes",
        "--report",
        "json=other.json",
    ]);
    assert!(matches!(other.code, 0 | 1));
    let said = place.run(&["merge", "1.json", "2.json", "other.json"]);
    assert!(said.err.contains("not of the same profile"), "{}", said.err);
}

#[test]
fn a_part_without_cases_is_no_mistake() {
    let server = Server::with(&[]);
    let place = place(server.origin());
    let codes: Vec<i32> = (1..=3)
        .map(|part| {
            let (shard, file) = (format!("{part}/3"), format!("json={part}.json"));
            let args = [
                "run",
                "basic/credentials::wrong-password",
                "-q",
                "--shard",
                &shard,
                "--report",
                &file,
            ];
            place.run_with(&args, &[("API_PASSWORD", password())]).code
        })
        .collect();
    assert_eq!(codes, [0, 0, 0]);
    assert_eq!(place.run(&["merge", "1.json", "2.json", "3.json"]).code, 0);
}

#[test]
fn known_failures_break_no_build_and_stale_entries_do() {
    let faulty = Server::with(&["basic-user-name-is-enough"]);
    let place = place(faulty.origin());
    let run = |more: &[&str]| {
        let args = [&["run", "basic/"], more].concat();
        place.run_with(&args, &[("API_PASSWORD", password())])
    };
    assert_eq!(
        run(&["--report", "json=r.json", "--allow-inconclusive"]).code,
        1
    );
    let update = [
        "baseline",
        "update",
        "known.yaml",
        "--from",
        "r.json",
        "--reason",
        "ticket \"7\"",
        "--owner",
        "us",
        "--expires",
        "9999-12-31",
    ];
    let said = place.run(&update);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("0 kept"), "{}", said.err);
    let listed = std::fs::read_to_string(place.path().join("known.yaml")).unwrap();
    assert!(listed.contains("reason: \"ticket \\\"7\\\"\""), "{listed}");
    let again = [
        "--baseline",
        "known.yaml",
        "--report",
        "json=k.json",
        "--report",
        "junit=k.xml",
    ];
    let said = run(&[&again[..], &["--allow-inconclusive"]].concat());
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("KNOWN") && said.out.contains("known)"),
        "{}",
        said.out
    );
    let summary = &report(&place, "k.json")["summary"];
    assert!(summary["failed"].as_u64() > Some(0), "{summary}");
    assert_eq!(summary["known_failed"], summary["failed"]);
    let junit = std::fs::read_to_string(place.path().join("k.xml")).unwrap();
    assert!(!junit.contains("<failure") && junit.contains("known failure: ticket"));
    // what could not be judged is not covered
    assert_eq!(run(&again).code, 3);
    // expired
    let expired = listed.replace("9999-12-31", "2020-01-01");
    std::fs::write(place.path().join("expired.yaml"), expired).unwrap();
    let said = run(&["--baseline", "expired.yaml"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("expired on 2020-01-01"), "{}", said.out);
    // mended
    let sound = Server::with(&[]);
    let mended = [
        "--target",
        sound.origin(),
        "--baseline",
        "known.yaml",
        "--report",
        "json=m.json",
    ];
    let said = run(&mended);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.contains("is not broken any more"), "{}", said.out);
    let diff = place.run(&["diff", "r.json", "m.json"]);
    assert_eq!(diff.code, 0, "{}", diff.out);
    assert!(
        diff.out.contains("FIXED basic/credentials::wrong-password"),
        "{}",
        diff.out
    );
    let diff = place.run(&["diff", "m.json", "r.json"]);
    assert_eq!(diff.code, 1, "{}", diff.out);
    // kept up to date
    assert_eq!(
        place
            .run(&[&update[..3], &["--from", "m.json"], &update[5..]].concat())
            .code,
        0
    );
    let left = std::fs::read_to_string(place.path().join("known.yaml")).unwrap();
    assert!(left.ends_with("[]\n"), "{left}");
}

#[test]
fn a_mistake_in_the_list_of_known_failures_is_shown_at_its_place() {
    let place = Place::new().file(
        "known.yaml",
        "- case: a/b::c\n  requirement: RFC7617-2-1\n  reason: x\n  owner: y\n  expires: soon\n- case: a\n  reqirement: x\n",
    );
    let said = place.run(&["run", "basic/challenge", "--baseline", "known.yaml"]);
    assert_eq!(said.code, 2, "{}", said.err);
    for says in ["known.yaml:5", "this is no day", "reqirement", "expires"] {
        assert!(said.err.contains(says), "{says}: {}", said.err);
    }
}
