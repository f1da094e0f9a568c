//! DPoP proofs (RFC 9449 section 4.2): a JWT for one request, signed by the key that a token is bound to.
//!
//! What can be wrong with a JWT stands in the table `mutation`, and does for proofs too; here is what only a proof has:
//! its key in the header, and the forms of its `htu`.

mod htu;

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use super::{ForgeError, Key, Recipe, forge};
use crate::wire::jose::{self, base64url};

pub use htu::{HTU_FORMS, HtuForm, named as form_named};

/// What a proof is about.
#[derive(Clone, Debug)]
pub struct About {
    /// The method of the request.
    pub method: String,
    /// Its URI, without query and fragment.
    pub uri: String,
    /// When it is made, in seconds since the epoch.
    pub at: i64,
    /// A name that no other proof has.
    pub id: String,
    /// The token that goes with it.
    pub token: Option<String>,
    /// The server's nonce.
    pub nonce: Option<String>,
}

/// The claims of a right proof.
pub fn claims(about: &About) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("jti".into(), json!(about.id));
    claims.insert("htm".into(), json!(about.method));
    claims.insert("htu".into(), json!(about.uri));
    claims.insert("iat".into(), json!(about.at));
    if let Some(token) = &about.token {
        let hash = digest(&SHA256, token.as_bytes());
        claims.insert("ath".into(), json!(base64url(hash.as_ref())));
    }
    if let Some(nonce) = &about.nonce {
        claims.insert("nonce".into(), json!(nonce));
    }
    claims
}

/// A proof with these claims by this key, and what the recipe changes; a recipe that keeps the signature changes
/// nothing that is signed. `private` puts the private half in the header, which nobody should ever see.
pub fn proof(
    claims: &Map<String, Value>,
    key: &Arc<Key>,
    private: bool,
    recipe: &Recipe,
) -> Result<String, ForgeError> {
    let jwk = match private {
        true => key.private_jwk(),
        false => public_jwk(key),
    };
    let jwk = jwk.ok_or(ForgeError::UnusableKey(
        "the key can't be written in a proof",
    ))?;
    let alg = key.alg().name();
    let header = json!({ "typ": "dpop+jwt", "alg": alg, "jwk": jwk });
    let input = format!(
        "{}.{}",
        base64url(header.to_string().as_bytes()),
        base64url(Value::Object(claims.clone()).to_string().as_bytes())
    );
    let signature = key.sign(alg, input.as_bytes())?;
    forge(&format!("{input}.{}", base64url(&signature)), recipe)
}

/// The public half with nothing beside it, as a proof carries it.
pub fn public_jwk(key: &Key) -> Option<Value> {
    let Value::Object(mut jwk) = key.public_jwk()? else {
        return None;
    };
    for name in ["use", "alg", "kid"] {
        jwk.shift_remove(name);
    }
    Some(Value::Object(jwk))
}

/// What a token that is bound to this key says (RFC 9449 section 6.1).
pub fn confirmation(key: &Key) -> Option<Value> {
    Some(json!({ "jkt": jose::thumbprint(&key.public_jwk()?)? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::{PublicKey, SignWith, stranger_shared};

    fn about() -> About {
        About {
            method: "GET".to_owned(),
            uri: "https://resource.example.org/protectedresource".to_owned(),
            at: 1_562_262_618,
            id: "e1j3V_bKic8-LAEB".to_owned(),
            token: Some(EXAMPLE.to_owned()),
            nonce: None,
        }
    }

    /// The token of RFC 9449 section 7.1.
    const EXAMPLE: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";

    #[test]
    fn the_hash_of_the_example_in_section_7_1() {
        assert_eq!(
            claims(&about())["ath"],
            "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
        );
    }

    #[test]
    fn a_proof_brings_the_key_that_verifies_it() {
        for alg in ["ES256", "ES384", "RS256", "EdDSA"] {
            let key = stranger_shared(alg);
            let made = proof(&claims(&about()), key, false, &Recipe::default()).unwrap();
            let read = jose::read(&made).unwrap();
            assert_eq!(read.header["typ"], "dpop+jwt");
            assert_eq!(read.header["jwk"].get("kid"), None);
            assert_eq!(read.header["jwk"].get("d"), None);
            let public = PublicKey::from_jwk(&read.header["jwk"]).unwrap();
            let signature = read.signature().unwrap();
            assert!(
                public.verify(alg, read.signing_input().as_bytes(), &signature),
                "{alg}"
            );
            let bound = confirmation(key).unwrap();
            assert_eq!(
                bound["jkt"].as_str(),
                jose::thumbprint(&read.header["jwk"]).as_deref()
            );
        }
    }

    #[test]
    fn a_private_key_is_written_where_it_can_be() {
        let made = |alg: &str| {
            let key = stranger_shared(alg);
            proof(&claims(&about()), key, true, &Recipe::default())
        };
        for alg in ["ES256", "ES384", "ES512", "EdDSA"] {
            let read = jose::read(&made(alg).unwrap()).unwrap();
            let again = Key::from_jwk(&read.header["jwk"]).unwrap();
            assert_eq!(
                again.public_jwk().unwrap()["x"],
                stranger_shared(alg).public_jwk().unwrap()["x"]
            );
        }
        assert!(made("RS256").is_err());
    }

    #[test]
    fn what_is_changed_is_signed_anew_only_if_somebody_signs() {
        let key = stranger_shared("ES256");
        let change = |sign_with| {
            let mut recipe = Recipe {
                sign_with,
                ..Recipe::default()
            };
            recipe.claims.insert("htm".into(), json!("POST"));
            let made = proof(&claims(&about()), key, false, &recipe).unwrap();
            let read = jose::read(&made).unwrap();
            let public = PublicKey::of(key).unwrap();
            let input = read.signing_input();
            public.verify("ES256", input.as_bytes(), &read.signature().unwrap())
        };
        assert!(change(SignWith::Key(Arc::clone(key))));
        assert!(!change(SignWith::Keep));
    }
}
