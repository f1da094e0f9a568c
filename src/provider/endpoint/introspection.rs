//! Introspection (RFC 7662).

use serde_json::{Map, Value, json};

use crate::model::{Moment, Response};
use crate::provider::described::{self, Described};
use crate::provider::parameters::Parameters;
use crate::provider::store::{TOKEN_LIFETIME, Token};
use crate::provider::{Call, Provider, Reply, client};

pub(in crate::provider) fn answer(provider: &mut Provider, call: &Call<'_>) -> Reply {
    let form = Parameters::of_body(&call.request.body);
    let described = form.get("token").and_then(|token| {
        let described = described::read(token, provider.seal.as_ref()?)?;
        provider.store.asked.insert(token.to_owned(), ());
        Some(described)
    });
    let twist = match &described {
        Some(described) => Some(described.twist.clone()),
        None => provider
            .play
            .turn("introspection", |script| &script.introspection),
    };
    provider.say("introspection", twist, |provider| {
        honest(provider, call, &form, described.as_ref())
    })
}

fn honest(
    provider: &mut Provider,
    call: &Call<'_>,
    form: &Parameters,
    described: Option<&Described>,
) -> Result<Map<String, Value>, Response> {
    if !provider.setup.clients.is_empty() {
        client::authenticate(&provider.setup, call.request, form)
            .map_err(|refusal| refusal.response())?;
    }
    let handle = form
        .need("token", "token is missing")
        .map_err(|refusal| refusal.response())?;
    if let Some(described) = described.filter(|one| one.is_active(call.now)) {
        let mut said = unknown(provider, call.now);
        crate::provider::merge_members(&mut said, &described.good);
        return Ok(said);
    }
    let store = &provider.store;
    let (token, kind) = match (store.access.get(handle), store.refresh.get(handle)) {
        (Some(token), _) => (Some(token), Some("Bearer")),
        (None, refresh) => (refresh, None),
    };
    Ok(match token {
        Some(token) if token.is_active(call.now) => known(provider, token, kind),
        None if provider.play.knows_every_token() => {
            provider.play.bit("opaque");
            unknown(provider, call.now)
        }
        _ => Map::from_iter([("active".to_owned(), json!(false))]),
    })
}

/// Section 2.2.
fn known(provider: &Provider, token: &Token, kind: Option<&str>) -> Map<String, Value> {
    let user = token
        .grant
        .user
        .and_then(|user| provider.setup.users.get(user));
    let members = [
        ("active", Some(json!(true))),
        ("iss", Some(json!(provider.setup.issuer))),
        (
            "sub",
            Some(json!(
                user.map_or(&token.grant.client, |user| &user.subject)
            )),
        ),
        ("username", user.map(|user| json!(user.name))),
        ("client_id", Some(json!(token.grant.client))),
        (
            "aud",
            token.audience.as_ref().map(|audience| json!(audience)),
        ),
        (
            "scope",
            token.grant.scope.as_ref().map(|scope| json!(scope)),
        ),
        ("iat", Some(json!(token.issued.unix()))),
        ("exp", token.expires.map(|expires| json!(expires.unix()))),
        ("jti", Some(json!(token.jti))),
        ("token_type", kind.map(|kind| json!(kind))),
    ];
    members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

/// A token that a case made up, said to be alice's with all that the API wants to see.
fn unknown(provider: &Provider, now: Moment) -> Map<String, Value> {
    let user = provider.setup.users.first();
    let members = [
        ("active", json!(true)),
        ("iss", json!(provider.setup.issuer)),
        (
            "sub",
            json!(user.map_or("alice", |user| user.subject.as_str())),
        ),
        (
            "username",
            json!(user.map_or("alice", |user| user.name.as_str())),
        ),
        ("client_id", json!("authspec")),
        ("aud", json!(provider.audience())),
        ("iat", json!(now.unix())),
        (
            "exp",
            json!(now.unix().saturating_add_unsigned(TOKEN_LIFETIME.as_secs())),
        ),
        ("token_type", json!("Bearer")),
    ];
    let mut said: Map<String, Value> = members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    crate::provider::merge_members(&mut said, &provider.setup.api_claims);
    said
}
