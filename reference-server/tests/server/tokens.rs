//! Tokens of an issuer that the server trusts, right and wrong.

use authspec_reference_server::Upstream;
use serde_json::{Value, json};

use crate::support::{Issuer, Peer, b64url, body, field, hs256, status, with, without};
use crate::walk;

#[tokio::test]
async fn tokens_of_the_trusted_issuer_are_judged() {
    let issuer = Issuer::start().await;
    let upstream = Upstream {
        issuer: issuer.origin.clone(),
        client_id: "reference".to_owned(),
        client_secret: "reference-secret".to_owned(),
        api: None,
    };
    let server = walk::server(&[], Some(upstream)).await;
    let mut peer = Peer::new(server.origin());
    let claims = issuer.claims(server.origin());
    let header = issuer.header();
    let now = claims["iat"].as_u64().unwrap();
    let claim = |name: &str, value: Value| issuer.token(&header, &with(&claims, name, value));
    let head = |name: &str, value: Value| issuer.token(&with(&header, name, value), &claims);
    let good = issuer.token(&header, &claims);
    let (input, signature) = issuer.es256(&claims);
    let payload = claims.to_string();
    for (what, token) in [
        ("good", good.clone()),
        ("ES256", format!("{input}.{}", b64url(&signature))),
        ("typ", head("typ", json!("application/AT+JWT"))),
        ("unknown header", head("x", json!(1))),
        ("unknown claim", claim("x", json!({ "y": [] }))),
        (
            "aud array",
            claim("aud", json!(["https://other.example", server.origin()])),
        ),
        ("exp fraction", claim("exp", json!(now as f64 + 100.5))),
        ("nbf near", claim("nbf", json!(now + 8))),
    ] {
        let answer = peer
            .get(
                "/protected-resource",
                &[&format!("Authorization: Bearer {token}")],
            )
            .await;
        assert_eq!(status(&answer), 200, "{what}: {answer}");
    }
    let secret = serde_json::to_vec(&issuer.rsa_jwk).unwrap();
    let hs = with(&header, "alg", json!("HS256"));
    let parts: Vec<&str> = good.split('.').collect();
    for (what, token) in [
        ("garbage", "x".to_owned()),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("four parts", format!("{good}.x")),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        (
            "padding",
            format!("{}=.{}.{}", parts[0], parts[1], parts[2]),
        ),
        (
            "none",
            format!(
                "{}.{}.",
                b64url(r#"{"alg":"none","typ":"at+jwt"}"#),
                parts[1]
            ),
        ),
        ("HS256", hs256(&hs, &claims, &secret)),
        ("HS256 empty", hs256(&hs, &claims, b"")),
        ("other kid", head("kid", json!("rsa-9"))),
        ("odd kid", head("kid", json!(7))),
        (
            "no kid",
            issuer.token(&without(&header, "kid"), &with(&claims, "iss", json!("x"))),
        ),
        ("enc key", head("kid", json!("enc-1"))),
        (
            "crit",
            issuer.token(
                &with(&with(&header, "crit", json!(["x"])), "x", json!(1)),
                &claims,
            ),
        ),
        ("crit empty", head("crit", json!([]))),
        ("b64", head("b64", json!(false))),
        ("typ JWT", head("typ", json!("JWT"))),
        (
            "typ absent",
            issuer.token(&without(&header, "typ"), &claims),
        ),
        ("header sub", head("sub", json!("user-1002"))),
        ("iss", claim("iss", json!(format!("{}/", issuer.origin)))),
        ("iss array", claim("iss", json!([issuer.origin]))),
        (
            "iss absent",
            issuer.token(&header, &without(&claims, "iss")),
        ),
        (
            "iss of ours",
            claim("iss", json!(format!("{}/as", server.origin()))),
        ),
        ("aud", claim("aud", json!("https://other.example"))),
        (
            "aud slash",
            claim("aud", json!(format!("{}/", server.origin()))),
        ),
        (
            "aud absent",
            issuer.token(&header, &without(&claims, "aud")),
        ),
        ("aud empty", claim("aud", json!([]))),
        ("aud object", claim("aud", json!({}))),
        ("exp past", claim("exp", json!(now - 600))),
        ("exp text", claim("exp", json!((now + 600).to_string()))),
        (
            "exp absent",
            issuer.token(&header, &without(&claims, "exp")),
        ),
        ("exp negative", claim("exp", json!(-1))),
        ("exp huge", claim("exp", json!(1e300))),
        ("nbf", claim("nbf", json!(now + 600))),
        ("nbf text", claim("nbf", json!("0"))),
        ("iat future", claim("iat", json!(now + 6000))),
        (
            "sub absent",
            issuer.token(&header, &without(&claims, "sub")),
        ),
        ("sub array", claim("sub", json!(["user-1001"]))),
        (
            "jti absent",
            issuer.token(&header, &without(&claims, "jti")),
        ),
        ("array", issuer.sign(header.to_string().as_bytes(), b"[]")),
        (
            "twice",
            issuer.sign(
                header.to_string().as_bytes(),
                payload
                    .replacen('{', r#"{"sub":"user-1002","#, 1)
                    .as_bytes(),
            ),
        ),
        (
            "more",
            issuer.sign(
                header.to_string().as_bytes(),
                format!("{payload} x").as_bytes(),
            ),
        ),
        (
            "BOM",
            issuer.sign(
                header.to_string().as_bytes(),
                format!("\u{feff}{payload}").as_bytes(),
            ),
        ),
    ] {
        let answer = peer
            .get(
                "/protected-resource",
                &[&format!("Authorization: Bearer {token}")],
            )
            .await;
        assert_eq!(status(&answer), 401, "{what}: {answer}");
        assert!(
            field(&answer, "www-authenticate")
                .unwrap()
                .contains(r#"error="invalid_token""#),
            "{what}"
        );
    }
    let good_field = format!("Authorization: Bearer {good}");
    for (what, code, fields, target) in [
        ("none", 401, vec![], "/protected-resource".to_owned()),
        (
            "query",
            401,
            vec![],
            format!("/protected-resource?access_token={good}"),
        ),
        (
            "both",
            400,
            vec![good_field.as_str()],
            format!("/protected-resource?access_token={good}"),
        ),
        (
            "two",
            400,
            vec![good_field.as_str(), good_field.as_str()],
            "/protected-resource".to_owned(),
        ),
        (
            "bare scheme",
            400,
            vec!["Authorization: Bearer"],
            "/protected-resource".to_owned(),
        ),
    ] {
        let answer = peer.get(&target, &fields).await;
        assert_eq!(status(&answer), code, "{what}: {answer}");
        let challenge = field(&answer, "www-authenticate").unwrap();
        assert_eq!(challenge.contains("error="), code == 400, "{what}");
    }
    let metadata = peer
        .get(
            "/.well-known/oauth-protected-resource/protected-resource",
            &[],
        )
        .await;
    assert_eq!(
        body(&metadata)["resource"],
        format!("{}/protected-resource", server.origin())
    );
    server.stop().await;
}
