//! Grants beside those of RFC 6749: JWTs of a client (RFC 7523), tokens for tokens (RFC 8693), and the APIs that tokens
//! are for (RFC 8707).

use axum::http::request::Parts;
use serde_json::Value;

use super::proof::Held;
use super::store::{Extra, Granted};
use super::token::bad;
use super::{Parameters, assertion, details, management, tokens};
use crate::accounts::accounts;
use crate::clients::{self, Client};
use crate::decisions::grant::Problem;
use crate::encoding;
use crate::state::Server;

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// The APIs that a request names (RFC 8707 section 2).
pub(crate) fn targets(server: &Server, form: &Parameters) -> Result<Vec<String>, Problem> {
    let known = server.decisions.grant.extension.target;
    let asked: Vec<String> = form.all("resource").map(str::to_owned).collect();
    match asked.iter().all(|uri| known(uri, &server.origin)) {
        true => Ok(asked),
        false => Err(bad(
            server.decisions.grant.extension.target_error,
            "there is no such API",
        )),
    }
}

/// The APIs that a token request names, of those that were granted; all of them, if it names none (RFC 8707 section
/// 2.2). Where the grant is for no API in particular it may name any.
pub(crate) fn narrowed(
    server: &Server,
    form: &Parameters,
    granted: &[String],
) -> Result<Vec<String>, Problem> {
    let asked = targets(server, form)?;
    if asked.is_empty() {
        return Ok(granted.to_vec());
    }
    match granted.is_empty() || asked.iter().all(|one| granted.contains(one)) {
        true => Ok(asked),
        false => {
            let error = server.decisions.grant.extension.target_error;
            Err(bad(error, "this API was not granted"))
        }
    }
}

/// A JWT that the client signed, in which it speaks for itself or for a user (RFC 7523 section 2.1).
pub(crate) async fn bearer(
    server: &Server,
    parts: &Parts,
    form: &Parameters,
    client: &'static Client,
    held: &Held,
) -> Result<Value, Problem> {
    details::none(server, form)?;
    let rules = &server.decisions.grant.extension;
    let wrong = bad(rules.bearer_error, "the assertion is not valid");
    let text = form
        .get("assertion")
        .ok_or(bad("invalid_request", "assertion is missing"))?;
    let endpoint = format!("{}{}", server.reached_at(parts), parts.uri.path());
    let names = (rules.bearer.names)(&server.issuer(), &endpoint);
    let claims = assertion::verified(server, &rules.bearer.rules, text, &names).await;
    let claims = claims.ok_or(wrong.clone())?;
    let says = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let account = accounts().iter().find(|one| one.subject == says("sub"));
    let own = says("sub") == client.id;
    if says("iss") != client.id || (account.is_none() && !own) {
        return Err(wrong);
    }
    if rules.bearer.once && !assertion::first(server, "grant", &claims) {
        return Err(wrong);
    }
    let scope = form.get("scope").unwrap_or("read").to_owned();
    let granted = held.granted(Granted::new(client, account, scope));
    let mut answer = tokens::issue_new(server, &granted);
    without(&mut answer, &["refresh_token", "id_token"]);
    Ok(answer)
}

/// The form of a JWT grant and the client that its JWT names, whoever sends it.
pub(crate) fn signer(body: &[u8]) -> Option<(Parameters, &'static Client)> {
    let form = Parameters::parse(body);
    let payload = form.get("assertion")?.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&encoding::base64url_decode(payload)?).ok()?;
    let client = claims["iss"].as_str().and_then(clients::find)?;
    Some((form, client))
}

/// A token for a token (RFC 8693 section 2).
pub(crate) async fn exchange(
    server: &Server,
    form: &Parameters,
    client: &'static Client,
    held: &Held,
) -> Result<Value, Problem> {
    details::none(server, form)?;
    let rules = &server.decisions.grant.extension;
    let missing = bad("invalid_request", "a parameter is missing");
    let text = form.get("subject_token").ok_or(missing.clone())?;
    if rules.needs_type && form.get("subject_token_type") != Some(ACCESS_TOKEN) {
        return Err(missing);
    }
    let stray = form.get("actor_token_type").is_some() && form.get("actor_token").is_none();
    if stray && !rules.stray_actor_type {
        return Err(bad("invalid_request", "an actor's type without its token"));
    }
    let actor = actor(server, form).await?;
    let resources = targets(server, form)?;
    let claims = management::subject(server, text, rules.checks_subject).await;
    let claims = claims.ok_or(bad("invalid_request", "the subject token is not valid"))?;
    let says = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let scope = form.get("scope").unwrap_or(says("scope"));
    if !(rules.within)(says("scope"), scope) {
        return Err(bad("invalid_scope", "the scope goes beyond the token's"));
    }
    let account = accounts().iter().find(|one| one.subject == says("sub"));
    let granted = Granted {
        extra: held.bound(Extra {
            resources,
            actor,
            ..Extra::default()
        }),
        ..Granted::new(client, account, scope.to_owned())
    };
    let mut answer = tokens::issue_new(server, &granted);
    without(&mut answer, &["refresh_token", "id_token"]);
    answer["issued_token_type"] = ACCESS_TOKEN.into();
    (rules.exchanged)(&mut answer);
    Ok(answer)
}

/// Who acts for the user: the subject of the actor's token (RFC 8693 section 2.1).
async fn actor(server: &Server, form: &Parameters) -> Result<Option<String>, Problem> {
    let rules = &server.decisions.grant.extension;
    let Some(text) = form.get("actor_token") else {
        return Ok(None);
    };
    if rules.needs_actor_type && form.get("actor_token_type") != Some(ACCESS_TOKEN) {
        return Err(bad("invalid_request", "an actor's token without its type"));
    }
    let claims = management::subject(server, text, rules.checks_actor).await;
    let subject = claims.as_ref().and_then(|claims| claims.get("sub"));
    let subject = subject.and_then(Value::as_str).map(str::to_owned);
    match subject.is_some() || !rules.checks_actor {
        true => Ok(subject),
        false => Err(bad("invalid_request", "the actor's token is not valid")),
    }
}

fn without(answer: &mut Value, names: &[&str]) {
    if let Some(members) = answer.as_object_mut() {
        members.retain(|name, _| !names.contains(&name.as_str()));
    }
}
