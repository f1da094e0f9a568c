//! Mistakes with the form of a token.

use serde_json::{Map, Value};

use super::super::{Fault, ROW};
use crate::decisions::bearer::Problem;
use crate::decisions::jwt as right;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "jwt-extra-part-ignored",
        what: "A fourth part is dropped.",
        models: "token.split('.') of which the first three are used",
        breaks: &["RFC7515-3.1-1"],
        install: |d| {
            d.jwt.split = |token| {
                let first: Vec<&str> = token.split('.').take(3).collect();
                right::split(&first.join("."))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-missing-part-is-empty",
        what: "A token of two parts is one with an empty signature, and that is not verified.",
        models: "CVE-2020-28042, ServiceStack",
        breaks: &["RFC7515-3.1-1", "RFC7515-5.2-1"],
        install: |d| {
            // One mistake in two places: the part that isn't there must also not be looked at.
            d.jwt.split = |token| match token.matches('.').count() {
                1 => right::split(&format!("{token}.")),
                _ => right::split(token),
            };
            d.jwt.unsecured = |_, signature| signature.is_empty();
        },
        ..ROW
    },
    Fault {
        name: "jwt-header-compared-as-text",
        what: "A token is recognised by the text that its header usually begins with.",
        models: "token.startsWith('eyJhbGciOi') in gateways and filters",
        breaks: &["RFC7515-5.3-1"],
        install: |d| {
            d.jwt.split = |token| {
                right::ensure(token.starts_with("eyJhbGciOi"))?;
                right::split(token)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-500-on-garbage",
        what: "A token that isn't three parts is an unhandled error.",
        models: "CWE-755, destructuring of a split",
        breaks: &["CWE-755", "RFC6750-3.1-2"],
        install: |d| d.jwt.split = |token| right::split(token).map_err(|_| Problem::Broken),
        ..ROW
    },
    Fault {
        name: "jwt-500-on-bad-base64",
        what: "A part that doesn't decode is an unhandled error.",
        models: "CWE-755",
        breaks: &["CWE-755", "RFC6750-3.1-2"],
        install: |d| d.jwt.decode = |part| right::decode(part).map_err(|_| Problem::Broken),
        ..ROW
    },
    Fault {
        name: "jwt-500-on-bad-json",
        what: "A header or payload that isn't an object is an unhandled error.",
        models: "CWE-755",
        breaks: &["CWE-755", "RFC6750-3.1-2"],
        install: |d| d.jwt.object = |octets| right::object(octets).map_err(|_| Problem::Broken),
        ..ROW
    },
    Fault {
        name: "jwt-base64-padding-taken",
        what: "Padding at the end of a part is dropped.",
        models: "decoders that add or strip = first; RFC 7515 section 2",
        breaks: &["RFC7515-2-1", "CWE-20"],
        install: |d| d.jwt.decode = |part| right::decode(part.trim_end_matches('=')),
        ..ROW
    },
    Fault {
        name: "jwt-base64-garbage-skipped",
        what: "Characters that are no base64url are skipped, and + and / are read as - and _.",
        models: "Buffer.from(part, 'base64') of Node.js",
        breaks: &["RFC7515-2-1", "CWE-20"],
        install: |d| {
            d.jwt.decode = |part| {
                let kept: String = part
                    .chars()
                    .map(|c| match c {
                        '+' => '-',
                        '/' => '_',
                        other => other,
                    })
                    .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
                    .collect();
                right::decode(&kept)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-base64-stray-bits-taken",
        what: "Unused bits in the last character of a part may be anything.",
        models: "lenient decoders; RFC 4648 section 3.5",
        breaks: &["CWE-347"],
        install: |d| {
            d.jwt.decode = |part| {
                let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
                let stray = match part.len() % 4 {
                    2 => 16,
                    3 => 4,
                    _ => return right::decode(part),
                };
                let Some(last) = part.chars().last() else {
                    return right::decode(part);
                };
                let place = alphabet.find(last).ok_or(Problem::InvalidToken)?;
                let canonical = alphabet.chars().nth(place / stray * stray).unwrap_or(last);
                let stem = part.get(..part.len() - 1).ok_or(Problem::InvalidToken)?;
                right::decode(&format!("{stem}{canonical}"))
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-blanks-removed",
        what: "White space is taken out of a token before it is read.",
        models: "token.replace(/\\s/g, ''); RFC 7515 section 2",
        breaks: &["RFC7515-2-1"],
        install: |d| {
            d.jwt.split = |token| {
                let kept: String = token.chars().filter(|c| !c.is_whitespace()).collect();
                right::split(&kept)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-500-on-large-token",
        what: "A token that doesn't fit the column of the cache is an unhandled error.",
        models: "CWE-770, VARCHAR(4096) for tokens",
        breaks: &["CWE-755"],
        install: |d| {
            d.jwt.split = |token| {
                if token.len() > 4096 {
                    return Err(Problem::Broken);
                }
                right::split(token)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-500-on-deep-json",
        what: "JSON that nests deeper than the parser's stack is an unhandled error.",
        models: "CWE-674, RecursionError of Python's json",
        breaks: &["CWE-674"],
        install: |d| {
            d.jwt.object = |octets| {
                let mut depth = 0_usize;
                for octet in octets {
                    match octet {
                        b'[' | b'{' => depth += 1,
                        b']' | b'}' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    if depth > 990 {
                        return Err(Problem::Broken);
                    }
                }
                right::object(octets)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-first-of-two-members-counts",
        what: "Of a name that stands twice the first value counts.",
        models: "CWE-694; RFC 7515 section 4, RFC 7519 section 4",
        breaks: &["RFC7515-4-1", "RFC7519-4-1"],
        install: |d| d.jwt.object = first_wins,
        ..ROW
    },
    Fault {
        name: "jwt-text-after-json-ignored",
        what: "What follows the JSON text in a part is not looked at.",
        models: "stream decoders such as json.NewDecoder of Go",
        breaks: &["RFC7515-10.12-2"],
        install: |d| {
            d.jwt.object = |octets| {
                let mut values = serde_json::Deserializer::from_slice(octets).into_iter::<Value>();
                match values.next() {
                    Some(Ok(Value::Object(object))) => Ok(object),
                    _ => Err(Problem::InvalidToken),
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-not-utf8-taken",
        what: "Octets that are no UTF-8 are replaced instead of being refused, and UTF-16 is understood.",
        models: "RFC 8725 section 3.7",
        breaks: &["RFC8725-3.7-1", "CWE-436"],
        install: |d| {
            d.jwt.object = |octets| {
                let (pairs, rest) = octets.as_chunks::<2>();
                let utf16 = |from: fn([u8; 2]) -> u16| {
                    let units: Vec<u16> = pairs.iter().map(|pair| from(*pair)).collect();
                    String::from_utf16_lossy(&units)
                };
                let text = match octets {
                    [0, _, ..] if rest.is_empty() => utf16(u16::from_be_bytes),
                    [_, 0, ..] if rest.is_empty() => utf16(u16::from_le_bytes),
                    [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
                    [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
                    _ => String::from_utf8_lossy(octets).into_owned(),
                };
                right::object(text.trim_start_matches('\u{feff}').as_bytes())
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-nested-token-believed",
        what: "A token inside the payload is read without being verified.",
        models: "RFC 7519 section 7.2, RFC 8725 section 3.3; a token in a token, read inside out",
        breaks: &["RFC7519-7.2-3", "RFC8725-3.3-1"],
        install: |d| {
            d.jwt.object = |octets| {
                let inner = std::str::from_utf8(octets)
                    .ok()
                    .filter(|text| text.starts_with("ey"));
                match inner.and_then(|text| text.split('.').nth(1)) {
                    Some(payload) => right::object(&right::decode(payload)?),
                    None => right::object(octets),
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-b64-unprotected",
        what: "In the JSON serialization b64 is read from the header that isn't signed, and the payload taken as it stands.",
        models: "headers merged before use; RFC 7797 section 3",
        breaks: &["RFC7797-3-1", "RFC7519-1-1"],
        install: |d| {
            d.bearer.token = |value| {
                let json = value.iter().position(|octet| *octet == b'{');
                let jws = json.and_then(|at| serde_json::from_slice(value.get(at..)?).ok());
                match jws.as_ref().and_then(plain_payload) {
                    Some(token) => Ok(token),
                    None => crate::decisions::bearer::token(value),
                }
            };
            d.jwt.split = |token| {
                let plain = token.split_once('.').and_then(|(header, rest)| {
                    let (payload, signature) = rest.rsplit_once('.')?;
                    payload
                        .starts_with('{')
                        .then(|| [header, payload, signature].map(str::to_owned))
                });
                plain.map_or_else(|| right::split(token), Ok)
            };
            d.jwt.decode = |part| {
                if part.starts_with('{') {
                    return Ok(part.as_bytes().to_vec());
                }
                right::decode(part)
            };
            // a plain payload has dots of its own
            d.jwt.jwe = None;
        },
        ..ROW
    },
];

/// Header, plain payload and signature, where the header that isn't signed says so.
fn plain_payload(jws: &Value) -> Option<String> {
    let text = |name: &str| jws.get(name)?.as_str();
    (jws["header"]["b64"] == false).then_some(())?;
    Some(format!(
        "{}.{}.{}",
        text("protected")?,
        text("payload")?,
        text("signature")?
    ))
}

/// Reads an object by scanning for each name, as hand-written readers do.
pub(super) fn first_wins(octets: &[u8]) -> Result<Map<String, Value>, Problem> {
    let text = std::str::from_utf8(octets).map_err(|_| Problem::InvalidToken)?;
    let last: Map<String, Value> = serde_json::from_str(text).map_err(|_| Problem::InvalidToken)?;
    let mut object = Map::new();
    for (name, value) in last {
        let at = text
            .find(&format!("\"{name}\":"))
            .map(|at| at + name.len() + 3);
        let first = at.and_then(|at| {
            let rest = text.get(at..)?;
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            values.next()?.ok()
        });
        object.insert(name, first.unwrap_or(value));
    }
    Ok(object)
}
