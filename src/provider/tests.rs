//! The provider from outside: whole flows, and each word of a script.

mod answers;
mod any_request;
mod bites;
mod clients;
mod flow;
mod further;
mod refusals;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{ACTOR_FIELD, Provider, Registered, Reply, Script, Setup, User};
use crate::forge::test_key;
use crate::model::{Header, Moment, Origin, Request, Response, Secret};
use crate::wire::{basic, form, pkce};

pub(super) const ISSUER: &str = "http://127.0.0.1:9000/s3cret";
pub(super) const CALLBACK: &str = "http://127.0.0.1:8000/callback";
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A provider with its clock and its randomness.
pub(super) struct Bench {
    pub(super) provider: Provider,
    pub(super) now: Moment,
    turn: u8,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::with_key("test-ed25519")
    }

    pub(super) fn with_key(key: &str) -> Self {
        let user = |actor: &str, subject: &str| User {
            actor: actor.to_owned(),
            subject: subject.to_owned(),
            name: format!("{actor} of the tests"),
            email: format!("{actor}@users.example"),
        };
        let client = |id: &str, secret: Option<&str>| Registered {
            id: id.to_owned(),
            secret: secret.map(|secret| Secret::new(secret, "secret")),
            redirect_uris: vec![CALLBACK.to_owned()],
        };
        Self::of(Setup {
            issuer: ISSUER.to_owned(),
            clients: vec![
                client("app", Some("app secret+1")),
                client("public", None),
                client("other", Some("other-secret")),
            ],
            users: vec![user("alice", "u-1"), user("mallory", "u-2")],
            key: Arc::clone(test_key(key).unwrap()),
            api_audience: Some("https://api.example".to_owned()),
            api_claims: Map::from_iter([("tenant".to_owned(), json!("t1"))]),
            offers: super::Offers::default(),
        })
    }

    pub(super) fn of(setup: Setup) -> Self {
        Self {
            provider: Provider::new(setup),
            now: Moment(Duration::from_secs(1_800_000_000)),
            turn: 0,
        }
    }

    pub(super) fn script(mut self, script: Value) -> Self {
        self.play(script);
        self
    }

    pub(super) fn play(&mut self, script: Value) {
        self.provider.set(Script::from_value(&script).unwrap());
    }

    pub(super) fn reply(&mut self, request: &Request) -> Reply {
        self.turn = self.turn.wrapping_add(1);
        self.provider.answer(request, self.now, [self.turn; 32])
    }

    pub(super) fn send(&mut self, request: &Request) -> Response {
        match self.reply(request) {
            Reply::Response(response) => response,
            _ => panic!("no response to {}", request.target),
        }
    }

    pub(super) fn get(&mut self, below: &str) -> Response {
        self.send(&request("GET", below))
    }

    pub(super) fn get_json(&mut self, below: &str) -> Value {
        json_of(&self.get(below))
    }

    /// An authorization request of `app`, changed.
    pub(super) fn authorize(&mut self, changes: &[(&str, Option<&str>)], actor: &str) -> Response {
        let challenge = pkce::challenge_s256(VERIFIER);
        let mut pairs = pairs(&[
            ("response_type", "code"),
            ("client_id", "app"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid profile"),
            ("state", "st at&e"),
            ("nonce", "n-1"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        change(&mut pairs, changes);
        let mut request = request("GET", &format!("/authorize?{}", form::encode(&pairs)));
        request.headers.push(Header::new(ACTOR_FIELD, actor));
        self.send(&request)
    }

    pub(super) fn code(&mut self) -> String {
        let response = self.authorize(&[], "alice");
        param(&response, "code").unwrap()
    }

    /// A token request of `app` for a code, changed.
    pub(super) fn exchange(&mut self, code: &str, changes: &[(&str, Option<&str>)]) -> Response {
        let request = exchange_request(code, changes);
        self.send(&request)
    }

    /// The whole flow.
    pub(super) fn tokens(&mut self) -> Value {
        let code = self.code();
        json_of(&self.exchange(&code, &[]))
    }

    pub(super) fn userinfo(&mut self, access_token: &str) -> Response {
        let mut request = request("GET", "/userinfo");
        request.headers.push(Header::new(
            "authorization",
            format!("Bearer {access_token}"),
        ));
        self.send(&request)
    }

    pub(super) fn introspect(&mut self, token: &str) -> Response {
        self.send(&post("/introspect", &pairs(&[("token", token)])))
    }
}

pub(super) fn exchange_request(code: &str, changes: &[(&str, Option<&str>)]) -> Request {
    let mut pairs = pairs(&[
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]);
    change(&mut pairs, changes);
    post("/token", &pairs)
}

pub(super) fn request(method: &str, below: &str) -> Request {
    let (origin, url) = Origin::parse(ISSUER).unwrap();
    Request::new(method, origin, format!("{}{below}", url.path()))
}

/// A form of the client `app`, which proves itself by the Basic scheme.
pub(super) fn post(below: &str, pairs: &[(String, String)]) -> Request {
    let mut request = form_request(below, pairs);
    let credentials = basic::encode("app", &form::encode_component("app secret+1"));
    request
        .headers
        .push(Header::new("authorization", credentials));
    request
}

pub(super) fn form_request(below: &str, pairs: &[(String, String)]) -> Request {
    let mut request = request("POST", below);
    request.headers.push(Header::new(
        "content-type",
        "application/x-www-form-urlencoded",
    ));
    request.body = form::encode(pairs).into_bytes();
    request
}

pub(super) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn change(pairs: &mut Vec<(String, String)>, changes: &[(&str, Option<&str>)]) {
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        pairs.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
    }
}

pub(super) fn json_of(response: &Response) -> Value {
    serde_json::from_slice(response.body.bytes()).unwrap()
}

pub(super) fn location(response: &Response) -> String {
    response.first("location").unwrap()
}

/// Every value of a parameter of the redirect.
pub(super) fn params(response: &Response, name: &str) -> Vec<String> {
    let location = location(response);
    let (_, query) = location.split_once('?').unwrap();
    let pairs = form::parse(query).into_iter();
    pairs
        .filter(|(known, _)| known == name)
        .map(|(_, value)| value)
        .collect()
}

pub(super) fn param(response: &Response, name: &str) -> Option<String> {
    params(response, name).into_iter().next()
}

/// Claims of a token, unverified.
pub(super) fn claims(token: &Value) -> Map<String, Value> {
    let token = crate::wire::jose::read(token.as_str().unwrap()).unwrap();
    token.claims.unwrap()
}
