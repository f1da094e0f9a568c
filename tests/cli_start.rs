//! `init` and `doctor`: from a description, or nothing, to a first true verdict.

#![expect(clippy::unwrap_used, reason = "a test may")]

#[path = "cli_support/server.rs"]
mod server;
#[path = "cli_support/mod.rs"]
mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use server::Server;
use support::{Place, Said};

const ORDERS: &str = include_str!("../fixtures/openapi/orders.yaml");
const ACCOUNTS: &str = include_str!("../fixtures/openapi/accounts.json");
const ALICE: (&str, &str) = ("API_USER", "alice");
const PASSWORD: (&str, &str) = ("API_PASSWORD", "Correct-Horse-42-battery");

/// What a profile is compiled with: one case, so that it is quick.
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

/// Every variable that a profile names, with a value.
fn variables(profile: &str) -> Vec<(String, String)> {
    let named = profile.split("${env.").skip(1);
    named
        .map(|rest| rest.split('}').next().unwrap().to_owned())
        .map(|name| (name.clone(), format!("value-of-{name}")))
        .collect()
}

/// What `init` writes and says; the profile compiles.
fn written(place: &Place, args: &[&str]) -> (String, Said) {
    let said = place.run(&[&["init"], args].concat());
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{args:?}");
    let profile = fs::read_to_string(place.path().join("authspec.yaml")).unwrap();
    let values = variables(&profile);
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let check = place.run_with(&["check", "mine.yaml"], &values);
    assert_eq!(check.code, 0, "{}\n{profile}", check.err);
    (profile, said)
}

fn place() -> Place {
    Place::new().file("mine.yaml", SUITE)
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(true);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn a_description_becomes_a_profile() {
    let place = place()
        .file("orders.yaml", ORDERS)
        .file("accounts.json", ACCOUNTS);
    let (profile, said) = written(&place, &["--openapi", "orders.yaml"]);
    snapshot("orders", &format!("{}----\n{profile}", said.out));
    fs::remove_file(place.path().join("authspec.yaml")).unwrap();
    let (profile, said) = written(&place, &["--openapi", "accounts.json"]);
    snapshot("accounts", &format!("{}----\n{profile}", said.out));
}

#[test]
fn without_anything_a_template_is_written_and_nothing_is_written_over() {
    let place = place();
    let (profile, said) = written(&place, &[]);
    snapshot("template", &format!("{}----\n{profile}", said.out));
    let again = place.run(&["init"]);
    assert_eq!(again.code, 2);
    assert!(
        again.err.contains("authspec.yaml is there already"),
        "{}",
        again.err
    );
    let untouched = fs::read_to_string(place.path().join("authspec.yaml")).unwrap();
    assert_eq!(untouched, profile);
    let shown = place.run(&["init", "--profile", "-"]);
    assert_eq!((shown.code, shown.out), (0, profile));
}

#[test]
fn what_can_not_be_used_is_told_with_what_to_do() {
    let place = place()
        .file("two.yaml", "swagger: '2.0'\npaths: {}\n")
        .file("four.yaml", "openapi: 4.0.0\n")
        .file("list.yaml", "- 1\n")
        .file("broken.yaml", "openapi: 3.0.0\npaths: {\n")
        .file("orders.yaml", ORDERS);
    let mut all = String::new();
    for args in [
        &["--openapi", "two.yaml"][..],
        &["--openapi", "four.yaml"],
        &["--openapi", "list.yaml"],
        &["--openapi", "broken.yaml"],
        &["--openapi", "nowhere.yaml"],
        &["--openapi", "https://api.example/openapi.json"],
        &["--openapi", "orders.yaml", "--target", "not a url"],
        &["--openapi", "orders.yaml", "--issuer", "http://127.0.0.1:9"],
        &["--issuer", "https://as.example"],
        &["--issuer", "ftp://as.example"],
    ] {
        let said = place.run(&[&["init"], args].concat());
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{args:?}");
        all.push_str(&format!(
            "$ authspec init {}\n{}\n",
            args.join(" "),
            said.err
        ));
    }
    assert!(!place.path().join("authspec.yaml").exists());
    snapshot("unusable", &all);
}

/// The reference server as somebody would describe their own.
fn described(server: &Server) -> String {
    format!(
        "openapi: 3.1.0\nservers: [{{ url: '{}' }}]\nsecurity: [{{ password: [] }}]\n\
         components: {{ securitySchemes: {{ password: {{ type: http, scheme: basic }} }} }}\n\
         paths: {{ /basic: {{ get: {{}} }}, /public: {{ get: {{ security: [] }} }} }}\n",
        server.origin()
    )
}

#[test]
fn from_a_description_to_a_verdict() {
    let server = Server::with(&[]);
    let place = place().file("openapi.yaml", described(&server));
    let (_, said) = written(&place, &["--openapi", "openapi.yaml"]);
    let flat = said.out.replace('\n', " ");
    assert!(
        flat.contains("1 operation guarded (1 of them in force), 1 operation open"),
        "{flat}"
    );
    let good = place.run_with(&["doctor"], &[ALICE, PASSWORD]);
    assert_eq!((good.code, good.err.as_str()), (0, ""), "{}", good.out);
    let told = good.out.replace(server.origin(), "http://here");
    assert!(
        told.starts_with(
            "http://here, by authspec.yaml\n\n✔ basic: GET http://here/basic, basic\n    \
             yes and no are told apart: 200 with the good credential, 401 without one\n\n"
        ),
        "{told}"
    );
    assert!(
        told.contains(" cases for resource-server would run\n") && told.contains(" more with  ")
    );
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
    let run = place.run_with(&["run", "mine.yaml"], &[ALICE, PASSWORD]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("1 passed"), "{}", run.out);
}

#[test]
fn doctor_says_what_is_wrong_and_shows_no_secret() {
    let open_to_all = always("orders: 1, 2, 3");
    let sound = Server::with(&[]);
    let place = place().file("openapi.yaml", described(&sound));
    written(&place, &["--openapi", "openapi.yaml"]);
    let wrong = [ALICE, ("API_PASSWORD", "Wrong-Horse-43-staple")];
    let said = place.run_with(&["doctor"], &wrong);
    assert_eq!(said.code, 3, "{}", said.out);
    let flat = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("? basic:")
            && flat.contains("the good credential does not work at `basic`: status 401"),
        "{flat}"
    );
    assert!(
        flat.contains("(check the credential in the profile")
            && flat.contains("cases are about this endpoint"),
        "{flat}"
    );
    let open = place.run_with(&["doctor", "--target", &open_to_all], &[ALICE, PASSWORD]);
    assert_eq!(open.code, 1, "{}", open.out);
    assert!(
        open.out.contains("✘ basic:") && open.out.contains("open: `basic` gives"),
        "{}",
        open.out
    );
    for text in [&said.out, &said.err, &open.out, &open.err] {
        assert!(!text.contains("Horse"), "{text}");
    }
    let down = place.run_with(
        &["doctor", "--target", "http://127.0.0.1:1"],
        &[ALICE, PASSWORD],
    );
    assert_eq!(down.code, 3, "{}", down.out);
    let unset = place.run(&["doctor"]);
    assert_eq!((unset.code, unset.out.as_str()), (2, ""));
    assert!(
        unset.err.contains("the environment has no `API_PASSWORD`"),
        "{}",
        unset.err
    );
    let far = place.run_with(
        &["doctor", "--target", "https://api.example"],
        &[ALICE, PASSWORD],
    );
    assert_eq!(far.code, 2);
    assert!(far.err.contains("--allow-host api.example"), "{}", far.err);
}

#[test]
fn doctor_needs_a_profile_or_a_target() {
    let server = Server::with(&[]);
    let place = place();
    let said = place.run(&["doctor"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("`authspec init` writes one"),
        "{}",
        said.err
    );
    let bare = place.run(&["doctor", "--target", &format!("{}/basic", server.origin())]);
    assert_eq!(bare.code, 3, "{}", bare.out);
    assert!(
        bare.out
            .contains("401 without a credential, and no good one is known"),
        "{}",
        bare.out
    );
}

#[test]
fn the_metadata_of_an_issuer_becomes_a_profile() {
    let server = Server::with(&[]);
    let place = place();
    let issuer = format!("{}/as", server.origin());
    let (profile, said) = written(&place, &["--issuer", &issuer]);
    let text = format!("{}----\n{profile}", said.out).replace(server.origin(), "http://here");
    // what speaks TLS has a port of its own
    let tls: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains("https://localhost:") && !line.contains("https://127.0.0.1:"))
        .collect();
    snapshot("issuer", &tls.join("\n"));
    let values = [
        ALICE,
        PASSWORD,
        ("CLIENT_ID", "web"),
        ("CLIENT_SECRET", "not the right one"),
    ];
    let doctor = place.run_with(&["doctor"], &values);
    assert!(
        doctor.out.contains("✔ metadata"),
        "{}{}",
        doctor.out,
        doctor.err
    );
    assert!(
        doctor
            .out
            .contains("cases for authorization-server would run"),
        "{}",
        doctor.out
    );
}

/// A server that gives every request this answer.
fn always(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    origin
}

#[test]
fn an_issuer_that_tells_nothing_of_itself_leaves_no_profile() {
    let place = place();
    for (issuer, wanted) in [
        (always("no JSON"), "is no JSON"),
        (
            always("{\"issuer\": \"https://other.example\"}"),
            "the metadata is of `https://other.example`",
        ),
        (
            "http://127.0.0.1:1".to_owned(),
            "no metadata of http://127.0.0.1:1",
        ),
    ] {
        let said = place.run(&["init", "--issuer", &issuer]);
        assert_eq!((said.code, said.out.as_str()), (3, ""), "{}", said.err);
        assert!(
            said.err.contains(wanted) && said.err.contains("to the letter?"),
            "{}",
            said.err
        );
    }
    assert!(!place.path().join("authspec.yaml").exists());
}
