//! What may be written for the actions at an authorization server.

use crate::source::shape::{Field, Shape};

use super::PARAMETERS;
use super::credential::{PROOF, SEALED, SIGNED};

// what every request to the token endpoint and its kin may change
const FORM: Field = Field::new("form", PARAMETERS, "Changed parameters; null removes one.");
const HEADER: Field = Field::new("header", PARAMETERS, "Further field lines.");
const QUERY: Field = Field::new(
    "query",
    PARAMETERS,
    "Query parameters of the endpoint's URL.",
);
const METHOD: Field = Field::new("method", Shape::Text, "Another method than POST.");
const BY: Field = Field::new("client-auth", CLIENT_AUTH, "How the client authenticates.");
const AT_ONCE: Field = Field::new("at-once", Shape::Int, "Sends it so often at the same time.");

const CERTIFICATE: Field = Field::new(
    "certificate",
    Shape::Text,
    "The client certificate of the connection: own, none, other, look-alike, or the role of the client whose it is; own if unsaid.",
);

pub(super) const AUTHORIZE: &[Field] = &[
    Field::new(
        "over",
        Shape::Word(ways),
        "How the server is reached; as its metadata says if unsaid.",
    ),
    Field::new(
        "client",
        Shape::Text,
        "The client's role: confidential, public, other.",
    ),
    Field::new("scope", Shape::Text, "The scope asked for."),
    Field::new("pkce", Shape::Word(pkce), "The code challenge."),
    Field::new("wants", Shape::Word(wants), "What the flow must bring."),
    Field::new(
        "query",
        PARAMETERS,
        "Changed parameters of the authorization request; null removes one.",
    ),
    Field::new(
        "method",
        Shape::Word(front_methods),
        "How the request is sent.",
    ),
    Field::new(
        "order",
        Shape::Word(orders),
        "In which order its parameters stand.",
    ),
    Field::new(
        "stops-at",
        Shape::Word(stops),
        "The walk is over at this page, which `submit` takes up; accepted if it came.",
    ),
    Field::new(
        "browser",
        Shape::Word(browsers),
        "The browser it begins in; the actor's own if unsaid.",
    ),
    USER,
    DECISION,
    Field::new(
        "pushed",
        Shape::Text,
        "The `push` step whose request is asked for by its request_uri; empty: none.",
    ),
    Field::new(
        "at",
        Shape::Text,
        "Another address of the server where the walk begins: `${step.verification-uri-complete}`.",
    ),
    REQUEST_OBJECT,
    Field::new(
        "outside",
        PARAMETERS,
        "Changed parameters outside of the request object; null removes one.",
    ),
];

fn ways() -> Vec<(&'static str, &'static str)> {
    vec![("tls", "Over TLS, where it is reached by plain http too.")]
}

fn browsers() -> Vec<(&'static str, &'static str)> {
    vec![("fresh", "One without cookies, which the actor keeps.")]
}

const USER: Field = Field::new(
    "user",
    Shape::Map(&[
        Field::new("name", Shape::Text, "Another user name."),
        Field::new("password", Shape::Text, "Another password."),
    ]),
    "Who logs in; the actor if unsaid.",
);
const DECISION: Field = Field::new(
    "decision",
    Shape::Word(decisions),
    "What is decided at the consent page; allow if unsaid.",
);

pub(super) const SUBMIT: &[Field] = &[
    Field::required("of", Shape::Text, "The step that stopped at a page."),
    Field::new(
        "from",
        Shape::Word(sites),
        "From where the form is sent; the page itself if unsaid.",
    ),
    USER,
    DECISION,
];

fn front_methods() -> Vec<(&'static str, &'static str)> {
    vec![
        ("GET", "In the query; the default."),
        ("POST", "In the body."),
    ]
}

fn orders() -> Vec<(&'static str, &'static str)> {
    vec![("backwards", "The last one first.")]
}

fn stops() -> Vec<(&'static str, &'static str)> {
    vec![
        ("login-page", "Where the user logs in."),
        ("consent-page", "Where the user consents."),
    ]
}

fn decisions() -> Vec<(&'static str, &'static str)> {
    vec![("deny", "The button that says no.")]
}

fn sites() -> Vec<(&'static str, &'static str)> {
    vec![(
        "another-site",
        "A stranger's page: cookies with SameSite stay behind.",
    )]
}

fn pkce() -> Vec<(&'static str, &'static str)> {
    vec![
        ("S256", "The default."),
        ("plain", "The verifier itself."),
        ("none", "No challenge."),
    ]
}

fn wants() -> Vec<(&'static str, &'static str)> {
    vec![(
        "refresh-token",
        "Scope and prompt of the profile that bring a refresh token.",
    )]
}

pub(super) const EXCHANGE: &[Field] = &[
    Field::required("of", Shape::Text, "The `authorize` step."),
    Field::new(
        "code-of",
        Shape::Text,
        "The step whose code, redirection URI and verifier are sent instead.",
    ),
    Field::new("client", Shape::Text, "Another client."),
    FORM,
    HEADER,
    QUERY,
    BY,
    CERTIFICATE,
    METHOD,
    DPOP,
    AT_ONCE,
];

const DPOP: Field = Field::new(
    "dpop",
    Shape::Either(&[Shape::Bool, Shape::Map(PROOF)]),
    "A DPoP proof goes with it (RFC 9449 section 5): a right one, or one with changes.",
);
const REQUEST_OBJECT: Field = Field::new(
    "request-object",
    Shape::Either(&[Shape::Bool, Shape::Map(SEALED)]),
    "The parameters go in a JWT that the client signs (RFC 9101): a right one, or one with changes.",
);

const CLIENT_AUTH: Shape = Shape::Map(&[
    Field::new("method", Shape::Word(auth_methods), "The method."),
    Field::new("id", Shape::Text, "Another client_id."),
    Field::new("secret", Shape::Text, "Another secret."),
    Field::new(
        "assertion",
        Shape::Map(SIGNED),
        "What is changed of the assertion of private_key_jwt.",
    ),
    Field::new(
        "assertion-type",
        Shape::Text,
        "Another client_assertion_type; empty: none.",
    ),
    Field::new(
        "scheme",
        Shape::Text,
        "Another spelling of the scheme of client_secret_basic.",
    ),
    Field::new(
        "attestation",
        Shape::Map(SIGNED),
        "What is changed of the attester's JWT about the client.",
    ),
    Field::new(
        "attestation-proof",
        Shape::Map(SIGNED),
        "What is changed of the client's proof beside it.",
    ),
]);

fn auth_methods() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "client_secret_basic",
            "RFC 6749 section 2.3.1, form-encoded.",
        ),
        ("client_secret_post", "In the body."),
        (
            "private_key_jwt",
            "An assertion that the client signs (RFC 7523 section 2.2).",
        ),
        (
            "attestation",
            "By an attester's word and a proof of the key in it.",
        ),
        ("both", "Twice, which RFC 6749 section 2.3 forbids."),
        ("none", "Only client_id in the body."),
        ("nothing", "Not even client_id."),
    ]
}

pub(super) const REFRESH: &[Field] = &[
    Field::required(
        "of",
        Shape::Text,
        "The step that brought the refresh token.",
    ),
    Field::new("client", Shape::Text, "Another client."),
    FORM,
    HEADER,
    BY,
    CERTIFICATE,
    DPOP,
    AT_ONCE,
];

pub(super) const GRANT: &[Field] = &[
    Field::new("client", Shape::Text, "The client's role."),
    Field::new("grant_type", Shape::Text, "client_credentials if unsaid."),
    Field::new("scope", Shape::Text, "The scope asked for."),
    Field::new(
        "more-scope",
        Shape::Text,
        "A scope value more than is asked for.",
    ),
    FORM,
    HEADER,
    QUERY,
    METHOD,
    Field::new("json", Shape::Any, "A JSON body instead of the form."),
    Field::new(
        "assertion",
        Shape::Map(SIGNED),
        "A JWT that the client signs goes as `assertion` (RFC 7523 section 2.1), with these changes.",
    ),
    Field::new(
        "mutate",
        Shape::Text,
        "A row of `mutation`, done to `subject_token`, where that is a JWT.",
    ),
    BY,
    CERTIFICATE,
    DPOP,
];

pub(super) const PUSH: &[Field] = &[
    Field::new("client", Shape::Text, "The client's role."),
    Field::new("scope", Shape::Text, "The scope asked for."),
    Field::new("pkce", Shape::Word(pkce), "The code challenge."),
    Field::new("wants", Shape::Word(wants), "What the flow must bring."),
    Field::new(
        "query",
        PARAMETERS,
        "Changed parameters of the authorization request; null removes one.",
    ),
    REQUEST_OBJECT,
    Field::new(
        "outside",
        PARAMETERS,
        "Changed parameters outside of the request object; null removes one.",
    ),
    FORM,
    HEADER,
    METHOD,
    BY,
    CERTIFICATE,
    DPOP,
];

pub(super) const DEVICE: &[Field] = &[
    Field::new("client", Shape::Text, "The client's role."),
    Field::new("scope", Shape::Text, "The scope asked for."),
    FORM,
    HEADER,
    METHOD,
    BY,
    CERTIFICATE,
];

pub(super) const TOKEN_USE: &[Field] = &[
    Field::new("of", Shape::Text, "The step that brought the token."),
    Field::new(
        "token",
        Shape::Text,
        "access_token, refresh_token, last_access_token of several at once, or a token as written.",
    ),
    Field::new(
        "client",
        Shape::Text,
        "The client that asks; the token's own if unsaid.",
    ),
    Field::new(
        "mutate",
        Shape::Text,
        "A row of `mutation`, done to the token, where that is a JWT.",
    ),
    FORM,
    HEADER,
    QUERY,
    METHOD,
    BY,
    CERTIFICATE,
];

pub(super) const USE: &[Field] = &[
    Field::required("of", Shape::Text, "The step that brought the token."),
    Field::new(
        "token",
        Shape::Text,
        "As under `introspect`; access_token if unsaid.",
    ),
];
