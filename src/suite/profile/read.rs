//! A profile file becomes a [`Profile`], or a list of everything that is wrong with it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Map;

use crate::forge::Key;
use crate::model::{Effect, Origin, Secret};
use crate::source::shape::duration;
use crate::source::{self, Diagnostic, Node, Sources, Value};
use crate::suite::catalogue;
use crate::suite::expectation::one_or_many;
use crate::suite::model::Check;
use crate::suite::template::Template;
use crate::wire::form;

use super::grammar::PROFILE;
use super::resolve::{Environment, resolve};
use super::{
    Carrier, ClientApp, Door, Endpoint, Form, GuardedWrite, Limits, Move, OAuthClient, Profile,
    ProviderAt, Scheme, Server, Signing, Start, TokenSource, User, WhoAmI,
};

/// Compiles a profile. `target` overrides the file's; `files` reads what the profile names.
pub fn profile(
    sources: &Sources,
    file: u32,
    target: Option<&str>,
    environment: Environment<'_>,
    files: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Profile, Vec<Diagnostic>> {
    let empty = source::Span {
        file,
        start: 0,
        end: 0,
    };
    let root = source::parse(sources, file)?;
    let mut root = root.unwrap_or(Node {
        span: empty,
        value: Value::Map(Vec::new()),
    });
    if let (Some(target), Value::Map(entries)) = (target, &mut root.value) {
        entries.retain(|(key, _)| key.text != "target");
        let key = source::Key {
            span: empty,
            text: "target".to_owned(),
        };
        entries.push((
            key,
            Node {
                span: empty,
                value: Value::Text(target.to_owned()),
            },
        ));
    }
    let mut errors = Vec::new();
    PROFILE.check(&root, "a profile", &mut errors);
    let mut secrets = Vec::new();
    resolve(&mut root, environment, &mut secrets, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut reader = Reader {
        errors: Vec::new(),
        secrets,
        files,
        origin: None,
        base: String::new(),
    };
    let profile = reader.read(&root);
    match profile {
        Some(profile) if reader.errors.is_empty() => Ok(profile),
        _ => Err(reader.errors),
    }
}

struct Reader<'a> {
    errors: Vec<Diagnostic>,
    secrets: Vec<Secret>,
    files: &'a dyn Fn(&str) -> Result<String, String>,
    origin: Option<Origin>,
    base: String,
}

impl Reader<'_> {
    fn read(&mut self, root: &Node) -> Option<Profile> {
        self.target(root.get("target")?);
        let origin = self.origin.clone()?;
        let mut users = self.users(root.get("users"));
        let basic = self.basic(root.get("basic"), &mut users);
        let signing = self.signing(root);
        let token = self.token(root, signing.is_some());
        let doors = self.doors(root.get("guarded"), basic, token.is_some());
        let client = root.get("client").and_then(|node| self.client(node));
        let profile = Profile {
            open: root.get("open").and_then(|node| self.endpoint(node)),
            write: root.get("guarded-write").and_then(|node| self.write(node)),
            jwks: root.get("jwks").and_then(|node| self.endpoint(node)),
            clients: self.clients(root.get("clients")),
            server: root
                .get("authorization-server")
                .map(|node| self.server(node)),
            standards: self.standards(root.get("standards")),
            features: words(root.get("claims")),
            durations: durations(root.get("durations")),
            allow: words::<Vec<String>>(root.get("allow"))
                .iter()
                .filter_map(|word| Effect::from_word(word))
                .collect(),
            allow_hosts: words(root.get("allow-host")),
            origins: self.origins(root.get("origins")),
            plain_http: flag(root, "allow-plain-http"),
            limits: limits(root.get("limits")),
            start: root.get("start").and_then(|node| self.start(node)),
            provider: ProviderAt {
                listen: root.get("provider").and_then(|node| text(node, "listen")),
                issuer: root.get("provider").and_then(|node| text(node, "issuer")),
                reaches_listener: root
                    .get("provider")
                    .is_some_and(|node| flag(node, "reaches-listener")),
            },
            ca: root.get("tls").and_then(|node| text(node, "ca")),
            asks_introspection: flag(root, "asks-introspection"),
            origin,
            base: self.base.clone(),
            doors,
            users,
            basic,
            token,
            signing,
            client,
            secrets: std::mem::take(&mut self.secrets),
        };
        Some(profile)
    }

    fn error(&mut self, code: &'static str, node: &Node, message: impl Into<String>) {
        self.errors
            .push(Diagnostic::error(code, node.span, message));
    }

    fn secret(&mut self, value: &str, label: impl Into<String>) -> Secret {
        let secret = Secret::new(value, label);
        self.secrets.push(secret.clone());
        secret
    }

    fn target(&mut self, node: &Node) {
        match Origin::parse(node.as_text().unwrap_or_default()) {
            Ok((origin, url)) => {
                self.base = url.path().trim_end_matches('/').to_owned();
                self.origin = Some(origin);
            }
            Err(why) => self.errors.push(
                Diagnostic::error(
                    "target",
                    node.span,
                    format!("the target is no URL that can be asked: {why}"),
                )
                .help("write its origin, such as `http://127.0.0.1:8080`"),
            ),
        }
    }

    /// `GET /orders`, `/orders`, a whole URL, or a map.
    fn endpoint(&mut self, node: &Node) -> Option<Endpoint> {
        match node.as_text() {
            Some(text) => {
                let (method, path) = match text.split_once(' ') {
                    Some((method, path)) => (method, path.trim()),
                    None => ("GET", text),
                };
                self.located(node, method, path)
            }
            None => {
                let path = text(node, "path")?;
                let method = text(node, "method").unwrap_or_else(|| "GET".to_owned());
                let mut endpoint = self.located(node, &method, &path)?;
                endpoint.headers = pairs(node.get("header"));
                endpoint.body = content(node);
                Some(endpoint)
            }
        }
    }

    fn located(&mut self, node: &Node, method: &str, path: &str) -> Option<Endpoint> {
        let fits = |one: char| one.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(one);
        if method.is_empty() || !method.chars().all(fits) {
            self.error("method", node, format!("`{method}` is no method"));
            return None;
        }
        let (origin, target) = if path.contains("://") {
            match Origin::parse(path) {
                Ok((origin, url)) => (origin, format!("{}{}", url.path(), query_of(&url))),
                Err(why) => {
                    self.error(
                        "endpoint",
                        node,
                        format!("this is no URL that can be asked: {why}"),
                    );
                    return None;
                }
            }
        } else {
            if !path.starts_with('/')
                || path.starts_with("//")
                || path.contains(['\\', ' ', '\r', '\n'])
            {
                self.errors.push(
                    Diagnostic::error("endpoint", node.span, "a path starts with one `/`")
                        .help("write `GET /orders`; another host needs a whole URL"),
                );
                return None;
            }
            (self.origin.clone()?, format!("{}{path}", self.base))
        };
        Some(Endpoint {
            method: method.to_owned(),
            origin,
            target,
            headers: Vec::new(),
            body: None,
        })
    }

    fn doors(&mut self, node: Option<&Node>, basic: bool, token: bool) -> Vec<Door> {
        let mut doors: Vec<Door> = Vec::new();
        for node in node.and_then(Node::as_list).unwrap_or_default() {
            let Some(endpoint) = self.endpoint(node) else {
                continue;
            };
            let form = node.get("credential").map(|form| self.form(form));
            let scheme = match text(node, "scheme").as_deref() {
                Some("basic") => Scheme::Basic,
                Some("bearer") => Scheme::Bearer,
                Some(_) => Scheme::Own,
                None => self.told_scheme(node, form.as_ref(), basic, token),
            };
            let accepted = node.get("accepted").map(|rule| self.rule(rule));
            let name = text(node, "name").unwrap_or_else(|| name_of(&endpoint));
            if doors.iter().any(|door| door.name == name) {
                self.error(
                    "endpoint-twice",
                    node,
                    format!("two endpoints are called `{name}`; give one a `name`"),
                );
            }
            doors.push(Door {
                name,
                endpoint,
                scheme,
                form,
                accepted,
            });
        }
        doors
    }

    fn told_scheme(
        &mut self,
        node: &Node,
        form: Option<&Form>,
        basic: bool,
        token: bool,
    ) -> Scheme {
        if let Some(form) = form {
            let standard_field =
                form.carrier == Carrier::Header && form.name.eq_ignore_ascii_case("authorization");
            if !standard_field {
                return Scheme::Own;
            }
            let starts = |scheme: &str| match &form.value {
                Template::Plain(value) => value
                    .as_str()
                    .is_some_and(|text| text.to_ascii_lowercase().starts_with(scheme)),
                _ => false,
            };
            if starts("basic") {
                return Scheme::Basic;
            }
        }
        match (basic, token) {
            (true, true) => {
                self.errors.push(
                    Diagnostic::error(
                        "scheme",
                        node.span,
                        "this profile has a password and a token",
                    )
                    .label("which of them opens this endpoint?")
                    .help(
                        "write `{ method: GET, path: /orders, scheme: basic }` or `scheme: bearer`",
                    ),
                );
                Scheme::Own
            }
            (true, false) => Scheme::Basic,
            (false, _) => Scheme::Bearer,
        }
    }

    fn form(&mut self, node: &Node) -> Form {
        let carrier = match text(node, "in").as_deref() {
            Some("query") => Carrier::Query,
            Some("form") => Carrier::Form,
            Some("cookie") => Carrier::Cookie,
            _ => Carrier::Header,
        };
        let value = node
            .get("value")
            .map_or(Template::Plain(serde_json::Value::Null), |value| {
                Template::compile(value, &mut self.errors)
            });
        if let Template::Plain(serde_json::Value::String(fixed)) = &value {
            self.secret(fixed, "credential");
        }
        Form {
            carrier,
            name: text(node, "name").unwrap_or_else(|| "Authorization".to_owned()),
            value,
        }
    }

    fn rule(&mut self, node: &Node) -> Check {
        let all = node.as_map().unwrap_or_default();
        let matchers = all
            .iter()
            .filter_map(|(key, value)| {
                Some((
                    crate::matcher::kind(&key.text)?,
                    Template::compile(value, &mut self.errors),
                ))
            })
            .collect();
        Check {
            any_of: vec![matchers],
            of: None,
            actor: None,
        }
    }

    fn write(&mut self, node: &Node) -> Option<GuardedWrite> {
        let send = node.get("send")?;
        let method = text(send, "method").unwrap_or_else(|| "POST".to_owned());
        let mut endpoint = self.located(send, &method, &text(send, "path")?)?;
        endpoint.headers = pairs(send.get("header"));
        let (content, media_type) = match (send.get("json"), send.get("form")) {
            (Some(json), _) => (json, "application/json"),
            (None, Some(form)) => (form, "application/x-www-form-urlencoded"),
            (None, None) => (send.get("path")?, "text/plain"),
        };
        let content = Template::compile(content, &mut self.errors);
        let seen_at = self.endpoint(node.get("seen-at")?)?;
        Some(GuardedWrite {
            endpoint,
            content,
            media_type: media_type.to_owned(),
            seen_at,
        })
    }

    fn users(&mut self, node: Option<&Node>) -> BTreeMap<String, User> {
        let mut users = BTreeMap::new();
        for (key, node) in node.and_then(Node::as_map).unwrap_or_default() {
            let name = text(node, "name").unwrap_or_default();
            let password = text(node, "password")
                .map(|password| self.secret(&password, format!("password of {}", key.text)));
            let subject = text(node, "subject").unwrap_or_else(|| name.clone());
            let email = text(node, "email").unwrap_or_else(|| format!("{name}@example.test"));
            users.insert(
                key.text.clone(),
                User {
                    name,
                    password,
                    subject,
                    email,
                },
            );
        }
        users
    }

    fn basic(&mut self, node: Option<&Node>, users: &mut BTreeMap<String, User>) -> bool {
        let Some(node) = node else { return false };
        let (Some(name), Some(password)) = (text(node, "user"), text(node, "password")) else {
            return false;
        };
        if name.contains(':') {
            self.error(
                "user-name",
                node,
                "a user name can't hold a colon (RFC 7617 section 2)",
            );
        }
        let password = self.secret(&password, "password of alice");
        let known = users.remove("alice");
        let (subject, email) = known.map_or_else(
            || (name.clone(), format!("{name}@example.test")),
            |known| (known.subject, known.email),
        );
        users.insert(
            "alice".to_owned(),
            User {
                name,
                password: Some(password),
                subject,
                email,
            },
        );
        true
    }

    fn token(&mut self, root: &Node, signing: bool) -> Option<TokenSource> {
        let given: Vec<&str> = ["token", "login", "grant"]
            .into_iter()
            .filter(|key| root.get(key).is_some())
            .collect();
        if given.len() > 1 {
            self.error(
                "token-twice",
                root,
                format!(
                    "{} are two ways to the valid token; keep one",
                    given.join(" and ")
                ),
            );
        }
        if let Some(node) = root.get("token") {
            return Some(TokenSource::Value(
                self.secret(node.as_text()?, "access_token"),
            ));
        }
        if let Some(node) = root.get("login") {
            let method = text(node, "method").unwrap_or_else(|| "POST".to_owned());
            let mut endpoint = self.located(node, &method, &text(node, "path")?)?;
            endpoint.headers = pairs(node.get("header"));
            endpoint.body = content(node);
            return Some(TokenSource::Login {
                endpoint,
                token: text(node, "token")?,
            });
        }
        if let Some(node) = root.get("grant") {
            let endpoint = self.located(node, "POST", &text(node, "token-endpoint")?)?;
            let secret = text(node, "secret").map(|secret| self.secret(&secret, "client_secret"));
            let client = OAuthClient {
                id: text(node, "id")?,
                secret,
                redirect_uri: None,
                post: flag(node, "post"),
            };
            return Some(TokenSource::Grant {
                endpoint,
                client,
                form: pairs(node.get("form")),
            });
        }
        signing.then_some(TokenSource::Minted)
    }

    fn signing(&mut self, root: &Node) -> Option<Signing> {
        if let Some(node) = root.get("trusts-provider") {
            return Some(Signing {
                key: None,
                alg: text(node, "alg").unwrap_or_else(|| "RS256".to_owned()),
                header: members(node.get("header")),
                claims: node.get("claims").map_or(
                    Template::Plain(serde_json::Value::Object(Map::new())),
                    |claims| Template::compile(claims, &mut self.errors),
                ),
            });
        }
        let node = root.get("key")?;
        let alg = text(node, "alg")?;
        let key = match self.key(node, &alg) {
            Ok(key) => key,
            Err(why) => {
                self.error(
                    "signing-key",
                    node,
                    format!("the signing key can't be used: {why}"),
                );
                return None;
            }
        };
        Some(Signing {
            key: Some(Arc::new(key)),
            alg,
            header: members(node.get("header")),
            claims: node
                .get("claims")
                .map(|claims| Template::compile(claims, &mut self.errors))?,
        })
    }

    fn key(&mut self, node: &Node, alg: &str) -> Result<Key, String> {
        let kid = text(node, "kid");
        let kid = kid.as_deref();
        let pem = match (text(node, "pem"), text(node, "pem-file")) {
            (Some(pem), _) => Some(pem),
            (None, Some(file)) => Some((self.files)(&file)?),
            (None, None) => None,
        };
        let shown = |why: crate::forge::ForgeError| why.to_string();
        if let Some(pem) = pem {
            self.secret(&pem, "signing key");
            return Key::from_pem(&pem, Some(alg), kid).map_err(shown);
        }
        if let Some(secret) = text(node, "secret") {
            let secret = self.secret(&secret, "signing secret");
            return Key::hmac(secret.reveal().as_bytes(), alg, kid).map_err(shown);
        }
        let Some(jwk) = node.get("jwk") else {
            return Err("one of secret, pem, pem-file or jwk is needed".to_owned());
        };
        let jwk = match jwk.as_text() {
            Some(text) => {
                serde_json::from_str(text).map_err(|_| "the JWK is not JSON".to_owned())?
            }
            None => jwk.to_json(),
        };
        if let Some(private) = jwk
            .get("d")
            .or_else(|| jwk.get("k"))
            .and_then(serde_json::Value::as_str)
        {
            self.secret(private, "signing key");
        }
        let key = Key::from_jwk(&jwk).map_err(shown)?;
        Ok(match kid {
            Some(kid) => key.with_kid(kid),
            None => key,
        })
    }

    fn clients(&mut self, node: Option<&Node>) -> BTreeMap<String, OAuthClient> {
        let mut clients = BTreeMap::new();
        for (role, node) in node.and_then(Node::as_map).unwrap_or_default() {
            let secret = text(node, "secret")
                .map(|secret| self.secret(&secret, format!("client_secret of {}", role.text)));
            let client = OAuthClient {
                id: text(node, "id").unwrap_or_default(),
                secret,
                redirect_uri: text(node, "redirect-uri"),
                post: flag(node, "post"),
            };
            clients.insert(role.text.clone(), client);
        }
        clients
    }

    fn server(&mut self, node: &Node) -> Server {
        let mut endpoints = BTreeMap::new();
        for name in [
            "authorization",
            "token",
            "introspection",
            "revocation",
            "userinfo",
            "jwks",
        ] {
            let method = if matches!(name, "authorization" | "userinfo" | "jwks") {
                "GET"
            } else {
                "POST"
            };
            if let Some(named) = node.get(name)
                && let Some(endpoint) =
                    self.located(named, method, named.as_text().unwrap_or_default())
            {
                endpoints.insert(name.to_owned(), endpoint);
            }
        }
        Server {
            issuer: text(node, "issuer"),
            endpoints,
            login: self.moves(node.get("login")),
            consent: self.moves(node.get("consent")),
            scope: text(node, "scope"),
            refresh_token: node.get("refresh-token").map(|node| pairs(Some(node))),
            witness: text(node, "witness"),
        }
    }

    fn moves(&mut self, node: Option<&Node>) -> Vec<Move> {
        node.into_iter()
            .flat_map(one_or_many)
            .filter_map(|node| self.one_move(node))
            .collect()
    }

    fn one_move(&mut self, node: &Node) -> Option<Move> {
        if node.as_text().is_some() {
            return self.endpoint(node).map(Move::Open);
        }
        if let Some(open) = node.get("open") {
            return self.endpoint(open).map(Move::Open);
        }
        if let Some(submit) = node.get("submit") {
            let fields = submit
                .get("fields")
                .and_then(Node::as_map)
                .unwrap_or_default();
            let fields = fields
                .iter()
                .map(|(key, value)| (key.text.clone(), Template::compile(value, &mut self.errors)))
                .collect();
            return Some(Move::Submit {
                form: text(submit, "form"),
                fields,
                button: text(submit, "button"),
            });
        }
        let moved = text(node, "follow")
            .map(Move::Follow)
            .or_else(|| text(node, "take").map(Move::Take));
        if moved.is_none() {
            self.error(
                "empty-move",
                node,
                "a move is one of open, submit, follow, take",
            );
        }
        moved
    }

    fn client(&mut self, node: &Node) -> Option<ClientApp> {
        let who = node.get("who-am-i")?;
        let registered = text(node, "id").map(|id| {
            let secret = text(node, "secret").map(|secret| self.secret(&secret, "client_secret"));
            OAuthClient {
                id,
                secret,
                redirect_uri: None,
                post: false,
            }
        });
        Some(ClientApp {
            login: self.moves(node.get("login")),
            login_evil: node.get("login-evil").map(|moves| self.moves(Some(moves))),
            callback: text(node, "callback")?,
            who: WhoAmI {
                endpoint: self.endpoint(who)?,
                name: text(who, "name"),
                nobody: who.get("nobody").map(|rule| self.rule(rule)),
            },
            logout: node.get("logout").map(|moves| self.moves(Some(moves))),
            registered,
        })
    }

    fn standards(&mut self, node: Option<&Node>) -> std::collections::BTreeSet<String> {
        let mut claimed = std::collections::BTreeSet::new();
        for node in node.into_iter().flat_map(one_or_many) {
            let word = node.as_text().unwrap_or_default();
            match catalogue::standard(word) {
                Some(standard) => {
                    claimed.insert(standard.word.to_owned());
                }
                None => {
                    let error = Diagnostic::error(
                        "unknown-standard",
                        node.span,
                        format!("no standard is called `{word}`"),
                    );
                    let known = catalogue::standards().map(|standard| standard.word);
                    let near = source::nearest(word, known);
                    self.errors.push(match near {
                        Some(near) => error.help(format!("did you mean `{near}`?")),
                        None => error,
                    });
                }
            }
        }
        claimed
    }

    fn origins(&mut self, node: Option<&Node>) -> Vec<Origin> {
        let mut origins = Vec::new();
        for node in node.into_iter().flat_map(one_or_many) {
            match Origin::parse(node.as_text().unwrap_or_default()) {
                Ok((origin, _)) => origins.push(origin),
                Err(why) => self.error("origin", node, format!("this is no origin: {why}")),
            }
        }
        origins
    }

    fn start(&mut self, node: &Node) -> Option<Start> {
        let command = node
            .get("command")
            .and_then(Node::as_list)
            .unwrap_or_default();
        if command.is_empty() {
            self.error(
                "no-command",
                node,
                "`command` is a list: the program, then its arguments",
            );
        }
        let ready = match node.get("ready") {
            Some(ready) => self.endpoint(ready)?,
            None => self.located(node, "GET", "/")?,
        };
        let env = node.get("env").and_then(Node::as_map).unwrap_or_default();
        Some(Start {
            command: command
                .iter()
                .map(|one| Template::compile(one, &mut self.errors))
                .collect(),
            env: env
                .iter()
                .map(|(key, value)| (key.text.clone(), Template::compile(value, &mut self.errors)))
                .collect(),
            directory: text(node, "directory"),
            ready,
            within: text(node, "within")
                .and_then(|span| duration(&span))
                .unwrap_or(Duration::from_secs(20)),
        })
    }
}

fn text(node: &Node, key: &str) -> Option<String> {
    node.get(key).map(scalar)
}

fn scalar(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.clone(),
        _ => crate::suite::template::as_text(&node.to_json()),
    }
}

fn flag(node: &Node, key: &str) -> bool {
    node.get(key).and_then(Node::as_bool).unwrap_or(false)
}

fn words<T: FromIterator<String>>(node: Option<&Node>) -> T {
    node.into_iter().flat_map(one_or_many).map(scalar).collect()
}

fn pairs(node: Option<&Node>) -> Vec<(String, String)> {
    let entries = node.and_then(Node::as_map).unwrap_or_default();
    entries
        .iter()
        .map(|(key, value)| (key.text.clone(), scalar(value)))
        .collect()
}

fn members(node: Option<&Node>) -> Map<String, serde_json::Value> {
    match node.map(Node::to_json) {
        Some(serde_json::Value::Object(map)) => map,
        _ => Map::new(),
    }
}

fn content(node: &Node) -> Option<(String, String)> {
    if let Some(json) = node.get("json") {
        return Some((json.to_json().to_string(), "application/json".to_owned()));
    }
    if node.get("form").is_some() {
        let body = form::encode(&pairs(node.get("form")));
        return Some((body, "application/x-www-form-urlencoded".to_owned()));
    }
    text(node, "body").map(|body| (body, String::new()))
}

fn query_of(url: &url::Url) -> String {
    url.query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default()
}

/// A name for an endpoint that has none: the last part of its path.
fn name_of(endpoint: &Endpoint) -> String {
    let path = endpoint.target.split(['?', '#']).next().unwrap_or_default();
    let last = path
        .rsplit('/')
        .find(|part| !part.is_empty())
        .unwrap_or("root");
    last.chars()
        .map(|one| {
            if one.is_ascii_alphanumeric() || one == '-' {
                one
            } else {
                '-'
            }
        })
        .collect()
}

fn durations(node: Option<&Node>) -> BTreeMap<String, Duration> {
    let entries = node.and_then(Node::as_map).unwrap_or_default();
    entries
        .iter()
        .filter_map(|(key, value)| Some((key.text.clone(), duration(value.as_text()?)?)))
        .collect()
}

fn limits(node: Option<&Node>) -> Limits {
    let number = |key: &str| {
        node.and_then(|node| node.get(key))
            .and_then(Node::as_int)
            .and_then(|one| u32::try_from(one).ok())
    };
    Limits {
        in_flight: number("in-flight"),
        per_second: number("per-second"),
        case_time: node
            .and_then(|node| text(node, "case-time"))
            .and_then(|span| duration(&span))
            .unwrap_or(Duration::from_secs(10)),
        failed_logins: number("failed-logins").unwrap_or(5),
    }
}
