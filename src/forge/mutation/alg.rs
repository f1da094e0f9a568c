//! `alg`: none in every odd spelling, missing, of the wrong type, or an algorithm other than the key's.

use super::header::{remove, set, text};
use super::{Aim, Mutation};
use crate::forge::parts::{NotApplicable, Parts};
use crate::forge::recipe::SignWith;
use crate::forge::{Alg, Family, stranger_shared};
use serde_json::{Value, json};
use std::sync::Arc;

const fn row(name: &'static str, doc: &'static str, apply: super::Apply) -> Mutation {
    Mutation::before(Aim::Header, name, doc, apply)
}

pub(super) const ROWS: &[Mutation] = &[
    row(
        "alg-none",
        "`alg` none and no signature (RFC 8725 section 2.1)",
        |p| unsigned(p, json!("none")),
    ),
    row(
        "alg-None",
        "`alg` None and no signature: a block list that compares by case",
        |p| unsigned(p, json!("None")),
    ),
    row(
        "alg-NONE",
        "`alg` NONE and no signature: a block list that compares by case",
        |p| unsigned(p, json!("NONE")),
    ),
    row(
        "alg-nOnE",
        "`alg` nOnE and no signature: a block list that compares by case",
        |p| unsigned(p, json!("nOnE")),
    ),
    row(
        "alg-none-blank-after",
        "`alg` none with a blank behind it and no signature: trimmed after the check",
        |p| unsigned(p, json!("none ")),
    ),
    row(
        "alg-none-blank-before",
        "`alg` none with a blank before it and no signature: trimmed after the check",
        |p| unsigned(p, json!(" none")),
    ),
    row(
        "alg-none-nul",
        "`alg` none with a NUL behind it and no signature: cut after the check",
        |p| unsigned(p, json!("none\0")),
    ),
    row(
        "alg-none-full-width",
        "`alg` none in full-width letters and no signature: normalised after the check",
        |p| unsigned(p, json!("ｎｏｎｅ")),
    ),
    row(
        "alg-none-escaped",
        "`alg` none spelled with `\\u` escapes and no signature: a check on the raw text",
        |p| {
            unsigned(p, json!("none"))?;
            let text =
                String::from_utf8_lossy(&p.header_text()).replace("\"none\"", "\"\\u006eone\"");
            p.header_octets = Some(text.into_bytes());
            Ok(())
        },
    ),
    row(
        "alg-empty",
        "`alg` is the empty text and there is no signature",
        |p| unsigned(p, json!("")),
    ),
    row("alg-null", "`alg` is null and there is no signature", |p| {
        unsigned(p, Value::Null)
    }),
    row(
        "alg-missing",
        "no `alg` and no signature (RFC 7515 section 4.1.1: it must be present)",
        |p| {
            p.header.shift_remove("alg");
            p.sign_with = SignWith::None;
            Ok(())
        },
    ),
    row(
        "alg-number",
        "`alg` is a number and there is no signature",
        |p| unsigned(p, json!(0)),
    ),
    row(
        "alg-boolean",
        "`alg` is true and there is no signature",
        |p| unsigned(p, json!(true)),
    ),
    row(
        "alg-array",
        "`alg` is an array that holds none, without signature",
        |p| unsigned(p, json!(["none"])),
    ),
    row(
        "alg-object",
        "`alg` is an object and there is no signature",
        |p| unsigned(p, json!({"none": true})),
    ),
    row(
        "alg-none-keep-signature",
        "`alg` none above the old signature: verified only if a signature is empty",
        |p| set(p, "alg", json!("none")),
    ),
    row(
        "alg-none-random-signature",
        "`alg` none above octets that are no signature",
        |p| {
            p.sign_with = SignWith::Text(b"any".to_vec());
            set(p, "alg", json!("none"))
        },
    ),
    row(
        "alg-missing-keep-signature",
        "no `alg` above a signature: the verifier must not choose one (RFC 7515 section 4.1.1)",
        |p| remove(p, "alg"),
    )
    .signed(),
    row(
        "alg-lowercase",
        "`alg` in lower case; names are case-sensitive (RFC 7515 section 4.1.1)",
        |p| {
            let name = text(p, "alg")?.to_ascii_lowercase();
            set(p, "alg", json!(name))
        },
    )
    .signed(),
    row("alg-unknown", "an `alg` that nobody registered", |p| {
        set(p, "alg", json!("XS256"))
    })
    .signed(),
    row(
        "alg-other-family",
        "signed by a stranger's key of another kind than the one that `kid` names",
        |p| {
            let rsa = p.base_alg().is_some_and(|alg| alg.family() == Family::Rsa);
            let key = stranger_shared(if rsa { "ES256" } else { "RS256" });
            p.sign_with = SignWith::Key(Arc::clone(key));
            set(p, "alg", json!(key.alg().name()))
        },
    ),
    row(
        "alg-sibling-hash",
        "the same key under another hash; the key's `alg` decides (RFC 8725 section 3.1)",
        |p| {
            let sibling = sibling(p, |n| match n {
                "HS256" => Some("HS384"),
                "HS384" => Some("HS512"),
                "HS512" => Some("HS384"),
                "RS256" => Some("RS384"),
                "RS384" => Some("RS512"),
                "RS512" => Some("RS384"),
                "PS256" => Some("PS384"),
                "PS384" => Some("PS512"),
                "PS512" => Some("PS384"),
                _ => None,
            })?;
            set(p, "alg", sibling)
        },
    )
    .signed()
    .disputed(),
    row(
        "alg-sibling-padding",
        "the same key under the other padding; the key's `alg` decides (RFC 8725 section 3.1)",
        |p| {
            let sibling = sibling(p, |n| match n {
                "RS256" => Some("PS256"),
                "RS384" => Some("PS384"),
                "RS512" => Some("PS512"),
                "PS256" => Some("RS256"),
                "PS384" => Some("RS384"),
                "PS512" => Some("RS512"),
                _ => None,
            })?;
            set(p, "alg", sibling)
        },
    )
    .signed()
    .disputed(),
    row(
        "alg-sibling-curve",
        "the algorithm of another curve above a signature of this one (RFC 7518 section 3.4)",
        |p| {
            let sibling = sibling(p, |n| match n {
                "ES256" => Some("ES384"),
                "ES384" => Some("ES512"),
                "ES512" => Some("ES256"),
                _ => None,
            })?;
            set(p, "alg", sibling)
        },
    )
    .signed(),
    row(
        "alg-secp256k1",
        "ES256K above a P-256 signature (RFC 8812)",
        |p| {
            sibling(p, |n| (n == "ES256").then_some("ES256K"))?;
            set(p, "alg", json!("ES256K"))
        },
    )
    .signed(),
    row(
        "alg-fully-specified",
        "Ed25519 for EdDSA or the other way round: two names of one algorithm (RFC 9864)",
        |p| {
            let sibling = sibling(p, |n| match n {
                "EdDSA" => Some("Ed25519"),
                "Ed25519" => Some("EdDSA"),
                _ => None,
            })?;
            set(p, "alg", sibling)
        },
    )
    .signed()
    .disputed(),
    row(
        "alg-hmac-empty-key",
        "HS256 with the empty secret: a key that was never configured",
        |p| hmac(p, b""),
    ),
    row(
        "alg-hmac-zero-key",
        "HS256 with 32 zero octets: a key buffer that was never filled",
        |p| hmac(p, &[0; 32]),
    ),
    row(
        "alg-hmac-iss-key",
        "HS256 with the issuer for the secret: public text is none",
        |p| hmac_of_claim(p, "iss"),
    ),
    row(
        "alg-hmac-aud-key",
        "HS256 with the audience for the secret: public text is none",
        |p| hmac_of_claim(p, "aud"),
    ),
    row(
        "alg-hmac-client-id-key",
        "HS256 with the client id for the secret: public text is none",
        |p| hmac_of_claim(p, "client_id"),
    ),
];

fn unsigned(parts: &mut Parts, alg: Value) -> Result<(), NotApplicable> {
    parts.sign_with = SignWith::None;
    set(parts, "alg", alg)
}

pub(super) fn hmac(parts: &mut Parts, secret: &[u8]) -> Result<(), NotApplicable> {
    parts.sign_with = SignWith::Text(secret.to_vec());
    set(parts, "alg", json!(Alg::HS256.name()))
}

fn sibling(parts: &Parts, of: fn(&str) -> Option<&'static str>) -> Result<Value, NotApplicable> {
    let sibling = parts.alg().and_then(|alg| of(alg.name()));
    sibling
        .map(Value::from)
        .ok_or(NotApplicable("the token's alg has no such sibling"))
}

fn hmac_of_claim(parts: &mut Parts, name: &str) -> Result<(), NotApplicable> {
    let text = parts.claims.get(name).and_then(Value::as_str);
    let text = text.ok_or(NotApplicable("the token lacks the claim, or it is no text"))?;
    let secret = text.as_bytes().to_vec();
    hmac(parts, &secret)
}
