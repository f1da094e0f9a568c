//! The authentication of the API, case by case: `cargo test`, or `cargo nextest run`.

fn main() -> std::process::ExitCode {
    let password = "a password of this test";
    let key = "a key of this test, of 32 octets";
    authspec::Conformance::of_profile("tests/authspec.yaml")
        .variable("API_PASSWORD", password)
        .variable("API_KEY", key)
        .server(|| in_process::start(password, key))
        .suites(["basic/", "jwt/", "tests/mine.yaml"])
        .main()
}
