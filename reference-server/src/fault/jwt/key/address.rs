//! Addresses in a token: fetched because it names them, or because they look like the issuer's.

use serde_json::Value;
use url::Url;

use super::super::super::{Fault, ROW};
use super::Object;
use super::outside::address;
use crate::decisions::jwt::{Source, Trust};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "jwt-jku-allowed-by-prefix",
        what: "A jku is trusted whose text begins, behind the scheme, with the issuer's host and port.",
        models: "CWE-183, jku.startsWith(origin); RFC 8725 section 3.10",
        breaks: &["RFC7515-10.3-1", "RFC8725-3.10-1", "RFC9068-4-9"],
        install: |d| {
            d.jwt.source = |header, claims| {
                listed(header, claims, |jku, issuer| {
                    let behind = |url: &str| url.split_once("://").map(|(_, rest)| rest.to_owned());
                    let (jku, issuer) = (behind(jku), behind(&origin(issuer)));
                    jku.zip(issuer)
                        .is_some_and(|(jku, issuer)| jku.starts_with(&issuer))
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-jku-allowed-by-containing",
        what: "A jku is trusted in whose text the issuer's host is found.",
        models: "CWE-183, jku.includes(host); RFC 8725 section 3.10",
        breaks: &["RFC7515-10.3-1", "RFC8725-3.10-1", "RFC9068-4-9"],
        install: |d| {
            d.jwt.source = |header, claims| {
                listed(header, claims, |jku, issuer| {
                    let origin = origin(issuer);
                    let host = origin.split("://").nth(1).unwrap_or_default();
                    // the own beginning is the other mistake
                    !jku.starts_with(&origin) && jku.contains(host)
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-jku-vouched-for-by-one-key",
        what: "A set behind jku is trusted whole where one of its keys is named like one of the issuer's.",
        models: "RFC 8725 section 3.10; the origin of one key taken for that of the set",
        breaks: &["RFC7515-10.3-1", "RFC8725-3.10-1", "RFC9068-4-9"],
        install: |d| d.jwt.source = |header, _| address(header, "jku", Trust::IfOneIsKnown),
        ..ROW
    },
    Fault {
        name: "jwt-embedded-jwk-leads-elsewhere",
        what: "A jwk that is an address, or a key with jku or x5u inside, is fetched.",
        models: "CWE-918, libraries that resolve what a JWK refers to",
        breaks: &["RFC8725-3.10-1", "RFC7515-10.3-1", "CWE-918"],
        install: |d| {
            d.jwt.asks = |header, _| match header.get("jwk") {
                Some(Value::String(url)) => vec![url.clone()],
                Some(Value::Object(jwk)) => ["jku", "x5u"]
                    .iter()
                    .filter_map(|name| jwk.get(*name)?.as_str().map(str::to_owned))
                    .collect(),
                _ => Vec::new(),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-any-issuer-discovered",
        what: "The metadata of whatever iss says is fetched before it is known to be trusted.",
        models: "CWE-918, discovery by the token's own iss",
        breaks: &["RFC8725-3.10-1", "CWE-918"],
        install: |d| {
            d.jwt.asks = |_, claims| {
                let iss = claims.get("iss").and_then(Value::as_str);
                iss.filter(|iss| iss.starts_with("http"))
                    .map(|iss| format!("{iss}/.well-known/openid-configuration"))
                    .into_iter()
                    .collect()
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-distributed-claims-fetched",
        what: "Where a token says that claims are elsewhere, they are fetched before it is verified.",
        models: "CWE-918; OpenID Connect Core section 5.6.2",
        breaks: &["RFC8725-3.10-1", "CWE-918"],
        install: |d| {
            d.jwt.asks = |_, claims| {
                let sources = claims.get("_claim_sources").and_then(Value::as_object);
                sources
                    .into_iter()
                    .flat_map(|sources| sources.values())
                    .filter_map(|source| source.get("endpoint")?.as_str().map(str::to_owned))
                    .collect()
            };
        },
        ..ROW
    },
];

/// The set behind `jku`, where the allow list of the issuer's places has it.
fn listed(header: &Object, claims: &Object, allows: fn(&str, &str) -> bool) -> Source {
    let text = |object: &Object, name: &str| {
        let value = object.get(name).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    if allows(&text(header, "jku"), &text(claims, "iss")) {
        address(header, "jku", Trust::Always)
    } else {
        Source::Issuer
    }
}

/// Scheme, host and port of an issuer.
fn origin(issuer: &str) -> String {
    Url::parse(issuer).map_or_else(
        |_| issuer.to_owned(),
        |url| url.origin().ascii_serialization(),
    )
}
