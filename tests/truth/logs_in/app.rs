//! The application: one code flow with `state` and PKCE, dressed in the ways that applications have. A session keeps
//! one login at a time, as most do.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::server::{Answer, Asked};

/// How a login starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Start {
    Redirect,
    Link,
    Form,
    SelfSending,
    Address,
    TokenInJson,
    TokenInCookie,
    TokenInPage,
}

/// How a good one ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Redirect,
    Page,
    Json,
    Token,
}

/// How a bad one ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Refusal {
    Status401,
    Status500,
    Page,
    Redirect,
}

#[derive(Clone, Default)]
struct Session {
    state: String,
    verifier: String,
    csrf: String,
    user: Option<String>,
}

pub(crate) struct App {
    provider: u16,
    start: Start,
    end: End,
    refusal: Refusal,
    /// It checks what comes back, and sends a challenge.
    careful: bool,
    sessions: HashMap<String, Session>,
    made: u32,
}

impl App {
    pub(crate) fn new(
        provider: u16,
        start: Start,
        end: End,
        refusal: Refusal,
        careful: bool,
    ) -> Self {
        Self {
            provider,
            start,
            end,
            refusal,
            careful,
            sessions: HashMap::new(),
            made: 0,
        }
    }

    pub(crate) fn answer(&mut self, asked: &Asked) -> Answer {
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        let sid = self.session(asked);
        match path {
            "/csrf" => self.csrf(sid),
            "/login" => self.login(asked, sid),
            "/callback" => self.callback(asked, &sid, query),
            "/home" => self.home(&sid),
            "/logout" => self.logout(asked, &sid),
            "/me" => match self.sessions.get(&sid).and_then(|one| one.user.clone()) {
                Some(user) => Answer::json(200, format!(r#"{{"sub":"{user}"}}"#)),
                None => Answer::json(401, "{}"),
            },
            _ => Answer::new(404, "text/plain", "none"),
        }
    }

    fn fresh(&mut self, what: &str) -> String {
        self.made += 1;
        format!("{what}-{:032x}", u128::from(self.made) << 64 | 0x5eed)
    }

    /// By bearer token or by cookie; empty: none.
    fn session(&self, asked: &Asked) -> String {
        if let Some(token) = asked.one("authorization") {
            return token.trim_start_matches("Bearer ").to_owned();
        }
        cookie(asked, "sid").unwrap_or_default()
    }

    /// The session with its CSRF token, made where there is none.
    fn with_csrf(&mut self, sid: String) -> (String, String) {
        let sid = match self.sessions.contains_key(&sid) {
            true => sid,
            false => self.fresh("sid"),
        };
        let csrf = self.fresh("csrf+/=");
        let session = self.sessions.entry(sid.clone()).or_default();
        session.csrf.clone_from(&csrf);
        (sid, csrf)
    }

    fn csrf(&mut self, sid: String) -> Answer {
        let (sid, csrf) = self.with_csrf(sid);
        let answer = match self.start {
            Start::TokenInPage => html(format!("<meta name=csrf-token content=\"{csrf}\">")),
            Start::TokenInCookie => {
                html("<p>hello").with("Set-Cookie", format!("XSRF-TOKEN={csrf}; Path=/"))
            }
            _ => Answer::json(200, format!(r#"{{"csrfToken":"{csrf}"}}"#)),
        };
        with_session(answer, &sid)
    }

    fn login(&mut self, asked: &Asked, sid: String) -> Answer {
        let posts = matches!(
            self.start,
            Start::Form | Start::TokenInJson | Start::TokenInCookie | Start::TokenInPage
        );
        if posts && asked.method != "POST" {
            if self.start != Start::Form {
                return Answer::new(405, "text/plain", "POST");
            }
            let (sid, csrf) = self.with_csrf(sid);
            let form = format!(
                "<form method=post action=/login><input type=hidden name=csrf value=\"{csrf}\"><button>Log in</button></form>"
            );
            return with_session(html(form), &sid);
        }
        if posts && !self.knows_csrf(asked, &sid) {
            return Answer::new(403, "text/plain", "csrf");
        }
        let sid = match self.sessions.contains_key(&sid) {
            true => sid,
            false => self.fresh("sid"),
        };
        let state = self.fresh("state");
        let verifier = self.fresh("a-verifier-of-this-test");
        let hash = digest(&SHA256, verifier.as_bytes());
        let challenge = URL_SAFE_NO_PAD.encode(hash);
        let session = self.sessions.entry(sid.clone()).or_default();
        session.state.clone_from(&state);
        session.verifier = verifier;
        let host = asked.one("host").unwrap_or_default();
        let back = format!("http://{host}/callback");
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", "app"),
            ("scope", "openid"),
            ("state", &state),
            ("redirect_uri", &back),
        ];
        if self.careful {
            parameters.push(("code_challenge", &challenge));
            parameters.push(("code_challenge_method", "S256"));
        }
        with_session(self.onward(&parameters), &sid)
    }

    /// The way to the provider.
    fn onward(&self, parameters: &[(&str, &str)]) -> Answer {
        let endpoint = format!("http://127.0.0.1:{}/authorize", self.provider);
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let url = format!("{endpoint}?{}", query.extend_pairs(parameters).finish());
        match self.start {
            Start::Redirect | Start::Form | Start::TokenInCookie | Start::TokenInPage => {
                html("").status(302).with("Location", url)
            }
            Start::Link => html(format!(
                "<a href=/about>About</a><a class=provider href=\"{}\">Log in</a>",
                url.replace('&', "&amp;")
            )),
            Start::Address | Start::TokenInJson => {
                Answer::json(200, format!(r#"{{"url":"{url}"}}"#))
            }
            Start::SelfSending => {
                let fields: String = parameters
                    .iter()
                    .map(|(name, value)| {
                        format!("<input type=hidden name={name} value=\"{value}\">")
                    })
                    .collect();
                html(format!(
                    "<form action=\"{endpoint}\">{fields}</form><script>document.forms[0].submit()</script>"
                ))
            }
        }
    }

    fn knows_csrf(&self, asked: &Asked, sid: &str) -> bool {
        let sent = url::form_urlencoded::parse(asked.body.as_bytes())
            .find(|(name, _)| name == "csrf")
            .map(|(_, value)| value.into_owned())
            .or_else(|| asked.one("x-xsrf-token").map(str::to_owned));
        let known = self.sessions.get(sid).map(|session| session.csrf.clone());
        known.is_some() && known == sent
    }

    fn callback(&mut self, asked: &Asked, sid: &str, query: &str) -> Answer {
        let given: HashMap<_, _> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let begun = self.sessions.get_mut(sid).map(std::mem::take);
        let Session {
            state, verifier, ..
        } = begun.unwrap_or_default();
        let own = !state.is_empty() && given.get("state").is_some_and(|sent| **sent == state);
        let code = given.get("code").filter(|_| !given.contains_key("error"));
        let user = match code {
            Some(code) if own || !self.careful => self.user(asked, code, &verifier),
            _ => None,
        };
        let Some(user) = user else {
            return self.refused();
        };
        self.sessions.remove(sid);
        let sid = self.fresh("sid");
        let session = self.sessions.entry(sid.clone()).or_default();
        session.user = Some(user);
        match self.end {
            End::Redirect => with_session(html("").status(303).with("Location", "/home"), &sid),
            End::Page => with_session(html("<p>Welcome"), &sid),
            End::Json => with_session(Answer::json(200, r#"{"ok":true}"#), &sid),
            End::Token => Answer::json(200, format!(r#"{{"token":"{sid}"}}"#)),
        }
    }

    fn refused(&self) -> Answer {
        match self.refusal {
            Refusal::Status401 => html("<p>No").status(401),
            Refusal::Status500 => html("<p>Oops").status(500),
            Refusal::Page => html("<p>No"),
            Refusal::Redirect => html("").status(302).with("Location", "/failed"),
        }
    }

    /// Where a page has scripts, and one form, which logs out.
    fn home(&self, sid: &str) -> Answer {
        let csrf = self.sessions.get(sid).map(|session| session.csrf.clone());
        html(format!(
            "<meta http-equiv=refresh content=\"1800; url=/logout\"><script src=/app.js></script><form id=logout method=post action=/logout><input type=hidden name=csrf value=\"{}\"><button>Log out</button></form>",
            csrf.unwrap_or_default()
        ))
    }

    fn logout(&mut self, asked: &Asked, sid: &str) -> Answer {
        if asked.method != "POST" {
            return Answer::new(405, "text/plain", "POST");
        }
        self.sessions.remove(sid);
        html("").status(303).with("Location", "/")
    }

    /// Who the code stands for, asked of the provider.
    fn user(&self, asked: &Asked, code: &str, verifier: &str) -> Option<String> {
        let host = asked.one("host").unwrap_or_default();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        if self.careful {
            form.append_pair("code_verifier", verifier);
        }
        let form = form
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &format!("http://{host}/callback"))
            .append_pair("client_id", "app")
            .append_pair("client_secret", "a-secret-of-this-test")
            .finish();
        let token = self.provider("POST /token", "", &form)?;
        let bearer = token.get("access_token")?.as_str()?;
        let authorization = format!("Authorization: Bearer {bearer}\r\n");
        let user = self.provider("GET /userinfo", &authorization, "")?;
        Some(user.get("sub")?.as_str()?.to_owned())
    }

    /// JSON of the provider, if it says 200.
    fn provider(&self, what: &str, field: &str, body: &str) -> Option<serde_json::Value> {
        // the provider answers on the same runtime
        tokio::task::block_in_place(|| self.asked(what, field, body))
    }

    fn asked(&self, what: &str, field: &str, body: &str) -> Option<serde_json::Value> {
        let host = format!("127.0.0.1:{}", self.provider);
        let mut stream = TcpStream::connect(&host).ok()?;
        let head = format!(
            "{what} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{field}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let within = std::time::Duration::from_secs(20);
        stream.set_read_timeout(Some(within)).ok()?;
        stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let ok = head.starts_with("HTTP/1.1 200");
        ok.then(|| serde_json::from_str(body).ok()).flatten()
    }
}

fn html(body: impl Into<String>) -> Answer {
    Answer::new(200, "text/html; charset=utf-8", body)
}

fn with_session(answer: Answer, sid: &str) -> Answer {
    answer.with(
        "Set-Cookie",
        format!("sid={sid}; Path=/; HttpOnly; SameSite=Lax"),
    )
}

fn cookie(asked: &Asked, name: &str) -> Option<String> {
    let field = asked.one("cookie")?;
    let mut pairs = field.split("; ").filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned())
}
