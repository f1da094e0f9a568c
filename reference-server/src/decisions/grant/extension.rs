//! Grants beside those of RFC 6749: JWTs of a client (RFC 7523), tokens for tokens (RFC 8693), and the APIs that tokens
//! are for (RFC 8707).

use serde_json::Value;
use url::Url;

use super::assertion::Assertion;

/// The decisions about these grants.
#[derive(Clone)]
pub(crate) struct Extensions {
    /// Which JWT is a grant, and for whom it must be (RFC 7523 section 3).
    pub(crate) bearer: Assertion,
    /// The error for a JWT that is none (RFC 7523 section 3.1).
    pub(crate) bearer_error: &'static str,
    /// Whether a token that is exchanged is verified, lives and was not revoked (RFC 8693 section 2.1).
    pub(crate) checks_subject: bool,
    /// Whether a token that is exchanged comes with its type (RFC 8693 section 2.1).
    pub(crate) needs_type: bool,
    /// Whether the type of an actor's token may come without the token: it may not (RFC 8693 section 2.1).
    pub(crate) stray_actor_type: bool,
    /// Whether an actor's token comes with its type (RFC 8693 section 2.1).
    pub(crate) needs_actor_type: bool,
    /// Whether an actor's token is verified (RFC 8693 section 2.1).
    pub(crate) checks_actor: bool,
    /// Whether a JWT of the client is enough, whatever becomes of the client's authentication (RFC 7523 section 3.1).
    pub(crate) bearer_without_client: bool,
    /// The APIs that a client's own grant is for, of those that it names: these (RFC 8707 section 2.2).
    pub(crate) own_grant_for: fn(Vec<String>) -> Vec<String>,
    /// Whether a refresh may be for one of the APIs that were granted: it may (RFC 8707 section 2.2).
    pub(crate) refreshes_for_one: bool,
    /// Whether the scope asked for is within that of the token (RFC 8693 section 2.2.1, RFC 9700 section 2.3).
    pub(crate) within: fn(&str, &str) -> bool,
    /// What becomes of the answer to an exchange: nothing (RFC 8693 section 2.2.1).
    pub(crate) exchanged: fn(&mut Value),
    /// Whether there is such an API (RFC 8707 section 2).
    pub(crate) target: fn(&str, &str) -> bool,
    /// The error for an API that there is not (RFC 8707 section 2).
    pub(crate) target_error: &'static str,
    /// What a token is for, given the APIs asked for and the server's own (RFC 8707 section 2, RFC 9068 section 3).
    pub(crate) audience: fn(&[String], &str) -> Value,
}

impl Extensions {
    pub(crate) fn right() -> Self {
        Self {
            bearer: Assertion {
                names: |issuer, endpoint| vec![issuer.to_owned(), endpoint.to_owned()],
                ..Assertion::right()
            },
            bearer_error: "invalid_grant",
            checks_subject: true,
            needs_type: true,
            stray_actor_type: false,
            needs_actor_type: true,
            checks_actor: true,
            bearer_without_client: false,
            own_grant_for: |named| named,
            refreshes_for_one: true,
            within: |granted, asked| {
                asked
                    .split(' ')
                    .all(|value| granted.split(' ').any(|granted| granted == value))
            },
            exchanged: |_| {},
            target,
            target_error: "invalid_target",
            audience: |asked, own| match asked {
                [] => own.into(),
                [one] => one.as_str().into(),
                several => several.into(),
            },
        }
    }
}

/// An absolute URI without a fragment, of this server or of the API beside it (RFC 8707 section 2).
pub(crate) fn target(uri: &str, origin: &str) -> bool {
    let sound = Url::parse(uri).is_ok() && !uri.contains('#');
    sound && (uri == origin || uri == BESIDE)
}

/// An API that takes tokens of this server and is somewhere else.
pub(crate) const BESIDE: &str = "https://orders.example/";
