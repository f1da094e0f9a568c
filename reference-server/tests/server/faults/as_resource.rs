//! As a caller of the guarded resources sees it.

use authspec_reference_server::{Config, Upstream, start};
use serde_json::{Value, json};

use crate::support::{Issuer, Peer, b64, b64url, hs256, with, without};

/// The name under which every server of this test is known, so that one set of tokens fits all.
const ORIGIN: &str = "http://api.test";

#[derive(Default)]
struct Requests(Vec<(String, String, Vec<String>, String)>);

impl Requests {
    fn add(&mut self, method: &str, target: &str, fields: &[&str], body: &str) {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        self.0.push((
            method.to_owned(),
            target.to_owned(),
            fields,
            body.to_owned(),
        ));
    }

    fn get(&mut self, target: &str, fields: &[&str]) {
        self.add("GET", target, fields, "");
    }

    fn basic(&mut self, text: &str) {
        self.get(
            "/basic",
            &[&format!("Authorization: Basic {}", b64(text.as_bytes()))],
        );
    }

    fn bearer(&mut self, token: &str) {
        self.get(
            "/protected-resource",
            &[&format!("Authorization: Bearer {token}")],
        );
    }
}

fn paths(requests: &mut Requests) {
    for path in [
        "/basic",
        "/BASIC",
        "/basic/",
        "/basic.json",
        "/basic;x",
        "/x/../basic",
        "/%62asic",
        "/",
    ] {
        requests.get(path, &[]);
        requests.add("HEAD", path, &[], "");
    }
    requests.get("/", &["X-Original-URL: /basic"]);
    for field in [
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-User: alice",
        "Host: localhost",
        "Origin: https://evil.example",
        "Origin: null",
        "Cookie: session=1",
    ] {
        requests.get("/basic", &[field]);
    }
    requests.add("POST", "/basic", &["X-HTTP-Method-Override: GET"], "");
    requests.add("FETCH", "/basic", &[], "");
    requests.add(
        "POST",
        "/notes",
        &["Content-Type: application/json"],
        r#"{"text":"x"}"#,
    );
}

fn basic(requests: &mut Requests) {
    const GOOD: &str = "alice:Correct-Horse-42-battery";
    let long =
        "erin:A-passphrase-longer-than-what-bcrypt-reads-of-it-which-is-seventy-two-bytes-and";
    for text in [
        GOOD,
        "alice:x",
        "alice:",
        ":x",
        "nobody:x",
        "alice",
        "admin:admin",
        "ALICE:Correct-Horse-42-battery",
        "ａlice:Correct-Horse-42-battery",
        "alice:correct-horse-42-battery",
        "alice:Correct-",
        "alice: Correct-Horse-42-battery ",
        "alice:Correct-Horse-42-battery\0x",
        "alice:Correct-Horse-42-battery\u{7}",
        "carol:with:two:colons-81",
        "dave:Grüße-aus-Łódź-£63",
        "alice:' OR '1'='1",
        "*:*",
        long,
    ] {
        requests.basic(text);
    }
    let good = b64(GOOD.as_bytes());
    for field in [
        format!("authorization: basic {good}"),
        format!("Authorization: Token {good}"),
        format!("Authorization: Basic {good}!"),
        format!("Authorization: Basic {good} x"),
        "Authorization: Basic %%%".to_owned(),
        format!("Authorization: Basic {}", b64(&[0xff, b':', 0xff])),
        format!("Proxy-Authorization: Basic {good}"),
    ] {
        requests.get("/basic", &[&field]);
    }
    let (first, second) = (
        format!("Authorization: Basic {good}"),
        "Authorization: Basic eDp5",
    );
    requests.get("/basic", &[&first, second]);
    requests.get("/basic", &[second, &first]);
    requests.get(
        "/basic?username=alice&password=Correct-Horse-42-battery",
        &[],
    );
    requests.get("/notes", &[&first]);
    requests.get("/basic", &[]);
    requests.get("/basic", &["Cookie: session=1"]);
}

fn bearer(requests: &mut Requests, good: &str) {
    let field = format!("Authorization: Bearer {good}");
    let other = "Authorization: Bearer x.y.z";
    requests.get("/protected-resource", &[]);
    for value in [
        format!("Authorization: {good}"),
        format!("Authorization: bearer {good}"),
        format!("Authorization: Token {good}"),
        format!("Authorization: Bearer {good} x"),
        format!("Cookie: access_token={good}"),
        format!("X-Access-Token: {good}"),
    ] {
        requests.get("/protected-resource", &[&value]);
    }
    requests.get(&format!("/protected-resource?access_token={good}"), &[]);
    requests.get(
        &format!("/protected-resource?access_token={good}"),
        &[&field],
    );
    requests.get("/protected-resource", &[&field, other]);
    requests.get("/protected-resource", &[other, &field]);
    let form = "Content-Type: application/x-www-form-urlencoded";
    requests.add(
        "GET",
        "/protected-resource",
        &[form],
        &format!("access_token={good}"),
    );
    let parts: Vec<&str> = good.split('.').collect();
    let flattened = json!({ "protected": parts[0], "payload": parts[1], "signature": parts[2] });
    requests.bearer(&flattened.to_string());
}

fn headers(requests: &mut Requests, issuer: &Issuer, claims: &Value) {
    let header = issuer.header();
    let good = issuer.token(&header, claims);
    let head = |name: &str, value: Value| issuer.token(&with(&header, name, value), claims);
    let parts: Vec<&str> = good.split('.').collect();
    let unsigned = |alg: Value| {
        let header = with(&without(&header, "alg"), "alg", alg);
        format!("{}.{}.", b64url(header.to_string()), parts[1])
    };
    for token in [
        good.clone(),
        format!("{good}.x"),
        format!("{good}=="),
        "x".to_owned(),
        "%%.x.y".to_owned(),
        format!("{}=.{}.{}", parts[0], parts[1], parts[2]),
        format!("{good}~"),
        stray(&good),
        issuer.sign(header.to_string().as_bytes(), b"[]"),
        issuer.sign(
            header.to_string().as_bytes(),
            format!("{claims} x").as_bytes(),
        ),
        issuer.sign(
            header.to_string().as_bytes(),
            utf16(&claims.to_string()).as_slice(),
        ),
        issuer.sign(
            header.to_string().as_bytes(),
            claims
                .to_string()
                .replacen('{', r#"{"sub":"user-1002","#, 1)
                .as_bytes(),
        ),
        issuer.sign(header.to_string().as_bytes(), good.as_bytes()),
        issuer.token(
            &with(&with(&header, "crit", json!(["x"])), "x", json!(1)),
            claims,
        ),
        head("b64", json!(false)),
        head("typ", json!("dpop+jwt")),
        head("typ", json!("JWT")),
        head("typ", json!("application/at+jwt")),
        head("sub", json!("user-1002")),
        head("x", json!(1)),
        format!("{}.{}.AAAA", parts[0], parts[1]),
        unsigned(json!("none")),
        unsigned(json!("NONE")),
        unsigned(json!("none ")),
        unsigned(Value::Null),
        unsigned(json!("XX512")),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}.{}", parts[0], parts[1], lengthened(parts[2])),
    ] {
        requests.bearer(&token);
    }
}

fn keys(requests: &mut Requests, issuer: &Issuer, claims: &Value) {
    let header = issuer.header();
    let head = |name: &str, value: Value| issuer.token(&with(&header, name, value), claims);
    let (input, signature) = issuer.es256(claims);
    let rs512 = with(&header, "alg", json!("RS512"));
    let hs = with(&header, "alg", json!("HS256"));
    let hs_kid = |kid: &str| with(&hs, "kid", json!(kid));
    let mut tokens = vec![
        format!("{input}.{}", b64url(&signature)),
        format!("{input}.{}", b64url([0; 64])),
        format!("{input}.{}", b64url(der(&signature))),
        issuer.signed_as(&rs512, claims, jsonwebtoken::Algorithm::RS512),
        hs256(&hs, claims, b"secret"),
        hs256(&hs, claims, b""),
        hs256(&hs_kid("../../../dev/null"), claims, b""),
        hs256(&hs_kid("x' UNION SELECT 'known' -- "), claims, b"known"),
        hs256(
            &hs_kid("oct-1"),
            claims,
            b"a published secret of enough length",
        ),
        head("kid", json!("rsa-9")),
        head("kid", json!("RSA-1")),
        head("kid", json!(7)),
        head("kid", json!("enc-1")),
        issuer.strange(&with(&header, "jwk", issuer.strange_jwk.clone()), claims),
        issuer.strange(&with(&header, "x5c", json!([issuer.certificate])), claims),
        issuer.strange(
            &with(&header, "jku", json!(format!("{}/strange", issuer.origin))),
            claims,
        ),
    ];
    tokens.extend(
        issuer
            .public_forms()
            .iter()
            .map(|secret| hs256(&hs, claims, secret)),
    );
    for token in tokens {
        requests.bearer(&token);
    }
    // Whether an address was fetched shows at the issuer.
    for name in ["jku", "x5u", "kid"] {
        requests.bearer(&head(name, json!(format!("{}/{name}", issuer.origin))));
    }
}

fn claims(requests: &mut Requests, issuer: &Issuer, good: &Value) {
    let now = good["iat"].as_u64().unwrap();
    let header = issuer.header();
    let mut values = vec![];
    for name in ["exp", "iss", "aud", "sub", "jti", "iat"] {
        values.push(without(good, name));
    }
    for (name, value) in [
        ("exp", json!(now - 600)),
        ("exp", json!("soon")),
        ("exp", json!(-1)),
        ("exp", json!(now as f64 + 600.5)),
        ("nbf", json!(now + 600)),
        ("nbf", json!("now")),
        ("iat", json!(now + 6000)),
        ("iss", json!("https://other.example")),
        ("iss", json!(format!("{}x", issuer.origin))),
        ("iss", json!(format!("{}/", issuer.origin))),
        ("iss", json!([issuer.origin])),
        ("aud", json!("https://other.example")),
        ("aud", json!(format!("{ORIGIN}x"))),
        ("aud", json!(format!("x{ORIGIN}x"))),
        ("aud", json!(format!("{ORIGIN}/"))),
        ("aud", json!([ORIGIN])),
        ("aud", json!({ "x": 1 })),
        ("sub", json!(["user-1001"])),
        ("x", json!(1)),
    ] {
        values.push(with(good, name, value));
    }
    for value in values {
        requests.bearer(&issuer.token(&header, &value));
    }
    for scope in ["admin", "read", "readmin administrator", "ADMIN", ""] {
        let token = issuer.token(&header, &with(good, "scope", json!(scope)));
        requests.get(
            "/protected-resource/admin",
            &[&format!("Authorization: Bearer {token}")],
        );
    }
}

/// The last character with another unused bit.
fn stray(token: &str) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = token.chars().last().unwrap();
    let other = alphabet
        .chars()
        .nth(alphabet.find(last).unwrap() + 1)
        .unwrap();
    format!("{}{other}", &token[..token.len() - 1])
}

fn lengthened(signature: &str) -> String {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut octets = engine.decode(signature).unwrap();
    octets.extend([0, 0]);
    b64url(octets)
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

fn der(fixed: &[u8]) -> Vec<u8> {
    let integer = |value: &[u8]| {
        let mut value = value.to_vec();
        value.insert(0, 0);
        [&[2, u8::try_from(value.len()).unwrap()], value.as_slice()].concat()
    };
    let inside = [integer(&fixed[..32]), integer(&fixed[32..])].concat();
    [
        &[0x30, u8::try_from(inside.len()).unwrap()],
        inside.as_slice(),
    ]
    .concat()
}

async fn requests(issuer: &Issuer) -> Requests {
    let mut requests = Requests::default();
    let good = issuer.claims(ORIGIN);
    paths(&mut requests);
    basic(&mut requests);
    bearer(&mut requests, &issuer.token(&issuer.header(), &good));
    headers(&mut requests, issuer, &good);
    keys(&mut requests, issuer, &good);
    claims(&mut requests, issuer, &good);
    requests
}

/// Revocation shows only where this server issued the token, and a weak key signs only in the test
/// of `keys`.
const ELSEWHERE: [&str; 2] = ["bearer-revocation-ignored", "jwt-weak-rsa-key-verifies"];

#[tokio::test]
async fn every_fault_of_a_resource_server_shows() {
    let issuer = Issuer::start().await;
    let requests = requests(&issuer).await;
    let answers = async |faults: Vec<String>, expected: Option<&Vec<String>>| {
        let config = Config {
            faults,
            origin: Some(ORIGIN.to_owned()),
            provider: Some(Upstream {
                issuer: issuer.origin.clone(),
                client_id: "reference".to_owned(),
                client_secret: "secret".to_owned(),
            }),
            ..Config::default()
        };
        let server = start(config).await.unwrap();
        let mut peer = Peer::new(&format!("http://{}", server.address()));
        let mut seen = Vec::new();
        let before = issuer.heard();
        for (method, target, fields, body) in &requests.0 {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let answer = peer.send(method, target, &fields, body).await;
            let heard = issuer.heard() - before;
            seen.push(format!("{answer}\nheard {heard}"));
            let place = seen.len() - 1;
            if expected.is_some_and(|expected| expected[place] != seen[place]) {
                break;
            }
        }
        server.stop().await;
        seen
    };
    let right = answers(vec![], None).await;
    assert_eq!(
        right,
        answers(vec![], None).await,
        "the right server answers the same twice"
    );
    let mut dead = vec![];
    for name in super::of_role("resource-server") {
        let seen = answers(vec![name.to_owned()], Some(&right)).await;
        if seen == right && !ELSEWHERE.contains(&name) {
            dead.push(name);
        }
    }
    assert!(dead.is_empty(), "nobody sees {dead:?}");
}
