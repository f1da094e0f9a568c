//! The actions of a step: one row each, with its grammar.
//!
//! What an action *does* is in `exec`; here is only what may be written.

mod client;
mod credential;
mod issuer;

use crate::model::Role;
use crate::source::shape::{Field, Shape};

use client::{CALLBACK, COPY, DEVICE_LOGIN, LOGIN, OPEN, TOLD};
use issuer::{AUTHORIZE, DEVICE, EXCHANGE, GRANT, PUSH, REFRESH, SUBMIT, TOKEN_USE, USE};

pub use credential::CREDENTIAL;

macro_rules! verbs {
    ($($variant:ident = $word:literal, $roles:expr, $shape:expr, $doc:literal, $example:literal;)+) => {
        /// What a step does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Verb { $(#[doc = $doc] $variant),+ }

        impl Verb {
            /// Every action, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in YAML.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// One sentence.
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$variant => $doc),+ }
            }

            /// Steps that show it; it stands last, or what it is for.
            pub const fn example(self) -> &'static str {
                match self { $(Self::$variant => $example),+ }
            }

            /// What may be written behind the word.
            pub const fn shape(self) -> Shape {
                match self { $(Self::$variant => $shape),+ }
            }

            /// The roles whose suites may use it; empty means any.
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Self::$variant => $roles),+ }
            }

            /// The action that a word names.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

const ANY: &[Role] = &[];
const SERVER: &[Role] = &[Role::AuthorizationServer];
/// Tokens of a real authorization server are what some cases about an API start from.
const ISSUER: &[Role] = &[Role::AuthorizationServer, Role::ResourceServer];
const RESOURCE: &[Role] = &[Role::ResourceServer];
const CLIENT: &[Role] = &[Role::Client];
const BROWSERS: &[Role] = &[Role::Client, Role::AuthorizationServer];

verbs! {
    Send = "send", ANY, Shape::Map(SEND), "Sends one request to a named endpoint of the target.",
        "- send: { to: protected, credential: basic }";
    Again = "again", ANY, Shape::Text, "Sends the last request of a named step once more, byte for byte; a DPoP proof is fresh in cases that are not about `dpop`.",
        "- { name: first, send: { to: protected, credential: basic } }\n- again: first";
    Wait = "wait", ANY, Shape::Either(&[Shape::Duration, Shape::Text]), "Waits for a span of time, or for a duration that the profile names.",
        "- { name: first, send: { to: protected } }\n- wait: 3s\n- again: first";
    Provider = "provider", ANY, Shape::MapOf(&Shape::Any), "Changes how authspec's provider behaves from now on.",
        "- provider: { token: { merge: { expires_in: 2 } } }\n- login: {}";
    Restart = "restart", ANY, Shape::Map(&[]), "Starts the target anew.",
        "- restart: {}\n- login: {}";
    Authorize = "authorize", ISSUER, Shape::Map(AUTHORIZE), "Walks from the authorization request through login and consent to its end.",
        "- authorize: { client: confidential, query: { prompt: none } }";
    Submit = "submit", SERVER, Shape::Map(SUBMIT), "Sends the form of the page at which a step stopped, and walks on to the end.",
        "- { name: page, authorize: { client: confidential, stops-at: login-page } }\n- submit: { of: page }";
    Exchange = "exchange", ISSUER, Shape::Map(EXCHANGE), "Exchanges the code of an `authorize` step for tokens.",
        "- { name: auth, authorize: { client: confidential } }\n- exchange: { of: auth }";
    Refresh = "refresh", SERVER, Shape::Map(REFRESH), "Uses the refresh token of a step.",
        "- { name: first, tokens: { client: confidential, wants: refresh-token } }\n- refresh: { of: first }";
    Grant = "grant", ISSUER, Shape::Map(GRANT), "Asks the token endpoint with a grant of its own.",
        "- grant: { client: confidential, grant_type: client_credentials }";
    Tokens = "tokens", ISSUER, Shape::Map(AUTHORIZE), "`authorize` and `exchange` in one.",
        "- tokens: { client: confidential }";
    Push = "push", SERVER, Shape::Map(PUSH), "Pushes an authorization request (RFC 9126).",
        "- { name: pushed, push: { client: confidential } }\n- authorize: { client: confidential, pushed: pushed }";
    Device = "device", SERVER, Shape::Map(DEVICE), "Asks for a device code (RFC 8628 section 3.1).",
        "- device: { client: confidential }";
    Introspect = "introspect", SERVER, Shape::Map(TOKEN_USE), "Asks the introspection endpoint about a token of a step.",
        "- { name: mine, tokens: { client: confidential } }\n- introspect: { of: mine, token: access_token }";
    Revoke = "revoke", ISSUER, Shape::Map(TOKEN_USE), "Revokes a token of a step.",
        "- { name: mine, tokens: { client: confidential } }\n- revoke: { of: mine, token: access_token }";
    Use = "use", SERVER, Shape::Map(USE), "Asks the profile's witness whether a token of a step lives.",
        "- { name: mine, tokens: { client: confidential } }\n- use: { of: mine, token: access_token }";
    Login = "login", CLIENT, Shape::Map(LOGIN), "Logs an actor in through the client: start, provider, callback.",
        "- login: {}";
    BeginLogin = "begin-login", CLIENT, Shape::Map(LOGIN), "Starts a login and stops at the provider.",
        "- begin-login: {}";
    Callback = "callback", CLIENT, Shape::Map(CALLBACK), "Brings the provider's answer to a begun login to the client's callback.",
        "- { name: begun, begin-login: {} }\n- callback: { of: begun }";
    Logout = "logout", CLIENT, Shape::Map(&[]), "Logs an actor out.",
        "- login: {}\n- logout: {}";
    BackChannelLogout = "back-channel-logout", CLIENT, Shape::Map(TOLD), "Tells the client that the actor has logged out at the provider (OpenID Connect Back-Channel Logout).",
        "- login: {}\n- back-channel-logout: {}";
    Open = "open", CLIENT, Shape::Map(OPEN), "Opens a page of the client in an actor's browser.",
        "- login: {}\n- open: { page: who-am-i }";
    DeviceLogin = "device-login", CLIENT, Shape::Map(DEVICE_LOGIN), "Starts a login on another device, and watches the client ask for its tokens until it has them.",
        "- device-login: { watch: 17s }";
    Register = "register", CLIENT, Shape::Map(&[]), "Makes the client register itself at the provider.",
        "- register: {}";
    CopyCookies = "copy-cookies", BROWSERS, Shape::Map(COPY), "Gives one actor's cookies to another.",
        "- { login: {}, as: alice }\n- copy-cookies: { from: alice, to: thief }\n- { open: { page: who-am-i }, as: thief }";
    Survey = "survey", RESOURCE, Shape::Map(SURVEY), "Asks every operation that the API's description says is guarded; accepted if one gives what the good credential gets.",
        "- survey: { credential: none }";
}

/// Text, number or boolean; a list repeats the field, null leaves it out.
const PARAMETERS: Shape = Shape::MapOf(&Shape::Either(&[
    Shape::Scalar,
    Shape::List(&Shape::Scalar),
    Shape::Map(LIKE),
]));

const LIKE: &[Field] = &[
    Field::new(
        "like-registered",
        Shape::Text,
        "A row of `redirect-trick`, made from the registered redirection URI.",
    ),
    Field::new(
        "registered-at-port",
        Shape::Int,
        "The registered redirection URI with this port.",
    ),
];

const SEND: &[Field] = &[
    Field::required(
        "to",
        Shape::Text,
        "The endpoint: `protected`, `protected.NAME`, `open`, `guarded-write`, `resource-metadata`, `token-logout`, or an endpoint of the profile.",
    ),
    Field::new("method", Shape::Text, "Another method than the profile's."),
    Field::new(
        "path",
        Shape::Either(&[Shape::Text, Shape::Map(PATH)]),
        "The path as sent, or a variant of the endpoint's.",
    ),
    Field::new("header", PARAMETERS, "Further field lines."),
    Field::new("query", PARAMETERS, "Further query parameters."),
    Field::new("form", PARAMETERS, "Form parameters in the body."),
    Field::new("json", Shape::Any, "A JSON body."),
    Field::new("body", Shape::Text, "The body as written."),
    Field::new(
        "credential",
        CREDENTIAL,
        "What is offered; the valid credential if unsaid.",
    ),
    Field::new(
        "marker",
        Shape::Text,
        "Text that a guarded write leaves behind.",
    ),
    Field::new(
        "opens",
        Shape::Text,
        "Judge the outcome by the content of this endpoint.",
    ),
    Field::new(
        "offers",
        Shape::Word(offers),
        "At `over-tls` and `issuer-over-tls`: only a ClientHello with this offer; accepted is what chooses of it.",
    ),
    Field::new(
        "certificate",
        Shape::Word(certificates),
        "The client certificate of the connection; own if unsaid.",
    ),
];

const SURVEY: &[Field] = &[Field::new(
    "credential",
    CREDENTIAL,
    "What is offered; none if unsaid.",
)];

fn offers() -> Vec<(&'static str, &'static str)> {
    let all = crate::wire::tls::OFFERS.iter();
    all.map(|offer| (offer.name, offer.doc)).collect()
}

fn certificates() -> Vec<(&'static str, &'static str)> {
    vec![
        ("own", "The one that the valid token is bound to."),
        ("other", "One of somebody else."),
        (
            "look-alike",
            "One with all that stands in our own, but with somebody else's key.",
        ),
        ("none", "None."),
    ]
}

const PATH: &[Field] = &[Field::required(
    "variant",
    Shape::Text,
    "A row of the table `path-trick`.",
)];

/// The keys of a suite file, a case, a rider and a step are put together in `grammar`.
pub(super) fn step_fields() -> Vec<Field> {
    Verb::ALL
        .iter()
        .map(|verb| Field::new(verb.word(), verb.shape(), verb.doc()))
        .collect()
}
