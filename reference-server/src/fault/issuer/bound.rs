//! Mistakes with tokens that are bound to a key when they are issued.

use serde_json::{Value, json};

use super::super::Fault;
use super::SERVER;
use super::published::without;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-dpop-says-bearer",
        what: "A bound token is announced as Bearer.",
        models: "RFC 9449 section 5, a constant of the token answer",
        breaks: &["RFC9449-5-3"],
        install: |d| d.grant.bound.kind = "Bearer",
        ..SERVER
    },
    Fault {
        name: "as-dpop-unconfirmed",
        what: "The token answer says DPoP, and the token doesn't say to which key it is bound.",
        models: "RFC 9449 section 6.1",
        breaks: &["RFC9449-6.1-1"],
        install: |d| d.grant.bound.confirms = false,
        ..SERVER
    },
    Fault {
        name: "as-dpop-not-told",
        what: "Introspection doesn't say to which key a token is bound.",
        models: "RFC 9449 section 6.2, a list of claims from RFC 7662",
        breaks: &["RFC9449-6.2-1", "RFC9449-6.2-2"],
        install: |d| d.grant.bound.told = false,
        ..SERVER
    },
    Fault {
        name: "as-dpop-method-ignored",
        what: "htm and htu of a proof are not looked at.",
        models: "RFC 9449 section 4.3, item 8 and 9",
        breaks: &["RFC9449-4.3-13", "RFC9449-4.3-5"],
        install: |d| {
            d.grant.bound.proof.method = |_, _| true;
            d.grant.bound.proof.uri = |_, _| true;
        },
        ..SERVER
    },
    Fault {
        name: "as-dpop-age-ignored",
        what: "A proof of any age is taken.",
        models: "RFC 9449 section 4.3, item 11",
        breaks: &["RFC9449-4.3-16", "RFC9449-4.3-5"],
        install: |d| d.grant.bound.proof.age = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-dpop-nameless",
        what: "A proof without jti is taken.",
        models: "RFC 9449 section 4.3, item 3",
        breaks: &["RFC9449-4.3-5"],
        install: |d| {
            d.grant.bound.proof.name = |_| true;
            d.grant.bound.proof.mark = |_| None;
        },
        ..SERVER
    },
    Fault {
        name: "as-dpop-not-verified",
        what: "A proof is decoded, and its signature not looked at.",
        models: "RFC 9449 section 4.3, item 6; CWE-347",
        breaks: &["CWE-347"],
        install: |d| d.grant.bound.proof.unsecured = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-dpop-any-kind",
        what: "A JWT of any kind is taken for a proof.",
        models: "RFC 9449 section 4.3, item 4",
        breaks: &["CWE-347"],
        install: |d| d.grant.bound.proof.kind = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-dpop-first-of-several",
        what: "Of several DPoP fields the first counts.",
        models: "headers['dpop'], RFC 9449 section 4.3, item 1",
        breaks: &["RFC9449-4.3-2"],
        install: |d| {
            d.grant.bound.proof.field = |headers| {
                let first = headers.get("dpop").and_then(|value| value.to_str().ok());
                let first = first.map(|text| text.split(',').next().unwrap_or_default());
                Ok(first.map(str::to_owned))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-dpop-wrong-error",
        what: "A wrong proof is answered with invalid_request.",
        models: "RFC 9449 section 5",
        breaks: &["RFC9449-5-2"],
        install: |d| d.grant.bound.error = "invalid_request",
        ..SERVER
    },
    Fault {
        name: "as-dpop-refresh-for-any-key",
        what: "The refresh token of a public client works with any key, or none.",
        models: "RFC 9449 section 5, the key of the last proof counts",
        breaks: &["RFC9449-5-4"],
        install: |d| d.grant.bound.refreshes = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-dpop-jkt-ignored",
        what: "The key that an authorization request announces is not compared.",
        models: "RFC 9449 section 10, an unknown parameter is ignored",
        breaks: &["RFC9449-10-1", "RFC9449-10.1-3"],
        install: |d| d.grant.bound.announced = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-dpop-push-with-two-keys",
        what: "A push may announce one key and prove another.",
        models: "RFC 9449 section 10.1, the last one wins",
        breaks: &["RFC9449-10.1-5"],
        install: |d| d.grant.bound.two_keys = true,
        ..SERVER
    },
    Fault {
        name: "as-metadata-dpop-with-hmac",
        what: "The metadata lists HS256 for proofs.",
        models: "every algorithm of the library; RFC 9449 section 5.1",
        breaks: &["CWE-327"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                metadata["dpop_signing_alg_values_supported"] = json!(["ES256", "HS256"]);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-metadata-no-bound-tokens",
        what: "Tokens can't be bound to a key.",
        models: "RFC 9700 section 2.2.1",
        breaks: &["RFC9700-2.2.1-1"],
        install: |d| {
            d.grant.metadata = |metadata: &mut Value, _| {
                without(metadata, "dpop_signing_alg_values_supported");
                without(metadata, "tls_client_certificate_bound_access_tokens");
            };
        },
        ..SERVER
    },
];
