//! Mistakes with the JWTs by which clients say who they are.

use serde_json::Value;

use super::super::Fault;
use super::SERVER;
use crate::clients;
use crate::decisions::bearer::Problem;
use crate::decisions::jwt::{self, Jwt, Object, Source, Trust};
use crate::keys::Key;
use crate::keys::form::{pem, spki};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-assertion-none",
        what: "A client assertion with the algorithm none needs no signature.",
        models: "jwt.verify(token, key) without algorithms; RFC 8725 section 3.1",
        breaks: &["RFC7523-3-11", "RFC7518-3.6-3", "RFC8725-3.1-5"],
        install: |d| d.grant.assertion.rules.unsecured = is_none,
        ..SERVER
    },
    Fault {
        name: "as-assertion-not-verified",
        what: "A client assertion is decoded, and its signature not looked at.",
        models: "jwt.decode in place of jwt.verify; CWE-347",
        breaks: &["RFC7523-3-12", "RFC7523-3-11"],
        install: |d| d.grant.assertion.rules.unsecured = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-assertion-keys-pooled",
        what: "The keys of all clients verify the assertion of each.",
        models: "one key set for all clients; CWE-347",
        breaks: &["RFC7523-3-12"],
        install: |d| d.grant.assertion.rules.pools_keys = true,
        ..SERVER
    },
    Fault {
        name: "as-assertion-confusion",
        what: "The header chooses HMAC, and the client's public key is its secret.",
        models: "CVE-2015-9235, at the token endpoint",
        breaks: &["RFC8725-3.1-5"],
        install: |d| d.grant.assertion.rules.select = confused,
        ..SERVER
    },
    Fault {
        name: "as-assertion-any-algorithm",
        what: "Any algorithm that fits the client's key is taken, whatever the metadata lists.",
        models: "algorithms: jwk.kty === 'RSA' ? all RSA algorithms : ...",
        breaks: &["RFC8725-3.1-5"],
        install: |d| {
            let rules = &mut d.grant.assertion.rules;
            rules.select = |_, keys| Ok(keys.to_vec());
            rules.signature = |signed| {
                let alg = signed.header.get("alg").and_then(Value::as_str);
                let key = alg.and_then(|alg| signed.key.under(alg));
                key.is_some_and(|key| key.verify(signed.input, signed.signature))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-assertion-brings-its-key",
        what: "A client assertion is verified with the key in its own header.",
        models: "CVE-2018-0114, at the token endpoint",
        breaks: &["RFC7523-3-12"],
        install: |d| {
            d.grant.assertion.rules.source = |header, _| match header.get("jwk") {
                Some(Value::Object(jwk)) => {
                    Source::Embedded(Key::material(jwk).into_iter().collect())
                }
                _ => Source::Issuer,
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-assertion-key-set-fetched",
        what: "The key set that a client assertion names in jku is fetched and believed.",
        models: "CWE-918, a resolver of keys that knows every header",
        breaks: &["RFC7523-3-12", "CWE-918"],
        install: |d| {
            d.grant.assertion.rules.source = |header, _| match header.get("jku") {
                Some(Value::String(url)) => Source::Address {
                    url: url.clone(),
                    trust: Trust::Always,
                },
                _ => Source::Issuer,
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-assertion-exp-ignored",
        what: "An assertion never expires.",
        models: "ignoreExpiration: true; RFC 7523 section 3",
        breaks: &["RFC7523-3-7", "RFC7523-3-6", "RFC7519-4.1.4-6"],
        install: |d| {
            d.grant.assertion.rules.expiry = |_, _| Ok(());
            d.grant.assertion.rules.span = |_, _| Ok(());
        },
        ..SERVER
    },
    Fault {
        name: "as-assertion-exp-optional",
        what: "An assertion without exp is taken.",
        models: "validation of exp only where it is there, the default of most libraries",
        breaks: &["RFC7523-3-6"],
        install: |d| {
            let rules = &mut d.grant.assertion.rules;
            rules.expiry = |claims, now| match claims.contains_key("exp") {
                true => jwt::expiry(claims, now),
                false => Ok(()),
            };
            rules.span = |_, _| Ok(());
        },
        ..SERVER
    },
    Fault {
        name: "as-assertion-lives-long",
        what: "An assertion may be good for years, or years old.",
        models: "RFC 7523 section 3, no bound on exp and iat",
        breaks: &["RFC7523-3-8"],
        install: |d| d.grant.assertion.rules.span = |_, _| Ok(()),
        ..SERVER
    },
    Fault {
        name: "as-assertion-nbf-ignored",
        what: "nbf of an assertion is not looked at.",
        models: "the default of the jsonwebtoken crate",
        breaks: &["RFC7523-3-9"],
        install: |d| d.grant.assertion.rules.not_before = |_, _| Ok(()),
        ..SERVER
    },
    Fault {
        name: "as-assertion-iss-ignored",
        what: "An assertion is verified by its sub, and iss not looked at.",
        models: "RFC 7523 section 3, findClient(payload.sub)",
        breaks: &["RFC7523-3-1"],
        install: |d| {
            let rules = &mut d.grant.assertion;
            rules.rules.issuer =
                |claims, issuer| Ok(claims.get("sub").and_then(Value::as_str) == Some(issuer));
            rules.identifies = |claims, client_id| by(claims, "sub", client_id);
        },
        ..SERVER
    },
    Fault {
        name: "as-assertion-sub-ignored",
        what: "An assertion is verified by its iss, and sub not looked at.",
        models: "RFC 7523 section 3, findClient(payload.iss)",
        breaks: &["RFC7523-3-2", "RFC7523-3-3"],
        install: |d| {
            let rules = &mut d.grant.assertion;
            rules.rules.subject = |_| Ok(());
            rules.identifies = |claims, client_id| by(claims, "iss", client_id);
        },
        ..SERVER
    },
    Fault {
        name: "as-assertion-aud-ignored",
        what: "An assertion for another server is taken.",
        models: "CVE-2025-27370; aud is verified only on request in most libraries",
        breaks: &["RFC7523-3-4", "RFC7519-4.1.3-5"],
        install: |d| d.grant.assertion.rules.audience = |_, _| Ok(()),
        ..SERVER
    },
    Fault {
        name: "as-assertion-aud-of-any-endpoint",
        what: "An assertion may be for the token endpoint, or for several servers at once.",
        models: "CVE-2025-27370, RFC 7523 section 3 as it was",
        breaks: &["CWE-290"],
        install: |d| {
            let rules = &mut d.grant.assertion;
            rules.names = |issuer, endpoint| vec![issuer.to_owned(), endpoint.to_owned()];
            rules.rules.audience = jwt::audience;
        },
        ..SERVER
    },
    Fault {
        name: "as-assertion-aud-endpoint-alone",
        what: "An assertion for the issuer is refused, only the address of the endpoint will do.",
        models: "RFC 7523 section 3 as it was",
        breaks: &["RFC8414-2-18"],
        install: |d| d.grant.assertion.names = |_, endpoint| vec![endpoint.to_owned()],
        ..SERVER
    },
    Fault {
        name: "as-assertion-replayed",
        what: "An assertion works again as long as it lives.",
        models: "RFC 7523 section 3, jti not kept",
        breaks: &["RFC7523-3-10"],
        install: |d| d.grant.assertion.once = false,
        ..SERVER
    },
    Fault {
        name: "as-assertion-type-ignored",
        what: "client_assertion_type is not looked at.",
        models: "RFC 7521 section 4.2",
        breaks: &["RFC7523-3-13"],
        install: |d| d.grant.assertion.kind = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-assertion-client-id-ignored",
        what: "client_id may be another client than the assertion's.",
        models: "RFC 7521 section 4.2",
        breaks: &["RFC7523-3-2"],
        install: |d| {
            d.grant.assertion.identifies =
                |claims, _| crate::decisions::grant::assertion::identifies(claims, None);
        },
        ..SERVER
    },
    Fault {
        name: "as-assertion-beside-a-secret",
        what: "A client assertion and a client secret may stand in one request.",
        models: "RFC 6749 section 2.3, the first way that is found counts",
        breaks: &["RFC6749-5.2-7"],
        install: |d| d.grant.assertion.beside_others = true,
        ..SERVER
    },
];

/// What a library takes for no signature.
pub(super) fn is_none(header: &Object, _: &[u8]) -> bool {
    let alg = header.get("alg").and_then(Value::as_str);
    alg.is_some_and(|alg| alg.eq_ignore_ascii_case("none"))
}

/// The client that one claim names.
fn by(claims: &Object, claim: &str, client_id: Option<&str>) -> Option<&'static clients::Client> {
    let name = claims.get(claim).and_then(Value::as_str)?;
    clients::find(name).filter(|_| client_id.is_none_or(|id| id == name))
}

/// The key by the algorithm of the header: its text is the secret of HMAC.
pub(super) fn confused(header: &Object, keys: &[Key]) -> Result<Vec<Key>, Problem> {
    if header.get("alg").and_then(Value::as_str) != Some("HS256") {
        return (Jwt::right().select)(header, keys);
    }
    let text = |key: &Key| pem("PUBLIC KEY", &spki(key)).into_bytes();
    let secrets = keys.iter().map(|key| Key::secret(&text(key)));
    Ok(secrets.collect())
}
