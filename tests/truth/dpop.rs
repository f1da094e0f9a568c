//! Sound servers that take bound tokens (RFC 9449), each with a freedom of its own: what they do with nonces, with time
//! and with proofs that came before.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::judged::{Run, bundled, run};
use crate::server::{Answer, Asked, Server};
use crate::tokens::{AUDIENCE, ISSUER, SECRET, claims, profile};

/// What a server does where the standard lets it choose.
#[derive(Clone, Copy, PartialEq)]
enum Choice {
    /// iat tells the age, and a proof opens as often as it is sent.
    Plain,
    /// The same, and a proof opens once.
    Memory,
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
    used: BTreeSet<String>,
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

fn thumbprint(jwk: &Value) -> String {
    let members = ["crv", "kty", "x", "y"].map(|name| format!("\"{name}\":{}", jwk[name]));
    hash(&format!("{{{}}}", members.join(",")))
}

impl Api {
    fn answer(&mut self, asked: &Asked) -> Answer {
        let path = asked.target.split('?').next().unwrap_or_default();
        match path {
            "/" => Answer::json(200, r#"{"hello":"world"}"#),
            "/protected" => self.protected(asked),
            "/token" => self.token(asked),
            _ => Answer::json(404, "{}"),
        }
    }

    /// Gives a token that is bound to the key of the proof, once a nonce was used (sections 5 and 8).
    fn token(&self, asked: &Asked) -> Answer {
        let Some((head, body, true)) = asked.one("dpop").and_then(proof) else {
            return Answer::json(400, r#"{"error":"invalid_dpop_proof"}"#);
        };
        let here = format!("{}/token", self.origin);
        if body["htm"] != "POST" || body["htu"] != here.as_str() || body.get("ath").is_some() {
            return Answer::json(400, r#"{"error":"invalid_dpop_proof"}"#);
        }
        if body["nonce"] != "of the token endpoint" {
            let asks = Answer::json(400, r#"{"error":"use_dpop_nonce"}"#);
            return asks.with("DPoP-Nonce", "of the token endpoint");
        }
        let claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": self.now + 3_600,
            "cnf": { "jkt": thumbprint(&head["jwk"]) },
        });
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        let token = encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
        Answer::json(
            200,
            json!({ "access_token": token, "token_type": "DPoP" }).to_string(),
        )
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
        if self.demands_nonce() {
            let nonce = body["nonce"].as_str().unwrap_or_default();
            if !self.given.remove(nonce) {
                let challenge = no(r#" error="use_dpop_nonce","#);
                return challenge.with("DPoP-Nonce", self.nonce());
            }
        }
        if !self.right(asked, &head, &body, token) {
            return wrong();
        }
        if said["cnf"]["jkt"] != thumbprint(&head["jwk"]) {
            return no(r#" error="invalid_token","#);
        }
        let name = body["jti"].as_str().unwrap_or_default().to_owned();
        if self.choice == Choice::Memory && !self.used.insert(name) {
            return wrong();
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
        let near = |iat: i64| (iat - self.now).abs() < 300;
        let time = body["iat"].as_i64();
        let time = time.is_some_and(|iat| self.demands_nonce() || near(iat));
        let text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        head["typ"] == "dpop+jwt"
            && head["jwk"].get("d").is_none()
            && text(&body["jti"])
            && body["htm"] == asked.method.as_str()
            && uri == Some(format!("{}/protected", self.origin))
            && body["ath"] == hash(token)
            && time
    }

    fn demands_nonce(&self) -> bool {
        matches!(self.choice, Choice::NonceForEach | Choice::NonceAhead)
    }

    fn nonce(&mut self) -> String {
        self.count += 1;
        let nonce = format!("nonce-{}", self.count);
        self.given.insert(nonce.clone());
        nonce
    }
}

async fn judged(choice: Choice, demands: bool, prefixes: &[&str]) -> Run {
    let server = start(choice).await;
    let guarded = format!("{{ path: /protected, scheme: dpop, demands-nonce: {demands} }}");
    run(&profile(&server.origin, &guarded, ""), &bundled(prefixes)).await
}

async fn start(choice: Choice) -> Server {
    // the origin is known once the server runs, which the first request comes after
    let (tell, told) = std::sync::mpsc::channel::<String>();
    let mut api: Option<Api> = None;
    let server = Server::start(move |asked| {
        let api = api.get_or_insert_with(|| Api {
            choice,
            origin: told.recv().unwrap(),
            now: jsonwebtoken::get_current_timestamp().cast_signed(),
            given: BTreeSet::new(),
            used: BTreeSet::new(),
            count: 0,
        });
        api.answer(asked)
    })
    .await;
    tell.send(server.origin.clone()).unwrap();
    server
}

/// None of these servers says in metadata that its tokens must be bound.
const WITHOUT_METADATA: &str = "dpop/binding::bearer-token-where-only-bound-ones-count";

#[tokio::test]
async fn a_server_without_nonces_and_memory_is_sound() {
    let run = judged(Choice::Plain, false, &["dpop/", "access/everywhere"]).await;
    for word in ["fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
    for id in run.with("skip") {
        let skipped = id.starts_with("dpop/nonce::") || id == WITHOUT_METADATA;
        assert!(skipped, "{id}\n{}", run.told());
    }
    let again = &run.outcomes["dpop/request::same-proof-again"];
    assert_eq!(again.notes.len(), 1, "a replay is noted, and no more");
}

#[tokio::test]
async fn tokens_are_judged_where_only_bound_ones_are_taken() {
    let suites = [
        "jwt/claims",
        "jwt/time",
        "jwt/compact",
        "bearer/life",
        "access/",
    ];
    let run = judged(Choice::Memory, false, &suites).await;
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
            assert!(
                age || life || id == WITHOUT_METADATA,
                "{id}\n{}",
                run.told()
            );
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

#[tokio::test]
async fn a_token_is_asked_for_with_the_key_that_it_is_bound_to() {
    let server = start(Choice::Plain).await;
    let pem = json!(include_str!("../../fixtures/keys/test-p256.pem"));
    let profile = format!(
        r#"
target: {}
guarded: [{{ path: /protected, scheme: dpop }}]
grant: {{ token-endpoint: /token, id: app, secret: a client's secret }}
dpop: {{ pem: {pem} }}
"#,
        server.origin
    );
    let run = run(&profile, &bundled(&["dpop/"])).await;
    for word in ["fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
    for id in run.with("skip") {
        let needs_key = [
            WITHOUT_METADATA,
            "dpop/binding::unbound-token",
            "dpop/proof::shared-secret",
        ]
        .contains(&id);
        let hidden = id == "dpop/proof::private-key";
        assert!(
            needs_key || hidden || id.starts_with("dpop/nonce::"),
            "{id}\n{}",
            run.told()
        );
    }
    assert!(run.with("pass").len() > 60, "{}", run.told());
}
