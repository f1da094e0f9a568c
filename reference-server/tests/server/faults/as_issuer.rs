//! As a client and a browser see the authorization server.

mod elsewhere;
mod lives;

use std::time::Duration;

use authspec_reference_server::{Running, clients};
use serde_json::{Value, json};

use self::elsewhere::{ELSEWHERE, OTHER_PLACES};
use self::lives::{bearer, ends_of_tokens, lives_of_tokens};
use crate::support::{Peer, b64, body};
use crate::walk::{Browser, authorize, code, consent, exchange, parameter, server, token};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

/// What was seen, without what differs from run to run.
struct Log {
    running: Running,
    seen: String,
}

impl Log {
    fn note(&mut self, what: &str, answer: &str) {
        let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let words = answer.split_inclusive(|c| !is_word(c));
        let text: String = words.map(plain).collect();
        let port = self.running.address().port();
        let text = text
            .replace(self.running.named_tls_origin(), "SECURE")
            .replace(&format!("127.0.0.1:{port}"), "HOST")
            .replace(&format!("127.0.0.1%3A{port}"), "HOST");
        self.seen.push_str(&format!("== {what}\n{text}\n"));
    }

    fn peer(&self) -> Peer {
        Peer::new(self.running.origin())
    }
}

/// A token becomes the names of its claims, a random value its length.
pub(super) fn plain(word: &str) -> String {
    let end = word.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
    let rest = &word[end.len()..];
    if end.matches('.').count() == 2 && end.starts_with("ey") {
        let part = |place: usize| claims(end.split('.').nth(place).unwrap());
        return format!("{} {}{rest}", part(0), part(1));
    }
    if end.len() >= 30 && !end.contains('.') {
        return format!("<{}>{rest}", end.len());
    }
    // with something readable behind it
    match end.split_once('.') {
        Some((random, said)) if random.len() >= 30 && !said.contains('.') => {
            format!("<{}>.{said}{rest}", random.len())
        }
        _ => word.to_owned(),
    }
}

fn claims(part: &str) -> String {
    use base64::Engine as _;
    let octets = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .unwrap();
    let mut value: Value = serde_json::from_slice(&octets).unwrap();
    for name in ["iat", "exp", "jti", "at_hash", "auth_time"] {
        if value.get(name).is_some() {
            value[name] = json!("some");
        }
    }
    value.to_string()
}

fn basic(id: &str, secret: &str) -> String {
    format!(
        "Authorization: Basic {}",
        b64(format!("{id}:{secret}").as_bytes())
    )
}

fn secret(id: &str) -> &'static str {
    let client = clients().iter().find(|client| client.id == id).unwrap();
    client.secret.unwrap_or_default()
}

async fn documents(log: &mut Log) {
    let mut peer = log.peer();
    for (path, fields) in [
        ("/.well-known/oauth-authorization-server/as", vec![]),
        (
            "/.well-known/oauth-authorization-server/as",
            vec!["X-Forwarded-Host: evil.example"],
        ),
        ("/as/jwks", vec![]),
    ] {
        let answer = peer.get(path, &fields).await;
        log.note(path, &answer);
    }
}

async fn requests(log: &mut Log) {
    let good = authorize("web", "https://client.example/cb");
    let app = authorize("app", "https://app.example/cb");
    let mut targets = vec![
        format!("{good}&response_type=code"),
        good.replace("response_type=code", "response_type=token"),
        good.replace("S256", "plain"),
        good.replace("S256", "S512"),
        app.replace("code_challenge=", "x=")
            .replace("code_challenge_method=S256", ""),
        good.replace("scope=openid+profile+read", "scope=admin"),
        format!("{good}&login_hint=%3Cb%3E"),
        format!("{good}&prompt=none"),
        good.replace("client_id=web", "client_id=nobody"),
        good.replace("st%2Bate", "+a%2Bb+"),
        authorize("app", "http://127.0.0.1:9/cb"),
    ];
    for uri in [
        "https://evil.example/cb",
        "https://client.example/cb/more",
        "https://client.example/other",
        "https://sub.client.example/cb",
        "https://client.example@evil.example/cb",
        "https://client.example:443/x/../cb",
        "https://client.example/cb?x=y",
        "https://client.example/cb#x",
        "http://client.example/cb",
        "https://other.example/cb",
    ] {
        targets.push(authorize("web", uri));
    }
    for target in targets {
        let mut browser = Browser::new(log.running.origin());
        let answer = browser.send("GET", &target, "").await;
        log.note(&target, &answer);
    }
}

/// Every answer on the way through login and consent.
async fn pages(log: &mut Log) {
    let mut browser = Browser::new(log.running.origin());
    let page = browser
        .send("GET", &authorize("web", "https://client.example/cb"), "")
        .await;
    let hidden = |page: &str, name: &str| {
        let after = page
            .split(&format!("name=\"{name}\" value=\""))
            .nth(1)
            .unwrap_or_default();
        after.split('"').next().unwrap_or_default().to_owned()
    };
    let (request, csrf) = (hidden(&page, "request"), hidden(&page, "csrf"));
    let stray = format!("request={request}&csrf=x&username=alice&password=x");
    let answer = browser.send("POST", "/as/login", &stray).await;
    log.note("stray login", &answer);
    let before = browser.cookies.clone();
    let form =
        format!("request={request}&csrf={csrf}&username=alice&password=Correct-Horse-42-battery");
    let answer = browser.send("POST", "/as/login", &form).await;
    log.note("login", &answer);
    log.note("renewed", &(before != browser.cookies).to_string());
    let answer = browser
        .send("GET", &format!("/as/consent?request={request}"), "")
        .await;
    log.note("consent", &answer);
    let form = format!("request={request}&csrf={csrf}&decision=allow");
    let answer = browser.send("POST", "/as/consent", &form).await;
    log.note("allowed", &answer);
}

async fn exchanges(log: &mut Log) {
    let mut peer = log.peer();
    let mut spoiled = vec![
        ("other", "code_verifier=", "code_verifier="),
        ("web", "code_verifier=a", "code_verifier=b"),
        ("web", "code_verifier", "x"),
        ("web", "redirect_uri=https", "redirect_uri=http"),
        ("web", "redirect_uri", "x"),
        ("web", "authorization_code", "unknown"),
        ("web", "&code=", "&code=x&code="),
    ];
    let challenge = authorize("web", "x")
        .split("code_challenge=")
        .nth(1)
        .unwrap()[..43]
        .to_owned();
    let as_verifier = format!("code_verifier={challenge}&x=");
    spoiled.push(("web", "code_verifier=", &as_verifier));
    for (client, from, to) in spoiled {
        let code = code(&log.running, "web").await;
        let form = exchange("web", &code).replace(from, to);
        let answer = token(&mut peer, client, &form).await;
        log.note(&format!("{client} {from} {to}"), &answer);
    }
    without_challenge(log).await;
    short_verifier(log).await;
    let old = code(&log.running, "web").await;
    log.running.clock().advance(Duration::from_secs(61));
    let answer = token(&mut peer, "web", &exchange("web", &old)).await;
    log.note("old code", &answer);
}

async fn without_challenge(log: &mut Log) {
    let target = authorize("web", "https://client.example/cb")
        .replace("&code_challenge=", "&x=")
        .replace("&code_challenge_method=S256", "");
    let location = consent(&mut Browser::new(log.running.origin()), &target, "allow").await;
    let code = parameter(&location, "code").unwrap();
    let answer = token(&mut log.peer(), "web", &exchange("web", &code)).await;
    log.note("verifier without challenge", &answer);
}

async fn short_verifier(log: &mut Log) {
    let challenge = authorize("web", "x")
        .split("code_challenge=")
        .nth(1)
        .unwrap()[..43]
        .to_owned();
    let short = crate::support::b64url(aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        b"short",
    ));
    let target = authorize("web", "https://client.example/cb").replace(&challenge, &short);
    let location = consent(&mut Browser::new(log.running.origin()), &target, "allow").await;
    let code = parameter(&location, "code").unwrap();
    let form = exchange("web", &code);
    let form = format!(
        "{}code_verifier=short",
        form.split("code_verifier").next().unwrap()
    );
    let answer = token(&mut log.peer(), "web", &form).await;
    log.note("short verifier", &answer);
}

async fn clients_of_all_kinds(log: &mut Log) {
    let mut peer = log.peer();
    let own = "grant_type=client_credentials&scope=read";
    let web = basic("web", secret("web"));
    for (fields, form) in [
        (vec![FORM, &web], own.to_owned()),
        (vec![FORM, &web], own.replace("read", "admin")),
        (vec![FORM, &basic("web", "wrong")], own.to_owned()),
        (vec![FORM, &basic("web", "")], own.to_owned()),
        (vec![FORM], format!("{own}&client_id=web")),
        (vec![FORM], format!("{own}&client_id=app")),
        (
            vec![FORM],
            format!("{own}&client_id=web&client_secret={}", secret("web")),
        ),
        (
            vec![FORM, &web],
            "grant_type=password&username=alice&password=Correct-Horse-42-battery".to_owned(),
        ),
    ] {
        let answer = peer.send("POST", "/as/token", &fields, &form).await;
        log.note(&form, &answer);
    }
    let target = format!("/as/token?client_id=web&client_secret={}", secret("web"));
    let answer = peer.send("POST", &target, &[FORM], own).await;
    log.note("in query", &answer);
    let answer = peer.get(&format!("/as/token?{own}"), &[&web]).await;
    log.note("by GET", &answer);
    for more in [
        "client_id=other",
        "client_id=web&client_secret=x",
        "client_id=app&code=made-up",
    ] {
        let form = format!("{own}&{more}");
        let answer = peer.send("POST", "/as/token", &[FORM, &web], &form).await;
        log.note(more, &answer);
    }
    let made_up = exchange("web", "made-up");
    let answer = token(&mut peer, "web", &made_up).await;
    log.note("made up", &answer);
    let answer = token(&mut peer, "odd client:7%", own).await;
    log.note("odd", &answer);
    let tokens = body(&peer.send("POST", "/as/token", &[FORM, &web], own).await);
    let field = bearer(&tokens);
    let answer = peer.get("/as/userinfo", &[&field]).await;
    log.note("userinfo of a client", &answer);
}

/// What is seen, as far as it agrees with what was expected.
async fn observe(faults: &[&str], expected: Option<&str>) -> String {
    let mut log = Log {
        running: server(faults, None).await,
        seen: String::new(),
    };
    let mut stages = 0..7;
    while let Some(stage) = stages
        .next()
        .filter(|_| expected.is_none_or(|text| text.starts_with(&log.seen)))
    {
        match stage {
            0 => documents(&mut log).await,
            1 => requests(&mut log).await,
            2 => pages(&mut log).await,
            3 => clients_of_all_kinds(&mut log).await,
            4 => exchanges(&mut log).await,
            5 => lives_of_tokens(&mut log).await,
            _ => ends_of_tokens(&mut log).await,
        }
    }
    log.running.stop().await;
    log.seen
}

#[tokio::test]
async fn every_fault_of_an_authorization_server_shows() {
    let right = observe(&[], None).await;
    let again = observe(&[], None).await;
    for (left, right) in right.lines().zip(again.lines()) {
        assert_eq!(left, right, "the right server answers the same twice");
    }
    let mut dead = vec![];
    for name in super::of_role("authorization-server") {
        let elsewhere =
            ELSEWHERE.contains(&name) || OTHER_PLACES.iter().any(|place| name.starts_with(place));
        if !elsewhere && observe(&[name], Some(&right)).await == right {
            dead.push(name);
        }
    }
    assert!(dead.is_empty(), "nobody sees {dead:?}");
}
