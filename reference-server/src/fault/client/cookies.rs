//! Mistakes in how cookies are written and read.

use axum::http::header;

use super::super::Fault;
use super::CLIENT;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-cookie-of-json",
        what: "A cookie holds JSON as it is.",
        models: "Set-Cookie: prefs={\"theme\": \"dark\"}, cut short or dropped by strict parsers",
        breaks: &["RFC6265BIS-4.1.1-1"],
        install: |d| {
            d.client.cookies.writes = |mut fields| {
                let prefs = "prefs={\"theme\": \"dark\"}; Path=/; HttpOnly; SameSite=Lax";
                fields.push(prefs.to_owned());
                fields
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-cookie-without-name",
        what: "A cookie is set whose name is empty.",
        models: "an unset variable for the name; CVE-2022-2860 shows what browsers made of such",
        breaks: &["RFC6265BIS-4.1.1-2"],
        install: |d| {
            d.client.cookies.writes = |mut fields| {
                fields.push("=on; Path=/; HttpOnly; SameSite=Lax".to_owned());
                fields
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-cookie-attribute-twice",
        what: "The session cookie has SameSite twice.",
        models: "a framework's own attribute and one appended by a proxy rule",
        breaks: &["RFC6265BIS-4.1.1-3"],
        install: |d| d.client.cookie = "Path=/; HttpOnly; SameSite=Lax; SameSite=Strict",
        ..CLIENT
    },
    Fault {
        name: "client-cookie-set-twice",
        what: "One answer sets the session cookie twice, by the framework and by hand.",
        models: "two middlewares with one cookie; RFC 6265bis section 4.1.1",
        breaks: &["RFC6265BIS-4.1.1-4"],
        install: |d| {
            d.client.cookies.writes = |mut fields| {
                fields.extend(fields.first().cloned());
                fields
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-cookie-date-of-netscape",
        what: "Expires is written with dashes and a year of two digits.",
        models: "RFC 850 dates, as strftime recipes still write them",
        breaks: &["RFC6265BIS-4.1.1-5"],
        install: |d| {
            d.client.cookie =
                "Path=/; HttpOnly; SameSite=Lax; Expires=Thursday, 31-Dec-37 23:55:55 GMT";
        },
        ..CLIENT
    },
    Fault {
        name: "client-cookie-host-prefix-without-secure",
        what: "The session cookie is called __Host- and is not Secure, so that browsers drop it.",
        models: "a renamed cookie behind a proxy that speaks plain http to the application",
        breaks: &["RFC6265BIS-4.1.3.2-1"],
        install: |d| {
            d.client.cookies.writes = |fields| {
                let renamed = |field: String| field.replacen("session=", "__Host-session=", 1);
                fields.into_iter().map(renamed).collect()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-cookie-secure-prefix-without-secure",
        what: "The greeting cookie is called __Secure- and is not Secure.",
        models: "the prefix taken for a part of the name",
        breaks: &["RFC6265BIS-4.1.3.1-1"],
        install: |d| {
            d.client.cookies.writes = |fields| {
                let renamed = |field: String| field.replacen("greeting=", "__Secure-greeting=", 1);
                fields.into_iter().map(renamed).collect()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-reads-one-cookie-field",
        what: "Of several Cookie fields the first is read.",
        models: "headers.get('cookie') behind HTTP/2, which splits the field (RFC 9113 section 8.2.3)",
        breaks: &["RFC6265BIS-4.2.1-1"],
        install: |d| {
            d.client.cookies.reads = |parts, name| {
                let field = parts.headers.get(header::COOKIE)?.to_str().ok()?;
                let pairs = field
                    .split(';')
                    .filter_map(|pair| pair.trim().split_once('='));
                let mut found = pairs.filter(|(given, _)| *given == name);
                found.next().map(|(_, value)| value.to_owned())
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-reads-the-first-cookie",
        what: "The session is expected at the beginning of the field.",
        models: "cookie.split('=')[1]; RFC 6265bis section 4.2.2",
        breaks: &["RFC6265BIS-4.2.2-1"],
        install: |d| {
            d.client.cookies.reads = |parts, name| {
                let fields = parts.headers.get_all(header::COOKIE).iter();
                fields
                    .filter_map(|field| field.to_str().ok())
                    .find_map(|field| {
                        let value = field.strip_prefix(name)?.strip_prefix('=')?;
                        value.split(';').next().map(str::to_owned)
                    })
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-believes-the-greeting",
        what: "A cookie with the user's identifier, which nothing protects, logs in.",
        models: "CWE-565, CWE-784; remember me by a plain user id",
        breaks: &["RFC6265BIS-8.3-1", "CWE-565"],
        install: |d| d.client.cookies.believes_greeting = true,
        ..CLIENT
    },
    Fault {
        name: "client-cookie-over-plain-http-too",
        what: "Cookies that are set under TLS have no Secure.",
        models: "session.cookie.secure left at its default (CWE-614)",
        breaks: &["RFC6265BIS-8.3-2", "CWE-614"],
        install: |d| d.client.cookies.secure = "",
        ..CLIENT
    },
    Fault {
        name: "client-cookie-without-prefix",
        what: "Cookies that are set under TLS have a plain name.",
        models: "connect.sid, JSESSIONID; RFC 6265bis section 4.1.3",
        breaks: &["RFC6265BIS-4.1.3-1"],
        install: |d| d.client.cookies.prefix = "",
        ..CLIENT
    },
];
