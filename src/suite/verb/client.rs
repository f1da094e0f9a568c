//! What may be written for the actions of an actor's browser at a client.

use crate::source::shape::{Field, Shape};

use super::PARAMETERS;

pub(super) const LOGIN: &[Field] = &[
    Field::new("at", Shape::Word(providers), "The provider."),
    Field::new(
        "by",
        Shape::Word(ways),
        "The extension that the login uses.",
    ),
    Field::new(
        "query",
        PARAMETERS,
        "Further parameters of the request that starts the login.",
    ),
];

fn ways() -> Vec<(&'static str, &'static str)> {
    vec![
        ("assertion", "Client assertions (RFC 7523)."),
        ("dpop", "Bound tokens (RFC 9449)."),
        ("push", "Pushed requests (RFC 9126)."),
        ("resource", "Resource indicators (RFC 8707)."),
        ("public", "No client authentication."),
        ("https", "The application's https origin."),
        (
            "third-party",
            "Another site starts it (OpenID Connect Core section 4).",
        ),
        (
            "encrypted",
            "Encrypted ID tokens (OpenID Connect Core section 10.2).",
        ),
        ("response-token", "The answer as a token (JARM)."),
        (
            "api",
            "An API's challenge, which leads to the provider (RFC 9728).",
        ),
        ("request-object", "Signed requests (RFC 9101)."),
        (
            "request-uri",
            "Signed requests behind an address of the client's.",
        ),
        (
            "pushed-object",
            "Signed requests that are pushed (RFC 9126 section 3).",
        ),
        ("certificate", "Client certificates (RFC 8705)."),
        ("details", "Rights in detail (RFC 9396)."),
        (
            "step-up",
            "The page of `api:`, whose API demands a better login (RFC 9470).",
        ),
    ]
}

fn providers() -> Vec<(&'static str, &'static str)> {
    vec![("honest", "The first provider."), ("evil", "The second.")]
}

pub(super) const CALLBACK: &[Field] = &[
    Field::required("of", Shape::Text, "The `begin-login` step."),
    Field::new(
        "query",
        PARAMETERS,
        "Changed parameters of the callback; null removes one.",
    ),
    Field::new("answered-by", Shape::Word(providers), "Who answers."),
    Field::new(
        "state-says",
        Shape::Text,
        "Where state names a page that can be read, another one.",
    ),
    Field::new(
        "to",
        Shape::Text,
        "Another address for the answer than the one that the client named.",
    ),
    Field::new(
        "answer",
        Shape::MapOf(&Shape::Scalar),
        "The whole answer instead of the provider's, state and iss kept.",
    ),
];

pub(super) const TOLD: &[Field] = &[Field::new(
    "of",
    Shape::Text,
    "The step whose logout token comes again; a new one if unsaid.",
)];

pub(super) const OPEN: &[Field] = &[
    Field::new(
        "page",
        Shape::Text,
        "A path of the client, `who-am-i`, or `api` for the page that makes it ask the API.",
    ),
    Field::new("query", PARAMETERS, "Query parameters."),
    Field::new(
        "cookies",
        Shape::Word(cookie_forms),
        "Another way to write the Cookie field.",
    ),
];

fn cookie_forms() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "apart",
            "Each in a field of its own, behind a cookie of somebody else.",
        ),
        ("behind-another", "Behind a cookie of somebody else."),
    ]
}

pub(super) const DEVICE_LOGIN: &[Field] = &[Field::new(
    "watch",
    Shape::Duration,
    "How long the client is watched while it has no tokens; 12s if unsaid.",
)];

pub(super) const COPY: &[Field] = &[
    Field::required("from", Shape::Text, "The actor whose cookies are taken."),
    Field::required("to", Shape::Text, "The actor who gets them."),
    Field::new(
        "told-of",
        Shape::Text,
        "The actor whose name, subject and mail address stand where those of `from` could be read in a value.",
    ),
];
