//! The flows, walked as a browser and a client walk them.

use authspec_reference_server::{Certificate, Client, clients};

use crate::support::{Peer, b64, body, field, status};
use crate::walk::{
    Browser, authorize, code as code_of, consent, encoded, exchange, parameter, server, token,
};

#[tokio::test]
async fn every_client_gets_tokens_that_open() {
    let server = server(&[], None).await;
    let mut peer = Peer::new(server.origin());
    // `authspec prove` asks those that sign assertions, push their requests, prove a key or show certificates
    let plain = |one: &&Client| {
        one.jwk.is_none() && !one.pushes && !one.bound && one.certificate == Certificate::None
    };
    for client in clients().iter().filter(plain) {
        let target = authorize(&encoded(client.id), client.redirect_uri);
        let location = consent(&mut Browser::new(server.origin()), &target, "allow").await;
        assert!(location.starts_with(client.redirect_uri), "{location}");
        assert_eq!(parameter(&location, "state").as_deref(), Some("st+ate"));
        assert_eq!(
            parameter(&location, "iss"),
            Some(format!("{}/as", server.origin()))
        );
        let code = parameter(&location, "code").unwrap();
        let answer = token(&mut peer, client.id, &exchange(client.id, &code)).await;
        assert_eq!(status(&answer), 200, "{answer}");
        assert_eq!(field(&answer, "cache-control"), Some("no-store"));
        assert_eq!(field(&answer, "pragma"), Some("no-cache"));
        let tokens = body(&answer);
        assert_eq!(tokens["scope"], "openid profile read");
        let bearer = format!(
            "Authorization: Bearer {}",
            tokens["access_token"].as_str().unwrap()
        );
        let opened = peer.get("/protected-resource", &[&bearer]).await;
        assert_eq!(status(&opened), 200, "{opened}");
        let user = peer.get("/as/userinfo", &[&bearer]).await;
        // one client registered for a signed answer
        match field(&user, "content-type") {
            Some("application/jwt") => assert_eq!(client.id, "other"),
            _ => assert_eq!(body(&user)["sub"], "user-1001", "{user}"),
        }
        assert!(tokens["id_token"].is_string());
    }
    server.stop().await;
}

#[tokio::test]
async fn a_replayed_code_ends_its_tokens() {
    let server = server(&[], None).await;
    let mut peer = Peer::new(server.origin());
    let code = code_of(&server, "web").await;
    let first = token(&mut peer, "web", &exchange("web", &code)).await;
    let access = body(&first)["access_token"].as_str().unwrap().to_owned();
    let bearer = format!("Authorization: Bearer {access}");
    assert_eq!(
        status(&peer.get("/protected-resource", &[&bearer]).await),
        200
    );
    let again = token(&mut peer, "web", &exchange("web", &code)).await;
    assert_eq!(
        (status(&again), body(&again)["error"].as_str()),
        (400, Some("invalid_grant"))
    );
    assert_eq!(
        status(&peer.get("/protected-resource", &[&bearer]).await),
        401
    );
    server.stop().await;
}

#[tokio::test]
async fn bad_exchanges_are_refused_and_do_not_spend_the_code() {
    let server = server(&[], None).await;
    let mut peer = Peer::new(server.origin());
    let code = code_of(&server, "web").await;
    let good = exchange("web", &code);
    for (what, client, form, error) in [
        ("other client", "other", good.clone(), "invalid_grant"),
        (
            "no verifier",
            "web",
            good.replace("code_verifier", "x"),
            "invalid_grant",
        ),
        (
            "wrong verifier",
            "web",
            good.replace("a-verifier", "b-verifier"),
            "invalid_grant",
        ),
        (
            "no redirect",
            "web",
            good.replace("redirect_uri", "x"),
            "invalid_grant",
        ),
        (
            "no code",
            "web",
            good.replace("&code=", "&x="),
            "invalid_request",
        ),
        (
            "twice",
            "web",
            format!("{good}&code={code}"),
            "invalid_request",
        ),
        (
            "two ways",
            "web",
            format!("{good}&client_secret=x"),
            "invalid_request",
        ),
        (
            "no grant type",
            "web",
            good.replace("grant_type", "x"),
            "invalid_request",
        ),
        (
            "password",
            "web",
            "grant_type=password&username=a&password=b".to_owned(),
            "unsupported_grant_type",
        ),
        (
            "public on its own",
            "app",
            "grant_type=client_credentials".to_owned(),
            "unauthorized_client",
        ),
    ] {
        let answer = token(&mut peer, client, &form).await;
        assert_eq!(body(&answer)["error"], error, "{what}: {answer}");
        assert_eq!(status(&answer), 400, "{what}");
    }
    let form_type = "Content-Type: application/x-www-form-urlencoded";
    for form in [
        format!("{good}&client_id=web"),
        format!("{good}&client_id=web&client_secret=x"),
        good.clone(),
    ] {
        let answer = peer.send("POST", "/as/token", &[form_type], &form).await;
        assert_eq!(
            (status(&answer), body(&answer)["error"].as_str()),
            (401, Some("invalid_client"))
        );
        assert!(
            field(&answer, "www-authenticate")
                .unwrap()
                .starts_with("Basic realm=")
        );
    }
    assert_eq!(status(&token(&mut peer, "web", &good).await), 200);
    let code = code_of(&server, "app").await;
    server.clock().advance(std::time::Duration::from_secs(61));
    assert_eq!(
        body(&token(&mut peer, "app", &exchange("app", &code)).await)["error"],
        "invalid_grant"
    );
    server.stop().await;
}

#[tokio::test]
async fn refresh_tokens_rotate_and_reuse_ends_the_family() {
    let server = server(&[], None).await;
    let mut peer = Peer::new(server.origin());
    let code = code_of(&server, "app").await;
    let first = body(&token(&mut peer, "app", &exchange("app", &code)).await);
    let refresh = |token: &serde_json::Value| {
        format!(
            "grant_type=refresh_token&refresh_token={}",
            token["refresh_token"].as_str().unwrap()
        )
    };
    let wider = format!("{}&scope=openid+write", refresh(&first));
    assert_eq!(
        body(&token(&mut peer, "app", &wider).await)["error"],
        "invalid_scope"
    );
    assert_eq!(
        body(&token(&mut peer, "web", &refresh(&first)).await)["error"],
        "invalid_grant"
    );
    let narrower = format!("{}&scope=read", refresh(&first));
    let second = body(&token(&mut peer, "app", &narrower).await);
    assert_eq!(second["scope"], "read");
    let third = body(&token(&mut peer, "app", &refresh(&second)).await);
    assert_eq!(third["scope"], "openid profile read");
    assert_eq!(
        body(&token(&mut peer, "app", &refresh(&first)).await)["error"],
        "invalid_grant"
    );
    assert_eq!(
        body(&token(&mut peer, "app", &refresh(&third)).await)["error"],
        "invalid_grant"
    );
    server.stop().await;
}

#[tokio::test]
async fn tokens_are_revoked_and_introspected_by_their_client() {
    let server = server(&[], None).await;
    let mut peer = Peer::new(server.origin());
    let answer = token(&mut peer, "web", "grant_type=client_credentials&scope=read").await;
    let tokens = body(&answer);
    assert!(tokens.get("refresh_token").is_none());
    let access = tokens["access_token"].as_str().unwrap().to_owned();
    let form_type = "Content-Type: application/x-www-form-urlencoded";
    let basic = |id: &str| {
        let client = clients().iter().find(|client| client.id == id).unwrap();
        format!(
            "Authorization: Basic {}",
            b64(format!("{id}:{}", client.secret.unwrap()).as_bytes())
        )
    };
    let (web, other) = (basic("web"), basic("other"));
    let form = format!("token={access}&token_type_hint=nonsense");
    let seen = peer
        .send("POST", "/as/introspect", &[form_type, &web], &form)
        .await;
    assert_eq!(body(&seen)["active"], true, "{seen}");
    let hidden = peer
        .send("POST", "/as/introspect", &[form_type, &other], &form)
        .await;
    assert_eq!(body(&hidden), serde_json::json!({ "active": false }));
    assert_eq!(
        status(
            &peer
                .send("POST", "/as/introspect", &[form_type], &form)
                .await
        ),
        401
    );
    assert_eq!(
        status(
            &peer
                .send(
                    "POST",
                    "/as/introspect",
                    &[form_type],
                    &format!("{form}&client_id=app")
                )
                .await
        ),
        401
    );
    assert_eq!(
        status(
            &peer
                .send("POST", "/as/revoke", &[form_type, &other], &form)
                .await
        ),
        400
    );
    assert_eq!(
        status(
            &peer
                .send("POST", "/as/revoke", &[form_type, &web], "token=unknown")
                .await
        ),
        200
    );
    assert_eq!(
        body(
            &peer
                .send("POST", "/as/introspect", &[form_type, &web], &form)
                .await
        )["active"],
        true
    );
    assert_eq!(
        status(
            &peer
                .send("POST", "/as/revoke", &[form_type, &web], &form)
                .await
        ),
        200
    );
    assert_eq!(
        body(
            &peer
                .send("POST", "/as/introspect", &[form_type, &web], &form)
                .await
        )["active"],
        false
    );
    server.stop().await;
}

#[tokio::test]
async fn bad_authorization_requests_go_to_the_right_place() {
    let server = server(&[], None).await;
    let web = clients()[0];
    let good = authorize("web", web.redirect_uri);
    let mut browser = Browser::new(server.origin());
    for (what, target) in [
        ("client", good.replace("client_id=web", "client_id=nobody")),
        ("no client", good.replace("client_id=web", "x=y")),
        ("uri", authorize("web", "https://evil.example/cb")),
        (
            "uri suffix",
            authorize("web", "https://client.example/cb/x"),
        ),
        (
            "uri query",
            authorize("web", "https://client.example/cb?x=y"),
        ),
        ("uri case", authorize("web", "https://CLIENT.example/cb")),
        (
            "uri fragment",
            authorize("web", "https://client.example/cb#x"),
        ),
        (
            "uri of another",
            authorize("web", "https://other.example/cb"),
        ),
        ("two clients", format!("{good}&client_id=web")),
        ("no uri", good.replace("redirect_uri", "x")),
    ] {
        let answer = browser.send("GET", &target, "").await;
        assert_eq!(status(&answer), 400, "{what}");
        assert_eq!(field(&answer, "location"), None, "{what}");
        assert_eq!(field(&answer, "x-frame-options"), Some("DENY"));
    }
    for (what, target, error) in [
        (
            "no type",
            good.replace("response_type", "x"),
            "invalid_request",
        ),
        (
            "token",
            good.replace("response_type=code", "response_type=token"),
            "unsupported_response_type",
        ),
        ("plain", good.replace("S256", "plain"), "invalid_request"),
        (
            "scope",
            good.replace("scope=openid+profile+read", "scope=unknown"),
            "invalid_scope",
        ),
        ("twice", format!("{good}&scope=read"), "invalid_request"),
        ("quiet", format!("{good}&prompt=none"), "login_required"),
        (
            "quiet and not",
            format!("{good}&prompt=none+login"),
            "invalid_request",
        ),
    ] {
        let answer = browser.send("GET", &target, "").await;
        assert_eq!(status(&answer), 303, "{what}: {answer}");
        let location = field(&answer, "location").unwrap();
        assert_eq!(
            parameter(location, "error").as_deref(),
            Some(error),
            "{what}"
        );
        assert_eq!(
            parameter(location, "state").as_deref(),
            Some("st+ate"),
            "{what}"
        );
        assert!(parameter(location, "iss").is_some(), "{what}");
        assert!(parameter(location, "code").is_none(), "{what}");
    }
    let app = authorize("app", "http://127.0.0.1:53219/cb")
        .replace("code_challenge=", "x=")
        .replace("code_challenge_method=S256", "");
    let answer = browser.send("GET", &app, "").await;
    assert_eq!(
        parameter(field(&answer, "location").unwrap(), "error").as_deref(),
        Some("invalid_request")
    );
    let denied = consent(&mut browser, &good, "deny").await;
    assert_eq!(
        parameter(&denied, "error").as_deref(),
        Some("access_denied")
    );
    let posted = browser
        .send("POST", "/as/authorize", good.split_once('?').unwrap().1)
        .await;
    assert_eq!(status(&posted), 200);
    let stray = browser
        .send("POST", "/as/consent", "request=x&csrf=y&decision=allow")
        .await;
    assert_eq!(status(&stray), 403);
    server.stop().await;
}
