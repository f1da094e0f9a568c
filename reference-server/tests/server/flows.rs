//! The flows, walked as a browser and a client walk them.

use crate::support::{Peer, b64, b64url, body, field, status};
use authspec_reference_server::{Config, Running, Upstream, accounts, clients, start};
use aws_lc_rs::digest::{SHA256, digest};

const VERIFIER: &str = "a-verifier-of-enough-length-0123456789-abcdefgh";

async fn server(faults: &[&str], provider: Option<Upstream>) -> Running {
    let config = Config {
        faults: faults.iter().map(|fault| (*fault).to_owned()).collect(),
        provider,
        ..Config::default()
    };
    start(config).await.unwrap()
}

/// A browser that keeps the cookies of one server.
struct Browser {
    peer: Peer,
    cookies: Vec<(String, String)>,
}

impl Browser {
    fn new(origin: &str) -> Self {
        Self {
            peer: Peer::new(origin),
            cookies: Vec::new(),
        }
    }

    async fn send(&mut self, method: &str, target: &str, form: &str) -> String {
        let jar: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookie = format!("Cookie: {}", jar.join("; "));
        let mut fields = vec![];
        if !jar.is_empty() {
            fields.push(cookie.as_str());
        }
        if !form.is_empty() {
            fields.push("Content-Type: application/x-www-form-urlencoded");
        }
        let answer = self.peer.send(method, target, &fields, form).await;
        for line in answer
            .lines()
            .filter_map(|line| line.strip_prefix("set-cookie: "))
        {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }
}

/// Login and consent at an authorization server; the address the browser leaves for.
async fn consent(browser: &mut Browser, target: &str, decision: &str) -> String {
    let mut answer = browser.send("GET", target, "").await;
    for _ in 0..6 {
        if let Some(location) = field(&answer, "location") {
            if !location.starts_with("/as/") {
                return location.to_owned();
            }
            let next = location.to_owned();
            answer = browser.send("GET", &next, "").await;
            continue;
        }
        let hidden = |name: &str| {
            let after = answer.split(&format!("name=\"{name}\" value=\"")).nth(1);
            after.map(|text| text.split('"').next().unwrap().to_owned())
        };
        let (Some(request), Some(csrf)) = (hidden("request"), hidden("csrf")) else {
            return answer;
        };
        let (to, more) = if answer.contains("action=\"/as/login\"") {
            let account = accounts()[0];
            (
                "/as/login",
                format!("username={}&password={}", account.name, account.password),
            )
        } else {
            ("/as/consent", format!("decision={decision}"))
        };
        let form = format!("request={request}&csrf={csrf}&{more}");
        answer = browser.send("POST", to, &form).await;
    }
    answer
}

fn parameter(location: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(location).unwrap();
    let mut pairs = url.query_pairs();
    pairs
        .find(|(given, _)| given == name)
        .map(|(_, value)| value.into_owned())
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn authorize(client: &str, redirect_uri: &str) -> String {
    let challenge = b64url(digest(&SHA256, VERIFIER.as_bytes()));
    format!(
        "/as/authorize?response_type=code&client_id={client}&redirect_uri={}&scope=openid+profile+read&state=st%2Bate&nonce=n-1&code_challenge={challenge}&code_challenge_method=S256",
        encoded(redirect_uri),
    )
}

async fn code(server: &Running, client: &str) -> String {
    let client = clients().iter().find(|known| known.id == client).unwrap();
    let target = authorize(client.id, client.redirect_uri);
    let location = consent(&mut Browser::new(server.origin()), &target, "allow").await;
    parameter(&location, "code").unwrap_or_else(|| panic!("{location}"))
}

async fn token(peer: &mut Peer, client: &str, form: &str) -> String {
    let client = clients().iter().find(|known| known.id == client).unwrap();
    let form_type = "Content-Type: application/x-www-form-urlencoded";
    match client.secret {
        Some(secret) => {
            let pair = format!("{}:{}", encoded(client.id), encoded(secret));
            let basic = format!("Authorization: Basic {}", b64(pair.as_bytes()));
            peer.send("POST", "/as/token", &[form_type, &basic], form)
                .await
        }
        None => {
            let form = format!("{form}&client_id={}", client.id);
            peer.send("POST", "/as/token", &[form_type], &form).await
        }
    }
}

fn exchange(client: &str, code: &str) -> String {
    let client = clients().iter().find(|known| known.id == client).unwrap();
    format!(
        "grant_type=authorization_code&code={code}&redirect_uri={}&code_verifier={VERIFIER}",
        encoded(client.redirect_uri)
    )
}

#[tokio::test]
async fn every_client_gets_tokens_that_open() {
    let server = server(&[], None).await;
    let mut peer = Peer::new(server.origin());
    for client in clients() {
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
        assert_eq!(body(&user)["sub"], "user-1001", "{user}");
        assert!(tokens["id_token"].is_string());
    }
    server.stop().await;
}

#[tokio::test]
async fn a_replayed_code_ends_its_tokens() {
    let server = server(&[], None).await;
    let mut peer = Peer::new(server.origin());
    let code = code(&server, "web").await;
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
    let code = code(&server, "web").await;
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
    let code = self::code(&server, "app").await;
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
    let code = code(&server, "app").await;
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
        (
            "object",
            format!("{good}&request=x"),
            "request_not_supported",
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

/// Two servers: one is the provider of the other.
async fn pair(faults: &[&str]) -> (Running, Running) {
    let provider = server(&[], None).await;
    let upstream = Upstream {
        issuer: format!("{}/as", provider.origin()),
        client_id: "web".to_owned(),
        client_secret: clients()[0].secret.unwrap().to_owned(),
    };
    let client = server(faults, Some(upstream)).await;
    (provider, client)
}

fn target<'a>(location: &'a str, running: &Running) -> &'a str {
    location
        .strip_prefix(running.origin())
        .unwrap_or_else(|| panic!("{location}"))
}

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
