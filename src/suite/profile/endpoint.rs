//! What is asked: a method and a place, as a line or as a map.

use crate::matcher;
use crate::model::Origin;
use crate::source::shape::{Field, Shape};
use crate::source::{Diagnostic, Node};
use crate::wire::form;

use super::door::{DEMANDS, FORM, schemes};
use super::read::{Reader, pairs, text};

/// Anything that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Method token.
    pub method: String,
    /// Where: the target's origin unless the profile says a whole URL.
    pub origin: Origin,
    /// Path and query.
    pub target: String,
    /// Fields that every request needs.
    pub headers: Vec<(String, String)>,
    /// Content of a request, with its media type.
    pub body: Option<(String, String)>,
}

pub(super) const TARGET_KEY: Field = Field::required(
    "target",
    Shape::Text,
    "Origin of the target, with a base path if its paths share one.",
);

pub(super) const OPEN_KEY: Field =
    Field::new("open", ENDPOINT, "An endpoint that anybody may ask.");

pub(super) const RESOURCE_METADATA_KEY: Field = Field::new(
    "resource-metadata",
    ENDPOINT,
    "Metadata of the protected resource (RFC 9728), where it is not at the well-known path of the first endpoint.",
);

pub(super) const TOKEN_LOGOUT_KEY: Field = Field::new(
    "token-logout",
    ENDPOINT,
    "A request that ends the token which it carries.",
);

pub(super) const JWKS_KEY: Field =
    Field::new("jwks", ENDPOINT, "Where the issuer publishes its keys.");

/// `GET /orders`, or a map.
pub(super) const ENDPOINT: Shape = Shape::Either(&[Shape::Text, Shape::Map(ENDPOINT_MAP)]);

const ENDPOINT_MAP: &[Field] = &[
    Field::new("name", Shape::Text, "Its name in `protected.NAME`."),
    Field::new("method", Shape::Text, "GET if unsaid."),
    Field::required("path", Shape::Text, "Path and query, or a whole URL."),
    Field::new(
        "header",
        Shape::MapOf(&Shape::Scalar),
        "Fields that every request needs.",
    ),
    Field::new("json", Shape::Any, "A JSON body."),
    Field::new("form", Shape::MapOf(&Shape::Scalar), "A form body."),
    Field::new(
        "body",
        Shape::Text,
        "A body as written, with `content-type` among the fields.",
    ),
    Field::new(
        "scheme",
        Shape::Word(schemes),
        "What guards it; told by the credential if unsaid.",
    ),
    Field::new(
        "introspected",
        Shape::Bool,
        "It takes opaque tokens, about which the target asks authspec's provider.",
    ),
    Field::new(
        "demands",
        Shape::Map(DEMANDS),
        "What it asks of a token beside being valid.",
    ),
    Field::new(
        "demands-nonce",
        Shape::Bool,
        "It demands a nonce of its own in every DPoP proof (RFC 9449 section 9).",
    ),
    Field::new(
        "certificate-bound",
        Shape::Bool,
        "It takes tokens that are bound to the client certificate of the connection (RFC 8705); its URL is whole, with https.",
    ),
    Field::new(
        "credential",
        Shape::Map(FORM),
        "The form in which it takes its credential, where that is not the standard's.",
    ),
    Field::new(
        "accepted",
        Shape::Open(matcher::fields),
        "What counts as accepted, where status does not tell.",
    ),
];

impl Reader<'_> {
    pub(super) fn target(&mut self, node: &Node) {
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
    pub(super) fn endpoint(&mut self, node: &Node) -> Option<Endpoint> {
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

    pub(super) fn located(&mut self, node: &Node, method: &str, path: &str) -> Option<Endpoint> {
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
}

pub(super) fn query_of(url: &url::Url) -> String {
    url.query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default()
}

pub(super) fn content(node: &Node) -> Option<(String, String)> {
    if let Some(json) = node.get("json") {
        return Some((json.to_json().to_string(), "application/json".to_owned()));
    }
    if node.get("form").is_some() {
        let body = form::encode(&pairs(node.get("form")));
        return Some((body, "application/x-www-form-urlencoded".to_owned()));
    }
    text(node, "body").map(|body| (body, String::new()))
}
