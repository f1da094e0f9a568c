//! `verified-by`: a token that the target issued, and the key set that it published for it (RFC 7515 section 5.2).

use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::forge::{self, PublicKey};
use crate::source::shape::{Field, Shape};
use crate::wire::{jose, json};

pub(super) const KIND: Kind = Kind {
    name: "verified-by",
    doc: "A key of the set verifies the signature of the token; `kid` picks it, if the token has one.",
    shape: Shape::Map(&[
        Field::required("token", Shape::Text, "The token: `${step.id-token}`."),
        Field::required("keys", Shape::Text, "The JWK Set: `${set.body}`."),
    ]),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let text = |name: &str| wanted.get(name).and_then(Value::as_str).unwrap_or_default();
    let Some(token) = jose::read(text("token")).filter(|token| token.parts.len() == 3) else {
        return Err(Miss::unknown("the token is no signed JWT"));
    };
    let set = json::parse_lenient(text("keys").as_bytes());
    let keys = set.as_ref().and_then(|set| set.get("keys"));
    let keys = keys.and_then(Value::as_array);
    let keys = keys.ok_or_else(|| Miss::unknown("there is no JWK Set to verify with"))?;
    let alg = token.alg().unwrap_or_default().to_owned();
    if alg.starts_with("HS") {
        return Err(Miss::unknown("the token is signed with a shared secret"));
    }
    let kid = token.kid();
    let named: Vec<&Value> = keys
        .iter()
        .filter(|key| kid.is_none() || key.get("kid").and_then(Value::as_str) == kid)
        .collect();
    let expected = "a token that a published key verifies";
    if named.is_empty() {
        let actual = format!("kid {}, which is not in the set", kid.unwrap_or_default());
        return Err(Miss::finding(seen, expected, actual));
    }
    let signature = token.signature().unwrap_or_default();
    let input = token.signing_input();
    let readable: Vec<PublicKey> = named
        .iter()
        .filter_map(|key| PublicKey::from_jwk(key).ok())
        .collect();
    let verifies = |key: &PublicKey| key.verify(&alg, input.as_bytes(), &signature);
    match readable.iter().any(verifies) {
        true => Ok(()),
        false if readable.len() < named.len() => {
            Err(Miss::unknown(format!("a key for {alg} can't be read here")))
        }
        false => {
            let actual = format!("alg {alg}, and no key of the set verifies it");
            Err(Miss::finding(seen, expected, actual))
        }
    }
}

fn spoil(argument: &mut Value, _: &mut Seen<'_>) {
    let token = argument.get("token").and_then(Value::as_str);
    let parts: Vec<&str> = token.unwrap_or_default().split('.').collect();
    let unsigned = parts.get(..2).unwrap_or_default().join(".");
    argument["token"] = Value::from(format!("{unsigned}.AQID"));
}

fn examples() -> Vec<Example> {
    // its signatures are the same each time, and so is what is made of the example
    let Some(key) = forge::test_key("test-ed25519") else {
        return Vec::new();
    };
    let claims = json!({ "sub": "alice" });
    let claims = claims.as_object().cloned().unwrap_or_default();
    let token = forge::mint(&serde_json::Map::new(), &claims, key).unwrap_or_default();
    let keys = json!({ "keys": [key.public_jwk()] }).to_string();
    vec![Example {
        argument: json!({ "token": token, "keys": keys }),
        seen: super::sample::answer(200, &[], ""),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_key_is_a_finding_and_what_is_no_jws_unknown() {
        let seen = super::super::sample::answer(200, &[], "");
        let argument = examples().remove(0).argument;
        let other = forge::stranger("EdDSA").public_jwk();
        let with = |token: &str, keys: Value| {
            examine(
                &json!({ "token": token, "keys": json!({ "keys": keys }).to_string() }),
                &seen,
            )
        };
        let token = argument["token"].as_str().unwrap();
        assert!(examine(&argument, &seen).is_ok());
        for keys in [json!([other]), json!([])] {
            let found = with(token, keys);
            assert!(matches!(found, Err(Miss::Finding { .. })), "{found:?}");
        }
        for token in ["opaque", ""] {
            assert!(matches!(with(token, json!([])), Err(Miss::Unknown(_))));
        }
    }
}
