//! What a login sends beside the parameters that bind it, and what becomes of the token it brings.

use serde_json::{Map, Value};

use crate::client::browser::User;
use crate::encoding;
use crate::upstream::Answer;

/// The decisions about the requests of a login.
#[derive(Clone)]
pub(crate) struct Flow {
    /// The scope that is asked for: what this application uses (RFC 6749 section 10.3).
    pub(crate) scope: fn(&Map<String, Value>) -> String,
    /// Whether a token request that got this answer is sent once more: a code is used once (RFC
    /// 6749 section 4.1.2).
    pub(crate) redeems_again: fn(&Answer) -> bool,
    /// Whether the access token goes into the body of the UserInfo request: into the field (RFC
    /// 6750 section 2.1).
    pub(crate) posts_token: bool,
    /// Whether a refused request is followed by one with a weaker challenge: never (RFC 7636
    /// section 7.2).
    pub(crate) weakens: fn(&str) -> bool,
    /// Whether the secret goes by Basic at a provider with this metadata: where that is offered (RFC 8414 section 2).
    pub(crate) by_basic: fn(&Map<String, Value>) -> bool,
    /// Whether a redirected token request goes on as a GET: it goes nowhere (RFC 9110 section 15.4.8).
    pub(crate) turns_to_get: bool,
    /// What state is, given something fresh and the page that was asked for. Nothing of it is believed: a state counts
    /// as a whole, as it was sent (RFC 9700 section 4.7.1).
    pub(crate) noted: fn(String, Option<&str>) -> String,
    /// The address of the page after the login: without the token (RFC 6750 section 5.3).
    pub(crate) landing: fn(String, &User) -> String,
}

impl Flow {
    pub(crate) fn right() -> Self {
        Self {
            scope: |_| "openid profile email".to_owned(),
            redeems_again: |_| false,
            posts_token: false,
            weakens: |_| false,
            by_basic: |metadata| {
                let methods = metadata
                    .get("token_endpoint_auth_methods_supported")
                    .and_then(Value::as_array);
                methods.is_none_or(|all| all.iter().any(|method| method == "client_secret_basic"))
            },
            turns_to_get: false,
            noted: |fresh, next| match next {
                Some(next) => format!("{fresh}.{}", encoding::base64url(next.as_bytes())),
                None => fresh,
            },
            landing: |page, _| page,
        }
    }
}
