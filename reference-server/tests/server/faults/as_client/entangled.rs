//! What takes more than one login, browser or server.

use authspec_reference_server::Upstream;

use super::cases::honest;
use super::{CLIENT, Log, Provider, SECRET};
use crate::support::{field, status};
use crate::walk::{Browser, parameter, server};

/// What takes more than one login or browser.
pub(super) async fn entangled(log: &mut Log<'_>) {
    let origin = log.running.origin().to_owned();
    let (mut own, mut stranger) = (Browser::new(&origin), Browser::new(&origin));
    let callback = log
        .begin(&mut own, &honest("own"), "?next=https://evil.example/")
        .await;
    log.finish(&mut stranger, &honest("stranger"), &callback)
        .await;
    log.finish(&mut own, &honest("own"), &callback).await;
    log.finish(&mut own, &honest("again"), &callback).await;
    let callback = log
        .begin(&mut own, &honest("next"), "?next=//evil.example/")
        .await;
    log.finish(&mut own, &honest("next"), &callback).await;
    let first = log.begin(&mut own, &honest("first"), "").await;
    let tokens = log.provider.script.lock().unwrap().tokens.clone();
    log.begin(&mut own, &honest("second"), "").await;
    log.provider.script.lock().unwrap().tokens = tokens;
    log.finish(&mut own, &honest("first"), &first).await;
    let jar = own.cookies.clone();
    let cookie = format!(
        "Cookie: session={}",
        jar.first().map_or("", |(_, value)| value.as_str())
    );
    let cross = own
        .peer
        .send(
            "POST",
            "/logout",
            &[&cookie, "Origin: https://evil.example"],
            "",
        )
        .await;
    log.note("cross-site logout", &cross);
    let greeting = jar.get(1).map_or("", |(_, value)| value.as_str());
    let greeting = format!("Cookie: greeting={greeting}");
    for (what, fields) in [
        ("only greeted", vec![greeting.as_str()]),
        ("greeted first", vec![greeting.as_str(), cookie.as_str()]),
        ("in one field", vec!["Cookie: a=b", cookie.as_str()]),
    ] {
        let me = own.peer.send("GET", "/me", &fields, "").await;
        log.note(what, &status(&me).to_string());
    }
    let both = format!("Cookie: a=b; {}", cookie.trim_start_matches("Cookie: "));
    let me = own.peer.get("/me", &[&both]).await;
    log.note("behind another", &status(&me).to_string());
    let out = own.send("POST", "/logout", "").await;
    log.note("logout", &out);
    let after = own.peer.get("/me", &[&cookie]).await;
    log.note("after logout", &status(&after).to_string());
}

/// Whether two logins differ in what must be fresh.
pub(super) async fn fresh(log: &mut Log<'_>) {
    let mut browser = Browser::new(log.running.origin());
    let mut seen = Vec::new();
    for _ in 0..2 {
        let begun = browser.send("GET", "/login", "").await;
        let location = field(&begun, "location");
        let fresh = ["state", "nonce", "code_challenge"];
        seen.push(fresh.map(|name| location.and_then(|location| parameter(location, name))));
    }
    let differs: Vec<bool> = seen[0]
        .iter()
        .zip(&seen[1])
        .map(|(one, other)| one != other)
        .collect();
    log.note("fresh", &format!("{differs:?}"));
}

/// A server whose provider names itself otherwise.
pub(super) async fn misnamed(provider: &Provider, faults: &[&str]) -> u16 {
    let upstream = Upstream {
        issuer: format!("{}/other", provider.origin),
        client_id: CLIENT.to_owned(),
        client_secret: SECRET.to_owned(),
        api: None,
    };
    let running = server(faults, Some(upstream)).await;
    let begun = Browser::new(running.origin())
        .send("GET", "/login", "")
        .await;
    running.stop().await;
    status(&begun)
}
