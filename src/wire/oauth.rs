//! Messages of OAuth 2.0 (RFC 6749 and its extensions): error answers, the codes each endpoint may give, what a
//! redirect carries back, and the character sets of appendix A. Whether an answer is the right one isn't decided here.

use crate::wire::challenge::Challenge;
use crate::wire::form;
use serde_json::Value;
use url::Url;

/// An error as an endpoint reports it (RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorResponse {
    /// `error`.
    pub error: String,
    /// `error_description`.
    pub description: Option<String>,
    /// `error_uri`.
    pub uri: Option<String>,
    /// What is wrong though it can be read.
    pub defects: Vec<ErrorDefect>,
}

/// A breach of an error answer's grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorDefect {
    /// `error` is empty or has a character that isn't allowed (RFC 6749 appendix A.7).
    Error,
    /// `error_description` has such a character, or is no text (appendix A.8).
    Description,
    /// `error_uri` has such a character, or is no text (appendix A.9).
    Uri,
}

impl ErrorResponse {
    /// Out of a JSON answer; none where it has no `error` that is text.
    pub fn from_json(answer: &Value) -> Option<Self> {
        let error = answer.get("error")?.as_str()?;
        let text = |name: &str| match answer.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(()),
        };
        Some(Self::new(
            error,
            text("error_description"),
            text("error_uri"),
        ))
    }

    /// Out of the parameters of a redirect or a form.
    pub fn from_params(params: &Params) -> Option<Self> {
        let text = |name: &str| Ok(params.get(name).map(str::to_owned));
        let error = params.get("error")?;
        Some(Self::new(
            error,
            text("error_description"),
            text("error_uri"),
        ))
    }

    /// Out of a challenge (RFC 6750 section 3).
    pub fn from_challenge(challenge: &Challenge) -> Option<Self> {
        let text = |name: &str| Ok(challenge.param(name).map(str::to_owned));
        let error = challenge.param("error")?;
        Some(Self::new(
            error,
            text("error_description"),
            text("error_uri"),
        ))
    }

    fn new(
        error: &str,
        description: Result<Option<String>, ()>,
        uri: Result<Option<String>, ()>,
    ) -> Self {
        let mut defects = Vec::new();
        if error.is_empty() || !all(error, is_nqschar) {
            defects.push(ErrorDefect::Error);
        }
        let sound = |text: &Result<Option<String>, ()>, allowed: fn(char) -> bool| match text {
            Ok(text) => text.as_deref().is_none_or(|text| all(text, allowed)),
            Err(()) => false,
        };
        if !sound(&description, is_nqschar) {
            defects.push(ErrorDefect::Description);
        }
        if !sound(&uri, is_nqchar) {
            defects.push(ErrorDefect::Uri);
        }
        Self {
            error: error.to_owned(),
            description: description.unwrap_or_default(),
            uri: uri.unwrap_or_default(),
            defects,
        }
    }
}

/// An endpoint that reports errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// The authorization endpoint, by redirect.
    Authorization,
    /// The token endpoint.
    Token,
    /// A protected resource, in its challenge.
    Resource,
    /// Token revocation (RFC 7009).
    Revocation,
    /// Token introspection (RFC 7662).
    Introspection,
    /// Pushed authorization requests (RFC 9126).
    PushedAuthorization,
    /// Device authorization (RFC 8628).
    DeviceAuthorization,
    /// Dynamic registration (RFC 7591).
    Registration,
}

/// RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6, RFC 8707 section 2, RFC 9396 section 5, OpenID
/// Connect Core Error Code unmet_authentication_requirements.
const AUTHORIZATION: &[&str] = &[
    "invalid_request",
    "unauthorized_client",
    "access_denied",
    "unsupported_response_type",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "interaction_required",
    "login_required",
    "account_selection_required",
    "consent_required",
    "invalid_request_uri",
    "invalid_request_object",
    "request_not_supported",
    "request_uri_not_supported",
    "registration_not_supported",
    "unmet_authentication_requirements",
    "invalid_target",
    "invalid_authorization_details",
];

/// RFC 6749 section 5.2, RFC 8628 section 3.5, RFC 8707 section 2, RFC 9396 section 5, RFC 9449 sections 5 and 8.
const TOKEN: &[&str] = &[
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "authorization_pending",
    "slow_down",
    "access_denied",
    "expired_token",
    "invalid_target",
    "invalid_authorization_details",
    "invalid_dpop_proof",
    "use_dpop_nonce",
];

/// RFC 6750 section 3.1, RFC 9449 sections 7.1 and 9, RFC 9470 section 3.
const RESOURCE: &[&str] = &[
    "invalid_request",
    "invalid_token",
    "insufficient_scope",
    "invalid_dpop_proof",
    "use_dpop_nonce",
    "insufficient_user_authentication",
];

/// RFC 7591 section 3.2.2, and RFC 6750 section 3.1 since the endpoint may ask for a token.
const REGISTRATION: &[&str] = &[
    "invalid_redirect_uri",
    "invalid_client_metadata",
    "invalid_software_statement",
    "unapproved_software_statement",
    "invalid_token",
];

impl Endpoint {
    /// Whether a code is registered for this endpoint.
    pub fn registers(self, code: &str) -> bool {
        let lists: &[&[&str]] = match self {
            Self::Authorization => &[AUTHORIZATION],
            Self::Token | Self::DeviceAuthorization => &[TOKEN],
            Self::Resource => &[RESOURCE],
            // RFC 7009 section 2.2.1 adds to RFC 6749 section 5.2
            Self::Revocation => &[TOKEN, &["unsupported_token_type"]],
            // RFC 7662 section 2.3: as a token endpoint or as a protected resource
            Self::Introspection => &[TOKEN, RESOURCE],
            // RFC 9126 section 2.3: of both endpoints
            Self::PushedAuthorization => &[TOKEN, AUTHORIZATION],
            Self::Registration => &[REGISTRATION],
        };
        lists.iter().any(|list| list.contains(&code))
    }
}

/// Parameters in order, with repetitions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(pub Vec<(String, String)>);

impl Params {
    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Names that stand more than once, which RFC 6749 section 3.1 forbids.
    pub fn repeated(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for (at, (name, _)) in self.0.iter().enumerate() {
            let before = self.0[..at].iter().any(|(n, _)| n == name);
            if before && !names.contains(&name.as_str()) {
                names.push(name.as_str());
            }
        }
        names
    }
}

/// What a redirect carries back to the client (RFC 6749 sections 4.1.2 and 4.2.2).
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationResponse {
    /// Parameters of the query.
    pub query: Params,
    /// Parameters of the fragment.
    pub fragment: Params,
}

impl std::fmt::Debug for AuthorizationResponse {
    /// Codes and tokens are secrets; only names are shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names =
            |params: &Params| -> Vec<String> { params.0.iter().map(|(n, _)| n.clone()).collect() };
        f.debug_struct("AuthorizationResponse")
            .field("query", &names(&self.query))
            .field("fragment", &names(&self.fragment))
            .finish()
    }
}

impl AuthorizationResponse {
    /// Reads both parts of a redirect's address.
    pub fn from_redirect(url: &Url) -> Self {
        let read = |text: Option<&str>| Params(text.map(form::parse).unwrap_or_default());
        Self {
            query: read(url.query()),
            fragment: read(url.fragment()),
        }
    }

    /// A parameter, from the query first.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.query.get(name).or_else(|| self.fragment.get(name))
    }

    /// The error, if it is one.
    pub fn error(&self) -> Option<ErrorResponse> {
        ErrorResponse::from_params(&self.query)
            .or_else(|| ErrorResponse::from_params(&self.fragment))
    }
}

/// A printable ASCII character, the blank included (RFC 6749 appendix A).
pub fn is_vschar(letter: char) -> bool {
    matches!(letter, ' '..='~')
}

/// A character of scope tokens and URIs: no blank, no quote, no backslash (appendix A).
pub fn is_nqchar(letter: char) -> bool {
    matches!(letter, '!' | '#'..='[' | ']'..='~')
}

/// A character of error codes and descriptions: no quote, no backslash (appendix A).
pub fn is_nqschar(letter: char) -> bool {
    letter == ' ' || is_nqchar(letter)
}

/// Whether a text is a scope: tokens apart by single blanks (section 3.3).
pub fn is_scope(text: &str) -> bool {
    text.split(' ')
        .all(|token| !token.is_empty() && all(token, is_nqchar))
}

/// Whether a text is an access token, a code or a state: visible characters, at least one (appendix A.12).
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && all(text, is_vschar)
}

fn all(text: &str, allowed: fn(char) -> bool) -> bool {
    text.chars().all(allowed)
}

#[cfg(test)]
mod tests;
