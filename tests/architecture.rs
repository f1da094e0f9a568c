//! The order of the house, read off its source text: who may use whom, where the world is touched, how long a file
//! may be, and what a file says of itself.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; what stops here fails the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Bottom to top: a module uses only what stands before it.
const LAYERS: &[&str] = &[
    "model", "source", "wire", "forge", "matcher", "provider", "suite", "exec", "run", "edge",
    "report", "cli",
];

/// What a layer must not use though it stands before it.
const FORBIDDEN: &[(&str, &[&str])] = &[("report", &["exec", "run", "edge"])];

/// No file is longer.
const LONGEST: usize = 400;

/// Names that say nothing of what is inside.
const EMPTY_NAMES: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "manager", "misc",
];

struct File {
    /// Below the root of the project, with `/`.
    path: String,
    text: String,
    /// The text as lines, comments and the tests at the end of a file taken out.
    code: Vec<(usize, String)>,
}

impl File {
    /// The layer it belongs to; `lib.rs` and `main.rs` put the layers together and have none.
    fn layer(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src/")?;
        let (layer, _) = below.split_once('/')?;
        Some(layer)
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code
            .iter()
            .map(|(number, line)| (*number, line.as_str()))
    }
}

fn files(folder: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join(folder), &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "{folder} is empty");
    paths.iter().map(|path| read(root, path)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            paths.push(path);
        }
    }
}

fn read(root: &Path, path: &Path) -> File {
    let text = fs::read_to_string(path).unwrap();
    let below = path.strip_prefix(root).unwrap();
    let code = text
        .lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .map(|(at, line)| (at + 1, without_comment(line).to_owned()))
        .collect();
    File {
        path: below.to_string_lossy().replace('\\', "/"),
        text,
        code,
    }
}

/// A line without its comment; `//` inside of a text, as in a URL, has a colon or a quote before it.
fn without_comment(line: &str) -> &str {
    let starts = line.match_indices("//").map(|(at, _)| at);
    let mut comments = starts.filter(|at| !line[..*at].ends_with([':', '"', '/']));
    comments.next().map_or(line, |at| &line[..at])
}

/// The identifier that a text begins with.
fn word(text: &str) -> &str {
    let end = text.find(|one: char| !one.is_alphanumeric() && one != '_');
    &text[..end.unwrap_or(text.len())]
}

/// What stands behind `crate::` in a line: a name, or the names of a group.
fn used(line: &str) -> Vec<&str> {
    let behind = line.split("crate::").skip(1);
    behind
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(group) => group.split(',').map(|one| word(one.trim())).collect(),
            None => vec![word(rest)],
        })
        .filter(|name| !name.is_empty())
        .collect()
}

fn assert_none(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}\n", broken.join("\n  "));
}

#[test]
fn every_folder_is_a_layer() {
    let mut folders: Vec<String> = files("src")
        .iter()
        .filter_map(|file| file.layer().map(str::to_owned))
        .collect();
    folders.dedup();
    let mut layers = LAYERS.to_vec();
    layers.sort_unstable();
    assert_eq!(folders, layers);
}

#[test]
fn a_layer_uses_only_what_stands_before_it() {
    let place = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    let mut broken = Vec::new();
    for file in files("src") {
        let Some(own) = file.layer() else { continue };
        let forbidden = FORBIDDEN.iter().find(|(layer, _)| *layer == own);
        for (number, line) in file.lines() {
            for name in used(line) {
                let Some(used) = place(name) else {
                    broken.push(format!("{}:{number}: `{name}` is no layer", file.path));
                    continue;
                };
                let above = Some(used) > place(own);
                let denied = forbidden.is_some_and(|(_, denied)| denied.contains(&name));
                if above || denied {
                    broken.push(format!("{}:{number}: {own} uses {name}", file.path));
                }
            }
        }
    }
    assert_none("a layer uses what it must not", &broken);
}

#[test]
fn no_path_climbs_out_of_its_layer() {
    let mut broken = Vec::new();
    for file in files("src") {
        // 1: the layer's own module, from which `super` leads out
        let depth = file.path.trim_end_matches("/mod.rs").matches('/').count();
        for (number, line) in file.lines() {
            let climbs = (1..6)
                .rev()
                .find(|steps| line.contains(&"super::".repeat(*steps)))
                .unwrap_or_default();
            if climbs >= depth {
                broken.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_none("`super::` leads to another layer; write `crate::`", &broken);
}

#[test]
fn only_the_loop_and_the_world_wait() {
    const ASYNC: &[&str] = &[
        "src/run/drive.rs",
        "src/run/runner",
        "src/run/prepare",
        "src/run/calibrate.rs",
        "src/run/prove",
        "src/edge/",
        "src/cli/",
    ];
    let mut broken = Vec::new();
    for file in files("src") {
        if file.is_test() || ASYNC.iter().any(|allowed| file.path.starts_with(allowed)) {
            continue;
        }
        for (number, line) in file.lines() {
            let waits = ["async fn ", "async move ", "async {", ".await", "tokio::"];
            if waits.iter().any(|word| line.contains(word)) {
                broken.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_none("async outside of the loop and the edge", &broken);
}

#[test]
fn only_edge_and_cli_touch_the_world() {
    const WORLD: &[&str] = &[
        "println!(",
        "eprintln!(",
        "print!(",
        "eprint!(",
        "std::env",
        "env::var",
        "process::exit",
        "SystemTime::now",
        "Instant::now",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
        "std::fs",
        "fs::read",
        "fs::write",
        "File::open",
        "File::create",
        "thread::sleep",
        "reqwest::",
        "wiremock::",
        "hyper::",
    ];
    let mut broken = Vec::new();
    for file in files("src") {
        if file.is_test() || matches!(file.layer(), Some("edge" | "cli")) {
            continue;
        }
        for (number, line) in file.lines() {
            if WORLD.iter().any(|word| line.contains(word)) {
                broken.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_none("the world is touched outside of edge and cli", &broken);
}

#[test]
fn no_file_is_long() {
    let mut broken = Vec::new();
    for file in files("src").iter().chain(&files("reference-server/src")) {
        let lines = file.text.lines().count();
        if !file.is_test() && lines > LONGEST {
            broken.push(format!("{}: {lines} lines", file.path));
        }
    }
    assert_none("files of more than 400 lines", &broken);
}

#[test]
fn names_say_what_is_inside() {
    let mut broken = Vec::new();
    for file in files("src").iter().chain(&files("reference-server/src")) {
        let parts = file.path.trim_end_matches(".rs").split('/');
        if parts.into_iter().any(|part| EMPTY_NAMES.contains(&part)) {
            broken.push(file.path.clone());
        }
    }
    assert_none("modules whose name says nothing", &broken);
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut broken = Vec::new();
    for file in files("src").iter().chain(&files("reference-server/src")) {
        if !file.is_test() && !file.text.starts_with("//! ") {
            broken.push(file.path.clone());
        }
    }
    assert_none("files that do not open with `//!`", &broken);
}

#[test]
fn the_matchers_are_the_files_of_their_folder() {
    // what stands beside the matchers: what several of them look at, and what compares
    const BESIDE: &[&str] = &["mod", "sample", "value"];
    let mut folder: Vec<String> = files("src")
        .iter()
        .filter_map(|file| file.path.strip_prefix("src/matcher/")?.strip_suffix(".rs"))
        .filter(|name| !name.contains('/') && *name != "tests" && !BESIDE.contains(name))
        .map(|name| name.replace('_', "-"))
        .collect();
    let mut words: Vec<String> = authspec::matcher::KINDS
        .iter()
        .map(|kind| kind.name.to_owned())
        .collect();
    folder.sort();
    words.sort();
    assert_eq!(words, folder);
}

#[test]
fn the_reference_server_knows_nothing_of_the_harness() {
    let mut broken = Vec::new();
    for file in files("reference-server/src")
        .iter()
        .chain(&files("reference-server/tests"))
    {
        for (number, line) in file.lines() {
            let knows = line.contains("authspec::") || line.contains("extern crate authspec");
            if knows {
                broken.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference-server/Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    let depends = |line: &&str| line.starts_with("authspec =") || line.starts_with("authspec.");
    broken.extend(manifest.lines().filter(depends).map(str::to_owned));
    assert_none("the reference server uses the harness", &broken);
}
