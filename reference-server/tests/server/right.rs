//! The sound server says yes and no where it must.

use crate::support::{Peer, b64, b64url, body, field, status};
use crate::walk::server;
use authspec_reference_server::{Config, accounts, start};
use serde_json::json;

fn basic(text: &str) -> String {
    // The peer sends each char as one octet.
    format!("Authorization: Basic {}", b64(text.as_bytes()))
}

#[tokio::test]
async fn basic_opens_to_every_account_and_to_nothing_else() {
    let server = server(&[], None).await;
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
    let server = server(&[], None).await;
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
    let server = server(&[], None).await;
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
    let server = server(&[], None).await;
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
    let server = server(&[], None).await;
    let origin = server.origin().to_owned();
    let mut peer = Peer::new(&origin);
    assert_eq!(status(&peer.get("/public", &[]).await), 200);
    server.stop().await;
    let address = origin.trim_start_matches("http://");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn hostile_requests_get_a_4xx_and_harm_nobody() {
    let server = server(&[], None).await;
    for (what, field) in [
        (
            "64 KiB",
            format!("Authorization: Bearer {}", "a".repeat(65_536)),
        ),
        (
            "dots",
            format!("Authorization: Bearer {}", ".".repeat(30_000)),
        ),
        (
            "basic",
            format!("Authorization: Basic {}", "QQ".repeat(30_000)),
        ),
        (
            "nested",
            format!("Authorization: Bearer {}.e30.x", b64url("[".repeat(20_000))),
        ),
        (
            "octets",
            "Authorization: Bearer \u{80}\u{ff}\t\u{e9}".to_owned(),
        ),
        ("empty", "Authorization:".to_owned()),
    ] {
        for path in ["/basic", "/protected-resource", "/notes"] {
            let answer = Peer::new(server.origin()).get(path, &[&field]).await;
            assert!(
                (400..500).contains(&status(&answer)),
                "{what} {path}: {answer}"
            );
        }
    }
    let huge = format!("Authorization: Bearer {}", "a".repeat(1_048_576));
    let answer = Peer::new(server.origin())
        .get("/protected-resource", &[&huge])
        .await;
    assert_eq!(status(&answer), 401);
    let body = "x".repeat(100_000);
    let json = "Content-Type: application/json";
    let answer = Peer::new(server.origin())
        .send("POST", "/login", &[json], &body)
        .await;
    assert_eq!(status(&answer), 413);
    let answer = Peer::new(server.origin()).get("/public", &[]).await;
    assert_eq!(status(&answer), 200);
    server.stop().await;
}
