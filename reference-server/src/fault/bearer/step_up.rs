//! Mistakes about how and when the user of a token was authenticated.

use super::super::{Fault, ROW};
use crate::decisions::bearer::{self as right, Lack, Problem};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "bearer-acr-ignored",
        what: "How the user was authenticated is not looked at.",
        models: "CWE-308, ASVS 10.3.4: a demand that only the login page knows",
        breaks: &["CWE-308"],
        install: |d| {
            d.bearer.lacks = |claims, demand, now| {
                let max_age = right::lacks(claims, demand, now)?.max_age?;
                Some(Lack {
                    acr: None,
                    max_age: Some(max_age),
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-acr-missing-is-enough",
        what: "A token that says nothing of the login passes.",
        models: "if (claims.acr && claims.acr !== needed) throw; CWE-636",
        breaks: &["CWE-308"],
        install: |d| {
            d.bearer.lacks = |claims, demand, now| {
                let mut lack = right::lacks(claims, demand, now)?;
                if !claims.contains_key("acr") {
                    lack.acr = None;
                }
                (lack != Lack::default()).then_some(lack)
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-auth-time-ignored",
        what: "When the user was authenticated is not looked at.",
        models: "CWE-613: iat of the token is taken for the time of the login",
        breaks: &["CWE-613"],
        install: |d| {
            d.bearer.lacks = |claims, demand, now| {
                let acr = right::lacks(claims, demand, now)?.acr?;
                Some(Lack {
                    acr: Some(acr),
                    max_age: None,
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-auth-time-missing-is-recent",
        what: "A token without auth_time is taken for one of a login just now.",
        models: "const age = now - (claims.auth_time ?? now)",
        breaks: &["CWE-613"],
        install: |d| {
            d.bearer.lacks = |claims, demand, now| {
                let mut lack = right::lacks(claims, demand, now)?;
                if !claims.contains_key("auth_time") {
                    lack.max_age = None;
                }
                (lack != Lack::default()).then_some(lack)
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-step-up-one-is-enough",
        what: "A login that is neither strong nor recent is told of its scope.",
        models: "two middlewares, of which the first to refuse has another error",
        breaks: &["RFC9470-3-1"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| match problem {
                Problem::InsufficientAuthentication(Lack {
                    acr: Some(acr),
                    max_age: Some(_),
                }) => right::refusal(&Problem::InsufficientScope(acr), parts, metadata),
                _ => right::refusal(problem, parts, metadata),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-step-up-is-insufficient-scope",
        what: "A login that is too weak is refused with insufficient_scope.",
        models: "acr treated as one more scope; RFC 9470 section 3",
        breaks: &["RFC9470-3-1"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| match problem {
                Problem::InsufficientAuthentication(Lack { acr: Some(acr), .. }) => {
                    right::refusal(&Problem::InsufficientScope(acr), parts, metadata)
                }
                _ => right::refusal(problem, parts, metadata),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-old-login-is-invalid-token",
        what: "A token whose login is too long ago is refused as if it were expired.",
        models: "max_age checked by the JWT library, as for an ID token; RFC 9470 section 3",
        breaks: &["RFC9470-3-1"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| match problem {
                Problem::InsufficientAuthentication(Lack {
                    max_age: Some(_), ..
                }) => right::refusal(&Problem::InvalidToken, parts, metadata),
                _ => right::refusal(problem, parts, metadata),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-step-up-without-demand",
        what: "The challenge says that the login is too weak, and not what it takes.",
        models: "an error code without its parameters; CWE-392",
        breaks: &["CWE-392"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| match problem {
                Problem::InsufficientAuthentication(_) => {
                    let bare = Problem::InsufficientAuthentication(Lack::default());
                    right::refusal(&bare, parts, metadata)
                }
                _ => right::refusal(problem, parts, metadata),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-acr-values-as-json",
        what: "The logins that it takes are written as a list of JSON.",
        models: "`acr_values=\"${JSON.stringify(needed)}\"`",
        breaks: &["RFC9470-3-2"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| match problem {
                Problem::InsufficientAuthentication(lack @ Lack { acr: Some(_), .. }) => {
                    let listed = Lack {
                        acr: Some("[phr]"),
                        ..*lack
                    };
                    right::refusal(
                        &Problem::InsufficientAuthentication(listed),
                        parts,
                        metadata,
                    )
                }
                _ => right::refusal(problem, parts, metadata),
            };
        },
        ..ROW
    },
    Fault {
        name: "bearer-max-age-with-a-unit",
        what: "The age is written as the configuration has it: with its unit.",
        models: "max_age=\"10m\", a duration of the configuration passed through",
        breaks: &["RFC9470-3-3"],
        install: |d| {
            d.bearer.refusal = |problem, parts, metadata| {
                let mut response = right::refusal(problem, parts, metadata);
                if let Problem::InsufficientAuthentication(Lack {
                    max_age: Some(seconds),
                    ..
                }) = problem
                {
                    let plain = format!(r#"max_age="{seconds}""#);
                    let unit = format!(r#"max_age="{}m""#, seconds / 60);
                    rewrite(&mut response, &plain, &unit);
                }
                response
            };
        },
        ..ROW
    },
];

/// Another text in the challenge.
fn rewrite(response: &mut axum::response::Response, from: &str, to: &str) {
    let name = axum::http::header::WWW_AUTHENTICATE;
    let challenge = response
        .headers()
        .get(&name)
        .and_then(|one| one.to_str().ok());
    if let Some(challenge) = challenge.map(|challenge| challenge.replace(from, to)) {
        crate::answer::set(response, name, &challenge);
    }
}
