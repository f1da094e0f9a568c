//! Userinfo (OpenID Connect Core section 5.3), for whoever bears an access token (RFC 6750).

use serde_json::{Map, Value, json};

use super::super::answers::{Refusal, content};
use super::super::parameters::Parameters;
use crate::model::{Header, Response};
use crate::provider::{Call, Provider, Reply};

pub(in crate::provider) fn answer(provider: &mut Provider, call: &Call<'_>) -> Reply {
    let twist = provider.play.turn("userinfo", |script| &script.userinfo);
    provider.say("userinfo", twist, |provider| honest(provider, call))
}

fn honest(provider: &Provider, call: &Call<'_>) -> Result<Map<String, Value>, Response> {
    let invalid = Refusal::new("invalid_token", "the access token is unknown or has ended");
    let handle = bearer(call)?;
    let token = provider
        .store
        .access
        .get(&handle)
        .filter(|token| token.is_active(call.now))
        .ok_or_else(|| invalid.bearer_response())?;
    let user = token
        .grant
        .user
        .and_then(|user| provider.setup.users.get(user))
        .ok_or_else(|| {
            Refusal::new("insufficient_scope", "the token speaks for no user").bearer_response()
        })?;
    Ok(provider.profile_of(user))
}

/// The token of the Authorization field or the form (RFC 6750 sections 2.1 and 2.2).
fn bearer(call: &Call<'_>) -> Result<String, Response> {
    let twice = || Refusal::new("invalid_request", "more than one token is sent").bearer_response();
    let form = Parameters::of_body(&call.request.body);
    let fields: Vec<&[u8]> = call.request.header("authorization").collect();
    match (fields.as_slice(), form.get("access_token")) {
        ([], Some(token)) => Ok(token.to_owned()),
        ([field], None) => of_field(field).ok_or_else(nobody),
        ([], None) => Err(nobody()),
        _ => Err(twice()),
    }
}

fn of_field(field: &[u8]) -> Option<String> {
    let (scheme, token) = std::str::from_utf8(field).ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

/// RFC 6750 section 3.1: a request without credentials is told no error code.
fn nobody() -> Response {
    let mut response = content(401, "", "");
    response
        .headers
        .push(Header::new("www-authenticate", "Bearer realm=\"provider\""));
    response
}

impl Provider {
    /// What is said about a user.
    pub(in crate::provider) fn profile_of(&self, user: &super::super::User) -> Map<String, Value> {
        let members = [
            ("sub", json!(user.subject)),
            ("name", json!(user.name)),
            ("email", json!(user.email)),
            ("email_verified", json!(true)),
        ];
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}
