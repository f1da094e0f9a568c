//! Mistakes on the way to the provider, and between several: whose certificate counts, which address is asked, whose
//! secret is sent, whose account it is.

use serde_json::Value;

use super::{CLIENT, Fault};
use crate::Upstream;
use crate::decisions::client as right;
use crate::upstream::metadata_addresses;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-certificate-not-verified",
        what: "Any certificate of the provider counts.",
        models: "verify=False, NODE_TLS_REJECT_UNAUTHORIZED=0, InsecureSkipVerify: left over from a test stage (CWE-295)",
        breaks: &[
            "RFC6749-10.9-1",
            "OIDC-CORE-16.17-1",
            "RFC8414-6.1-2",
            "RFC6750-5.3-2",
            "RFC9728-7.3-1",
            "RFC7009-5-2",
            "RFC7591-5-7",
            "CWE-295",
        ],
        install: |d| d.transport.trusts = |builder| builder.tls_danger_accept_invalid_certs(true),
        ..CLIENT
    },
    Fault {
        name: "client-certificate-name-not-verified",
        what: "A certificate of the authority counts for any name.",
        models: "CURLOPT_SSL_VERIFYHOST=1, check_hostname = False, ALLOW_ALL_HOSTNAME_VERIFIER (CWE-297)",
        breaks: &[
            "RFC6749-10.9-1",
            "OIDC-CORE-16.17-1",
            "RFC8414-6.1-2",
            "RFC6750-5.3-2",
            "RFC9728-7.3-1",
            "RFC7009-5-2",
            "RFC7591-5-7",
            "CWE-297",
        ],
        install: |d| {
            d.transport.trusts = |builder| builder.tls_danger_accept_invalid_hostnames(true)
        },
        ..CLIENT
    },
    Fault {
        name: "client-metadata-of-any-issuer",
        what: "Metadata is used whichever issuer it names.",
        models: "discovery that reads the endpoints and nothing else: mozilla-django-oidc's settings, python-social-auth",
        breaks: &["RFC8414-3.3-2", "RFC8414-6.2-1"],
        install: |d| d.client.discovery = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-http-endpoints-taken",
        what: "Endpoints of an https provider may be plain http.",
        models: "discovery documents taken as they come; Authlib and python-social-auth look at no scheme",
        breaks: &[
            "RFC6749-10.8-1",
            "RFC6750-5.3-1",
            "RFC9449-2-1",
            "RFC7009-2-4",
            "RFC8628-3.1-2",
            "CWE-319",
            "CWE-918",
        ],
        install: |d| d.transport.endpoints = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-endpoints-guessed",
        what: "The token endpoint is the issuer and /token, whatever the metadata says.",
        models: "a tutorial of one provider, copied for another",
        breaks: &["RFC9700-2.6-2", "RFC6749-3.2-2"],
        install: |d| {
            d.transport.learns = |mut metadata, issuer| {
                let guessed = format!("{}/token", issuer.trim_end_matches('/'));
                metadata.insert("token_endpoint".to_owned(), Value::from(guessed));
                metadata
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-one-place-of-metadata",
        what: "Metadata is looked for at one of its well-known places only.",
        models: "MCP clients before the second edition of their specification",
        breaks: &["RFC8414-3.1-3"],
        install: |d| {
            d.transport.addresses =
                |issuer| metadata_addresses(issuer).into_iter().take(1).collect();
        },
        ..CLIENT
    },
    Fault {
        name: "client-one-registration-for-all",
        what: "Identifier and secret of the first provider are sent to every provider.",
        models: "one client configuration for all servers of an MCP client; CWE-522",
        breaks: &["RFC6749-10.8-1", "CWE-522"],
        install: |d| {
            d.transport.registered = |second, first| Upstream {
                issuer: second.issuer.clone(),
                ..first.clone()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-account-by-subject-alone",
        what: "The account is that of the subject, whichever provider names it.",
        models: "a users table with a unique column sub; CVE-2024-9487 and its like by e-mail",
        breaks: &["OIDC-CORE-5.7-1", "CWE-287"],
        install: |d| d.transport.account = |user| user.subject.clone(),
        ..CLIENT
    },
    Fault {
        name: "client-iss-unannounced-not-compared",
        what: "An iss of a provider that does not announce to send it is not looked at.",
        models: "if (metadata.authorization_response_iss_parameter_supported) around the whole check",
        breaks: &["RFC9207-2.4-5"],
        install: |d| {
            d.client.answered_by = |answer, issuer, announced| {
                !announced || right::answered_by(answer, issuer, announced)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-iss-always-demanded",
        what: "A callback without iss is refused, whatever the provider announces.",
        models: "one rule for all providers, written for the first",
        breaks: &["RFC9207-2.4-6"],
        install: |d| {
            d.client.answered_by = |answer, issuer, _| right::answered_by(answer, issuer, true);
        },
        ..CLIENT
    },
    Fault {
        name: "client-endpoints-with-user-names",
        what: "Endpoints may be addresses with a user name, which can look like a host.",
        models: "https://accounts.example@elsewhere.example/token, in metadata taken as it comes; RFC 9110 section 4.2.4",
        breaks: &["RFC9110-4.2.4-3"],
        install: |d| d.transport.bare = |_| true,
        ..CLIENT
    },
    Fault {
        name: "client-slash-of-the-issuer-kept",
        what: "The well-known part is appended to an issuer that ends with a slash.",
        models: "`${issuer}/.well-known/openid-configuration`; RFC 8414 section 3.1",
        breaks: &["RFC8414-3.1-2"],
        install: |d| {
            d.transport.addresses = |issuer| {
                let mut all = metadata_addresses(issuer);
                if issuer.ends_with('/') {
                    all = vec![format!("{issuer}/.well-known/openid-configuration")];
                }
                all
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-falls-back-to-old-tls",
        what: "After a handshake that failed the next one offers TLS 1.1.",
        models: "the fallback of browsers and HTTP libraries until POODLE; CVE-2014-3566, RFC 9325 section 3.1.3",
        breaks: &["RFC9325-3.1.1-3", "RFC9325-3.1.3-1"],
        install: |d| d.transport.falls_back = true,
        ..CLIENT
    },
];
