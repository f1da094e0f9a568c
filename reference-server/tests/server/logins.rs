//! Logging in at a provider, which is a second server of the same kind.

use crate::support::{Peer, body, field, status};
use crate::walk::{Browser, consent, pair, parameter, target};

#[tokio::test]
async fn a_user_logs_in_at_the_provider_and_out_again() {
    let (provider, client) = pair(&[]).await;
    let mut at_client = Browser::new(client.origin());
    let mut at_provider = Browser::new(provider.origin());
    assert_eq!(status(&at_client.send("GET", "/me", "").await), 401);
    let begun = at_client.send("GET", "/login", "").await;
    let location = field(&begun, "location").unwrap().to_owned();
    assert_eq!(
        parameter(&location, "code_challenge_method").as_deref(),
        Some("S256")
    );
    let before = at_client.cookies.clone();
    let back = consent(&mut at_provider, target(&location, &provider), "allow").await;
    let callback = target(&back, &client).to_owned();
    let mut stranger = Browser::new(client.origin());
    assert_eq!(status(&stranger.send("GET", &callback, "").await), 400);
    let done = at_client.send("GET", &callback, "").await;
    assert_eq!(
        (status(&done), field(&done, "location")),
        (303, Some("/me")),
        "{done}"
    );
    assert_ne!(before, at_client.cookies, "the session gets a new name");
    let me = body(&at_client.send("GET", "/me", "").await);
    assert_eq!(
        (me["sub"].as_str(), me["name"].as_str()),
        (Some("user-1001"), Some("alice"))
    );
    assert_eq!(
        status(&at_client.send("GET", &callback, "").await),
        400,
        "a state works once"
    );
    let cookie = format!("Cookie: session={}", at_client.cookies[0].1);
    let mut attacker = Peer::new(client.origin());
    let forced = attacker
        .send(
            "POST",
            "/logout",
            &[&cookie, "Origin: https://evil.example"],
            "",
        )
        .await;
    assert_eq!(status(&forced), 403);
    assert_eq!(status(&at_client.send("POST", "/logout", "").await), 200);
    assert_eq!(status(&attacker.get("/me", &[&cookie]).await), 401);
    client.stop().await;
    provider.stop().await;
}

#[tokio::test]
async fn altered_callbacks_log_nobody_in() {
    for (what, from, to) in [
        ("state", "state=", "x="),
        ("code", "code=", "x="),
        ("iss", "iss=", "x="),
        ("iss value", "%2Fas", "%2Fbs"),
        ("error too", "code=", "error=x&code="),
        ("two codes", "code=", "code=y&code="),
    ] {
        let (provider, client) = pair(&[]).await;
        let mut at_client = Browser::new(client.origin());
        let begun = at_client.send("GET", "/login", "").await;
        let location = field(&begun, "location").unwrap().to_owned();
        let mut at_provider = Browser::new(provider.origin());
        let back = consent(&mut at_provider, target(&location, &provider), "allow").await;
        let callback = target(&back, &client).replace(from, to);
        assert_eq!(
            status(&at_client.send("GET", &callback, "").await),
            400,
            "{what}"
        );
        assert_eq!(
            status(&at_client.send("GET", "/me", "").await),
            401,
            "{what}"
        );
        client.stop().await;
        provider.stop().await;
    }
}

#[tokio::test]
async fn several_logins_of_one_browser_stay_apart() {
    let (provider, client) = pair(&[]).await;
    let mut at_client = Browser::new(client.origin());
    let mut at_provider = Browser::new(provider.origin());
    let mut callbacks = Vec::new();
    for _ in 0..2 {
        let begun = at_client.send("GET", "/login", "").await;
        let location = field(&begun, "location").unwrap().to_owned();
        let back = consent(&mut at_provider, target(&location, &provider), "allow").await;
        callbacks.push(target(&back, &client).to_owned());
    }
    for callback in callbacks {
        assert_eq!(status(&at_client.send("GET", &callback, "").await), 303);
    }
    client.stop().await;
    provider.stop().await;
}
