//! Header members other than `alg` and `kid`: keys that the token brings along, `crit`, `b64`, `typ` and kin.

use super::alg::hmac;
use super::{Aim, Mutation};
use crate::forge::parts::{NotApplicable, Parts};
use crate::forge::recipe::SignWith;
use crate::forge::{Alg, stranger_certificate, stranger_shared};
use serde_json::{Value, json};
use std::sync::Arc;

const fn row(name: &'static str, doc: &'static str, apply: super::Apply) -> Mutation {
    Mutation::before(Aim::Header, name, doc, apply)
}

pub(super) const ROWS: &[Mutation] = &[
    row(
        "embedded-jwk",
        "signed by a key that the token brings in `jwk` (RFC 7515 section 4.1.3, CVE-2018-0114)",
        |p| {
            let key = stranger_of(p);
            let jwk = key
                .public_jwk()
                .ok_or(NotApplicable("a shared secret has no public half"))?;
            // the header names the stranger's key; what is trusted must not be found by `kid`
            p.header.insert("kid".into(), json!(key.kid()));
            p.header.insert("alg".into(), json!(key.alg().name()));
            p.sign_with = SignWith::Key(key);
            set(p, "jwk", jwk)
        },
    ),
    row(
        "embedded-jwk-keep-kid",
        "signed by a key in `jwk` while `kid` names the trusted one",
        |p| {
            let key = stranger_of(p);
            let mut jwk = key
                .public_jwk()
                .ok_or(NotApplicable("a shared secret has no public half"))?;
            jwk["kid"] = p.header.get("kid").cloned().unwrap_or(json!("stranger"));
            p.header.insert("alg".into(), json!(key.alg().name()));
            p.sign_with = SignWith::Key(key);
            set(p, "jwk", jwk)
        },
    ),
    row(
        "jwk-symmetric",
        "HS256 with a secret that the token brings in `jwk`",
        |p| {
            p.header.insert(
                "jwk".into(),
                json!({"kty": "oct", "k": "c3RyYW5nZXI", "alg": "HS256"}),
            );
            hmac(p, b"stranger")
        },
    ),
    row("jwk-not-object", "`jwk` is text", |p| {
        set(p, "jwk", json!("https://jwk.invalid/key"))
    })
    .disputed(),
    row(
        "jwk-private",
        "`jwk` is not a public key (RFC 7515 section 4.1.3)",
        |p| set(p, "jwk", json!({"kty": "oct", "k": "AA"})),
    )
    .disputed(),
    row(
        "embedded-x5c",
        "signed by the key of a certificate that the token brings (RFC 7515 section 4.1.6)",
        |p| bring_certificate(p, false),
    ),
    row(
        "embedded-x5c-keep-kid",
        "the same while `kid` names the trusted key",
        |p| bring_certificate(p, true),
    ),
    row(
        "x5c-garbage",
        "`x5c` holds text that is no certificate (RFC 7515 section 4.1.6)",
        |p| set(p, "x5c", json!(["AAAA"])),
    )
    .disputed(),
    row(
        "x5t-mismatch",
        "`x5t#S256` is not that of the key (RFC 7515 section 4.1.8)",
        |p| {
            set(
                p,
                "x5t#S256",
                json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            )
        },
    )
    .signed()
    .disputed(),
    row(
        "crit-unknown",
        "`crit` names an extension that nobody implements (RFC 7515 section 4.1.11)",
        |p| {
            p.header
                .insert("http://extension.invalid/unknown".into(), json!(true));
            set(p, "crit", json!(["http://extension.invalid/unknown"]))
        },
    )
    .signed(),
    row(
        "crit-absent-member",
        "`crit` names a member that the header lacks (RFC 7515 section 4.1.11)",
        |p| set(p, "crit", json!(["http://extension.invalid/absent"])),
    )
    .signed(),
    row(
        "crit-empty",
        "`crit` is an empty list (RFC 7515 section 4.1.11)",
        |p| set(p, "crit", json!([])),
    )
    .signed(),
    row(
        "crit-not-array",
        "`crit` is text (RFC 7515 section 4.1.11)",
        |p| set(p, "crit", json!("exp")),
    )
    .signed(),
    row(
        "crit-null",
        "`crit` is null (RFC 7515 section 4.1.11)",
        |p| set(p, "crit", Value::Null),
    )
    .signed(),
    row(
        "crit-numbers",
        "`crit` lists a number (RFC 7515 section 4.1.11)",
        |p| set(p, "crit", json!([1])),
    )
    .signed(),
    row(
        "crit-registered",
        "`crit` names a member of the specification itself (RFC 7515 section 4.1.11)",
        |p| set(p, "crit", json!(["alg"])),
    )
    .signed(),
    row(
        "crit-duplicate",
        "`crit` names an extension twice (RFC 7515 section 4.1.11)",
        |p| {
            p.header.insert("b64".into(), json!(true));
            set(p, "crit", json!(["b64", "b64"]))
        },
    )
    .signed(),
    row(
        "b64-false",
        "`b64` false and critical, payload not encoded: never in a JWT (RFC 7797 section 7)",
        |p| {
            p.header.insert("b64".into(), json!(false));
            // a raw payload must have no dot, or the token would have four segments
            let payload = String::from_utf8_lossy(&p.payload()).replace('.', "\\u002e");
            p.payload_text = Some(payload);
            set(p, "crit", json!(["b64"]))
        },
    )
    .signed(),
    row(
        "b64-false-encoded",
        "`b64` false and critical above an encoded payload (RFC 7797 section 7)",
        |p| {
            p.header.insert("b64".into(), json!(false));
            set(p, "crit", json!(["b64"]))
        },
    )
    .signed(),
    row(
        "b64-false-without-crit",
        "`b64` false without `crit`: ignored as unknown or refused (RFC 7797 section 6)",
        |p| set(p, "b64", json!(false)),
    )
    .signed()
    .disputed(),
    row(
        "typ-missing",
        "no `typ`; an access token by RFC 9068 section 4 must have one",
        |p| remove(p, "typ"),
    )
    .signed()
    .disputed(),
    row(
        "typ-jwt",
        "`typ` JWT; not an access token by RFC 9068 section 4",
        |p| set(p, "typ", json!("JWT")),
    )
    .signed()
    .disputed(),
    row(
        "typ-media-type",
        "`typ` written with `application/` before it means the same (RFC 7515 section 4.1.9)",
        |p| {
            let short = text(p, "typ")?;
            if short.contains('/') {
                return Err(NotApplicable("the token's typ is a full media type"));
            }
            set(p, "typ", json!(format!("application/{short}")))
        },
    )
    .signed()
    .harmless()
    .disputed(),
    row(
        "typ-uppercase",
        "`typ` in capitals: media types have no case (RFC 7515 section 4.1.9)",
        |p| {
            let upper = text(p, "typ")?.to_ascii_uppercase();
            set(p, "typ", json!(upper))
        },
    )
    .signed()
    .harmless()
    .disputed(),
    row(
        "typ-logout",
        "a logout token (OpenID Connect Back-Channel Logout section 2.4, RFC 8725 section 3.11)",
        |p| set(p, "typ", json!("logout+jwt")),
    )
    .signed()
    .disputed(),
    row("typ-dpop", "a DPoP proof (RFC 9449 section 4.2)", |p| {
        set(p, "typ", json!("dpop+jwt"))
    })
    .signed()
    .disputed(),
    row(
        "typ-secevent",
        "a security event (RFC 8417 section 2.3)",
        |p| set(p, "typ", json!("secevent+jwt")),
    )
    .signed()
    .disputed(),
    row(
        "typ-client-authentication",
        "a client assertion (RFC 7523bis)",
        |p| set(p, "typ", json!("client-authentication+jwt")),
    )
    .signed()
    .disputed(),
    row(
        "typ-request-object",
        "a request object (RFC 9101 section 10.8)",
        |p| set(p, "typ", json!("oauth-authz-req+jwt")),
    )
    .signed()
    .disputed(),
    row(
        "typ-introspection",
        "an introspection answer (RFC 9701 section 5)",
        |p| set(p, "typ", json!("token-introspection+jwt")),
    )
    .signed()
    .disputed(),
    row("typ-number", "`typ` is a number", |p| {
        set(p, "typ", json!(1))
    })
    .signed()
    .disputed(),
    row(
        "cty-jwt",
        "`cty` JWT above claims that are no nested token (RFC 7519 section 5.2)",
        |p| set(p, "cty", json!("JWT")),
    )
    .signed()
    .disputed(),
    row(
        "zip-deflate",
        "`zip` on a JWS, where it has no meaning (RFC 7516 section 4.1.3)",
        |p| set(p, "zip", json!("DEF")),
    )
    .signed()
    .disputed(),
    row(
        "claims-in-header",
        "the right iss, sub and aud in the header, those of somebody else in the payload (RFC 7519 section 5.3)",
        |p| {
            for name in ["iss", "sub", "aud"] {
                let right = p.claims.insert(name.into(), json!("stranger"));
                let right = right.ok_or(NotApplicable("the token lacks iss, sub or aud"))?;
                p.header.insert(name.into(), right);
            }
            Ok(())
        },
    )
    .signed(),
    row(
        "header-unknown-member",
        "a member that nobody knows and `crit` doesn't name is ignored (RFC 7515 section 4)",
        |p| set(p, "authspec-unknown", json!({"a": [1]})),
    )
    .signed()
    .harmless(),
];

pub(super) fn set(parts: &mut Parts, name: &str, value: Value) -> Result<(), NotApplicable> {
    parts.header.insert(name.to_owned(), value);
    Ok(())
}

pub(super) fn remove(parts: &mut Parts, name: &str) -> Result<(), NotApplicable> {
    let removed = parts.header.shift_remove(name);
    removed
        .map(|_| ())
        .ok_or(NotApplicable("the header lacks the member"))
}

pub(super) fn text(parts: &Parts, name: &str) -> Result<String, NotApplicable> {
    let text = parts.header.get(name).and_then(Value::as_str);
    text.map(str::to_owned).ok_or(NotApplicable(
        "the header lacks the member, or it is no text",
    ))
}

fn bring_certificate(parts: &mut Parts, keep_kid: bool) -> Result<(), NotApplicable> {
    let key = stranger_of(parts);
    let certificate = stranger_certificate(key.alg().name());
    let certificate = certificate.ok_or(NotApplicable("a shared secret has no certificate"))?;
    if !keep_kid {
        parts.header.insert("kid".into(), json!(key.kid()));
    }
    parts.header.insert("alg".into(), json!(key.alg().name()));
    parts.sign_with = SignWith::Key(key);
    set(parts, "x5c", json!([certificate]))
}

/// A key of the stranger's that fits what the token is signed with; RSA where that is a shared secret.
fn stranger_of(parts: &Parts) -> Arc<crate::forge::Key> {
    let alg = parts
        .base_alg()
        .filter(|alg| alg.family() != crate::forge::Family::Hmac);
    Arc::clone(stranger_shared(alg.unwrap_or(Alg::RS256).name()))
}
