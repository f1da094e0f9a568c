//! The token endpoint (RFC 6749 sections 4.1.3, 4.4, 5 and 6; RFC 7636 section 4.6).

use serde_json::{Map, Value, json};

use crate::model::{Response, Secret};
use crate::provider::answers::Refusal;
use crate::provider::client::{Caller, authenticate};
use crate::provider::parameters::Parameters;
use crate::provider::store::{CODE_LIFETIME, Code, Grant, Token};
use crate::provider::{Call, Provider, Reply, issue};
use crate::wire::{fields::MediaType, pkce};

/// How many verifiers are noted for a code.
const NOTED: usize = 64;

pub(in crate::provider) fn answer(provider: &mut Provider, call: &Call<'_>) -> Reply {
    let form = Parameters::of_body(&call.request.body);
    note_verifier(provider, &form);
    let twist = provider.play.turn("token", |script| &script.token);
    provider.say("token", twist, |provider| {
        grant(provider, call, &form).map_err(refused)
    })
}

fn refused(refusal: Refusal) -> Response {
    refusal.response()
}

/// What came is noted even where the script answers without looking.
fn note_verifier(provider: &mut Provider, form: &Parameters) {
    let Some(code) = form
        .get("code")
        .and_then(|code| provider.store.codes.get_mut(code))
    else {
        return;
    };
    if code.verifiers.len() < NOTED {
        let verifier = form.get("code_verifier");
        let matched = code.challenge.is_some() && verifier_fits(code, verifier);
        let label = format!("code_verifier of {}", code.actor);
        let verifier = verifier.map(|verifier| Secret::new(verifier, label));
        code.verifiers.push((verifier, matched));
    }
}

fn grant(
    provider: &mut Provider,
    call: &Call<'_>,
    form: &Parameters,
) -> Result<Map<String, Value>, Refusal> {
    let media_type = call.request.header("content-type").next();
    let is_form = media_type
        .and_then(|value| MediaType::parse(value).ok())
        .is_some_and(|media_type| media_type.essence == "application/x-www-form-urlencoded");
    if !is_form {
        return Err(Refusal::new("invalid_request", "the content is not a form"));
    }
    form.once_each()?;
    let caller = authenticate(&provider.setup, call.request, form)?;
    match form.need("grant_type", "grant_type is missing")? {
        "authorization_code" => by_code(provider, call, form, &caller),
        "urn:ietf:params:oauth:grant-type:device_code" => {
            let grant = super::device::granted(provider, call, form, &caller)?;
            tokens(provider, call, grant)
        }
        "refresh_token" => by_refresh_token(provider, call, form, &caller),
        "client_credentials" => by_client_credentials(provider, call, form, caller),
        _ => Err(Refusal::new(
            "unsupported_grant_type",
            "the grant type is unknown",
        )),
    }
}

fn by_code(
    provider: &mut Provider,
    call: &Call<'_>,
    form: &Parameters,
    caller: &Caller,
) -> Result<Map<String, Value>, Refusal> {
    let invalid = |why| Err(Refusal::new("invalid_grant", why));
    let handle = form.need("code", "code is missing")?;
    let reusable = provider.play.codes_are_reusable();
    let Some(code) = provider.store.codes.get_mut(handle) else {
        return invalid("the code is unknown");
    };
    if code.grant.client != caller.id {
        return invalid("the code was given to another client");
    }
    if call.now.since(code.issued) >= CODE_LIFETIME {
        return invalid("the code has expired");
    }
    if code.redirect_uri.as_deref() != form.get("redirect_uri") && code.redirect_uri.is_some() {
        return invalid("redirect_uri is not that of the authorization request");
    }
    if !verifier_fits(code, form.get("code_verifier")) {
        return invalid("code_verifier does not fit code_challenge");
    }
    let grant = code.grant.clone();
    match (std::mem::replace(&mut code.redeemed, true), reusable) {
        (true, false) => {
            // RFC 6749 section 4.1.2
            provider.store.end_family(grant.family);
            return invalid("the code was used before");
        }
        (true, true) => provider.play.bit("code"),
        (false, _) => {}
    }
    tokens(provider, call, grant)
}

/// RFC 7636 section 4.6. A verifier for a code without challenge is refused (RFC 9700 section 2.1.1).
fn verifier_fits(code: &Code, verifier: Option<&str>) -> bool {
    match (&code.challenge, verifier) {
        (None, None) => true,
        (Some((challenge, true)), Some(verifier)) => {
            pkce::is_verifier(verifier) && pkce::challenge_s256(verifier) == *challenge
        }
        (Some((challenge, false)), Some(verifier)) => verifier == challenge,
        _ => false,
    }
}

fn by_refresh_token(
    provider: &mut Provider,
    call: &Call<'_>,
    form: &Parameters,
    caller: &Caller,
) -> Result<Map<String, Value>, Refusal> {
    let invalid = |why| Err(Refusal::new("invalid_grant", why));
    let handle = form.need("refresh_token", "refresh_token is missing")?;
    let Some(token) = provider.store.refresh.get_mut(handle) else {
        return invalid("the refresh token is unknown");
    };
    if token.grant.client != caller.id {
        return invalid("the refresh token was given to another client");
    }
    let mut grant = token.grant.clone();
    if token.ended {
        // RFC 9700 section 4.14.2: somebody else may hold the newer one
        provider.store.end_family(grant.family);
        return invalid("the refresh token was used before");
    }
    if let Some(scope) = form.get("scope") {
        if !scope.split(' ').all(|one| grant.has_scope(one)) {
            return Err(Refusal::new(
                "invalid_scope",
                "the scope is wider than what was granted",
            ));
        }
        grant.scope = Some(scope.to_owned());
    }
    token.ended = true;
    // OpenID Connect Core section 12.2
    grant.nonce = None;
    tokens(provider, call, grant)
}

fn by_client_credentials(
    provider: &mut Provider,
    call: &Call<'_>,
    form: &Parameters,
    caller: Caller,
) -> Result<Map<String, Value>, Refusal> {
    if !caller.confidential {
        // RFC 6749 section 4.4
        return Err(Refusal::new(
            "unauthorized_client",
            "only confidential clients may do this",
        ));
    }
    let grant = Grant {
        client: caller.id,
        user: None,
        scope: form.get("scope").map(str::to_owned),
        nonce: None,
        acr: None,
        auth_time: call.now,
        family: provider.store.new_family(),
    };
    tokens(provider, call, grant)
}

/// A token answer (RFC 6749 section 5.1). The scope is echoed as asked for, never without having been asked.
fn tokens(
    provider: &mut Provider,
    call: &Call<'_>,
    grant: Grant,
) -> Result<Map<String, Value>, Refusal> {
    let unable = Refusal::new("invalid_request", "no token could be made");
    let access = provider
        .bearer_token(&grant, &call.chance, call.now)
        .ok_or(unable)?;
    let expires = issue::expiry(call.now);
    let mut said = Map::new();
    said.insert("access_token".to_owned(), json!(access));
    let proven = provider.setup.offers.dpop && call.request.header("dpop").next().is_some();
    let kind = if proven { "DPoP" } else { "Bearer" };
    said.insert("token_type".to_owned(), json!(kind));
    said.insert(
        "expires_in".to_owned(),
        json!(expires.since(call.now).as_secs()),
    );
    if let Some(scope) = &grant.scope {
        said.insert("scope".to_owned(), json!(scope));
    }
    if grant.user.is_some() {
        let refresh = issue::handle(&call.chance, "refresh token");
        said.insert("refresh_token".to_owned(), json!(refresh));
        let token = Token {
            grant: grant.clone(),
            issued: call.now,
            expires: None,
            audience: None,
            jti: issue::handle(&call.chance, "jti of refresh token"),
            ended: false,
        };
        provider.store.refresh.insert(refresh, token);
        if grant.has_scope("openid") {
            let bound = issue::Bound {
                access_token: Some(access),
                code: None,
            };
            let id_token = provider.id_token(&grant, &bound, call.now).ok_or(unable)?;
            said.insert("id_token".to_owned(), json!(id_token));
        }
    }
    Ok(said)
}
