//! Userinfo (OpenID Connect Core section 5.3), for whoever bears an access token (RFC 6750).

use serde_json::{Map, Value, json};

use super::super::answers::{Refusal, content};
use super::super::parameters::Parameters;
use crate::model::{Body, Header, Response};
use crate::provider::script::{JwtTwist, UserinfoTwist};
use crate::provider::store::Token;
use crate::provider::{Call, Provider, Reply, issue};

pub(in crate::provider) fn answer(provider: &mut Provider, call: &Call<'_>) -> Reply {
    let twist = provider.play.turn("userinfo", |script| &script.userinfo);
    let form = twist.clone().unwrap_or_default();
    let reply = provider.say("userinfo", twist, |provider| honest(provider, call, &form));
    match (reply, form.signed) {
        (Reply::Response(said), Some(how)) if said.status == 200 => {
            Reply::Response(provider.signed(said, how))
        }
        (reply, _) => reply,
    }
}

fn honest(
    provider: &mut Provider,
    call: &Call<'_>,
    form: &UserinfoTwist,
) -> Result<Map<String, Value>, Response> {
    let (mut said, client) = about(provider, token_of(provider, call)?)?;
    if form.signed.is_some() {
        // OpenID Connect Core section 5.3.2: a signed answer says who made it, and for whom
        said.insert("iss".to_owned(), json!(provider.setup.issuer));
        said.insert("aud".to_owned(), json!(client));
    }
    if let Some(claims) = &form.aggregated {
        provider.aggregate(&mut said, claims);
    }
    Ok(said)
}

pub(super) fn token_of<'p>(provider: &'p Provider, call: &Call<'_>) -> Result<&'p Token, Response> {
    let invalid = Refusal::new("invalid_token", "the access token is unknown or has ended");
    let handle = bearer(call)?;
    let token = provider.store.access.get(&handle);
    token
        .filter(|token| token.is_active(call.now))
        .ok_or_else(|| invalid.bearer_response())
}

/// What is said about the user of a token, and the client that it was given to.
fn about(provider: &Provider, token: &Token) -> Result<(Map<String, Value>, String), Response> {
    let user = token
        .grant
        .user
        .and_then(|user| provider.setup.users.get(user))
        .ok_or_else(|| {
            Refusal::new("insufficient_scope", "the token speaks for no user").bearer_response()
        })?;
    Ok((provider.profile_of(user), token.grant.client.clone()))
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
    ["bearer", "dpop"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
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
    /// The answer as a token (OpenID Connect Core section 5.3.2).
    fn signed(&mut self, mut said: Response, how: JwtTwist) -> Response {
        let Ok(Value::Object(claims)) = serde_json::from_slice(said.body.bytes()) else {
            return said;
        };
        let Some(token) = self.sign("userinfo", Some(how), "JWT", claims) else {
            return said;
        };
        self.play.bit("userinfo");
        said.body = Body::Whole(token.into_bytes());
        said.headers
            .retain(|header| !header.name.eq_ignore_ascii_case("content-type"));
        said.headers
            .push(Header::new("content-type", "application/jwt"));
        said
    }

    /// Claims that another provider is said to vouch for, in a token that nobody signed.
    fn aggregate(&mut self, said: &mut Map<String, Value>, claims: &Map<String, Value>) {
        let Some(token) = issue::unsecured(claims, &self.setup.key) else {
            return;
        };
        let names = claims.keys().map(|name| (name.clone(), json!("elsewhere")));
        said.insert("_claim_names".to_owned(), Value::Object(names.collect()));
        said.insert(
            "_claim_sources".to_owned(),
            json!({ "elsewhere": { "JWT": token } }),
        );
        self.play.bit("userinfo");
    }

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
