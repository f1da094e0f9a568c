//! Trying the YAML blocks of the documents: suites and their parts, profiles and baselines by the program, workflows by
//! their parts and by the command lines in them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::command;
use crate::shape::Shape;
use crate::support::Place;

const ONE: &str = "suite: docs/one\nrole: resource-server\ncases:\n  - id: one\n    steps:\n      - send: { to: protected }\n        expect: [{ status: 200, basis: ours }]\n";

/// Files to be checked, with what they come from.
#[derive(Default)]
pub(crate) struct Checks {
    /// Suites, by role and place.
    suites: BTreeMap<&'static str, Vec<(String, String)>>,
    profiles: Vec<(String, String)>,
    baselines: Vec<(String, String)>,
}

impl Checks {
    /// Sorts a block; what needs no program is tried at once.
    pub(crate) fn add(&mut self, at: &str, text: &str) -> Result<(), String> {
        let text = dedented(text);
        for part in text.split("\n---\n") {
            self.part(at, part)?;
        }
        Ok(())
    }

    fn part(&mut self, at: &str, text: &str) -> Result<(), String> {
        let value: Value = serde_yaml::from_str(text).map_err(|why| format!("no YAML: {why}"))?;
        let shape = Shape::of(&value).ok_or(
            "it looks like nothing that is known here; if it is no mistake, tests/docs/shape.rs tells kinds by their keys",
        )?;
        let at = at.to_owned();
        let steps = |steps: &str| format!("    steps:\n{}", indented(steps, 6));
        match shape {
            Shape::Nothing => {}
            Shape::Suite => {
                let role = value["role"].as_str().unwrap_or_default();
                self.suite(role, at, text.to_owned());
            }
            Shape::Case => self.case(at, &indented(text, 4)),
            Shape::Steps => self.case(at, &steps(text)),
            Shape::Step => {
                const BESIDE: &[&str] =
                    &["name", "but", "hold", "applies", "expect", "as", "times"];
                let keys = value
                    .as_object()
                    .into_iter()
                    .flat_map(|members| members.keys());
                let does_nothing = keys.into_iter().all(|key| BESIDE.contains(&key.as_str()));
                let given = if does_nothing {
                    format!("send: {{ to: protected, credential: basic }}\n{text}")
                } else {
                    text.to_owned()
                };
                self.case(at, &steps(&as_item(&given)));
            }
            Shape::Expectation => {
                let basis = ["requirement:", "weakness:", "basis:"];
                let rests = basis.iter().any(|word| text.contains(word));
                let ours = if rests { "" } else { "basis: ours\n" };
                let step = format!(
                    "name: one\nsend: {{ to: protected }}\nexpect:\n{}",
                    indented(&as_item(&format!("{text}\n{ours}")), 2)
                );
                self.case(at, &steps(&as_item(&step)));
            }
            Shape::Profile => {
                let target = if value["target"].is_null() {
                    "target: http://127.0.0.1:8080\n"
                } else {
                    ""
                };
                self.profiles.push((at, format!("{target}{text}")));
            }
            Shape::Baseline => self.baselines.push((at, text.to_owned())),
            Shape::Workflow => workflow(&value)?,
            Shape::WorkflowSteps => workflow_steps(&value)?,
            Shape::Kubernetes => commands_in(&value)?,
            Shape::PreCommit => pre_commit(&value)?,
            Shape::Description => {
                let place = Place::new().file("openapi.yaml", text);
                let said = place.run(&["init", "--openapi", "openapi.yaml", "--profile", "-"]);
                if said.code != 0 {
                    return Err(format!("`authspec init` says of it: {}", said.err));
                }
            }
        }
        Ok(())
    }

    /// Puts keys of a case, four deep, into a suite of the role that its steps tell.
    fn case(&mut self, at: String, keys: &str) {
        let role = role_of(keys);
        let first = match role {
            "client" => "login: {}",
            "authorization-server" => "tokens: { client: confidential }",
            _ => "send: { to: protected, credential: basic }",
        };
        let id = if keys.contains("    id:") {
            ""
        } else {
            "    id: one\n"
        };
        let default = if keys.contains("    steps:") {
            String::new()
        } else {
            format!("    steps:\n      - {first}\n")
        };
        let judged = keys.contains("    steps:") && keys.contains("expect:")
            || keys.lines().any(|line| line.starts_with("    expect:"));
        let expect = if judged {
            ""
        } else {
            "    expect: [{ distinct: [a, b], basis: ours }]\n"
        };
        let body = format!("{id}{default}{keys}\n{expect}");
        let body = body.replacen("    ", "  - ", 1);
        let number = self.suites.values().map(Vec::len).sum::<usize>();
        let text = format!("suite: docs/block-{number}\nrole: {role}\ncases:\n{body}");
        self.suite(role, at, text);
    }

    fn suite(&mut self, role: &str, at: String, text: String) {
        let role = match role {
            "client" => "client",
            "authorization-server" => "authorization-server",
            _ => "resource-server",
        };
        self.suites.entry(role).or_default().push((at, text));
    }

    /// What does not compile.
    pub(crate) fn run(self) -> Vec<String> {
        let mut wrong = Vec::new();
        let name = |at: &str| format!("{}.yaml", at.replace(['/', ':'], "-"));
        let mut place = Place::new();
        let mut suites = Vec::new();
        for (at, text) in self.suites.into_values().flatten() {
            let file = format!("{}-{}", suites.len(), name(&at));
            place = place.file(&file, text);
            suites.push(file);
        }
        // one process for all: a diagnostic names the file, and so the document and line
        let mut check = vec!["check"];
        check.extend(suites.iter().map(String::as_str));
        let said = place.run(&check);
        if said.code != 0 {
            wrong.push(format!("{}{}", said.out, said.err));
        }
        // beside a suite, so that not all bundled ones are compiled each time
        place = place.file("one.yaml", ONE);
        for (at, text) in self.profiles {
            let environment = environment(&text);
            let environment: Vec<(&str, &str)> = environment
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let file = name(&at);
            place = place.file(&file, text);
            let said = place.run_with(&["check", "one.yaml", "--profile", &file], &environment);
            if said.code != 0 {
                wrong.push(format!("{at}: {}{}", said.out, said.err));
            }
        }
        for (at, text) in self.baselines {
            let file = name(&at);
            place = place.file(&file, text);
            let said = place.run(&["run", "basic/encoding", "--baseline", &file]);
            if matches!(said.code, 2 | 4) {
                wrong.push(format!("{at}: {}{}", said.out, said.err));
            }
        }
        wrong
    }
}

/// A value for every `${env.NAME}`; a key where a key is asked for.
fn environment(text: &str) -> Vec<(String, String)> {
    let pattern = Regex::new(r#"(\w+):\s*"?\$\{env\.(\w+)\}"#).unwrap();
    let value = |key: &str| match key {
        "pem" => include_str!("../../fixtures/keys/test-rsa.pem").to_owned(),
        _ => "a value of thirty-two bytes or more".to_owned(),
    };
    pattern
        .captures_iter(text)
        .map(|found| (found[2].to_owned(), value(&found[1])))
        .collect()
}

fn role_of(text: &str) -> &'static str {
    let has = |words: &[&str]| {
        words.iter().any(|word| {
            let pattern = format!(r"(?m)(?:^\s*- |^\s*|[{{,] ?){word}:");
            Regex::new(&pattern).unwrap().is_match(text)
        })
    };
    if has(&[
        "login",
        "begin-login",
        "device-login",
        "callback",
        "register",
        "restart",
        "open",
        "logout",
        "back-channel-logout",
    ]) {
        "client"
    } else if has(&["send", "survey"]) {
        "resource-server"
    } else if has(&[
        "authorize",
        "tokens",
        "exchange",
        "push",
        "device",
        "grant",
        "introspect",
        "revoke",
        "refresh",
    ]) {
        "authorization-server"
    } else {
        "resource-server"
    }
}

fn workflow(value: &Value) -> Result<(), String> {
    let jobs = value["jobs"].as_object().ok_or("`jobs` is no map")?;
    for (name, job) in jobs {
        let called = job["uses"].is_string();
        if !called && job["runs-on"].is_null() {
            return Err(format!("job {name} runs nowhere: `runs-on`"));
        }
        let needs = &job["needs"];
        let needed = needs
            .as_array()
            .map_or(std::slice::from_ref(needs), Vec::as_slice);
        for need in needed.iter().filter_map(Value::as_str) {
            if !jobs.contains_key(need) {
                return Err(format!("job {name} needs {need}, which is not there"));
            }
        }
        if !called {
            workflow_steps(&job["steps"])?;
        }
    }
    Ok(())
}

fn workflow_steps(steps: &Value) -> Result<(), String> {
    const KNOWN: &[&str] = &[
        "id",
        "name",
        "uses",
        "run",
        "with",
        "env",
        "if",
        "shell",
        "continue-on-error",
        "working-directory",
        "timeout-minutes",
    ];
    for step in steps.as_array().ok_or("`steps` is no list")? {
        let keys = step.as_object().ok_or("a step is no map")?;
        if step["uses"].is_string() == step["run"].is_string() {
            return Err(format!("a step has one of `uses` and `run`: {step}"));
        }
        if let Some(unknown) = keys.keys().find(|key| !KNOWN.contains(&key.as_str())) {
            return Err(format!("a step has no key `{unknown}`"));
        }
        commands_in(step)?;
    }
    Ok(())
}

/// What a workflow fills in is one word.
static EXPRESSION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\$\{\{[^}]*\}\}").unwrap());

/// The part of a pod, as its shell counts it.
static ARITHMETIC: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#""\$\(\([^)]*\)\)/\$\w+""#).unwrap());

/// Command lines of ours anywhere in a value.
fn commands_in(value: &Value) -> Result<(), String> {
    match value {
        Value::String(text) => {
            for line in text.lines().filter(|line| line.starts_with("authspec ")) {
                let line = EXPRESSION.replace_all(line, "1");
                let line = ARITHMETIC.replace_all(&line, "1/2");
                command::parse(&line)?;
            }
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(commands_in),
        Value::Object(members) => members.values().try_for_each(commands_in),
        _ => Ok(()),
    }
}

fn pre_commit(value: &Value) -> Result<(), String> {
    for repo in value["repos"].as_array().ok_or("`repos` is no list")? {
        if repo["repo"].is_null() || repo["hooks"].as_array().is_none_or(Vec::is_empty) {
            return Err("a repo has `repo` and `hooks`".to_owned());
        }
    }
    Ok(())
}

/// Without the spaces that all lines have in front.
fn dedented(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let least = lines
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let cut = text
        .lines()
        .map(|line| line.get(least..).unwrap_or_default());
    cut.collect::<Vec<_>>().join("\n")
}

fn indented(text: &str, by: usize) -> String {
    let space = " ".repeat(by);
    let lines = text.lines().map(|line| format!("{space}{line}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Keys as an item of a list.
fn as_item(text: &str) -> String {
    let text = indented(text, 2);
    text.replacen("  ", "- ", 1)
}
