//! Mistakes on the way to the provider: whose certificate counts.

use super::{CLIENT, Fault};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-certificate-not-verified",
        what: "Any certificate of the provider counts.",
        models: "verify=False, NODE_TLS_REJECT_UNAUTHORIZED=0, InsecureSkipVerify: left over from a test stage (CWE-295)",
        breaks: &[
            "RFC6749-10.9-1",
            "OIDC-CORE-16.17-1",
            "RFC8414-6.1-2",
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
            "CWE-297",
        ],
        install: |d| {
            d.transport.trusts = |builder| builder.tls_danger_accept_invalid_hostnames(true)
        },
        ..CLIENT
    },
];
