//! Mistakes about what else than an access token opens, and when one stops to.

use serde_json::{Map, Value};

use super::super::{Fault, ROW};
use crate::decisions::bearer::{self as right, Problem};
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "bearer-500-on-form-token",
        what: "A token in the form is an unhandled error.",
        models: "a form reader that is called after the body was read already; CWE-755",
        breaks: &["CWE-755"],
        install: |d| {
            d.bearer.form = |parts, body| match right::body_token(parts, body) {
                Some(_) => Err(Problem::Broken),
                None => Ok(None),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-500-on-odd-characters",
        what: "A token with characters beyond ASCII is an unhandled error.",
        models: "value.to_str().unwrap(); werkzeug's request.authorization; CWE-755",
        breaks: &["CWE-755"],
        install: |d| {
            d.bearer.token = |value| match value.is_ascii() {
                true => right::token(value),
                false => Err(Problem::Broken),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-500-on-long-token",
        what: "A token that is longer than its column in the database is an unhandled error.",
        models: "INSERT INTO audit(token VARCHAR(8000)); CWE-755, CWE-770",
        breaks: &["CWE-755"],
        install: |d| {
            d.bearer.token = |value| match value.len() {
                0..=8_000 => right::token(value),
                _ => Err(Problem::Broken),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-refresh-token-taken",
        what: "A refresh token opens like an access token.",
        models: "one table of tokens without a look at the type; ASVS 9.2.2",
        breaks: &["RFC6749-7-1", "CWE-863"],
        install: |d| {
            d.bearer.other = |store, text| {
                let refresh = store.refresh.get(text)?;
                store.grants.get(&refresh.grant)?.account
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-authorization-code-taken",
        what: "An authorization code opens like an access token.",
        models: "one table of codes and tokens without a look at the type; ASVS 9.2.2",
        breaks: &["RFC6749-7-1", "CWE-863"],
        install: |d| d.bearer.other = |store, text| Some(store.codes.get(text)?.account),
        ..ROW
    },
    Fault {
        name: "bearer-revocation-ignored",
        what: "A token that was revoked works until it expires.",
        models: "CWE-613, an API that verifies tokens by itself and never asks",
        breaks: &["CWE-613"],
        install: |d| d.bearer.heeds_revocation = false,
        ..ROW
    },
    Fault {
        name: "bearer-logout-forgets-nothing",
        what: "Logging out answers that all is well, and the token works on.",
        models: "a logout that only clears the cookie of the front end; CWE-613",
        breaks: &["CWE-613"],
        install: |d| d.bearer.logout = |_, _| {},
        ..ROW
    },
    Fault {
        name: "bearer-forgery-ends-the-session",
        what: "A token that can't be verified ends the session that it names.",
        models: "theft detection that believes the claims of a token it just refused; CWE-645",
        breaks: &["CWE-645"],
        install: |d| {
            d.bearer.failed = |store, text| {
                let payload = text.split('.').nth(1).and_then(encoding::base64url_decode);
                let claims = payload
                    .and_then(|octets| serde_json::from_slice::<Map<String, Value>>(&octets).ok());
                let session = claims.and_then(|claims| claims.get("sid").cloned());
                if let Some(session) = session {
                    right::logout(store, &Map::from_iter([("sid".to_owned(), session)]));
                }
            };
        },
        ..ROW
    },
];
