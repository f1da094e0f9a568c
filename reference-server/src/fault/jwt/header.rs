//! Mistakes with the header of a token: its kind, and what it asks for.

use serde_json::Value;

use super::super::{Fault, ROW};
use crate::decisions::bearer::Problem;
use crate::decisions::jwt as right;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "jwt-crit-ignored",
        what: "The header crit is not looked at.",
        models: "RFC 7515 section 4.1.11; CVE-2026-32597, PyJWT; jsonwebtoken of Rust",
        breaks: &["RFC7515-4.1.11-1"],
        install: |d| {
            d.jwt.critical = |header| {
                let mut known = header.clone();
                known.remove("crit");
                right::critical(&known)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-crit-malformed-taken",
        what: "Only a crit that lists extensions is looked at; another type, an empty list or the standard's own names pass.",
        models: "for (const name of header.crit ?? []) if (!known(name)) throw",
        breaks: &["RFC7515-4.1.11-2"],
        install: |d| {
            d.jwt.critical = |header| {
                let standard = [
                    "alg", "typ", "kid", "cty", "jwk", "jku", "x5c", "x5u", "x5t",
                ];
                let known =
                    |name: &Value| name.as_str().is_none_or(|name| standard.contains(&name));
                let mut rest = header.clone();
                if let Some(crit) = rest.remove("crit") {
                    right::ensure(crit.as_array().is_none_or(|names| names.iter().all(known)))?;
                }
                right::critical(&rest)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-500-on-odd-thumbprint",
        what: "A certificate thumbprint that isn't found in the store is an unhandled error.",
        models: "CWE-755, certificates.find(x5t)!",
        breaks: &["CWE-755"],
        install: |d| {
            d.jwt.critical = |header| {
                if header.contains_key("x5t") || header.contains_key("x5t#S256") {
                    return Err(Problem::Broken);
                }
                right::critical(header)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-b64-ignored",
        what: "The header b64 is not looked at where crit doesn't name it.",
        models: "RFC 7797 section 6",
        breaks: &["RFC7797-6-1", "RFC7797-7-1"],
        install: |d| d.jwt.critical = |header| right::ensure(!header.contains_key("crit")),
        ..ROW
    },
    Fault {
        name: "jwt-typ-ignored",
        what: "Any kind of JWT from the issuer is taken for an access token.",
        models: "RFC 8725 section 2.8, cross-JWT confusion",
        breaks: &["RFC9068-4-3", "RFC8725-3.12-1"],
        install: |d| d.jwt.kind = |_| Ok(()),
        ..ROW
    },
    Fault {
        name: "jwt-typ-absent-taken",
        what: "A token without typ, or with the typ JWT, is taken for an access token.",
        models: "RFC 9068 section 4",
        breaks: &["RFC9068-4-3"],
        install: |d| {
            d.jwt.kind = |header| match header.get("typ").and_then(Value::as_str) {
                None | Some("JWT") => Ok(()),
                Some(_) => right::kind(header),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-typ-prefix-unknown",
        what: "The typ application/at+jwt is another one than at+jwt.",
        models: "RFC 7515 section 4.1.9, RFC 9068 section 4",
        breaks: &["RFC7515-4.1.9-1"],
        install: |d| {
            d.jwt.kind = |header| {
                let typ = header.get("typ").and_then(Value::as_str);
                right::ensure(typ.is_some_and(|typ| typ.eq_ignore_ascii_case("at+jwt")))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-typ-case-counts",
        what: "The typ is compared with its case.",
        models: "typ === 'at+jwt'; RFC 2045 section 5.1",
        breaks: &["CWE-178"],
        install: |d| {
            d.jwt.kind = |header| {
                let typ = header.get("typ").and_then(Value::as_str);
                right::ensure(typ.is_some_and(|typ| right::strip_application(typ) == "at+jwt"))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-header-claims-count",
        what: "Claims that stand in the header count, whatever the payload says.",
        models: "header and payload merged into one map; RFC 7519 section 5.3",
        breaks: &["RFC7519-5.3-1"],
        install: |d| {
            d.jwt.replicated = |header, claims| {
                let theirs = header.iter().filter(|(name, _)| claims.contains_key(*name));
                let theirs: Vec<_> = theirs.map(|(n, v)| (n.clone(), v.clone())).collect();
                claims.extend(theirs);
                Ok(())
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-unknown-header-refused",
        what: "A header with a member that isn't known is refused.",
        models: "deny_unknown_fields; RFC 7515 section 4",
        breaks: &["RFC7515-4-2"],
        install: |d| {
            d.jwt.critical = |header| {
                let known = [
                    "alg", "typ", "kid", "cty", "jwk", "jku", "x5c", "x5u", "x5t",
                ];
                right::critical(header)?;
                right::ensure(header.keys().all(|name| known.contains(&name.as_str())))
            };
        },
        ..ROW
    },
];
