//! Mistakes with HTTP Basic.

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::Response;

use super::{Fault, ROW};
use crate::accounts::{self, Account};
use crate::credential::{self, Field};
use crate::decisions::basic::{self as right, Problem};
use crate::{answer, encoding};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "basic-presence-is-enough",
        what: "Any Basic credential opens; nobody looks at it.",
        models: "CWE-287, a middleware that only checks that the field is there",
        breaks: &["RFC7617-2-7", "CWE-287"],
        install: |d| {
            d.access.trusted = |parts| {
                let value = parts.headers.get(header::AUTHORIZATION)?;
                let is_basic = value.as_bytes().starts_with(b"Basic ");
                accounts::accounts().first().filter(|_| is_basic)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-user-name-is-enough",
        what: "A known user-id opens with any password.",
        models: "CWE-287, a look-up whose password comparison was left out",
        breaks: &["RFC7617-2-7", "CWE-287"],
        install: |d| d.basic.matches = |offered| offered.account,
        ..ROW
    },
    Fault {
        name: "basic-compares-base64-with-user-name",
        groups: &["tutorial"],
        what: "The base64 text of user:password is compared with that of the user name, as far as that reaches.",
        models: "the API tutorial this project started from",
        breaks: &["RFC7617-2-7", "CWE-287"],
        install: |d| {
            d.basic.matches = |offered| {
                let name = encoding::base64(offered.name.as_bytes());
                let known = offered.encoded.starts_with(name.trim_end_matches('='));
                offered.account.filter(|_| known)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-password-cut-at-72-bytes",
        what: "Only the first 72 bytes of a password count.",
        models: "bcrypt; CVE-2024-10392-era Okta AD/LDAP cache key; CWE-303",
        breaks: &["RFC7617-2-7", "CWE-303"],
        install: |d| {
            d.basic.matches = |offered| {
                offered.account.filter(|account| {
                    first_octets(account.password, 72) == first_octets(offered.password, 72)
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-password-cut-at-8-bytes",
        what: "Only the first 8 bytes of a password count.",
        models: "DES crypt(3) in .htpasswd",
        breaks: &["RFC7617-2-7", "CWE-303"],
        install: |d| {
            d.basic.matches = |offered| {
                offered.account.filter(|account| {
                    first_octets(account.password, 8) == first_octets(offered.password, 8)
                })
            };
        },
        ..ROW
    },
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
        name: "basic-password-case-ignored",
        what: "Passwords are compared without their case.",
        models: "CWE-178, a case-insensitive database collation",
        breaks: &["RFC7617-2-7", "CWE-178"],
        install: |d| {
            d.basic.matches = |offered| {
                offered.account.filter(|account| {
                    account.password.to_lowercase() == offered.password.to_lowercase()
                })
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
        name: "basic-user-case-ignored",
        what: "User-ids are compared without their case.",
        models: "CWE-178, the UsernameCasePreserved profile of RFC 8265 not kept",
        breaks: &["CWE-178"],
        install: |d| {
            d.basic.account = |name| {
                accounts::accounts()
                    .iter()
                    .find(|account| account.name.eq_ignore_ascii_case(name))
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-user-look-alikes-folded",
        what: "Full-width letters in a user-id are folded to ASCII, so that another name is the same account.",
        models: "CWE-178, NFKC before the look-up (Spotify account takeover of 2013)",
        breaks: &["CWE-178"],
        install: |d| {
            d.basic.account = |name| {
                let fold = |c: char| match u32::from(c) {
                    code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
                    _ => c,
                };
                accounts::find(&name.chars().map(fold).collect::<String>())
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
        breaks: &["RFC7617-2-5"],
        install: |d| {
            d.basic.divide = |text| {
                let mut parts = text.split(':').map(str::to_owned);
                parts.next().zip(parts.next()).ok_or(Problem::Malformed)
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
        breaks: &["RFC7617-2-6"],
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
        breaks: &["RFC7617-2-6"],
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
        name: "basic-empty-password-opens",
        what: "An empty password opens every account.",
        models: "unauthenticated bind of LDAP, RFC 4513 section 5.1.2; CWE-521",
        breaks: &["RFC7617-2-7", "CWE-287"],
        install: |d| {
            d.basic.matches = |offered| match offered.password {
                "" => offered.account,
                _ => right::matches(offered),
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-empty-user-opens",
        what: "An empty user-id means the first account, whatever the password.",
        models: "CWE-287, a default user for an unset variable",
        breaks: &["RFC7617-2-7", "CWE-287"],
        install: |d| {
            d.basic.matches = |offered| match offered.name {
                "" => accounts::accounts().first(),
                _ => right::matches(offered),
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-default-account",
        what: "The vendor's account admin/admin was never removed.",
        models: "CWE-1392",
        breaks: &["CWE-1392"],
        install: |d| {
            d.basic.matches = |offered| match (offered.name, offered.password) {
                ("admin", "admin") => accounts::accounts().first(),
                _ => right::matches(offered),
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-sql-injection",
        what: "User-id and password are pasted into the query that looks the account up.",
        models: "CWE-89",
        breaks: &["CWE-89"],
        install: |d| {
            d.basic.matches =
                |offered| sql(offered.name, offered.password).or(right::matches(offered))
        },
        ..ROW
    },
    Fault {
        name: "basic-ldap-injection",
        what: "User-id and password are pasted into an LDAP filter, where a star matches anything.",
        models: "CWE-90",
        breaks: &["CWE-90"],
        install: |d| {
            d.basic.matches = |offered| {
                accounts::accounts().iter().find(|account| {
                    matches_filter(offered.name, account.name)
                        && matches_filter(offered.password, account.password)
                })
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
    Fault {
        name: "basic-no-challenge",
        what: "The 401 has no WWW-Authenticate.",
        models: "res.status(401).end()",
        breaks: &["RFC9110-11.6.1-1", "RFC9110-15.5.2-1"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                let mut response = right::refusal(problem, parts);
                response.headers_mut().remove(header::WWW_AUTHENTICATE);
                response
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-challenge-without-realm",
        what: "The challenge names no realm.",
        models: "WWW-Authenticate: Basic",
        breaks: &["RFC7617-2-1"],
        install: |d| {
            d.basic.refusal = |problem, parts| challenged(right::refusal(problem, parts), "Basic")
        },
        ..ROW
    },
    Fault {
        name: "basic-realm-unquoted",
        what: "The realm is a token instead of a quoted string.",
        models: "Basic realm=authspec",
        breaks: &["RFC9110-11.5-1"],
        install: |d| {
            d.basic.refusal =
                |problem, parts| challenged(right::refusal(problem, parts), "Basic realm=authspec");
        },
        ..ROW
    },
    Fault {
        name: "basic-challenge-of-another-scheme",
        what: "The challenge asks for a scheme that opens nothing here.",
        models: "xBasic, sent to keep browsers from asking; a framework's default Bearer",
        breaks: &["RFC9110-15.5.2-1"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                challenged(right::refusal(problem, parts), r#"xBasic realm="authspec""#)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-challenge-charset-unknown",
        what: "The challenge announces a charset that isn't UTF-8.",
        models: "charset=\"ISO-8859-1\"",
        breaks: &["RFC7617-2.1-1"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                let challenge = r#"Basic realm="authspec", charset="ISO-8859-1""#;
                challenged(right::refusal(problem, parts), challenge)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-realm-twice",
        what: "The challenge has its realm twice.",
        models: "two layers that both add a parameter",
        breaks: &["RFC9110-11.2-1"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                let challenge = r#"Basic realm="authspec", realm="authspec", charset="UTF-8""#;
                challenged(right::refusal(problem, parts), challenge)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-refusal-is-403",
        what: "A bad credential gets 403 instead of 401.",
        models: "Spring's Http403ForbiddenEntryPoint",
        breaks: &["RFC9110-11.4-1", "RFC9110-11.4-2"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                let mut response = right::refusal(problem, parts);
                *response.status_mut() = StatusCode::FORBIDDEN;
                response.headers_mut().remove(header::WWW_AUTHENTICATE);
                response
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-refusal-is-a-redirect",
        what: "A request without a good credential is sent to a login page.",
        models: "the form login of a web framework on an API",
        breaks: &["RFC9110-11.4-1"],
        install: |d| d.basic.refusal = |_, _| answer::see_other("/login"),
        ..ROW
    },
    Fault {
        name: "basic-refusal-is-200",
        what: "A refusal is a 200 whose body says that it failed.",
        models: "error envelopes",
        breaks: &["RFC9110-11.4-1", "RFC9110-11.4-2"],
        install: |d| {
            d.basic.refusal = |_, _| {
                answer::json(
                    StatusCode::OK,
                    &serde_json::json!({ "error": "not authenticated" }),
                )
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-unknown-user-by-body",
        what: "The body says whether the user exists.",
        models: "CWE-204",
        breaks: &["CWE-204"],
        install: |d| {
            d.basic.refusal = |problem, parts| match problem {
                Problem::UnknownUser => with_text(problem, parts, "No such user."),
                Problem::WrongPassword => with_text(problem, parts, "Wrong password."),
                _ => right::refusal(problem, parts),
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-unknown-user-by-status",
        what: "An unknown user gets 404, a wrong password 401.",
        models: "CWE-204",
        breaks: &["CWE-204", "RFC9110-11.4-2"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                let mut response = right::refusal(problem, parts);
                if *problem == Problem::UnknownUser {
                    *response.status_mut() = StatusCode::NOT_FOUND;
                }
                response
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-unknown-user-by-field",
        what: "A field of the answer says how many attempts an existing user has left.",
        models: "CWE-204",
        breaks: &["CWE-204"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                let mut response = right::refusal(problem, parts);
                if *problem == Problem::WrongPassword {
                    let name = HeaderName::from_static("x-attempts-left");
                    answer::set(&mut response, name, "4");
                }
                response
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-refusal-echoes-credential",
        what: "The refusal repeats the credential that was sent.",
        models: "CWE-209, CWE-532",
        breaks: &["CWE-209"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                let sent = parts
                    .headers
                    .get(header::AUTHORIZATION)
                    .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
                let decoded = sent
                    .as_deref()
                    .and_then(|sent| encoding::base64_decode(sent.split(' ').nth(1)?))
                    .map(|octets| String::from_utf8_lossy(&octets).into_owned());
                with_text(problem, parts, &format!("Rejected: {sent:?} ({decoded:?})"))
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-refusal-shows-stack-trace",
        what: "The refusal shows where in the code it arose.",
        models: "CWE-209, debug mode left on",
        breaks: &["CWE-209"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                with_text(
                    problem,
                    parts,
                    "Traceback (most recent call last):\n  File \"/srv/app/auth.py\", line 42, in verify\n    raise BadCredentials(user)",
                )
            };
        },
        ..ROW
    },
];

fn first_octets(text: &str, count: usize) -> &[u8] {
    let octets = text.as_bytes();
    octets.get(..count).unwrap_or(octets)
}

/// The first or the last of several fields.
fn chosen(headers: &HeaderMap, last: bool) -> Field {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = if last {
        values.next_back()
    } else {
        values.next()
    };
    value.map_or(Field::None, |value| Field::One(value.as_bytes().to_vec()))
}

fn challenged(mut response: Response, challenge: &str) -> Response {
    answer::set(&mut response, header::WWW_AUTHENTICATE, challenge);
    response
}

fn with_text(problem: &Problem, parts: &axum::http::request::Parts, text: &str) -> Response {
    let standard = right::refusal(problem, parts);
    let mut response = answer::problem(standard.status(), "Authentication failed", text);
    for value in standard.headers().get_all(header::WWW_AUTHENTICATE) {
        response
            .headers_mut()
            .append(header::WWW_AUTHENTICATE, value.clone());
    }
    response
}

/// What `SELECT * FROM users WHERE name = '{name}' AND password = '{password}'` finds: a quote in a
/// value ends it, what follows is SQL, and two dashes end the statement.
fn sql(name: &str, password: &str) -> Option<&'static Account> {
    let statement = format!("name = '{name}' AND password = '{password}'");
    let statement = statement.split("--").next().unwrap_or_default();
    let statement = statement.split('#').next().unwrap_or_default();
    let injected = name.contains('\'') || password.contains('\'');
    let mut found = accounts::accounts().iter();
    found.find(|account| injected && holds(statement, account))
}

/// Evaluates `OR` over `AND` over comparisons; text that is none of these is false.
fn holds(condition: &str, account: &Account) -> bool {
    let words = condition.replace(" or ", " OR ").replace(" and ", " AND ");
    words.split(" OR ").any(|alternative| {
        alternative.split(" AND ").all(|comparison| {
            let value = |text: &str| match text.trim().trim_end_matches(';') {
                "name" => account.name.to_owned(),
                "password" => account.password.to_owned(),
                literal => literal.trim().trim_matches('\'').to_owned(),
            };
            comparison
                .split_once('=')
                .is_some_and(|(left, right)| value(left) == value(right))
        })
    })
}

/// Whether an attribute matches an LDAP filter value with stars.
fn matches_filter(filter: &str, value: &str) -> bool {
    match filter.split_once('*') {
        None => filter == value,
        Some((start, rest)) => {
            let end = rest.rsplit('*').next().unwrap_or_default();
            value.starts_with(start) && value.ends_with(end)
        }
    }
}
