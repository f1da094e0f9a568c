//! A small authorization server with one form for login and consent, sound but for its ways.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::server::{Answer, Asked};

pub(super) const SECRET: &str = "a-secret-of-these-tests-0123456789";

/// What a server does with a scope that it doesn't know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    Dropped,
    Refused(&'static str),
}

/// In what servers differ, each of it sound.
#[derive(Clone, Copy)]
pub(super) struct Ways {
    /// Any port of a loopback redirection URI is taken (RFC 8252 section 7.3).
    pub(super) free_port: bool,
    pub(super) unknown_scope: Unknown,
    /// An OpenID request without nonce, and a state outside the grammar, are refused.
    pub(super) particular: bool,
    /// redirect_uri must be in the token request.
    pub(super) wants_redirect_uri: bool,
    /// A wrong verifier spends the code.
    pub(super) burns: bool,
    /// A redirection URI with a backslash breaks the server's own error page (Authlib 1.9).
    pub(super) breaks_on_backslash: bool,
    /// Access tokens are JWTs without an identifier: two of one second are the same (canaille 0.0).
    pub(super) tokens_by_the_second: bool,
    /// The status of the page for requests that go nowhere.
    pub(super) page: u16,
    /// The answer to a client that failed, to a bad code, to a missing grant and to an unknown one.
    pub(super) client: (u16, &'static str),
    pub(super) code: (u16, &'static str),
    pub(super) missing: (u16, &'static str),
    pub(super) unknown: (u16, &'static str),
}

/// By the letter.
pub(super) const LETTER: Ways = Ways {
    free_port: false,
    unknown_scope: Unknown::Refused("invalid_scope"),
    particular: false,
    wants_redirect_uri: true,
    burns: true,
    breaks_on_backslash: false,
    tokens_by_the_second: false,
    page: 400,
    client: (401, r#"{"error":"invalid_client"}"#),
    code: (400, r#"{"error":"invalid_grant"}"#),
    missing: (400, r#"{"error":"invalid_request"}"#),
    unknown: (400, r#"{"error":"unsupported_grant_type"}"#),
};

#[derive(Clone)]
struct Flow {
    client: String,
    redirect_uri: String,
    scope: String,
    challenge: Option<String>,
    family: usize,
}

/// What was issued.
pub(super) struct Issuer {
    ways: Ways,
    pages: BTreeMap<String, Flow>,
    codes: BTreeMap<String, Flow>,
    spent: BTreeMap<String, usize>,
    refresh: BTreeMap<String, Flow>,
    access: BTreeMap<String, usize>,
    ended: Vec<usize>,
    families: usize,
    issued: usize,
    key: [u8; 32],
}

type Pairs = Vec<(String, String)>;

fn read(text: &str) -> Pairs {
    url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn get<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    let mut found = pairs.iter().filter(|(known, _)| known == name);
    found.next().map(|(_, value)| value.as_str())
}

fn twice(pairs: &Pairs) -> bool {
    let count = |name: &str| pairs.iter().filter(|(known, _)| known == name).count();
    pairs.iter().any(|(name, _)| count(name) > 1)
}

fn fresh() -> String {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    URL_SAFE_NO_PAD.encode(bytes)
}

fn registered(client: &str) -> Option<&'static str> {
    match client {
        "web" | "app" => Some("http://127.0.0.1:9401/cb"),
        "other" => Some("http://127.0.0.1:9402/cb"),
        _ => None,
    }
}

fn json((status, body): (u16, &'static str)) -> Answer {
    let answer = Answer::json(status, body).with("Cache-Control", "no-store");
    if status == 401 {
        return answer.with("WWW-Authenticate", "Basic realm=\"clients\"");
    }
    answer
}

impl Issuer {
    pub(super) fn new(ways: Ways) -> Self {
        Self {
            ways,
            pages: BTreeMap::new(),
            codes: BTreeMap::new(),
            spent: BTreeMap::new(),
            refresh: BTreeMap::new(),
            access: BTreeMap::new(),
            ended: Vec::new(),
            families: 0,
            issued: 0,
            key: [7; 32],
        }
    }

    pub(super) fn answer(&mut self, asked: &Asked) -> Answer {
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        match (asked.method.as_str(), path) {
            ("GET", "/authorize") => self.authorize(&read(query)),
            ("POST", "/login") => self.login(asked),
            ("POST", "/token") => self.token(asked),
            ("POST", "/introspect") => self.introspect(asked),
            ("POST", "/revoke") => self.revoke(asked),
            (_, "/token") => json((405, "{}")).with("Allow", "POST"),
            _ => Answer::json(404, "{}"),
        }
    }

    fn authorize(&mut self, asked: &Pairs) -> Answer {
        let page = |status| Answer::new(status, "text/html", "<h1>This can't go on</h1>");
        let (client, given) = (get(asked, "client_id"), get(asked, "redirect_uri"));
        let known = client.and_then(registered);
        let (Some(client), Some(known), Some(given)) = (client, known, given) else {
            return page(self.ways.page);
        };
        if self.ways.breaks_on_backslash && given.contains('\\') {
            return Answer::new(500, "text/plain", "");
        }
        // as text, but for the digits of the port
        let port = |uri: &str| {
            let rest = uri.strip_prefix("http://127.0.0.1:")?;
            let rest = rest.trim_start_matches(|one: char| one.is_ascii_digit());
            Some(rest.to_owned())
        };
        let alike = self.ways.free_port && port(given).is_some();
        if given != known && !(alike && port(given) == port(known)) || twice(asked) {
            return page(self.ways.page);
        }
        match self.checked(asked, client, given) {
            Ok(flow) => {
                let name = fresh();
                self.pages.insert(name.clone(), flow);
                let state = get(asked, "state").unwrap_or_default();
                let state = state
                    .replace('&', "&amp;")
                    .replace('"', "&quot;")
                    .replace('<', "&lt;");
                Answer::new(
                    200,
                    "text/html",
                    format!(
                        "<title>Log in</title><form method=post action=/login><input type=hidden name=page value=\"{name}\">\
                         <input type=hidden name=state value=\"{state}\"><input name=user><input type=password name=password>\
                         <button name=decision value=allow>Log in and allow</button></form>"
                    ),
                )
                .with("X-Frame-Options", "DENY")
                .with("Content-Security-Policy", "frame-ancestors 'none'")
                .with("Cache-Control", "no-store")
            }
            Err(error) => back(given, &[("error", error)], get(asked, "state")),
        }
    }

    fn checked(&self, asked: &Pairs, client: &str, uri: &str) -> Result<Flow, &'static str> {
        let state = get(asked, "state").unwrap_or_default();
        let odd = state.chars().any(|one| !matches!(one, ' '..='~'));
        let openid = get(asked, "scope").is_some_and(|scope| scope.contains("openid"));
        if self.ways.particular && (odd || openid && get(asked, "nonce").is_none()) {
            return Err("invalid_request");
        }
        match get(asked, "response_type") {
            Some("code") => {}
            Some(_) => return Err("unsupported_response_type"),
            None => return Err("invalid_request"),
        }
        let challenge = get(asked, "code_challenge");
        let method = get(asked, "code_challenge_method");
        if challenge.is_none_or(|one| one.len() != 43) || method != Some("S256") {
            return Err("invalid_request");
        }
        let scope = get(asked, "scope").unwrap_or("read");
        let all: Vec<&str> = scope.split(' ').collect();
        let known = |value: &&str| matches!(*value, "read" | "openid" | "profile");
        let kept: Vec<&str> = all.iter().copied().filter(|value| known(value)).collect();
        if let (Unknown::Refused(error), true) = (self.ways.unknown_scope, kept.len() < all.len()) {
            return Err(error);
        }
        Ok(Flow {
            client: client.to_owned(),
            redirect_uri: uri.to_owned(),
            scope: kept.join(" "),
            challenge: challenge.map(str::to_owned),
            family: 0,
        })
    }

    fn login(&mut self, asked: &Asked) -> Answer {
        let form = read(&asked.body);
        let page = Answer::new(403, "text/html", "<h1>No</h1>");
        let Some(flow) = get(&form, "page").and_then(|name| self.pages.remove(name)) else {
            return page;
        };
        if (get(&form, "user"), get(&form, "password")) != (Some("alice"), Some("wonderland")) {
            return page;
        }
        let code = fresh();
        let uri = flow.redirect_uri.clone();
        self.codes.insert(code.clone(), flow);
        back(&uri, &[("code", &code)], get(&form, "state"))
    }

    fn client(&self, asked: &Asked, form: &Pairs) -> Option<String> {
        let field = asked.one("authorization");
        let named = get(form, "client_id");
        let pair = match (field, get(form, "client_secret")) {
            (Some(_), Some(_)) => return None,
            (Some(field), None) => {
                let (scheme, coded) = field.split_once(' ')?;
                let known = scheme.eq_ignore_ascii_case("Basic");
                let bytes = STANDARD.decode(coded).ok().filter(|_| known)?;
                let text = String::from_utf8(bytes).ok()?;
                let (id, secret) = text.split_once(':')?;
                let coded = format!("id={id}&secret={secret}");
                let pairs = read(&coded);
                (
                    get(&pairs, "id")?.to_owned(),
                    get(&pairs, "secret")?.to_owned(),
                )
            }
            (None, Some(secret)) => (named?.to_owned(), secret.to_owned()),
            (None, None) => return named.filter(|id| *id == "app").map(str::to_owned),
        };
        let fits = named.is_none_or(|named| named == pair.0);
        let known = registered(&pair.0).is_some() && pair.0 != "app" && pair.1 == SECRET;
        (fits && known).then_some(pair.0)
    }

    fn token(&mut self, asked: &Asked) -> Answer {
        let form = read(&asked.body);
        if twice(&form) {
            return json((400, r#"{"error":"invalid_request"}"#));
        }
        let Some(client) = self.client(asked, &form) else {
            return json(self.ways.client);
        };
        match get(&form, "grant_type") {
            Some("authorization_code") => self.exchange(&client, &form),
            Some("refresh_token") => self.refresh(&client, &form),
            Some(_) => json(self.ways.unknown),
            None => json(self.ways.missing),
        }
    }

    fn exchange(&mut self, client: &str, form: &Pairs) -> Answer {
        let bad = json(self.ways.code);
        let name = get(form, "code").unwrap_or_default().to_owned();
        if let Some(family) = self.spent.get(&name) {
            self.ended.push(*family);
            return bad;
        }
        let Some(flow) = self.codes.get(&name).cloned() else {
            return bad;
        };
        let given = get(form, "redirect_uri");
        let may_miss = given.is_none() && !self.ways.wants_redirect_uri;
        let same = may_miss || given == Some(flow.redirect_uri.as_str());
        let proven = get(form, "code_verifier").is_some_and(|verifier| {
            let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
            (43..=128).contains(&verifier.len())
                && !verifier
                    .contains(|one: char| !one.is_ascii_alphanumeric() && !"-._~".contains(one))
                && Some(URL_SAFE_NO_PAD.encode(hash)) == flow.challenge
        });
        if flow.client != client || !same || !proven {
            if self.ways.burns {
                self.codes.remove(&name);
            }
            return bad;
        }
        self.codes.remove(&name);
        self.families += 1;
        let flow = Flow {
            family: self.families,
            ..flow
        };
        self.spent.insert(name, flow.family);
        self.issue(&flow)
    }

    fn refresh(&mut self, client: &str, form: &Pairs) -> Answer {
        let name = get(form, "refresh_token").unwrap_or_default();
        let bad = json(self.ways.code);
        let Some(flow) = self.refresh.get(name).cloned() else {
            if let Some(family) = self.spent.get(name) {
                self.ended.push(*family);
            }
            return bad;
        };
        if flow.client != client || self.ended.contains(&flow.family) {
            return bad;
        }
        self.refresh.remove(name);
        self.spent.insert(name.to_owned(), flow.family);
        self.issue(&flow)
    }

    fn issue(&mut self, flow: &Flow) -> Answer {
        let (access, refresh) = (self.access_token(flow), fresh());
        self.access.insert(access.clone(), flow.family);
        self.refresh.insert(refresh.clone(), flow.clone());
        let scope = &flow.scope;
        Answer::json(
            200,
            format!(
                r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":600,"refresh_token":"{refresh}","scope":"{scope}"}}"#
            ),
        )
        .with("Cache-Control", "no-store")
        .with("Pragma", "no-cache")
    }

    fn access_token(&mut self, flow: &Flow) -> String {
        if !self.ways.tokens_by_the_second {
            return fresh();
        }
        // a second has room for many requests
        self.issued += 1;
        let claims = format!(
            r#"{{"sub":"alice","aud":"https://api.example","client_id":"{}","scope":"{}","exp":{}}}"#,
            flow.client,
            flow.scope,
            2_000_000_000 + self.issued / 50
        );
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let input = format!(
            "{}.{}",
            part(r#"{"alg":"HS256","typ":"at+jwt"}"#),
            part(&claims)
        );
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &self.key);
        let tag = aws_lc_rs::hmac::sign(&key, input.as_bytes());
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// A refresh token takes along what came of its grant (RFC 7009 section 2.1).
    fn revoke(&mut self, asked: &Asked) -> Answer {
        let form = read(&asked.body);
        if self.client(asked, &form).is_none() {
            return json(self.ways.client);
        }
        let token = get(&form, "token").unwrap_or_default();
        self.ended
            .extend(self.refresh.get(token).map(|flow| flow.family));
        Answer::new(200, "text/plain", "")
    }

    fn introspect(&self, asked: &Asked) -> Answer {
        let form = read(&asked.body);
        if self.client(asked, &form).is_none() {
            return json(self.ways.client);
        }
        let token = get(&form, "token").unwrap_or_default();
        let family = self.access.get(token);
        let active = family.is_some_and(|family| !self.ended.contains(family));
        Answer::json(200, format!(r#"{{"active":{active}}}"#)).with("Cache-Control", "no-store")
    }
}

fn back(uri: &str, answer: &[(&str, &str)], state: Option<&str>) -> Answer {
    let mut url = url::Url::parse(uri).unwrap();
    url.query_pairs_mut().extend_pairs(answer);
    if let Some(state) = state {
        url.query_pairs_mut().append_pair("state", state);
    }
    Answer::new(303, "text/plain", "")
        .with("Location", url.as_str())
        .with("Cache-Control", "no-store")
}
