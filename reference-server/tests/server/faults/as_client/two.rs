//! Two providers of one client: what one of them issued goes back to that one alone.

use std::time::Duration;

use authspec_reference_server::{Config, Upstream, start};
use serde_json::json;

use super::cases::honest;
use super::{CLIENT, Log, Provider, SECRET};
use crate::support::{body, status};
use crate::walk::Browser;

fn upstream(provider: &Provider) -> Upstream {
    Upstream {
        issuer: provider.origin.clone(),
        client_id: CLIENT.to_owned(),
        client_secret: SECRET.to_owned(),
        api: Some(format!("{}/api", provider.origin)),
    }
}

#[tokio::test]
async fn tokens_go_back_to_who_issued_them() {
    let (first, second) = (Provider::start().await, Provider::start().await);
    let config = Config {
        provider: Some(upstream(&first)),
        second_provider: Some(upstream(&second)),
        ..Config::default()
    };
    let mut log = Log {
        provider: &second,
        running: start(config).await.unwrap(),
        seen: String::new(),
    };
    let mut browser = Browser::new(log.running.origin());
    let callback = log
        .begin(&mut browser, &honest("second"), "?idp=second")
        .await;
    let callback = callback.replace("/callback?", "/callback/second?");
    log.finish(&mut browser, &honest("second"), &callback).await;
    let heard = |what: &str| {
        let mut heard = second.script.lock().unwrap();
        let heard = std::mem::take(&mut heard.heard);
        assert!(heard.iter().any(|one| one.contains(what)), "{heard:?}");
    };

    browser.send("GET", "/files", "").await;
    heard("elsewhere /api");

    second.script.lock().unwrap().tokens =
        json!({ "access_token": "next", "token_type": "Bearer", "expires_in": 60 });
    log.running.clock().advance(Duration::from_secs(61));
    let me = browser.send("GET", "/me", "").await;
    assert_eq!(body(&me)["sub"], "user-1001", "{me}");
    heard("refresh_token=first");

    second.script.lock().unwrap().down = true;
    assert_eq!(status(&browser.send("POST", "/logout", "").await), 200);
    heard("revoke token=first");
    log.running.clock().advance(Duration::from_secs(31));
    browser.send("GET", "/me", "").await;
    heard("revoke token=first");

    let at_first = first.script.lock().unwrap().heard.clone();
    assert_eq!(at_first, Vec::<String>::new());
    log.running.stop().await;
}
