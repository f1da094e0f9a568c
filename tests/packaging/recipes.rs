//! Container, pre-commit, and what docs/ci.md says of them.

use std::fs;
use std::process::Command;

use authspec_reference_server::accounts;
use serde_json::Value;

use super::server::Server;
use super::{Runner, VERSION, keys, program, root, said, steps, text, yaml};

#[test]
fn the_container_is_nobody_and_copies_what_is_there() {
    let file = text("Dockerfile");
    let instructions = |word: &str| -> Vec<Vec<String>> {
        let lines = file.lines().filter_map(|line| line.strip_prefix(word));
        lines
            .map(|line| line.split_whitespace().map(str::to_owned).collect())
            .collect()
    };
    let users = instructions("USER ");
    let [user] = users.as_slice() else {
        panic!("{users:?}")
    };
    let ids: Vec<u32> = user[0].split(':').map(|id| id.parse().unwrap()).collect();
    assert!(ids.len() == 2 && ids.iter().all(|id| *id > 0), "{user:?}");
    assert_eq!(instructions("ENTRYPOINT "), [["[\"/authspec\"]"]]);
    let from = instructions("FROM ");
    let rust = env!("CARGO_PKG_RUST_VERSION");
    assert_eq!(from[0][0], format!("rust:{rust}-alpine"));
    assert_eq!(from.last().unwrap()[0], "scratch");
    for copied in instructions("COPY ")
        .iter()
        .filter(|line| !line[0].starts_with("--"))
    {
        for source in &copied[..copied.len() - 1] {
            assert!(root().join(source).exists(), "{source}");
        }
    }
    assert!(text("Cargo.toml").contains("[profile.dist]"));
    // what is not copied is not needed to build
    for left in text(".dockerignore").lines() {
        assert!([".git", "target"].contains(&left), "{left}");
    }
}

#[test]
fn the_hook_checks_suites_without_the_profile_beside_them() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let runner = Runner::new();
    fs::create_dir_all(runner.path("suites")).unwrap();
    let suite = "suite: mine/api\nrole: resource-server\ncases:\n  - id: open\n    steps: [{ send: { to: protected }, expect: [{ status: 200, basis: ours }] }]\n";
    fs::write(runner.path("suites/mine.yaml"), suite).unwrap();
    fs::write(
        runner.path("suites/wrong.yaml"),
        suite.replace("role", "rolle"),
    )
    .unwrap();
    fs::write(runner.path("authspec.yaml"), "target: \"${env.NOT_SET}\"\n").unwrap();
    for hook in hooks.as_array().unwrap() {
        let mut words = hook["entry"].as_str().unwrap().split(' ');
        assert_eq!(words.next(), Some("authspec"));
        let words: Vec<&str> = words.collect();
        let run = |file: &str| {
            let mut command = Command::new(program());
            command.current_dir(runner.folder.path()).env_clear();
            command.args(&words).arg(file).output().unwrap()
        };
        let good = run("suites/mine.yaml");
        assert!(good.status.success(), "{}", said(&good));
        let wrong = run("suites/wrong.yaml");
        assert_eq!(wrong.status.code(), Some(2));
        assert!(
            said(&wrong).contains("did you mean `role`"),
            "{}",
            said(&wrong)
        );
    }
}

/// What stands in docs/ci.md between these fences, block by block.
fn blocks(language: &str) -> Vec<String> {
    let text = text("docs/ci.md");
    let fence = format!("```{language}\n");
    let parts = text.split(&fence).skip(1);
    let block = |part: &str| part.split("```").next().unwrap_or_default().to_owned();
    parts.map(block).collect()
}

#[test]
fn the_recipes_use_what_is_there() {
    let action = yaml("action.yml");
    let hooks = yaml(".pre-commit-hooks.yaml");
    let (mut used, mut hooked) = (0, 0);
    for block in blocks("yaml") {
        let recipe: Value = serde_yaml::from_str(&block).unwrap();
        for job in recipe["jobs"]
            .as_object()
            .into_iter()
            .flat_map(|jobs| jobs.values())
        {
            for step in steps(job) {
                if step["uses"] == format!("OWNER/authspec@v{VERSION}") {
                    let given = keys(&step["with"]);
                    assert!(given.is_subset(&keys(&action["inputs"])), "{given:?}");
                    used += 1;
                }
            }
        }
        for repo in recipe["repos"].as_array().into_iter().flatten() {
            assert_eq!(repo["rev"], format!("v{VERSION}"));
            let known = hooks.as_array().unwrap();
            let id = &repo["hooks"][0]["id"];
            assert!(known.iter().any(|hook| &hook["id"] == id), "{id}");
            hooked += 1;
        }
    }
    assert_eq!((used, hooked), (1, 1));
}

#[test]
fn what_the_container_is_told_runs() {
    let server = Server::with(&[]);
    let runner = Runner::new();
    let profile = format!(
        "target: {}\nguarded: [GET /basic]\nbasic: {{ user: alice, password: \"${{env.API_PASSWORD}}\" }}\n",
        server.origin()
    );
    fs::write(runner.path("authspec.yaml"), profile).unwrap();
    let mut ran = 0;
    for block in blocks("console") {
        for line in block
            .lines()
            .filter(|line| line.starts_with("$ docker run "))
        {
            let (_, words) = line.split_once(" authspec ").unwrap();
            let output = Command::new(program())
                .args(words.split(' '))
                .current_dir(runner.folder.path())
                .env_clear()
                .env("API_PASSWORD", accounts()[0].password)
                .output()
                .unwrap();
            assert!(output.status.success(), "{line}\n{}", said(&output));
            ran += 1;
        }
    }
    assert_eq!(ran, 1);
}
