//! Mistakes with clients that show a certificate (RFC 8705).

use super::super::{Fault, bearer};
use super::SERVER;
use crate::decisions::bearer as right;
use crate::{certificate, encoding};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-mtls-name-suffices",
        what: "A client that is registered for a certificate is believed by its client_id where none is shown.",
        models: "ssl_verify_client optional, and a check that is made only where there is a certificate; CWE-636",
        breaks: &["RFC8705-2-1"],
        install: |d| d.grant.mutual.believes_names = true,
        ..SERVER
    },
    Fault {
        name: "as-mtls-certificate-from-field",
        what: "The certificate is taken from a field that a proxy sets, and anybody else.",
        models: "CWE-290: x509cert-lookup of Keycloak for a proxy that isn't there; RFC 9440 section 3",
        breaks: &["RFC8705-2-1", "CWE-290"],
        install: |d| {
            d.grant.mutual.shown =
                |parts| bearer::binding::of_field(parts).or_else(|| right::certificate(parts));
        },
        ..SERVER
    },
    Fault {
        name: "as-mtls-any-client-of-the-authority",
        what: "Whoever has a certificate of the authority is any client.",
        models: "CVE-2023-2422 of Keycloak: a valid certificate, and nobody who asks whose",
        breaks: &["RFC8705-2-4"],
        install: |d| d.grant.mutual.subject = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-mtls-subject-by-substring",
        what: "A subject counts that has the registered name somewhere in it.",
        models: "if ($ssl_client_s_dn ~ CN=client) of nginx, without anchors; CWE-625",
        breaks: &["RFC8705-2-4"],
        install: |d| {
            d.grant.mutual.subject = |registered, shown| {
                let name = registered.split(',').next().unwrap_or_default();
                shown.contains(name)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-mtls-chain-not-validated",
        what: "The subject of any certificate counts, whoever signed it.",
        models: "ssl_verify_client optional_no_ca of nginx; CVE-2023-2422, CWE-295",
        breaks: &["RFC8705-2.1-1"],
        install: |d| d.grant.mutual.vouched = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-mtls-dates-not-looked-at",
        what: "A certificate that has expired counts as on its first day.",
        models: "X509Certificate.verify(key) of Java without checkValidity(); CWE-298",
        breaks: &["RFC8705-2.1-1"],
        install: |d| {
            d.grant.mutual.vouched = |der, _| {
                let first = certificate::not_before(der);
                first.is_some_and(|first| certificate::is_vouched_for(der, first))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-mtls-any-self-signed",
        what: "Any certificate that vouches for itself is that of the client.",
        models: "a trust manager that takes everything, and a client_id; CWE-295",
        breaks: &["RFC8705-2.2-1"],
        install: |d| d.grant.mutual.registered = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-mtls-self-signed-by-name",
        what: "Of a certificate that vouches for itself the name is compared.",
        models: "getSubjectX500Principal().equals(...) for both methods; CWE-297",
        breaks: &["RFC8705-2.2-1"],
        install: |d| {
            d.grant.mutual.registered = |registered, shown| {
                let names = [registered, shown].map(certificate::subject);
                names[0] == names[1]
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-mtls-client-told-by-certificate",
        what: "A request without client_id is that of the client whose certificate is shown.",
        models: "RFC 8705 section 2: a server that searches its clients for the subject",
        breaks: &["RFC8705-2-3"],
        install: |d| d.grant.mutual.told_by_certificate = true,
        ..SERVER
    },
    Fault {
        name: "as-mtls-tokens-unbound",
        what: "Clients authenticate by certificates, and their tokens are bound to none.",
        models: "RFC 8705 section 3.1, a mapper that is off",
        breaks: &["RFC8705-3.1-1"],
        install: |d| d.grant.mutual.confirms = false,
        ..SERVER
    },
    Fault {
        name: "as-mtls-thumbprint-in-hex",
        what: "The thumbprint of the certificate is written in hex.",
        models: "openssl x509 -fingerprint -sha256; RFC 8705 section 3.1",
        breaks: &["RFC8705-3.1-2"],
        install: |d| {
            d.grant.mutual.thumbprint = |der| {
                let octets = encoding::sha256(der);
                octets.iter().map(|octet| format!("{octet:02x}")).collect()
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-mtls-thumbprint-padded",
        what: "The thumbprint of the certificate is padded.",
        models: "Base64.getUrlEncoder() of Java, which pads; RFC 8705 section 3.1",
        breaks: &["RFC8705-3.1-2"],
        install: |d| {
            d.grant.mutual.thumbprint =
                |der| format!("{}=", encoding::base64url(&encoding::sha256(der)));
        },
        ..SERVER
    },
    Fault {
        name: "as-mtls-binding-not-told",
        what: "Introspection doesn't say to which certificate a token is bound.",
        models: "RFC 8705 section 3.2, a list of claims from RFC 7662",
        breaks: &["RFC8705-3.2-1"],
        install: |d| d.grant.mutual.told = false,
        ..SERVER
    },
    Fault {
        name: "as-mtls-refresh-for-any-certificate",
        what: "The refresh token of a public client works with any certificate, or none.",
        models: "RFC 8705 section 4, the certificate of the last request counts",
        breaks: &["RFC8705-4-1"],
        install: |d| d.grant.mutual.refreshes = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-mtls-alias-in-the-clear",
        what: "The metadata names plain addresses for clients with certificates.",
        models: "a template with http:// behind a proxy that ends TLS; RFC 8705 section 5",
        breaks: &["CWE-319"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                let plain = "http://as.internal.example/as/token";
                metadata["mtls_endpoint_aliases"]["token_endpoint"] = plain.into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-mtls-alias-leads-nowhere",
        what: "The metadata names a path for clients with certificates that nobody serves.",
        models: "RFC 8705 section 5, a route that the proxy was to have",
        breaks: &["RFC8414-2-18"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                let alias = &mut metadata["mtls_endpoint_aliases"]["token_endpoint"];
                let text = alias.as_str().unwrap_or_default();
                *alias = text.replace("/as/token", "/mtls/token").into();
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-registration-takes-several-subjects",
        what: "A client is registered whose certificate is told in two ways, or in none.",
        models: "each parameter validated by itself; RFC 8705 section 2.1.2",
        breaks: &["RFC8705-2.1.2-1"],
        install: |d| d.grant.registration.subject = |_| true,
        ..SERVER
    },
];
