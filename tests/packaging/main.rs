//! The files by which others install and run the program: they parse, they agree with each other and with
//! `Cargo.toml`, and the command lines in them are run. That GitHub, Docker and pre-commit read them as meant can't
//! be seen here.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; what stops here fails the test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use authspec_reference_server::accounts;
use serde_json::Value;
use tempfile::TempDir;

mod action;
mod contents;
mod recipes;
#[path = "../cli_support/server.rs"]
mod server;
mod workflows;

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&text(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

fn program() -> PathBuf {
    assert_cmd::cargo::cargo_bin("authspec")
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// The names behind `${{ CONTEXT.` in a text.
fn named(text: &str, context: &str) -> BTreeSet<String> {
    let before = format!("{context}.");
    let parts = text.split(&before).skip(1);
    let word = |part: &str| {
        let end = part.find(|one: char| !one.is_ascii_alphanumeric() && one != '-' && one != '_');
        part[..end.unwrap_or(part.len())].to_owned()
    };
    parts.map(word).collect()
}

fn keys(map: &Value) -> BTreeSet<String> {
    map.as_object()
        .into_iter()
        .flat_map(|map| map.keys().cloned())
        .collect()
}

fn steps(of: &Value) -> &[Value] {
    of["steps"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// The step of this name or id.
fn step<'a>(of: &'a Value, name: &str) -> &'a Value {
    let mut all = steps(of).iter();
    let found = all.find(|step| step["id"] == name || step["name"] == name);
    found.unwrap_or_else(|| panic!("no step is called {name}"))
}

/// A folder like that of a runner, and what its steps wrote.
struct Runner {
    folder: TempDir,
}

impl Runner {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in ["output", "summary.md"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        fs::create_dir(folder.path().join("temp")).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the script of a step, as bash runs it there; `values` are those of its `env:`.
    fn run(&self, step: &Value, values: &[(&str, &str)]) -> Output {
        let declared = keys(&step["env"]);
        for (name, _) in values {
            assert!(
                declared.contains(*name),
                "{name} is not in `env:` of {step}"
            );
        }
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c"])
            .arg(step["run"].as_str().unwrap())
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", path)
            .env("API_PASSWORD", accounts()[0].password)
            .env("RUNNER_TEMP", self.path("temp"))
            .env("GITHUB_OUTPUT", self.path("output"))
            .env("GITHUB_STEP_SUMMARY", self.path("summary.md"))
            .env("GITHUB_SERVER_URL", "https://forge.example");
        for name in &declared {
            command.env(name, "");
        }
        command.envs(values.iter().copied()).output().unwrap()
    }

    /// What the steps put out, last first.
    fn output(&self, name: &str) -> Option<String> {
        let text = fs::read_to_string(self.path("output")).unwrap();
        let lines = text.lines().rev();
        lines
            .filter_map(|line| line.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    }
}
