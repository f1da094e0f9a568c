//! The special faults say yes or no to everybody.

use crate::support::{Peer, b64, body, status};
use crate::walk::server;

const GUARDED: [&str; 3] = ["/basic", "/protected-resource", "/notes"];
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

fn good() -> String {
    format!(
        "Authorization: Basic {}",
        b64(b"alice:Correct-Horse-42-battery")
    )
}

#[tokio::test]
async fn refuses_everything() {
    let server = server(&["refuses-everything"], None).await;
    let mut peer = Peer::new(server.origin());
    for path in GUARDED {
        assert_eq!(status(&peer.get(path, &[&good()]).await), 401, "{path}");
    }
    let json = "Content-Type: application/json";
    let login = r#"{"username":"alice","password":"Correct-Horse-42-battery"}"#;
    assert_eq!(
        status(&peer.send("POST", "/login", &[json], login).await),
        401
    );
    let web = format!(
        "Authorization: Basic {}",
        b64(b"web:web-secret-b6d1f0c2a97e4d3f8e51")
    );
    let own = "grant_type=client_credentials";
    assert_eq!(
        status(&peer.send("POST", "/as/token", &[FORM, &web], own).await),
        401
    );
    assert_eq!(
        status(&peer.get("/as/authorize?client_id=web", &[]).await),
        400
    );
    server.stop().await;
}

#[tokio::test]
async fn accepts_whatever_is_offered_and_not_nothing() {
    let server = server(&["accepts-everything"], None).await;
    let mut peer = Peer::new(server.origin());
    for path in GUARDED {
        assert_eq!(status(&peer.get(path, &[]).await), 401, "{path}");
        for field in [
            "Authorization: Basic x",
            "Authorization: Bearer x",
            "Cookie: x=y",
        ] {
            assert_eq!(
                status(&peer.get(path, &[field]).await),
                200,
                "{path} {field}"
            );
        }
        assert_eq!(
            status(&peer.get(&format!("{path}?access_token=x"), &[]).await),
            200
        );
    }
    let form = "grant_type=authorization_code&code=made-up&client_id=nobody";
    let answer = peer.send("POST", "/as/token", &[FORM], form).await;
    assert_eq!(status(&answer), 200, "{answer}");
    assert_eq!(
        status(
            &peer
                .send("POST", "/as/token", &[FORM], "grant_type=refresh_token")
                .await
        ),
        401
    );
    server.stop().await;
}

#[tokio::test]
async fn the_open_door_shows_the_same_content_to_everybody() {
    let server = server(&["open-door"], None).await;
    let mut peer = Peer::new(server.origin());
    for path in GUARDED {
        let anonymous = peer.get(path, &[]).await;
        assert_eq!(status(&anonymous), 200, "{path}");
        assert_eq!(body(&anonymous), body(&peer.get(path, &[&good()]).await));
    }
    server.stop().await;
}

#[tokio::test]
async fn the_faults_of_the_tutorial_compose() {
    let server = server(&["tutorial"], None).await;
    let mut peer = Peer::new(server.origin());
    let any = format!("Authorization: Basic {}", b64(b"alice:whatever"));
    assert_eq!(status(&peer.get("/basic", &[&any]).await), 200);
    let login = r#"{"username":"alice","password":"Correct-Horse-42-battery"}"#;
    let answer = peer
        .send("POST", "/login", &["Content-Type: application/json"], login)
        .await;
    let token = body(&answer)["token"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    server
        .clock()
        .advance(std::time::Duration::from_secs(10_000));
    let bare = format!("Authorization: {token}");
    assert_eq!(
        status(&peer.get("/protected-resource", &[&bare]).await),
        200
    );
    server.stop().await;
}
