//! Tokens from their issue to their end.

use serde_json::Value;

use super::{FORM, Log, basic, secret};
use crate::support::{body, field};
use crate::walk::{code, exchange, token};

pub(super) fn bearer(tokens: &Value) -> String {
    format!(
        "Authorization: Bearer {}",
        tokens["access_token"].as_str().unwrap_or("none")
    )
}

pub(super) async fn lives_of_tokens(log: &mut Log) {
    let mut peer = log.peer();
    let code = code(&log.running, "web").await;
    let answer = token(&mut peer, "web", &exchange("web", &code)).await;
    log.note("tokens", &answer);
    let first = body(&answer);
    let refresh = first["refresh_token"].as_str().unwrap_or("none").to_owned();
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    for (client, form) in [
        ("other", form.clone()),
        ("web", format!("{form}&scope=read+write")),
        ("web", form.clone()),
        ("web", form.clone()),
    ] {
        let answer = token(&mut peer, client, &form).await;
        log.note("refresh", &answer);
        let next = body(&answer);
        if let Some(next) = next["refresh_token"].as_str() {
            let form = format!("token={next}");
            let web = basic("web", secret("web"));
            let answer = peer
                .send("POST", "/as/introspect", &[FORM, &web], &form)
                .await;
            log.note("next", &members(&answer));
        }
    }
    let answer = peer.get("/protected-resource", &[&bearer(&first)]).await;
    log.note("after reuse", &answer);
    let answer = token(&mut peer, "web", &exchange("web", &code)).await;
    log.note("replay", &answer);
    replayed(log).await;
}

/// Status, names of members and whether the token is active.
fn members(answer: &str) -> String {
    let body = body(answer);
    let names: Vec<&String> = body
        .as_object()
        .into_iter()
        .flat_map(|body| body.keys())
        .collect();
    format!(
        "{} {names:?} {}",
        crate::support::status(answer),
        body["active"]
    )
}

async fn replayed(log: &mut Log) {
    let mut peer = log.peer();
    let code = code(&log.running, "web").await;
    let first = body(&token(&mut peer, "web", &exchange("web", &code)).await);
    let answer = token(&mut peer, "web", &exchange("web", &code)).await;
    log.note("replay", &answer);
    let answer = peer.get("/protected-resource", &[&bearer(&first)]).await;
    log.note("after replay", &answer);
}

pub(super) async fn ends_of_tokens(log: &mut Log) {
    let mut peer = log.peer();
    let code = code(&log.running, "web").await;
    let tokens = body(&token(&mut peer, "web", &exchange("web", &code)).await);
    let access = format!(
        "token={}",
        tokens["access_token"].as_str().unwrap_or("none")
    );
    let refresh = format!(
        "token={}",
        tokens["refresh_token"].as_str().unwrap_or("none")
    );
    let (web, other) = (basic("web", secret("web")), basic("other", secret("other")));
    for (path, fields, form) in [
        ("/as/introspect", vec![FORM], &access),
        ("/as/introspect", vec![FORM, other.as_str()], &access),
        ("/as/revoke", vec![FORM, other.as_str()], &access),
        ("/as/introspect", vec![FORM, web.as_str()], &access),
        ("/as/revoke", vec![FORM, web.as_str()], &refresh),
        ("/as/introspect", vec![FORM, web.as_str()], &access),
        ("/as/introspect", vec![FORM, web.as_str()], &refresh),
    ] {
        let answer = peer.send("POST", path, &fields, form).await;
        log.note(path, &members(&answer));
    }
    let answer = peer.get("/protected-resource", &[&bearer(&tokens)]).await;
    log.note("after revocation", &answer);
    let allowed = field(&answer, "access-control-allow-origin");
    assert_eq!(allowed, None);
}
