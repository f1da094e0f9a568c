//! Servers and clients of other people, judged from outside. Their packages come from npm and PyPI, so that these tests run
//! only when they are asked for: `cargo test --test interop -- --ignored`. interop/README.md says what stands behind each id.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "what stops here fails the test, and what is not judged is said"
)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A target of `interop/`, and how it is.
struct Target {
    folder: &'static str,
    /// What its glue forgets.
    bad: &'static str,
    public: bool,
}

impl Target {
    const fn right(folder: &'static str) -> Self {
        Self {
            folder,
            bad: "",
            public: false,
        }
    }

    /// Verdict and id of each case; none where the target can't be installed here.
    fn judged(&self, cases: &[&str]) -> Option<Vec<(String, String)>> {
        let place = tempfile::tempdir().unwrap();
        let report = place.path().join("report.json");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/judge");
        let port = authspec::edge::launch::free_port().unwrap();
        let mut command = Command::new(script);
        command.arg(self.folder).args(cases);
        command
            .arg("--report")
            .arg(format!("json={}", report.display()));
        command.env("AUTHSPEC", env!("CARGO_BIN_EXE_authspec"));
        command.env("ORIGIN", format!("http://127.0.0.1:{port}"));
        command.env("BAD", self.bad);
        command.env("PUBLIC", if self.public { "1" } else { "" });
        let ended = command.output().unwrap();
        if ended.status.code() == Some(75) {
            eprint!("{}", String::from_utf8_lossy(&ended.stderr));
            return None;
        }
        let Ok(report) = std::fs::read_to_string(&report) else {
            panic!("{}", String::from_utf8_lossy(&ended.stderr));
        };
        let report: Value = serde_json::from_str(&report).unwrap();
        let cases = report["cases"].as_array().unwrap();
        let text = |case: &Value, key: &str| case[key].as_str().unwrap().to_owned();
        let told = cases
            .iter()
            .map(|case| (text(case, "verdict"), text(case, "id")));
        Some(told.collect())
    }
}

/// What fails or warns.
fn found(judged: Vec<(String, String)>) -> Vec<String> {
    let words = ["fail", "warn"];
    let judged = judged.into_iter();
    let found = judged.filter(|(verdict, _)| words.contains(&verdict.as_str()));
    found.map(|(_, id)| id).collect()
}

/// So many cases of a role pass, and none is found but these; each was looked at by hand and is right by its clause.
#[track_caller]
fn only_these_are_found(folder: &'static str, role: &str, passes: usize, ids: &[&str]) {
    let target = Target::right(folder);
    let Some(judged) = target.judged(&["--role", role]) else {
        return;
    };
    let passed = judged.iter().filter(|(verdict, _)| verdict == "pass");
    let passed = passed.count();
    assert!(passed >= passes, "{folder}: {passed} passed");
    let mut found = found(judged);
    found.sort();
    assert_eq!(found, ids, "{folder}");
}

#[test]
#[ignore = "installs from npm"]
fn openid_client_keeps_the_rules() {
    only_these_are_found("openid-client", "client", 140, &[]);
}

#[test]
#[ignore = "installs from PyPI"]
fn authlib_as_a_client_breaks_these() {
    only_these_are_found(
        "authlib-client",
        "client",
        130,
        &[
            "client/callback::repeated-parameter-is-refused[code]",
            "client/callback::repeated-parameter-is-refused[state]",
            "client/cookies::cookies-may-come-in-several-fields",
            "client/discovery::endpoints-in-the-clear-are-not-called[endpoint=jwks_uri]",
            "client/discovery::endpoints-in-the-clear-are-not-called[endpoint=token_endpoint]",
            "client/discovery::plain-endpoint-gets-nothing",
            "client/id-token-claims::audience-that-only-looks-alike[empty-list]",
            "client/request::token-redirect-carries-no-secret",
        ],
    );
}

#[test]
#[ignore = "installs from npm and PyPI"]
fn what_glue_forgets_is_found() {
    const STRANGER: &str = "client/callback::strangers-callback-logs-nobody-in";
    for (bad, public, case) in [
        ("no-state,no-nonce,no-pkce", false, STRANGER),
        (
            "no-state,no-nonce,no-pkce",
            false,
            "client/request::something-cannot-be-guessed",
        ),
        ("constant-state,no-nonce,no-pkce", false, STRANGER),
        ("constant-state", false, "client/request::state-is-fresh"),
        (
            "no-nonce,no-pkce",
            false,
            "client/callback::code-of-another-login-is-refused",
        ),
        ("no-pkce", true, "client/request::pkce-is-used"),
        (
            "unchecked-id-token",
            false,
            "client/id-token::nonce-of-another-login",
        ),
        (
            "unchecked-id-token",
            false,
            "client/id-token::audience-of-another-client[aud=other]",
        ),
    ] {
        for folder in ["openid-client", "authlib-client"] {
            let target = Target {
                folder,
                bad,
                public,
            };
            let Some(judged) = target.judged(&[case]) else {
                continue;
            };
            assert_eq!(found(judged), [case], "{folder}, {bad}");
        }
    }
}

#[test]
#[ignore = "installs from npm"]
fn oidc_provider_breaks_these() {
    only_these_are_found(
        "oidc-provider",
        "authorization-server",
        450,
        &[
            "as/management::introspection-by-a-stranger",
            "as/oidc-login::hint-of-another-user",
            "as/pages::loads-nothing-from-elsewhere",
            "as/pages::policy-against-frames",
            "as/pushed::push-by-get",
            "as/request-objects::object-of-another-kind[change=typ-client-authentication]",
            "as/request-objects::object-of-another-kind[change=typ-dpop]",
            "as/request-objects::object-of-another-kind[change=typ-logout]",
            "as/request-objects::object-that-is-an-assertion",
            "as/request::by-post",
        ],
    );
}

#[test]
#[ignore = "installs from PyPI"]
fn authlib_as_a_server_breaks_these() {
    only_these_are_found(
        "authlib-server",
        "authorization-server",
        280,
        &[
            "as/clients::token-parameter-twice",
            "as/clients::two-ways-at-once",
            "as/oidc-login::forged-hint",
            "as/oidc-login::hint-of-another-user",
            "as/oidc-request::nonce-twice",
            "as/refresh::narrowing-is-for-once",
            "as/revocation::unknown-hint-is-ignored",
            "as/token-answer::answer-is-json/token-is-short-lived",
            "as/token-answer::challenge-has-a-realm",
        ],
    );
}

#[test]
#[ignore = "installs from npm"]
fn node_oauth2_server_breaks_these() {
    only_these_are_found(
        "oauth2-server",
        "authorization-server",
        220,
        &[
            "as/clients::two-ways-at-once",
            "as/refresh::narrowing-is-for-once",
            "as/token-request::parameter-without-value",
        ],
    );
}
