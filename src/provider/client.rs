//! Which client calls, and whether it proved to be that client (RFC 6749 section 2.3).
//!
//! A client that names itself twice in agreement is let through: its mistake is for a case to judge, and a refusal
//! here would hide it.

use crate::model::{Request, Secret};
use crate::provider::answers::Refusal;
use crate::provider::parameters::Parameters;
use crate::provider::{Registered, Setup};
use crate::wire::{basic, form, jose};

/// A client that may use the endpoint.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) id: String,
    /// It proved itself by a secret.
    pub(super) confidential: bool,
}

const UNKNOWN: Refusal = Refusal::new("invalid_client", "client authentication failed");

/// The client by `client_secret_basic`, `client_secret_post` or, without a secret, by its name.
pub(super) fn authenticate(
    setup: &Setup,
    request: &Request,
    form: &Parameters,
) -> Result<Caller, Refusal> {
    if let Some(caller) = by_assertion(setup, form)? {
        return Ok(caller);
    }
    let named = form.get("client_id");
    let (id, secret) = match by_basic(request)? {
        Some((id, secret)) => {
            if named.is_some_and(|named| named != id) {
                return Err(Refusal::new("invalid_request", "two clients are named"));
            }
            if form
                .get("client_secret")
                .is_some_and(|other| other != secret)
            {
                return Err(UNKNOWN);
            }
            (id, Some(secret))
        }
        None => (
            named.ok_or(UNKNOWN)?.to_owned(),
            form.get("client_secret").map(str::to_owned),
        ),
    };
    let offered = secret.filter(|secret| !secret.is_empty());
    if setup.clients.is_empty() {
        return Ok(Caller {
            id,
            confidential: offered.is_some(),
        });
    }
    let client = registered(setup, &id).ok_or(UNKNOWN)?;
    if setup.offers.certificate && offered.is_none() && request.shown.named().is_some() {
        // RFC 8705 section 2: which certificate it should be, the provider was never told
        return Ok(Caller {
            id,
            confidential: true,
        });
    }
    if client.secret.as_ref().map(Secret::reveal) != offered.as_deref() {
        return Err(UNKNOWN);
    }
    Ok(Caller {
        id,
        confidential: offered.is_some(),
    })
}

/// The client that an assertion speaks for (RFC 7523 section 3). The provider has not its key: what is wrong with the
/// assertion is for a case to judge.
fn by_assertion(setup: &Setup, form: &Parameters) -> Result<Option<Caller>, Refusal> {
    let Some(text) = form
        .get("client_assertion")
        .filter(|_| setup.offers.assertion)
    else {
        return Ok(None);
    };
    let claims = jose::read(text)
        .and_then(|assertion| assertion.claims)
        .ok_or(UNKNOWN)?;
    let named = ["sub", "iss"]
        .iter()
        .find_map(|name| claims.get(*name).and_then(serde_json::Value::as_str))
        .or_else(|| form.get("client_id"));
    let id = named.ok_or(UNKNOWN)?.to_owned();
    if !setup.clients.is_empty() && registered(setup, &id).is_none() {
        return Err(UNKNOWN);
    }
    Ok(Some(Caller {
        id,
        confidential: true,
    }))
}

/// The registration of a client id.
pub(super) fn registered<'a>(setup: &'a Setup, id: &str) -> Option<&'a Registered> {
    setup.clients.iter().find(|client| client.id == id)
}

/// Id and secret of the Authorization field, form-decoded each (RFC 6749 section 2.3.1).
fn by_basic(request: &Request) -> Result<Option<(String, String)>, Refusal> {
    let fields: Vec<&[u8]> = request.header("authorization").collect();
    let field = match fields.as_slice() {
        [] => return Ok(None),
        [one] => *one,
        _ => return Err(Refusal::new("invalid_request", "two Authorization fields")),
    };
    let credentials = basic::decode(field).map_err(|_| UNKNOWN)?;
    match (credentials.user_text(), credentials.password_text()) {
        (Some(id), Some(secret)) => Ok(Some((form_decode(id), form_decode(secret)))),
        _ => Err(UNKNOWN),
    }
}

/// One component; `=` and `&` of a client that forgot to encode them stand for themselves.
fn form_decode(text: &str) -> String {
    let component = text.replace('&', "%26").replace('=', "%3D");
    form::parse(&component)
        .into_iter()
        .next()
        .map_or_else(String::new, |(name, _)| name)
}
