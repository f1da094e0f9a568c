//! Mistakes with the session, and with what a page shows.

use axum::http::StatusCode;

use super::super::Fault;
use super::CLIENT;
use crate::answer;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-session-not-renewed",
        what: "The session keeps the identifier that it had before the login.",
        models: "CWE-384, session fixation",
        breaks: &["RFC6265BIS-8.4-1", "CWE-384"],
        install: |d| d.client.renews_session = false,
        ..CLIENT
    },
    Fault {
        name: "client-cookie-readable-by-scripts",
        what: "The session cookie has no HttpOnly.",
        models: "CWE-1004",
        breaks: &["CWE-1004"],
        install: |d| d.client.cookie = "Path=/; SameSite=Lax",
        ..CLIENT
    },
    Fault {
        name: "client-cookie-sent-across-sites",
        what: "The session cookie has SameSite=None and no Secure.",
        models: "CWE-1275",
        breaks: &["CWE-1275"],
        install: |d| d.client.cookie = "Path=/; HttpOnly; SameSite=None",
        ..CLIENT
    },
    Fault {
        name: "client-open-redirect",
        what: "After the login the browser goes wherever the parameter next says.",
        models: "CWE-601",
        breaks: &["RFC9700-2.1-3", "RFC9700-4.1.3-1", "CWE-601"],
        install: |d| d.client.destination = |next| next.unwrap_or("/me").to_owned(),
        ..CLIENT
    },
    Fault {
        name: "client-open-redirect-by-prefix",
        what: "The parameter next is taken where it begins with a slash.",
        models: "CWE-601, //evil.example and /\\evil.example",
        breaks: &["RFC9700-2.1-3", "RFC9700-4.1.3-1", "CWE-601"],
        install: |d| {
            d.client.destination = |next| {
                next.filter(|next| next.starts_with('/'))
                    .unwrap_or("/me")
                    .to_owned()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-logout-by-other-sites",
        what: "Another site can log the user out: the cookie says nothing of sites, and nothing else is looked at.",
        models: "CWE-352",
        breaks: &["CWE-352"],
        install: |d| {
            d.client.may_log_out = |_, _| true;
            d.client.cookie = "Path=/; HttpOnly";
        },
        ..CLIENT
    },
    Fault {
        name: "client-logout-forgets-cookie-only",
        what: "Logout clears the browser's cookie and leaves the session alive.",
        models: "CWE-613",
        breaks: &["CWE-613"],
        install: |d| d.client.ends_session = false,
        ..CLIENT
    },
    Fault {
        name: "client-error-text-unescaped",
        what: "The provider's error text is written into the page as it came.",
        models: "CWE-79",
        breaks: &["RFC6749-10.14-2", "CWE-79"],
        install: |d| {
            d.client.failure = |given| {
                let text = |name: &str| {
                    let mut values = given.iter().filter(|(given, _)| given == name);
                    values
                        .next()
                        .map(|(_, value)| value.clone())
                        .unwrap_or_default()
                };
                let page = format!(
                    "<!doctype html><title>Login failed</title><p>{}: {}</p>",
                    text("error"),
                    text("error_description")
                );
                answer::html(StatusCode::BAD_REQUEST, page)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-code-in-page",
        what: "The callback shows a page, so that the code stays in the address, and loads a script from elsewhere.",
        models: "RFC 6749 section 3.1.2.5, leaks by the Referer field",
        breaks: &["RFC6749-3.1.2.5-2", "RFC6749-3.1.2.5-1", "RFC9700-4.2.4-1"],
        install: |d| {
            d.client.arrival = |to| {
                let page = format!(
                    "<!doctype html><title>Welcome</title>\
                     <script src=\"https://statistics.example/count.js\"></script>\
                     <p><a href=\"{to}\">Go on</a></p>"
                );
                answer::html(StatusCode::OK, page)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-stuck-after-error",
        what: "A browser whose login failed once can't log in any more.",
        models: "CWE-755, a failure remembered for good",
        breaks: &["CWE-755"],
        install: |d| d.client.gives_up = true,
        ..CLIENT
    },
];
