//! The programs of `examples/tutorial/`: each mistake that shows from outside is named by a failing case, and nothing fails
//! on the right ones.
//!
//! They need Python and what `requirements.txt` pins: `AUTHSPEC_TUTORIAL_PYTHON` names such a Python, otherwise it is
//! `python3`. Where what is pinned isn't there, the test says so and is skipped.

#![expect(clippy::unwrap_used, reason = "what stops here fails the test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use serde_json::Value;

/// A program, and what is to be said of it.
struct Program {
    profile: &'static str,
    /// Mistakes in the words of the README, and the cases that fail because of each.
    mistakes: &'static [(&'static str, &'static [&'static str])],
    /// All that warns of a right program; the README says why.
    warnings: &'static [&'static str],
}

const PROGRAMS: &[Program] = &[
    Program {
        profile: "basic-wrong",
        mistakes: &[(
            "base64 of `user:password` is compared with the user name",
            &[
                "basic/parsing::credential-behind-basic",
                "basic/parsing::user-name-alone",
            ],
        )],
        warnings: &[],
    },
    Program {
        profile: "basic-right",
        mistakes: &[],
        warnings: &[],
    },
    Program {
        profile: "oauth-wrong",
        mistakes: &[
            (
                "no state",
                &[
                    "client/callback::strangers-callback-logs-nobody-in",
                    "client/callback::callback-out-of-the-blue",
                    "client/request::something-cannot-be-guessed",
                ],
            ),
            (
                "no PKCE",
                &[
                    "client/request::pkce-is-used",
                    "client/callback::code-of-another-login-is-refused",
                ],
            ),
            (
                "the token is handed to the browser",
                &[
                    "client/exposure::access-token-stays-on-the-server/web-application-shares-it-with-nobody",
                ],
            ),
            (
                "debug mode is on",
                &[
                    "client/exposure::failures-show-no-code[error]",
                    "client/exposure::failures-show-no-code[refusal]",
                    "client/exposure::failures-show-no-code[page]",
                    "client/exposure::failures-show-no-code[empty]",
                    "client/exposure::failures-show-no-code[cancelled]",
                ],
            ),
        ],
        warnings: &[],
    },
    Program {
        profile: "oauth-right",
        mistakes: &[],
        warnings: &["client/cookies::cookies-may-come-in-several-fields"],
    },
    Program {
        profile: "jwt-wrong",
        mistakes: &[
            (
                "the whole `Bearer x` field is verified",
                &[
                    "bearer/scheme::token-behind-bearer",
                    "bearer/scheme::token-without-scheme",
                ],
            ),
            (
                "any algorithm",
                &["jwt/keys::alg-of-the-same-key[mutation=alg-sibling-hash]"],
            ),
            (
                "exp is issued but never required",
                &["jwt/time::no-expiry-where-every-token-ends"],
            ),
        ],
        warnings: &[],
    },
    Program {
        profile: "jwt-right",
        mistakes: &[],
        warnings: &[
            "jwt/json::json-in-another-encoding[mutation=payload-utf16]",
            "jwt/json::json-in-another-encoding[mutation=header-utf16]",
        ],
    },
];

#[test]
fn each_mistake_is_named_by_a_failing_case_and_the_right_programs_fail_nothing() {
    let python = match python() {
        Ok(python) => python,
        Err(why) => {
            eprintln!("skipped: the programs of examples/tutorial were not tried: {why}");
            return;
        }
    };
    let runs: Vec<_> = PROGRAMS
        .iter()
        .map(|program| {
            let python = python.clone();
            thread::spawn(move || program.judged(&python))
        })
        .collect();
    for (program, run) in PROGRAMS.iter().zip(runs) {
        program.compare(&run.join().unwrap());
    }
}

impl Program {
    /// Verdict and id of each case.
    fn judged(&self, python: &Path) -> Vec<(String, String)> {
        let place = tempfile::tempdir().unwrap();
        let report = place.path().join("report.json");
        let port = authspec::edge::launch::free_port().unwrap();
        let profile = folder().join(self.profile).with_extension("yaml");
        // of a wrong program only the suites are asked in which its mistakes show
        let cases = self.mistakes.iter().flat_map(|(_, cases)| *cases);
        let suites: BTreeSet<&str> = cases.filter_map(|case| case.split("::").next()).collect();
        let ended = Command::new(env!("CARGO_BIN_EXE_authspec"))
            .arg("run")
            .args(suites)
            .args(["--quiet", "--profile"])
            .arg(profile)
            .args(["--target", &format!("http://127.0.0.1:{port}"), "--report"])
            .arg(format!("json={}", report.display()))
            .env("PATH", path_with(python))
            .current_dir(place.path())
            .output()
            .unwrap();
        let Ok(report) = std::fs::read_to_string(&report) else {
            panic!("{}: {}", self.profile, text(&ended.stderr));
        };
        let report: Value = serde_json::from_str(&report).unwrap();
        let word = |case: &Value, key: &str| case[key].as_str().unwrap().to_owned();
        let cases = report["cases"].as_array().unwrap();
        cases
            .iter()
            .map(|case| (word(case, "verdict"), word(case, "id")))
            .collect()
    }

    fn compare(&self, judged: &[(String, String)]) {
        let of = |wanted: &str| -> Vec<&str> {
            let all = judged.iter().filter(|(verdict, _)| verdict == wanted);
            all.map(|(_, id)| id.as_str()).collect()
        };
        let failed = of("fail");
        let least = if self.mistakes.is_empty() { 100 } else { 1 };
        assert!(of("pass").len() >= least, "{}", self.profile);
        for (mistake, cases) in self.mistakes {
            for case in *cases {
                assert!(
                    failed.contains(case),
                    "{}: `{case}` does not fail, and {mistake}: {failed:?}",
                    self.profile
                );
            }
        }
        if self.mistakes.is_empty() {
            assert_eq!(failed, [""; 0], "{}", self.profile);
            assert_eq!(of("inconclusive"), [""; 0], "{}", self.profile);
            assert_eq!(of("warn"), self.warnings, "{}", self.profile);
        }
    }
}

#[test]
fn the_readme_names_every_mistake_and_every_case() {
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    for program in PROGRAMS {
        let profile = format!("{}.yaml", program.profile);
        let cases = program.mistakes.iter().flat_map(|(_, cases)| *cases);
        let named = program.mistakes.iter().map(|(mistake, _)| mistake);
        for words in cases.chain(program.warnings).chain(named) {
            assert!(readme.contains(words), "{profile}: {words}");
        }
        assert!(readme.contains(&profile), "{profile}");
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/tutorial")
}

/// A Python that has what is pinned; otherwise what is lacking.
fn python() -> Result<PathBuf, String> {
    const ASK: &str = "import sys, importlib.metadata as m\nfor pin in sys.argv[1:]:\n    name, version = pin.split('==')\n    try:\n        assert m.version(name) == version\n    except (AssertionError, m.PackageNotFoundError):\n        sys.exit(f'{pin} is not installed')";
    let named = std::env::var_os("AUTHSPEC_TUTORIAL_PYTHON");
    let python = named.map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let pins = std::fs::read_to_string(folder().join("requirements.txt")).unwrap();
    let asked = Command::new(&python)
        .args(["-c", ASK])
        .args(pins.lines())
        .output()
        .map_err(|why| format!("{}: {why}", python.display()))?;
    if asked.status.success() {
        return Ok(python);
    }
    Err(format!(
        "{}: {}; examples/tutorial/README.md says how to install it, and AUTHSPEC_TUTORIAL_PYTHON names another Python",
        python.display(),
        text(&asked.stderr).trim()
    ))
}

/// The search path on which `python3` is that Python.
fn path_with(python: &Path) -> std::ffi::OsString {
    let usual = std::env::var_os("PATH").unwrap_or_default();
    let folder = python.parent().filter(|one| !one.as_os_str().is_empty());
    let folders = folder.map(Path::to_path_buf).into_iter();
    std::env::join_paths(folders.chain(std::env::split_paths(&usual))).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
