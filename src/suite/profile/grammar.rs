//! What may be written in a profile.

use crate::matcher;
use crate::model::Effect;
use crate::source::shape::{Field, Shape};

/// A profile.
pub const PROFILE: Shape = Shape::Map(&[
    Field::required(
        "target",
        Shape::Text,
        "Origin of the target, with a base path if its paths share one.",
    ),
    Field::new(
        "guarded",
        Shape::List(&ENDPOINT),
        "Guarded endpoints: `GET /orders`, or a map. The first gets all cases.",
    ),
    Field::new("open", ENDPOINT, "An endpoint that anybody may ask."),
    Field::new(
        "guarded-write",
        Shape::Map(WRITE),
        "A guarded request that writes, and where its effect shows.",
    ),
    Field::new(
        "basic",
        Shape::Map(BASIC),
        "A valid user name and password.",
    ),
    Field::new(
        "users",
        Shape::MapOf(&Shape::Map(USER)),
        "Accounts by actor: alice, mallory, colon, non-ascii, long.",
    ),
    Field::new("token", Shape::Text, "A valid token, as given."),
    Field::new(
        "login",
        Shape::Map(LOGIN),
        "A request whose JSON answer holds the token.",
    ),
    Field::new(
        "grant",
        Shape::Map(GRANT),
        "The client-credentials grant (RFC 6749 section 4.4).",
    ),
    Field::new(
        "key",
        Shape::Map(KEY),
        "A signing key that the target trusts, and the claims that a valid token carries.",
    ),
    Field::new(
        "trusts-provider",
        Shape::Map(TRUSTS),
        "The target trusts the key set of authspec's provider.",
    ),
    Field::new(
        "asks-introspection",
        Shape::Bool,
        "The target asks authspec's provider about opaque tokens.",
    ),
    Field::new("jwks", ENDPOINT, "Where the issuer publishes its keys."),
    Field::new(
        "clients",
        Shape::MapOf(&Shape::Map(OAUTH_CLIENT)),
        "Registered clients by role: confidential, other, public, odd-secret.",
    ),
    Field::new(
        "authorization-server",
        Shape::Map(SERVER),
        "An authorization server.",
    ),
    Field::new(
        "client",
        Shape::Map(CLIENT),
        "An application that logs in at authspec's provider.",
    ),
    Field::new(
        "standards",
        Shape::List(&Shape::Text),
        "Standards that the target claims, such as `rfc9068` or `oidc`.",
    ),
    Field::new(
        "claims",
        Shape::List(&Shape::Text),
        "Claims about the target, such as `target.login-by-form`.",
    ),
    Field::new(
        "durations",
        Shape::MapOf(&Shape::Duration),
        "Named durations: quiet, reuse-grace, key-set-cooldown, key-set-lifetime.",
    ),
    Field::new(
        "allow",
        Shape::Many(&Shape::Word(effects)),
        "Effects that are allowed here.",
    ),
    Field::new(
        "allow-host",
        Shape::Many(&Shape::Text),
        "Hosts off loopback that you may audit.",
    ),
    Field::new(
        "allow-plain-http",
        Shape::Bool,
        "Secrets may go over plain http to a host off loopback.",
    ),
    Field::new(
        "origins",
        Shape::List(&Shape::Text),
        "Further origins that the target's pages live at.",
    ),
    Field::new("limits", Shape::Map(LIMITS), "Bounds of a run."),
    Field::new(
        "start",
        Shape::Map(START),
        "How authspec launches the target.",
    ),
    Field::new(
        "provider",
        Shape::Map(PROVIDER),
        "Where authspec's provider listens.",
    ),
    Field::new("tls", Shape::Map(TLS), "TLS of the target."),
]);

/// `GET /orders`, or a map.
const ENDPOINT: Shape = Shape::Either(&[Shape::Text, Shape::Map(ENDPOINT_MAP)]);

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

fn schemes() -> Vec<(&'static str, &'static str)> {
    vec![
        ("basic", "RFC 7617."),
        ("bearer", "RFC 6750."),
        (
            "own",
            "A scheme of the API's own: no standard's rules hold.",
        ),
    ]
}

const FORM: &[Field] = &[
    Field::new("in", Shape::Word(carriers), "header if unsaid."),
    Field::new(
        "name",
        Shape::Text,
        "Name of the field, parameter or cookie; Authorization if unsaid.",
    ),
    Field::required(
        "value",
        Shape::Text,
        "The value; `${credential}` stands for the token, or for base64 of user:password.",
    ),
];

fn carriers() -> Vec<(&'static str, &'static str)> {
    vec![
        ("header", "A field."),
        ("query", "The query."),
        ("form", "The form body."),
        ("cookie", "A cookie."),
    ]
}

const WRITE: &[Field] = &[
    Field::required(
        "send",
        Shape::Map(WRITE_SEND),
        "The request; `${marker}` stands for text that shows the effect.",
    ),
    Field::required("seen-at", ENDPOINT, "Where the marker shows."),
];

const WRITE_SEND: &[Field] = &[
    Field::new("method", Shape::Text, "POST if unsaid."),
    Field::required("path", Shape::Text, "Path and query."),
    Field::new(
        "header",
        Shape::MapOf(&Shape::Scalar),
        "Fields that every request needs.",
    ),
    Field::new("json", Shape::Any, "A JSON body."),
    Field::new("form", Shape::MapOf(&Shape::Scalar), "A form body."),
];

const BASIC: &[Field] = &[
    Field::required("user", Shape::Text, "User name."),
    Field::required(
        "password",
        Shape::Text,
        "Password, from the environment: `${env.API_PASSWORD}`.",
    ),
];

const USER: &[Field] = &[
    Field::required("name", Shape::Text, "User name."),
    Field::new("password", Shape::Text, "Password."),
    Field::new(
        "subject",
        Shape::Text,
        "Subject identifier; the name if unsaid.",
    ),
    Field::new("email", Shape::Text, "Mail address."),
];

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

const KEY: &[Field] = &[
    Field::required("alg", Shape::Text, "HS256, RS256, PS256, ES256, EdDSA ..."),
    Field::new("secret", Shape::Text, "HMAC secret."),
    Field::new("pem", Shape::Text, "Private key as PEM."),
    Field::new("pem-file", Shape::Text, "File of the private key."),
    Field::new("jwk", Shape::Any, "Private key as JWK, a map or its text."),
    Field::new("kid", Shape::Text, "Key identifier of the header."),
    Field::new(
        "header",
        Shape::MapOf(&Shape::Any),
        "Further header members, such as `typ`.",
    ),
    Field::required(
        "claims",
        Shape::MapOf(&Shape::Any),
        "Claims that a valid token carries; iat, exp and jti are added.",
    ),
];

const TRUSTS: &[Field] = &[
    Field::new("alg", Shape::Text, "RS256 if unsaid."),
    Field::new(
        "header",
        Shape::MapOf(&Shape::Any),
        "Further header members, such as `typ`.",
    ),
    Field::new(
        "claims",
        Shape::MapOf(&Shape::Any),
        "Claims that a valid token carries; iss, iat, exp and jti are added.",
    ),
];

const OAUTH_CLIENT: &[Field] = &[
    Field::required("id", Shape::Text, "client_id."),
    Field::new("secret", Shape::Text, "client_secret."),
    Field::new("redirect-uri", Shape::Text, "Registered redirection URI."),
    Field::new(
        "post",
        Shape::Bool,
        "It authenticates in the body by default.",
    ),
];

const SERVER: &[Field] = &[
    Field::new(
        "issuer",
        Shape::Text,
        "Issuer identifier, whose metadata is read.",
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
    Field::new("login", MOVES, "How one logs in."),
    Field::new("consent", MOVES, "How one consents."),
    Field::new(
        "scope",
        Shape::Text,
        "Scope asked for where a case says none.",
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

const MOVES: Shape = Shape::Many(&Shape::Either(&[Shape::Text, Shape::Map(MOVE)]));

const MOVE: &[Field] = &[
    Field::new("open", ENDPOINT, "Asks a path."),
    Field::new("submit", Shape::Map(SUBMIT), "Sends a form of the page."),
    Field::new(
        "follow",
        Shape::Text,
        "Follows a link of the page, by CSS selector.",
    ),
    Field::new(
        "take",
        Shape::Text,
        "Goes to the URL at this JSON Pointer of the answer.",
    ),
];

const SUBMIT: &[Field] = &[
    Field::new(
        "form",
        Shape::Text,
        "CSS selector; the form that has the fields if unsaid.",
    ),
    Field::new(
        "fields",
        Shape::MapOf(&Shape::Scalar),
        "Fields to fill in; hidden ones are kept.",
    ),
    Field::new(
        "button",
        Shape::Text,
        "The button that is pressed, by name, value or text.",
    ),
];

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
    Field::required("callback", Shape::Text, "Path of the callback."),
    Field::required(
        "who-am-i",
        Shape::Either(&[Shape::Text, Shape::Map(WHO)]),
        "How one sees who is logged in.",
    ),
    Field::new("logout", MOVES, "How one logs out."),
    Field::new("id", Shape::Text, "Its client_id at authspec's provider."),
    Field::new("secret", Shape::Text, "Its client_secret."),
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
        "nobody",
        Shape::Open(matcher::fields),
        "What it answers while nobody is logged in.",
    ),
];

const LIMITS: &[Field] = &[
    Field::new(
        "in-flight",
        Shape::Int,
        "Cases at the same time: 16 on loopback, 4 elsewhere.",
    ),
    Field::new(
        "per-second",
        Shape::Int,
        "Requests a second: 10 off loopback.",
    ),
    Field::new("case-time", Shape::Duration, "Total time of a case: 10s."),
    Field::new(
        "failed-logins",
        Shape::Int,
        "Failed logins of a real account in a run off loopback: 5.",
    ),
];

const START: &[Field] = &[
    Field::required(
        "command",
        Shape::List(&Shape::Text),
        "Program and arguments; no shell.",
    ),
    Field::new(
        "env",
        Shape::MapOf(&Shape::Scalar),
        "Environment; `${port}`, `${provider.issuer}` and the like stand for ours.",
    ),
    Field::new("directory", Shape::Text, "Working directory."),
    Field::new(
        "ready",
        Shape::Text,
        "It is ready once this is answered: `GET /`.",
    ),
    Field::new("within", Shape::Duration, "Within this time: 20s."),
];

const PROVIDER: &[Field] = &[
    Field::new(
        "listen",
        Shape::Text,
        "Address and port; loopback and any port if unsaid.",
    ),
    Field::new(
        "issuer",
        Shape::Text,
        "Issuer identifier, for targets that were configured beforehand.",
    ),
    Field::new(
        "reaches-listener",
        Shape::Bool,
        "The target can reach authspec: silence there means something.",
    ),
];

const TLS: &[Field] = &[Field::new(
    "ca",
    Shape::Text,
    "PEM file of a private certificate authority.",
)];

fn effects() -> Vec<(&'static str, &'static str)> {
    Effect::ALL
        .iter()
        .map(|effect| (effect.word(), ""))
        .collect()
}
