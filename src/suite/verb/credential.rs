//! What may be written as a credential: the valid one, or one with a departure.

use std::sync::OnceLock;

use crate::provider::described;
use crate::source::shape::{Field, Shape};

// what every credential that is carried by a scheme may change
const SCHEME: Field = Field::new("scheme", Shape::Text, "Another spelling of the scheme.");
const SEPARATOR: Field = Field::new(
    "separator",
    Shape::Text,
    "What stands between scheme and credential.",
);
const SUFFIX: Field = Field::new("suffix", Shape::Text, "What stands behind the credential.");

// what every JWT may change, a proof too
const CLAIMS: Field = Field::new(
    "claims",
    Shape::MapOf(&Shape::Any),
    "Changed claims; null removes one.",
);
const HEADER: Field = Field::new(
    "header",
    Shape::MapOf(&Shape::Any),
    "Changed header members; null removes one.",
);
const MUTATE: Field = Field::new(
    "mutate",
    Shape::Many(&Shape::Text),
    "Rows of the table `mutation`.",
);

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
        (
            "certificate-bound",
            "The valid token that is bound to our client certificate.",
        ),
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
    Field::new(
        "certificate-bound",
        Shape::Map(JWT),
        "A JWT, starting from the valid token that is bound to our client certificate.",
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
    SCHEME,
    SEPARATOR,
    SUFFIX,
];

fn charsets() -> Vec<(&'static str, &'static str)> {
    vec![
        ("utf-8", "RFC 7617 section 2.1."),
        ("latin-1", "ISO 8859-1."),
    ]
}

const JWT: &[Field] = &[
    CLAIMS,
    HEADER,
    Field::new(
        "repeat-claim",
        Shape::MapOf(&Shape::List(&Shape::Any)),
        "Claims written once for each value, in order; `valid` is the valid value.",
    ),
    MUTATE,
    Field::new(
        "sign-with",
        Shape::Either(&[Shape::Word(signers), Shape::Map(SIGN_WITH)]),
        "Who signs; `keep` leaves the old signature.",
    ),
    SEAL,
    SCHEME,
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

/// What may be changed of a JWT that a client signs itself.
pub(super) const SIGNED: &[Field] = &[CLAIMS, HEADER, MUTATE, CLIENT_SIGNER];

/// The same for a JWT that may be sealed too.
pub(super) const SEALED: &[Field] = &[CLAIMS, HEADER, MUTATE, CLIENT_SIGNER, SEAL];

const CLIENT_SIGNER: Field = Field::new(
    "sign-with",
    Shape::Either(&[Shape::Word(client_signers), Shape::Map(CLIENT_SIGN_WITH)]),
    "Who signs; the client if unsaid.",
);

const SEAL: Field = Field::new(
    "encrypt",
    Shape::Map(ENCRYPT),
    "The token is sealed to a public key (RFC 7516).",
);

fn client_signers() -> Vec<(&'static str, &'static str)> {
    vec![
        ("own", "The client's key."),
        ("stranger", "A key that nobody knows."),
        ("keep", "The signature of the unchanged JWT stays."),
        ("none", "`alg` none and no signature."),
    ]
}

const CLIENT_SIGN_WITH: &[Field] = &[
    Field::new(
        "public-key-as",
        Shape::Text,
        "The client's public key, in a row of `public-key-form`, as an HMAC secret.",
    ),
    Field::new("text", Shape::Text, "This text as an HMAC secret."),
    Field::new("client", Shape::Text, "The key of the client of this role."),
];

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
    SCHEME,
    SEPARATOR,
];

pub(super) const PROOF: &[Field] = &[
    CLAIMS,
    HEADER,
    Field::new(
        "htu",
        Shape::Map(&[Field::required(
            "form",
            Shape::Text,
            "A row of the table `htu-form`.",
        )]),
        "The URI in another form.",
    ),
    MUTATE,
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
    SEPARATOR,
    Field::new("prefix", Shape::Text, "What stands before the whole value."),
    SUFFIX,
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
