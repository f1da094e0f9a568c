//! What can't be used: each mistake is told with its place, the program ends with 2, and nobody is asked anything.

#![expect(clippy::unwrap_used, reason = "a test may")]

#[path = "cli_support/mod.rs"]
mod support;

use std::net::TcpListener;

use support::{Place, Said};

/// A port of loopback that notices whether anybody came.
struct Ear(TcpListener);

impl Ear {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    fn heard_nothing(&self) -> bool {
        self.0.accept().is_err()
    }
}

const PROFILE: &str = "\
target: ${env.TARGET}
guarded: [GET /orders]
basic: { user: alice, password: \"${env.API_PASSWORD}\" }
";

const SUITE: &str = "\
suite: mine/api
role: resource-server
cases:
  - id: wrong-password-is-refused
    steps:
      - send: { to: protected, credential: basic }
        but: { credential: { basic: { password: wrong } } }
        expect: [{ outcome: not-accepted, basis: ours }]
";

/// Runs `authspec run --profile authspec.yaml mine.yaml` and more, with an ear where the target should be.
fn run(place: &Place, args: &[&str]) -> Said {
    let ear = Ear::new();
    let environment = [
        ("TARGET", ear.url()),
        ("API_PASSWORD", "correct-horse-9".to_owned()),
    ];
    let environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let said = place.run_with(args, &environment);
    assert!(ear.heard_nothing(), "a request was sent: {}", said.err);
    said
}

/// The mistake of one suite, told as in the golden file of that name.
fn golden(name: &str, place: &Place, args: &[&str]) {
    let said = run(place, args);
    assert_eq!(said.code, 2, "{name}: {}{}", said.out, said.err);
    assert_eq!(said.out, "", "{name}");
    insta::assert_snapshot!(name.replace(' ', "-"), said.err);
}

fn with(suite: impl AsRef<[u8]>) -> Place {
    Place::new()
        .file("authspec.yaml", PROFILE)
        .file("mine.yaml", suite)
}

#[test]
fn mistakes_in_a_suite() {
    for (name, from, to) in [
        ("a typo in a key", "expect:", "expcet:"),
        ("a wrong type", "steps:\n", "rounds: [1]\n    steps:\n"),
        (
            "an unknown requirement",
            "basis: ours",
            "requirement: RFC7617-2-99",
        ),
        ("an unknown matcher", "outcome:", "outcom:"),
        ("an unknown action", "send:", "sned:"),
        ("an unknown role", "resource-server", "server"),
        ("an expectation without a basis", ", basis: ours", ""),
        (
            "a case without expectation",
            "        expect: [{ outcome: not-accepted, basis: ours }]\n",
            "",
        ),
        (
            "a result used before it is there",
            "to: protected,",
            "to: protected, query: { a: \"${later.status}\" },",
        ),
        (
            "a key twice",
            "role: resource-server",
            "role: resource-server\nrole: client",
        ),
        (
            "an empty departure",
            "{ credential: { basic: { password: wrong } } }",
            "{}",
        ),
        (
            "an unknown table",
            "steps:\n",
            "for-each: { m: { every: mutatoin } }\n    steps:\n",
        ),
    ] {
        let suite = SUITE.replacen(from, to, 1);
        assert_ne!(suite, SUITE, "{name}");
        golden(name, &with(suite), &["run", "mine.yaml"]);
    }
}

#[test]
fn mistakes_of_a_file() {
    let mut latin = SUITE.as_bytes().to_vec();
    latin.extend(b"# caf\xe9\n");
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n".to_owned();
    let deep = format!("{}x{}", "[".repeat(2_000), "]".repeat(2_000));
    golden("not utf-8", &with(latin), &["run", "mine.yaml"]);
    golden("a yaml bomb", &with(bomb), &["run", "mine.yaml"]);
    golden("too deep", &with(deep), &["run", "mine.yaml"]);
    golden("empty", &with(""), &["run", "mine.yaml"]);
    golden("not there", &with(SUITE), &["run", "yours.yaml"]);
    let place = with(SUITE).file("none/authspec.yaml", PROFILE);
    golden(
        "no suites in a folder",
        &place,
        &["run", "--suites", "none"],
    );
    let large = format!("# {}\n{SUITE}", "x".repeat(5 * 1024 * 1024));
    golden("too large", &with(large), &["run", "mine.yaml"]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = with(SUITE);
    let path = place.path().join("mine.yaml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        return; // root reads everything
    }
    golden("unreadable", &place, &["run", "mine.yaml"]);
}

#[test]
fn all_mistakes_of_all_files_at_once() {
    let place = Place::new()
        .file(
            "authspec.yaml",
            PROFILE.replace("API_PASSWORD", "NO_SUCH_VARIABLE"),
        )
        .file("a.yaml", SUITE.replace("steps:", "stpes:"))
        .file(
            "b/b.yaml",
            SUITE.replace("role: resource-server", "role: client\nrloe: client"),
        );
    golden(
        "everything at once",
        &place,
        &["run", "a.yaml", "--suites", "b"],
    );
}

#[test]
fn two_cases_of_one_name() {
    let twice = format!("{SUITE}{}", &SUITE[SUITE.find("  - id").unwrap()..]);
    golden("twice in a file", &with(twice), &["run", "mine.yaml"]);
    let place = with(SUITE).file("more/other.yaml", SUITE);
    golden("twice in two files", &place, &["run", "mine.yaml", "more"]);
}

#[test]
fn mistakes_in_a_profile() {
    for (name, profile) in [
        (
            "an unset variable",
            PROFILE.replace("API_PASSWORD", "NO_SUCH_VARIABLE"),
        ),
        (
            "a typo in the profile",
            PROFILE.replace(
                "password: \"${env.API_PASSWORD}\"",
                "pasword: hunter2hunter2",
            ),
        ),
        ("no target", PROFILE.replace("target: ${env.TARGET}\n", "")),
        (
            "a target with a password",
            PROFILE.replace("${env.TARGET}", "http://alice:secret@127.0.0.1"),
        ),
        (
            "an unknown standard",
            format!("{PROFILE}standards: [rfc9608]\n"),
        ),
        (
            "a remote host",
            PROFILE.replace("${env.TARGET}", "https://api.example"),
        ),
        (
            "a remote host by plain http",
            PROFILE.replace("${env.TARGET}", "http://api.example") + "allow-host: api.example\n",
        ),
        (
            "a remote endpoint",
            PROFILE.replace("GET /orders", "GET https://api.example/orders"),
        ),
        (
            "no key file",
            format!("{PROFILE}key: {{ alg: RS256, pem-file: key.pem, claims: {{}} }}\n"),
        ),
    ] {
        let place = Place::new()
            .file("authspec.yaml", &profile)
            .file("mine.yaml", SUITE);
        assert_ne!(profile, PROFILE, "{name}");
        golden(name, &place, &["run", "mine.yaml"]);
    }
}

#[test]
fn a_secret_in_a_profile_is_not_shown() {
    let profile = PROFILE.replace(
        "password: \"${env.API_PASSWORD}\"",
        "pasword: hunter2hunter2",
    );
    let place = Place::new()
        .file("authspec.yaml", profile)
        .file("mine.yaml", SUITE);
    let said = run(&place, &["run", "mine.yaml"]);
    assert!(!said.err.contains("hunter2"), "{}", said.err);
}

#[test]
fn mistakes_on_the_command_line() {
    for (name, args) in [
        (
            "nothing of that name",
            vec![
                "run",
                "mine/api::wrong-pasword-is-refused",
                "--suites",
                "mine.yaml",
            ],
        ),
        ("a mistyped command", vec!["chekc"]),
        (
            "nothing left by the filters",
            vec!["run", "mine.yaml", "--severity", "critical"],
        ),
        ("an unknown option", vec!["run", "--profil", "x"]),
        ("an unknown severity", vec!["run", "--severity", "terrible"]),
        ("an unknown report", vec!["run", "--report", "xml=a.xml"]),
        (
            "an option before the command",
            vec!["--target", "http://127.0.0.1", "list"],
        ),
        (
            "a password in the target",
            vec!["run", "--target", "http://alice:hunter22@127.0.0.1"],
        ),
        ("no url", vec!["run", "--target", "localhost:8080"]),
        (
            "a remote target",
            vec!["run", "--target", "https://api.example"],
        ),
        ("no such profile", vec!["run", "--profile", "yours.yaml"]),
        ("an unknown fault", vec!["serve", "--fault", "jwt-alg-non"]),
    ] {
        golden(name, &with(SUITE), &args);
    }
}

#[test]
fn a_port_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for command in ["serve", "provider"] {
        let said = Place::new().run(&[command, "--listen", &address]);
        assert_eq!(said.code, 2, "{}", said.err);
        assert!(
            said.err.contains(&format!("--listen {address}: ")),
            "{}",
            said.err
        );
        assert_eq!(said.out, "");
    }
}
