//! Claims: missing, empty, of the wrong type, extreme, or nearly right. All of them prove something only under a
//! signature that the target trusts; under a kept one they are forgeries like any other.
//!
//! A time that is wrong by a little needs the clock and is written as a claim of the recipe.

use super::{Aim, Mutation};
use crate::forge::parts::{NotApplicable, Parts};
use serde_json::{Number, Value, json};

const fn row(name: &'static str, doc: &'static str, apply: super::Apply) -> Mutation {
    Mutation::before(Aim::Claims, name, doc, apply).signed()
}

pub(super) const ROWS: &[Mutation] = &[
    row("exp-missing", "no `exp`: valid for ever", |p| {
        remove(p, "exp")
    }),
    row("exp-null", "`exp` is null", |p| set(p, "exp", Value::Null)),
    row(
        "exp-string",
        "`exp` is the right number as text (RFC 7519 section 4.1.4)",
        |p| quoted(p, "exp"),
    ),
    row("exp-text", "`exp` is text that is no number", |p| {
        set(p, "exp", json!("never"))
    }),
    row("exp-empty", "`exp` is the empty text", |p| {
        set(p, "exp", json!(""))
    }),
    row("exp-boolean", "`exp` is true", |p| {
        set(p, "exp", json!(true))
    }),
    row(
        "exp-array",
        "`exp` is an array that holds the right number",
        |p| listed(p, "exp"),
    ),
    row("exp-object", "`exp` is an object", |p| {
        set(p, "exp", json!({}))
    }),
    row("exp-zero", "`exp` is zero: false in some languages", |p| {
        set(p, "exp", json!(0))
    }),
    row(
        "exp-negative",
        "`exp` is negative: huge when read without sign",
        |p| set(p, "exp", json!(-1)),
    ),
    row("exp-huge", "`exp` is 1e308: beyond every integer", |p| {
        float(p, "exp", 1e308)
    })
    .disputed(),
    row(
        "exp-2-53",
        "`exp` is 2^53+1: beyond what a double holds exactly",
        |p| set(p, "exp", json!((1_u64 << 53) + 1)),
    )
    .disputed(),
    row(
        "exp-2-63",
        "`exp` is 2^63: negative when read with sign",
        |p| set(p, "exp", json!(1_u64 << 63)),
    )
    .disputed(),
    row("exp-2-64", "`exp` is 2^64: zero when cut to 64 bits", |p| {
        float(p, "exp", 18_446_744_073_709_551_616.0)
    })
    .disputed(),
    row(
        "exp-wrap-32",
        "`exp` is one more than 2^32: long past when cut to 32 bits",
        |p| set(p, "exp", json!((1_u64 << 32) + 1)),
    )
    .disputed(),
    row(
        "exp-milliseconds",
        "`exp` in milliseconds: valid for ten thousands of years",
        |p| scaled(p, "exp", 1000.0),
    )
    .disputed(),
    row(
        "exp-float",
        "`exp` with a fraction, which NumericDate allows (RFC 7519 section 2)",
        |p| fraction(p, "exp"),
    )
    .harmless()
    .disputed(),
    row("nbf-null", "`nbf` is null", |p| set(p, "nbf", Value::Null)).disputed(),
    row(
        "nbf-string",
        "`nbf` is a number as text (RFC 7519 section 4.1.5)",
        |p| set(p, "nbf", json!("1")),
    )
    .disputed(),
    row("nbf-boolean", "`nbf` is true", |p| {
        set(p, "nbf", json!(true))
    })
    .disputed(),
    row("nbf-array", "`nbf` is an array", |p| {
        set(p, "nbf", json!([1]))
    })
    .disputed(),
    row("nbf-object", "`nbf` is an object", |p| {
        set(p, "nbf", json!({}))
    })
    .disputed(),
    row(
        "nbf-huge",
        "`nbf` is 1e15: not yet for millions of years (RFC 7519 section 4.1.5)",
        |p| set(p, "nbf", json!(1_000_000_000_000_000_u64)),
    ),
    row("nbf-zero", "`nbf` is zero: long past", |p| {
        set(p, "nbf", json!(0))
    })
    .harmless(),
    row(
        "iat-missing",
        "no `iat`; RFC 9068 section 2.2 requires it",
        |p| remove(p, "iat"),
    )
    .disputed(),
    row("iat-null", "`iat` is null", |p| set(p, "iat", Value::Null)).disputed(),
    row(
        "iat-string",
        "`iat` is a number as text (RFC 7519 section 4.1.6)",
        |p| set(p, "iat", json!("1")),
    )
    .disputed(),
    row("iat-array", "`iat` is an array", |p| {
        set(p, "iat", json!([1]))
    })
    .disputed(),
    row("iat-object", "`iat` is an object", |p| {
        set(p, "iat", json!({}))
    })
    .disputed(),
    row(
        "iat-huge",
        "`iat` is 1e15: issued millions of years from now",
        |p| set(p, "iat", json!(1_000_000_000_000_000_u64)),
    )
    .disputed(),
    row(
        "iss-missing",
        "no `iss`: nobody vouches (RFC 8725 section 3.8)",
        |p| remove(p, "iss"),
    ),
    row("iss-null", "`iss` is null", |p| set(p, "iss", Value::Null)),
    row("iss-empty", "`iss` is the empty text", |p| {
        set(p, "iss", json!(""))
    }),
    row("iss-number", "`iss` is a number", |p| {
        set(p, "iss", json!(0))
    }),
    row(
        "iss-array",
        "`iss` is an array that holds the right one (CVE-2025-30144)",
        |p| {
            let right = text(p, "iss")?;
            set(p, "iss", json!([right, "https://issuer.invalid"]))
        },
    ),
    row("iss-object", "`iss` is an object", |p| {
        set(p, "iss", json!({}))
    }),
    row(
        "iss-other",
        "`iss` is another issuer (RFC 8725 section 3.8)",
        |p| set(p, "iss", json!("https://issuer.invalid")),
    ),
    row(
        "iss-prefix",
        "`iss` lacks its last character: compared as a prefix",
        |p| edit(p, "iss", shorter),
    ),
    row(
        "iss-suffix",
        "`iss` has a host behind it: compared by its beginning",
        |p| edit(p, "iss", |t| format!("{t}.issuer.invalid")),
    ),
    row(
        "iss-within",
        "`iss` within another address: compared by containing",
        |p| edit(p, "iss", |t| format!("https://issuer.invalid/?{t}")),
    ),
    row(
        "iss-case",
        "`iss` in other letter case; it is compared as it stands (RFC 7519 section 4.1.1)",
        |p| edit(p, "iss", swap_case),
    ),
    row(
        "iss-slash",
        "`iss` with a slash more or less at its end",
        |p| edit(p, "iss", slash),
    ),
    row("iss-port", "`iss` with the default port written out", port),
    row("iss-http", "`iss` with http for https", |p| {
        edit(p, "iss", |t| t.replacen("https://", "http://", 1))
    }),
    row("iss-blank", "`iss` with a blank behind it", |p| {
        edit(p, "iss", |t| format!("{t} "))
    }),
    row(
        "aud-missing",
        "no `aud`: meant for nobody (RFC 8725 section 3.9)",
        |p| remove(p, "aud"),
    ),
    row("aud-null", "`aud` is null", |p| set(p, "aud", Value::Null)),
    row(
        "aud-empty",
        "`aud` is the empty text: part of every text",
        |p| set(p, "aud", json!("")),
    ),
    row("aud-array-empty", "`aud` is an empty array", |p| {
        set(p, "aud", json!([]))
    }),
    row("aud-array-without", "`aud` is an array of others", |p| {
        set(p, "aud", json!(["https://a.invalid", "https://b.invalid"]))
    }),
    row(
        "aud-array-with",
        "`aud` is an array that holds the right one (RFC 7519 section 4.1.3)",
        |p| {
            let right = audience(p)?;
            set(p, "aud", json!([right, "https://other.invalid"]))
        },
    )
    .harmless()
    .disputed(),
    row("aud-array-nested", "`aud` is an array in an array", |p| {
        let right = audience(p)?;
        set(p, "aud", json!([[right]]))
    }),
    row(
        "aud-other",
        "`aud` is another resource (RFC 8725 section 3.9)",
        |p| set(p, "aud", json!("https://other.invalid")),
    ),
    row("aud-number", "`aud` is a number", |p| {
        set(p, "aud", json!(0))
    }),
    row("aud-boolean", "`aud` is true", |p| {
        set(p, "aud", json!(true))
    }),
    row(
        "aud-object",
        "`aud` is an object whose member is the right one",
        |p| {
            let right = audience(p)?;
            set(p, "aud", json!({right: true}))
        },
    ),
    row(
        "aud-substring",
        "`aud` contains the right one: compared by containing",
        |p| edit_audience(p, |t| format!("x{t}x")),
    ),
    row(
        "aud-prefix",
        "`aud` lacks its last character: compared as a prefix",
        |p| edit_audience(p, shorter),
    ),
    row(
        "aud-suffix",
        "`aud` has more behind it: compared by its beginning",
        |p| edit_audience(p, |t| format!("{t}.other.invalid")),
    ),
    row(
        "aud-case",
        "`aud` in other letter case; it is case-sensitive (RFC 7519 section 4.1.3)",
        |p| edit_audience(p, swap_case),
    ),
    row(
        "aud-slash",
        "`aud` with a slash more or less at its end",
        |p| edit_audience(p, slash),
    ),
    row(
        "aud-list-text",
        "`aud` is the right one and another in one text, apart by a blank",
        |p| edit_audience(p, |t| format!("https://other.invalid {t}")),
    ),
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
];

fn set(parts: &mut Parts, name: &str, value: Value) -> Result<(), NotApplicable> {
    parts.claims.insert(name.to_owned(), value);
    Ok(())
}

fn remove(parts: &mut Parts, name: &str) -> Result<(), NotApplicable> {
    let removed = parts.claims.shift_remove(name);
    removed
        .map(|_| ())
        .ok_or(NotApplicable("the token lacks the claim"))
}

fn current(parts: &Parts, name: &str) -> Result<Value, NotApplicable> {
    let value = parts.claims.get(name).cloned();
    value.ok_or(NotApplicable("the token lacks the claim"))
}

fn text(parts: &Parts, name: &str) -> Result<String, NotApplicable> {
    let value = current(parts, name)?;
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned)
        .ok_or(NotApplicable("the claim is no text"))
}

/// Changes a text; a change that leaves it as it is proves nothing.
fn edit(
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

/// The audience; the first one, if there are several.
fn audience(parts: &Parts) -> Result<String, NotApplicable> {
    match current(parts, "aud")? {
        Value::Array(all) => all.first().and_then(Value::as_str).map(str::to_owned),
        one => one.as_str().map(str::to_owned),
    }
    .filter(|text| !text.is_empty())
    .ok_or(NotApplicable("the audience is no text"))
}

/// Puts one changed text in the place of all audiences.
fn edit_audience(parts: &mut Parts, change: impl Fn(&str) -> String) -> Result<(), NotApplicable> {
    let old = audience(parts)?;
    set(parts, "aud", json!(old))?;
    edit(parts, "aud", change)
}

fn seconds(parts: &Parts, name: &str) -> Result<f64, NotApplicable> {
    let value = current(parts, name)?;
    value
        .as_f64()
        .ok_or(NotApplicable("the claim is no number"))
}

fn float(parts: &mut Parts, name: &str, value: f64) -> Result<(), NotApplicable> {
    let number = Number::from_f64(value).ok_or(NotApplicable("JSON has no such number"))?;
    set(parts, name, Value::Number(number))
}

fn scaled(parts: &mut Parts, name: &str, factor: f64) -> Result<(), NotApplicable> {
    let value = seconds(parts, name)? * factor;
    float(parts, name, value)
}

fn fraction(parts: &mut Parts, name: &str) -> Result<(), NotApplicable> {
    let value = seconds(parts, name)?.floor() + 0.5;
    float(parts, name, value)
}

fn quoted(parts: &mut Parts, name: &str) -> Result<(), NotApplicable> {
    let value = current(parts, name)?;
    set(parts, name, json!(value.to_string()))
}

fn listed(parts: &mut Parts, name: &str) -> Result<(), NotApplicable> {
    let value = current(parts, name)?;
    set(parts, name, json!([value]))
}

fn shorter(text: &str) -> String {
    let mut text = text.to_owned();
    text.pop();
    text
}

fn slash(text: &str) -> String {
    match text.strip_suffix('/') {
        Some(bare) => bare.to_owned(),
        None => format!("{text}/"),
    }
}

fn swap_case(text: &str) -> String {
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

fn port(parts: &mut Parts) -> Result<(), NotApplicable> {
    let plain = NotApplicable("the issuer is no https address without port");
    let url = url::Url::parse(&text(parts, "iss")?).map_err(|_| plain)?;
    if url.scheme() != "https" || url.port().is_some() {
        return Err(plain);
    }
    let host = url.host_str().ok_or(plain)?.to_owned();
    edit(parts, "iss", |t| {
        t.replacen(&host, &format!("{host}:443"), 1)
    })
}
