//! The other file that a user writes: one target, what guards it, and how a valid credential is had.
//!
//! It is read by the same loader as suites. `${env.NAME}` is allowed here and only here; the values are handed
//! in, and what comes of them is a secret.

mod grammar;
mod read;
mod resolve;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::forge::Key;
use crate::model::{Capability, Effect, Origin, Secret};

use super::model::Check;
use super::template::Template;

pub use grammar::PROFILE;
pub use read::profile;

/// A target and all that the user says of it.
pub struct Profile {
    /// Where it is.
    pub origin: Origin,
    /// Path put in front of every path of the profile, without a final slash.
    pub base: String,
    /// Guarded endpoints, the first first.
    pub doors: Vec<Door>,
    /// An endpoint that anybody may ask.
    pub open: Option<Endpoint>,
    /// A guarded request that writes.
    pub write: Option<GuardedWrite>,
    /// Accounts by actor; `alice` is the one of `basic:`.
    pub users: BTreeMap<String, User>,
    /// Whether `basic:` was given.
    pub basic: bool,
    /// Where the valid token comes from.
    pub token: Option<TokenSource>,
    /// How a trusted token is made.
    pub signing: Option<Signing>,
    /// Where the issuer publishes its keys.
    pub jwks: Option<Endpoint>,
    /// Clients by role.
    pub clients: BTreeMap<String, OAuthClient>,
    /// An authorization server.
    pub server: Option<Server>,
    /// An application that logs in at authspec's provider.
    pub client: Option<ClientApp>,
    /// Standards that the target claims, beside those always in force.
    pub standards: BTreeSet<String>,
    /// Claims about the target: `target.oidc`, `client.confidential`.
    pub features: BTreeSet<String>,
    /// Named durations.
    pub durations: BTreeMap<String, Duration>,
    /// Effects that are allowed.
    pub allow: BTreeSet<Effect>,
    /// Hosts off loopback that the user may audit.
    pub allow_hosts: BTreeSet<String>,
    /// Further origins that the target's pages live at.
    pub origins: Vec<Origin>,
    /// Plain http off loopback is allowed.
    pub plain_http: bool,
    /// Requests in flight and per second.
    pub limits: Limits,
    /// How authspec launches the target.
    pub start: Option<Start>,
    /// Where authspec's provider listens.
    pub provider: ProviderAt,
    /// PEM file of a private certificate authority.
    pub ca: Option<String>,
    /// It asks authspec's provider about opaque tokens.
    pub asks_introspection: bool,
    /// Every secret of the profile.
    pub secrets: Vec<Secret>,
}

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

/// A guarded endpoint.
#[derive(Clone, Debug)]
pub struct Door {
    /// Its name in `protected.NAME`.
    pub name: String,
    /// What is asked.
    pub endpoint: Endpoint,
    /// The scheme that guards it.
    pub scheme: Scheme,
    /// The form in which it takes its credential, where that is not the standard's.
    pub form: Option<Form>,
    /// What counts as accepted, where status does not tell.
    pub accepted: Option<Check>,
}

/// The scheme that guards an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// HTTP Basic (RFC 7617).
    Basic,
    /// Bearer tokens (RFC 6750).
    Bearer,
    /// A scheme of the API's own; no standard's rules hold.
    Own,
}

/// Where and how a credential is carried.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Field, query parameter or cookie.
    pub carrier: Carrier,
    /// Its name.
    pub name: String,
    /// The value; `${credential}` stands for the credential.
    pub value: Template,
}

/// Where a credential is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A field.
    Header,
    /// A query parameter.
    Query,
    /// A form parameter of the body.
    Form,
    /// A cookie.
    Cookie,
}

/// A request that writes, and the one that shows it.
#[derive(Clone, Debug)]
pub struct GuardedWrite {
    /// What is asked.
    pub endpoint: Endpoint,
    /// The content, `${marker}` inside.
    pub content: Template,
    /// Media type of the content.
    pub media_type: String,
    /// Where the marker shows.
    pub seen_at: Endpoint,
}

/// An account.
#[derive(Clone)]
pub struct User {
    /// User name.
    pub name: String,
    /// Password.
    pub password: Option<Secret>,
    /// Subject identifier.
    pub subject: String,
    /// Mail address.
    pub email: String,
}

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
}

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
    /// Minted with [`Signing`].
    Minted,
}

/// How a token that the target trusts is made.
#[derive(Clone)]
pub struct Signing {
    /// The key; none: the key of authspec's provider.
    pub key: Option<Arc<Key>>,
    /// Algorithm of the provider's key, where that signs.
    pub alg: String,
    /// Header members beside `alg` and `kid`.
    pub header: Map<String, Value>,
    /// Claims that a valid token carries; `iat`, `exp` and `jti` are added.
    pub claims: Template,
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
    /// Scope and further parameters that bring a refresh token.
    pub refresh_token: Option<Vec<(String, String)>>,
    /// How one sees whether an access token lives: `introspection`, `userinfo` or `protected`.
    pub witness: Option<String>,
}

/// An application that logs its users in.
#[derive(Clone)]
pub struct ClientApp {
    /// How a login is started.
    pub login: Vec<Move>,
    /// How a login at the second provider is started.
    pub login_evil: Option<Vec<Move>>,
    /// Path of the callback.
    pub callback: String,
    /// Who is logged in.
    pub who: WhoAmI,
    /// How one logs out.
    pub logout: Option<Vec<Move>>,
    /// Its credentials at authspec's provider.
    pub registered: Option<OAuthClient>,
}

/// How one sees who is logged in.
#[derive(Clone, Debug)]
pub struct WhoAmI {
    /// What is asked, with the browser's cookies.
    pub endpoint: Endpoint,
    /// JSON Pointer to the name or subject; none: any name of an actor in the body.
    pub name: Option<String>,
    /// What nobody looks like; none: any status but 2xx, or no name.
    pub nobody: Option<Check>,
}

/// One move of a recipe.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// Asks a path.
    Open(Endpoint),
    /// Sends a form of the page.
    Submit {
        /// CSS selector; none: the only form, or the one that has the fields.
        form: Option<String>,
        /// Fields to fill in; `${user.name}` and `${user.password}` stand for the actor's.
        fields: Vec<(String, Template)>,
        /// The button that is pressed, by name or value.
        button: Option<String>,
    },
    /// Follows a link of the page, by CSS selector.
    Follow(String),
    /// Takes the URL at a JSON Pointer.
    Take(String),
}

/// Limits of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Cases in flight; none: 16 on loopback, 4 elsewhere.
    pub in_flight: Option<u32>,
    /// Requests per second; none: without bound on loopback, 10 elsewhere.
    pub per_second: Option<u32>,
    /// Total time of a case.
    pub case_time: Duration,
    /// Failed logins of a real account in a run, off loopback.
    pub failed_logins: u32,
}

/// How the target is launched.
#[derive(Clone, Debug)]
pub struct Start {
    /// Program and arguments.
    pub command: Vec<Template>,
    /// Environment beside PATH, HOME, TMPDIR and LANG.
    pub env: Vec<(String, Template)>,
    /// Working directory.
    pub directory: Option<String>,
    /// It is ready once this is answered.
    pub ready: Endpoint,
    /// Within this time.
    pub within: Duration,
}

/// Where authspec's provider listens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderAt {
    /// Address; none: loopback, any port.
    pub listen: Option<String>,
    /// Issuer identifier, for targets configured beforehand.
    pub issuer: Option<String>,
    /// The target reaches our listener.
    pub reaches_listener: bool,
}

impl Profile {
    /// Whether a valid token is a JWT, as far as is known before one was fetched.
    pub fn token_is_jwt(&self) -> bool {
        match &self.token {
            None => false,
            Some(TokenSource::Value(token)) => crate::wire::jose::read(token.reveal())
                .is_some_and(|token| token.header.contains_key("alg")),
            Some(_) => true,
        }
    }

    /// The first guarded endpoint that takes a kind of credential.
    pub fn door_for(&self, kind: Option<super::model::CredentialKind>) -> Option<&Door> {
        use super::model::CredentialKind as Kind;
        let wanted = match kind {
            None => return self.doors.first(),
            Some(Kind::Basic) => Scheme::Basic,
            Some(Kind::Bearer | Kind::Jwt) => Scheme::Bearer,
        };
        self.doors
            .iter()
            .find(|door| door.scheme == wanted)
            .or_else(|| {
                let own = self.doors.iter().find(|door| door.scheme == Scheme::Own);
                own.filter(|_| kind == Some(Kind::Jwt) && self.token_is_jwt())
            })
    }

    /// The door of a name.
    pub fn door(&self, name: &str) -> Option<&Door> {
        self.doors.iter().find(|door| door.name == name)
    }

    /// What the profile enables.
    pub fn capabilities(&self) -> BTreeSet<Capability> {
        use Capability as C;
        let has_door = |scheme| self.doors.iter().any(|door| door.scheme == scheme);
        let bearer = self.token.is_some() && (has_door(Scheme::Bearer) || has_door(Scheme::Own));
        let server = self.server.as_ref();
        let endpoint = |name: &str| {
            server.is_some_and(|server| {
                server.issuer.is_some() || server.endpoints.contains_key(name)
            })
        };
        let user_with = |fits: fn(&str) -> bool| {
            self.users.values().any(|user| {
                user.password
                    .as_ref()
                    .is_some_and(|password| fits(password.reveal()))
            })
        };
        let client = self.client.as_ref();
        let published = self.jwks.is_some()
            || self.signing.as_ref().is_some_and(|signing| {
                signing
                    .key
                    .as_ref()
                    .is_none_or(|key| key.public_jwk().is_some())
            });
        let all = [
            (C::Guarded, !self.doors.is_empty()),
            (C::Open, self.open.is_some()),
            (C::GuardedWrite, self.write.is_some()),
            (
                C::ValidCredential,
                self.doors.iter().any(|door| self.has_valid(door)),
            ),
            (C::Basic, self.basic && has_door(Scheme::Basic)),
            (C::Bearer, bearer),
            (C::Jwt, bearer && self.token_is_jwt()),
            (C::SigningKey, self.signing.is_some() && bearer),
            (C::PublishedKey, published && bearer),
            (C::TrustsProvider, self.provider_signs()),
            (C::AsksIntrospection, self.asks_introspection),
            (C::Listener, self.plays_provider()),
            (C::Account, self.users.contains_key("alice")),
            (
                C::SecondUser,
                self.users
                    .get("mallory")
                    .is_some_and(|user| user.password.is_some()),
            ),
            (
                C::ColonPassword,
                self.users.contains_key("colon") && user_with(|password| password.contains(':')),
            ),
            (
                C::NonAsciiPassword,
                self.users.contains_key("non-ascii") && user_with(|password| !password.is_ascii()),
            ),
            (
                C::LongPassword,
                self.users.contains_key("long") && user_with(|password| password.len() > 72),
            ),
            (C::Client, client.is_some()),
            (
                C::Logout,
                client.is_some_and(|client| client.logout.is_some()),
            ),
            (
                C::SecondIssuer,
                client.is_some_and(|client| client.login_evil.is_some()),
            ),
            (C::Restart, self.start.is_some()),
            (C::AuthorizationEndpoint, endpoint("authorization")),
            (C::TokenEndpoint, endpoint("token")),
            (C::Introspection, endpoint("introspection")),
            (C::Revocation, endpoint("revocation")),
            (C::Userinfo, endpoint("userinfo")),
            (
                C::Metadata,
                server.is_some_and(|server| server.issuer.is_some()),
            ),
            (
                C::ConfidentialClient,
                self.clients
                    .get("confidential")
                    .is_some_and(|one| one.secret.is_some()),
            ),
            (C::OtherClient, self.clients.contains_key("other")),
            (C::PublicClient, self.clients.contains_key("public")),
            (C::OddSecret, self.clients.contains_key("odd-secret")),
            (
                C::RefreshToken,
                server.is_some_and(|server| server.refresh_token.is_some()),
            ),
            (
                C::Witness,
                server.is_some_and(|server| server.witness.is_some()),
            ),
        ];
        all.into_iter()
            .filter(|(_, has)| *has)
            .map(|(capability, _)| capability)
            .collect()
    }

    /// Whether authspec's provider and listener run: the target has, or may have, a reason to come to them.
    pub fn plays_provider(&self) -> bool {
        self.client.is_some()
            || self.asks_introspection
            || self.provider.listen.is_some()
            || self.provider.reaches_listener
            || self.provider_signs()
    }

    /// Whether the target trusts the key of authspec's provider.
    pub fn provider_signs(&self) -> bool {
        self.signing
            .as_ref()
            .is_some_and(|signing| signing.key.is_none())
    }

    /// Whether its tokens are signed with a secret that issuer and target share.
    pub fn shares_its_key(&self) -> bool {
        let key = self.signing.as_ref().and_then(|one| one.key.as_ref());
        key.is_some_and(|key| key.public_jwk().is_none())
    }

    /// Whether a valid credential for an endpoint is known.
    pub fn has_valid(&self, door: &Door) -> bool {
        let fixed = door
            .form
            .as_ref()
            .is_some_and(|form| matches!(form.value, Template::Plain(_)));
        fixed
            || match door.scheme {
                Scheme::Basic => self.basic,
                Scheme::Bearer => self.token.is_some(),
                Scheme::Own => self.token.is_some() || self.basic,
            }
    }

    /// A named duration; most have defaults. How long a target keeps key sets is anything from a minute to a day, and
    /// nobody knows it but its owner.
    pub fn duration(&self, name: &str) -> Option<Duration> {
        let default = match name {
            "quiet" => Some(Duration::from_millis(150)),
            "reuse-grace" => Some(Duration::ZERO),
            "key-set-cooldown" => Some(Duration::from_secs(30)),
            _ => None,
        };
        self.durations.get(name).copied().or(default)
    }
}
