//! The suite language from outside: every bundled suite compiles, and every broken one is told so at its place.

#[path = "suite_language/broken.rs"]
mod broken;

use authspec::source::{Sources, render};
use authspec::suite::bundled::FILES;
use authspec::suite::compile::{Owner, suite};

/// Compiles a text; the diagnostics as a terminal without colour shows them.
fn compile(name: &str, text: &str, owner: Owner) -> Result<authspec::suite::model::Suite, String> {
    let mut sources = Sources::default();
    let file = sources.add(name, text);
    suite(&sources, file, owner).map_err(|errors| render(&errors, &sources, false))
}

#[test]
fn every_bundled_suite_compiles() {
    let mut broken = String::new();
    for file in FILES {
        match compile(&format!("suites/{}", file.name), file.text, Owner::Bundled) {
            Ok(suite) => assert_eq!(suite.id, file.suite, "{} names another suite", file.name),
            Err(errors) => broken.push_str(&errors),
        }
    }
    assert!(broken.is_empty(), "\n{broken}");
    assert!(!FILES.is_empty());
}

#[test]
fn every_bundled_suite_tells_editors_its_schema() {
    for file in FILES {
        let first = file.text.lines().next().unwrap_or_default();
        assert_eq!(
            first, "# yaml-language-server: $schema=../../schemas/suite.json",
            "{}",
            file.name
        );
    }
}

/// What `authspec check` says of a broken suite.
fn told(name: &str) -> String {
    let path = format!(
        "{}/fixtures/suites/broken/{name}.yaml",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    match compile(&format!("{name}.yaml"), &text, Owner::User) {
        Ok(_) => "nothing is wrong".to_owned(),
        Err(told) => told,
    }
}
