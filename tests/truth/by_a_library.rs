//! An application on the `oauth2` crate, whose requests nobody here wrote: the honest login works, right glue fails
//! nothing, and each mistake that the crate leaves to its users is found by the case that is there for it.

use std::collections::HashMap;
use std::io;

use aws_lc_rs::digest::{SHA256, digest};
use oauth2::basic::{BasicClient, BasicTokenType};
use oauth2::url::form_urlencoded;
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _, TokenUrl,
};
use tokio::runtime::Handle;

use crate::judged::{Run, bundled, run_with};
use crate::server::{Answer, Asked, Server};

/// What the glue around the crate forgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Glue {
    Right,
    /// No state, no challenge, and every answer is taken.
    NoState,
    /// A state that is the same for all.
    ConstantState,
    /// A state that is sent and never compared.
    StateNotCompared,
    /// No challenge, though there is no secret either.
    NoPkce,
    /// A token of any type is used as if it were a bearer token.
    AnyTokenType,
}

struct App {
    provider: String,
    http: reqwest::Client,
    glue: Glue,
    secret: Option<&'static str>,
    /// Who is logged in, by session.
    users: HashMap<String, String>,
    /// Logins under way: the browser and the verifier, by state.
    logins: HashMap<String, (String, Option<PkceCodeVerifier>)>,
    count: usize,
}

impl App {
    fn answer(&mut self, asked: &Asked) -> Answer {
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        let sid = session(asked).unwrap_or_default();
        let host = asked.one("host").unwrap_or_default();
        match (asked.method.as_str(), path) {
            ("GET", "/login") => self.login(host, &sid),
            ("GET", "/callback") => match self.callback(host, &sid, query) {
                Some(user) => {
                    let sid = self.fresh();
                    self.users.insert(sid.clone(), user);
                    with_session(to("/me"), &sid)
                }
                None => Answer::json(401, "{}"),
            },
            ("GET", "/me") => match self.users.get(&sid) {
                Some(user) => Answer::json(200, format!("{{\"sub\":\"{user}\"}}")),
                None => Answer::json(401, "{}"),
            },
            ("POST", "/logout") => {
                self.users.remove(&sid);
                Answer::json(200, "{}")
            }
            _ => Answer::json(404, "{}"),
        }
    }

    /// An identifier that nobody guesses.
    fn fresh(&mut self) -> String {
        self.count += 1;
        let seed = format!("{} {}", self.count, CsrfToken::new_random().secret());
        let hash = digest(&SHA256, seed.as_bytes());
        hash.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn challenged(&self) -> bool {
        !matches!(self.glue, Glue::NoState | Glue::NoPkce)
    }

    fn login(&mut self, host: &str, sid: &str) -> Answer {
        let sid = if sid.is_empty() {
            self.fresh()
        } else {
            sid.to_owned()
        };
        let state = match self.glue {
            Glue::ConstantState => CsrfToken::new("xyz".to_owned()),
            _ => CsrfToken::new_random(),
        };
        let client = BasicClient::new(ClientId::new("app".to_owned()))
            .set_auth_uri(AuthUrl::new(format!("{}/authorize", self.provider)).unwrap())
            .set_redirect_uri(callback_of(host));
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client
            .authorize_url(|| state)
            .add_scope(Scope::new("profile".to_owned()));
        if self.challenged() {
            request = request.set_pkce_challenge(challenge);
        }
        let (mut url, state) = request.url();
        if self.glue == Glue::NoState {
            let kept: Vec<_> = url.query_pairs().into_owned().collect();
            let kept = kept.iter().filter(|(name, _)| name != "state");
            url.set_query(Some(
                &form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(kept)
                    .finish(),
            ));
        }
        let verifier = self.challenged().then_some(verifier);
        self.logins
            .insert(state.into_secret(), (sid.clone(), verifier));
        with_session(to(url.as_str()), &sid)
    }

    /// Who comes back, if it is somebody.
    fn callback(&mut self, host: &str, sid: &str, query: &str) -> Option<String> {
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let one = |wanted: &str| {
            let mut found = pairs.iter().filter(|(name, _)| name == wanted);
            let value = found.next().map(|(_, value)| value.clone());
            value.filter(|_| found.next().is_none())
        };
        if pairs.iter().any(|(name, _)| name == "error") {
            return None;
        }
        let verifier = match self.glue {
            Glue::NoState => None,
            Glue::StateNotCompared => {
                let own = self.logins.iter().find(|(_, (browser, _))| browser == sid);
                let own = own.map(|(state, _)| state.clone())?;
                self.logins.remove(&own)?.1
            }
            _ => {
                let (browser, verifier) = self.logins.remove(&one("state")?)?;
                if browser != sid && self.glue != Glue::ConstantState {
                    return None;
                }
                verifier
            }
        };
        let code = AuthorizationCode::new(one("code")?);
        // the provider answers on the same runtime
        tokio::task::block_in_place(|| self.user(host, code, verifier))
    }

    fn user(
        &self,
        host: &str,
        code: AuthorizationCode,
        verifier: Option<PkceCodeVerifier>,
    ) -> Option<String> {
        let mut client = BasicClient::new(ClientId::new("app".to_owned()))
            .set_token_uri(TokenUrl::new(format!("{}/token", self.provider)).unwrap())
            .set_redirect_uri(callback_of(host));
        if let Some(secret) = self.secret {
            client = client.set_client_secret(ClientSecret::new(secret.to_owned()));
        }
        let mut request = client.exchange_code(code);
        if let Some(verifier) = verifier {
            request = request.set_pkce_verifier(verifier);
        }
        let tokens = request
            .request(&|request| Handle::current().block_on(self.send(request)))
            .ok()?;
        let bearer = *tokens.token_type() == BasicTokenType::Bearer;
        if !bearer && self.glue != Glue::AnyTokenType {
            return None;
        }
        // the crate takes an empty one
        if tokens.access_token().secret().is_empty() {
            return None;
        }
        let asked = self.http.get(format!("{}/userinfo", self.provider));
        let asked = asked.bearer_auth(tokens.access_token().secret());
        let user = Handle::current()
            .block_on(async { asked.send().await?.error_for_status()?.bytes().await })
            .ok()?;
        let user: serde_json::Value = serde_json::from_slice(&user).ok()?;
        let sub = user.get("sub")?.as_str()?;
        (!sub.is_empty()).then(|| sub.to_owned())
    }

    /// What the crate asks for, by the HTTP client that is in the tree.
    async fn send(&self, request: HttpRequest) -> io::Result<HttpResponse> {
        let (head, body) = request.into_parts();
        let asked = self.http.request(head.method, head.uri.to_string());
        let answer = asked.headers(head.headers).body(body).send().await;
        let answer = answer.map_err(io::Error::other)?;
        let mut response = HttpResponse::default();
        *response.status_mut() = answer.status();
        response.headers_mut().clone_from(answer.headers());
        *response.body_mut() = answer.bytes().await.map_err(io::Error::other)?.to_vec();
        Ok(response)
    }
}

fn callback_of(host: &str) -> RedirectUrl {
    RedirectUrl::new(format!("http://{host}/callback")).unwrap()
}

fn to(url: &str) -> Answer {
    Answer::json(303, "{}").with("Location", url)
}

fn with_session(answer: Answer, sid: &str) -> Answer {
    answer.with(
        "Set-Cookie",
        format!("sid={sid}; Path=/; HttpOnly; SameSite=Lax"),
    )
}

/// The session of a browser, whose cookies may come in several fields.
fn session(asked: &Asked) -> Option<String> {
    let fields = asked.all("cookie");
    let mut pairs = fields.iter().flat_map(|field| field.split("; "));
    pairs.find_map(|pair| pair.strip_prefix("sid=").map(str::to_owned))
}

async fn judged(glue: Glue, secret: Option<&'static str>, cases: &[&str]) -> Run {
    let port = authspec::edge::launch::free_port().unwrap();
    // whoever follows a redirect of the token endpoint takes code and secret along
    let alone = reqwest::redirect::Policy::none();
    let mut app = App {
        provider: format!("http://127.0.0.1:{port}"),
        http: reqwest::Client::builder().redirect(alone).build().unwrap(),
        glue,
        secret,
        users: HashMap::new(),
        logins: HashMap::new(),
        count: 0,
    };
    let server = Server::start(move |asked| app.answer(asked)).await;
    let secret = secret.map_or_else(String::new, |secret| format!("secret: {secret}"));
    let profile = format!(
        r#"
target: {}
users: {{ alice: {{ name: alice, subject: alice }}, mallory: {{ name: mallory, subject: mallory }} }}
provider: {{ listen: "127.0.0.1:{port}", issuer: "http://127.0.0.1:{port}", reaches-listener: true }}
client:
  login: GET /login
  callback: /callback
  who-am-i: {{ path: /me, name: /sub }}
  logout: POST /logout
  id: app
  {secret}
"#,
        server.origin
    );
    run_with(&profile, &bundled(cases), 4).await
}

const SECRET: Option<&str> = Some("a-secret-of-this-test-0123456789");

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn right_glue_fails_nothing() {
    for (secret, cases, passes) in [
        (SECRET, &["client/"][..], 60),
        (None, &["client/callback", "client/request"], 20),
    ] {
        let run = judged(Glue::Right, secret, cases).await;
        for word in ["fail", "warn"] {
            run.assert_only(word, &[]);
        }
        // a case that asks where code and secret go has no secret to look for at a public client
        let lost = run.with("inconclusive");
        let secretless = ["client/request::token-redirect-carries-no-secret"];
        let known = if secret.is_none() {
            &secretless[..]
        } else {
            &[]
        };
        assert_eq!(lost, known, "{}", run.told());
        assert!(run.with("pass").len() >= passes, "{}", run.told());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_the_crate_leaves_to_its_users_is_found() {
    const STRANGER: &str = "client/callback::strangers-callback-logs-nobody-in";
    for (glue, secret, case) in [
        (Glue::NoState, SECRET, STRANGER),
        (
            Glue::NoState,
            SECRET,
            "client/request::something-cannot-be-guessed",
        ),
        (
            Glue::ConstantState,
            SECRET,
            "client/request::state-is-fresh",
        ),
        (
            Glue::StateNotCompared,
            SECRET,
            "client/callback::altered-state-is-refused[state=other]",
        ),
        (Glue::NoPkce, None, "client/request::pkce-is-used"),
        (
            Glue::AnyTokenType,
            SECRET,
            "client/tokens::token-of-an-unknown-type[type=mac]",
        ),
    ] {
        let run = judged(glue, secret, &[case.split('[').next().unwrap()]).await;
        let found = matches!(run.verdict(case).word(), "fail" | "warn");
        assert!(found, "{glue:?}\n{}", run.told());
    }
}
