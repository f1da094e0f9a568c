//! Mistakes with the time of a token.

use serde_json::Value;

use super::super::{Fault, ROW};
use crate::decisions::bearer::Problem;
use crate::decisions::jwt::{self as right, LEEWAY, date, ensure, seconds};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "jwt-exp-ignored",
        groups: &["tutorial"],
        what: "exp is not looked at.",
        models: "CWE-613, the API tutorial this project started from",
        breaks: &["RFC7519-4.1.4-1", "RFC9068-4-10"],
        install: |d| d.jwt.expiry = |_, _| Ok(()),
        ..ROW
    },
    Fault {
        name: "jwt-exp-missing-taken",
        what: "A token without exp lives for ever.",
        models: "validation of exp only where it is there, the default of most libraries",
        breaks: &["RFC9068-4-10", "CWE-613"],
        install: |d| {
            d.jwt.expiry = |claims, now| match claims.get("exp") {
                None => Ok(()),
                Some(_) => right::expiry(claims, now),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-exp-zero-is-unset",
        what: "An exp of zero means that none is set, and none means for ever.",
        models: "if (claims.exp && claims.exp < now), the zero value of Go",
        breaks: &["RFC7519-4.1.4-1", "RFC9068-4-10"],
        install: |d| {
            d.jwt.expiry = |claims, now| match claims.get("exp").and_then(Value::as_f64) {
                Some(0.0) => Ok(()),
                _ => right::expiry(claims, now),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-exp-wrong-type-taken",
        what: "An exp that is no number is not compared.",
        models: "CWE-843; if (typeof exp === 'number' && ...)",
        breaks: &["RFC7519-4.1.4-3"],
        install: |d| {
            d.jwt.expiry = |claims, now| match claims.get("exp") {
                Some(Value::Number(_)) | None => right::expiry(claims, now),
                Some(_) => Ok(()),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-exp-wraps-around",
        what: "exp is kept in 32 bits, where large and negative numbers wrap around.",
        models: "CWE-190",
        breaks: &["RFC7519-4.1.4-1", "CWE-190"],
        install: |d| {
            d.jwt.expiry = |claims, now| {
                let exp = claims
                    .get("exp")
                    .and_then(Value::as_f64)
                    .ok_or(Problem::InvalidToken)?;
                let wrapped = exp.rem_euclid(4_294_967_296.0);
                ensure(seconds(now) < wrapped + LEEWAY)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-exp-in-milliseconds",
        what: "A leeway of a minute is given in milliseconds and taken for seconds.",
        models: "leeway in the wrong unit",
        breaks: &["RFC7519-4.1.4-2"],
        install: |d| {
            d.jwt.expiry = |claims, now| right::expiry(claims, now.saturating_sub(60_000));
        },
        ..ROW
    },
    Fault {
        name: "jwt-exp-fraction-refused",
        what: "An exp that isn't whole is refused.",
        models: "integer claims types; RFC 7519 section 2",
        breaks: &["RFC7519-4.1.4-4"],
        install: |d| {
            d.jwt.expiry = |claims, now| {
                ensure(
                    claims
                        .get("exp")
                        .is_some_and(|exp| exp.is_i64() || exp.is_u64()),
                )?;
                right::expiry(claims, now)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-500-on-odd-exp",
        what: "An exp of another type is an unhandled error.",
        models: "CWE-755",
        breaks: &["CWE-755", "RFC6750-3.1-2"],
        install: |d| {
            d.jwt.expiry = |claims, now| match date(claims.get("exp")) {
                Some(_) => right::expiry(claims, now),
                None => Err(Problem::Broken),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-nbf-ignored",
        what: "nbf is not looked at.",
        models: "the default of the jsonwebtoken crate",
        breaks: &["RFC7519-4.1.5-1"],
        install: |d| d.jwt.not_before = |_, _| Ok(()),
        ..ROW
    },
    Fault {
        name: "jwt-nbf-wrong-type-taken",
        what: "An nbf that is no number is not compared.",
        models: "CWE-843",
        breaks: &["RFC7519-4.1.5-2"],
        install: |d| {
            d.jwt.not_before = |claims, now| match claims.get("nbf") {
                Some(Value::Number(_)) | None => right::not_before(claims, now),
                Some(_) => Ok(()),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-iat-ignored",
        what: "iat may be missing, of any type or in the future.",
        models: "RFC 9068 section 2.2",
        breaks: &["RFC7519-4.1.6-1"],
        install: |d| d.jwt.issued_at = |_, _| Ok(()),
        ..ROW
    },
    Fault {
        name: "jwt-exp-leeway-of-half-an-hour",
        what: "A token counts for half an hour more than it says.",
        models: "RFC 7519 section 4.1.4, a leeway meant for one bad clock",
        breaks: &["RFC7519-4.1.4-2", "RFC7519-4.1.4-1"],
        install: |d| d.jwt.expiry = |claims, now| right::expiry(claims, now.saturating_sub(1_800)),
        ..ROW
    },
    Fault {
        name: "jwt-lifetime-unbounded",
        what: "A token may be good for as long as it says.",
        models: "CWE-613",
        breaks: &["CWE-613"],
        install: |d| d.jwt.span = right::young,
        ..ROW
    },
    Fault {
        name: "jwt-age-unbounded",
        what: "A token may be as old as it likes.",
        models: "CWE-613, a maximum age that is configured and not passed on",
        breaks: &["CWE-613"],
        install: |d| d.jwt.span = right::ends,
        ..ROW
    },
    Fault {
        name: "jwt-nbf-without-leeway",
        what: "nbf is compared to the second.",
        models: "the default of PyJWT; RFC 7519 section 4.1.5",
        breaks: &["CWE-697"],
        install: |d| {
            d.jwt.not_before = |claims, now| {
                right::not_before(claims, now)?;
                ensure(date(claims.get("nbf")).is_none_or(|nbf| nbf <= seconds(now)))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-nbf-in-local-time",
        what: "nbf is compared with the local time of a server that stands west of Greenwich.",
        models: "mktime(utcnow()) of Python",
        breaks: &["CWE-697"],
        install: |d| {
            d.jwt.not_before =
                |claims, now| right::not_before(claims, now.saturating_sub(5 * 3_600));
        },
        ..ROW
    },
    Fault {
        name: "jwt-iat-future-taken",
        what: "iat may lie in the future.",
        models: "the default of most libraries",
        breaks: &["RFC7519-4.1.6-2"],
        install: |d| d.jwt.issued_at = |claims, _| ensure(date(claims.get("iat")).is_some()),
        ..ROW
    },
    Fault {
        name: "jwt-iat-wrong-type-taken",
        what: "An iat that is no number is not compared.",
        models: "CWE-843; if (iat > now) in JavaScript, where an object is never more",
        breaks: &["RFC7519-4.1.6-1", "CWE-843"],
        install: |d| {
            d.jwt.issued_at = |claims, now| match claims.get("iat") {
                Some(Value::Number(_)) | None => right::issued_at(claims, now),
                Some(_) => Ok(()),
            };
        },
        ..ROW
    },
];
