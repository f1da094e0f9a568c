//! Mistakes with TLS: what is negotiated, who vouches for the server, what browsers are told.

use axum::http::header;
use axum::response::Response;

use super::{Fault, ROW};
use crate::tls::{Choice, Hello};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "tls-old-versions",
        what: "A client that speaks nothing newer gets TLS 1.0 or 1.1.",
        models: "ssl_protocols TLSv1 TLSv1.1 TLSv1.2, the default of nginx before 1.23.4",
        breaks: &["RFC9325-3.1.1-2", "RFC9728-7.1-1", "CWE-326"],
        install: |d| d.tls.before = old_versions,
        ..ROW
    },
    Fault {
        name: "tls-only-1.2",
        what: "TLS 1.3 is not spoken.",
        models: "a load balancer with a policy of 2016",
        breaks: &["CWE-326"],
        install: |d| d.tls.newest = false,
        ..ROW
    },
    Fault {
        name: "tls-nothing-modern",
        what: "Everybody is answered with TLS 1.0.",
        models: "an appliance whose last update was before 2010",
        breaks: &["RFC9325-3.1.1-2", "RFC9728-7.1-1", "CWE-326"],
        install: |d| d.tls.before = nothing_modern,
        ..ROW
    },
    Fault {
        name: "tls-weak-suites",
        what: "Whatever suite the client offers is taken, triple DES and RC4 too.",
        models: "SSLCipherSuite ALL of Apache httpd; CVE-2016-2183, CVE-2013-2566",
        breaks: &["CWE-327"],
        install: |d| d.tls.before = weak_suites,
        ..ROW
    },
    Fault {
        name: "tls-self-signed",
        what: "The server vouches for itself.",
        models: "the certificate of a fresh installation; CWE-295 for whoever then turns the check off",
        breaks: &["CWE-295"],
        install: |d| d.tls.certificate = SELF_SIGNED,
        ..ROW
    },
    Fault {
        name: "tls-without-hsts",
        what: "Browsers are not told to come back over TLS.",
        models: "a framework without its security header middleware; ASVS 3.4.1",
        breaks: &["RFC6797-7.1-3"],
        install: |d| d.tls.every = without_policy,
        ..ROW
    },
];

pub(super) const SELF_SIGNED: &[u8] = include_bytes!("../../keys/tls-self-signed.crt");

pub(super) fn old_versions(hello: &Hello) -> Option<Choice> {
    let old = (0x0301..0x0303).contains(&hello.version);
    old.then(|| first(hello)).flatten()
}

pub(super) fn nothing_modern(_: &Hello) -> Option<Choice> {
    Some(Choice {
        version: 0x0301,
        suite: 0x002f,
    })
}

pub(super) fn weak_suites(hello: &Hello) -> Option<Choice> {
    let strong = |suite: &u16| matches!(suite, 0x1301..=0x1303 | 0xc02b..=0xc030 | 0xcca8 | 0xcca9);
    let weak = hello.version == 0x0303 && !hello.suites.iter().any(strong);
    weak.then(|| first(hello)).flatten()
}

pub(super) fn without_policy(response: &mut Response) {
    let name = header::STRICT_TRANSPORT_SECURITY;
    response.headers_mut().remove(name);
}

fn first(hello: &Hello) -> Option<Choice> {
    Some(Choice {
        version: hello.version,
        suite: *hello.suites.first()?,
    })
}
