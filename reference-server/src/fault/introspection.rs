//! Mistakes with opaque tokens, about which somebody else is asked.

use serde_json::Value;

use super::{Fault, ROW};
use crate::decisions::introspection::{self as right, KEPT_MILLIS};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "introspection-active-ignored",
        what: "An answer is enough: nobody reads whether it says yes.",
        models: "if (response.ok) return response.json(); CWE-252",
        breaks: &["RFC6749-7-1", "CWE-613"],
        install: |d| d.introspection.active = |_| true,
        ..ROW
    },
    Fault {
        name: "introspection-active-truthy",
        what: "`active` is taken for a yes where the language takes it for one: any text that is not empty.",
        models: "if (!body.active) throw; CWE-843",
        breaks: &["CWE-843"],
        install: |d| {
            d.introspection.active = |said| match said.get("active") {
                Some(Value::String(text)) => !text.is_empty(),
                Some(Value::Number(number)) => number.as_f64() != Some(0.0),
                _ => right::active(said),
            };
        },
        ..ROW
    },
    Fault {
        name: "introspection-active-missing-is-active",
        what: "Only `active: false` is a no.",
        models: "if (body.active === false) throw; CWE-636",
        breaks: &["CWE-636"],
        install: |d| {
            d.introspection.active = |said| said.get("active") != Some(&Value::Bool(false))
        },
        ..ROW
    },
    Fault {
        name: "introspection-error-is-read",
        what: "The content is read whatever the status is.",
        models: "an HTTP client that doesn't throw on 500, and nobody who asks; CWE-252",
        breaks: &["CWE-252"],
        install: |d| d.introspection.status = |_| true,
        ..ROW
    },
    Fault {
        name: "introspection-outage-opens",
        what: "Where the provider can't be asked, the token passes.",
        models: "catch (error) { return next(); } CWE-636, ASVS 16.5.2",
        breaks: &["CWE-636"],
        install: |d| d.introspection.opens_on_outage = true,
        ..ROW
    },
    Fault {
        name: "introspection-audience-ignored",
        what: "A token for another API opens: aud is not looked at.",
        models: "the opaque token support of most frameworks, which reads active alone",
        breaks: &["RFC9700-2.3-3", "CWE-863"],
        install: |d| d.introspection.audience = |_, _| true,
        ..ROW
    },
    Fault {
        name: "introspection-exp-ignored",
        what: "An answer that says active and names an exp gone by is a yes.",
        models: "the opaque token support of most frameworks, which reads active alone",
        breaks: &["CWE-613"],
        install: |d| d.introspection.expiry = |_, _| true,
        ..ROW
    },
    Fault {
        name: "introspection-nbf-ignored",
        what: "An answer that says active and names an nbf to come is a yes.",
        models: "the opaque token support of most frameworks, which reads active alone",
        breaks: &["CWE-613"],
        install: |d| d.introspection.not_before = |_, _| true,
        ..ROW
    },
    Fault {
        name: "introspection-scope-ignored",
        what: "A token that is active may do everything.",
        models: "active taken for allowed; CWE-862, OWASP API5:2023",
        breaks: &["RFC9700-2.3-4", "CWE-862"],
        install: |d| d.introspection.scope = |_, _| true,
        ..ROW
    },
    Fault {
        name: "introspection-bound-token-taken",
        what: "A token that is bound to a key is taken from whoever holds it.",
        models: "a resource server from before RFC 8705 and RFC 9449; CWE-294",
        breaks: &["CWE-294"],
        install: |d| d.introspection.bearer = |_| true,
        ..ROW
    },
    Fault {
        name: "introspection-kept-beyond-exp",
        what: "An answer is kept for an hour, though the token ends before.",
        models: "a cache with one lifetime for everything; RFC 7662 section 4",
        breaks: &["RFC7662-4-11", "CWE-613"],
        install: |d| d.introspection.keep = |_, now| now.saturating_add(60 * KEPT_MILLIS),
        ..ROW
    },
    Fault {
        name: "introspection-kept-for-an-hour",
        what: "An answer is kept for an hour, in which no revocation is seen.",
        models: "a cache that was made long to spare the provider; RFC 7662 section 4, CWE-613",
        breaks: &["CWE-613"],
        install: |d| {
            d.introspection.keep = |said, now| {
                let exp = said.get("exp").and_then(Value::as_u64).unwrap_or(u64::MAX);
                now.saturating_add(60 * KEPT_MILLIS)
                    .min(exp.saturating_mul(1_000))
            };
        },
        ..ROW
    },
];
