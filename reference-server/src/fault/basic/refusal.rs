//! Mistakes in the answer to who isn't let in.

use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::Response;

use super::super::{Fault, ROW};
use crate::decisions::basic::{self as right, Problem};
use crate::{answer, encoding};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "basic-500-without-credential",
        what: "A request without a credential is an unhandled error.",
        models: "CWE-755, req.headers.authorization.split(' ')",
        breaks: &["CWE-755", "RFC9110-11.4-1"],
        install: |d| {
            d.basic.refusal = |problem, parts| match problem {
                Problem::Missing => right::refusal(&Problem::Broken, parts),
                _ => right::refusal(problem, parts),
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
        name: "basic-partial-without-challenge",
        what: "A credential that can't be read is answered 401, without a challenge.",
        models: "if (!match) return res.sendStatus(401): the challenge stands in the other branch",
        breaks: &["RFC9110-11.4-3"],
        install: |d| {
            d.basic.refusal = |problem, parts| match problem {
                Problem::Malformed => answer::problem(
                    StatusCode::UNAUTHORIZED,
                    "Malformed credentials",
                    "The Authorization field can't be read.",
                ),
                _ => right::refusal(problem, parts),
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-refusal-is-407",
        what: "Who isn't let in is answered 407, though there is no proxy.",
        models: "a gateway that takes itself for a proxy",
        breaks: &["RFC9110-11.4-1", "RFC9110-15.5.8-1"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                let mut response = right::refusal(problem, parts);
                *response.status_mut() = StatusCode::PROXY_AUTHENTICATION_REQUIRED;
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
        name: "basic-wrong-password-is-403",
        what: "A credential that is well-formed and wrong gets 403.",
        models: "403 for a failed login; RFC 9110 section 15.5.4",
        breaks: &["RFC9110-11.4-2"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                let mut response = right::refusal(problem, parts);
                if matches!(problem, Problem::WrongPassword | Problem::UnknownUser) {
                    *response.status_mut() = StatusCode::FORBIDDEN;
                }
                response
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-challenge-only-when-missing",
        what: "Only a request without a credential is challenged.",
        models: "two ways to a 401, of which one sets the field",
        breaks: &["RFC9110-11.6.1-1"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                let mut response = right::refusal(problem, parts);
                if *problem != Problem::Missing {
                    response.headers_mut().remove(header::WWW_AUTHENTICATE);
                }
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

fn challenged(mut response: Response, challenge: &str) -> Response {
    answer::set(&mut response, header::WWW_AUTHENTICATE, challenge);
    response
}

fn with_text(problem: &Problem, parts: &Parts, text: &str) -> Response {
    let standard = right::refusal(problem, parts);
    let mut response = answer::problem(standard.status(), "Authentication failed", text);
    for value in standard.headers().get_all(header::WWW_AUTHENTICATE) {
        response
            .headers_mut()
            .append(header::WWW_AUTHENTICATE, value.clone());
    }
    response
}
