//! The table `envelope`: what can be wrong with the seal of a token or with what is inside.

use serde_json::{Value, json};

use super::agreement::{OF_ORDER_FIVE, OF_ORDER_FIVE_DOUBLED, OF_ORDER_THREE, OF_ORDER_TWO};
use super::{Draft, Envelope, KeyAs};
use crate::forge::deflate;
use crate::wire::jose::{self, base64url};

const fn row(name: &'static str, doc: &'static str, prepare: fn(&mut Draft)) -> Envelope {
    Envelope {
        name,
        doc,
        prepare,
        finish: |_| {},
    }
}

const fn after(name: &'static str, doc: &'static str, finish: fn(&mut Vec<String>)) -> Envelope {
    Envelope {
        name,
        doc,
        prepare: |_| {},
        finish,
    }
}

fn set(draft: &mut Draft, name: &str, value: Value) {
    draft.header.insert(name.to_owned(), value);
}

fn agreed(draft: &mut Draft, key_as: KeyAs) {
    set(draft, "alg", json!("ECDH-ES"));
    draft.key_as = key_as;
}

/// All rows.
pub static ENVELOPES: &[Envelope] = &[
    row(
        "honest",
        "the signed token inside, RSA-OAEP-256 and A256GCM",
        |_| {},
    ),
    row(
        "inner-claims",
        "the claims themselves inside: who sealed them is nobody known (CVE-2023-51774)",
        |d| {
            d.content = claims_of(&d.content);
            d.header.shift_remove("cty");
        },
    ),
    row(
        "inner-unsigned",
        "a token with `alg` none inside (RFC 7519 section 7.2, RFC 8725 section 3.3)",
        |d| {
            let claims = base64url(&claims_of(&d.content));
            let header = base64url(br#"{"alg":"none","typ":"at+jwt"}"#);
            d.content = format!("{header}.{claims}.").into_bytes();
        },
    ),
    row(
        "dir-public-key",
        "`alg` dir, and the digest of the public key for the content key (RFC 8725 section 3.1)",
        |d| {
            set(d, "alg", json!("dir"));
            d.key_as = KeyAs::PublicDigest;
        },
    ),
    row(
        "rsa1-5",
        "RSA1_5, whose padding can be guessed by its errors (RFC 8725 section 3.2)",
        |d| {
            set(d, "alg", json!("RSA1_5"));
            d.key_as = KeyAs::Pkcs1;
        },
    ),
    row(
        "rsa-oaep-sha1",
        "RSA-OAEP with SHA-1 under a key that is published for RSA-OAEP-256",
        |d| {
            set(d, "alg", json!("RSA-OAEP"));
            d.key_as = KeyAs::OaepSha1;
        },
    ),
    row(
        "content-key-short",
        "a content key of 16 octets under A256GCM, which has 32 (RFC 7516 section 5.2)",
        |d| d.key_length = 16,
    ),
    row("enc-missing", "no `enc` (RFC 7516 section 4.1.2)", |d| {
        d.header.shift_remove("enc");
    }),
    row(
        "enc-unknown",
        "an `enc` that nobody registered (RFC 7516 section 4.1.2)",
        |d| {
            set(d, "enc", json!("X256GCM"));
        },
    ),
    row(
        "enc-twice",
        "`enc` twice, an unknown one last (RFC 7516 section 4)",
        |d| d.twice = true,
    ),
    row(
        "zip-unknown",
        "a `zip` that nobody registered (RFC 7516 section 4.1.3)",
        |d| {
            set(d, "zip", json!("XZ"));
        },
    ),
    row(
        "deflate-stored",
        "`zip` DEF, the content as it stands inside",
        |d| {
            set(d, "zip", json!("DEF"));
            d.content = deflate::stored(&d.content);
        },
    ),
    row(
        "deflate",
        "`zip` DEF, what repeats in the content packed to a thousandth (CVE-2024-28176)",
        |d| {
            set(d, "zip", json!("DEF"));
            d.content = deflate::packed(&d.content);
        },
    ),
    row(
        "ecdh-es",
        "ECDH-ES, sealed to a published key of P-256",
        |d| agreed(d, KeyAs::Agreed),
    ),
    row(
        "ecdh-stray-point-2",
        "ECDH-ES with a point of order 2 on another curve (RFC 8725 section 3.4, CVE-2017-16007)",
        |d| agreed(d, KeyAs::Stray(&OF_ORDER_TWO)),
    ),
    row(
        "ecdh-stray-point-3",
        "the same with a point of order 3",
        |d| agreed(d, KeyAs::Stray(&OF_ORDER_THREE)),
    ),
    row(
        "ecdh-stray-point-5",
        "the same with a point of order 5",
        |d| agreed(d, KeyAs::Stray(&OF_ORDER_FIVE)),
    ),
    row(
        "ecdh-stray-point-5-doubled",
        "the same with a point of order 5, and another guess of what comes out",
        |d| agreed(d, KeyAs::Stray(&OF_ORDER_FIVE_DOUBLED)),
    ),
    row(
        "crit-unknown",
        "`crit` names an extension that nobody implements (RFC 7516 section 4.1.13)",
        |d| {
            set(d, "http://extension.invalid/unknown", json!(true));
            set(d, "crit", json!(["http://extension.invalid/unknown"]));
        },
    ),
    after(
        "tag-altered",
        "one bit of the tag is flipped (RFC 7516 section 5.2)",
        |p| {
            flip(p, 4);
        },
    ),
    after(
        "tag-truncated",
        "the tag cut to four octets (RFC 7516 section 5.2)",
        |p| {
            let tag = jose::unbase64url(&p[4]).unwrap_or_default();
            p[4] = base64url(&tag[..tag.len().min(4)]);
        },
    ),
    after("tag-missing", "no tag (RFC 7516 section 5.2)", |p| {
        p[4].clear()
    }),
    after(
        "header-altered",
        "a blank more in the header, which the tag covers",
        |p| {
            let mut header = jose::unbase64url(&p[0]).unwrap_or_default();
            header.push(b' ');
            p[0] = base64url(&header);
        },
    ),
    after(
        "key-altered",
        "one bit of the encrypted key is flipped",
        |p| flip(p, 1),
    ),
    after(
        "key-truncated",
        "the last octet of the encrypted key is missing",
        |p| {
            let mut key = jose::unbase64url(&p[1]).unwrap_or_default();
            key.pop();
            p[1] = base64url(&key);
        },
    ),
    after(
        "iv-altered",
        "one bit of the initialization vector is flipped",
        |p| flip(p, 2),
    ),
    after("further-part", "a sixth part (RFC 7516 section 3.1)", |p| {
        p.push("e30".to_owned());
    }),
];

/// The claims of a signed token, as octets.
fn claims_of(token: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(token);
    let payload = text.split('.').nth(1).and_then(jose::unbase64url);
    payload.unwrap_or_default()
}

fn flip(parts: &mut [String], which: usize) {
    let mut octets = jose::unbase64url(&parts[which]).unwrap_or_default();
    if let Some(last) = octets.last_mut() {
        *last ^= 1;
    }
    parts[which] = base64url(&octets);
}
