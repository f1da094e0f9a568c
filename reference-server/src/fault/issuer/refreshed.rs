//! Mistakes with refresh tokens, beside those that codes share.

use std::time::Duration;

use super::super::Fault;
use super::SERVER;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-refreshed-token-dead",
        what: "The access token of a refresh is ended with the one it replaces.",
        models: "a revocation of the old that runs after the new is kept",
        breaks: &["CWE-439"],
        install: |d| d.grant.back.refreshed_lives = false,
        ..SERVER
    },
    Fault {
        name: "as-refresh-takes-codes-for-tokens",
        what: "Where a code belongs a refresh token is taken, out of one store for both.",
        models: "one table of grants, looked up by value alone",
        breaks: &["RFC6749-4.1.3-6"],
        install: |d| d.grant.back.mixes = true,
        ..SERVER
    },
    Fault {
        name: "as-refresh-ignores-narrower-scope",
        what: "A refresh that asks for less gets all.",
        models: "RFC 6749 section 6",
        breaks: &["RFC6749-6-4", "RFC9700-4.14.2-1"],
        install: |d| d.grant.back.narrowed = |granted, _| granted.to_owned(),
        ..SERVER
    },
    Fault {
        name: "as-refresh-without-scope-gets-little",
        what: "A refresh that names no scope gets the default scope instead of the granted one.",
        models: "RFC 6749 section 6",
        breaks: &["RFC6749-6-5"],
        install: |d| d.grant.back.unasked = |_| "read".to_owned(),
        ..SERVER
    },
    Fault {
        name: "as-refresh-narrows-for-ever",
        what: "After a refresh that asked for less, the new refresh token brings no more than that.",
        models: "RFC 6749 section 6",
        breaks: &["RFC6749-6-6", "OAUTH21-4.3.3-1"],
        install: |d| d.grant.back.kept = |_, asked| asked.to_owned(),
        ..SERVER
    },
    Fault {
        name: "as-refresh-spent-too-late",
        what: "A refresh token counts as used when its answer goes, some time after it was looked up, so that requests at once all win.",
        models: "CWE-362, a look-up and an update in two steps",
        breaks: &["RFC9700-4.14.2-2", "CWE-362"],
        install: |d| d.grant.back.refresh_spends_after = Some(Duration::from_millis(80)),
        ..SERVER
    },
    Fault {
        name: "as-refresh-survives-password-change",
        what: "Refresh tokens live on after the password was changed.",
        models: "RFC 9700 section 4.14.2, CWE-613",
        breaks: &["RFC9700-4.14.2-4", "CWE-613"],
        install: |d| d.grant.back.ends_with_password = false,
        ..SERVER
    },
];
