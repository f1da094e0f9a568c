//! Mistakes between the field and the user name and password in it.

use axum::http::header;

use super::super::{Fault, ROW, chosen};
use crate::credential::{self, Field};
use crate::decisions::basic::{self as right, Problem};
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "basic-nul-ends-the-text",
        what: "The decoded credential ends at its first NUL octet.",
        models: "CWE-158, a C string around decoded octets",
        breaks: &["RFC7617-2-7", "CWE-158"],
        install: |d| {
            d.basic.text = |octets| {
                let end = octets.iter().position(|octet| *octet == 0);
                let kept = octets
                    .get(..end.unwrap_or(octets.len()))
                    .unwrap_or_default();
                String::from_utf8(kept.to_vec()).map_err(|_| Problem::Malformed)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-control-characters-stripped",
        what: "Control characters are taken out of user-id and password instead of being refused.",
        models: "input sanitizing; RFC 7617 section 2 forbids them",
        breaks: &["RFC7617-2-7"],
        install: |d| {
            d.basic.text = |octets| {
                String::from_utf8(octets)
                    .map(|text| text.chars().filter(|c| !c.is_control()).collect())
                    .map_err(|_| Problem::Malformed)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-password-trimmed",
        what: "Blanks around the password are cut off.",
        models: "ASVS 6.2.8, form handling that trims every field",
        breaks: &["RFC7617-2-7"],
        install: |d| {
            d.basic.divide = |text| {
                text.split_once(':')
                    .map(|(name, password)| (name.to_owned(), password.trim().to_owned()))
                    .ok_or(Problem::Malformed)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-divides-at-last-colon",
        what: "User-id and password are divided at the last colon.",
        models: "rsplit instead of split; RFC 7617 section 2",
        breaks: &["RFC7617-2-5"],
        install: |d| {
            d.basic.divide = |text| {
                text.rsplit_once(':')
                    .map(|(name, password)| (name.to_owned(), password.to_owned()))
                    .ok_or(Problem::Malformed)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-password-ends-at-colon",
        what: "What follows a second colon is dropped from the password.",
        models: "credentials.split(':')[1] of many JavaScript examples",
        breaks: &["RFC7617-2-5", "CWE-187"],
        install: |d| {
            d.basic.divide = |text| {
                let mut parts = text.split(':').map(str::to_owned);
                parts.next().zip(parts.next()).ok_or(Problem::Malformed)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-first-and-last-part",
        what: "The credential is split at every colon; the first part is the user-id and the last the password.",
        models: "parts[0] and parts[parts.length - 1]",
        breaks: &["RFC7617-2-5", "CWE-799"],
        install: |d| {
            d.basic.divide = |text| {
                let first = text.split(':').next().map(str::to_owned);
                let last = text.rsplit_once(':').map(|(_, last)| last.to_owned());
                first.zip(last).ok_or(Problem::Malformed)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-scheme-optional",
        what: "A credential without any scheme before it is taken.",
        models: "header.replace('Basic ', '')",
        breaks: &["RFC9110-11.4-2", "CWE-287"],
        install: |d| {
            d.basic.field = |headers| match credential::field(headers) {
                Field::One(value) if !value.contains(&b' ') => {
                    Field::One([b"Basic ", value.as_slice()].concat())
                }
                field => field,
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-latin1",
        what: "The credential is decoded as ISO-8859-1 although the challenge says UTF-8.",
        models: "Servlet containers and older browsers; RFC 7617 section 2.1",
        breaks: &["RFC7617-2.1-3"],
        install: |d| d.basic.text = |octets| Ok(octets.into_iter().map(char::from).collect()),
        ..ROW
    },
    Fault {
        name: "basic-scheme-case-sensitive",
        what: "Only the spelling `Basic` is known.",
        models: "startsWith(\"Basic \")",
        breaks: &["RFC7617-2-3", "RFC9110-11.1-1"],
        install: |d| d.basic.scheme = |scheme| scheme == "Basic",
        ..ROW
    },
    Fault {
        name: "basic-any-scheme",
        what: "The credential is taken whatever the scheme is called.",
        models: "header.split(' ')[1] without a look at [0]",
        breaks: &["CWE-287"],
        install: |d| d.basic.scheme = |_| true,
        ..ROW
    },
    Fault {
        name: "basic-base64-garbage-skipped",
        what: "The decoder skips characters that are no base64.",
        models: "base64_decode of PHP without strict, Buffer.from of Node.js, MIME decoders",
        breaks: &["RFC7617-2-6", "CWE-20"],
        install: |d| {
            d.basic.decode = |encoded| {
                let kept: Vec<u8> = encoded
                    .iter()
                    .copied()
                    .filter(|octet| octet.is_ascii_alphanumeric() || b"+/=".contains(octet))
                    .collect();
                right::decode(&kept)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-trailing-text-ignored",
        what: "What follows the credential after a blank or comma is dropped.",
        models: "header.split(/[ ,]/)[1]; RFC 9110 section 11.6.2",
        breaks: &["RFC7617-2-6", "CWE-20"],
        install: |d| {
            d.basic.decode = |encoded| {
                let end = encoded.iter().position(|octet| b" ,\t".contains(octet));
                right::decode(
                    encoded
                        .get(..end.unwrap_or(encoded.len()))
                        .unwrap_or_default(),
                )
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-credentials-in-query",
        what: "User name and password are taken from the query as well.",
        models: "CWE-598",
        breaks: &["CWE-598"],
        install: |d| {
            d.basic.elsewhere = |parts| {
                let pairs = encoding::form(parts.uri.query()?.as_bytes());
                let named = |names: [&str; 2]| {
                    pairs
                        .iter()
                        .find(|(name, _)| names.contains(&name.as_str()))
                        .map(|(_, value)| value.clone())
                };
                named(["username", "user"]).zip(named(["password", "pass"]))
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-proxy-authorization-taken",
        what: "Credentials meant for a proxy open the resource.",
        models: "a reader that looks for any field whose name ends in Authorization; RFC 9110 section 11.7.2",
        breaks: &["CWE-287"],
        install: |d| {
            d.basic.field = |headers| {
                let mut values = headers.get_all(header::PROXY_AUTHORIZATION).iter();
                match (credential::field(headers), values.next()) {
                    (Field::None, Some(value)) => Field::One(value.as_bytes().to_vec()),
                    (field, _) => field,
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-first-field-wins",
        what: "Of several Authorization fields the first is taken.",
        models: "CWE-436, req.headers of Node.js and WSGI servers",
        breaks: &["CWE-436"],
        install: |d| d.basic.field = |headers| chosen(headers, false),
        ..ROW
    },
    Fault {
        name: "basic-last-field-wins",
        what: "Of several Authorization fields the last is taken.",
        models: "CWE-436, a map that later fields overwrite",
        breaks: &["CWE-436"],
        install: |d| d.basic.field = |headers| chosen(headers, true),
        ..ROW
    },
    Fault {
        name: "basic-500-on-bad-base64",
        what: "A credential that doesn't decode is an unhandled error.",
        models: "CWE-755",
        breaks: &["CWE-755", "RFC9110-11.4-2"],
        install: |d| d.basic.decode = |encoded| right::decode(encoded).map_err(|_| Problem::Broken),
        ..ROW
    },
    Fault {
        name: "basic-500-on-bad-utf8",
        what: "A credential that isn't UTF-8 is an unhandled error.",
        models: "CWE-755, UnicodeDecodeError of Python",
        breaks: &["CWE-755", "RFC9110-11.4-2"],
        install: |d| d.basic.text = |octets| String::from_utf8(octets).map_err(|_| Problem::Broken),
        ..ROW
    },
    Fault {
        name: "basic-500-without-colon",
        what: "A credential without a colon is an unhandled error.",
        models: "CWE-755, tuple unpacking of a split",
        breaks: &["CWE-755", "RFC9110-11.4-3"],
        install: |d| {
            d.basic.divide = |text| {
                text.split_once(':')
                    .map(|(name, password)| (name.to_owned(), password.to_owned()))
                    .ok_or(Problem::Broken)
            };
        },
        ..ROW
    },
];
