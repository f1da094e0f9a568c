//! Sound servers that take bound tokens (RFC 9449), each with a freedom of its own: what they do with nonces, with time
//! and with proofs that came before.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Value, json};

use crate::judged::{Run, bundled, run};
use crate::server::{Answer, Asked, Server};
use crate::tokens::{claims, profile};

/// What a server does where the standard lets it choose.
#[derive(Clone, Copy, PartialEq)]
enum Choice {
    /// iat tells the age, and a proof opens as often as it is sent.
    Plain,
    /// Each nonce is good once, and tells the age by itself.
    NonceForEach,
    /// The same, and the next nonce comes with every answer.
    NonceAhead,
}

struct Api {
    choice: Choice,
    origin: String,
    now: i64,
    given: BTreeSet<String>,
    count: u32,
}

/// Header, claims and whether the signature is that of the key in the header.
fn proof(text: &str) -> Option<(Value, Value, bool)> {
    let parts: Vec<&str> = text.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return None;
    };
    let read = |part: &&str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    };
    let (head, body) = (read(header)?, read(payload)?);
    let jwk = head.get("jwk")?;
    let key = DecodingKey::from_ec_components(jwk["x"].as_str()?, jwk["y"].as_str()?).ok()?;
    let input = format!("{header}.{payload}");
    let signed = head["alg"] == "ES256"
        && jsonwebtoken::crypto::verify(signature, input.as_bytes(), &key, Algorithm::ES256)
            .unwrap_or(false);
    Some((head, body, signed))
}

fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()).as_ref())
}

impl Api {
    fn answer(&mut self, asked: &Asked) -> Answer {
        let path = asked.target.split('?').next().unwrap_or_default();
        match path {
            "/" => Answer::json(200, r#"{"hello":"world"}"#),
            "/protected" => self.protected(asked),
            _ => Answer::json(404, "{}"),
        }
    }

    fn protected(&mut self, asked: &Asked) -> Answer {
        let no = |error: &str| {
            let challenge = format!(r#"DPoP{error} algs="ES256""#);
            Answer::json(401, "{}").with("WWW-Authenticate", challenge)
        };
        let Some(token) = asked.one("authorization").and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("dpop").then_some(token)
        }) else {
            return no("");
        };
        let Some(said) = claims(token) else {
            return no(r#" error="invalid_token","#);
        };
        let wrong = || no(r#" error="invalid_dpop_proof","#);
        let Some((head, body, true)) = asked.one("dpop").and_then(proof) else {
            return wrong();
        };
        if self.choice != Choice::Plain {
            let nonce = body["nonce"].as_str().unwrap_or_default();
            if !self.given.remove(nonce) {
                let challenge = no(r#" error="use_dpop_nonce","#);
                return challenge.with("DPoP-Nonce", self.nonce());
            }
        }
        if !self.right(asked, &head, &body, token) {
            return wrong();
        }
        let jwk = &head["jwk"];
        let members = ["crv", "kty", "x", "y"].map(|name| format!("\"{name}\":{}", jwk[name]));
        if said["cnf"]["jkt"] != hash(&format!("{{{}}}", members.join(","))) {
            return no(r#" error="invalid_token","#);
        }
        let good = Answer::json(200, json!({ "sub": said["sub"] }).to_string());
        match self.choice {
            Choice::NonceAhead => good.with("DPoP-Nonce", self.nonce()),
            _ => good,
        }
    }

    /// Whether a proof is one, and for this request.
    fn right(&self, asked: &Asked, head: &Value, body: &Value, token: &str) -> bool {
        let uri = body["htu"]
            .as_str()
            .and_then(|htu| url::Url::parse(htu).ok());
        let uri = uri.map(|mut uri| {
            uri.set_query(None);
            uri.set_fragment(None);
            uri.to_string().replace("%64", "d")
        });
        let time = match self.choice {
            Choice::Plain => body["iat"]
                .as_i64()
                .is_some_and(|iat| (iat - self.now).abs() < 300),
            _ => body["iat"].is_i64(),
        };
        let text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        head["typ"] == "dpop+jwt"
            && head["jwk"].get("d").is_none()
            && text(&body["jti"])
            && body["htm"] == asked.method.as_str()
            && uri == Some(format!("{}/protected", self.origin))
            && body["ath"] == hash(token)
            && time
    }

    fn nonce(&mut self) -> String {
        self.count += 1;
        let nonce = format!("nonce-{}", self.count);
        self.given.insert(nonce.clone());
        nonce
    }
}

async fn judged(choice: Choice, demands: bool, prefixes: &[&str]) -> Run {
    // the origin is known once the server runs, which the first request comes after
    let (tell, told) = std::sync::mpsc::channel::<String>();
    let mut api: Option<Api> = None;
    let server = Server::start(move |asked| {
        let api = api.get_or_insert_with(|| Api {
            choice,
            origin: told.recv().unwrap(),
            now: jsonwebtoken::get_current_timestamp().cast_signed(),
            given: BTreeSet::new(),
            count: 0,
        });
        api.answer(asked)
    })
    .await;
    tell.send(server.origin.clone()).unwrap();
    let guarded = format!("{{ path: /protected, scheme: dpop, demands-nonce: {demands} }}");
    run(&profile(&server.origin, &guarded, ""), &bundled(prefixes)).await
}

#[tokio::test]
async fn a_server_without_nonces_and_memory_is_sound() {
    let run = judged(Choice::Plain, false, &["dpop/", "access/everywhere"]).await;
    for word in ["fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
    for id in run.with("skip") {
        assert!(id.starts_with("dpop/nonce::"), "{id}\n{}", run.told());
    }
    let again = &run.outcomes["dpop/request::same-proof-again"];
    assert_eq!(again.notes.len(), 1, "a replay is noted, and no more");
}

#[tokio::test]
async fn tokens_are_judged_where_only_bound_ones_are_taken() {
    let run = judged(
        Choice::Plain,
        false,
        &["jwt/claims", "jwt/time", "jwt/compact"],
    )
    .await;
    for word in ["fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
    assert!(run.with("pass").len() > 40, "{}", run.told());
}

#[tokio::test]
async fn a_nonce_may_be_good_once_and_tell_the_age_of_a_proof() {
    for choice in [Choice::NonceForEach, Choice::NonceAhead] {
        let run = judged(choice, true, &["dpop/"]).await;
        for word in ["fail", "warn", "inconclusive"] {
            run.assert_only(word, &[]);
        }
        for id in run.with("skip") {
            let age = id.starts_with("dpop/request::of-another-time")
                || id == "dpop/request::clock-a-little-ahead";
            // how long a nonce lives this profile doesn't say
            let life = id == "dpop/nonce::nonce-of-long-ago";
            assert!(age || life, "{id}\n{}", run.told());
        }
        assert_eq!(run.verdict("dpop/nonce::nonce-of-nobody").word(), "pass");
    }
}

#[tokio::test]
async fn an_endpoint_that_asks_for_nonces_unannounced_is_noted() {
    let run = judged(Choice::NonceAhead, false, &["dpop/binding"]).await;
    run.assert_only("fail", &[]);
    assert!(
        run.noted("protected")
            .iter()
            .any(|says| says.contains("demands-nonce: true")),
        "{}",
        run.told()
    );
}
