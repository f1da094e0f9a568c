//! Whole runs through the program: exit codes, reports, signals, launched targets.

#![expect(clippy::unwrap_used, reason = "a test may")]

#[path = "cli_support/server.rs"]
mod server;
#[path = "cli_support/mod.rs"]
mod support;

use std::net::TcpListener;

use authspec_reference_server::accounts;
use serde_json::Value;

use server::Server;
use support::{Place, Said};

fn password() -> &'static str {
    accounts()[0].password
}

fn profile(origin: &str) -> String {
    format!(
        "target: {origin}\nguarded: [GET /basic]\nbasic: {{ user: alice, password: \"${{env.API_PASSWORD}}\" }}\n"
    )
}

fn place(origin: &str) -> Place {
    Place::new().file("authspec.yaml", profile(origin))
}

fn run(place: &Place, args: &[&str]) -> Said {
    place.run_with(args, &[("API_PASSWORD", password())])
}

fn report(place: &Place, name: &str) -> Value {
    let text = std::fs::read_to_string(place.path().join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn without_a_target_the_embedded_server_is_judged_and_sound() {
    let place = Place::new();
    let said = place.run(&["basic/", "--report", "json=report.json"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(said.err, "");
    let report = report(&place, "report.json");
    assert_eq!(report["version"], 1);
    assert_eq!(report["complete"], true);
    for word in ["failed", "warned", "skipped", "inconclusive"] {
        assert_eq!(report["summary"][word], 0, "{word}");
    }
    assert!(report["summary"]["passed"].as_u64() > Some(20));
}

#[test]
fn a_fault_is_found_and_no_secret_is_shown() {
    let server = Server::with(&["basic-user-name-is-enough"]);
    let place = place(server.origin());
    let said = run(
        &place,
        &["run", "basic/", "-v", "--report", "json=report.json"],
    );
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(said.out.contains("basic/credentials::wrong-password"));
    let report = std::fs::read_to_string(place.path().join("report.json")).unwrap();
    for text in [&said.out, &said.err, &report] {
        assert!(!text.contains(password()), "the password is shown");
        // alice:Correct-Horse-42-battery
        assert!(!text.contains("YWxpY2U6Q29ycmVjdC1Ib3JzZS00Mi1iYXR0ZXJ5"));
    }
}

#[test]
fn a_warning_fails_only_who_asks_for_it() {
    let server = Server::with(&[]);
    let place = place(server.origin());
    let suite = "suite: mine/api\nrole: resource-server\ncases:\n  - id: tea\n    steps:\n      - send: { to: protected }\n        expect: [{ status: 418, basis: ours, level: should }]\n";
    let place = place.file("mine.yaml", suite);
    assert_eq!(run(&place, &["run", "mine.yaml"]).code, 0);
    let strict = run(&place, &["run", "mine.yaml", "--fail-on", "should"]);
    assert_eq!(strict.code, 1, "{}", strict.out);
}

#[test]
fn an_expectation_may_be_less_severe_than_its_case_and_a_rider_may_ask_for_a_claim() {
    const SUITE: &str = r"
suite: mine/api
role: resource-server
cases:
  - id: refused
    severity: critical
    steps:
      - send: { to: protected, credential: basic }
        but: { credential: none }
        expect:
          - { outcome: not-accepted, basis: ours }
          - { status: { at-most: 499 }, basis: ours, severity: low }
    also:
      - { id: claimed, only-if: [target.says-so], expect: [{ status: 418, basis: ours }] }
      - { id: by-a-draft, requirement: OAUTH21-5.3.1-1, expect: [{ status: 418 }] }
";
    let server = Server::with(&["basic-500-without-credential"]);
    let place = place(server.origin()).file("mine.yaml", SUITE);
    run(&place, &["run", "mine.yaml", "--report", "json=r.json"]);
    let told = report(&place, "r.json");
    let cases = told["cases"].as_array().unwrap();
    assert_eq!(cases[0]["verdict"], "fail");
    assert_eq!(cases[0]["severity"], "low");

    let server = Server::with(&[]);
    let place = Place::new()
        .file("mine.yaml", SUITE)
        .file("authspec.yaml", profile(server.origin()))
        .file(
            "claims.yaml",
            profile(server.origin()) + "claims: [target.says-so]\nstandards: [oauth21]\n",
        );
    let said = run(&place, &["run", "mine.yaml", "-v"]);
    assert_eq!(said.code, 0, "{}", said.out);
    for line in ["claims: [target.says-so]", "standards: [oauth21]"] {
        assert!(said.out.contains(line), "{line}: {}", said.out);
    }
    let listed = run(&place, &["list", "mine.yaml"]).out;
    let lines = listed.lines().filter(|line| line.ends_with("runs"));
    assert_eq!(lines.count(), 1, "{listed}");
    let said = run(&place, &["run", "mine.yaml", "--profile", "claims.yaml"]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.contains("2 failed"), "{}", said.out);
}

#[test]
fn a_target_that_is_not_there_is_inconclusive() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let place = place(&origin);
    let args = ["run", "basic/credentials", "--report", "json=r.json"];
    let said = run(&place, &args);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    assert_eq!(report(&place, "r.json")["summary"]["judged"], 0);
    let allowed = run(&place, &[&args[..], &["--allow-inconclusive"]].concat());
    assert_eq!(allowed.code, 3, "a run that judged nothing is never good");
}

#[test]
fn a_profile_without_a_credential_says_what_it_could_not_judge() {
    let server = Server::with(&[]);
    let place = Place::new().file(
        "authspec.yaml",
        format!("target: {}\nguarded: [GET /basic]\n", server.origin()),
    );
    let said = place.run(&["run", "basic/"]);
    // what a refusal shows by itself is judged
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.out.contains("basic: { user:"), "{}", said.out);
}

#[test]
fn a_required_case_must_be_judged() {
    let server = Server::with(&[]);
    let place = place(server.origin());
    let args = [
        "run",
        "basic/",
        "bearer/challenge",
        "--report",
        "json=r.json",
    ];
    assert_eq!(run(&place, &args).code, 0);
    let skipped = report(&place, "r.json")["summary"]["skipped"].as_u64();
    assert!(skipped > Some(0));
    let said = run(&place, &[&args[..], &["--require", "bearer/"]].concat());
    assert_eq!(said.code, 3, "{}", said.out);
    let summary = &report(&place, "r.json")["summary"];
    assert!(summary["inconclusive"].as_u64() > Some(0), "{summary}");
    assert!(said.out.contains("required, but skipped"), "{}", said.out);
}

/// The verdicts of a report, by case.
fn verdicts(report: &Value) -> Vec<(String, String)> {
    let cases = report["cases"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut all: Vec<_> = cases
        .map(|case| (text(&case["id"]), text(&case["verdict"])))
        .collect();
    all.sort();
    all
}

#[test]
fn neither_order_nor_concurrency_changes_a_verdict() {
    let server = Server::with(&["basic-user-name-is-enough"]);
    let place = place(server.origin());
    let mut seen = Vec::new();
    for more in [
        vec!["--in-flight", "1"],
        vec!["--in-flight", "64"],
        vec!["--order", "shuffled:1"],
        vec!["--order", "shuffled:2", "--in-flight", "64"],
    ] {
        let args = [vec!["run", "basic/", "-q", "--report", "json=r.json"], more].concat();
        assert_eq!(run(&place, &args).code, 1);
        seen.push(verdicts(&report(&place, "r.json")));
    }
    assert!(seen.windows(2).all(|two| two[0] == two[1]));
}

#[test]
fn a_report_on_standard_output_stands_there_alone() {
    let place = Place::new();
    let said = place.run(&["run", "basic/challenge", "--report", "json=-"]);
    assert_eq!(said.code, 0);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["version"], 1);
}

#[test]
fn a_report_that_could_not_be_written_is_told_before_the_run() {
    let said = Place::new().run(&["run", "--report", "json=no/such/folder.json"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("no folder no/such"), "{}", said.err);
}

#[test]
fn a_launched_target_is_stopped_with_the_run() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let program = assert_cmd::cargo::cargo_bin("authspec");
    let start = format!(
        "start:\n  command: [\"{}\", serve, --listen, \"127.0.0.1:${{port}}\"]\n  ready: GET /public\n",
        program.display()
    );
    let origin = format!("http://{address}");
    let place = Place::new().file("authspec.yaml", profile(&origin) + &start);
    let said = run(&place, &["run", "basic/credentials"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(
        std::net::TcpStream::connect(address).is_err(),
        "it still runs"
    );
}

/// `authspec serve --fault tutorial` shows each of its mistakes, and nothing but a case of its own sees it.
#[test]
fn every_mistake_of_the_tutorial_is_found_from_outside() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let program = assert_cmd::cargo::cargo_bin("authspec");
    let profile = include_str!("../fixtures/profiles/tutorial.yaml")
        .replace("127.0.0.1:8080", &address.to_string())
        .replace("[authspec,", &format!("[\"{}\",", program.display()));
    let place = Place::new().file("authspec.yaml", profile);
    let said = place.run(&["run", "--report", "json=report.json"]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    let report = report(&place, "report.json");
    let failed = |case: &str| {
        let cases = report["cases"].as_array().unwrap();
        let mut found = cases.iter().filter(|one| one["verdict"] == "fail");
        found.any(|one| one["id"].as_str().unwrap().starts_with(case))
    };
    for (fault, case) in [
        (
            "basic-compares-base64-with-user-name",
            "basic/credentials::wrong-password",
        ),
        (
            "basic-user-name-in-the-clear",
            "basic/parsing::user-name-alone",
        ),
        (
            "bearer-whole-field-is-the-token",
            "bearer/scheme::token-without-scheme",
        ),
        ("jwt-exp-ignored", "jwt/time::expired"),
        (
            "client-state-not-checked",
            "client/callback::callback-out-of-the-blue",
        ),
        (
            "client-login-bound-to-no-browser",
            "client/callback::strangers-callback-logs-nobody-in",
        ),
    ] {
        assert!(failed(case), "{fault} is not seen by {case}: {}", said.out);
    }
    let group = authspec_reference_server::faults();
    let group = group
        .iter()
        .filter(|fault| fault.groups.contains(&"tutorial"));
    assert_eq!(group.count(), 6, "the table above names all of the group");
}

#[test]
fn a_target_that_does_not_come_up_shows_what_it_printed() {
    let start = "start:\n  command: [/bin/sh, -c, \"echo no database; exit 7\"]\n  within: 5s\n";
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let place = Place::new().file("authspec.yaml", profile(&origin) + start);
    let args = ["run", "basic/credentials", "--report", "json=r.json"];
    let said = run(&place, &args);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    assert!(said.err.contains("no database"), "{}", said.err);
    let report = report(&place, "r.json");
    assert_eq!(
        (&report["complete"], &report["planned"]),
        (&false.into(), &0.into())
    );
    let why = report["summary"]["interrupted"].as_str().unwrap();
    assert!(why.contains("did not come up"), "{why}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_writes_what_it_judged() {
    use std::process::{Command, Stdio};
    // takes connections and never answers
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", mute.local_addr().unwrap());
    let place = place(&origin);
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("authspec"))
        .args(["run", "basic/", "-q", "--report", "json=r.json"])
        .current_dir(place.path())
        .env("API_PASSWORD", password())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let (_asked, _) = mute.accept().unwrap();
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(130));
    assert_eq!(report(&place, "r.json")["complete"], false);
}

#[test]
fn a_reader_that_goes_away_is_no_mistake() {
    use std::process::{Command, Stdio};
    for args in [
        vec!["list"],
        vec!["explain", "RFC7617-2-1"],
        vec!["test", "--list"],
    ] {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("authspec"))
            .args(&args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    }
}

#[test]
fn nothing_is_left_open_beside_a_report() {
    let place = Place::new();
    place.run(&[
        "run",
        "basic/challenge",
        "-q",
        "--report",
        "json=r.json",
        "--report",
        "human=r.txt",
    ]);
    let mut names: Vec<String> = std::fs::read_dir(place.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["r.json", "r.txt"]);
    let text = std::fs::read_to_string(place.path().join("r.txt")).unwrap();
    assert!(text.contains("judged"), "{text}");
}

#[test]
fn a_dry_run_shows_requests_without_secrets_and_sends_none() {
    let ear = TcpListener::bind("127.0.0.1:0").unwrap();
    ear.set_nonblocking(true).unwrap();
    let origin = format!("http://{}", ear.local_addr().unwrap());
    let place = place(&origin);
    let said = run(&place, &["run", "basic/credentials", "--dry-run"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(ear.accept().is_err(), "somebody came");
    assert!(said.out.contains("GET /basic HTTP/1.1"), "{}", said.out);
    assert!(said.out.contains("Authorization: Basic "), "{}", said.out);
    assert!(said.out.contains(&format!("  {origin}\n")));
    assert!(
        !said
            .out
            .contains("YWxpY2U6Q29ycmVjdC1Ib3JzZS00Mi1iYXR0ZXJ5")
    );
}
