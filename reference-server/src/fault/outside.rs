//! Mistakes of other software, each with its advisory.

use axum::http::HeaderValue;
use axum::http::request::Parts;
use serde_json::Value;

use super::{BASIC, Fault, ROW};
use crate::accounts::{self, Account};
use crate::decisions::access::Alias;
use crate::decisions::basic;
use crate::decisions::jwt::{self as right, Signed};
use crate::keys::Material;

pub(crate) const GUARD: &[Fault] = &[
    Fault {
        name: "outside-unknown-user-without-password",
        what: "An unknown user has no password, and an empty one equals none.",
        models: "CVE-2009-2422, Rails",
        breaks: &["RFC7617-2-7"],
        guards: BASIC,
        install: |d| {
            d.basic.matches = |offered| match offered.account {
                None if offered.password.is_empty() => accounts::accounts().first(),
                _ => basic::matches(offered),
            };
        },
        ..ROW
    },
    Fault {
        name: "outside-subrequest-believed",
        what: "A field by which the framework marks its own requests leads past the guard.",
        models: "CVE-2025-29927, Next.js",
        breaks: &["CWE-290"],
        install: |d| {
            d.access.trusted = |parts| {
                let own = |name: &str| matches!(name, "middleware" | "src/middleware");
                let marked =
                    values(parts, "x-middleware-subrequest").any(|value| value.split(':').any(own));
                marked.then(|| accounts::accounts().first()).flatten()
            };
        },
        ..ROW
    },
    Fault {
        name: "outside-address-dropped-hop-by-hop",
        what: "The proxy adds the client's address, then drops what Connection names; without one a request is internal.",
        models: "CVE-2022-31813, Apache httpd",
        breaks: &["RFC9700-4.13-1", "CWE-290"],
        install: |d| {
            d.access.trusted = |parts| {
                let mut handed_on = parts.headers.clone();
                handed_on.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.7"));
                for named in values(parts, "connection").flat_map(|value| value.split(',')) {
                    handed_on.remove(named.trim());
                }
                let internal = !handed_on.contains_key("x-forwarded-for");
                internal.then(|| accounts::accounts().first()).flatten()
            };
        },
        ..ROW
    },
    Fault {
        name: "outside-open-route-in-query",
        what: "Whether a route is open is asked of the whole address, its query among it.",
        models: "CVE-2025-54576, OAuth2 Proxy",
        breaks: &["CWE-863"],
        install: |d| {
            d.access.trusted = |parts| {
                let open = parts.uri.to_string().contains("/public");
                open.then(|| accounts::accounts().first()).flatten()
            };
        },
        ..ROW
    },
    Fault {
        name: "outside-password-length-in-one-octet",
        what: "The length of the offered password is kept in one octet: 256 more are none.",
        models: "an unsigned char for a length; CWE-197",
        breaks: &["RFC7617-2-7", "CWE-197"],
        guards: BASIC,
        install: |d| {
            d.basic.matches = |offered| {
                let octets = offered.password.as_bytes();
                let kept = octets.get(..octets.len() % 256).unwrap_or_default();
                offered
                    .account
                    .filter(|account| account.password.as_bytes() == kept)
            };
        },
        ..ROW
    },
    Fault {
        name: "outside-underscored-user-believed",
        what: "The proxy takes X-Forwarded-User out, and the application reads X_Forwarded_User for the same.",
        models: "CVE-2025-64484, OAuth2 Proxy; CVE-2015-0219, Django",
        breaks: &["CWE-290"],
        install: |d| {
            d.access.trusted = |parts| values(parts, "x_forwarded_user").find_map(accounts::find);
        },
        ..ROW
    },
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

pub(crate) const TOKEN: &[Fault] = &[
    Fault {
        name: "outside-iss-within",
        what: "iss need only be found somewhere in the issuer.",
        models: "CVE-2024-53861, PyJWT 2.10.0",
        breaks: &["RFC9068-4-5", "RFC7515-5.3-1"],
        install: |d| {
            d.jwt.issuer = |claims, issuer| {
                let said = claims.get("iss").and_then(Value::as_str);
                Ok(said.is_some_and(|said| issuer.contains(said)))
            };
        },
        ..ROW
    },
    Fault {
        name: "outside-signature-behind-zeros",
        what: "A signature is a number, and zeros before it change nothing.",
        models: "CVE-2020-14968, jsrsasign",
        breaks: &["RFC7515-5.2-1"],
        install: |d| {
            d.jwt.signature = |signed| {
                let Material::Rsa { n, .. } = &signed.key.material else {
                    return right::signature(signed);
                };
                let longer = signed.signature.len().saturating_sub(n.len());
                let zeros = signed.signature.iter().take_while(|octet| **octet == 0);
                let number = signed.signature.get(zeros.count().min(longer)..);
                right::signature(&Signed {
                    signature: number.unwrap_or_default(),
                    ..*signed
                })
            };
        },
        ..ROW
    },
    Fault {
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
    },
];

fn values<'a>(parts: &'a Parts, name: &'a str) -> impl Iterator<Item = &'a str> {
    let all = parts.headers.get_all(name).into_iter();
    all.filter_map(|value| value.to_str().ok())
}
