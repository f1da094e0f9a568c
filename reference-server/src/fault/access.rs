//! Mistakes of the guard, whatever the mechanism: what it sees, whom it believes, when it runs.

use axum::http::request::Parts;
use axum::http::{Method, header};

use super::{Fault, ROW, resolved};
use crate::accounts::{self, Account};
use crate::decisions::access::{Alias, Memory, Order};
use crate::{answer, credential};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "access-path-case-differs",
        what: "The guard compares the path with its case, the router without.",
        models: "CWE-178; Spring Security and nginx location rules before a case-insensitive framework",
        breaks: &["CWE-178", "CWE-863"],
        install: |d| d.access.alias = |parts| alias(parts, &parts.uri.path().to_ascii_lowercase()),
        ..ROW
    },
    Fault {
        name: "access-trailing-slash-unguarded",
        what: "The router takes a path with a final slash for the same resource, the guard doesn't.",
        models: "Spring Security antMatchers before Spring MVC; CWE-863",
        breaks: &["CWE-863"],
        install: |d| d.access.alias = |parts| alias(parts, parts.uri.path().trim_end_matches('/')),
        ..ROW
    },
    Fault {
        name: "access-suffix-unguarded",
        what: "The router drops an ending such as .json that the guard's rule doesn't know.",
        models: "suffix pattern matching of Spring MVC before 5.3 and of Rails formats",
        breaks: &["CWE-863"],
        install: |d| {
            d.access.alias = |parts| {
                let path = parts.uri.path();
                alias(parts, path.rsplit_once('.').map_or(path, |(stem, _)| stem))
            };
        },
        ..ROW
    },
    Fault {
        name: "access-matrix-parameter-unguarded",
        what: "The router drops what follows a semicolon, the guard compares the whole path.",
        models: "CVE-2020-1957, Apache Shiro; CVE-2016-5007, Spring Security",
        breaks: &["CWE-863"],
        install: |d| {
            d.access.alias = |parts| {
                let path = parts.uri.path();
                alias(parts, path.split(';').next().unwrap_or(path))
            };
        },
        ..ROW
    },
    Fault {
        name: "access-dot-segments-unguarded",
        what: "The router merges slashes and resolves dot segments after the guard looked at the raw path.",
        models: "CWE-22, a proxy's rule for the raw path before a framework that resolves it",
        breaks: &["CWE-22", "CWE-863"],
        install: |d| d.access.alias = |parts| alias(parts, &resolved(parts.uri.path())),
        ..ROW
    },
    Fault {
        name: "access-percent-encoding-unguarded",
        what: "The router decodes the path after the guard compared it encoded.",
        models: "CVE-2020-11989, Apache Shiro; CWE-177",
        breaks: &["CWE-177", "CWE-863"],
        install: |d| d.access.alias = |parts| alias(parts, &percent_decoded(parts.uri.path())),
        ..ROW
    },
    Fault {
        name: "access-original-url-believed",
        what: "The router takes the path from X-Original-URL or X-Rewrite-URL, the guard from the request line.",
        models: "CVE-2018-14773, Symfony and Zend behind IIS",
        breaks: &["CWE-863", "RFC9700-4.13-1"],
        install: |d| {
            d.access.alias = |parts| {
                let named = ["x-original-url", "x-rewrite-url"]
                    .iter()
                    .find_map(|name| parts.headers.get(*name)?.to_str().ok())?;
                alias(parts, named)
            };
        },
        ..ROW
    },
    Fault {
        name: "access-method-override-unguarded",
        what: "The guard's rule is for GET; a POST that a field turns into a GET passes.",
        models: "CWE-650; method override middleware of Express, Rails and Laravel",
        breaks: &["CWE-650"],
        install: |d| {
            d.access.alias = |parts| {
                let names = [
                    "x-http-method-override",
                    "x-method-override",
                    "x-http-method",
                ];
                let overridden = names
                    .iter()
                    .any(|name| parts.headers.get(*name).is_some_and(|value| value == "GET"));
                (overridden && parts.method != Method::GET)
                    .then(|| as_get(parts))
                    .flatten()
            };
        },
        ..ROW
    },
    Fault {
        name: "access-head-unguarded",
        what: "The guard's rule names GET and leaves HEAD out.",
        models: "CWE-650; <Limit GET POST> of Apache httpd",
        breaks: &["CWE-650", "RFC9110-9.3.2-2"],
        install: |d| {
            d.access.alias = |parts| {
                (parts.method == Method::HEAD)
                    .then(|| own_path(parts))
                    .flatten()
            };
        },
        ..ROW
    },
    Fault {
        name: "access-unknown-method-unguarded",
        what: "The guard lists the methods it knows; any other is served as GET.",
        models: "CWE-650, HTTP verb tampering of JavaEE security constraints",
        breaks: &["CWE-650"],
        install: |d| {
            d.access.alias = |parts| {
                let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
                (!known.contains(&parts.method.as_str()))
                    .then(|| as_get(parts))
                    .flatten()
            };
        },
        ..ROW
    },
    Fault {
        name: "access-forwarded-address-believed",
        what: "A client that says in a field that it is on loopback needs no credential.",
        models: "CWE-290, allow lists over X-Forwarded-For",
        breaks: &["CWE-290", "CWE-348"],
        install: |d| {
            d.access.trusted = |parts| {
                let names = [
                    "x-forwarded-for",
                    "x-real-ip",
                    "x-client-ip",
                    "x-originating-ip",
                    "true-client-ip",
                    "forwarded",
                ];
                let local = names
                    .iter()
                    .filter_map(|name| parts.headers.get(*name)?.to_str().ok());
                first_if(local.into_iter().any(|text| {
                    text.contains("127.0.0.1") || text.contains("::1") || text.contains("localhost")
                }))
            };
        },
        ..ROW
    },
    Fault {
        name: "access-forwarded-user-believed",
        what: "The user is whoever X-Forwarded-User or a field like it names, though no proxy set it.",
        models: "CWE-290, header authentication without a list of proxies",
        breaks: &["CWE-290", "RFC9700-4.13-1"],
        install: |d| {
            d.access.trusted = |parts| {
                [
                    "x-forwarded-user",
                    "x-remote-user",
                    "remote-user",
                    "x-authenticated-user",
                    "x-user",
                ]
                .iter()
                .find_map(|name| parts.headers.get(*name)?.to_str().ok())
                .and_then(accounts::find)
            };
        },
        ..ROW
    },
    Fault {
        name: "access-host-believed",
        what: "A request whose Host is localhost or internal needs no credential.",
        models: "CWE-290, admin interfaces bound to a host name",
        breaks: &["CWE-290", "CWE-644"],
        install: |d| {
            d.access.trusted = |parts| {
                let host = parts
                    .headers
                    .get(header::HOST)
                    .and_then(|host| host.to_str().ok());
                let name = host
                    .and_then(|host| host.split(':').next())
                    .unwrap_or_default();
                first_if(
                    name == "localhost"
                        || name.ends_with(".internal")
                        || name.starts_with("staging."),
                )
            };
        },
        ..ROW
    },
    Fault {
        name: "access-error-goes-on",
        what: "What breaks while a credential is read is logged, and the request goes on to its handler.",
        models: "catch (error) { log(error) } next(); CWE-636",
        breaks: &["RFC7617-2-7", "RFC6749-7-1", "CWE-636"],
        install: |d| {
            d.access.trusted = |parts| {
                let value = parts.headers.get(header::AUTHORIZATION)?;
                let (_, rest) = credential::divide(value.as_bytes());
                first_if(!credential::is_token68(rest))
            };
        },
        ..ROW
    },
    Fault {
        name: "access-handler-runs-first",
        what: "The write is done before the guard answers, which then answers 401.",
        models: "CVE-2025-49001, DataEase: the filter answered and went on; CWE-696",
        breaks: &["CWE-696"],
        install: |d| d.access.order = Order::HandlerFirst,
        ..ROW
    },
    Fault {
        name: "access-shared-cache",
        what: "A cache keyed by the path serves a good answer to everyone after.",
        models: "CWE-524, a reverse proxy that ignores Authorization",
        breaks: &["RFC9111-3.5-1", "CWE-524"],
        install: |d| d.access.memory = Memory::SharedCache,
        ..ROW
    },
    Fault {
        name: "access-session-by-address",
        what: "After one good request everyone behind the same address is taken for its user.",
        models: "CWE-291, sessions keyed by client address",
        breaks: &["CWE-291"],
        install: |d| d.access.memory = Memory::Address,
        ..ROW
    },
    Fault {
        name: "access-session-guessable",
        what: "A good request starts a session whose cookie can be guessed and opens by itself.",
        models: "CWE-340, CWE-384",
        breaks: &["CWE-340"],
        install: |d| d.access.memory = Memory::Cookie,
        ..ROW
    },
    Fault {
        name: "access-answer-publicly-cacheable",
        what: "A guarded answer says that any cache may keep it.",
        models: "CWE-525",
        breaks: &["CWE-524", "CWE-525"],
        install: |d| d.access.caching = "public, max-age=3600",
        ..ROW
    },
    Fault {
        name: "access-max-age-quoted",
        what: "The age of an answer stands between quotation marks.",
        models: "a field builder that quotes every value; RFC 9111 section 5.2.2.1",
        breaks: &["RFC9111-5.2.2.1-1"],
        install: |d| d.access.caching = "private, max-age=\"60\"",
        ..ROW
    },
    Fault {
        name: "cors-origin-reflected",
        what: "Whatever Origin asks is allowed, with credentials.",
        models: "CWE-942; cors({ origin: true, credentials: true }) of Express",
        breaks: &["CWE-942"],
        install: |d| {
            d.access.cors = |parts, response| {
                if let Some(origin) = parts
                    .headers
                    .get(header::ORIGIN)
                    .and_then(|o| o.to_str().ok())
                {
                    answer::set(response, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                    answer::set(response, header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "cors-origin-by-prefix",
        what: "An Origin that begins like this server's own is allowed, with credentials.",
        models: "CWE-183, CWE-942; if (origin.startsWith('https://shop.example'))",
        breaks: &["CWE-942", "CWE-183"],
        install: |d| {
            d.access.cors = |parts, response| {
                let text = |name| {
                    parts
                        .headers
                        .get(name)
                        .and_then(|value| value.to_str().ok())
                };
                let (origin, host) = (text(header::ORIGIN), text(header::HOST));
                let ours = host.map(|host| format!("http://{host}"));
                if let (Some(origin), Some(ours)) = (origin, ours)
                    && origin.starts_with(&ours)
                {
                    answer::set(response, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                    answer::set(response, header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "cors-null-origin-allowed",
        what: "The Origin null is allowed, with credentials.",
        models: "CWE-942, allow lists that hold null for local files",
        breaks: &["CWE-942"],
        install: |d| {
            d.access.cors = |parts, response| {
                if parts
                    .headers
                    .get(header::ORIGIN)
                    .is_some_and(|origin| origin == "null")
                {
                    answer::set(response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "null");
                    answer::set(response, header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
                }
            };
        },
        ..ROW
    },
];

pub(super) const GUARDED: [&str; 4] = [
    "/basic",
    "/protected-resource",
    "/protected-resource/admin",
    "/notes",
];

/// The resource, where the path that the router sees is another one than the guard's rule.
pub(super) fn alias(parts: &Parts, path: &str) -> Option<Alias> {
    (path != parts.uri.path()).then(|| named(path)).flatten()
}

fn own_path(parts: &Parts) -> Option<Alias> {
    named(parts.uri.path())
}

fn named(path: &str) -> Option<Alias> {
    GUARDED.contains(&path).then(|| Alias {
        path: path.to_owned(),
        as_get: false,
        guarded: None,
    })
}

pub(super) fn as_get(parts: &Parts) -> Option<Alias> {
    own_path(parts).map(|alias| Alias {
        as_get: true,
        ..alias
    })
}

fn first_if(believed: bool) -> Option<&'static Account> {
    accounts::accounts().first().filter(|_| believed)
}

fn percent_decoded(path: &str) -> String {
    let pairs = path.replace('+', "%2B");
    url::form_urlencoded::parse(pairs.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}
