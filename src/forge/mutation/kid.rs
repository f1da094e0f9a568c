//! `kid`: missing, of the wrong type, unknown, or text that a careless look-up runs.
//!
//! Rows that inject name no host and change nothing: a target that runs them shows it by an error or by acceptance.
//! Those whose look-up would yield a known key sign with that key.

use super::claims::swap_case;
use super::header::{remove, set};
use super::{Aim, Mutation};
use crate::forge::parts::{NotApplicable, Parts};
use crate::forge::recipe::SignWith;
use serde_json::{Value, json};

const fn row(name: &'static str, doc: &'static str, apply: super::Apply) -> Mutation {
    Mutation::before(Aim::Header, name, doc, apply)
}

pub(super) const ROWS: &[Mutation] = &[
    row(
        "kid-missing",
        "no `kid`: the one key is used, suitable ones are tried, or the token is refused",
        |p| remove(p, "kid"),
    )
    .signed()
    .disputed(),
    row("kid-null", "`kid` is null", |p| set(p, "kid", Value::Null))
        .signed()
        .disputed(),
    row(
        "kid-number",
        "`kid` is a number (RFC 7515 section 4.1.4: it is text)",
        |p| set(p, "kid", json!(1)),
    )
    .signed()
    .disputed(),
    row(
        "kid-boolean",
        "`kid` is true (RFC 7515 section 4.1.4: it is text)",
        |p| set(p, "kid", json!(true)),
    )
    .signed()
    .disputed(),
    row(
        "kid-array",
        "`kid` is an array that holds the right one",
        |p| {
            let kid = p.header.get("kid").cloned().unwrap_or(json!("1"));
            set(p, "kid", json!([kid]))
        },
    )
    .signed()
    .disputed(),
    row("kid-object", "`kid` is an object", |p| {
        set(p, "kid", json!({"$ne": ""}))
    })
    .signed()
    .disputed(),
    row("kid-empty", "`kid` is the empty text", |p| {
        set(p, "kid", json!(""))
    })
    .signed()
    .disputed(),
    row(
        "kid-unknown",
        "`kid` names no key of the set: no falling back to another one",
        |p| set(p, "kid", json!("authspec-unknown-kid")),
    )
    .signed()
    .disputed(),
    row(
        "kid-case",
        "`kid` in other letter case; it is case-sensitive (RFC 7515 section 4.1.4)",
        |p| {
            let kid = p
                .header
                .get("kid")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let other = swap_case(kid);
            if other == kid {
                return Err(NotApplicable("the kid has no letters"));
            }
            set(p, "kid", json!(other))
        },
    )
    .signed()
    .disputed(),
    row("kid-long", "`kid` of 4096 letters", |p| {
        set(p, "kid", json!("k".repeat(4096)))
    })
    .signed()
    .disputed(),
    row(
        "kid-path-traversal",
        "`kid` names /dev/null by a relative path, signed with that file's content, nothing",
        |p| keyed(p, "../../../../../../../../dev/null", b""),
    ),
    row(
        "kid-path-absolute",
        "`kid` names /dev/null, signed with that file's content, nothing",
        |p| keyed(p, "/dev/null", b""),
    ),
    row(
        "kid-path-missing",
        "`kid` names a file that isn't there, signed with nothing",
        |p| keyed(p, "../../../../authspec/absent", b""),
    ),
    row(
        "kid-path-encoded",
        "`kid` names /dev/null with encoded slashes, signed with nothing",
        |p| keyed(p, "..%2f..%2f..%2f..%2f..%2fdev%2fnull", b""),
    ),
    row(
        "kid-path-nul",
        "`kid` names /dev/null before a NUL, signed with nothing",
        |p| keyed(p, "../../../../../../dev/null\0.pem", b""),
    ),
    row(
        "kid-path-zeros",
        "`kid` names /proc/sys/kernel/randomize_va_space, signed with its usual content",
        |p| keyed(p, "/proc/sys/kernel/randomize_va_space", b"2\n"),
    ),
    row(
        "kid-sql",
        "`kid` is SQL that would yield the key `stranger`, signed with it",
        |p| keyed(p, "x' UNION SELECT 'stranger' -- ", b"stranger"),
    ),
    row(
        "kid-sql-double-quote",
        "the same behind a double quote",
        |p| keyed(p, "x\" UNION SELECT 'stranger' -- ", b"stranger"),
    ),
    row(
        "kid-sql-quote",
        "`kid` ends in a quote: an error shows that it reaches SQL",
        |p| keyed(p, "x'", b"stranger"),
    ),
    row(
        "kid-sql-true",
        "`kid` is an SQL condition that is always true, signed with nothing",
        |p| keyed(p, "' OR '1'='1", b""),
    ),
    row(
        "kid-shell",
        "`kid` is shell text that would print the key `stranger`, signed with it",
        |p| keyed(p, "x; printf stranger #", b"stranger"),
    ),
    row(
        "kid-shell-pipe",
        "`kid` is a pipe, which some `open` calls run",
        |p| keyed(p, "| printf stranger", b"stranger"),
    ),
    row(
        "kid-shell-substitution",
        "`kid` is a command substitution",
        |p| keyed(p, "$(printf stranger)", b"stranger"),
    ),
    row(
        "kid-ldap",
        "`kid` is an LDAP filter that matches everything",
        |p| keyed(p, "*)(objectClass=*", b"stranger"),
    ),
    row(
        "kid-ldap-bracket",
        "`kid` ends in a bracket: an error shows that it reaches an LDAP filter",
        |p| keyed(p, "x)", b"stranger"),
    ),
    row("kid-template", "`kid` is a template expression", |p| {
        keyed(p, "{{7*7}}${7*7}", b"49")
    }),
    row(
        "kid-prototype",
        "`kid` is __proto__, a member of every object in some languages",
        |p| keyed(p, "__proto__", b""),
    ),
    row(
        "kid-constructor",
        "`kid` is constructor, a member of every object in some languages",
        |p| keyed(p, "constructor", b""),
    ),
    row(
        "kid-to-string",
        "`kid` is toString, signed with `[object Object]`",
        |p| keyed(p, "toString", b"[object Object]"),
    ),
    row(
        "kid-jwk",
        "`kid` is a JWK as text, signed with its secret",
        |p| keyed(p, "{\"kty\":\"oct\",\"k\":\"c3RyYW5nZXI\"}", b"stranger"),
    ),
    row(
        "kid-data-url",
        "`kid` is a data URL, signed with its content",
        |p| keyed(p, "data:,stranger", b"stranger"),
    ),
    row(
        "kid-as-secret",
        "HS256 with `kid` itself for the secret: public text is none",
        |p| {
            let kid = p.header.get("kid").and_then(Value::as_str);
            let kid = kid.ok_or(NotApplicable("the token has no kid"))?.to_owned();
            keyed(p, &kid, kid.as_bytes())
        },
    ),
];

/// A `kid`, with HS256 over the secret that a careless look-up of it would give.
fn keyed(parts: &mut Parts, kid: &str, secret: &[u8]) -> Result<(), NotApplicable> {
    parts.sign_with = SignWith::Text(secret.to_vec());
    parts.header.insert("alg".into(), json!("HS256"));
    set(parts, "kid", json!(kid))
}
