//! The suites and profiles that are run, made anew in a temporary folder.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use tempfile::TempDir;

use crate::Result;

pub(crate) const USER: &str = "alice";
pub(crate) const PASSWORD: &str = "right-and-long-enough";
pub(crate) const AUDIENCE: &str = "https://api.example";

/// What the cases are about.
#[derive(Clone, Copy)]
pub(crate) enum Guard {
    /// Half with the right password, half with a wrong one.
    Basic,
    /// Half with the valid token as it is, half with one that nobody issued.
    Bearer,
    /// Every case describes a token that has to be signed: half are valid, half are for another audience.
    Signed,
}

impl Guard {
    const fn word(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Bearer => "bearer",
            Self::Signed => "signed",
        }
    }

    /// The credential of the good path, and what the departed one is.
    const fn credentials(self) -> (&'static str, &'static str) {
        match self {
            Self::Basic => ("basic", "{ basic: { password: \"${fresh.password}\" } }"),
            Self::Bearer => ("bearer", "{ opaque: \"${fresh.token}\" }"),
            Self::Signed => (
                "{ jwt: { sign-with: trusted } }",
                "{ jwt: { claims: { aud: \"https://other.example\" } } }",
            ),
        }
    }
}

/// The folder with everything.
pub(crate) struct Work {
    folder: TempDir,
    /// The public key of the tokens, in DER (RFC 8017 appendix A.1.1).
    pub(crate) public_key: PathBuf,
}

impl Work {
    pub(crate) fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| "no key could be made")?;
        let private: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| "the key has no DER")?;
        let private_key = folder.path().join("key.pem");
        fs::write(&private_key, pem(private.as_ref()))?;
        // a secret that others can read is warned of
        fs::set_permissions(&private_key, fs::Permissions::from_mode(0o600))?;
        let public_key = folder.path().join("key.public.der");
        fs::write(&public_key, pair.public_key().as_ref())?;
        Ok(Self { folder, public_key })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A suite of so many cases, by turns accepted and refused.
    pub(crate) fn suite(&self, cases: u32, guard: Guard) -> Result<PathBuf> {
        let (good, departed) = guard.credentials();
        let mut text = format!(
            "suite: bench/{}-{cases}\nrole: resource-server\ncases:\n",
            guard.word()
        );
        for number in 0..cases {
            if number % 2 == 0 {
                writeln!(
                    text,
                    "  - id: good-{number}\n    steps:\n      - send: {{ to: protected, credential: {good} }}\n        expect: [{{ outcome: accepted, basis: ours }}]"
                )?;
            } else {
                writeln!(
                    text,
                    "  - id: wrong-{number}\n    steps:\n      - send: {{ to: protected, credential: {good} }}\n        but: {{ credential: {departed} }}\n        expect: [{{ outcome: not-accepted, basis: ours }}]"
                )?;
            }
        }
        self.write(&format!("{}-{cases}.yaml", guard.word()), &text)
    }

    /// The profile of a server.
    pub(crate) fn profile(&self, port: u16, guard: Guard) -> Result<PathBuf> {
        let credential = match guard {
            Guard::Basic => {
                format!("guarded: [GET /basic]\nbasic: {{ user: {USER}, password: {PASSWORD} }}\n")
            }
            Guard::Bearer | Guard::Signed => format!(
                "guarded: [GET /bearer]\nkey: {{ alg: RS256, pem-file: key.pem, claims: {{ sub: {USER}, aud: \"{AUDIENCE}\" }} }}\n"
            ),
        };
        let text = format!("target: http://127.0.0.1:{port}\n{credential}");
        self.write(&format!("profile-{}-{port}.yaml", guard.word()), &text)
    }

    fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        fs::write(&path, text)?;
        Ok(path)
    }
}

fn pem(der: &[u8]) -> String {
    let coded = base64::engine::general_purpose::STANDARD.encode(der);
    let mut text = "-----BEGIN PRIVATE KEY-----\n".to_owned();
    for (at, one) in coded.char_indices() {
        if at > 0 && at % 64 == 0 {
            text.push('\n');
        }
        text.push(one);
    }
    text + "\n-----END PRIVATE KEY-----\n"
}
