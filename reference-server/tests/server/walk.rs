//! Walking the flows: a browser with cookies, login and consent, the exchange of a code.

use authspec_reference_server::{Config, Running, Upstream, accounts, clients, start};
use aws_lc_rs::digest::{SHA256, digest};

use crate::support::{Peer, b64, b64url, field};

pub(crate) const VERIFIER: &str = "a-verifier-of-enough-length-0123456789-abcdefgh";

pub(crate) async fn server(faults: &[&str], provider: Option<Upstream>) -> Running {
    let config = Config {
        faults: faults.iter().map(|fault| (*fault).to_owned()).collect(),
        provider,
        ..Config::default()
    };
    start(config).await.unwrap()
}

/// A browser that keeps the cookies of one server.
pub(crate) struct Browser {
    pub(crate) peer: Peer,
    pub(crate) cookies: Vec<(String, String)>,
}

impl Browser {
    pub(crate) fn new(origin: &str) -> Self {
        Self {
            peer: Peer::new(origin),
            cookies: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, method: &str, target: &str, form: &str) -> String {
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
pub(crate) async fn consent(browser: &mut Browser, target: &str, decision: &str) -> String {
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

pub(crate) fn parameter(location: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(location).unwrap();
    let mut pairs = url.query_pairs();
    pairs
        .find(|(given, _)| given == name)
        .map(|(_, value)| value.into_owned())
}

pub(crate) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

pub(crate) fn authorize(client: &str, redirect_uri: &str) -> String {
    let challenge = b64url(digest(&SHA256, VERIFIER.as_bytes()));
    format!(
        "/as/authorize?response_type=code&client_id={client}&redirect_uri={}&scope=openid+profile+read&state=st%2Bate&nonce=n-1&code_challenge={challenge}&code_challenge_method=S256",
        encoded(redirect_uri),
    )
}

pub(crate) async fn code(server: &Running, client: &str) -> String {
    let client = clients().iter().find(|known| known.id == client).unwrap();
    let target = authorize(client.id, client.redirect_uri);
    let location = consent(&mut Browser::new(server.origin()), &target, "allow").await;
    parameter(&location, "code").unwrap_or_else(|| panic!("{location}"))
}

pub(crate) async fn token(peer: &mut Peer, client: &str, form: &str) -> String {
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

pub(crate) fn exchange(client: &str, code: &str) -> String {
    let client = clients().iter().find(|known| known.id == client).unwrap();
    format!(
        "grant_type=authorization_code&code={code}&redirect_uri={}&code_verifier={VERIFIER}",
        encoded(client.redirect_uri)
    )
}

/// Two servers: one is the provider of the other.
pub(crate) async fn pair(faults: &[&str]) -> (Running, Running) {
    let provider = server(&[], None).await;
    let upstream = Upstream {
        issuer: format!("{}/as", provider.origin()),
        client_id: "web".to_owned(),
        client_secret: clients()[0].secret.unwrap().to_owned(),
        api: None,
    };
    let client = server(faults, Some(upstream)).await;
    (provider, client)
}

pub(crate) fn target<'a>(location: &'a str, running: &Running) -> &'a str {
    location
        .strip_prefix(running.origin())
        .unwrap_or_else(|| panic!("{location}"))
}
