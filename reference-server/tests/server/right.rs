//! The sound server says yes and no where it must.

use crate::support::{Issuer, Peer, b64, b64url, body, field, hs256, status, with, without};
use authspec_reference_server::{Config, Running, Upstream, accounts, start};
use serde_json::{Value, json};

async fn server(provider: Option<&Issuer>) -> Running {
    let config = Config {
        provider: provider.map(|issuer| Upstream {
            issuer: issuer.origin.clone(),
            client_id: "reference".to_owned(),
            client_secret: "reference-secret".to_owned(),
        }),
        ..Config::default()
    };
    start(config).await.unwrap()
}

fn basic(text: &str) -> String {
    // The peer sends each char as one octet.
    format!("Authorization: Basic {}", b64(text.as_bytes()))
}

#[tokio::test]
async fn basic_opens_to_every_account_and_to_nothing_else() {
    let server = server(None).await;
    let mut peer = Peer::new(server.origin());
    for account in accounts() {
        let pair = format!("{}:{}", account.name, account.password);
        let answer = peer.get("/basic", &[&basic(&pair)]).await;
        assert_eq!(status(&answer), 200, "{}", account.name);
        assert_eq!(body(&answer)["user"], account.name);
        assert_eq!(field(&answer, "cache-control"), Some("no-store"));
    }
    let good = "alice:Correct-Horse-42-battery";
    let text = b64(good.as_bytes());
    for (what, value) in [
        ("nothing", String::new()),
        ("wrong", basic("alice:wrong")),
        ("empty password", basic("alice:")),
        ("empty user", basic(":x")),
        ("nobody", basic("nobody:x")),
        ("case", basic(&good.to_uppercase())),
        ("NUL", basic(&format!("{good}\0x"))),
        ("no colon", basic("alice")),
        ("garbage", "Authorization: Basic %%%".to_owned()),
        ("no credential", "Authorization: Basic".to_owned()),
        (
            "bad UTF-8",
            format!("Authorization: Basic {}", b64(&[0xff, b':', 0xfe])),
        ),
        ("octets", "Authorization: Basic \u{ff}\u{fe}".to_owned()),
        (
            "inner blank",
            format!("Authorization: Basic {}", text.replacen('b', " b", 1)),
        ),
        ("more", format!("Authorization: Basic {text} x")),
        ("comma", format!("Authorization: Basic {text}, x")),
        ("tab", format!("Authorization: Basic\t{text}")),
        ("scheme", format!("Authorization: Bearer {text}")),
        ("bare", format!("Authorization: {text}")),
        ("proxy", format!("Proxy-Authorization: Basic {text}")),
        (
            "two",
            format!("Authorization: Basic {text}\r\nAuthorization: Basic {text}"),
        ),
    ] {
        let fields: Vec<&str> = if value.is_empty() {
            vec![]
        } else {
            vec![&value]
        };
        let answer = peer.get("/basic", &fields).await;
        assert_eq!(status(&answer), 401, "{what}: {answer}");
        assert_eq!(
            field(&answer, "www-authenticate"),
            Some(r#"Basic realm="authspec", charset="UTF-8""#),
            "{what}"
        );
    }
    for scheme in ["basic", "BASIC"] {
        let answer = peer
            .get("/basic", &[&format!("Authorization: {scheme}  {text}")])
            .await;
        assert_eq!(status(&answer), 200, "{scheme}");
    }
    server.stop().await;
}

#[tokio::test]
async fn unpadded_or_sloppy_base64_is_refused() {
    let server = server(None).await;
    let mut peer = Peer::new(server.origin());
    let text = b64(b"carol:with:two:colons-81");
    assert_eq!(
        status(
            &peer
                .get("/basic", &[&format!("Authorization: Basic {text}")])
                .await
        ),
        200
    );
    let text = b64(b"dave:Gr");
    assert!(text.ends_with("=="));
    for sloppy in [
        text.trim_end_matches('=').to_owned(),
        text.replace("==", "="),
    ] {
        let answer = peer
            .get("/basic", &[&format!("Authorization: Basic {sloppy}")])
            .await;
        assert_eq!(status(&answer), 401);
    }
    server.stop().await;
}

#[tokio::test]
async fn other_methods_and_paths_are_no_way_around() {
    let server = server(None).await;
    let mut peer = Peer::new(server.origin());
    for method in [
        "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND",
    ] {
        for path in ["/basic", "/protected-resource", "/notes"] {
            let code = status(&peer.send(method, path, &[], "").await);
            assert!((400..500).contains(&code), "{method} {path} {code}");
        }
    }
    for path in [
        "/Basic",
        "/basic/",
        "//basic",
        "/./basic",
        "/%62asic",
        "/basic;a",
        "/basic.json",
    ] {
        let code = status(&peer.get(path, &["X-Original-URL: /basic"]).await);
        assert!((400..500).contains(&code), "{path} {code}");
    }
    let answer = peer.send("POST", "/basic", &[], "").await;
    assert_eq!(status(&answer), 405);
    assert_eq!(field(&answer, "allow"), Some("GET,HEAD"));
    server.stop().await;
}

#[tokio::test]
async fn a_login_gives_a_token_that_opens() {
    let server = server(None).await;
    let mut peer = Peer::new(server.origin());
    let json = "Content-Type: application/json";
    let login = r#"{"username":"alice","password":"Correct-Horse-42-battery"}"#;
    let answer = peer.send("POST", "/login", &[json], login).await;
    assert_eq!(status(&answer), 200);
    let token = body(&answer)["token"].as_str().unwrap().to_owned();
    let bearer = format!("Authorization: Bearer {token}");
    let opened = peer.get("/protected-resource", &[&bearer]).await;
    assert_eq!(status(&opened), 200, "{opened}");
    assert_eq!(body(&opened)["subject"], "user-1001");
    let forbidden = peer.get("/protected-resource/admin", &[&bearer]).await;
    assert_eq!(status(&forbidden), 403);
    assert!(
        field(&forbidden, "www-authenticate")
            .unwrap()
            .contains(r#"scope="admin""#)
    );
    let note = peer
        .send("POST", "/notes", &[&bearer, json], r#"{"text":"kept"}"#)
        .await;
    assert_eq!(status(&note), 201);
    assert_eq!(
        status(
            &peer
                .send("POST", "/notes", &[json], r#"{"text":"lost"}"#)
                .await
        ),
        401
    );
    assert_eq!(
        body(&peer.get("/notes", &[&bearer]).await)["notes"],
        json!(["kept"])
    );
    let wrong = r#"{"username":"alice","password":"x"}"#;
    let nobody = r#"{"username":"nobody","password":"x"}"#;
    let first = peer.send("POST", "/login", &[json], wrong).await;
    assert_eq!(status(&first), 401);
    assert_eq!(first, peer.send("POST", "/login", &[json], nobody).await);
    server.clock().advance(std::time::Duration::from_secs(700));
    let expired = peer.get("/protected-resource", &[&bearer]).await;
    assert_eq!(status(&expired), 401);
    assert!(
        field(&expired, "www-authenticate")
            .unwrap()
            .contains(r#"error="invalid_token""#)
    );
    server.stop().await;
}

#[tokio::test]
async fn tokens_of_the_trusted_issuer_are_judged() {
    let issuer = Issuer::start().await;
    let server = server(Some(&issuer)).await;
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

#[tokio::test]
async fn an_unknown_fault_is_named_with_its_neighbour() {
    let config = Config {
        faults: vec!["jwt-alg-nome".to_owned()],
        ..Config::default()
    };
    let error = start(config).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "no fault is named `jwt-alg-nome`; did you mean `jwt-alg-none`?"
    );
}

#[tokio::test]
async fn a_stopped_server_is_gone() {
    let server = server(None).await;
    let origin = server.origin().to_owned();
    let mut peer = Peer::new(&origin);
    assert_eq!(status(&peer.get("/public", &[]).await), 200);
    server.stop().await;
    let address = origin.trim_start_matches("http://");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
