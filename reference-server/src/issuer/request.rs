//! Pushed authorization requests (RFC 9126) and request objects (RFC 9101): what is asked, wherever it stands.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Value, json};

use super::assertion;
use super::token::{authenticated, bad, fail};
use super::{Parameters, authorize, proof};
use crate::answer;
use crate::clients::{self, Client};
use crate::decisions::jwt::Object;
use crate::state::Server;

/// A request that was pushed.
#[derive(Debug, Clone)]
pub(crate) struct Pushed {
    pub(crate) client: &'static str,
    pub(crate) parameters: Parameters,
    /// Until when it works, in milliseconds.
    pub(crate) until: u64,
}

/// `POST /as/par`.
pub(crate) async fn push(State(server): State<Arc<Server>>, parts: Parts, body: Bytes) -> Response {
    let rules = &server.decisions.grant.request;
    let known = match authenticated(&server, &parts, &body).await {
        Err(_) if rules.anyone_pushes => {
            let form = Parameters::parse(&body);
            let named = form.get("client_id").and_then(clients::find);
            named
                .map(|client| (form, client))
                .ok_or(bad("invalid_request", "client_id is missing"))
        }
        known => known,
    };
    let (form, client) = match known {
        Ok(known) => known,
        Err(problem) => return fail(&server, problem),
    };
    if form.get("request_uri").is_some() && !rules.pushes_request_uri {
        return fail(
            &server,
            bad("invalid_request", "request_uri can't be pushed"),
        );
    }
    if client.asks_by_object() && form.get("request").is_none() && !rules.plain_of_signers {
        return fail(
            &server,
            bad("invalid_request", "this client signs its requests"),
        );
    }
    let key = match proof::of(&server, &parts) {
        Ok(key) => key,
        Err(problem) => return fail(&server, problem),
    };
    let mut parameters = match form.get("request") {
        Some(text) => match object(&server, text, client).await {
            Some(inside) => inside,
            None => {
                let problem = bad(rules.object_error, "the request object is not valid");
                return fail(&server, problem);
            }
        },
        None => form.clone(),
    };
    parameters.set("client_id", client.id);
    if let Some(key) = key {
        let other = parameters.get("dpop_jkt").is_some_and(|jkt| jkt != key);
        if other && !server.decisions.grant.bound.two_keys {
            return fail(
                &server,
                bad("invalid_dpop_proof", "dpop_jkt is another key"),
            );
        }
        parameters.set("dpop_jkt", &key);
    }
    if rules.validates
        && let Err(problem) = authorize::checked(&server, &parameters).await
    {
        return fail(&server, problem);
    }
    let until = server.clock.millis() + rules.life;
    let name = {
        let mut store = server.store();
        let name = (rules.fresh)(store.next());
        let pushed = Pushed {
            client: client.id,
            parameters,
            until,
        };
        store.keep_pushed(name.clone(), pushed);
        name
    };
    let mut said = json!({ "request_uri": name, "expires_in": 90 });
    let mut status = 201;
    (rules.answer)(&mut said, &mut status);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CREATED);
    answer::json(status, &said)
}

/// Why a request can't be found or believed.
pub(crate) enum Unresolved {
    /// Its request_uri is none that was pushed.
    Uri,
    /// For this reason, which the user is told.
    For(&'static str),
}

/// The parameters that count, and the request_uri by which they were found.
pub(crate) async fn resolved(
    server: &Server,
    outside: &Parameters,
) -> Result<(Parameters, Option<String>), Unresolved> {
    let rules = &server.decisions.grant.request;
    let client = outside.get("client_id").and_then(clients::find);
    let pushes = client.is_some_and(|client| client.pushes);
    let (object_given, uri) = (outside.get("request"), outside.get("request_uri"));
    if object_given.is_some() && uri.is_some() && !rules.takes_both {
        return Err(Unresolved::For("A request is in one place or in another."));
    }
    if let Some(uri) = uri.filter(|_| object_given.is_none()) {
        if (rules.fetches)(uri) {
            server.fetch_json(uri).await;
        }
        let pushed = taken(server, uri, client).ok_or(Unresolved::Uri)?;
        return Ok(((rules.joined)(&pushed, outside), Some(uri.to_owned())));
    }
    if pushes && !rules.plain_of_pushers {
        return Err(Unresolved::For("This client pushes its requests."));
    }
    match (object_given, client) {
        (Some(text), Some(client)) => {
            let inside = object(server, text, client).await;
            let inside = inside.ok_or(Unresolved::For("The request object is not valid."))?;
            Ok(((rules.joined)(&inside, outside), None))
        }
        (None, Some(client)) if client.asks_by_object() && !rules.plain_of_signers => {
            Err(Unresolved::For("This client signs its requests."))
        }
        _ => Ok((outside.clone(), None)),
    }
}

/// A pushed request, if it is this client's and still works.
fn taken(server: &Server, uri: &str, client: Option<&Client>) -> Option<Parameters> {
    let rules = &server.decisions.grant.request;
    let now = server.clock.millis();
    let mut store = server.store();
    let pushed = store.pushed.get(uri).cloned()?;
    let own = client.is_some_and(|client| (rules.pushed_by)(pushed.client, client.id));
    if !own || now > pushed.until {
        return None;
    }
    if rules.once_opened {
        store.pushed.remove(uri);
    }
    Some(pushed.parameters)
}

/// A code came of a pushed request: it is over.
pub(crate) fn spent(server: &Server, uri: &str) {
    if server.decisions.grant.request.once {
        server.store().pushed.remove(uri);
    }
}

/// The parameters of a request object of this client.
async fn object(server: &Server, text: &str, client: &Client) -> Option<Parameters> {
    let rules = &server.decisions.grant.request;
    let sealed = text.matches('.').count() == 4;
    if client.seals && !sealed && !rules.clear_of_sealers {
        return None;
    }
    let names = (rules.names)(&server.issuer());
    let claims = assertion::verified(server, &rules.object, text, &names).await?;
    let holds = |name: &str| claims.contains_key(name);
    let is_assertion = claims.get("sub").and_then(Value::as_str) == Some(client.id);
    let sound = (rules.of_client)(&claims, client)
        && (rules.nested || !holds("request") && !holds("request_uri"))
        && (rules.doubles_as_assertion || !is_assertion);
    sound.then(|| parameters(&claims, client))
}

fn parameters(claims: &Object, client: &Client) -> Parameters {
    let mut parameters = Parameters::default();
    for (name, value) in claims {
        match value {
            _ if ["iss", "aud", "exp", "nbf", "iat", "jti", "sub"].contains(&name.as_str()) => {}
            Value::String(text) => parameters.set(name, text),
            other => parameters.set(name, &other.to_string()),
        }
    }
    parameters.set("client_id", client.id);
    parameters
}
