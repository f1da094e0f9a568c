//! Mistakes with answers that are tokens, and with tokens that are encrypted.

use super::super::Fault;
use super::CLIENT;
use crate::decisions::jwe::{self as right, Jwe};
use crate::decisions::jwt::Object;
use crate::jwe::{self, Padding, Sealed};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-response-token-not-verified",
        what: "The token of an answer is decoded and its signature never verified.",
        models: "response.split('.')[1]; JARM section 2.4 (CWE-347)",
        breaks: &["CWE-347"],
        install: |d| d.client.answers.response.unsecured = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-response-token-for-anybody",
        what: "An answer for another client is taken.",
        models: "a verifier without an audience; JARM section 2.4",
        breaks: &["CWE-345"],
        install: |d| d.client.answers.response.audience = |_, _| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-response-token-of-any-issuer",
        what: "The issuer of an answer is not compared.",
        models: "a verifier without an issuer: mix-up in spite of JARM, section 2.4",
        breaks: &["CWE-345"],
        install: |d| d.client.answers.response.issuer = |_, _| Ok(true),
        ..CLIENT
    },
    Fault {
        name: "client-response-token-for-ever",
        what: "An answer may be over.",
        models: "ignoreExpiration: true, left over from a test; JARM section 2.4",
        breaks: &["CWE-613"],
        install: |d| d.client.answers.response.expiry = |_, _| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-plain-answer-taken",
        what: "Where a token was asked for, parameters in the address are taken too.",
        models: "const params = query.response ? decode(query.response) : query; JARM section 2.4",
        breaks: &["CWE-345"],
        install: |d| d.client.answers.takes_loose = true,
        ..CLIENT
    },
    Fault {
        name: "client-plain-id-token-taken",
        what: "An ID token that is not encrypted is taken where encrypted ones were agreed.",
        models: "decrypt if it has five parts; OpenID Connect Core section 3.1.3.7 item 1",
        breaks: &["OIDC-CORE-3.1.3.7-1"],
        install: |d| d.client.answers.takes_plain = true,
        ..CLIENT
    },
    Fault {
        name: "client-id-token-any-padding",
        what: "The header of an encrypted ID token chooses the padding, RSA1_5 among them.",
        models: "the defaults of most libraries; RFC 8725 section 3.2, CVE-2020-26939 and its like",
        breaks: &["CWE-327"],
        install: |d| d.client.answers.sealed.content_key = any_padding,
        ..CLIENT
    },
];

fn any_padding(_: &Jwe, header: &Object, sealed: &Sealed) -> Option<Vec<u8>> {
    let padding = match right::text(header, "alg")? {
        "RSA-OAEP-256" => Padding::Oaep256,
        "RSA-OAEP" => Padding::Oaep1,
        "RSA1_5" => Padding::Pkcs1,
        _ => return None,
    };
    jwe::unwrap(padding, &sealed.key).filter(|key| key.len() == 32)
}
