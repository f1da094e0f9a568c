//! Mistakes with request objects.

use serde_json::Value;

use super::super::Fault;
use super::SERVER;
use super::assertion::is_none;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-jar-ignored",
        what: "The metadata announces request objects, and they are ignored.",
        models: "a template never cleaned up; RFC 8414 section 2",
        breaks: &["RFC8414-2-18"],
        install: |d| d.grant.request.joined = |_, outside| outside.clone(),
        ..SERVER
    },
    Fault {
        name: "as-jar-none",
        what: "A request object with the algorithm none needs no signature.",
        models: "OpenID Connect Core section 6.1, where it was allowed",
        breaks: &["RFC7518-3.6-3", "RFC8725-3.1-5", "RFC9101-10.5-2"],
        install: |d| d.grant.request.object.unsecured = is_none,
        ..SERVER
    },
    Fault {
        name: "as-jar-not-verified",
        what: "A request object is decoded, and its signature not looked at.",
        models: "jwt.decode in place of jwt.verify; CWE-347",
        breaks: &["RFC8725-3.1-5", "RFC9101-6.2-1", "RFC9126-3-2"],
        install: |d| d.grant.request.object.unsecured = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-jar-keys-pooled",
        what: "The keys of all clients verify the request object of each.",
        models: "one key set for all clients; RFC 9101 section 6.2",
        breaks: &["RFC8725-3.1-5", "RFC9101-6.2-2"],
        install: |d| d.grant.request.object.pools_keys = true,
        ..SERVER
    },
    Fault {
        name: "as-jar-aud-ignored",
        what: "A request object for another server is taken.",
        models: "aud is verified only on request in most libraries",
        breaks: &["CWE-346"],
        install: |d| d.grant.request.object.audience = |_, _| Ok(()),
        ..SERVER
    },
    Fault {
        name: "as-jar-iss-ignored",
        what: "A request object is verified with the keys of its client_id, and iss not looked at.",
        models: "RFC 9101 section 4",
        breaks: &["CWE-346"],
        install: |d| {
            let rules = &mut d.grant.request;
            rules.object.issuer = |claims, issuer| {
                Ok(claims.get("client_id").and_then(Value::as_str) == Some(issuer))
            };
            rules.of_client =
                |claims, client| claims.get("client_id").and_then(Value::as_str) == Some(client.id);
        },
        ..SERVER
    },
    Fault {
        name: "as-jar-client-id-ignored",
        what: "client_id inside a request object may be another client's.",
        models: "RFC 9101 section 6.3",
        breaks: &["CWE-345", "RFC9101-5-2", "RFC9101-6.3-2"],
        install: |d| {
            d.grant.request.of_client =
                |claims, client| claims.get("iss").and_then(Value::as_str) == Some(client.id);
        },
        ..SERVER
    },
    Fault {
        name: "as-jar-exp-ignored",
        what: "A request object works though it expired.",
        models: "ignoreExpiration: true",
        breaks: &["CWE-613"],
        install: |d| {
            d.grant.request.object.expiry = |_, _| Ok(());
            d.grant.request.object.span = |_, _| Ok(());
        },
        ..SERVER
    },
    Fault {
        name: "as-jar-outside-fills",
        what: "What a request object lacks is taken from the address.",
        models: "OpenID Connect Core section 6.1; RFC 9101 section 5",
        breaks: &["RFC9101-5-3"],
        install: |d| {
            d.grant.request.joined = |inside, outside| {
                let mut joined = outside.clone();
                joined.override_with(inside);
                joined
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-jar-nested",
        what: "A request object may name another request.",
        models: "RFC 9101 section 4",
        breaks: &["RFC9101-4-6", "CWE-674"],
        install: |d| d.grant.request.nested = true,
        ..SERVER
    },
    Fault {
        name: "as-jar-any-kind",
        what: "A JWT of another kind is taken for a request object.",
        models: "RFC 8725 section 3.11, typ not looked at",
        breaks: &["RFC8725-3.12-2"],
        install: |d| d.grant.request.object.kind = |_| Ok(()),
        ..SERVER
    },
    Fault {
        name: "as-jar-doubles-as-assertion",
        what: "A request object with the client as its sub is taken, which is a client assertion too.",
        models: "RFC 9101 section 10.8",
        breaks: &["RFC8725-3.12-2"],
        install: |d| d.grant.request.doubles_as_assertion = true,
        ..SERVER
    },
    Fault {
        name: "as-jar-fetches-any-uri",
        what: "Any request_uri is fetched, before the client is looked up.",
        models: "CVE-2020-10770, Keycloak; CWE-918",
        breaks: &["CWE-918"],
        install: |d| d.grant.request.fetches = |uri| uri.starts_with("http"),
        ..SERVER
    },
    Fault {
        name: "as-jar-beside-a-request-uri",
        what: "Where request and request_uri are both there, request counts.",
        models: "if (params.request) ... else if; RFC 9101 section 5",
        breaks: &["RFC9101-5-1", "OIDC-CORE-6-1"],
        install: |d| d.grant.request.takes_both = true,
        ..SERVER
    },
    Fault {
        name: "as-jar-not-demanded",
        what: "A client that is registered to sign its requests can ask without.",
        models: "RFC 9101 section 10.5, a member that is stored and never read",
        breaks: &["RFC9101-10.5-1", "RFC9126-2.3-2"],
        install: |d| d.grant.request.plain_of_signers = true,
        ..SERVER
    },
    Fault {
        name: "as-jar-request-uri-wrong-error",
        what: "A request_uri where none is supported is answered with invalid_request.",
        models: "OpenID Connect Core section 6.2, the general code",
        breaks: &["OIDC-CORE-6.2-1"],
        install: |d| d.grant.request.uri_error = "invalid_request",
        ..SERVER
    },
    Fault {
        name: "as-jar-encryption-not-demanded",
        what: "A client that is registered to encrypt its requests may send them in the clear.",
        models: "RFC 9101 section 6.1, whichever form the parser finds",
        breaks: &["CWE-311"],
        install: |d| d.grant.request.clear_of_sealers = true,
        ..SERVER
    },
];
