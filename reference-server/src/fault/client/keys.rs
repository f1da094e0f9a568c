//! Mistakes with keys, algorithms and headers of ID tokens: those of an API, made by a client.

use serde_json::Value;

use super::super::{Fault, faults};
use super::CLIENT;
use crate::decisions::Decisions;
use crate::decisions::jwt::{self, Source, Trust, ensure};
use crate::keys::Key;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-id-token-any-algorithm",
        what: "An ID token under any algorithm that the provider's key can do is taken.",
        models: "algorithms: [header.alg]; OIDC Core 3.1.3.7 item 7",
        breaks: &["OIDC-CORE-3.1.3.7-8", "RFC8725-3.1-4"],
        install: |d| {
            d.client.algorithm = |_, _| true;
            as_at_an_api(d, "jwt-header-chooses-hash");
        },
        ..CLIENT
    },
    Fault {
        name: "client-id-token-any-key-text-as-hmac",
        what: "The header of an ID token chooses HMAC, and the provider's key, as the library keeps it, is the secret.",
        models: "CVE-2022-29217, PyJWT; CVE-2026-22817; libraries keep PEM, DER, JWK or the numbers",
        breaks: &["RFC8725-3.1-4", "OIDC-CORE-3.1.3.7-8"],
        install: |d| {
            d.client.algorithm = |_, _| true;
            d.client.id_token.select = |header, keys| {
                let found = jwt::select(header, keys)?;
                if header.get("alg").is_none_or(|alg| alg != "HS256") {
                    return Ok(found);
                }
                let mut secrets = Vec::new();
                for fault in faults() {
                    if fault.groups.contains(&"confusion") && fault.name != "jwt-confusion-spki-pem"
                    {
                        let mut api = Decisions::right();
                        (fault.install)(&mut api);
                        secrets.extend((api.jwt.select)(header, keys)?);
                    }
                }
                Ok(secrets)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-id-token-hmac-by-secret",
        what: "An ID token under HMAC with the client's secret is taken, though another algorithm was agreed.",
        models: "one list of algorithms for all providers, with HS256 in it; OIDC Core 3.1.3.7 item 7",
        breaks: &["OIDC-CORE-3.1.3.7-8"],
        install: |d| {
            d.client.algorithm = |_, _| true;
            d.client.answers.shared =
                |registration| Some(Key::secret(registration.client_secret.as_bytes()));
        },
        ..CLIENT
    },
    Fault {
        name: "client-key-set-never-fetched-again",
        what: "The provider's key set is fetched once.",
        models: "OIDC Core 10.1.1; keys read at start",
        breaks: &["OIDC-CORE-10.1.1-2"],
        install: |d| {
            d.client.id_token.refetches = false;
            d.client.id_token.key_set_life = u64::MAX;
        },
        ..CLIENT
    },
    Fault {
        name: "client-key-set-kept-for-ever",
        what: "A key that the provider withdrew goes on vouching.",
        models: "a key set that is added to and never replaced; CWE-324",
        breaks: &["CWE-324"],
        install: |d| d.client.id_token.key_set_life = u64::MAX,
        ..CLIENT
    },
    Fault {
        name: "client-key-set-outage-fails-open",
        what: "An ID token whose key can't be fetched is taken.",
        models: "catch (e) { log(e) } around the verification; CWE-636",
        breaks: &["CWE-636"],
        install: |d| as_at_an_api(d, "jwt-key-set-outage-fails-open"),
        ..CLIENT
    },
    Fault {
        name: "client-key-set-all-or-nothing",
        what: "One key that can't be read makes the provider's whole set useless.",
        models: "keys.map(toKey) that throws; RFC 7517 section 5",
        breaks: &["RFC7517-5-4"],
        install: |d| as_at_an_api(d, "jwt-key-set-all-or-nothing"),
        ..CLIENT
    },
    Fault {
        name: "client-encryption-key-verifies",
        what: "A key that the provider publishes for encryption vouches for ID tokens.",
        models: "RFC 7517 sections 4.2 and 4.3",
        breaks: &["OIDC-CORE-3.1.3.7-7", "CWE-347"],
        install: |d| as_at_an_api(d, "jwt-encryption-key-verifies"),
        ..CLIENT
    },
    Fault {
        name: "client-published-secret-verifies",
        what: "A symmetric key in the provider's public set vouches for ID tokens.",
        models: "JWK libraries that build any key; CWE-321",
        breaks: &["OIDC-CORE-3.1.3.7-8", "CWE-321"],
        install: |d| {
            d.client.algorithm = |_, _| true;
            as_at_an_api(d, "jwt-published-secret-verifies");
        },
        ..CLIENT
    },
    Fault {
        name: "client-jku-trusted",
        what: "An ID token is verified with the keys behind its own header jku.",
        models: "RFC 7515 section 10.3; RFC 8725 section 3.10",
        breaks: &["OIDC-CORE-3.1.3.7-7", "RFC8725-3.10-2"],
        install: |d| {
            d.client.id_token.source = |header, _| match header.get("jku") {
                Some(Value::String(url)) => Source::Address {
                    url: url.clone(),
                    trust: Trust::Always,
                },
                _ => Source::Issuer,
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-header-addresses-fetched",
        what: "Addresses in the header of an ID token are asked before it is verified.",
        models: "CWE-918; libraries that resolve jku, x5u, kid or jwk",
        breaks: &["RFC8725-3.10-2", "CWE-918"],
        install: |d| {
            d.client.id_token.asks = |header, _| {
                let members = ["jku", "x5u", "kid", "jwk"];
                let named = members
                    .iter()
                    .filter_map(|name| header.get(*name)?.as_str());
                named
                    .filter(|value| value.starts_with("http"))
                    .map(str::to_owned)
                    .collect()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-id-token-certificate-trusted",
        what: "An ID token is verified with the key of a certificate that it brings.",
        models: "RFC 7515 section 4.1.6; x5c[0] taken for the key",
        breaks: &["OIDC-CORE-3.1.3.7-7", "RFC8725-3.10-2"],
        install: |d| as_at_an_api(d, "jwt-embedded-x5c-trusted"),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-crit-ignored",
        what: "The header crit of an ID token is not looked at.",
        models: "RFC 7515 section 4.1.11; CVE-2026-32597, PyJWT",
        breaks: &["CWE-358"],
        install: |d| as_at_an_api(d, "jwt-crit-ignored"),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-header-claims-count",
        what: "Claims that stand in the header of an ID token count, whatever the payload says.",
        models: "header and payload merged into one map; RFC 7519 section 5.3",
        breaks: &["CWE-345"],
        install: |d| as_at_an_api(d, "jwt-header-claims-count"),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-iss-by-prefix",
        what: "The iss of an ID token need only begin with the issuer.",
        models: "iss.startsWith(issuer)",
        breaks: &["OIDC-CORE-3.1.3.7-2", "OIDC-CORE-16.15-1"],
        install: |d| as_at_an_api(d, "jwt-iss-by-prefix"),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-iss-normalised",
        what: "The iss of an ID token is compared without case, scheme and final slash.",
        models: "URL normalisation; RFC 7519 section 7.3",
        breaks: &["OIDC-CORE-3.1.3.7-2"],
        install: |d| as_at_an_api(d, "jwt-iss-normalised"),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-iss-array-taken",
        what: "An iss that is an array containing the issuer is taken.",
        models: "CVE-2025-30144; CWE-843",
        breaks: &["OIDC-CORE-3.1.3.7-2"],
        install: |d| as_at_an_api(d, "jwt-iss-array-taken"),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-aud-list-refused",
        what: "An ID token is refused whose aud is a list.",
        models: "claims.aud !== clientId; RFC 7519 section 4.1.3",
        breaks: &["CWE-697"],
        install: |d| {
            d.client.id_token.audience = |claims, names| {
                let aud = claims.get("aud").and_then(Value::as_str);
                ensure(aud.is_some_and(|aud| names.iter().any(|name| name == aud)))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-id-token-aud-by-containing",
        what: "The client need only be found somewhere in the aud of an ID token.",
        models: "aud.includes(client_id) on a text",
        breaks: &["OIDC-CORE-3.1.3.7-3"],
        install: |d| as_at_an_api(d, "jwt-aud-by-substring"),
        ..CLIENT
    },
];

/// The same mistake as in the guard of an API.
fn as_at_an_api(d: &mut Decisions, name: &str) {
    let mut api = Decisions {
        jwt: d.client.id_token.clone(),
        ..d.clone()
    };
    for fault in faults().iter().filter(|fault| fault.name == name) {
        (fault.install)(&mut api);
    }
    d.client.id_token = api.jwt;
}
