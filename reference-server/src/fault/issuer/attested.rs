//! Mistakes with clients for which an attester vouches.

use super::super::Fault;
use super::SERVER;
use crate::decisions::grant::attested;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-attestation-not-verified",
        what: "The attester's JWT is decoded, and its signature not looked at.",
        models: "jwt.decode in place of jwt.verify; CWE-347",
        breaks: &["CWE-347"],
        install: |d| d.grant.attested.rules.unsecured = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-attestation-never-expires",
        what: "An attestation is taken after its time.",
        models: "ignoreExpiration: true; CWE-613",
        breaks: &["CWE-613"],
        install: |d| d.grant.attested.rules.expiry = |_, _| Ok(()),
        ..SERVER
    },
    Fault {
        name: "as-attestation-of-nobody",
        what: "An attestation that names no client is good for any.",
        models: "client_id of the form in place of sub; CWE-287",
        breaks: &["CWE-287"],
        install: |d| d.grant.attested.rules.subject = |_| Ok(()),
        ..SERVER
    },
    Fault {
        name: "as-attestation-proof-of-any-key",
        what: "The proof is decoded, and not verified with the key of the attestation.",
        models: "two JWTs verified by one helper that knows one key; CWE-347",
        breaks: &["CWE-347"],
        install: |d| d.grant.attested.signed = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-attestation-proof-for-anyone",
        what: "The proof may be for another server.",
        models: "aud is verified only on request in most libraries; CWE-346",
        breaks: &["CWE-346"],
        install: |d| {
            d.grant.attested.sound =
                |claims, _, now| attested::named(claims) && attested::young(claims, now);
        },
        ..SERVER
    },
    Fault {
        name: "as-attestation-proof-again",
        what: "A proof works again as long as it is young.",
        models: "jti not kept; CWE-294",
        breaks: &["CWE-294"],
        install: |d| d.grant.attested.once = false,
        ..SERVER
    },
];
