//! Logins in which the provider does one thing differently.

use serde_json::{Value, json};

use super::CLIENT;
use crate::support::{Issuer, with, without};

/// A login whose provider does one thing differently.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) header: fn(Value) -> Value,
    pub(super) claims: fn(Value) -> Value,
    pub(super) tokens: fn(Value, &Issuer, &Value) -> Value,
    pub(super) user: Value,
    pub(super) answer: fn(String) -> String,
}

pub(super) fn honest(name: &'static str) -> Case {
    Case {
        name,
        header: |header| header,
        claims: |claims| claims,
        tokens: |tokens, _, _| tokens,
        user: json!({ "sub": "user-1001", "name": "alice" }),
        answer: |answer| answer,
    }
}

fn with_claims(name: &'static str, claims: fn(Value) -> Value) -> Case {
    Case {
        claims,
        ..honest(name)
    }
}

pub(super) fn with_header(name: &'static str, header: fn(Value) -> Value) -> Case {
    Case {
        header,
        ..honest(name)
    }
}

pub(super) fn with_answer(name: &'static str, answer: fn(String) -> String) -> Case {
    Case {
        answer,
        ..honest(name)
    }
}

fn with_id_token(name: &'static str, tokens: fn(Value, &Issuer, &Value) -> Value) -> Case {
    Case {
        tokens,
        ..honest(name)
    }
}

fn unsigned(claims: &Value) -> String {
    let part = |value: &Value| crate::support::b64url(value.to_string());
    format!("{}.{}.", part(&json!({ "alg": "none" })), part(claims))
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        honest("honest"),
        with_answer("no state", |answer| answer.replace("state=", "x=")),
        with_answer("error too", |answer| {
            format!("{answer}&error=access_denied")
        }),
        with_answer("more", |answer| format!("{answer}&session_state=x")),
        with_answer("two codes", |answer| format!("{answer}&code=other")),
        with_answer("text", |_| {
            "/callback?error=x&error_description=%3Cb%3E".to_owned()
        }),
        with_answer("iss", |answer| answer.replace("iss=", "iss=x")),
        with_answer("no iss", |answer| answer.replace("iss=", "x=")),
        with_answer("iss slash", |answer| format!("{answer}%2F")),
        with_answer("token too", |answer| {
            format!("{answer}&access_token=brought")
        }),
        with_id_token("public key", |tokens, keys, claims| {
            let header = json!({ "alg": "HS256", "typ": "JWT", "kid": "rsa-1" });
            let text = crate::support::hs256(&header, claims, &keys.public_forms()[0]);
            with(&tokens, "id_token", json!(text))
        }),
        with_id_token("type", |tokens, _, _| {
            with(&tokens, "token_type", json!("DPoP"))
        }),
        with_id_token("lower type", |tokens, _, _| {
            with(&tokens, "token_type", json!("bearer"))
        }),
        with_id_token("none", |tokens, _, claims| {
            with(&tokens, "id_token", json!(unsigned(claims)))
        }),
        with_id_token("cut", |tokens, _, _| {
            let text = tokens["id_token"]
                .as_str()
                .unwrap()
                .rsplit_once('.')
                .unwrap()
                .0;
            with(&tokens, "id_token", json!(format!("{text}.AAAA")))
        }),
        with_id_token("ES256", |tokens, keys, claims| {
            let (input, signature) = keys.es256_as("JWT", claims);
            with(
                &tokens,
                "id_token",
                json!(format!("{input}.{}", crate::support::b64url(signature))),
            )
        }),
        with_id_token("embedded", |tokens, keys, claims| {
            let header = json!({ "alg": "RS256", "jwk": keys.strange_jwk });
            with(&tokens, "id_token", json!(keys.strange(&header, claims)))
        }),
        with_header("typ", |header| with(&header, "typ", json!("at+jwt"))),
        with_header("kid", |header| with(&header, "kid", json!("rsa-9"))),
        with_claims("other iss", |claims| {
            with(&claims, "iss", json!("https://other.example"))
        }),
        with_claims("other aud", |claims| with(&claims, "aud", json!("other"))),
        with_claims("more aud", |claims| {
            with(&claims, "aud", json!([CLIENT, "other"]))
        }),
        with_claims("azp", |claims| with(&claims, "azp", json!("other"))),
        with_claims("exp", |claims| with(&claims, "exp", json!(1_000_000))),
        with_claims("nbf", |claims| {
            with(&claims, "nbf", json!(99_999_999_999_u64))
        }),
        with_claims("iat", |claims| without(&claims, "iat")),
        Case {
            user: json!({ "sub": "" }),
            ..with_claims("sub", |claims| with(&claims, "sub", json!("")))
        },
        with_claims("nonce", |claims| with(&claims, "nonce", json!("x"))),
        with_claims("no nonce", |claims| without(&claims, "nonce")),
        with_claims("at_hash", |claims| {
            with(&claims, "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"))
        }),
        Case {
            user: json!({ "sub": "user-1002", "name": "mallory" }),
            ..honest("other user")
        },
    ]
}
