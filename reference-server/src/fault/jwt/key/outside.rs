//! Keys from outside: from the token itself, or from where the token says.

use serde_json::Value;

use super::super::super::{Fault, ROW};
use super::Object;
use crate::decisions::jwt::{Source, Trust};
use crate::keys::{Key, form};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "jwt-embedded-jwk-trusted",
        what: "A token is verified with the key in its own header jwk.",
        models: "CVE-2018-0114, node-jose",
        breaks: &["RFC7515-10.3-1", "RFC9068-4-9"],
        install: |d| {
            d.jwt.source = |header, _| {
                let key = header
                    .get("jwk")
                    .and_then(Value::as_object)
                    .and_then(|jwk| header_key(header, Key::material(jwk)?));
                key.map_or(Source::Issuer, |key| Source::Embedded(vec![key]))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-embedded-x5c-trusted",
        what: "A token is verified with the certificate in its own header x5c, whoever signed that.",
        models: "RFC 7515 section 4.1.6, a chain that is read and not validated",
        breaks: &["RFC7515-4.1.6-1", "RFC7515-10.3-1", "RFC9068-4-9"],
        install: |d| {
            d.jwt.source = |header, _| {
                let key = header
                    .get("x5c")
                    .and_then(|chain| crate::encoding::base64_decode(chain.get(0)?.as_str()?))
                    .and_then(|certificate| form::from_certificate(&certificate))
                    .and_then(|key| header_key(header, key));
                key.map_or(Source::Issuer, |key| Source::Embedded(vec![key]))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-x5c-any-certificate-vouches",
        what: "A list of certificates is trusted whole where one of them is for a known key.",
        models: "RFC 7515 section 4.1.6, certificates.some(isTrusted)",
        breaks: &["RFC7515-4.1.6-1", "RFC7515-10.3-1", "RFC9068-4-9"],
        install: |d| {
            d.jwt.source = |header, _| {
                let chain = header.get("x5c").and_then(Value::as_array);
                let keys: Vec<Key> = chain
                    .into_iter()
                    .flatten()
                    .filter_map(|one| crate::encoding::base64_decode(one.as_str()?))
                    .filter_map(|one| header_key(header, form::from_certificate(&one)?))
                    .collect();
                if keys.is_empty() {
                    Source::Issuer
                } else {
                    Source::Chain(keys)
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-jku-trusted",
        what: "The key set is fetched from where the header jku says, and believed.",
        models: "RFC 8725 section 3.10",
        breaks: &["RFC7515-10.3-1", "RFC8725-3.10-1", "RFC9068-4-9"],
        install: |d| d.jwt.source = |header, _| address(header, "jku", Trust::Always),
        ..ROW
    },
    Fault {
        name: "jwt-jku-fetched",
        what: "The address in jku is fetched before its key is found not to be trusted.",
        models: "CWE-918; RFC 8725 section 3.10",
        breaks: &["RFC8725-3.10-1", "CWE-918"],
        install: |d| d.jwt.source = |header, _| address(header, "jku", Trust::Never),
        ..ROW
    },
    Fault {
        name: "jwt-x5u-fetched",
        what: "The address in x5u is fetched before its certificate is found not to be trusted.",
        models: "CWE-918; RFC 8725 section 3.10",
        breaks: &["RFC8725-3.10-1", "CWE-918"],
        install: |d| d.jwt.source = |header, _| address(header, "x5u", Trust::Never),
        ..ROW
    },
    Fault {
        name: "jwt-kid-fetched",
        what: "A kid that is an address is fetched.",
        models: "CWE-918",
        breaks: &["RFC8725-3.10-1", "CWE-918"],
        install: |d| d.jwt.source = |header, _| address(header, "kid", Trust::Never),
        ..ROW
    },
    Fault {
        name: "jwt-keys-of-any-issuer",
        what: "The keys of all trusted issuers are one pool, and each may sign for every other.",
        models: "one key resolver for several tenants; RFC 8725 section 3.8",
        breaks: &["RFC8725-3.8-1", "RFC9068-4-9"],
        install: |d| d.jwt.pools_keys = true,
        ..ROW
    },
    Fault {
        name: "jwt-key-set-never-fetched-again",
        what: "The key set is fetched once; a key that is added later is unknown until the cache is old.",
        models: "a key set read at start-up",
        breaks: &["CWE-324"],
        install: |d| d.jwt.refetches = false,
        ..ROW
    },
    Fault {
        name: "jwt-key-set-kept-for-ever",
        what: "A key that the issuer withdrew verifies as long as the server runs.",
        models: "CWE-324, a cache without an end",
        breaks: &["RFC7515-10.3-1", "CWE-324"],
        install: |d| d.jwt.key_set_life = u64::MAX,
        ..ROW
    },
    Fault {
        name: "jwt-key-set-outage-fails-open",
        what: "A token whose key set can't be fetched is let through.",
        models: "CWE-636, catch (error) { next() }",
        breaks: &["RFC7515-5.2-1", "CWE-636"],
        install: |d| d.jwt.opens_on_outage = true,
        ..ROW
    },
];

/// The key for the algorithm and the name in the header: it comes with the token, so both fit.
fn header_key(header: &Object, key: Key) -> Option<Key> {
    let alg = header.get("alg").and_then(Value::as_str)?;
    let kid = header.get("kid").and_then(Value::as_str);
    Some(key.under(alg)?.named(kid))
}

pub(super) fn address(header: &Object, name: &str, trust: Trust) -> Source {
    match header.get(name).and_then(Value::as_str) {
        Some(url) if url.starts_with("http") => Source::Address {
            url: url.to_owned(),
            trust,
        },
        _ => Source::Issuer,
    }
}
