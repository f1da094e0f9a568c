//! The commands that ask no target, and the two that ask only our own.

#![expect(clippy::unwrap_used, reason = "a test may")]

#[path = "cli_support/mod.rs"]
mod support;

use support::Place;

const SUITE: &str = "\
suite: mine/api
role: resource-server
cases:
  - id: wrong-password-is-refused
    steps:
      - send: { to: protected, credential: basic }
        but: { credential: { basic: { password: wrong } } }
        expect: [{ outcome: not-accepted, basis: ours }, { status: 401, requirement: RFC9110-15.5.2-1 }]
";

const PROFILE: &str = "\
target: http://127.0.0.1:1
guarded: [GET /orders]
basic: { user: alice, password: \"${env.API_PASSWORD}\" }
";

/// Standard output of a command that succeeds and says nothing beside it.
fn out(place: &Place, args: &[&str]) -> String {
    let said = place.run_with(args, &[("API_PASSWORD", "correct-horse-9")]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{args:?}");
    said.out
}

#[test]
fn check_counts_what_it_compiled() {
    let place = Place::new().file("mine.yaml", SUITE);
    assert_eq!(
        out(&place, &["check", "mine.yaml"]),
        "ok: 1 case in 1 suite\n"
    );
    let place = place.file("authspec.yaml", PROFILE);
    assert_eq!(
        out(&place, &["check", "mine.yaml"]),
        "ok: 1 case in 1 suite; profile of http://127.0.0.1:1\n"
    );
    assert!(out(&place, &["check"]).starts_with("ok: "));
}

#[test]
fn list_is_one_line_of_fields_a_case() {
    let place = Place::new().file("mine.yaml", SUITE);
    let line = "mine/api::wrong-password-is-refused\tmedium\tresource-server\tRFC9110-15.5.2-1,your rule\tguarded,basic\truns\n";
    assert_eq!(out(&place, &["list", "mine.yaml"]), line);
    let names = out(&place, &["list", "basic/"]);
    assert!(names.lines().count() > 20);
    assert!(names.lines().all(|line| line.split('\t').count() == 6));
}

#[test]
fn list_says_which_line_of_the_profile_unlocks_more() {
    let place = Place::new().file("authspec.yaml", PROFILE);
    let text = out(&place, &["list"]);
    assert!(text.contains("\truns\n"));
    assert!(text.contains("\tneeds "));
    let unlocks: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    assert!(unlocks[0].ends_with("cases would run"), "{unlocks:?}");
    assert!(
        unlocks.iter().any(|line| line.contains("more with")),
        "{unlocks:?}"
    );
}

#[test]
fn filters_leave_what_they_name() {
    let place = Place::new();
    let critical = out(&place, &["list", "--severity", "critical", "jwt/"]);
    let hosts = critical
        .lines()
        .filter(|line| !line.split('\t').next().unwrap().contains('/'));
    assert_eq!(hosts.count(), 0);
    assert!(critical.lines().any(|line| line.contains("\tcritical\t")));
    let basic = out(&place, &["list", "--standard", "rfc7617"]);
    assert!(
        basic.lines().all(|line| !line.starts_with("jwt/")) && basic.contains("\nbasic/"),
        "{basic}"
    );
}

#[test]
fn a_suite_of_the_same_name_replaces_the_bundled_one() {
    let mine = SUITE.replace("mine/api", "basic/credentials");
    let place = Place::new().file("mine/basic.yaml", mine);
    let text = out(&place, &["list", "--suites", "mine", "basic/credentials"]);
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("basic/credentials::wrong-password-is-refused\t"));
}

#[test]
fn explain_tells_a_case_with_the_words_of_its_clauses() {
    let place = Place::new().file("mine.yaml", SUITE);
    let text = out(
        &place,
        &[
            "explain",
            "--suites",
            "mine.yaml",
            "wrong-password-is-refused",
        ],
    );
    for part in [
        "mine/api::wrong-password-is-refused\n",
        "RFC9110-15.5.2-1 (must): A challenge in a 401",
        "basic, by basic: { user: alice",
        "as written at mine.yaml:4\n  - id: wrong-password-is-refused\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn explain_shows_the_requests_of_twin_and_case() {
    let text = out(
        &Place::new(),
        &["explain", "basic/credentials::wrong-password"],
    );
    for part in [
        "    GET /basic HTTP/1.1\n",
        "  -   (user alice, password «password of alice»)\n",
        "  +   (user alice, password ",
        "  - => HTTP/1.1 200\n",
        "  + => HTTP/1.1 401\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn explain_knows_requirements_checks_suites_and_words() {
    let place = Place::new();
    for (words, part) in [
        (
            vec!["rfc7617-2-1"],
            "says: A Basic challenge carries a realm parameter.",
        ),
        (
            vec!["basic-no-credentials-rejected"],
            "  basic/challenge::missing-credential\n",
        ),
        (
            vec!["basic/credentials"],
            "basic/credentials::wrong-password\n",
        ),
        (vec!["code", "reuse"], "invalid_grant"),
    ] {
        let args = [vec!["explain"], words].concat();
        let text = out(&place, &args);
        assert!(text.contains(part), "{args:?}: {text}");
    }
    let said = place.run(&["explain", "RFC7617-2-99"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("that section has RFC7617-2-1, "),
        "{}",
        said.err
    );
}

#[test]
fn coverage_tells_figures_and_names() {
    let place = Place::new();
    let figures = out(&place, &["coverage"]);
    assert!(figures.contains("rfc7617"), "{figures}");
    let one = out(&place, &["coverage", "--document", "rfc7617"]);
    assert!(one.contains("+ RFC7617-2-1 (must)"), "{one}");
    assert!(one.lines().all(|line| !line.starts_with("rfc6750")));
    assert_eq!(place.run(&["coverage", "--document", "rfc1"]).code, 2);
}

#[test]
fn schemas_are_those_of_the_repository() {
    for kind in ["suite", "profile", "report"] {
        let path = format!("{}/schemas/{kind}.json", env!("CARGO_MANIFEST_DIR"));
        let file = std::fs::read_to_string(path).unwrap();
        assert!(
            out(&Place::new(), &["schema", kind]) == file,
            "schemas/{kind}.json lags behind"
        );
    }
}

#[test]
fn completions_know_our_words() {
    for shell in ["bash", "zsh", "fish"] {
        let text = out(&Place::new(), &["completions", shell]);
        assert!(text.contains("allow-inconclusive"), "{shell}");
    }
}

#[test]
fn help_teaches_by_example() {
    let place = Place::new();
    for command in [
        "run", "prove", "check", "list", "explain", "coverage", "serve", "provider", "schema",
    ] {
        let text = out(&place, &[command, "--help"]);
        let examples = text.split("Examples:").nth(1).unwrap_or_default();
        let lines = examples
            .lines()
            .filter(|line| line.starts_with("  authspec "));
        assert!(lines.count() >= 2, "{command}: {text}");
    }
    assert!(out(&place, &["test", "--help"]).contains("authspec test --list"));
}

#[test]
fn faults_can_be_listed() {
    let text = out(&Place::new(), &["serve", "--list-faults"]);
    assert!(text.lines().count() > 50);
    assert!(text.lines().all(|line| line.split('\t').count() == 4));
}

#[test]
fn test_speaks_libtest() {
    let place = Place::new();
    let list = out(
        &place,
        &["test", "--list", "--format", "terse", "basic/challenge"],
    );
    assert!(
        list.lines()
            .all(|line| line.starts_with("basic/challenge::") && line.ends_with(": test"))
    );
    let name = list.lines().next().unwrap().trim_end_matches(": test");
    let one = out(&place, &["test", "--exact", name]);
    assert!(one.contains("1 passed; 0 failed; 0 ignored"), "{one}");
}

#[test]
fn test_fails_with_101_and_ignores_with_a_reason() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let profile = PROFILE.replace("127.0.0.1:1", &free.local_addr().unwrap().to_string());
    drop(free);
    let place = Place::new().file("authspec.yaml", profile);
    let environment = [("API_PASSWORD", "correct-horse-9")];
    let said = place.run_with(&["test", "basic/credentials::wrong-password"], &environment);
    assert_eq!(said.code, 101, "{}", said.out);
    assert!(said.out.contains("inconclusive: "), "{}", said.out);
    let said = place.run_with(&["test", "bearer/challenge"], &environment);
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.out.contains("needs bearer"), "{}", said.out);
    let place = place.file("bad.yaml", "suite: x\n");
    let said = place.run_with(&["test", "--suites", "bad.yaml"], &environment);
    assert_eq!(said.code, 2, "{}", said.err);
}

#[test]
fn prove_shows_one_row_of_the_matrix() {
    let place = Place::new();
    let said = place.run(&[
        "prove",
        "basic/credentials",
        "--fault",
        "basic-user-name-is-enough",
    ]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.starts_with("1 fault, "), "{}", said.out);
    let mine = SUITE.replace(
        "    steps:\n",
        "    detects: [basic-no-challenge]\n    steps:\n",
    );
    let place = place.file("mine.yaml", mine);
    let said = place.run(&["prove", "mine.yaml", "--fault", "basic-no-challenge"]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(
        said.out.contains("is there for it and says pass"),
        "{}",
        said.out
    );
}
