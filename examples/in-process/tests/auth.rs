//! The authentication of the API, case by case: `cargo test`, or `cargo nextest run`.

fn main() -> std::process::ExitCode {
    let secrets = in_process::Secrets {
        password: "a password of this test".to_owned(),
        key: "a key of this test, of 32 octets or more".to_owned(),
    };
    authspec::Conformance::of_profile("tests/authspec.yaml")
        .variable("API_PASSWORD", &secrets.password)
        .variable("API_KEY", &secrets.key)
        .server(|| in_process::start(secrets))
        .suites(["basic/", "jwt/", "tests/mine.yaml"])
        .main()
}
