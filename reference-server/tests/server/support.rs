//! A raw HTTP/1.1 peer, a small issuer to trust, and tokens made by hand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaKeyPair,
};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) fn b64(octets: &[u8]) -> String {
    STANDARD.encode(octets)
}

pub(crate) fn b64url(octets: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

/// One connection, kept as long as the server keeps it.
pub(crate) struct Peer {
    address: String,
    stream: Option<TcpStream>,
}

impl Peer {
    pub(crate) fn new(origin: &str) -> Self {
        Self {
            address: origin.trim_start_matches("http://").to_owned(),
            stream: None,
        }
    }

    /// Sends one request as it stands and reads the answer: head without its date, and body.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        target: &str,
        fields: &[&str],
        body: &str,
    ) -> String {
        let mut request = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
        if !fields.iter().any(|field| field.starts_with("Host:")) {
            request.extend(format!("Host: {}\r\n", self.address).into_bytes());
        }
        for field in fields {
            request.extend(field.chars().map(|c| c as u8));
            request.extend(b"\r\n");
        }
        if !body.is_empty() {
            request.extend(format!("Content-Length: {}\r\n", body.len()).into_bytes());
        }
        request.extend(b"\r\n");
        request.extend(body.as_bytes());
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(&self.address).await.unwrap(),
        };
        stream.write_all(&request).await.unwrap();
        let mut seen = Vec::new();
        let mut chunk = [0_u8; 4096];
        loop {
            let count = stream.read(&mut chunk).await.unwrap();
            seen.extend(&chunk[..count]);
            let Some(end) = seen.windows(4).position(|window| window == b"\r\n\r\n") else {
                assert!(count > 0, "closed before a whole head: {seen:?}");
                continue;
            };
            let head = String::from_utf8_lossy(&seen[..end]).to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse::<usize>().unwrap());
            if method == "HEAD" || seen.len() >= end + 4 + length {
                break;
            }
            assert!(count > 0, "closed before a whole body");
        }
        self.stream = Some(stream);
        let text = String::from_utf8_lossy(&seen).into_owned();
        text.lines()
            .filter(|line| !line.starts_with("date:"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    pub(crate) async fn get(&mut self, target: &str, fields: &[&str]) -> String {
        self.send("GET", target, fields, "").await
    }
}

pub(crate) fn status(answer: &str) -> u16 {
    answer[9..12].parse().unwrap()
}

pub(crate) fn field<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer
        .lines()
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

pub(crate) fn body(answer: &str) -> Value {
    let text = answer.split_once("\n\n").map_or("", |(_, body)| body);
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// A small issuer that the server trusts, and a stranger that it doesn't.
pub(crate) struct Issuer {
    pub(crate) origin: String,
    pub(crate) rsa_jwk: Value,
    /// The stranger's public key.
    pub(crate) strange_jwk: Value,
    /// The stranger's certificate, as x5c has it.
    pub(crate) certificate: String,
    rsa: EncodingKey,
    ec: EcdsaKeyPair,
    strange: EncodingKey,
    heard: Arc<AtomicUsize>,
}

const STRANGE: &[u8] = include_bytes!("keys/strange.pem");
const SECRET: &str = "a published secret of enough length";

impl Issuer {
    pub(crate) async fn start() -> Self {
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let own: Value =
            serde_json::from_str(include_str!("../../keys/test-rsa.public.jwk.json")).unwrap();
        let rsa_jwk = json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "rsa-1", "n": own["n"], "e": "AQAB" });
        let pair = RsaKeyPair::from_pkcs8(&pem_content(STRANGE)).unwrap();
        let strange_jwk = json!({
            "kty": "RSA",
            "n": b64url(pair.public_key().modulus().big_endian_without_leading_zero()),
            "e": "AQAB",
        });
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(AtomicUsize::new(0));
        let app = routes(&origin, key_set(&rsa_jwk, &ec), strange_jwk.clone(), &heard);
        tokio::spawn(async { axum::serve(listener, app).await });
        Self {
            origin,
            rsa: EncodingKey::from_rsa_pem(include_bytes!("../../keys/test-rsa.pem")).unwrap(),
            ec,
            rsa_jwk,
            strange_jwk,
            certificate: b64(include_bytes!("keys/strange.crt")),
            strange: EncodingKey::from_rsa_pem(STRANGE).unwrap(),
            heard,
        }
    }

    /// How many requests came that no honest server sends.
    pub(crate) fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }

    /// Signed by the stranger.
    pub(crate) fn strange(&self, header: &Value, claims: &Value) -> String {
        signed(&self.strange, header, claims, Algorithm::RS256)
    }

    /// Signed by the issuer under another algorithm.
    pub(crate) fn signed_as(&self, header: &Value, claims: &Value, algorithm: Algorithm) -> String {
        signed(&self.rsa, header, claims, algorithm)
    }

    /// The issuer's public key in the forms in which it may be at hand.
    pub(crate) fn public_forms(&self) -> Vec<Vec<u8>> {
        let spki = include_str!("keys/trusted.spki.pem");
        let pkcs1 = include_str!("keys/trusted.pkcs1.pem");
        let jwk = &self.rsa_jwk;
        let text = format!(
            r#"{{"kty":"RSA","use":"sig","alg":"RS256","kid":"rsa-1","n":{},"e":"AQAB"}}"#,
            jwk["n"]
        );
        let modulus = URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
        vec![
            spki.as_bytes().to_vec(),
            spki.trim_end().as_bytes().to_vec(),
            spki.replace('\n', "\r\n").into_bytes(),
            spki.replace('\n', "").into_bytes(),
            b64(&pem_content(spki.as_bytes())).into_bytes(),
            pem_content(spki.as_bytes()),
            pkcs1.as_bytes().to_vec(),
            pem_content(pkcs1.as_bytes()),
            text.into_bytes(),
            modulus,
        ]
    }

    /// The claims of a good token for the resource.
    pub(crate) fn claims(&self, resource: &str) -> Value {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        json!({
            "iss": self.origin, "sub": "user-1001", "aud": resource, "client_id": "web",
            "iat": now, "exp": now + 3600, "jti": "token-1", "scope": "read",
        })
    }

    /// The header of a good token.
    pub(crate) fn header(&self) -> Value {
        json!({ "alg": "RS256", "typ": "at+jwt", "kid": "rsa-1" })
    }

    /// Any header over any payload, signed with RS256.
    pub(crate) fn sign(&self, header: &[u8], payload: &[u8]) -> String {
        let input = format!("{}.{}", b64url(header), b64url(payload));
        let signature =
            jsonwebtoken::crypto::sign(input.as_bytes(), &self.rsa, Algorithm::RS256).unwrap();
        format!("{input}.{signature}")
    }

    /// The same as JSON values.
    pub(crate) fn token(&self, header: &Value, claims: &Value) -> String {
        self.sign(header.to_string().as_bytes(), claims.to_string().as_bytes())
    }

    /// An access token signed with ES256, and its signature in the fixed form.
    pub(crate) fn es256(&self, claims: &Value) -> (String, Vec<u8>) {
        self.es256_as("at+jwt", claims)
    }

    /// The public keys.
    pub(crate) fn key_set(&self) -> Value {
        key_set(&self.rsa_jwk, &self.ec)
    }

    /// Any kind of token signed with ES256, and its signature.
    pub(crate) fn es256_as(&self, typ: &str, claims: &Value) -> (String, Vec<u8>) {
        let header = json!({ "alg": "ES256", "typ": typ, "kid": "ec-1" });
        let input = format!(
            "{}.{}",
            b64url(header.to_string()),
            b64url(claims.to_string())
        );
        let signature = self
            .ec
            .sign(&SystemRandom::new(), input.as_bytes())
            .unwrap();
        (input, signature.as_ref().to_vec())
    }
}

fn key_set(rsa: &Value, ec: &EcdsaKeyPair) -> Value {
    let point = ec.public_key().as_ref();
    json!({ "keys": [
        rsa,
        { "kty": "EC", "crv": "P-256", "kid": "ec-1", "use": "sig", "x": b64url(&point[1..33]), "y": b64url(&point[33..]) },
        { "kty": "RSA", "kid": "enc-1", "use": "enc", "alg": "RS256", "n": rsa["n"], "e": "AQAB" },
        { "kty": "oct", "kid": "oct-1", "k": b64url(SECRET) },
    ] })
}

fn routes(origin: &str, keys: Value, strange: Value, heard: &Arc<AtomicUsize>) -> Router {
    let metadata = json!({ "issuer": origin, "jwks_uri": format!("{origin}/keys") });
    let (one, other) = (Arc::clone(heard), Arc::clone(heard));
    Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(move || async { Json(metadata) }),
        )
        .route("/keys", get(move || async { Json(keys) }))
        .route(
            "/strange",
            get(move || async move {
                one.fetch_add(1, Ordering::SeqCst);
                Json(json!({ "keys": [with(&strange, "kid", json!("rsa-1"))] }))
            }),
        )
        .fallback(move || async move {
            other.fetch_add(1, Ordering::SeqCst);
        })
}

pub(crate) fn pem_content(pem: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(pem).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.contains('-') && !line.contains(' '));
    STANDARD.decode(lines.collect::<String>()).unwrap()
}

fn signed(key: &EncodingKey, header: &Value, claims: &Value, algorithm: Algorithm) -> String {
    let input = format!(
        "{}.{}",
        b64url(header.to_string()),
        b64url(claims.to_string())
    );
    let signature = jsonwebtoken::crypto::sign(input.as_bytes(), key, algorithm).unwrap();
    format!("{input}.{signature}")
}

/// Signed with HS256 under any secret.
pub(crate) fn hs256(header: &Value, claims: &Value, secret: &[u8]) -> String {
    signed(
        &EncodingKey::from_secret(secret),
        header,
        claims,
        Algorithm::HS256,
    )
}

/// The object with one member set.
pub(crate) fn with(value: &Value, name: &str, member: Value) -> Value {
    let mut value = value.clone();
    value[name] = member;
    value
}

/// The object without a member.
pub(crate) fn without(value: &Value, name: &str) -> Value {
    let mut value = value.clone();
    value.as_object_mut().unwrap().remove(name);
    value
}
