//! An API that is asked for users, its challenges, and where they lead (RFC 6750, RFC 9470, RFC 9728).

use serde_json::Value;

use crate::client::challenge::{self, Challenge};
use crate::decisions::jwt::{Jwt, Object};
use crate::upstream::Answer;

/// The decisions about an API and its challenges.
#[derive(Clone)]
pub(crate) struct Api {
    /// The challenges of an answer, of all of its fields (RFC 9110 section 11.6.1).
    pub(crate) reads: fn(&[String]) -> Vec<Challenge>,
    /// A parameter of a challenge, whatever the case of its name and whatever stands beside it (RFC 9110 section 11.2).
    pub(crate) parameter: fn(&Challenge, &str) -> Option<String>,
    /// Where metadata is, where the challenge doesn't say (RFC 9728 section 3.1).
    pub(crate) address: fn(&str) -> Option<String>,
    /// Whether a document is metadata: whatever else it holds (RFC 9728 section 3.2).
    pub(crate) readable: fn(&Object) -> bool,
    /// What is made of metadata that is signed too, given its claims: they count (RFC 9728 section 2.2).
    pub(crate) signed: fn(Object, Object) -> Object,
    /// Whether a signature of the provider's is what makes them claims (RFC 9728 section 3.3).
    pub(crate) verifies: bool,
    /// The decisions about that signature.
    pub(crate) token: Jwt,
    /// Whether metadata is that of the API that was asked (RFC 9728 section 3.3).
    pub(crate) is_of: fn(&Value, &str) -> bool,
    /// The resource that a token is asked for: the API, and nothing wider (RFC 8707 section 2).
    pub(crate) resource: fn(&str) -> Option<String>,
    /// Whether a challenge makes metadata be read that was read before (RFC 9728 section 5.2).
    pub(crate) reads_again: bool,
    /// What a demand for a better login asks for, as it stands there (RFC 9470 section 4).
    pub(crate) stronger: fn(&Challenge) -> Vec<(&'static str, String)>,
    /// How often a request that got this answer is sent in all: once (RFC 9110 sections 15.5.2 and 15.5.4).
    pub(crate) attempts: fn(&Answer) -> u32,
    /// Whether the token of whoever came last serves everybody: it doesn't.
    pub(crate) keeps_token: bool,
}

impl Api {
    pub(crate) fn right() -> Self {
        Self {
            reads: challenge::all,
            parameter: |challenge, name| challenge.parameter(name),
            address: |api| address(api, ""),
            readable: |_| true,
            signed: |mut plain, claims| {
                plain.extend(claims);
                plain
            },
            verifies: true,
            token: Jwt {
                audience: |_, _| Ok(()),
                subject: |_| Ok(()),
                ..super::answers::userinfo()
            },
            is_of: |resource, api| resource == api,
            resource: |api| Some(api.to_owned()),
            reads_again: true,
            stronger: |challenge| {
                let named = |name| challenge.parameter(name).map(|value| (name, value));
                ["acr_values", "max_age"]
                    .into_iter()
                    .filter_map(named)
                    .collect()
            },
            attempts: |_| 1,
            keeps_token: false,
        }
    }
}

/// The well-known part between host and path, behind this (RFC 9728 section 3.1).
pub(crate) fn address(api: &str, behind: &str) -> Option<String> {
    let url = url::Url::parse(api).ok()?;
    let origin = url.origin().ascii_serialization();
    let path = url.path().trim_end_matches('/');
    Some(format!(
        "{origin}{behind}/.well-known/oauth-protected-resource{path}"
    ))
}
