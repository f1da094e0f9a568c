//! A profile file becomes a [`Profile`], or a list of everything that is wrong with it.

use serde_json::Map;

use crate::model::{Effect, Origin, Secret};
use crate::source::{self, Diagnostic, Node, Sources, Value};
use crate::suite::expectation::one_or_many;
use crate::suite::model::{Alternative, Check};
use crate::suite::template::Template;

use super::Profile;
use super::grammar::PROFILE;
use super::limits::{durations, limits};
use super::provider::provider;
use super::resolve::{Environment, resolve};

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

/// What every topic reads with: where it puts its errors and secrets, and what a path is relative to.
pub(super) struct Reader<'a> {
    pub(super) errors: Vec<Diagnostic>,
    pub(super) secrets: Vec<Secret>,
    pub(super) files: &'a dyn Fn(&str) -> Result<String, String>,
    pub(super) origin: Option<Origin>,
    pub(super) base: String,
}

impl Reader<'_> {
    fn read(&mut self, root: &Node) -> Option<Profile> {
        self.target(root.get("target")?);
        let origin = self.origin.clone()?;
        let mut users = self.users(root.get("users"));
        let basic = self.basic(root.get("basic"), &mut users);
        let signing = self.signing(root);
        let token = self.token(root, signing.is_some());
        let certificates = root.get("tls").and_then(|node| self.certificates(node));
        let proof_key = root.get("dpop").and_then(|node| self.proof_key(node));
        let doors = self.doors(
            root.get("guarded"),
            basic,
            token.as_ref(),
            certificates.is_some(),
        );
        let client = root.get("client").and_then(|node| self.client(node));
        let places = self.places(root);
        let profile = Profile {
            places,
            open: root.get("open").and_then(|node| self.endpoint(node)),
            write: root.get("guarded-write").and_then(|node| self.write(node)),
            resource_metadata: root
                .get("resource-metadata")
                .and_then(|node| self.endpoint(node)),
            token_logout: root
                .get("token-logout")
                .and_then(|node| self.endpoint(node)),
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
            provider: provider(root.get("provider")),
            ca: root.get("tls").and_then(|node| text(node, "ca")),
            asks_introspection: self.asks_introspection(root.get("asks-introspection")),
            origin,
            base: self.base.clone(),
            doors,
            users,
            basic,
            token,
            signing,
            proof_key,
            certificates,
            client,
            secrets: std::mem::take(&mut self.secrets),
        };
        Some(profile)
    }

    pub(super) fn error(&mut self, code: &'static str, node: &Node, message: impl Into<String>) {
        self.errors
            .push(Diagnostic::error(code, node.span, message));
    }

    pub(super) fn secret(&mut self, value: &str, label: impl Into<String>) -> Secret {
        let secret = Secret::new(value, label);
        self.secrets.push(secret.clone());
        secret
    }

    pub(super) fn rule(&mut self, node: &Node) -> Check {
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
            any_of: vec![Alternative {
                all: matchers,
                of: None,
            }],
            of: None,
            actor: None,
        }
    }
}

pub(super) fn text(node: &Node, key: &str) -> Option<String> {
    node.get(key).map(scalar)
}

pub(super) fn scalar(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.clone(),
        _ => crate::suite::template::as_text(&node.to_json()),
    }
}

pub(super) fn flag(node: &Node, key: &str) -> bool {
    node.get(key).and_then(Node::as_bool).unwrap_or(false)
}

pub(super) fn words<T: FromIterator<String>>(node: Option<&Node>) -> T {
    node.into_iter().flat_map(one_or_many).map(scalar).collect()
}

pub(super) fn pairs(node: Option<&Node>) -> Vec<(String, String)> {
    let entries = node.and_then(Node::as_map).unwrap_or_default();
    entries
        .iter()
        .map(|(key, value)| (key.text.clone(), scalar(value)))
        .collect()
}

pub(super) fn members(node: Option<&Node>) -> Map<String, serde_json::Value> {
    match node.map(Node::to_json) {
        Some(serde_json::Value::Object(map)) => map,
        _ => Map::new(),
    }
}
