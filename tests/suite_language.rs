//! The suite language from outside: every bundled suite compiles, and every broken one is told so at its place.

#[path = "suite_language/broken.rs"]
mod broken;

use authspec::model::{CaseId, Role};
use authspec::source::{Sources, render};
use authspec::suite::bundled::FILES;
use authspec::suite::catalogue::{self, Standing};
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
fn every_check_of_a_resource_server_is_accounted_for() {
    let mut named: Vec<(String, CaseId)> = Vec::new();
    for file in FILES {
        let suite =
            compile(file.name, file.text, Owner::Bundled).unwrap_or_else(|why| panic!("{why}"));
        for case in suite.cases {
            let mut add = |id: &CaseId, checks: &[String]| {
                named.extend(checks.iter().map(|check| (check.clone(), id.clone())));
            };
            add(&case.id, &case.checks);
            case.riders
                .iter()
                .for_each(|rider| add(&rider.id, &rider.checks));
        }
    }
    let coverage = catalogue::coverage(&[], &named, Some(Role::ResourceServer));
    assert_eq!(coverage.stale, Vec::<String>::new());
    let checks: Vec<_> = coverage
        .areas
        .iter()
        .flat_map(|area| &area.checks)
        .collect();
    assert!(checks.len() >= 300, "{} checks", checks.len());
    let open: Vec<&str> = checks
        .iter()
        .filter(|check| check.standing == Standing::Open)
        .map(|check| check.id)
        .collect();
    assert_eq!(open, Vec::<&str>::new());
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
