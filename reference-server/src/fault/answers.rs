//! Mistakes around the resources: what answers in their place, and what is lost or added on the way out.

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::access::{GUARDED, alias, as_get};
use super::{Fault, ROW};
use crate::answer;
use crate::decisions::access::Alias;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "access-trace-echoes",
        what: "TRACE is answered with the request as it came, its Authorization field included.",
        models: "TraceEnable on, the default of Apache httpd; CWE-693",
        breaks: &["CWE-693"],
        install: |d| {
            d.access.before = |parts| {
                (parts.method == Method::TRACE || parts.method == "TRACK").then(|| echo(parts))
            };
        },
        ..ROW
    },
    Fault {
        name: "cors-preflight-served-as-get",
        what: "The guard lets every preflight pass, and the handler behind it answers all methods alike.",
        models: "antMatchers(HttpMethod.OPTIONS).permitAll() of Spring Security before a handler without a method",
        breaks: &["CWE-650"],
        install: |d| {
            d.access.alias = |parts| {
                let preflight = parts.method == Method::OPTIONS
                    && parts
                        .headers
                        .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
                preflight.then(|| as_get(parts)).flatten()
            };
        },
        ..ROW
    },
    Fault {
        name: "access-old-version-unguarded",
        what: "The first version of the API is still served, from before it had a guard.",
        models: "OWASP API9:2023, improper inventory management",
        breaks: &["CWE-1059", "CWE-306"],
        install: |d| {
            d.access.alias = |parts| alias(parts, parts.uri.path().strip_prefix("/v1")?);
        },
        ..ROW
    },
    Fault {
        name: "access-event-stream-unguarded",
        what: "A stream of the same data, chosen by Accept, was mounted before the guard.",
        models: "CWE-306, a second channel that the first one's middleware does not reach",
        breaks: &["CWE-306"],
        install: |d| {
            d.access.before = |parts| {
                let wanted = parts.headers.get(header::ACCEPT)?;
                let streams = wanted == "text/event-stream" && GUARDED.contains(&parts.uri.path());
                streams.then(stream)
            };
        },
        ..ROW
    },
    Fault {
        name: "access-management-open",
        what: "The framework's own operations are mounted beside the API, before its guard.",
        models: "Spring Boot Actuator with management.endpoints.web.exposure.include=*; CWE-749",
        breaks: &["CWE-749"],
        install: |d| {
            d.access.before = |parts| {
                let sources = serde_json::json!({
                    "activeProfiles": ["production"],
                    "propertySources": [{ "name": "systemProperties", "properties": {} }],
                });
                (parts.uri.path() == "/actuator/env")
                    .then(|| answer::json(StatusCode::OK, &sources))
            };
        },
        ..ROW
    },
    Fault {
        name: "access-static-ending-cacheable",
        what: "The router takes what follows the resource's path for a part of it, and a rule for static files makes what ends like one public.",
        models: "web cache deception, Omer Gil 2017; CVE-2024-46982 of its kind; CWE-524",
        breaks: &["CWE-524"],
        install: |d| {
            d.access.alias = |parts| {
                let (stem, ending) = parts.uri.path().rsplit_once('.')?;
                let (path, _) = stem.rsplit_once('/')?;
                let is_static = ["css", "js", "ico", "png"].contains(&ending);
                let alias = alias(parts, path).filter(|_| is_static)?;
                Some(Alias {
                    guarded: Some("public, max-age=31536000"),
                    ..alias
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "access-500-beyond-ascii",
        what: "An Authorization field with an octet beyond ASCII is an unhandled error.",
        models: "request.authorization of Werkzeug 3.1; HeaderValue::to_str().unwrap(); CWE-755",
        breaks: &["CWE-755"],
        install: |d| {
            d.access.on_the_way_out = |parts, response| {
                let fields = parts.headers.get_all(header::AUTHORIZATION);
                if fields.iter().any(|value| !value.as_bytes().is_ascii()) {
                    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "head-refused-without-challenge",
        what: "HEAD is refused by a handler of its own, which leaves the challenge out.",
        models: "app.head(path, (req, res) => res.sendStatus(401)) beside the guard of GET",
        breaks: &["RFC9110-9.3.2-2"],
        install: |d| {
            d.access.on_the_way_out = |parts, response| {
                if parts.method == Method::HEAD {
                    response.headers_mut().remove(header::WWW_AUTHENTICATE);
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "refusal-without-content-type",
        what: "The text of a refusal is sent without its type.",
        models: "res.writeHead(401); res.end('Unauthorized') of Node",
        breaks: &["RFC9110-8.3-1"],
        install: |d| {
            d.access.on_the_way_out = |_, response| {
                if response.status().is_client_error() {
                    response.headers_mut().remove(header::CONTENT_TYPE);
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "method-not-allowed-without-allow",
        what: "A 405 does not say which methods there are.",
        models: "res.status(405).end() at the end of an Express route",
        breaks: &["RFC9110-15.5.6-2"],
        install: |d| {
            d.access.on_the_way_out = |_, response| {
                response.headers_mut().remove(header::ALLOW);
            };
        },
        ..ROW
    },
    Fault {
        name: "answers-may-be-sniffed",
        what: "No answer has X-Content-Type-Options.",
        models: "a framework without its security header middleware; ASVS 3.4.4",
        breaks: &["CWE-430"],
        install: |d| {
            d.access.on_the_way_out = |_, response| {
                response
                    .headers_mut()
                    .remove(header::X_CONTENT_TYPE_OPTIONS);
            };
        },
        ..ROW
    },
    Fault {
        name: "banner-names-versions",
        what: "Every answer names the software behind it, with versions.",
        models: "ServerTokens Full of Apache httpd, expose_php of PHP; CWE-200",
        breaks: &["CWE-200"],
        install: |d| {
            d.access.on_the_way_out = |_, response| {
                answer::set(
                    response,
                    header::SERVER,
                    "Apache/2.4.49 (Unix) OpenSSL/1.1.1k",
                );
                let powered_by = HeaderName::from_static("x-powered-by");
                answer::set(response, powered_by, "PHP/7.4.3");
            };
        },
        ..ROW
    },
    Fault {
        name: "error-pages-show-code",
        what: "Errors that no handler answers are answered by the framework's debugging page.",
        models: "DEBUG = True of Django, NODE_ENV unset with Express; CWE-209, CWE-489",
        breaks: &["CWE-209", "CWE-489"],
        install: |d| {
            d.access.on_the_way_out = |parts, response| {
                if matches!(
                    response.status(),
                    StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
                ) {
                    *response.body_mut() = debugging_page(parts).into();
                    response.headers_mut().remove(header::CONTENT_LENGTH);
                    answer::set(response, header::CONTENT_TYPE, "text/plain");
                }
            };
        },
        ..ROW
    },
];

/// The request as it came (RFC 9110 section 9.3.8).
fn echo(parts: &Parts) -> Response {
    let mut text = format!("{} {} HTTP/1.1\r\n", parts.method, parts.uri);
    for (name, value) in &parts.headers {
        text.push_str(&format!(
            "{name}: {}\r\n",
            String::from_utf8_lossy(value.as_bytes())
        ));
    }
    let mut response = answer::html(StatusCode::OK, text);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("message/http"),
    );
    response
}

fn stream() -> Response {
    let mut response = answer::html(
        StatusCode::OK,
        "event: resource\ndata: {\"note\":\"Only who is let in reads this.\"}\n\n".to_owned(),
    );
    answer::set(&mut response, header::CONTENT_TYPE, "text/event-stream");
    response
}

fn debugging_page(parts: &Parts) -> String {
    format!(
        "Error: no route for {} {}\n    at Router.handle (/srv/app/node_modules/express/lib/router/index.js:228:12)\n",
        parts.method,
        parts.uri.path()
    )
}
