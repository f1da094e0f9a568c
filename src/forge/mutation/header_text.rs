//! The JSON text of the header: members twice, no object, odd encodings, and harmless spellings.

use super::Mutation;
use super::json::{escaped, nest, row};
use crate::forge::parts::{NotApplicable, Parts, object_text};
use serde_json::{Map, Value, json};

pub(super) const ROWS: &[Mutation] = &[
    row(
        "duplicate-alg-last",
        "`alg` twice, none last (RFC 7515 section 4: names must be unique)",
        |p| header_twice(p, "alg", json!("none"), true),
    )
    .disputed(),
    row(
        "duplicate-alg-first",
        "`alg` twice, none first (RFC 7515 section 4: names must be unique)",
        |p| header_twice(p, "alg", json!("none"), false),
    )
    .disputed(),
    row(
        "duplicate-kid-last",
        "`kid` twice, an unknown one last (RFC 7515 section 4)",
        |p| header_twice(p, "kid", json!("authspec-unknown-kid"), true),
    )
    .disputed(),
    row(
        "duplicate-kid-first",
        "`kid` twice, an unknown one first (RFC 7515 section 4)",
        |p| header_twice(p, "kid", json!("authspec-unknown-kid"), false),
    )
    .disputed(),
    row(
        "header-array",
        "the header is an array that holds the members (RFC 7515 section 4)",
        |p| {
            let members = Value::Object(p.header.clone());
            header(p, json!([members]).to_string().into_bytes())
        },
    ),
    row(
        "header-text",
        "the header is a JSON string (RFC 7515 section 4)",
        |p| header(p, b"\"header\"".to_vec()),
    ),
    row(
        "header-null",
        "the header is null (RFC 7515 section 4)",
        |p| header(p, b"null".to_vec()),
    ),
    row(
        "header-not-object",
        "the header is text that is no JSON (RFC 7515 section 4)",
        |p| header(p, b"header".to_vec()),
    ),
    row(
        "header-empty-object",
        "the header is an object without members",
        |p| header(p, b"{}".to_vec()),
    ),
    row(
        "header-bom",
        "a byte order mark before the header (RFC 8259 section 8.1)",
        |p| {
            edit_header(p, |t| {
                t.splice(0..0, *b"\xef\xbb\xbf");
            })
        },
    )
    .disputed(),
    row(
        "header-trailing-garbage",
        "text behind the header's closing brace",
        |p| edit_header(p, |t| t.extend_from_slice(b"garbage")),
    ),
    row(
        "header-comment",
        "a comment in the header (RFC 8259 has none)",
        |p| {
            edit_header(p, |t| {
                t.splice(1..1, *b"/* comment */");
            })
        },
    ),
    row(
        "header-utf16",
        "the header in UTF-16 (RFC 7515 section 4)",
        |p| {
            let text = String::from_utf8_lossy(&p.header_text()).into_owned();
            header(p, text.encode_utf16().flat_map(u16::to_be_bytes).collect())
        },
    ),
    row(
        "header-bad-utf8",
        "octets that are no UTF-8 in the header (RFC 7515 section 4)",
        |p| {
            edit_header(p, |t| {
                t.pop();
                t.extend_from_slice(b",\"x\":\"\xc3\x28\"}");
            })
        },
    )
    .disputed(),
    row(
        "header-nested-2000",
        "a header member nested 2000 levels deep",
        |p| edit_header(p, |t| nest(t, 2000)),
    )
    .disputed(),
    row(
        "header-blanks",
        "white space between the header's members, which JSON allows",
        |p| {
            let text = serde_json::to_vec_pretty(&p.header)
                .map_err(|_| NotApplicable("the header can't be written"))?;
            header(p, text)
        },
    )
    .harmless(),
    row(
        "header-escapes",
        "every header member's name spelled with `\\u` escapes, which is the same name",
        |p| {
            let text = escaped(&p.header);
            header(p, text)
        },
    )
    .harmless(),
    row(
        "header-reordered",
        "the header's members in reverse order, which means nothing",
        |p| {
            if p.header.len() < 2 {
                return Err(NotApplicable("the header has one member"));
            }
            let members: Map<_, _> = p.header.clone().into_iter().rev().collect();
            header(p, Value::Object(members).to_string().into_bytes())
        },
    )
    .harmless(),
];

fn header(parts: &mut Parts, octets: Vec<u8>) -> Result<(), NotApplicable> {
    parts.header_octets = Some(octets);
    Ok(())
}

fn edit_header(parts: &mut Parts, edit: impl Fn(&mut Vec<u8>)) -> Result<(), NotApplicable> {
    let mut octets = parts.header_text();
    if octets.len() < 2 {
        return Err(NotApplicable("another mutation left no text"));
    }
    edit(&mut octets);
    header(parts, octets)
}

fn header_twice(
    parts: &mut Parts,
    name: &str,
    other: Value,
    last: bool,
) -> Result<(), NotApplicable> {
    let right = parts.header.get(name).cloned();
    let right = right.ok_or(NotApplicable("the header lacks the member"))?;
    let values = if last {
        vec![right, other]
    } else {
        vec![other, right]
    };
    let text = object_text(&parts.header, &[(name.to_owned(), values)]);
    header(parts, text.into_bytes())
}
