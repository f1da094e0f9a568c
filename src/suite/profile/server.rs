//! An authorization server and the clients registered there.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::forge::{Certificates, Key};
use crate::model::Secret;
use crate::source::Node;
use crate::source::shape::{Field, Shape};

use super::certificate::CERTIFICATE;
use super::endpoint::Endpoint;
use super::read::{Reader, flag, pairs, text};
use super::recipe::{MOVES, Move};

/// A registered client.
#[derive(Clone)]
pub struct OAuthClient {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: Option<Secret>,
    /// Registered redirection URI.
    pub redirect_uri: Option<String>,
    /// It authenticates in the body by default.
    pub post: bool,
    /// The key with which it signs assertions and request objects.
    pub key: Option<Arc<Key>>,
    /// Whom its assertions are for, where that is not the issuer.
    pub audience: Option<String>,
    /// Its key is that of an attester, who vouches for it.
    pub attested: bool,
    /// How the attester calls itself.
    pub attester: Option<String>,
    /// The certificate by which it authenticates or to which its tokens are bound (RFC 8705), and those of somebody else.
    pub certificates: Option<Certificates>,
}

/// An authorization server.
#[derive(Clone, Default)]
pub struct Server {
    /// Issuer identifier.
    pub issuer: Option<String>,
    /// Endpoints named by hand, by their metadata name without the ending.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// How one logs in there.
    pub login: Vec<Move>,
    /// How one consents.
    pub consent: Vec<Move>,
    /// Scope asked for where a case says none.
    pub scope: Option<String>,
    /// Scope of a client's own grant.
    pub own_scope: Option<String>,
    /// Scope and further parameters that bring a refresh token.
    pub refresh_token: Option<Vec<(String, String)>>,
    /// The token without which nobody registers a client.
    pub registration_token: Option<Secret>,
    /// How one sees whether an access token lives: `introspection`, `userinfo` or `protected`.
    pub witness: Option<String>,
    /// Two APIs that tokens may be asked for (RFC 8707).
    pub resources: Vec<String>,
    /// Two entries of authorization details that may be asked for (RFC 9396).
    pub details: Vec<Value>,
}

/// The scope that is asked for with a refresh token, with and without one of its values. What a refresh asks for is
/// without `offline_access`, which brings the refresh token and need not count as granted.
pub struct Scopes {
    /// The whole, for a refresh.
    pub all: String,
    /// Without that value, for a refresh.
    pub less: String,
    /// Without that value, for the request that brings the refresh token.
    pub asked_less: String,
    /// The value that may be left out.
    pub left_out: String,
}

const OFFLINE: &str = "offline_access";

impl Server {
    /// Of the scope that brings a refresh token, the last value on which neither that token nor an ID token hangs; none
    /// where nothing would be left.
    pub fn scopes(&self) -> Option<Scopes> {
        let parameters = self.refresh_token.as_ref()?;
        let mut own = parameters.iter().filter(|(name, _)| name == "scope");
        let own = own.next().map(|(_, scope)| scope);
        let values: Vec<&str> = own.or(self.scope.as_ref())?.split_whitespace().collect();
        let less_than = |left_out: &str| {
            let others = values.iter().copied().filter(|value| *value != left_out);
            others.collect::<Vec<_>>()
        };
        let for_refresh = |mut values: Vec<&str>| {
            values.retain(|value| *value != OFFLINE);
            values.join(" ")
        };
        let may_go = |value: &&str| {
            let mut less = less_than(value);
            less.retain(|value| *value != OFFLINE);
            !matches!(*value, "openid" | OFFLINE)
                && !less.is_empty()
                && !less.iter().any(|other| other.contains(*value))
        };
        let left_out = values.iter().rev().copied().find(may_go)?;
        Some(Scopes {
            all: for_refresh(values.clone()),
            less: for_refresh(less_than(left_out)),
            asked_less: less_than(left_out).join(" "),
            left_out: left_out.to_owned(),
        })
    }
}

pub(super) const CLIENTS_KEY: Field = Field::new(
    "clients",
    Shape::MapOf(&Shape::Map(OAUTH_CLIENT)),
    "Registered clients by role: confidential, other, public, with-query, native, odd-secret, private-key-jwt, other-private-key-jwt, pushing, signing, sealing, bound, attested, rotated, signed-userinfo, tls-client, other-tls-client, expired-tls-client, self-signed-tls-client, certified-public.",
);

pub(super) const AUTHORIZATION_SERVER_KEY: Field = Field::new(
    "authorization-server",
    Shape::Map(SERVER),
    "An authorization server.",
);

const OAUTH_CLIENT: &[Field] = &[
    Field::required("id", Shape::Text, "client_id."),
    Field::new("secret", Shape::Text, "client_secret."),
    Field::new("redirect-uri", Shape::Text, "Registered redirection URI."),
    Field::new(
        "post",
        Shape::Bool,
        "It authenticates in the body by default.",
    ),
    Field::new(
        "pem",
        Shape::Text,
        "Private key with which it signs assertions, as PEM.",
    ),
    Field::new("pem-file", Shape::Text, "File of the private key."),
    Field::new("jwk", Shape::Any, "Private key as JWK, a map or its text."),
    Field::new("kid", Shape::Text, "Key identifier of the header."),
    Field::new(
        "alg",
        Shape::Text,
        "ES256, RS256 ...; told by the key if unsaid.",
    ),
    Field::new(
        "assertion-audience",
        Shape::Text,
        "Whom its assertions are for; the issuer if unsaid.",
    ),
    Field::new(
        "attester",
        Shape::Text,
        "Who vouches for an attested client, as iss of its attestations.",
    ),
    Field::new(
        "certificate",
        Shape::Map(CERTIFICATE),
        "The certificate that it shows over TLS (RFC 8705).",
    ),
];

const SERVER: &[Field] = &[
    Field::new(
        "issuer",
        Shape::Text,
        "Issuer identifier, whose metadata is read.",
    ),
    Field::new(
        "over-tls",
        Shape::Text,
        "Origin at which the same server speaks TLS, where the issuer is plain http on loopback.",
    ),
    Field::new(
        "authorization",
        Shape::Text,
        "Authorization endpoint, where no metadata names it.",
    ),
    Field::new("token", Shape::Text, "Token endpoint."),
    Field::new("introspection", Shape::Text, "Introspection endpoint."),
    Field::new("revocation", Shape::Text, "Revocation endpoint."),
    Field::new("userinfo", Shape::Text, "Userinfo endpoint."),
    Field::new("jwks", Shape::Text, "Key set."),
    Field::new(
        "pushed-authorization-request",
        Shape::Text,
        "Endpoint for pushed authorization requests.",
    ),
    Field::new(
        "device-authorization",
        Shape::Text,
        "Device authorization endpoint.",
    ),
    Field::new("registration", Shape::Text, "Registration endpoint."),
    Field::new(
        "end-session",
        Shape::Text,
        "Where a browser goes to log out.",
    ),
    Field::new(
        "registration-token",
        Shape::Text,
        "Initial access token, without which nobody registers a client.",
    ),
    Field::new(
        "resources",
        Shape::List(&Shape::Text),
        "Two APIs that one token may be asked for (RFC 8707).",
    ),
    Field::new(
        "authorization-details",
        Shape::List(&Shape::Any),
        "Two entries of authorization_details that a user may be asked for, each without the other (RFC 9396).",
    ),
    Field::new("login", MOVES, "How one logs in."),
    Field::new("consent", MOVES, "How one consents."),
    Field::new(
        "scope",
        Shape::Text,
        "Scope asked for where a case says none.",
    ),
    Field::new(
        "own-scope",
        Shape::Text,
        "Scope of a client's own grant (client_credentials).",
    ),
    Field::new(
        "refresh-token",
        Shape::MapOf(&Shape::Scalar),
        "Scope and further parameters that bring a refresh token.",
    ),
    Field::new(
        "witness",
        Shape::Word(witnesses),
        "How one sees whether an access token lives.",
    ),
];

fn witnesses() -> Vec<(&'static str, &'static str)> {
    vec![
        ("introspection", "The introspection endpoint says active."),
        ("userinfo", "The userinfo endpoint answers."),
        ("protected", "The first guarded endpoint opens."),
    ]
}

fn items<'a>(node: &'a Node, name: &str) -> impl Iterator<Item = &'a Node> {
    let list = node.get(name).and_then(Node::as_list);
    list.unwrap_or_default().iter()
}

impl Reader<'_> {
    pub(super) fn clients(&mut self, node: Option<&Node>) -> BTreeMap<String, OAuthClient> {
        let mut clients = BTreeMap::new();
        for (role, node) in node.and_then(Node::as_map).unwrap_or_default() {
            let secret = text(node, "secret")
                .map(|secret| self.secret(&secret, format!("client_secret of {}", role.text)));
            let client = OAuthClient {
                id: text(node, "id").unwrap_or_default(),
                secret,
                redirect_uri: text(node, "redirect-uri"),
                post: flag(node, "post"),
                key: self.client_key(node),
                audience: text(node, "assertion-audience"),
                attested: role.text == "attested",
                attester: text(node, "attester"),
                certificates: node
                    .get("certificate")
                    .and_then(|node| self.certificates_around(node)),
            };
            clients.insert(role.text.clone(), client);
        }
        clients
    }

    fn client_key(&mut self, node: &Node) -> Option<Arc<Key>> {
        let given = ["pem", "pem-file", "jwk"];
        given.iter().find(|name| node.get(name).is_some())?;
        let key = self.key(node, text(node, "alg").as_deref());
        key.map_err(|why| {
            let why = format!("the client's key can't be used: {why}");
            self.error("client-key", node, why);
        })
        .ok()
        .map(Arc::new)
    }

    pub(super) fn server(&mut self, node: &Node) -> Server {
        let mut endpoints = BTreeMap::new();
        for name in [
            "authorization",
            "token",
            "introspection",
            "revocation",
            "userinfo",
            "jwks",
            "pushed-authorization-request",
            "device-authorization",
            "registration",
            "end-session",
        ] {
            let method = if matches!(name, "authorization" | "userinfo" | "jwks" | "end-session") {
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
        let registration_token = text(node, "registration-token")
            .map(|token| self.secret(&token, "initial access token"));
        Server {
            registration_token,
            issuer: text(node, "issuer"),
            endpoints,
            login: self.moves(node.get("login")),
            consent: self.moves(node.get("consent")),
            scope: text(node, "scope"),
            own_scope: text(node, "own-scope"),
            refresh_token: node.get("refresh-token").map(|node| pairs(Some(node))),
            witness: text(node, "witness"),
            resources: items(node, "resources")
                .filter_map(|one| one.as_text().map(str::to_owned))
                .collect(),
            details: items(node, "authorization-details")
                .map(Node::to_json)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scope_that_may_be_left_out_is_the_last_on_which_nothing_hangs() {
        for (scope, with_refresh_token, expected) in [
            (
                Some("read write"),
                Some(None),
                Some(("read", "read", "write")),
            ),
            (
                Some("openid email"),
                Some(None),
                Some(("openid", "openid", "email")),
            ),
            (
                Some("openid"),
                Some(Some("openid read offline_access")),
                Some(("openid", "openid offline_access", "read")),
            ),
            // what is left holds its letters, and would look like it
            (
                Some("write write.all"),
                Some(None),
                Some(("write", "write", "write.all")),
            ),
            (
                Some("write.all write"),
                Some(None),
                Some(("write", "write", "write.all")),
            ),
            (Some("read"), Some(None), None),
            (Some("read offline_access"), Some(None), None),
            (Some("openid offline_access"), Some(None), None),
            (Some("read write"), None, None),
            (None, Some(None), None),
        ] {
            let parameters = |own: Option<&str>| {
                let own = own.map(|own| ("scope".to_owned(), own.to_owned()));
                own.into_iter().collect::<Vec<_>>()
            };
            let server = Server {
                scope: scope.map(str::to_owned),
                refresh_token: with_refresh_token.map(parameters),
                ..Server::default()
            };
            let found = server.scopes();
            let found = found
                .as_ref()
                .map(|one| (&*one.less, &*one.asked_less, &*one.left_out));
            assert_eq!(found, expected, "{scope:?} {with_refresh_token:?}");
        }
    }
}
