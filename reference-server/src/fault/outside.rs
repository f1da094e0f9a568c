//! Mistakes of other software, written down by somebody who had not seen what is tested here.

use serde_json::Value;

use super::{BASIC, Fault, ROW};
use crate::accounts::Account;
use crate::decisions::access::Alias;
use crate::decisions::jwt as right;

pub(crate) const GUARD: &[Fault] = &[
    Fault {
        name: "outside-password-as-far-as-offered",
        what: "A password is compared over the length of what was offered.",
        models: "CVE-2017-5689, Intel AMT",
        breaks: &["RFC7617-2-7", "CWE-697"],
        guards: BASIC,
        install: |d| {
            d.basic.matches = |offered| {
                let begins = |account: &&Account| account.password.starts_with(offered.password);
                offered.account.filter(begins)
            };
        },
        ..ROW
    },
    Fault {
        name: "outside-query-past-the-rule",
        what: "The guard compares its rule with path and query as one text, so that a query leads past it.",
        models: "CVE-2020-8595, Istio",
        breaks: &["CWE-863"],
        install: |d| {
            d.access.alias = |parts| {
                parts.uri.query().map(|_| Alias {
                    path: parts.uri.path().to_owned(),
                    as_get: false,
                    guarded: None,
                })
            };
        },
        ..ROW
    },
];

pub(crate) const TOKEN: &[Fault] = &[Fault {
    name: "outside-aud-array-not-compared",
    what: "An aud that is an array gives no text, and no text is not compared.",
    models: "CVE-2020-26160, jwt-go",
    breaks: &["RFC7519-4.1.3-1", "RFC9068-4-6"],
    install: |d| {
        d.jwt.audience = |claims, names| match claims.get("aud") {
            Some(Value::Array(_)) => Ok(()),
            _ => right::audience(claims, names),
        };
    },
    ..ROW
}];
