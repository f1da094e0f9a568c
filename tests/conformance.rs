//! Every bundled case against the embedded reference server, under `cargo test` and nextest.

fn main() -> std::process::ExitCode {
    authspec::cli::test_main()
}
