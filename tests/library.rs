//! The library as somebody's dev-dependency: a server started in the process, one that trusts authspec's provider,
//! a URL, and what can't be used.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; what stops here fails the test"
)]

use authspec::{Conformance, Error, Report, Verdict};
use authspec_reference_server as reference;
use reference::{Config, Running};

const PROFILE: &str = "\
guarded: [{ path: /basic, scheme: basic }]
basic: { user: alice, password: \"${env.A_PASSWORD}\" }
";

fn password() -> &'static str {
    let mut accounts = reference::accounts().iter();
    let alice = accounts.find(|account| account.name == "alice");
    alice.map_or("", |alice| alice.password)
}

async fn start(faults: &[&str]) -> Result<(String, Running), String> {
    let config = Config {
        faults: faults.iter().map(|&fault| fault.to_owned()).collect(),
        ..Config::default()
    };
    let running = reference::start(config)
        .await
        .map_err(|why| why.to_string())?;
    Ok((running.origin().to_owned(), running))
}

fn basic() -> Conformance {
    Conformance::of_yaml(PROFILE)
        .variable("A_PASSWORD", password())
        .suites(["basic/credentials"])
}

fn verdict(report: &Report, id: &str) -> Option<Verdict> {
    report.outcome(id).map(|outcome| outcome.verdict)
}

/// Any executor will do: this one knows no tokio.
fn wait<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
    let mut context = std::task::Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(value) => return value,
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn a_sound_server_passes_and_a_wrong_one_is_told() {
    let sound = wait(basic().server(|| start(&[])).judge()).unwrap();
    assert_eq!(
        verdict(&sound, "basic/credentials::wrong-password"),
        Some(Verdict::Pass),
        "{sound}"
    );
    assert_eq!(sound.of_verdict(Verdict::Fail).count(), 0, "{sound}");
    assert!(sound.requests > 0 && sound.interrupted.is_none());
    let skipped = sound
        .outcome("basic/credentials::password-of-another-user")
        .unwrap();
    assert_eq!(skipped.verdict, Verdict::Skip);
    assert!(skipped.why.contains("users:"), "{}", skipped.why);

    let wrong = basic().server(|| start(&["basic-user-name-is-enough"]));
    let wrong = wait(wrong.judge()).unwrap();
    let outcome = wrong.outcome("basic/credentials::wrong-password").unwrap();
    assert_eq!(outcome.verdict, Verdict::Fail, "{wrong}");
    let [finding, ..] = outcome.findings.as_slice() else {
        panic!("{outcome}")
    };
    assert_eq!(finding.expected, "not-accepted");
    assert!(finding.file.ends_with("credentials.yaml") && finding.line > 0);
    assert!(outcome.to_string().contains("fix: "), "{outcome}");
    assert!(
        wrong
            .to_string()
            .contains("fail basic/credentials::wrong-password")
    );
}

#[test]
fn no_secret_of_a_variable_is_told() {
    // the server mirrors nothing; so a case of one's own that expects it to fail shows the request
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.yaml");
    let suite = "suite: mine/shown\nrole: resource-server\ncases:\n  - id: never\n    steps:\n      - send: { to: protected, credential: basic }\n        expect: [{ status: 418, basis: ours }]\n";
    std::fs::write(&file, suite).unwrap();
    let own = Conformance::of_yaml(PROFILE)
        .variable("A_PASSWORD", password())
        .suites([file.to_str().unwrap()])
        .server(|| start(&[]));
    let report = wait(own.judge()).unwrap();
    let text = format!("{report}\n{report:?}");
    assert_eq!(
        verdict(&report, "mine/shown::never"),
        Some(Verdict::Fail),
        "{text}"
    );
    let coded = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        format!("alice:{}", password()),
    );
    assert!(
        !text.contains(password()) && !text.contains(&coded),
        "{text}"
    );
}

/// Hands on what comes here to the server at this address.
async fn hand_on(from: tokio::net::TcpListener, to: String) -> std::io::Result<()> {
    loop {
        let (mut one, _) = from.accept().await?;
        let mut other = tokio::net::TcpStream::connect(&to).await?;
        tokio::spawn(async move { tokio::io::copy_bidirectional(&mut one, &mut other).await });
    }
}

#[test]
fn a_server_that_is_told_where_to_be_may_trust_our_provider() {
    // the reference server names itself by the port that it takes, and is reached by the one that it was told
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let profile = format!(
        "guarded: [{{ path: /protected-resource, scheme: bearer }}]\n\
         trusts-provider:\n  header: {{ typ: at+jwt }}\n  claims: {{ iss: \"${{provider.issuer}}\", \
         aud: \"http://{address}\", sub: user-1001, client_id: authspec, scope: read }}\n"
    );
    let asked = Conformance::of_yaml(profile)
        .suites(["jwt/time::expired", "jwt/keys"])
        .serve(move |place| async move {
            let provider = place.provider.ok_or("no provider")?;
            let config = Config {
                listen: address,
                provider: Some(reference::Upstream {
                    api: Some(provider.api),
                    issuer: provider.issuer,
                    client_id: "reference-server".to_owned(),
                    client_secret: "embedded client:secret/83%b1+".to_owned(),
                }),
                ..Config::default()
            };
            let running = reference::start(config).await;
            let _running = running.map_err(|why| why.to_string())?;
            hand_on(place.listener, address.to_string())
                .await
                .map_err(|why| why.to_string())
        });
    let report = wait(asked.judge()).unwrap();
    assert_eq!(
        verdict(&report, "jwt/time::expired"),
        Some(Verdict::Pass),
        "{report}"
    );
    assert_eq!(report.of_verdict(Verdict::Fail).count(), 0, "{report}");
}

#[test]
fn a_url_and_a_profile_with_a_target_will_do_too() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (origin, running) = runtime.block_on(start(&[])).unwrap();
    let one = ["basic/credentials::wrong-password"];
    let asked = Conformance::of_yaml(PROFILE).variable("A_PASSWORD", password());
    // awaited where the server runs, on one of its threads
    let report = runtime
        .block_on(asked.url(&origin).suites(one).judge())
        .unwrap();
    assert_eq!(verdict(&report, one[0]), Some(Verdict::Pass), "{report}");

    let asked = Conformance::of_yaml(format!("target: {origin}\n{PROFILE}"));
    let asked = asked.variable("A_PASSWORD", password()).suites(one);
    let report = runtime.block_on(asked.judge()).unwrap();
    assert_eq!(verdict(&report, one[0]), Some(Verdict::Pass), "{report}");
    runtime.block_on(running.stop());
}

#[test]
fn what_can_not_be_used_is_told_and_nothing_is_started() {
    let untouched = || async { Err::<String, _>("it was started".to_owned()) };
    for (asked, says) in [
        (
            Conformance::of_yaml("guarded: [GET /x]\nguardd: 1\n"),
            "did you mean `guarded`?",
        ),
        (
            Conformance::of_yaml(PROFILE),
            "the environment has no `A_PASSWORD`",
        ),
        (Conformance::of_profile("no/such.yaml"), "no/such.yaml"),
        (basic().suites(["basic/credentals"]), "basic/credentials"),
        (
            basic().suites(["./no-such-suite.yaml"]),
            "no-such-suite.yaml",
        ),
    ] {
        match wait(asked.server(untouched).judge()) {
            Err(Error::Unusable(why)) => assert!(why.contains(says), "{says}: {why}"),
            other => panic!("{says}: {other:?}"),
        }
    }
    let far = Conformance::of_yaml("guarded: [GET /x]\n").url("https://api.example");
    let Err(Error::Unusable(why)) = wait(far.judge()) else {
        panic!("it was asked")
    };
    assert!(why.contains("allow-host"), "{why}");
}

#[test]
fn a_server_that_does_not_start_is_told() {
    let why = wait(
        basic()
            .server(|| async { Err::<String, _>("no database") })
            .judge(),
    );
    assert!(
        matches!(&why, Err(Error::NotUp(why)) if why.contains("no database")),
        "{why:?}"
    );
    async fn panics() -> &'static str {
        panic!("on purpose")
    }
    let why = wait(basic().server(panics).judge());
    assert!(
        matches!(&why, Err(Error::NotUp(why)) if why.contains("panicked")),
        "{why:?}"
    );
}

#[test]
fn a_run_that_nobody_waits_for_ends_and_stops_its_server() {
    struct Guard(std::sync::mpsc::Sender<()>);
    impl Drop for Guard {
        fn drop(&mut self) {
            let _ = self.0.send(());
        }
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let (forgotten, is_forgotten) = tokio::sync::oneshot::channel::<()>();
    let (dropped, is_dropped) = std::sync::mpsc::channel();
    let asked = basic().server(move || async move {
        is_forgotten.await.map_err(|why| why.to_string())?;
        Ok::<_, String>((address, Guard(dropped)))
    });
    let mut run = Box::pin(asked.judge());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(run.as_mut().poll(&mut context).is_pending());
    drop(run);
    forgotten.send(()).unwrap();
    is_dropped.recv().unwrap();
    let asked = listener.accept().map_err(|why| why.kind());
    assert_eq!(asked.err(), Some(std::io::ErrorKind::WouldBlock));
}

/// The part of the README that is about this.
fn section() -> &'static str {
    const README: &str = include_str!("../README.md");
    let (_, rest) = README.split_once("\n## In your own tests\n").unwrap();
    rest.split_once("\n## ")
        .map_or(rest, |(section, _)| section)
}

#[test]
fn the_lines_of_the_readme_are_those_of_the_example() {
    const TEST: &str = include_str!("../examples/in-process/tests/auth.rs");
    const MANIFEST: &str = include_str!("../examples/in-process/Cargo.toml");
    assert!(section().lines().count() <= 25);
    let blocks: Vec<&str> = section().split("\n```").skip(1).step_by(2).collect();
    let [block] = blocks.as_slice() else {
        panic!("{blocks:?}")
    };
    let (language, lines) = block.split_once('\n').unwrap();
    assert_eq!(language, "rust");
    assert!(TEST.ends_with(&format!("\n{lines}\n")), "{lines}");
    for word in ["[[test]]", "name = \"auth\"", "harness = false"] {
        assert!(
            section().contains(word) && MANIFEST.contains(word),
            "{word}"
        );
    }
}

#[test]
fn the_example_locks_the_versions_of_the_project() {
    fn locked(text: &'static str) -> Vec<(&'static str, &'static str)> {
        let packages = text.split("[[package]]\nname = \"").skip(1);
        packages
            .filter_map(|package| package.split_once("\"\nversion = \""))
            .map(|(name, rest)| (name, rest.split('"').next().unwrap_or_default()))
            .collect()
    }
    let ours = locked(include_str!("../Cargo.lock"));
    let theirs = locked(include_str!("../examples/in-process/Cargo.lock"));
    assert!(theirs.len() > 100);
    for package in theirs {
        assert!(
            package.0 == "in-process" || ours.contains(&package),
            "{package:?}: copy Cargo.lock and run `cargo metadata` there"
        );
    }
}

#[test]
fn only_what_is_for_others_is_shown() {
    let lines: Vec<&str> = include_str!("../src/lib.rs").lines().collect();
    for pair in lines.windows(2) {
        let [before, line] = pair else { continue };
        assert!(
            !line.starts_with("pub mod ") || *before == "#[doc(hidden)]",
            "{line} is for the program and its tests"
        );
    }
}
