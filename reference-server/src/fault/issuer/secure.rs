//! Mistakes with the way to the authorization server: TLS, the port for plain HTTP, cookies over TLS.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::super::{Fault, tls};
use super::SERVER;
use crate::answer;
use crate::decisions::grant::front;
use crate::decisions::places::refused_in_the_clear;
use crate::tls::Choice;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-tls-old-versions",
        what: "A client that speaks nothing newer gets TLS 1.0 or 1.1.",
        models: "ssl_protocols TLSv1 TLSv1.1 TLSv1.2, the default of nginx before 1.23.4",
        breaks: &["RFC9325-3.1.1-1", "RFC9701-8.2-1", "CWE-326"],
        install: |d| d.tls.before = tls::old_versions,
        ..SERVER
    },
    Fault {
        name: "as-tls-nothing-modern",
        what: "Everybody is answered with TLS 1.0.",
        models: "an appliance whose last update was before 2010",
        breaks: &[
            "RFC9325-3.1.1-1",
            "RFC9325-3.1.1-4",
            "RFC8414-6.1-1",
            "RFC7662-4-9",
            "RFC7591-5-6",
            "RFC9701-8.2-1",
            "CWE-326",
        ],
        install: |d| d.tls.before = tls::nothing_modern,
        ..SERVER
    },
    Fault {
        name: "as-tls-only-1.2",
        what: "TLS 1.3 is not spoken.",
        models: "a load balancer with a policy of 2016",
        breaks: &["RFC9325-3.1.1-5"],
        install: |d| d.tls.newest = false,
        ..SERVER
    },
    Fault {
        name: "as-tls-only-1.3",
        what: "TLS 1.2 is not spoken, though clients and documents still ask for it.",
        models: "ssl_protocols TLSv1.3; RFC 9325 section 3.1.1",
        breaks: &[
            "RFC9325-3.1.1-4",
            "RFC8414-6.1-1",
            "RFC7662-4-9",
            "RFC7591-5-6",
        ],
        install: |d| d.tls.older = false,
        ..SERVER
    },
    Fault {
        name: "as-tls-1.2-before-1.3",
        what: "A client that speaks both gets TLS 1.2.",
        models: "a gateway whose policy lists TLSv1.2 before TLSv1.3; RFC 9325 section 3.1.1",
        breaks: &["RFC9325-3.1.1-6"],
        install: |d| {
            d.tls.before = |hello| {
                let older = hello.suites.iter().find(|suite| **suite >= 0xc02b)?;
                let both = hello.version == 0x0304;
                both.then_some(Choice {
                    version: 0x0303,
                    suite: *older,
                })
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-tls-weak-suites",
        what: "Whatever suite the client offers is taken, triple DES and RC4 too.",
        models: "SSLCipherSuite ALL of Apache httpd; CVE-2016-2183, CVE-2013-2566",
        breaks: &["RFC9325-4.1-1", "RFC9325-4.1-2"],
        install: |d| d.tls.before = tls::weak_suites,
        ..SERVER
    },
    Fault {
        name: "as-tls-order-of-the-client",
        what: "The first suite of the client that the server knows is taken, one without forward secrecy too.",
        models: "ssl_prefer_server_ciphers off beside AES128-GCM-SHA256 in ssl_ciphers",
        breaks: &["RFC9325-4.1-2", "RFC9325-4.1-3"],
        install: |d| {
            d.tls.before = |hello| {
                let suite = *hello.suites.first()?;
                let is_static = matches!(suite, 0x009c | 0x009d | 0x002f | 0x0035);
                (hello.version == 0x0303 && is_static).then_some(Choice {
                    version: 0x0303,
                    suite,
                })
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-tls-for-any-name",
        what: "Whoever asks for another server gets the certificate of this one.",
        models: "the first server block of nginx, which answers for all names; ALPACA, RFC 9325 section 3.7",
        breaks: &["RFC9325-3.7-1"],
        install: |d| d.tls.knows = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-tls-self-signed",
        what: "The server vouches for itself.",
        models: "the certificate of a fresh installation; CWE-295 for whoever then turns the check off",
        breaks: &["CWE-295"],
        install: |d| d.tls.certificate = tls::SELF_SIGNED,
        ..SERVER
    },
    Fault {
        name: "as-tls-without-well-known",
        what: "What is behind /.well-known is served by the port for plain HTTP alone.",
        models: "location /as/ in the server block for 443, and nothing more; RFC 8414 section 3",
        breaks: &["RFC8414-3-2"],
        install: |d| d.tls.serves = |path| !path.starts_with("/.well-known/"),
        ..SERVER
    },
    Fault {
        name: "as-tls-without-hsts",
        what: "Browsers are not told to come back over TLS.",
        models: "a framework without its security header middleware; ASVS 3.4.1",
        breaks: &["RFC6797-7.1-1", "RFC9325-3.2-1"],
        install: |d| d.tls.every = tls::without_policy,
        ..SERVER
    },
    Fault {
        name: "as-hsts-without-age",
        what: "The policy says that it holds for subdomains, and not how long.",
        models: "a field written by hand; RFC 6797 section 6.1.1",
        breaks: &["RFC6797-6.1.1-1"],
        install: |d| d.tls.every = |response| policies(response, &["includeSubDomains"]),
        ..SERVER
    },
    Fault {
        name: "as-hsts-age-twice",
        what: "The policy says twice how long it holds.",
        models: "a value that grew by concatenation; RFC 6797 section 6.1",
        breaks: &["RFC6797-6.1-1"],
        install: |d| {
            d.tls.every =
                |response| policies(response, &["max-age=63072000; preload; max-age=31536000"]);
        },
        ..SERVER
    },
    Fault {
        name: "as-hsts-sent-twice",
        what: "The application sends a policy, and the proxy before it another.",
        models: "helmet() of Express behind add_header of nginx; RFC 6797 section 7.1",
        breaks: &["RFC6797-7.1-2"],
        install: |d| {
            d.tls.every = |response| policies(response, &["max-age=63072000", "max-age=31536000"]);
        },
        ..SERVER
    },
    Fault {
        name: "as-hsts-for-minutes",
        what: "Browsers forget within minutes that they shall come back over TLS.",
        models: "the value of a first trial, never raised; ASVS 3.4.1",
        breaks: &["CWE-319"],
        install: |d| d.tls.every = |response| policies(response, &["max-age=300"]),
        ..SERVER
    },
    Fault {
        name: "as-plain-http-sends-hsts",
        what: "The policy is sent over plain HTTP too.",
        models: "helmet() of Express before a listener for plain HTTP; RFC 6797 section 7.2",
        breaks: &["RFC6797-7.2-2"],
        install: |d| {
            d.places.plain = |_| {
                let mut response = refused_in_the_clear();
                policies(&mut response, &["max-age=31536000"]);
                Some(response)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-plain-http-redirects-for-now",
        what: "Browsers are sent on to https by a redirect that they don't remember.",
        models: "rewrite ^ https://$host$request_uri redirect, of nginx; RFC 6797 section 7.2",
        breaks: &["RFC6797-7.2-1"],
        install: |d| {
            d.places.plain = |parts| {
                let mut response = answer::empty(StatusCode::FOUND);
                let there = format!("https://as.example{}", parts.uri.path());
                answer::set(&mut response, header::LOCATION, &there);
                Some(response)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-plain-http-shows-login",
        what: "The pages for users are served over plain HTTP too.",
        models: "a proxy that guards the API's paths alone; CWE-319",
        breaks: &[
            "RFC6749-3.1-5",
            "OIDC-CORE-3.1.2-1",
            "RFC6797-7.2-1",
            "CWE-319",
        ],
        install: |d| {
            d.places.plain = |parts| {
                let pages = ["/as/authorize", "/as/login", "/as/consent"];
                let served = pages.contains(&parts.uri.path());
                (!served).then(refused_in_the_clear)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-cookie-without-secure",
        what: "The session cookie has no Secure, over TLS too.",
        models: "CWE-614: TLS ends at the proxy, and the framework asks its own connection",
        breaks: &["RFC6265BIS-8.3-3", "CWE-614"],
        install: |d| d.grant.front.cookie = |session, _| front::cookie(session, false),
        ..SERVER
    },
    Fault {
        name: "as-cookie-without-prefix",
        what: "The name of the session cookie has no prefix, so that a subdomain or a page without TLS can set it.",
        models: "ASVS 3.3.3, the default of most frameworks",
        breaks: &["CWE-693"],
        install: |d| {
            d.grant.front.cookie = |session, secure| {
                let cookie = front::cookie(session, secure);
                cookie.trim_start_matches("__Host-").to_owned()
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-cookie-prefix-against-its-rules",
        what: "The session cookie is called __Host- and is for one path alone, so that browsers drop it.",
        models: "a prefix added to the name, and nothing else; RFC 6265bis section 4.1.3.2",
        breaks: &["RFC6265BIS-4.1.3.2-2"],
        install: |d| {
            d.grant.front.cookie = |session, secure| {
                let cookie = front::cookie(session, secure);
                cookie.replace("Path=/;", "Path=/as;")
            };
        },
        ..SERVER
    },
];

/// Sends these policies and no other.
fn policies(response: &mut Response, all: &[&'static str]) {
    let name = header::STRICT_TRANSPORT_SECURITY;
    response.headers_mut().remove(&name);
    for one in all {
        let value = HeaderValue::from_static(one);
        response.headers_mut().append(&name, value);
    }
}
