//! The addresses that the client makes: where the browser comes back to, and where it is sent.

use url::Url;

/// The decisions about addresses.
#[derive(Clone)]
pub(crate) struct Addresses {
    /// The redirection URI below an origin of ours, for the first provider or the second: each has its own (RFC 9700
    /// section 4.4.2.2).
    pub(crate) redirection: fn(&str, bool) -> String,
    /// The authorization endpoint with the parameters added to its own query (RFC 6749 section 3.1).
    pub(crate) asked: fn(Url, &[(&'static str, String)]) -> String,
    /// Whether an answer may come here, at this path, that was to come there: it must, unless `iss` says whose it is
    /// (RFC 9700 section 4.4.2).
    pub(crate) arrives: fn(&str, &str, bool) -> bool,
    /// The issuer of whose metadata a login is begun that another site asks for: one that is known here, and no other
    /// is asked for anything (OpenID Connect Core section 4).
    pub(crate) looks_up: fn(&str) -> Option<String>,
    /// The page that another site asks to be opened after the login: one of this origin (OpenID Connect Core
    /// section 4).
    pub(crate) target: fn(&str, &str) -> Option<String>,
}

impl Addresses {
    pub(crate) fn right() -> Self {
        Self {
            redirection: |origin, second| {
                let path = if second {
                    "/callback/second"
                } else {
                    "/callback"
                };
                format!("{origin}{path}")
            },
            asked: |mut endpoint, parameters| {
                endpoint.query_pairs_mut().extend_pairs(parameters);
                endpoint.into()
            },
            arrives: |expected, came, named| named || expected == came,
            looks_up: |_| None,
            target: |asked, origin| {
                let asked = Url::parse(asked).ok()?;
                let own = Url::parse(origin).ok()?;
                let is_own = asked.origin() == own.origin() && asked.username().is_empty();
                is_own.then(|| asked.into())
            },
        }
    }
}
