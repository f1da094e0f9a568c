//! Where the valid token comes from.

use crate::model::Secret;
use crate::source::Node;
use crate::source::shape::{Field, Shape};

use super::endpoint::Endpoint;
use super::endpoint::content;
use super::read::{Reader, flag, pairs, text};
use super::server::OAuthClient;

/// Where the valid token comes from.
#[derive(Clone)]
pub enum TokenSource {
    /// As given.
    Value(Secret),
    /// A request whose JSON answer holds it.
    Login {
        /// What is asked; its body holds secrets.
        endpoint: Endpoint,
        /// JSON Pointer to the token.
        token: String,
    },
    /// The client-credentials grant (RFC 6749 section 4.4).
    Grant {
        /// The token endpoint.
        endpoint: Endpoint,
        /// Who asks.
        client: OAuthClient,
        /// Further form parameters.
        form: Vec<(String, String)>,
    },
    /// Minted with [`Signing`](super::Signing).
    Minted,
    /// Opaque: the target asks authspec's provider about it.
    Introspected,
}

pub(super) const TOKEN_KEY: Field = Field::new("token", Shape::Text, "A valid token, as given.");

pub(super) const LOGIN_KEY: Field = Field::new(
    "login",
    Shape::Map(LOGIN),
    "A request whose JSON answer holds the token.",
);

pub(super) const GRANT_KEY: Field = Field::new(
    "grant",
    Shape::Map(GRANT),
    "The client-credentials grant (RFC 6749 section 4.4).",
);

const LOGIN: &[Field] = &[
    Field::new("method", Shape::Text, "POST if unsaid."),
    Field::required("path", Shape::Text, "Path, or a whole URL."),
    Field::new(
        "header",
        Shape::MapOf(&Shape::Scalar),
        "Fields of the request.",
    ),
    Field::new("json", Shape::Any, "A JSON body."),
    Field::new("form", Shape::MapOf(&Shape::Scalar), "A form body."),
    Field::required(
        "token",
        Shape::Text,
        "JSON Pointer to the token in the answer.",
    ),
];

const GRANT: &[Field] = &[
    Field::required("token-endpoint", Shape::Text, "Path, or a whole URL."),
    Field::required("id", Shape::Text, "client_id."),
    Field::required(
        "secret",
        Shape::Text,
        "client_secret, from the environment.",
    ),
    Field::new("post", Shape::Bool, "Client credentials in the body."),
    Field::new(
        "form",
        Shape::MapOf(&Shape::Scalar),
        "Further parameters, such as scope or audience.",
    ),
];

impl Reader<'_> {
    pub(super) fn token(&mut self, root: &Node, signing: bool) -> Option<TokenSource> {
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
                key: None,
                audience: None,
                attested: false,
                attester: None,
                certificates: None,
            };
            return Some(TokenSource::Grant {
                endpoint,
                client,
                form: pairs(node.get("form")),
            });
        }
        if signing {
            return Some(TokenSource::Minted);
        }
        let asks = root.get("asks-introspection").is_some();
        asks.then_some(TokenSource::Introspected)
    }
}
