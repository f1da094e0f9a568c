//! A fleet of targets, and the recipes of docs/ci.md as they are written there.

#![expect(clippy::unwrap_used, reason = "a test may")]

#[path = "cli_support/server.rs"]
mod server;
#[path = "cli_support/mod.rs"]
mod support;

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use authspec_reference_server::accounts;
use serde_json::Value;

use server::Server;
use support::Place;

fn profile(origin: &str) -> String {
    format!(
        "target: {origin}\nguarded: [GET /basic]\nbasic: {{ user: alice, password: \"${{env.API_PASSWORD}}\" }}\n"
    )
}

/// An address at which nobody listens.
fn free() -> String {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", free.local_addr().unwrap())
}

/// A profile that launches its target: this program as the reference server.
fn launching() -> String {
    let program = assert_cmd::cargo::cargo_bin("authspec");
    let start = format!(
        "start:\n  command: [\"{}\", serve, --listen, \"127.0.0.1:${{port}}\"]\n  ready: GET /public\n",
        program.display()
    );
    profile(&free()) + &start
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn twenty_targets_give_twenty_reports_and_one_that_hangs_or_dies_spoils_its_own() {
    let sound = Server::with(&[]);
    let faulty = Server::with(&["basic-user-name-is-enough"]);
    // takes connections and never answers
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let mute = format!("http://{}", mute.local_addr().unwrap());
    let dies = profile(&free()) + "start:\n  command: [/bin/sh, -c, \"exit 7\"]\n  within: 2s\n";
    let mut place = Place::new()
        .file("profiles/faulty.yaml", profile(faulty.origin()))
        .file("profiles/far/mute.yaml", profile(&mute))
        .file("profiles/dies.yaml", dies)
        .file(
            "profiles/typo.yaml",
            "target: http://127.0.0.1:1\ngarded: []\n",
        );
    for number in 0..2 {
        place = place.file(&format!("profiles/launched-{number}.yaml"), launching());
    }
    for number in 0..14 {
        place = place.file(
            &format!("profiles/sound-{number:02}.yaml"),
            profile(sound.origin()),
        );
    }
    // the report of a run before must not pass for one of this
    let place = place.file("authspec-reports/typo.json", "{}");
    let args = [
        "run",
        "--fleet",
        "profiles",
        "basic/credentials::wrong-password",
        "--report",
        "json=authspec-reports/{profile}.json",
        "--report",
        "junit=junit/{profile}.xml",
        "--fleet-time",
        "20s",
    ];
    let said = place.run_with(&args, &[("API_PASSWORD", accounts()[0].password)]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    let reports = place.path().join("authspec-reports");
    let fleet = read(&reports.join("fleet.json"));
    let lines = fleet["targets"].as_array().unwrap();
    assert_eq!(lines.len(), 20);
    for line in lines {
        let name = line["profile"].as_str().unwrap();
        let standing = line["standing"].as_str().unwrap();
        let expected: &[&str] = match name {
            "faulty" => &["failed"],
            "far-mute" => &["took too long", "not judged whole"],
            "dies" => &["not judged whole"],
            "typo" => &["can't be used"],
            _ => &["nothing failed"],
        };
        assert!(expected.contains(&standing), "{line}");
        let report = reports.join(format!("{name}.json"));
        let judged = name != "typo";
        assert_eq!(report.exists(), judged, "{name}");
        assert_eq!(
            place.path().join(format!("junit/{name}.xml")).exists(),
            judged,
            "{name}"
        );
        if judged {
            assert_eq!(read(&report)["summary"], line["summary"], "{name}");
        }
    }
    assert!(
        said.out.contains("16 of 20 targets with nothing failed"),
        "{}",
        said.out
    );
    assert!(said.out.contains("garded"), "{}", said.out);
    let summary = std::fs::read_to_string(reports.join("fleet.md")).unwrap();
    assert!(
        summary.contains("| `faulty` | failed | `1 failed"),
        "{summary}"
    );
}

#[test]
fn what_a_fleet_cannot_be_is_told_before_anything_runs() {
    let place = Place::new()
        .file("profiles/a.yaml", profile("http://127.0.0.1:1"))
        .file("empty/readme.txt", "");
    for (args, says) in [
        (vec!["--fleet", "none"], "none"),
        (vec!["--fleet", "empty"], "holds no profile"),
        (
            vec!["--fleet", "profiles", "--target", "http://127.0.0.1:1"],
            "leave out --profile",
        ),
        (
            vec!["--fleet", "profiles", "--report", "junit=j.xml"],
            "{profile}",
        ),
        (vec!["--fleet-time", "1m"], "--fleet"),
    ] {
        let said = place.run(&[&["run"], &args[..]].concat());
        assert_eq!(said.code, 2, "{args:?}: {}", said.err);
        assert!(said.err.contains(says), "{}", said.err);
    }
}

#[test]
fn the_recipes_are_what_their_platforms_read() {
    let text = include_str!("../docs/ci.md");
    let mut jobs = 0;
    for block in text.split("```yaml\n").skip(1) {
        let (block, _) = block.split_once("```").unwrap();
        let recipe: Value = serde_yaml::from_str(block).unwrap();
        if recipe["kind"] == "Job" {
            let spec = &recipe["spec"];
            assert_eq!(recipe["apiVersion"], "batch/v1");
            assert_eq!(spec["completionMode"], "Indexed");
            let container = &spec["template"]["spec"]["containers"][0];
            let told = &container["env"][0];
            assert_eq!(told["name"], "COMPLETIONS");
            assert_eq!(told["value"], spec["completions"].to_string().as_str());
            let volumes = spec["template"]["spec"]["volumes"].as_array().unwrap();
            let mounts = container["volumeMounts"].as_array().unwrap();
            let names = |all: &[Value]| all.iter().map(|one| one["name"].clone()).collect();
            let (volumes, mounts): (Vec<Value>, Vec<Value>) = (names(volumes), names(mounts));
            assert_eq!(volumes, mounts);
            continue;
        }
        // of pre-commit, whose hook tests/packaging.rs runs
        if recipe.get("repos").is_some() {
            continue;
        }
        for (name, job) in recipe["jobs"].as_object().unwrap() {
            jobs += 1;
            assert_eq!(job["runs-on"], "ubuntu-latest", "{name}");
            if let Some(needs) = job["needs"].as_str() {
                assert!(recipe["jobs"].get(needs).is_some(), "{name} needs {needs}");
            }
            let steps = job["steps"].as_array().unwrap();
            for step in steps {
                let does = step.get("run").is_some() != step.get("uses").is_some();
                assert!(does, "{name}: {step}");
                let parts = step.to_string().contains("${{ matrix.part }}");
                assert!(
                    !parts || job["strategy"]["matrix"]["part"].is_array(),
                    "{name}"
                );
            }
        }
    }
    assert!(jobs >= 4, "only {jobs} jobs were found");
}

/// The command lines of docs/ci.md: those of every block that begin with `authspec`, as prompts or steps write them.
fn command_lines() -> Vec<String> {
    let text = include_str!("../docs/ci.md");
    let mut lines = Vec::new();
    let mut block = false;
    for line in text.lines() {
        if line.starts_with("```") {
            block = !block;
            continue;
        }
        let line = line.trim().trim_start_matches("- ");
        let line = line.trim_start_matches("run: ").trim_start_matches("$ ");
        let begins = line.starts_with("authspec ");
        if block && begins {
            lines.push(line.trim_end_matches(['\\', '|']).trim().to_owned());
        }
    }
    lines
}

#[cfg(unix)]
#[test]
fn the_command_lines_of_the_recipes_run_as_they_are_written() {
    let server = Server::with(&[]);
    let place = Place::new()
        .file("authspec.yaml", profile(server.origin()))
        .file("known.yaml", "[]\n")
        .file("main.json", "")
        .file("profiles/one.yaml", profile(server.origin()))
        .file("profiles/two.yaml", profile(server.origin()));
    let program = assert_cmd::cargo::cargo_bin("authspec");
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let run = |line: &str| {
        let output = Command::new("sh")
            .args(["-c", line])
            .current_dir(place.path())
            .env_clear()
            .envs([
                ("PATH", path.as_str()),
                ("API_PASSWORD", accounts()[0].password),
                ("GITHUB_STEP_SUMMARY", "summary.md"),
                ("JOB_COMPLETION_INDEX", "0"),
                ("COMPLETIONS", "2"),
            ])
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = text(&output.stdout) + &text(&output.stderr);
        (output.status.code(), said)
    };
    let mut ran = 0;
    for line in command_lines() {
        // a matrix runs its step once for each part
        let parts: Vec<String> = match line.contains("${{ matrix.part }}") {
            true => (1..=3)
                .map(|part| line.replace("${{ matrix.part }}", &part.to_string()))
                .collect(),
            false => vec![line],
        };
        for line in parts {
            let (code, said) = run(&line);
            assert_eq!(code, Some(0), "{line}\n{said}");
            ran += 1;
        }
        // what a branch is held against
        if let Ok(report) = std::fs::read(place.path().join("authspec.json")) {
            std::fs::write(place.path().join("main.json"), report).unwrap();
        }
    }
    assert!(ran >= 10, "only {ran} command lines were found");
}
