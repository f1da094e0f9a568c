//! The actions of a step: one row each, with its grammar.
//!
//! What an action *does* is in `exec`; here is only what may be written.

use std::sync::OnceLock;

use crate::model::Role;
use crate::provider::described;
use crate::source::shape::{Field, Shape};

macro_rules! verbs {
    ($($variant:ident = $word:literal, $roles:expr, $shape:expr, $doc:literal;)+) => {
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

verbs! {
    Send = "send", ANY, Shape::Map(SEND), "Sends one request to a named endpoint of the target.";
    Again = "again", ANY, Shape::Text, "Sends the last request of a named step once more, byte for byte; a DPoP proof is fresh in cases that are not about `dpop`.";
    Wait = "wait", ANY, Shape::Either(&[Shape::Duration, Shape::Text]), "Waits for a span of time, or for a duration that the profile names.";
    Provider = "provider", ANY, Shape::MapOf(&Shape::Any), "Changes how authspec's provider behaves from now on.";
    Restart = "restart", ANY, Shape::Map(&[]), "Starts the target anew.";
    Authorize = "authorize", ISSUER, Shape::Map(AUTHORIZE), "Walks from the authorization request through login and consent to its end.";
    Exchange = "exchange", ISSUER, Shape::Map(EXCHANGE), "Exchanges the code of an `authorize` step for tokens.";
    Refresh = "refresh", SERVER, Shape::Map(REFRESH), "Uses the refresh token of a step.";
    Grant = "grant", ISSUER, Shape::Map(GRANT), "Asks the token endpoint with a grant of its own.";
    Tokens = "tokens", ISSUER, Shape::Map(AUTHORIZE), "`authorize` and `exchange` in one.";
    Introspect = "introspect", SERVER, Shape::Map(TOKEN_USE), "Asks the introspection endpoint about a token of a step.";
    Revoke = "revoke", ISSUER, Shape::Map(TOKEN_USE), "Revokes a token of a step.";
    Use = "use", SERVER, Shape::Map(USE), "Asks the profile's witness whether a token of a step lives.";
    Login = "login", CLIENT, Shape::Map(LOGIN), "Logs an actor in through the client: start, provider, callback.";
    BeginLogin = "begin-login", CLIENT, Shape::Map(LOGIN), "Starts a login and stops at the provider.";
    Callback = "callback", CLIENT, Shape::Map(CALLBACK), "Brings the provider's answer to a begun login to the client's callback.";
    Logout = "logout", CLIENT, Shape::Map(&[]), "Logs an actor out.";
    Open = "open", CLIENT, Shape::Map(OPEN), "Opens a page of the client in an actor's browser.";
    CopyCookies = "copy-cookies", CLIENT, Shape::Map(COPY), "Gives one actor's cookies to another.";
    Survey = "survey", RESOURCE, Shape::Map(SURVEY), "Asks every operation that the API's description says is guarded; accepted if one gives what the good credential gets.";
}

/// Text, number or boolean; a list repeats the field, null leaves it out.
const PARAMETERS: Shape = Shape::MapOf(&Shape::Either(&[
    Shape::Scalar,
    Shape::List(&Shape::Scalar),
    Shape::Map(LIKE),
]));

const LIKE: &[Field] = &[Field::new(
    "like-registered",
    Shape::Text,
    "A row of `redirect-trick`, made from the registered redirection URI.",
)];

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
        "At `over-tls`: only a ClientHello with this offer; accepted is what chooses of it.",
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

const PATH: &[Field] = &[Field::required(
    "variant",
    Shape::Text,
    "A row of the table `path-trick`.",
)];

/// What may be offered as a credential.
pub const CREDENTIAL: Shape = Shape::Either(&[
    Shape::Word(credential_words),
    Shape::Map(CREDENTIAL_MAP),
    Shape::List(&Shape::Either(&[
        Shape::Word(credential_words),
        Shape::Map(CREDENTIAL_MAP),
    ])),
]);

fn credential_words() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "valid",
            "The valid credential of the endpoint, in the form the profile gives.",
        ),
        ("none", "No credential at all."),
        (
            "invalid",
            "A credential of the endpoint's kind that nobody issued.",
        ),
        ("basic", "The valid user name and password."),
        ("bearer", "The valid token."),
        ("jwt", "The valid token, a JWT."),
        (
            "introspected",
            "A fresh opaque token, of which the provider says that it is active.",
        ),
        ("dpop", "The valid bound token, with a proof."),
    ]
}

const CREDENTIAL_MAP: &[Field] = &[
    Field::new(
        "basic",
        Shape::Map(BASIC),
        "HTTP Basic, starting from the valid user name and password.",
    ),
    Field::new(
        "jwt",
        Shape::Map(JWT),
        "A JWT, starting from the valid token.",
    ),
    Field::new(
        "dpop",
        Shape::Map(DPOP),
        "A DPoP-bound token and its proof, starting from right ones.",
    ),
    Field::new("opaque", Shape::Text, "A bearer token as written."),
    Field::new(
        "introspected",
        Shape::Open(introspected_fields),
        "A fresh opaque token, and what the provider answers when it is asked about it.",
    ),
    Field::new(
        "valid",
        Shape::Map(VALID),
        "The valid credential, carried in another way.",
    ),
    Field::new("raw", Shape::Text, "The whole Authorization field value."),
    Field::new(
        "turns",
        Shape::List(&Shape::Any),
        "One of these credentials for each turn of a step with `times`, in order and again from the first.",
    ),
];

const BASIC: &[Field] = &[
    Field::new("user", Shape::Text, "Another user name."),
    Field::new("password", Shape::Text, "Another password."),
    Field::new(
        "raw",
        Shape::Text,
        "The text before base64, instead of user:password.",
    ),
    Field::new("bytes", Shape::Text, "The bytes before base64, in hex."),
    Field::new(
        "coded",
        Shape::Text,
        "The text that stands where base64 belongs.",
    ),
    Field::new(
        "mutate",
        Shape::Text,
        "A row of `basic-mutation`, done to the base64.",
    ),
    Field::new(
        "charset",
        Shape::Word(charsets),
        "How the text becomes bytes.",
    ),
    Field::new("scheme", Shape::Text, "Another spelling of the scheme."),
    Field::new(
        "separator",
        Shape::Text,
        "What stands between scheme and credential.",
    ),
    Field::new("suffix", Shape::Text, "What stands behind the credential."),
];

fn charsets() -> Vec<(&'static str, &'static str)> {
    vec![
        ("utf-8", "RFC 7617 section 2.1."),
        ("latin-1", "ISO 8859-1."),
    ]
}

const JWT: &[Field] = &[
    Field::new(
        "claims",
        Shape::MapOf(&Shape::Any),
        "Changed claims; null removes one.",
    ),
    Field::new(
        "header",
        Shape::MapOf(&Shape::Any),
        "Changed header members; null removes one.",
    ),
    Field::new(
        "repeat-claim",
        Shape::MapOf(&Shape::List(&Shape::Any)),
        "Claims written once for each value, in order; `valid` is the valid value.",
    ),
    Field::new(
        "mutate",
        Shape::Many(&Shape::Text),
        "Rows of the table `mutation`.",
    ),
    Field::new(
        "sign-with",
        Shape::Either(&[Shape::Word(signers), Shape::Map(SIGN_WITH)]),
        "Who signs; `keep` leaves the old signature.",
    ),
    Field::new(
        "encrypt",
        Shape::Map(ENCRYPT),
        "The token is sealed to a public key (RFC 7516).",
    ),
    Field::new("scheme", Shape::Text, "Another spelling of the scheme."),
];

const ENCRYPT: &[Field] = &[
    Field::new("to", Shape::Text, "The key set whose key it is sealed to."),
    Field::new(
        "change",
        Shape::Text,
        "A row of `envelope`; `honest` if unsaid.",
    ),
];

fn signers() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "keep",
            "The old signature stays: changed claims are a forgery.",
        ),
        ("trusted", "The key that the target trusts."),
        ("stranger", "A key of nobody's."),
        ("none", "alg none, and an empty third part."),
    ]
}

fn introspected_fields() -> &'static [Field] {
    static FIELDS: OnceLock<Vec<Field>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let words = described::fields();
        let field = |(name, doc): &(&'static str, &'static str)| Field::new(name, Shape::Any, doc);
        words.iter().map(field).collect()
    })
}

const DPOP: &[Field] = &[
    Field::new(
        "token",
        Shape::Either(&[Shape::Map(JWT), Shape::Text]),
        "The token, as under `jwt`, or as written.",
    ),
    Field::new(
        "proof",
        Shape::Either(&[Shape::Map(PROOF), Shape::Word(no_proof)]),
        "The proof; `none` leaves it out.",
    ),
    Field::new("scheme", Shape::Text, "Another spelling of the scheme."),
    Field::new(
        "separator",
        Shape::Text,
        "What stands between scheme and credential.",
    ),
];

const PROOF: &[Field] = &[
    Field::new(
        "claims",
        Shape::MapOf(&Shape::Any),
        "Changed claims; null removes one.",
    ),
    Field::new(
        "header",
        Shape::MapOf(&Shape::Any),
        "Changed header members; null removes one.",
    ),
    Field::new(
        "htu",
        Shape::Map(&[Field::required(
            "form",
            Shape::Text,
            "A row of the table `htu-form`.",
        )]),
        "The URI in another form.",
    ),
    Field::new(
        "mutate",
        Shape::Many(&Shape::Text),
        "Rows of the table `mutation`.",
    ),
    Field::new(
        "key",
        Shape::Word(proof_keys),
        "The key in the header, which signs too; own if unsaid.",
    ),
    Field::new(
        "sign-with",
        Shape::Either(&[
            Shape::Word(proof_signers),
            Shape::Map(&[Field::required(
                "public-key-as",
                Shape::Text,
                "The key in the header, in a row of `public-key-form`, as an HMAC secret.",
            )]),
        ]),
        "Who signs, whatever key the header shows.",
    ),
    Field::new(
        "nonce",
        Shape::Word(no_nonce),
        "`none` leaves out the nonce that the server gave.",
    ),
    Field::new("twice", Shape::Word(doubled), "The field stands twice."),
    Field::new("raw", Shape::Text, "The whole field value."),
];

fn no_proof() -> Vec<(&'static str, &'static str)> {
    vec![("none", "No proof at all.")]
}

fn no_nonce() -> Vec<(&'static str, &'static str)> {
    vec![("none", "No nonce, though the server gave one.")]
}

fn proof_keys() -> Vec<(&'static str, &'static str)> {
    vec![
        ("own", "The key that the token is bound to."),
        ("private", "The same, its private half written too."),
        ("stranger", "A key of nobody's."),
    ]
}

fn proof_signers() -> Vec<(&'static str, &'static str)> {
    vec![
        ("own", "The key in the header."),
        ("stranger", "A key of nobody's."),
        ("keep", "The signature of the right proof stays."),
        ("none", "alg none, and an empty third part."),
    ]
}

fn doubled() -> Vec<(&'static str, &'static str)> {
    vec![
        ("same", "The same proof in two fields."),
        ("other", "Two right proofs in two fields."),
        ("joined", "The same proof twice in one field, with a comma."),
    ]
}

const SIGN_WITH: &[Field] = &[
    Field::new(
        "public-key-as",
        Shape::Text,
        "The issuer's public key, in a row of `public-key-form`, as an HMAC secret.",
    ),
    Field::new(
        "of",
        Shape::MapOf(&Shape::Any),
        "The public key as a JWK, where it is not the issuer's own.",
    ),
    Field::new("text", Shape::Text, "This text as an HMAC secret."),
];

const VALID: &[Field] = &[
    Field::new("in", Shape::Word(carriers), "Where it is carried."),
    Field::new(
        "name",
        Shape::Text,
        "The name of the parameter, cookie or field.",
    ),
    Field::new(
        "scheme",
        Shape::Text,
        "Another spelling of the scheme; empty: none.",
    ),
    Field::new(
        "separator",
        Shape::Text,
        "What stands between scheme and credential.",
    ),
    Field::new("prefix", Shape::Text, "What stands before the whole value."),
    Field::new("suffix", Shape::Text, "What stands behind the credential."),
    Field::new(
        "form",
        Shape::Word(forms),
        "The form of the standard, whatever form the profile gives.",
    ),
];

fn carriers() -> Vec<(&'static str, &'static str)> {
    vec![
        ("header", "A field."),
        ("query", "The query (RFC 6750 section 2.3)."),
        ("form", "The form body (RFC 6750 section 2.2)."),
        ("cookie", "A cookie."),
    ]
}

fn forms() -> Vec<(&'static str, &'static str)> {
    vec![("standard", "As RFC 7617 or RFC 6750 write it.")]
}

const AUTHORIZE: &[Field] = &[
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
];

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

const EXCHANGE: &[Field] = &[
    Field::required("of", Shape::Text, "The `authorize` step."),
    Field::new(
        "code-of",
        Shape::Text,
        "The step whose code, redirection URI and verifier are sent instead.",
    ),
    Field::new("client", Shape::Text, "Another client."),
    Field::new("form", PARAMETERS, "Changed parameters; null removes one."),
    Field::new("header", PARAMETERS, "Further field lines."),
    Field::new(
        "query",
        PARAMETERS,
        "Query parameters of the token endpoint's URL.",
    ),
    Field::new("client-auth", CLIENT_AUTH, "How the client authenticates."),
    Field::new("at-once", Shape::Int, "Sends it so often at the same time."),
];

const CLIENT_AUTH: Shape = Shape::Map(&[
    Field::new("method", Shape::Word(auth_methods), "The method."),
    Field::new("id", Shape::Text, "Another client_id."),
    Field::new("secret", Shape::Text, "Another secret."),
]);

fn auth_methods() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "client_secret_basic",
            "RFC 6749 section 2.3.1, form-encoded.",
        ),
        ("client_secret_post", "In the body."),
        ("both", "Twice, which RFC 6749 section 2.3 forbids."),
        ("none", "Only client_id in the body."),
        ("nothing", "Not even client_id."),
    ]
}

const REFRESH: &[Field] = &[
    Field::required(
        "of",
        Shape::Text,
        "The step that brought the refresh token.",
    ),
    Field::new("client", Shape::Text, "Another client."),
    Field::new("form", PARAMETERS, "Changed parameters; null removes one."),
    Field::new("header", PARAMETERS, "Further field lines."),
    Field::new("client-auth", CLIENT_AUTH, "How the client authenticates."),
    Field::new("at-once", Shape::Int, "Sends it so often at the same time."),
];

const GRANT: &[Field] = &[
    Field::new("client", Shape::Text, "The client's role."),
    Field::new("grant_type", Shape::Text, "client_credentials if unsaid."),
    Field::new("scope", Shape::Text, "The scope asked for."),
    Field::new("form", PARAMETERS, "Changed parameters; null removes one."),
    Field::new("header", PARAMETERS, "Further field lines."),
    Field::new(
        "query",
        PARAMETERS,
        "Query parameters of the token endpoint's URL.",
    ),
    Field::new("method", Shape::Text, "Another method than POST."),
    Field::new("json", Shape::Any, "A JSON body instead of the form."),
    Field::new("client-auth", CLIENT_AUTH, "How the client authenticates."),
];

const TOKEN_USE: &[Field] = &[
    Field::new("of", Shape::Text, "The step that brought the token."),
    Field::new(
        "token",
        Shape::Text,
        "access_token, refresh_token, or a token as written.",
    ),
    Field::new(
        "client",
        Shape::Text,
        "The client that asks; the token's own if unsaid.",
    ),
    Field::new("form", PARAMETERS, "Changed parameters; null removes one."),
    Field::new("header", PARAMETERS, "Further field lines."),
    Field::new("client-auth", CLIENT_AUTH, "How the client authenticates."),
];

const USE: &[Field] = &[
    Field::required("of", Shape::Text, "The step that brought the token."),
    Field::new("token", Shape::Text, "access_token if unsaid."),
];

const LOGIN: &[Field] = &[
    Field::new("at", Shape::Word(providers), "The provider."),
    Field::new(
        "query",
        PARAMETERS,
        "Further parameters of the request that starts the login.",
    ),
];

fn providers() -> Vec<(&'static str, &'static str)> {
    vec![("honest", "The first provider."), ("evil", "The second.")]
}

const CALLBACK: &[Field] = &[
    Field::required("of", Shape::Text, "The `begin-login` step."),
    Field::new(
        "query",
        PARAMETERS,
        "Changed parameters of the callback; null removes one.",
    ),
    Field::new("answered-by", Shape::Word(providers), "Who answers."),
    Field::new(
        "answer",
        Shape::MapOf(&Shape::Scalar),
        "The whole answer instead of the provider's, state and iss kept.",
    ),
];

const OPEN: &[Field] = &[
    Field::new("page", Shape::Text, "A path of the client, or `who-am-i`."),
    Field::new("query", PARAMETERS, "Query parameters."),
];

const COPY: &[Field] = &[
    Field::required("from", Shape::Text, "The actor whose cookies are taken."),
    Field::required("to", Shape::Text, "The actor who gets them."),
];

/// The keys of a suite file, a case, a rider and a step are put together in `grammar`.
pub(super) fn step_fields() -> Vec<Field> {
    Verb::ALL
        .iter()
        .map(|verb| Field::new(verb.word(), verb.shape(), verb.doc()))
        .collect()
}
