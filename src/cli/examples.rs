//! What `--help` teaches: command lines that work as they stand.

pub(super) const RUN: &str = "\
Examples:
  authspec                                          judge the embedded reference server
  authspec run --target http://localhost:8080/me    what shows without a credential
  authspec run --profile api.yaml basic/            the Basic cases, with the profile's credentials
  authspec run --profile api.yaml mine.yaml         your own suite
  authspec run --profile api.yaml --report json=report.json --fail-on should
  authspec run --fleet profiles/                    a target for every profile of a folder
  authspec run --report junit=junit.xml --report sarif=authspec.sarif --report markdown=summary.md

Exit codes: 0 nothing failed, 1 something failed, 2 what was given can't be used,
3 something could not be judged, 4 internal error. Secrets come from the environment
or files that the profile names, never from the command line.";

pub(super) const INIT: &str = "\
Examples:
  authspec init --openapi openapi.yaml              authspec.yaml from the description of an API
  authspec init --openapi openapi.json --target http://localhost:3000
  authspec init --issuer http://localhost:9000      from the metadata of an authorization server
  authspec init --profile -                         a template for all roles, to standard output

Nothing is asked, no file is written over, and nothing is sent but to an issuer. Secrets are named in the file as
\"${env.NAME}\" and stay in the environment. `authspec doctor` goes on from there.";

pub(super) const DOCTOR: &str = "\
Examples:
  authspec doctor                                   tries authspec.yaml
  authspec doctor --profile api.yaml
  authspec doctor --target http://localhost:8080/me

Each guarded endpoint is asked four times, without and with the good credential, as every run does first; beside that
only for tokens, keys and metadata. Exit codes: 0 all endpoints tell good from bad, 1 one is open, 2 what was given
can't be used, 3 something could not be told.";

pub(super) const REPRODUCE: &str = "\
Examples:
  authspec reproduce report.json basic/credentials::wrong-password
  authspec reproduce report.json --profile other.yaml jwt/time::expired
  authspec reproduce report.json --allow writes jwt/time::expired

Profile and suites are those that the report names, unless the command line says otherwise. What may be done to the
target is never taken from a report: it may be somebody else's.";

pub(super) const REPLAY: &str = "\
Examples:
  authspec run --profile api.yaml --record --report json=report.json
  authspec replay report.json                       by today's bundled suites and those that the report names
  authspec replay report.json --suites mine.yaml --report json=again.json
  authspec diff report.json again.json              and what changed

Nothing is sent. A case whose suite asks something else today can't be judged so, nor what needs something that was
redacted. Exit codes are those of `authspec run`.";

pub(super) const MERGE: &str = "\
Examples:
  authspec run --shard 1/3 --report json=1.json     on three machines, each its part
  authspec merge 1.json 2.json 3.json               and what the whole says
  authspec merge 1.json 2.json 3.json --report junit=junit.xml --report json=all.json

A part that is missing or there twice is an error, and so are parts of different suites, profiles or versions.
Exit codes are those of `authspec run`.";

pub(super) const DIFF: &str = "\
Examples:
  authspec diff main.json branch.json

Exit codes: 0 nothing got worse, 1 something regressed, 3 something can no longer be judged.";

pub(super) const BASELINE: &str = "\
Examples:
  authspec run --profile api.yaml --report json=report.json
  authspec baseline update known.yaml --from report.json \\
    --reason \"ticket 4711\" --owner \"team login\" --expires 2026-12-31
  authspec run --profile api.yaml --baseline known.yaml

An entry covers one requirement of one case until its last day. One that expired, whose case passes, or that
names nothing breaks the build. Comments in the file are not kept.";

pub(super) const TEST: &str = "\
Examples:
  authspec test                                     against the embedded reference server
  authspec test --list
  authspec test --profile api.yaml jwt/ --test-threads 4
  authspec test --exact basic/credentials::wrong-password-is-refused";

pub(super) const PROVE: &str = "\
Examples:
  authspec prove                                    each fault where its kind was ever seen
  authspec prove --everywhere                       each fault against every case of its role
  authspec prove --fault jwt-alg-none               one row of it
  authspec prove jwt/                               the cases of some suites
  authspec prove --update                           accept the matrix: writes suites/detection.lock";

pub(super) const CHECK: &str = "\
Examples:
  authspec check                                    the bundled suites, and authspec.yaml if it is here
  authspec check mine.yaml                          one file
  authspec check --no-profile suites/               suites alone, where the profile's variables are not set
  authspec check --profile api.yaml suites/         a profile and a folder";

pub(super) const LIST: &str = "\
Examples:
  authspec list                                     all cases
  authspec list jwt/ --severity critical            the worst of some suites
  authspec list --standard rfc7617                  what rests on a standard
  authspec list --profile api.yaml                  what would run, and what would unlock more
  authspec list | cut -f1                           names alone";

pub(super) const EXPLAIN: &str = "\
Examples:
  authspec explain jwt/keys::public-key-is-not-an-hmac-secret
  authspec explain RFC7617-2-1                      what a requirement says
  authspec explain code reuse tokens                which requirements speak of it
  authspec explain --suites mine.yaml mine/api::wrong-password-is-refused";

pub(super) const COVERAGE: &str = "\
Examples:
  authspec coverage                                 figures for every document and topic
  authspec coverage --document rfc7617              every requirement of one document
  authspec coverage --role client --open            what has no case yet
  authspec coverage --suites mine/                  with your own suites";

pub(super) const SERVE: &str = "\
Examples:
  authspec serve                                    the right server, at http://127.0.0.1:8080
  authspec serve --list-faults
  authspec serve --fault jwt-alg-none               a classic mistake, alive
  authspec serve --fault tutorial --listen 127.0.0.1:0
  authspec run --profile fixtures/profiles/tutorial.yaml    launches that and audits it";

pub(super) const PROVIDER: &str = "\
Examples:
  authspec provider                                 an issuer with a path made for the run
  authspec provider --issuer http://127.0.0.1:9080  an issuer that a target is configured with
  authspec provider --listen 127.0.0.1:0 --client my-app --audience https://api.example";

pub(super) const SCHEMA: &str = "\
Examples:
  authspec schema suite > suite.json
  authspec schema profile
  # first line of a suite, for editors:
  # yaml-language-server: $schema=suite.json";

pub(super) const COMPLETIONS: &str = "\
Examples:
  authspec completions bash > ~/.local/share/bash-completion/completions/authspec
  authspec completions zsh > ~/.zfunc/_authspec
  authspec completions fish > ~/.config/fish/completions/authspec.fish";
