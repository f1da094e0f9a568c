//! Tokens that are wrong in one way each.

use serde_json::{Value, json};

use super::{ORIGIN, Requests};
use crate::support::{Issuer, b64url, hs256, with, without};

pub(super) fn headers(requests: &mut Requests, issuer: &Issuer, claims: &Value) {
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
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}.{}", parts[0], parts[1], "A".repeat(342)),
        issuer.sign(
            format!(" {header}").as_bytes(),
            claims.to_string().as_bytes(),
        ),
        issuer.token(&without(&header, "alg"), claims),
        format!(
            "{}.{}.{}",
            parts[0],
            b64url(with(claims, "sub", json!("user-1002")).to_string()),
            parts[2]
        ),
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
        head("typ", json!("AT+JWT")),
        head("crit", json!([])),
        head("x5t#S256", json!("AAAA")),
        format!("{} {}", &good[..9], &good[9..]),
        issuer.token(&header, &with(claims, "x", json!("x".repeat(5000)))),
        issuer.sign(
            header.to_string().as_bytes(),
            format!("{}{}", "[".repeat(1000), "]".repeat(1000)).as_bytes(),
        ),
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

pub(super) fn keys(requests: &mut Requests, issuer: &Issuer, claims: &Value) {
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
        hs256(&hs_kid("rsa-1"), claims, b"rsa-1"),
        hs256(&hs_kid("../../../dev/null"), claims, b""),
        hs256(&hs_kid("x' UNION SELECT 'known' -- "), claims, b"known"),
        hs256(&hs_kid("x; echo known"), claims, b"known"),
        hs256(&hs_kid("x)"), claims, b"known"),
        hs256(&hs_kid("valueOf"), claims, b"known"),
        issuer.token(&without(&header, "kid"), claims),
        issuer.signed_as(
            &with(&header, "kid", json!("ec-1")),
            claims,
            jsonwebtoken::Algorithm::RS256,
        ),
        format!("{input}.{}", b64url(long(&signature))),
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
    let elsewhere = |path: &str| json!(format!("{}/{path}", issuer.origin));
    let strange = |kid: &str, jku: Value| {
        let header = with(&with(&header, "kid", json!(kid)), "jku", jku);
        issuer.strange(&header, claims)
    };
    for token in [
        strange("rsa-1", elsewhere("strange?x")),
        strange(
            "rsa-1",
            json!(issuer.origin.replace("http://", "http://x@") + "/strange"),
        ),
        head("kid", json!(format!("x; curl {}/x", issuer.origin))),
        head("jwk", elsewhere("x")),
        issuer.token(&header, &with(claims, "iss", elsewhere("x"))),
        issuer.token(
            &header,
            &with(
                claims,
                "_claim_sources",
                json!({ "x": { "endpoint": elsewhere("x") } }),
            ),
        ),
    ] {
        requests.bearer(&token);
    }
    for name in ["jku", "x5u", "kid"] {
        requests.bearer(&head(name, json!(format!("{}/{name}", issuer.origin))));
    }
}

pub(super) fn claims(requests: &mut Requests, issuer: &Issuer, good: &Value) {
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
        ("exp", json!(0)),
        ("iss", json!(7)),
        ("exp", json!(now as f64 + 600.5)),
        ("nbf", json!(now + 600)),
        ("nbf", json!("now")),
        ("nbf", json!(now - 600)),
        ("iat", json!({})),
        ("iat", json!(now - 100_000)),
        ("exp", json!(now + 1_000_000_000)),
        ("sub", json!("user-9")),
        ("sub", json!("o'neill")),
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
    let id_token = with(&without(good, "jti"), "aud", json!("web"));
    requests.bearer(&issuer.token(&with(&header, "typ", json!("JWT")), &id_token));
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

fn long(fixed: &[u8]) -> Vec<u8> {
    [&[0], &fixed[..32], &[0], &fixed[32..]].concat()
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
