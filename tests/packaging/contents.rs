//! What is in the packages.

use std::collections::BTreeSet;
use std::process::Command;

use super::{root, said, text};

/// The files of a package.
fn list(package: &str) -> BTreeSet<String> {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let output = Command::new(cargo)
        .args([
            "package",
            "--list",
            "--allow-dirty",
            "--offline",
            "-p",
            package,
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn the_package_holds_what_is_needed_and_nothing_else() {
    let own = list("authspec");
    let server = list("authspec-reference-server");
    for needed in ["Cargo.toml", "Cargo.lock", "LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(own.contains(needed) && server.contains(needed), "{needed}");
    }
    for needed in [
        "build.rs",
        "README.md",
        "src/lib.rs",
        "src/main.rs",
        "src/report/html/style.css",
        "fixtures/profiles/embedded.yaml",
        "suites/requirements/index.tsv",
    ] {
        assert!(own.contains(needed), "{needed}");
    }
    for file in own.iter().chain(&server) {
        let first = file.split('/').next().unwrap_or_default();
        let meant = ["src", "suites", "fixtures", "keys"].contains(&first) || !file.contains('/');
        let test = file.contains("/tests") || file.ends_with(".snap");
        assert!(meant && !test, "{file} is nobody's need");
    }
    // the program's own suites, all of them
    let suites = own.iter().filter(|file| file.starts_with("suites/"));
    let bundled = suites.filter(|file| !file.starts_with("suites/requirements/"));
    assert_eq!(bundled.count(), authspec::suite::bundled::FILES.len());
}

/// What a line compiles in, by the path that it writes.
fn compiled_in(line: &str) -> Option<&str> {
    let behind = ["include_str!(\"", "include_bytes!(\""]
        .iter()
        .find_map(|word| line.split_once(word))?;
    behind.1.split('"').next()
}

#[test]
fn what_is_compiled_in_is_in_the_package() {
    for (package, folder) in [
        ("authspec", ""),
        ("authspec-reference-server", "reference-server/"),
    ] {
        let list = list(package);
        let mut seen = 0;
        for file in list.iter().filter(|file| file.ends_with(".rs")) {
            let text = text(&format!("{folder}{file}"));
            let code = text
                .lines()
                .take_while(|line| !line.starts_with("#[cfg(test)]"));
            for path in code.filter_map(compiled_in) {
                let mut parts: Vec<&str> = file.split('/').collect();
                parts.pop();
                for part in path.split('/') {
                    match part {
                        ".." => assert!(parts.pop().is_some(), "{file} reaches outside: {path}"),
                        part => parts.push(part),
                    }
                }
                assert!(list.contains(&parts.join("/")), "{file}: {path}");
                seen += 1;
            }
        }
        assert!(seen > 10, "{package}: {seen}");
    }
}
