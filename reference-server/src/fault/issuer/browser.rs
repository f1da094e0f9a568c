//! Mistakes with the user's browser: its session, its cookies, the pages it is shown.

use axum::http::header;

use super::super::Fault;
use super::SERVER;
use crate::decisions::grant as right;
use crate::decisions::grant::front;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-consent-without-csrf",
        what: "The consent form is taken from any page, for whoever is logged in, and the session cookie goes everywhere.",
        models: "CWE-352, a form without token under SameSite=None",
        breaks: &["RFC6749-10.12-4", "CWE-352"],
        install: |d| {
            d.grant.own_form = |_, _, _, _| true;
            d.grant.front.own_browser = false;
            d.grant.front.cookie = |session, secure| {
                let cookie = front::cookie(session, secure);
                cookie.replace("SameSite=Lax", "SameSite=None; Secure")
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-consent-remembered-for-any-client",
        what: "Once the user agreed, every later request of that client is granted unasked, a public client's too.",
        models: "RFC 6749 section 10.2, RFC 8252 section 8.6",
        breaks: &["RFC6749-10.2-2", "RFC8252-8.6-1"],
        install: |d| d.grant.front.remembers_consent = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-scope-unescaped",
        what: "The consent page lists the scope as it was asked for, markup included.",
        models: "CWE-79, a template that trusts what looks like a word",
        breaks: &["CWE-79", "RFC6749-10.14-1"],
        install: |d| {
            d.grant.front.escapes_scope = false;
            d.grant.front.shown_scope = |asked| asked.asked_scope.clone();
        },
        ..SERVER
    },
    Fault {
        name: "as-session-not-renewed",
        what: "The session keeps its identifier at login.",
        models: "CWE-384",
        breaks: &["RFC6265BIS-8.4-2", "CWE-384"],
        install: |d| d.grant.renews_session = false,
        ..SERVER
    },
    Fault {
        name: "as-sessions-count-up",
        what: "Sessions are numbers that count up.",
        models: "CWE-331, CWE-340",
        breaks: &["CWE-331"],
        install: |d| d.grant.front.session = |number| format!("session-{:012}", 90_000 + number),
        ..SERVER
    },
    Fault {
        name: "as-session-in-url",
        what: "The address of the page after the login holds the session.",
        models: "CWE-598, ;jsessionid=",
        breaks: &["CWE-598"],
        install: |d| {
            d.grant.front.after_login =
                |request, session| format!("/as/consent?request={request}&sid={session}");
        },
        ..SERVER
    },
    Fault {
        name: "as-cookie-readable-by-scripts",
        what: "The session cookie has no HttpOnly.",
        models: "CWE-1004",
        breaks: &["CWE-1004"],
        install: |d| {
            d.grant.front.cookie =
                |session, secure| front::cookie(session, secure).replace("; HttpOnly", "");
        },
        ..SERVER
    },
    Fault {
        name: "as-cookie-across-sites",
        what: "The session cookie goes with the requests of every site.",
        models: "CWE-1275, SameSite=None for an old embedding",
        breaks: &["CWE-1275"],
        install: |d| {
            d.grant.front.cookie = |session, secure| {
                let cookie = front::cookie(session, secure);
                cookie.replace("SameSite=Lax", "SameSite=None; Secure")
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-cookie-for-ten-years",
        what: "The session cookie stays for ten years.",
        models: "CWE-613",
        breaks: &["CWE-613"],
        install: |d| {
            d.grant.front.cookie = |session, secure| {
                let cookie = front::cookie(session, secure);
                format!("{cookie}; Max-Age=315360000")
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-cookie-attribute-twice",
        what: "The session cookie names its path twice, once by the framework and once by hand.",
        models: "RFC 6265bis section 4.1.1",
        breaks: &["RFC6265BIS-4.1.1-6"],
        install: |d| {
            d.grant.front.cookie =
                |session, secure| format!("{}; Path=/", front::cookie(session, secure));
        },
        ..SERVER
    },
    Fault {
        name: "as-cookie-for-the-whole-domain",
        what: "The session cookie names a domain, and with it all hosts below.",
        models: "CWE-1275, one cookie for all applications of a company",
        breaks: &["CWE-1275", "RFC6265BIS-4.1.3.2-2"],
        install: |d| {
            d.grant.front.cookie =
                |session, secure| format!("{}; Domain=127.0.0.1", front::cookie(session, secure));
        },
        ..SERVER
    },
    Fault {
        name: "as-login-names-unknown-users",
        what: "The login page says whether it was the name or the password that was wrong.",
        models: "CWE-204",
        breaks: &["CWE-204"],
        install: |d| {
            d.grant.front.failed_login = |known| match known {
                true => "The password is wrong.",
                false => "There is no such user.",
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-login-without-limit",
        what: "Any number of wrong passwords may be tried.",
        models: "CWE-307",
        breaks: &["CWE-307", "RFC6749-4.3.2-1"],
        install: |d| d.grant.front.most_tries = u32::MAX,
        ..SERVER
    },
    Fault {
        name: "as-pages-load-from-elsewhere",
        what: "Pages load a style from another host.",
        models: "RFC 9700 section 4.2.4, web fonts",
        breaks: &["RFC9700-4.2.4-2"],
        install: |d| {
            d.grant.front.page_head =
                "<link rel=\"stylesheet\" href=\"https://fonts.example/css?family=Sans\">\n";
        },
        ..SERVER
    },
    Fault {
        name: "as-pages-without-policy",
        what: "Pages have X-Frame-Options and no Content-Security-Policy.",
        models: "RFC 9700 section 4.16",
        breaks: &["RFC9700-4.16-2"],
        install: |d| {
            d.grant.page = |response| {
                right::page(response);
                response
                    .headers_mut()
                    .remove(header::CONTENT_SECURITY_POLICY);
            };
        },
        ..SERVER
    },
];
