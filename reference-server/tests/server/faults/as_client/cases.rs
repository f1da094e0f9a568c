//! Logins in which the provider does one thing differently.

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::CLIENT;
use crate::support::{Issuer, with, without};

/// A login whose provider does one thing differently.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) header: fn(Value) -> Value,
    pub(super) claims: fn(Value) -> Value,
    pub(super) tokens: fn(Value, &Issuer, &Value) -> Value,
    /// The name of the key in the header, where it isn't the usual one.
    pub(super) kid: Option<&'static str>,
    pub(super) user: fn(&Issuer, &str) -> Value,
    pub(super) answer: fn(String) -> String,
}

pub(super) fn honest(name: &'static str) -> Case {
    Case {
        name,
        header: |header| header,
        claims: |claims| claims,
        tokens: |tokens, _, _| tokens,
        kid: None,
        user: |_, _| json!({ "sub": "user-1001", "name": "alice" }),
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

pub(super) fn with_id_token(
    name: &'static str,
    tokens: fn(Value, &Issuer, &Value) -> Value,
) -> Case {
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
            user: |_, _| json!({ "sub": "" }),
            ..with_claims("sub", |claims| with(&claims, "sub", json!("")))
        },
        with_claims("nonce", |claims| with(&claims, "nonce", json!("x"))),
        with_claims("no nonce", |claims| without(&claims, "nonce")),
        with_claims("at_hash", |claims| {
            with(&claims, "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"))
        }),
        Case {
            user: |_, _| json!({ "sub": "user-1002", "name": "mallory" }),
            ..honest("other user")
        },
    ]
}

/// What the answers hold that says nothing, or the wrong thing, about who logged in.
pub(super) fn odd_answers() -> Vec<Case> {
    let mut all = vec![
        with_id_token("unknown member", |tokens, _, _| {
            with(&tokens, "unknown", json!(1))
        }),
        with_id_token("no expires_in", |tokens, _, _| {
            without(&tokens, "expires_in")
        }),
        with_id_token("expires_in as text", |tokens, _, _| {
            with(&tokens, "expires_in", json!("60"))
        }),
        with_id_token("scope", |tokens, _, _| {
            with(&tokens, "scope", json!("openid profile"))
        }),
        with_id_token("no access token", |tokens, _, _| {
            without(&tokens, "access_token")
        }),
        with_id_token("long", |tokens, _, _| {
            with(&tokens, "long", json!("a".repeat(400_000)))
        }),
        with_id_token("readable access token", |tokens, keys, claims| {
            let other = with(&without(claims, "nonce"), "sub", json!("user-1002"));
            with(
                &tokens,
                "access_token",
                json!(keys.token(&keys.header(), &other)),
            )
        }),
        with_id_token("other algorithm", |tokens, keys, claims| {
            let header = json!({ "alg": "RS384", "typ": "JWT", "kid": "rsa-1" });
            let text = keys.signed_as(&header, claims, Algorithm::RS384);
            with(&tokens, "id_token", json!(text))
        }),
        with_id_token("secret of the client", |tokens, _, claims| {
            let header = json!({ "alg": "HS256", "typ": "JWT", "kid": "rsa-1" });
            let text = crate::support::hs256(&header, claims, super::SECRET.as_bytes());
            with(&tokens, "id_token", json!(text))
        }),
        with_id_token("published secret", |tokens, _, claims| {
            let header = json!({ "alg": "HS256", "typ": "JWT", "kid": "oct-1" });
            let secret = b"a published secret of enough length";
            let text = crate::support::hs256(&header, claims, secret);
            with(&tokens, "id_token", json!(text))
        }),
        with_id_token("form of the key", |tokens, keys, claims| {
            let header = json!({ "alg": "HS256", "typ": "JWT", "kid": "rsa-1" });
            let text = crate::support::hs256(&header, claims, &keys.public_forms()[5]);
            with(&tokens, "id_token", json!(text))
        }),
        with_id_token("certificate", |tokens, keys, claims| {
            let header = json!({ "alg": "RS256", "typ": "JWT", "x5c": [keys.certificate] });
            with(&tokens, "id_token", json!(keys.strange(&header, claims)))
        }),
        with_id_token("addresses", |tokens, keys, claims| {
            let jku = format!("{}/jku", claims["iss"].as_str().unwrap());
            let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "rsa-1", "jku": jku });
            with(&tokens, "id_token", json!(keys.token(&header, claims)))
        }),
        with_header("crit", |header| with(&header, "crit", json!(["odd"]))),
        with_header("claims", |header| with(&header, "sub", json!("user-1002"))),
    ];
    for (name, claims) in ODD_CLAIMS {
        all.push(with_claims(name, *claims));
    }
    all.extend(odd_users());
    all
}

type Change = fn(Value) -> Value;

const ODD_CLAIMS: &[(&str, Change)] = &[
    ("iss longer", |claims| {
        let longer = format!("{}.evil.example", claims["iss"].as_str().unwrap());
        with(&claims, "iss", json!(longer))
    }),
    ("iss with a slash", |claims| {
        let slash = format!("{}/", claims["iss"].as_str().unwrap());
        with(&claims, "iss", json!(slash))
    }),
    ("iss as a list", |claims| {
        with(&claims, "iss", json!([claims["iss"]]))
    }),
    ("aud as a list", |claims| {
        with(&claims, "aud", json!([CLIENT]))
    }),
    ("aud longer", |claims| {
        with(&claims, "aud", json!(format!("{CLIENT} and more")))
    }),
    ("old login", |claims| {
        with(&claims, "auth_time", json!(1_000_000))
    }),
    ("acr", |claims| with(&claims, "acr", json!("0"))),
    ("c_hash", |claims| with(&claims, "c_hash", json!("AAAA"))),
    ("s_hash", |claims| with(&claims, "s_hash", json!("AAAA"))),
    ("unknown claim", |claims| with(&claims, "unknown", json!(1))),
    ("old", |claims| with(&claims, "iat", json!(1_000_000))),
];

fn odd_users() -> Vec<Case> {
    let with_user = |name, user| Case {
        user,
        ..honest(name)
    };
    vec![
        with_user(
            "sub longer",
            |_, _| json!({ "sub": "user-10011", "name": "x" }),
        ),
        with_user("signed by a stranger", |keys, origin| {
            let claims = json!({ "iss": origin, "aud": CLIENT, "sub": "user-1001", "name": "x" });
            let header = json!({ "alg": "RS256", "kid": "rsa-1" });
            json!(keys.strange(&header, &claims))
        }),
        with_user("aggregated", |_, _| {
            let token = unsigned(&json!({ "name": "x" }));
            json!({ "sub": "user-1001", "_claim_names": { "name": "a" }, "_claim_sources": { "a": { "JWT": token } } })
        }),
        with_user("distributed", |_, origin| {
            let endpoint = format!("{origin}/claims");
            json!({ "sub": "user-1001", "_claim_names": { "name": "a" }, "_claim_sources": { "a": { "endpoint": endpoint } } })
        }),
        with_user("refused", |_, _| json!(401)),
        with_user("moved", |_, _| json!(307)),
    ]
}
