//! Places that only some cases are about: another user's object, an operator's operation, a socket, GraphQL, what
//! ends an account, the port for plain HTTP, the way in over TLS.
//!
//! A case names each by one word, as it names a guarded endpoint; what a yes looks like there is judged in `exec`.

use std::collections::BTreeMap;

use crate::model::Capability;
use crate::source::Node;
use crate::source::shape::{Field, Shape};
use crate::suite::model::Check;

use super::Profile;
use super::endpoint::{ENDPOINT, Endpoint};
use super::read::{Reader, text};

/// One of these places.
#[derive(Clone, Debug)]
pub struct Place {
    /// What is asked.
    pub endpoint: Endpoint,
    /// What counts as accepted, where status does not tell.
    pub accepted: Option<Check>,
    /// Text that only the good answer holds.
    pub shows: Option<String>,
    /// The field of a GraphQL mutation.
    pub mutation: Option<String>,
}

/// The words of these places in `to:`, with what a case then needs.
pub const PLACES: &[(&str, Capability)] = &[
    ("admin-only", Capability::AdminOnly),
    ("own-object", Capability::OtherObject),
    ("other-object", Capability::OtherObject),
    ("socket", Capability::Socket),
    ("graphql", Capability::GraphQl),
    ("disable-account", Capability::DisableAccount),
    ("enable-account", Capability::DisableAccount),
    ("change-password", Capability::ChangePassword),
    ("restore-password", Capability::ChangePassword),
    ("plain-http", Capability::PlainHttp),
    ("over-tls", Capability::Tls),
    ("issuer-over-tls", Capability::IssuerTls),
    ("openapi", Capability::OpenApi),
];

pub(super) const ADMIN_ONLY_KEY: Field = Field::new(
    "admin-only",
    ENDPOINT,
    "An operation that the valid credential must not open, since its user has not the role.",
);

pub(super) const OBJECTS_KEY: Field = Field::new(
    "objects",
    Shape::Map(&[
        Field::required(
            "own",
            ENDPOINT,
            "An object of the user of the valid credential.",
        ),
        Field::required("other", ENDPOINT, "The like of another user."),
        Field::required(
            "shows",
            Shape::Text,
            "Text that the other object holds, and no refusal.",
        ),
    ]),
    "An object of the user, and one of another user.",
);

pub(super) const SOCKET_KEY: Field = Field::new("socket", ENDPOINT, "A WebSocket.");

pub(super) const GRAPHQL_KEY: Field = Field::new(
    "graphql",
    Shape::Map(&[
        Field::required("path", Shape::Text, "Path of the GraphQL endpoint."),
        Field::required(
            "mutation",
            Shape::Text,
            "The field of a guarded mutation, as it stands inside `mutation { }`.",
        ),
        Field::new(
            "header",
            Shape::MapOf(&Shape::Scalar),
            "Fields that every request needs.",
        ),
    ]),
    "A GraphQL endpoint with a guarded mutation.",
);

pub(super) const ACCOUNT_CHANGES_KEY: Field = Field::new(
    "account-changes",
    Shape::Map(&[
        Field::new("disable", ENDPOINT, "Disables the account of mallory."),
        Field::new("enable", ENDPOINT, "Enables it again."),
        Field::new(
            "change-password",
            ENDPOINT,
            "Gives mallory's account another password.",
        ),
        Field::new(
            "restore-password",
            ENDPOINT,
            "Gives it the password that `users:` has.",
        ),
    ]),
    "Requests that change the account of mallory, each with the credential that it takes.",
);

pub(super) const OPENAPI_KEY: Field = Field::new(
    "openapi",
    ENDPOINT,
    "Where the API gives its description (OpenAPI, as JSON); its operations are asked at the target.",
);

pub(super) const PLAIN_HTTP_KEY: Field = Field::new(
    "plain-http",
    Shape::Text,
    "Origin of the same API over plain HTTP, where it should serve nothing. No credential is sent there.",
);

impl Reader<'_> {
    pub(super) fn places(&mut self, root: &Node) -> BTreeMap<String, Place> {
        let mut places = BTreeMap::new();
        let mut add = |word: &str, place: Option<Place>| {
            places.extend(place.map(|place| (word.to_owned(), place)));
        };
        for word in ["admin-only", "socket", "openapi"] {
            add(word, root.get(word).and_then(|node| self.place(node)));
        }
        if let Some(node) = root.get("objects") {
            add(
                "own-object",
                node.get("own").and_then(|own| self.place(own)),
            );
            let other = node.get("other").and_then(|other| self.place(other));
            let shows = text(node, "shows");
            add("other-object", other.map(|place| Place { shows, ..place }));
        }
        if let Some(node) = root.get("graphql") {
            let place = self.place_at(node, "POST");
            let mutation = text(node, "mutation");
            add("graphql", place.map(|place| Place { mutation, ..place }));
        }
        if let Some(node) = root.get("account-changes") {
            for (key, word) in [
                ("disable", "disable-account"),
                ("enable", "enable-account"),
                ("change-password", "change-password"),
                ("restore-password", "restore-password"),
            ] {
                add(word, node.get(key).and_then(|node| self.place(node)));
            }
        }
        if let Some(node) = root.get("plain-http") {
            add("plain-http", self.located_at_origin(node, "http"));
        }
        let tls = root.get("tls").and_then(|tls| tls.get("origin"));
        let target = root.get("target");
        let is_tls = self
            .origin
            .as_ref()
            .is_some_and(|origin| origin.scheme == "https");
        if let Some(node) = tls.or(target.filter(|_| is_tls)) {
            add("over-tls", self.located_at_origin(node, "https"));
        }
        let server = root.get("authorization-server");
        let issuer = server.and_then(|server| server.get("issuer"));
        let is_tls = |node: &&Node| {
            node.as_text()
                .is_some_and(|text| text.starts_with("https:"))
        };
        let beside = server.and_then(|server| server.get("over-tls"));
        if let Some(node) = beside.or(issuer.filter(is_tls)) {
            add("issuer-over-tls", self.located_at_origin(node, "https"));
        }
        places
    }

    fn place(&mut self, node: &Node) -> Option<Place> {
        let accepted = node.get("accepted").map(|rule| self.rule(rule));
        let endpoint = self.endpoint(node)?;
        Some(Place {
            endpoint,
            accepted,
            shows: None,
            mutation: None,
        })
    }

    fn place_at(&mut self, node: &Node, method: &str) -> Option<Place> {
        let mut place = self.place(node)?;
        method.clone_into(&mut place.endpoint.method);
        Some(place)
    }

    /// The origin alone: the path is that of the guarded endpoint.
    fn located_at_origin(&mut self, node: &Node, scheme: &str) -> Option<Place> {
        let origin = node.as_text().unwrap_or_default();
        let endpoint = self.located(node, "GET", &format!("{}/", origin.trim_end_matches('/')))?;
        if endpoint.origin.scheme != scheme {
            self.error("origin", node, format!("this is no origin of {scheme}"));
            return None;
        }
        Some(Place {
            endpoint,
            accepted: None,
            shows: None,
            mutation: None,
        })
    }
}

impl Profile {
    /// Which of the capabilities of [`PLACES`] are given: all of their places are there.
    pub(super) fn given_places(&self) -> impl Iterator<Item = Capability> + '_ {
        let is_whole = |capability: &Capability| {
            PLACES
                .iter()
                .filter(|(_, needed)| needed == capability)
                .all(|(word, _)| self.places.contains_key(*word))
        };
        let mut all: Vec<Capability> = PLACES.iter().map(|(_, capability)| *capability).collect();
        all.dedup();
        all.into_iter().filter(is_whole)
    }
}
