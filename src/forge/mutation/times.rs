//! `exp`, `nbf` and `iat`: missing, of the wrong type, or a number that arithmetic gets wrong. A time that is wrong
//! by a little needs the clock and is written as a claim of the recipe.

use super::Mutation;
use super::claims::{current, listed, remove, row, set};
use crate::forge::parts::{NotApplicable, Parts};
use serde_json::{Number, Value, json};

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
];

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
