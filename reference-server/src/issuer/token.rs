//! The token endpoint (RFC 6749 section 3.2).

mod own;
mod refresh;
mod tries;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use super::client_auth::{self, Unauthenticated};
use super::openid::Known;
use super::proof::{self, Held};
use super::store::{Extra, Granted, Spent};
use super::tokens::{self, Authentication};
use super::{Parameters, assertion, attested, details, device, extension, mutual};
use crate::clients::{self, Client};
use crate::decisions::grant::{Problem, Used};
use crate::state::Server;
use crate::{answer, guard};

use own::{own, password};
use refresh::{refresh, refresh_by, spend_late};
use tries::{count, is_locked};

/// The parameters that mean something here.
const KNOWN: [&str; 14] = [
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "client_id",
    "client_secret",
    "refresh_token",
    "scope",
    "token",
    "token_type_hint",
    "username",
    "password",
    "client_assertion",
    "client_assertion_type",
];

const BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

const NO_GRANT: Problem = Problem {
    status: 400,
    error: "invalid_grant",
    description: "the code or token is invalid, expired, used, revoked or not this client's",
    challenge: false,
};

/// An error with status 400.
pub(crate) fn bad(error: &'static str, description: &'static str) -> Problem {
    Problem {
        status: 400,
        error,
        description,
        challenge: false,
    }
}

/// `POST /as/token`.
pub(crate) async fn endpoint(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let known = match authenticated(&server, &parts, &body).await {
        Err(_) if server.decisions.grant.extension.bearer_without_client => {
            extension::signer(&body).ok_or(NO_GRANT)
        }
        known => known,
    };
    let (form, client) = match known {
        Ok(known) => known,
        Err(problem) => return fail(&server, problem),
    };
    if let Some(asks) = proof::asks_nonce(&server, &parts, client) {
        return asks;
    }
    let held = match Held::of_client(&server, &parts, client) {
        Ok(held) => held,
        Err(problem) => return fail(&server, problem),
    };
    let granted = match form.get("grant_type") {
        Some(BEARER) => extension::bearer(&server, &parts, &form, client, &held).await,
        Some(DEVICE) => device::tokens(&server, &form, client, &held),
        Some(EXCHANGE) => extension::exchange(&server, &form, client, &held).await,
        _ => granted(&server, &form, client, &held),
    };
    match granted {
        Ok(tokens) => {
            spend_late(&server, &form).await;
            let mut response = answer::json(StatusCode::OK, &tokens);
            (server.decisions.grant.token_answer)(&mut response);
            (server.decisions.grant.back.response)(&mut response);
            response
        }
        Err(problem) => fail(&server, problem),
    }
}

/// The same by GET, which a sound server has no route for.
pub(crate) async fn by_query(server: State<Arc<Server>>, mut parts: Parts) -> Response {
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    parts.headers.insert(header::CONTENT_TYPE, form);
    let body = parts.uri.query().unwrap_or_default().to_owned();
    endpoint(server, parts, Bytes::from(body)).await
}

/// The parameters of a form, and the client that sent it: the way into every endpoint for clients.
pub(crate) async fn authenticated(
    server: &Server,
    parts: &Parts,
    body: &[u8],
) -> Result<(Parameters, &'static Client), Problem> {
    let rules = &server.decisions.grant;
    let is_form = guard::has(parts, header::CONTENT_TYPE.as_str(), |kind| {
        kind.split(';').next().is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
    });
    let mut form = if is_form {
        Parameters::read(body, rules.back.counts_empty)
    } else if rules.back.reads_json {
        Parameters::of_json(body)
    } else {
        Parameters::default()
    };
    if rules.reads_query {
        form.extend(Parameters::parse(
            parts.uri.query().unwrap_or_default().as_bytes(),
        ));
    }
    if rules.refuses_repeated && form.repeats_any() {
        return Err(bad("invalid_request", "a parameter is repeated"));
    }
    if rules.back.refuses_unknown && !form.knows_all(&KNOWN) {
        return Err(bad("invalid_request", "a parameter is unknown"));
    }
    let presented = client_auth::presented(parts, &form, rules.back.scheme);
    let said = presented.id().and_then(clients::find);
    if said.is_some_and(|client| is_locked(server, client.id)) {
        return Err(Problem {
            status: 429,
            error: "invalid_client",
            description: "too many wrong secrets, try again in some minutes",
            challenge: false,
        });
    }
    let client = if guard::refuses_all(server) {
        Err(Unauthenticated::Wrong)
    } else if form.get("client_assertion").is_some() {
        assertion::client(server, parts, &form).await
    } else if attested::is_used(parts) {
        attested::client(server, parts, &form).await
    } else if let Some(client) = mutual::named(server, parts, &presented) {
        mutual::client(server, parts, client)
    } else {
        match (rules.client)(&presented) {
            Err(_) if rules.back.nameless && form.get("client_id").is_none_or(str::is_empty) => {
                owner(server, &form).ok_or(Unauthenticated::Missing)
            }
            known => known,
        }
    };
    if let Some(said) = said {
        count(server, said.id, client.is_err());
    }
    let client = client.map_err(|reason| match reason {
        Unauthenticated::Several => bad("invalid_request", "the client is named in several ways"),
        Unauthenticated::Missing | Unauthenticated::Wrong => Problem {
            status: 401,
            error: "invalid_client",
            description: "the client is unknown or did not authenticate",
            challenge: true,
        },
    })?;
    Ok((form, client))
}

/// Whose code or token a request holds.
fn owner(server: &Server, form: &Parameters) -> Option<&'static Client> {
    let store = server.store();
    let code = form.get("code").and_then(|name| store.codes.get(name));
    let refresh = form
        .get("refresh_token")
        .and_then(|name| store.refresh.get(name));
    let granted = refresh.and_then(|refresh| store.grants.get(&refresh.grant));
    code.map(|code| code.asked.client)
        .or_else(|| granted.and_then(|granted| clients::find(granted.client)))
}

fn granted(
    server: &Server,
    form: &Parameters,
    client: &'static Client,
    held: &Held,
) -> Result<Value, Problem> {
    let back = &server.decisions.grant.back;
    match form.get("grant_type").or(back.default_grant) {
        Some("authorization_code") => code(server, form, client, held),
        Some("refresh_token") => refresh(server, form, client, held),
        Some("client_credentials") if back.serves_own => own(server, form, client, held),
        Some("password") if server.decisions.grant.password_grant => {
            password(server, form, client, held)
        }
        Some(_) => Err(bad(
            "unsupported_grant_type",
            "this grant type is not supported",
        )),
        None => Err(bad("invalid_request", "grant_type is missing")),
    }
}

/// The code of the user's consent (RFC 6749 section 4.1.3, RFC 7636 section 4.6).
fn code(
    server: &Server,
    form: &Parameters,
    client: &'static Client,
    held: &Held,
) -> Result<Value, Problem> {
    let rules = &server.decisions.grant;
    let name = form
        .get("code")
        .ok_or(bad("invalid_request", "code is missing"))?;
    let now = server.clock.millis();
    let mut store = server.store();
    let Some(code) = store.codes.get(name).cloned() else {
        drop(store);
        return stray(server, form, client, name, held);
    };
    if !(rules.code_client)(code.asked.client.id, client.id) {
        return Err(NO_GRANT);
    }
    if let Some(Spent { grant, from }) = code.used
        && now >= from
    {
        if rules.used_code == Used::EndsFamily {
            store.end(grant);
        }
        if rules.used_code != Used::Works {
            return Err(NO_GRANT);
        }
    }
    let asked = code
        .asked
        .named_redirect_uri
        .then_some(code.asked.redirect_uri.as_str());
    let fresh = now.saturating_sub(code.issued) <= rules.code_life;
    let same_target = (rules.code_redirect)(asked, form.get("redirect_uri"));
    let proven = (rules.verifier)(code.asked.challenge.as_deref(), form.get("code_verifier"));
    if !(fresh && same_target && proven) {
        return Err(NO_GRANT);
    }
    proof::announced(server, code.asked.extra.jkt.as_deref(), held.key.as_deref())?;
    let details = details::narrowed(server, form, &code.asked.extra.details)?;
    let resources = extension::narrowed(server, form, &code.asked.extra.resources)?;
    let kept = Granted {
        extra: held.bound(Extra {
            client_key: assertion::key_of(form),
            ..code.asked.extra.clone()
        }),
        ..Granted::new(client, Some(code.account), code.asked.scope.clone())
    };
    // the grant is what was agreed to, the token what this request names of it
    let mut granted = kept.clone();
    granted.extra.resources = resources;
    granted.extra.details = details;
    let number = store.keep_grant(kept);
    if let Some(kept) = store.codes.get_mut(name) {
        kept.used = Some(Spent {
            grant: number,
            from: now + rules.spends_after,
        });
    }
    let known = Known {
        since: code.since,
        wishes: code.asked.wishes.clone(),
    };
    store.keep_known(number, known);
    drop(store);
    let authentication = Authentication {
        nonce: code.asked.nonce.as_deref(),
    };
    Ok(tokens::issue(
        server,
        number,
        &granted,
        &granted.scope,
        Some(&authentication),
    ))
}

/// What a code or token that was never issued gives: nothing, on a sound server.
fn never_issued(server: &Server, client: &'static Client) -> Result<Value, Problem> {
    let account = (server.decisions.grant.never_issued)().ok_or(NO_GRANT)?;
    let granted = Granted::new(client, Some(account), "openid read".to_owned());
    Ok(tokens::issue_new(server, &granted))
}

/// What stands where a code belongs and is none.
fn stray(
    server: &Server,
    form: &Parameters,
    client: &'static Client,
    name: &str,
    held: &Held,
) -> Result<Value, Problem> {
    let is_refresh = server.store().refresh.contains_key(name);
    if is_refresh && server.decisions.grant.back.mixes {
        return refresh_by(server, form, client, name, held);
    }
    never_issued(server, client)
}

/// The error answer (RFC 6749 section 5.2).
pub(crate) fn fail(server: &Server, mut problem: Problem) -> Response {
    (server.decisions.grant.token_error)(&mut problem);
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    let back = &server.decisions.grant.back;
    let mut response = answer::json(status, &(back.error)(&problem));
    answer::set(&mut response, header::PRAGMA, "no-cache");
    if problem.challenge {
        answer::add(&mut response, header::WWW_AUTHENTICATE, back.challenge);
    }
    (back.error_response)(&mut response);
    response
}
