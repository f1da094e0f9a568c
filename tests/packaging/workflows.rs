//! The workflows: what they may, and the lines that judge.

use std::fs;
use std::process::Command;

use super::{Runner, keys, named, program, root, said, step, steps, text, yaml};

#[test]
fn the_workflows_ask_for_little_and_name_what_is_there() {
    for name in ["ci", "release"] {
        let file = format!(".github/workflows/{name}.yml");
        let workflow = yaml(&file);
        assert_eq!(workflow["permissions"]["contents"], "read", "{file}");
        for (job, of) in workflow["jobs"].as_object().unwrap() {
            for needs in of["needs"].as_array().into_iter().flatten() {
                let needs = needs.as_str().unwrap();
                assert!(keys(&workflow["jobs"]).contains(needs), "{job}: {needs}");
            }
            let whole = of.to_string();
            let matrix = &of["strategy"]["matrix"]["include"];
            for key in named(&whole, "matrix") {
                let all = matrix.as_array().unwrap();
                assert!(all.iter().all(|one| one[&key].is_string()), "{job}: {key}");
            }
            for step in steps(of) {
                assert!(
                    step["run"].is_string() != step["uses"].is_string(),
                    "{step}"
                );
                let script = step["run"].as_str().unwrap_or_default();
                assert!(!script.contains("${{"), "{script}");
                let syntax = Command::new("bash")
                    .args(["-n", "-c", script])
                    .output()
                    .unwrap();
                assert!(syntax.status.success(), "{script}\n{}", said(&syntax));
                if let Some(uses) = step["uses"].as_str() {
                    let (_, version) = uses.split_once('@').unwrap();
                    assert!(version.starts_with('v'), "{uses}");
                }
                if script.contains("rustup") {
                    let rust = env!("CARGO_PKG_RUST_VERSION");
                    assert!(script.contains(&format!("default {rust}")), "{script}");
                }
            }
        }
    }
    let ci = text(".github/workflows/ci.yml");
    let script = ".ci/run";
    assert!(ci.contains(&format!("run: {script}\n")) && root().join(script).is_file());
    let build = &yaml(".github/workflows/release.yml")["jobs"]["build"];
    let targets = build["strategy"]["matrix"]["include"].to_string();
    // what the action asks for is built
    let install = yaml("action.yml")["runs"]["steps"][0]["run"].to_string();
    for asked in install.split("target=").skip(1) {
        let asked = asked.split(' ').next().unwrap();
        assert!(targets.contains(asked), "{asked} is not built");
    }
}

#[test]
fn a_release_judges_with_what_was_built() {
    let runner = Runner::new();
    fs::create_dir(runner.path("bin")).unwrap();
    fs::copy(program(), runner.path("bin/authspec")).unwrap();
    let build = &yaml(".github/workflows/release.yml")["jobs"]["build"];
    let mut judge = step(build, "Judge with what was built").clone();
    // the same line, with fewer cases: all of them are judged by tests/conformance.rs
    let script = judge["run"].as_str().unwrap();
    assert!(script.contains("authspec run --report"), "{script}");
    judge["run"] = script
        .replace("authspec run ", "authspec run basic/challenge ")
        .into();
    let ran = runner.run(&judge, &[]);
    assert!(ran.status.success(), "{}", said(&ran));
    assert!(runner.path("verdicts.json").is_file());
    assert!(
        step(build, "Build")["run"]
            .as_str()
            .unwrap()
            .contains("bin/authspec --version")
    );
}
