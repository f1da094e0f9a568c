//! Claims other than times and parties: subject, identifiers, scope. All of them prove something only under a
//! signature that the target trusts; under a kept one they are forgeries like any other.

use super::{Aim, Mutation};
use crate::forge::parts::{NotApplicable, Parts};
use serde_json::{Value, json};

pub(super) const fn row(name: &'static str, doc: &'static str, apply: super::Apply) -> Mutation {
    Mutation::before(Aim::Claims, name, doc, apply).signed()
}

pub(super) const ROWS: &[Mutation] = &[
    row(
        "sub-missing",
        "no `sub`; RFC 9068 section 2.2 requires it",
        |p| remove(p, "sub"),
    )
    .disputed(),
    row("sub-null", "`sub` is null", |p| set(p, "sub", Value::Null)).disputed(),
    row("sub-empty", "`sub` is the empty text", |p| {
        set(p, "sub", json!(""))
    })
    .disputed(),
    row(
        "sub-number",
        "`sub` is a number (RFC 7519 section 4.1.2: it is text)",
        |p| set(p, "sub", json!(0)),
    )
    .disputed(),
    row(
        "sub-boolean",
        "`sub` is true (RFC 7519 section 4.1.2: it is text)",
        |p| set(p, "sub", json!(true)),
    )
    .disputed(),
    row(
        "sub-array",
        "`sub` is an array that holds the right one",
        |p| listed(p, "sub"),
    )
    .disputed(),
    row(
        "sub-object",
        "`sub` is an object, which some databases read as a query",
        |p| set(p, "sub", json!({"$ne": ""})),
    )
    .disputed(),
    row(
        "sub-sql",
        "`sub` is an SQL condition that is always true",
        |p| set(p, "sub", json!("' OR '1'='1")),
    )
    .disputed(),
    row(
        "sub-ldap",
        "`sub` is an LDAP filter that matches everything",
        |p| set(p, "sub", json!("*)(objectClass=*")),
    )
    .disputed(),
    row(
        "sub-quote",
        "`sub` holds a quote, as names do: an error shows that it reaches SQL",
        |p| set(p, "sub", json!("o'neill")),
    )
    .disputed(),
    row("sub-nul", "`sub` with a NUL and more text behind it", |p| {
        edit(p, "sub", |t| format!("{t}\0x"))
    })
    .disputed(),
    row("sub-long", "`sub` of 4096 characters", |p| {
        set(p, "sub", json!("s".repeat(4096)))
    })
    .disputed(),
    row(
        "jti-missing",
        "no `jti`; RFC 9068 section 2.2 requires it",
        |p| remove(p, "jti"),
    )
    .disputed(),
    row("jti-empty", "`jti` is the empty text", |p| {
        set(p, "jti", json!(""))
    })
    .disputed(),
    row(
        "jti-number",
        "`jti` is a number (RFC 7519 section 4.1.7: it is text)",
        |p| set(p, "jti", json!(1)),
    )
    .disputed(),
    row(
        "client-id-missing",
        "no `client_id`; RFC 9068 section 2.2 requires it",
        |p| remove(p, "client_id"),
    )
    .disputed(),
    row("scope-missing", "no `scope`: nothing is granted", |p| {
        remove(p, "scope")
    })
    .disputed(),
    row(
        "scope-empty",
        "`scope` is the empty text: nothing is granted",
        |p| set(p, "scope", json!("")),
    )
    .disputed(),
    row(
        "scope-array",
        "`scope` is an array (RFC 9068 section 2.2.3: it is text)",
        |p| listed(p, "scope"),
    )
    .disputed(),
    row("scope-number", "`scope` is a number", |p| {
        set(p, "scope", json!(1))
    })
    .disputed(),
    row(
        "scope-longer",
        "every scope with a letter more: compared by containing",
        |p| edit(p, "scope", |t| words(t, |w| format!("{w}x"))),
    )
    .disputed(),
    row(
        "scope-shorter",
        "every scope with its last letter cut: compared as a prefix",
        |p| edit(p, "scope", |t| words(t, shorter)),
    )
    .disputed(),
    row(
        "scope-case",
        "scopes in other letter case; they are case-sensitive (RFC 6749 section 3.3)",
        |p| edit(p, "scope", swap_case),
    )
    .disputed(),
    row(
        "claims-unknown-member",
        "a claim that nobody knows is ignored (RFC 7519 section 4)",
        |p| set(p, "authspec-unknown", json!({"a": [1, null]})),
    )
    .harmless(),
    row(
        "claims-large",
        "an unknown claim of 2 KiB, which servers have room for",
        |p| set(p, "authspec-unknown", json!("x".repeat(2048))),
    )
    .harmless()
    .disputed(),
    row(
        "claims-larger",
        "an unknown claim of 4 KiB, close to the 8 KiB that servers give a field",
        |p| set(p, "authspec-unknown", json!("x".repeat(4096))),
    )
    .harmless()
    .disputed(),
    row(
        "claims-millions",
        "an unknown claim of 1.5 MiB, for which a field has room only where it is compressed",
        |p| set(p, "authspec-unknown", json!("a".repeat(3 << 19))),
    )
    .harmless()
    .disputed(),
    row(
        "id-token",
        "the claims of an ID token: for the client, with a nonce (RFC 8725 section 3.12)",
        |p| {
            let client = ["client_id", "azp"]
                .iter()
                .find_map(|name| p.claims.get(*name).cloned())
                .unwrap_or_else(|| json!("authspec-client"));
            for name in ["client_id", "scope", "jti"] {
                p.claims.shift_remove(name);
            }
            set(p, "azp", client.clone())?;
            set(p, "nonce", json!("n-0S6_WzA2Mj"))?;
            p.header.insert("typ".into(), json!("JWT"));
            set(p, "aud", client)
        },
    ),
];

pub(super) fn set(parts: &mut Parts, name: &str, value: Value) -> Result<(), NotApplicable> {
    parts.claims.insert(name.to_owned(), value);
    Ok(())
}

pub(super) fn remove(parts: &mut Parts, name: &str) -> Result<(), NotApplicable> {
    let removed = parts.claims.shift_remove(name);
    removed
        .map(|_| ())
        .ok_or(NotApplicable("the token lacks the claim"))
}

pub(super) fn current(parts: &Parts, name: &str) -> Result<Value, NotApplicable> {
    let value = parts.claims.get(name).cloned();
    value.ok_or(NotApplicable("the token lacks the claim"))
}

pub(super) fn text(parts: &Parts, name: &str) -> Result<String, NotApplicable> {
    let value = current(parts, name)?;
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned)
        .ok_or(NotApplicable("the claim is no text"))
}

/// Changes a text; a change that leaves it as it is proves nothing.
pub(super) fn edit(
    parts: &mut Parts,
    name: &str,
    change: impl Fn(&str) -> String,
) -> Result<(), NotApplicable> {
    let old = text(parts, name)?;
    let new = change(&old);
    if new == old {
        return Err(NotApplicable("the claim can't be changed that way"));
    }
    set(parts, name, json!(new))
}

pub(super) fn listed(parts: &mut Parts, name: &str) -> Result<(), NotApplicable> {
    let value = current(parts, name)?;
    set(parts, name, json!([value]))
}

pub(super) fn shorter(text: &str) -> String {
    let mut text = text.to_owned();
    text.pop();
    text
}

pub(super) fn swap_case(text: &str) -> String {
    let swap = |c: char| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    text.chars().map(swap).collect()
}

fn words(text: &str, change: impl Fn(&str) -> String) -> String {
    let changed: Vec<_> = text.split(' ').map(change).collect();
    changed.join(" ")
}
