//! The GitHub action: its scripts run as they stand, with a release that is made here.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::server::Server;
use super::{Runner, VERSION, keys, named, program, root, said, step, text, yaml};

#[test]
fn every_input_of_the_action_is_declared_and_used() {
    let action = yaml("action.yml");
    let steps = action["runs"].to_string();
    assert_eq!(named(&steps, "inputs"), keys(&action["inputs"]));
    for (name, input) in action["inputs"].as_object().unwrap() {
        assert!(
            input["description"].is_string() && input["default"].is_string(),
            "{name}"
        );
    }
    assert_eq!(action["inputs"]["version"]["default"], VERSION);
    // what steps and outputs ask of a step is put out by it
    let whole = action.to_string();
    for id in named(&whole, "steps") {
        let script = step(&action["runs"], &id)["run"].as_str().unwrap();
        for output in named(&whole, &format!("steps.{id}.outputs")) {
            assert!(
                script.contains(&format!("{output}=")),
                "{id} puts out no {output}"
            );
        }
    }
    // a value that somebody gives is never part of a script
    for step in action["runs"]["steps"].as_array().unwrap() {
        let script = step["run"].as_str().unwrap_or_default();
        assert!(!script.contains("${{"), "{script}");
    }
}

#[test]
fn the_action_ends_as_authspec_does_and_tells_the_verdict() {
    let action = yaml("action.yml");
    let run = step(&action["runs"], "run");
    let program = program();
    let program = program.to_str().unwrap();
    let profile = |origin: &str| {
        format!(
            "target: {origin}\nguarded: [GET /basic]\nbasic: {{ user: alice, password: \"${{env.API_PASSWORD}}\" }}\n"
        )
    };
    let sound = Server::with(&[]);
    let wrong = Server::with(&["basic-user-name-is-enough"]);
    for (origin, select, code, verdict) in [
        (sound.origin(), "basic/credentials", "0", "pass"),
        (
            wrong.origin(),
            "basic/credentials basic/challenge",
            "1",
            "fail",
        ),
        (sound.origin(), "no/such", "2", "unusable"),
        (
            "http://127.0.0.1:1",
            "basic/credentials",
            "3",
            "inconclusive",
        ),
    ] {
        let runner = Runner::new();
        fs::write(runner.path("authspec.yaml"), profile(origin)).unwrap();
        let ran = runner.run(
            run,
            &[
                ("PROGRAM", program),
                ("PROFILE", "authspec.yaml"),
                ("SELECT", select),
                ("ALLOW", "writes,failed-logins"),
                ("ALLOW_HOST", "api.example"),
                ("REPORTS", "json=authspec.json junit=junit.xml"),
                ("ARGS", "--fail-on must --quiet"),
                ("SARIF", "true"),
            ],
        );
        assert!(ran.status.success(), "{}", said(&ran));
        assert_eq!(
            runner.output("exit-code").as_deref(),
            Some(code),
            "{}",
            said(&ran)
        );
        assert_eq!(runner.output("verdict").as_deref(), Some(verdict));
        let judged = code != "2";
        assert_eq!(
            runner.output("sarif").as_deref(),
            Some(if judged { "true" } else { "false" })
        );
        let summary = fs::read_to_string(runner.path("summary.md")).unwrap();
        assert_eq!(!summary.is_empty(), judged, "{summary}");
        for file in ["authspec.json", "junit.xml", "temp/authspec.sarif"] {
            assert_eq!(runner.path(file).exists(), judged, "{file}");
        }
        let last = runner.run(step(&action["runs"], "Verdict"), &[("CODE", code)]);
        assert_eq!(
            last.status.code().map(|code| code.to_string()).as_deref(),
            Some(code)
        );
    }
    // without a profile, of a bare URL
    let runner = Runner::new();
    let bare = format!("--target {}/basic", sound.origin());
    let ran = runner.run(
        run,
        &[
            ("PROGRAM", program),
            ("ARGS", &bare),
            ("SELECT", "basic/challenge"),
        ],
    );
    assert_eq!(
        runner.output("verdict").as_deref(),
        Some("pass"),
        "{}",
        said(&ran)
    );
}

/// What a release holds, made by the script of the workflow from the program of this build.
fn packed(runner: &Runner, target: &str) -> Output {
    let release = yaml(".github/workflows/release.yml");
    fs::create_dir_all(runner.path("bin")).unwrap();
    fs::copy(program(), runner.path("bin/authspec")).unwrap();
    for file in ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(root().join(file), runner.path(file)).unwrap();
    }
    let build = &release["jobs"]["build"];
    let mut pack = step(build, "Pack").clone();
    pack["env"] = build["env"].clone();
    runner.run(
        &pack,
        &[("TARGET", target), ("TAG", &format!("v{VERSION}"))],
    )
}

#[test]
fn what_a_release_packs_is_what_the_action_and_binstall_take() {
    let runner = Runner::new();
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    let made = packed(&runner, &target);
    assert!(made.status.success(), "{}", said(&made));
    let name = format!("authspec-{VERSION}-{target}");

    // binstall
    let manifest = text("Cargo.toml");
    let value = |key: &str| {
        let line = manifest
            .lines()
            .find(|line| line.starts_with(&format!("{key} = ")));
        let value = line.and_then(|line| line.split('"').nth(1)).unwrap();
        let filled = [
            ("{ repo }", "https://forge.example/some/where"),
            ("{ version }", VERSION),
            ("{ target }", target.as_str()),
            ("{ bin }", "authspec"),
            ("{ binary-ext }", ""),
        ];
        filled
            .iter()
            .fold(value.to_owned(), |text, (from, to)| text.replace(from, to))
    };
    let address =
        format!("https://forge.example/some/where/releases/download/v{VERSION}/{name}.tar.gz");
    assert_eq!(value("pkg-url"), address);
    assert_eq!(value("bin-dir"), format!("{name}/authspec"));

    // the action, with a curl that has just this release
    let curl = "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = -o ] && out=$2; shift; done\n\
                echo \"$1\" >> \"$RUNNER_TEMP/../asked\"\ncp \"$RUNNER_TEMP/../$out\" \"$out\"\n";
    fs::write(runner.path("bin/curl"), curl).unwrap();
    make_executable(&runner.path("bin/curl"));
    let action = yaml("action.yml");
    let install = step(&action["runs"], "install");
    let given = [("VERSION", VERSION), ("REPOSITORY", "some/where")];
    let ran = runner.run(install, &given);
    if cfg!(target_os = "linux") {
        assert!(ran.status.success(), "{}", said(&ran));
        let asked = fs::read_to_string(runner.path("asked")).unwrap();
        assert_eq!(asked, format!("{address}\n{address}.sha256\n"));
        let installed = runner.output("program").unwrap();
        let version = Command::new(installed).arg("--version").output().unwrap();
        assert_eq!(said(&version), format!("authspec {VERSION}\n"));

        // a program that is not the one whose checksum was published is not taken
        let archive = runner.path(&format!("{name}.tar.gz"));
        let mut bytes = fs::read(&archive).unwrap();
        if let Some(last) = bytes.last_mut() {
            *last ^= 1;
        }
        fs::write(&archive, bytes).unwrap();
        fs::write(runner.path("output"), "").unwrap();
        let ran = runner.run(install, &given);
        assert!(!ran.status.success(), "{}", said(&ran));
        assert_eq!(runner.output("program"), None);
    }

    // one that is there already
    let ran = runner.run(install, &[("PROGRAM", "/opt/authspec")]);
    assert!(ran.status.success());
    assert_eq!(runner.output("program").as_deref(), Some("/opt/authspec"));
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
