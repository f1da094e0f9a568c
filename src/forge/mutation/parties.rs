//! `iss` and `aud`: missing, of the wrong type, somebody else, or nearly the right one. Both are compared as they
//! stand (RFC 7519 sections 4.1.1 and 4.1.3).

use super::Mutation;
use super::claims::{current, edit, remove, row, set, shorter, swap_case, text};
use crate::forge::parts::{NotApplicable, Parts};
use serde_json::{Value, json};

pub(super) const ROWS: &[Mutation] = &[
    row(
        "iss-missing",
        "no `iss`: nobody vouches (RFC 8725 section 3.8)",
        |p| remove(p, "iss"),
    ),
    row("iss-null", "`iss` is null", |p| set(p, "iss", Value::Null)),
    row("iss-empty", "`iss` is the empty text", |p| {
        edit(p, "iss", |_| String::new())
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
        |p| edit(p, "iss", |_| "https://issuer.invalid".to_owned()),
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
];

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

fn slash(text: &str) -> String {
    match text.strip_suffix('/') {
        Some(bare) => bare.to_owned(),
        None => format!("{text}/"),
    }
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
