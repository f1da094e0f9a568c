//! The JSON text of the payload: claims twice, no object, odd encodings, and harmless spellings that a sound reader
//! takes.

use super::{Aim, Mutation};
use crate::forge::parts::{NotApplicable, Parts};
use crate::wire::jose;
use serde_json::{Map, Value, json};

pub(super) const fn row(name: &'static str, doc: &'static str, apply: super::Apply) -> Mutation {
    Mutation::before(Aim::Json, name, doc, apply).signed()
}

pub(super) const ROWS: &[Mutation] = &[
    row(
        "duplicate-sub-last",
        "`sub` twice, somebody else last (RFC 7519 section 4)",
        |p| claim_twice(p, "sub", json!("stranger"), true),
    )
    .disputed(),
    row(
        "duplicate-sub-first",
        "`sub` twice, somebody else first (RFC 7519 section 4)",
        |p| claim_twice(p, "sub", json!("stranger"), false),
    )
    .disputed(),
    row(
        "duplicate-exp-last",
        "`exp` twice, long past last (RFC 7519 section 4)",
        |p| claim_twice(p, "exp", json!(1), true),
    ),
    row(
        "duplicate-exp-first",
        "`exp` twice, long past first (RFC 7519 section 4)",
        |p| claim_twice(p, "exp", json!(1), false),
    )
    .disputed(),
    row(
        "duplicate-aud-last",
        "`aud` twice, somebody else last (RFC 7519 section 4)",
        |p| claim_twice(p, "aud", json!("https://other.invalid"), true),
    ),
    row(
        "duplicate-aud-first",
        "`aud` twice, somebody else first (RFC 7519 section 4)",
        |p| claim_twice(p, "aud", json!("https://other.invalid"), false),
    )
    .disputed(),
    row(
        "duplicate-iss-last",
        "`iss` twice, somebody else last (RFC 7519 section 4)",
        |p| claim_twice(p, "iss", json!("https://issuer.invalid"), true),
    ),
    row(
        "payload-array",
        "the payload is an array that holds the claims (RFC 7519 section 7.2)",
        |p| {
            let claims = Value::Object(p.claims.clone());
            payload(p, json!([claims]).to_string().into_bytes())
        },
    ),
    row(
        "payload-token",
        "the payload is another token, unsigned, and `cty` says so (RFC 7519 section 7.2)",
        |p| {
            let inner = jose::base64url(br#"{"alg":"none"}"#);
            let claims = jose::base64url(Value::Object(p.claims.clone()).to_string().as_bytes());
            p.header.insert("cty".to_owned(), json!("JWT"));
            payload(p, format!("{inner}.{claims}.").into_bytes())
        },
    ),
    row(
        "payload-text",
        "the payload is a JSON string (RFC 7519 section 7.2)",
        |p| payload(p, b"\"claims\"".to_vec()),
    ),
    row(
        "payload-number",
        "the payload is a number (RFC 7519 section 7.2)",
        |p| payload(p, b"1".to_vec()),
    ),
    row(
        "payload-null",
        "the payload is null (RFC 7519 section 7.2)",
        |p| payload(p, b"null".to_vec()),
    ),
    row(
        "payload-true",
        "the payload is true (RFC 7519 section 7.2)",
        |p| payload(p, b"true".to_vec()),
    ),
    row(
        "payload-empty",
        "the payload is nothing (RFC 7519 section 7.2)",
        |p| payload(p, Vec::new()),
    ),
    row(
        "payload-empty-object",
        "the payload is an object without claims",
        |p| payload(p, b"{}".to_vec()),
    ),
    row(
        "payload-not-object",
        "the payload is text that is no JSON (RFC 7519 section 7.2)",
        |p| payload(p, b"claims".to_vec()),
    ),
    row(
        "payload-unclosed",
        "the payload lacks its closing brace",
        |p| {
            edit_payload(p, |t| {
                t.pop();
            })
        },
    ),
    row(
        "payload-bom",
        "a byte order mark before the payload (RFC 8259 section 8.1)",
        |p| {
            edit_payload(p, |t| {
                t.splice(0..0, *b"\xef\xbb\xbf");
            })
        },
    )
    .disputed(),
    row(
        "payload-trailing-garbage",
        "text behind the payload's closing brace",
        |p| edit_payload(p, |t| t.extend_from_slice(b"garbage")),
    ),
    row(
        "payload-trailing-object",
        "a second object behind the payload",
        |p| edit_payload(p, |t| t.extend_from_slice(b"{}")),
    ),
    row(
        "payload-nul-garbage",
        "a NUL and text behind the payload: read as C text",
        |p| edit_payload(p, |t| t.extend_from_slice(b"\0garbage")),
    ),
    row(
        "payload-comment",
        "a comment in the payload (RFC 8259 has none)",
        |p| {
            edit_payload(p, |t| {
                t.splice(1..1, *b"/* comment */");
            })
        },
    ),
    row(
        "payload-single-quotes",
        "single quotes in the payload",
        |p| {
            edit_payload(p, |t| {
                t.iter_mut()
                    .filter(|b| **b == b'"')
                    .for_each(|b| *b = b'\'')
            })
        },
    ),
    row(
        "payload-trailing-comma",
        "a comma before the payload's closing brace",
        |p| {
            edit_payload(p, |t| {
                t.pop();
                t.extend_from_slice(b",}");
            })
        },
    ),
    row(
        "payload-bad-utf8",
        "octets that are no UTF-8 in a claim (RFC 8259 section 8.1)",
        |p| {
            edit_payload(p, |t| {
                t.pop();
                t.extend_from_slice(b",\"x\":\"\xc3\x28\"}");
            })
        },
    )
    .disputed(),
    row(
        "payload-lone-surrogate",
        "a lone surrogate in a claim (RFC 8259 section 8.2)",
        |p| {
            edit_payload(p, |t| {
                t.pop();
                t.extend_from_slice(b",\"x\":\"\\ud800\"}");
            })
        },
    )
    .disputed(),
    row(
        "payload-utf16",
        "the payload in UTF-16 (RFC 8259 section 8.1)",
        |p| {
            let text = String::from_utf8_lossy(&p.payload()).into_owned();
            payload(p, text.encode_utf16().flat_map(u16::to_be_bytes).collect())
        },
    ),
    row(
        "payload-utf32",
        "the payload in UTF-32 (RFC 8259 section 8.1)",
        |p| {
            let text = String::from_utf8_lossy(&p.payload()).into_owned();
            payload(
                p,
                text.chars()
                    .flat_map(|c| u32::from(c).to_be_bytes())
                    .collect(),
            )
        },
    ),
    row("payload-nan", "a number that JSON lacks in a claim", |p| {
        edit_payload(p, |t| {
            t.pop();
            t.extend_from_slice(b",\"x\":NaN}");
        })
    })
    .disputed(),
    row(
        "payload-nested-deep",
        "a claim nested 100 levels deep",
        |p| edit_payload(p, |t| nest(t, 100)),
    )
    .harmless()
    .disputed(),
    row(
        "payload-nested-2000",
        "a claim nested 2000 levels deep: stacks and parsers have limits",
        |p| edit_payload(p, |t| nest(t, 2000)),
    )
    .disputed(),
    row(
        "payload-blanks",
        "white space between the members, which JSON allows",
        |p| {
            let text = serde_json::to_vec_pretty(&p.claims)
                .map_err(|_| NotApplicable("the claims can't be written"))?;
            payload(p, text)
        },
    )
    .harmless(),
    row(
        "payload-escapes",
        "claims' names spelled with `\\u` escapes, which are the same (RFC 8259 section 8.3)",
        |p| {
            let text = escaped(&p.claims);
            payload(p, text)
        },
    )
    .harmless(),
    row(
        "payload-reordered",
        "the claims in reverse order, which means nothing (RFC 8259 section 4)",
        |p| {
            if p.claims.len() < 2 {
                return Err(NotApplicable("the token has one claim"));
            }
            let claims: Map<_, _> = p.claims.clone().into_iter().rev().collect();
            payload(p, Value::Object(claims).to_string().into_bytes())
        },
    )
    .harmless(),
];

fn payload(parts: &mut Parts, octets: Vec<u8>) -> Result<(), NotApplicable> {
    parts.payload_octets = Some(octets);
    Ok(())
}

fn edit_payload(parts: &mut Parts, edit: impl Fn(&mut Vec<u8>)) -> Result<(), NotApplicable> {
    let mut octets = parts.payload();
    if octets.len() < 2 {
        return Err(NotApplicable("another mutation left no text"));
    }
    edit(&mut octets);
    payload(parts, octets)
}

fn claim_twice(
    parts: &mut Parts,
    name: &str,
    other: Value,
    last: bool,
) -> Result<(), NotApplicable> {
    let right = parts.claims.get(name).cloned();
    let right = right.ok_or(NotApplicable("the token lacks the claim"))?;
    let values = if last {
        vec![right, other]
    } else {
        vec![other, right]
    };
    parts.repeat.push((name.to_owned(), values));
    Ok(())
}

/// Adds a member of nested arrays to an object's text.
pub(super) fn nest(text: &mut Vec<u8>, levels: usize) {
    text.pop();
    if text.len() > 1 {
        text.push(b',');
    }
    let member = format!("\"x\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
    text.extend_from_slice(member.as_bytes());
}

pub(super) fn escaped(object: &Map<String, Value>) -> Vec<u8> {
    let name = |name: &str| -> String {
        name.encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect()
    };
    let members: Vec<_> = object
        .iter()
        .map(|(n, value)| format!("\"{}\":{value}", name(n)))
        .collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}
