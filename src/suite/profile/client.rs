//! An application that logs its users in at authspec's provider.

use std::collections::BTreeMap;

use crate::matcher;
use crate::source::Node;
use crate::source::shape::{Field, Shape};
use crate::suite::model::Check;

use super::endpoint::{ENDPOINT, Endpoint};
use super::read::{Reader, flag, text};
use super::recipe::{KEEP, Kept, MOVES, Move, kept};
use super::server::OAuthClient;

/// An application that logs its users in.
#[derive(Clone)]
pub struct ClientApp {
    /// How a login is started.
    pub login: Vec<Move>,
    /// How a login at the second provider is started.
    pub login_evil: Option<Vec<Move>>,
    /// How logins are started that use an extension, by its word.
    pub login_by: BTreeMap<String, Vec<Move>>,
    /// A page for which it asks the API with its user's token.
    pub api: Option<Endpoint>,
    /// How it logs in on another device.
    pub device: Option<DeviceApp>,
    /// How it is made to register itself.
    pub register: Option<Vec<Move>>,
    /// It revokes its tokens at logout.
    pub revokes: bool,
    /// Path of the callback.
    pub callback: String,
    /// What a script of the client would remember of the answer that ends a login.
    pub keep: Vec<(String, Kept)>,
    /// Who is logged in.
    pub who: WhoAmI,
    /// How one logs out.
    pub logout: Option<Vec<Move>>,
    /// Where it is told of logouts at the provider.
    pub back_channel: Option<Endpoint>,
    /// Where it publishes its keys.
    pub keys: Option<Endpoint>,
    /// Its credentials at authspec's provider.
    pub registered: Option<OAuthClient>,
}

/// A login on another device.
#[derive(Clone)]
pub struct DeviceApp {
    /// How it is started; what is shown at its end holds the code.
    pub start: Vec<Move>,
    /// The page that a browser asks again and again meanwhile; that of who-am-I, if none.
    pub page: Option<Endpoint>,
}

/// How one sees who is logged in.
#[derive(Clone, Debug)]
pub struct WhoAmI {
    /// What is asked, with the browser's cookies.
    pub endpoint: Endpoint,
    /// JSON Pointer to the name or subject; none: any name of an actor in the body.
    pub name: Option<String>,
    /// JSON Pointer to what the application itself calls the account.
    pub account: Option<String>,
    /// What nobody looks like; none: any status but 2xx, or no name.
    pub nobody: Option<Check>,
}

pub(super) const CLIENT_KEY: Field = Field::new(
    "client",
    Shape::Map(CLIENT),
    "An application that logs in at authspec's provider.",
);

const CLIENT: &[Field] = &[
    Field::required(
        "login",
        MOVES,
        "How a login is started: `GET /login`, or a recipe.",
    ),
    Field::new(
        "login-evil",
        MOVES,
        "How a login at the second provider is started.",
    ),
    Field::new(
        "login-by",
        Shape::Map(WAYS),
        "How logins are started that use an extension; that of `login`, if all do.",
    ),
    Field::required("callback", Shape::Text, "Path of the callback."),
    Field {
        doc: "Remembers values of the answer that ends a login, such as a token of the application's own: `{ token: /token }`; `${kept.token}` stands for it in `who-am-i` and `logout`.",
        ..KEEP
    },
    Field::required(
        "who-am-i",
        Shape::Either(&[Shape::Text, Shape::Map(WHO)]),
        "How one sees who is logged in.",
    ),
    Field::new("logout", MOVES, "How one logs out."),
    Field::new(
        "back-channel-logout",
        ENDPOINT,
        "Where it is told of logouts at the provider (backchannel_logout_uri): `POST /logout/back-channel`.",
    ),
    Field::new(
        "keys",
        ENDPOINT,
        "Its own key set (jwks_uri), where ID tokens are encrypted to it: `GET /jwks`.",
    ),
    Field::new(
        "api",
        ENDPOINT,
        "A page for which it asks the API at `${provider.api}` with its user's token: `GET /files`.",
    ),
    Field::new(
        "device",
        Shape::Map(DEVICE),
        "A login on another device (RFC 8628).",
    ),
    Field::new(
        "register",
        MOVES,
        "How it is made to register itself at the provider (RFC 7591).",
    ),
    Field::new(
        "revokes",
        Shape::Bool,
        "It revokes its tokens at logout (RFC 7009).",
    ),
    Field::new("id", Shape::Text, "Its client_id at authspec's provider."),
    Field::new("secret", Shape::Text, "Its client_secret."),
];

const WAYS: &[Field] = &[
    Field::new(
        "assertion",
        MOVES,
        "The client authenticates by private_key_jwt (RFC 7523).",
    ),
    Field::new("dpop", MOVES, "Tokens are bound to a key (RFC 9449)."),
    Field::new("push", MOVES, "The request is pushed (RFC 9126)."),
    Field::new(
        "resource",
        MOVES,
        "The request names a resource (RFC 8707).",
    ),
    Field::new(
        "public",
        MOVES,
        "The client has no secret; that of `login` where it has an `id` and no `secret`.",
    ),
    Field::new(
        "https",
        MOVES,
        "It starts at an https origin; that of `login` where the target is one.",
    ),
    Field::new(
        "third-party",
        MOVES,
        "The client's initiate_login_uri, to which `iss` and more are added (OpenID Connect Core section 4).",
    ),
    Field::new(
        "encrypted",
        MOVES,
        "ID tokens are encrypted to a key of `keys` (OpenID Connect Core section 10.2).",
    ),
    Field::new(
        "response-token",
        MOVES,
        "The answer comes as a token: response_mode `jwt` or `query.jwt` (JARM).",
    ),
    Field::new(
        "api",
        MOVES,
        "The client asks the API at `${provider.api}`, and its challenge leads to the provider (RFC 9728).",
    ),
    Field::new(
        "request-object",
        MOVES,
        "The request is a signed object (RFC 9101).",
    ),
    Field::new(
        "request-uri",
        MOVES,
        "The request is a signed object behind an address of the client's (RFC 9101).",
    ),
    Field::new(
        "pushed-object",
        MOVES,
        "The request is a signed object, and pushed (RFC 9126 section 3).",
    ),
    Field::new(
        "certificate",
        MOVES,
        "The client authenticates by a certificate (RFC 8705).",
    ),
    Field::new(
        "details",
        MOVES,
        "The request names rights in detail (RFC 9396).",
    ),
];

const DEVICE: &[Field] = &[
    Field::required(
        "start",
        MOVES,
        "How it is started: `POST /device`; its last answer shows the code for the user.",
    ),
    Field::new(
        "page",
        ENDPOINT,
        "The page that a browser asks every second meanwhile; that of `who-am-i` if unsaid.",
    ),
];

const WHO: &[Field] = &[
    Field::new("method", Shape::Text, "GET if unsaid."),
    Field::required("path", Shape::Text, "Path."),
    Field::new(
        "header",
        Shape::MapOf(&Shape::Scalar),
        "Fields of the request.",
    ),
    Field::new(
        "name",
        Shape::Text,
        "JSON Pointer to the name, subject or mail address.",
    ),
    Field::new(
        "account",
        Shape::Text,
        "JSON Pointer to what the application itself calls the account, such as its number.",
    ),
    Field::new(
        "nobody",
        Shape::Open(matcher::fields),
        "What it answers while nobody is logged in.",
    ),
];

impl Reader<'_> {
    fn ways(&mut self, node: Option<&Node>) -> BTreeMap<String, Vec<Move>> {
        let Some(node) = node else {
            return BTreeMap::new();
        };
        let named = WAYS
            .iter()
            .filter_map(|way| Some((way.name, node.get(way.name)?)));
        named
            .map(|(name, moves)| (name.to_owned(), self.moves(Some(moves))))
            .collect()
    }

    pub(super) fn client(&mut self, node: &Node) -> Option<ClientApp> {
        let who = node.get("who-am-i")?;
        let registered = text(node, "id").map(|id| {
            let secret = text(node, "secret").map(|secret| self.secret(&secret, "client_secret"));
            OAuthClient {
                id,
                secret,
                redirect_uri: None,
                post: false,
                key: None,
                audience: None,
                attested: false,
                attester: None,
                certificates: None,
            }
        });
        let login = self.moves(node.get("login"));
        let mut login_by = self.ways(node.get("login-by"));
        let of_login = [
            (
                "public",
                registered
                    .as_ref()
                    .is_some_and(|one: &OAuthClient| one.secret.is_none()),
            ),
            ("https", starts_under_tls(&login)),
        ];
        for (way, _) in of_login.into_iter().filter(|(_, is)| *is) {
            login_by
                .entry(way.to_owned())
                .or_insert_with(|| login.clone());
        }
        Some(ClientApp {
            login,
            login_evil: node.get("login-evil").map(|moves| self.moves(Some(moves))),
            login_by,
            api: match node.get("api") {
                Some(page) => Some(self.endpoint(page)?),
                None => None,
            },
            device: match node.get("device") {
                Some(device) => Some(DeviceApp {
                    start: self.moves(device.get("start")),
                    page: match device.get("page") {
                        Some(page) => Some(self.endpoint(page)?),
                        None => None,
                    },
                }),
                None => None,
            },
            register: node.get("register").map(|moves| self.moves(Some(moves))),
            revokes: flag(node, "revokes"),
            callback: text(node, "callback")?,
            keep: node.get("keep").map(kept).unwrap_or_default(),
            who: WhoAmI {
                endpoint: self.endpoint(who)?,
                name: text(who, "name"),
                account: text(who, "account"),
                nobody: who.get("nobody").map(|rule| self.rule(rule)),
            },
            logout: node.get("logout").map(|moves| self.moves(Some(moves))),
            back_channel: node
                .get("back-channel-logout")
                .and_then(|node| self.endpoint(node)),
            keys: node.get("keys").and_then(|node| self.endpoint(node)),
            registered,
        })
    }
}

/// Whether the first request of a login goes to an https origin.
fn starts_under_tls(login: &[Move]) -> bool {
    matches!(login.first(), Some(Move::Open(endpoint)) if endpoint.origin.scheme == "https")
}
