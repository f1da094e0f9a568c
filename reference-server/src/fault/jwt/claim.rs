//! Mistakes about who issued a token, for whom, and about whom.

use serde_json::Value;

use super::super::{Fault, ROW};
use crate::decisions::bearer::Problem;
use crate::decisions::jwt::{self as right, ensure};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "jwt-iss-ignored",
        what: "iss is not looked at: any trusted key signs for any issuer.",
        models: "RFC 8725 section 3.8",
        breaks: &["RFC9068-4-5", "RFC8725-3.8-1"],
        install: |d| d.jwt.issuer = |_, _| Ok(true),
        ..ROW
    },
    Fault {
        name: "jwt-500-on-odd-iss",
        what: "An iss that is no text is an unhandled error.",
        models: "CWE-755",
        breaks: &["CWE-755", "RFC6750-3.1-2"],
        install: |d| {
            d.jwt.issuer = |claims, issuer| match claims.get("iss") {
                Some(Value::String(iss)) => Ok(iss == issuer),
                _ => Err(Problem::Broken),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-iss-missing-taken",
        what: "A token without iss is taken.",
        models: "validation of iss only where it is there",
        breaks: &["RFC9068-4-5"],
        install: |d| {
            d.jwt.issuer = |claims, issuer| {
                Ok(claims
                    .get("iss")
                    .is_none_or(|iss| iss.as_str() == Some(issuer)))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-iss-by-prefix",
        what: "iss need only begin with the issuer.",
        models: "iss.startsWith(issuer)",
        breaks: &["RFC9068-4-5", "RFC7519-7.3-1"],
        install: |d| {
            d.jwt.issuer = |claims, issuer| {
                Ok(claims
                    .get("iss")
                    .and_then(Value::as_str)
                    .is_some_and(|iss| iss.starts_with(issuer)))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-iss-normalised",
        what: "iss is compared without case, scheme and final slash.",
        models: "URL normalisation; RFC 7519 section 7.3",
        breaks: &["RFC9068-4-5", "RFC7519-4.1.1-1"],
        install: |d| {
            d.jwt.issuer = |claims, issuer| {
                let plain = |text: &str| {
                    let text = text.to_ascii_lowercase();
                    let text = text.trim_end_matches('/');
                    text.split_once("://")
                        .map_or(text, |(_, rest)| rest)
                        .to_owned()
                };
                Ok(claims
                    .get("iss")
                    .and_then(Value::as_str)
                    .is_some_and(|iss| plain(iss) == plain(issuer)))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-iss-array-taken",
        what: "An iss that is an array containing the issuer is taken.",
        models: "the jsonwebtoken crate; CWE-843",
        breaks: &["RFC9068-4-5"],
        install: |d| {
            d.jwt.issuer = |claims, issuer| {
                Ok(match claims.get("iss") {
                    Some(Value::Array(several)) => {
                        several.iter().any(|one| one.as_str() == Some(issuer))
                    }
                    one => one.and_then(Value::as_str) == Some(issuer),
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-aud-ignored",
        what: "aud is not looked at.",
        models: "CWE-287, a token for any other API of the issuer",
        breaks: &["RFC7519-4.1.3-1", "RFC9068-4-6", "RFC9700-2.3-3"],
        install: |d| d.jwt.audience = |_, _| Ok(()),
        ..ROW
    },
    Fault {
        name: "jwt-aud-missing-taken",
        what: "A token without aud is taken.",
        models: "validation of aud only where it is there, the default of many libraries",
        breaks: &["RFC9068-4-6", "RFC8725-3.9-1"],
        install: |d| {
            d.jwt.audience = |claims, names| match claims.get("aud") {
                None => Ok(()),
                Some(_) => right::audience(claims, names),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-aud-by-prefix",
        what: "aud need only begin with the resource.",
        models: "aud.startsWith(resource)",
        breaks: &["RFC7519-4.1.3-3", "RFC9068-4-6"],
        install: |d| {
            d.jwt.audience =
                |claims, names| any_audience(claims, names, |aud, name| aud.starts_with(name))
        },
        ..ROW
    },
    Fault {
        name: "jwt-aud-by-substring",
        what: "The resource need only be found somewhere in aud.",
        models: "aud.includes(resource) on a string",
        breaks: &["RFC7519-4.1.3-3", "RFC9068-4-6"],
        install: |d| {
            d.jwt.audience =
                |claims, names| any_audience(claims, names, |aud, name| aud.contains(name))
        },
        ..ROW
    },
    Fault {
        name: "jwt-aud-normalised",
        what: "aud is compared without case and final slash.",
        models: "URL normalisation; RFC 7519 section 4.1.3",
        breaks: &["RFC7519-4.1.3-3"],
        install: |d| {
            d.jwt.audience = |claims, names| {
                any_audience(claims, names, |aud, name| {
                    aud.trim_end_matches('/').eq_ignore_ascii_case(name)
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-aud-array-refused",
        what: "Only an aud that is one string is understood.",
        models: "RFC 7519 section 4.1.3",
        breaks: &["RFC7519-4.1.3-2"],
        install: |d| {
            d.jwt.audience = |claims, names| {
                ensure(claims.get("aud").is_some_and(Value::is_string))?;
                right::audience(claims, names)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-aud-wrong-type-taken",
        what: "An aud that is neither a string nor an array of strings is not compared.",
        models: "CWE-843",
        breaks: &["RFC7519-4.1.3-3", "RFC9068-4-6"],
        install: |d| {
            d.jwt.audience = |claims, names| match claims.get("aud") {
                Some(Value::String(_)) | None => right::audience(claims, names),
                Some(Value::Array(several))
                    if several.iter().all(Value::is_string) && !several.is_empty() =>
                {
                    right::audience(claims, names)
                }
                Some(_) => Ok(()),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-sub-not-required",
        what: "sub may be missing or of any type.",
        models: "CWE-843",
        breaks: &["RFC8725-3.8-3"],
        install: |d| d.jwt.subject = |_| Ok(()),
        ..ROW
    },
    Fault {
        name: "jwt-500-on-odd-sub",
        what: "A sub that is no text is an unhandled error.",
        models: "CWE-755",
        breaks: &["CWE-755", "RFC6750-3.1-2"],
        install: |d| {
            d.jwt.subject = |claims| match claims.get("sub") {
                Some(Value::String(_)) => Ok(()),
                _ => Err(Problem::Broken),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-client-id-and-jti-not-required",
        what: "client_id and jti may be missing.",
        models: "RFC 9068 section 2.2",
        breaks: &["CWE-345"],
        install: |d| d.jwt.required = |_| Ok(()),
        ..ROW
    },
    Fault {
        name: "jwt-unknown-claim-refused",
        what: "A claim that isn't known makes the token invalid.",
        models: "deny_unknown_fields; RFC 7519 section 4",
        breaks: &["RFC7519-4-2"],
        install: |d| {
            d.jwt.required = |claims| {
                let known = [
                    "iss",
                    "sub",
                    "aud",
                    "exp",
                    "nbf",
                    "iat",
                    "jti",
                    "client_id",
                    "scope",
                    "typ",
                    "azp",
                    "auth_time",
                    "acr",
                    "amr",
                    "sid",
                    "roles",
                    "groups",
                    "name",
                    "email",
                ];
                ensure(claims.keys().all(|name| known.contains(&name.as_str())))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-only-signature-and-time",
        what: "Any token of the issuer that is signed and in time is taken, whatever it is and whomever it is for.",
        models: "jwt.verify(token, key) with the library's defaults",
        breaks: &["RFC8725-3.12-1", "RFC7519-4.1.3-1", "RFC9068-4-3"],
        install: |d| {
            d.jwt.kind = |_| Ok(());
            d.jwt.audience = |_, _| Ok(());
            d.jwt.required = |_| Ok(());
        },
        ..ROW
    },
    Fault {
        name: "jwt-unknown-subject-taken",
        what: "A token about somebody whom nobody knows opens.",
        models: "RFC 8725 section 3.8, an account that was deleted",
        breaks: &["RFC8725-3.8-3"],
        install: |d| d.bearer.subject = |_| true,
        ..ROW
    },
    Fault {
        name: "jwt-sub-pasted-into-sql",
        what: "sub is pasted into a query, and a query that can't be parsed is an unhandled error.",
        models: "CWE-89",
        breaks: &["CWE-89", "RFC8725-3.10-1"],
        install: |d| {
            d.jwt.subject = |claims| {
                let sub = claims
                    .get("sub")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                if sub.matches('\'').count() % 2 == 1 {
                    return Err(Problem::Broken);
                }
                ensure(!sub.is_empty())
            };
        },
        ..ROW
    },
];

fn any_audience(
    claims: &right::Object,
    names: &[String],
    matches: fn(&str, &str) -> bool,
) -> Result<(), Problem> {
    let several = match claims.get("aud") {
        Some(Value::Array(several)) => several.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let texts = several.iter().filter_map(Value::as_str);
    ensure(
        texts
            .into_iter()
            .any(|aud| names.iter().any(|name| matches(aud, name))),
    )
}
