//! What is offered as a credential: the valid one, or one with a departure, put into a request.

mod basic;
mod carry;
mod dpop;
mod introspected;
mod token;

use serde_json::{Map, Value};

use crate::model::{Header, Request, Vault};
use crate::suite::profile::{Carrier, Door, Scheme};
use crate::suite::template::as_text;

use self::basic::{basic_of, of_basic};
use self::carry::carry;
use self::dpop::of_dpop;
use self::introspected::of_introspected;
use self::token::{of_jwt, of_token};
use super::act::Trouble;
use super::bindings::Scope;
use super::proof::Proof;

pub(super) use self::carry::add_query;
pub(super) use self::introspected::provokes;

/// What was put into a request.
#[derive(Default)]
pub(super) struct Offered {
    /// It went in the standard form: the profile's own is fixed and has no place for another credential.
    pub(super) in_standard_form: bool,
    /// Proofs that go with it, to be made once the request is whole.
    pub(super) proofs: Vec<Proof>,
}

/// A credential ready to be carried.
struct Ready {
    /// Scheme as spelled, none for a bare value.
    scheme: Option<String>,
    separator: String,
    /// Token, or base64 of user and password.
    value: String,
    prefix: String,
    suffix: String,
    carrier: Carrier,
    name: Option<String>,
    /// The standard's form, whatever the profile says.
    standard: bool,
    /// The proof that goes with it.
    proof: Option<Proof>,
}

impl Ready {
    fn new(scheme: &str, value: String) -> Self {
        Self {
            scheme: Some(scheme.to_owned()),
            separator: " ".to_owned(),
            value,
            prefix: String::new(),
            suffix: String::new(),
            carrier: Carrier::Header,
            name: None,
            standard: false,
            proof: None,
        }
    }

    /// A token as its door takes it: bound, with a proof, or as a bearer token.
    fn token(door: &Door, token: String) -> Self {
        match door.scheme {
            Scheme::Dpop => {
                let proof = Some(Proof::of(&token));
                Self {
                    proof,
                    ..Self::new("DPoP", token)
                }
            }
            _ => Self::new("Bearer", token),
        }
    }
}

/// Puts a credential into a request for a door.
pub(super) fn offer(
    wanted: &Value,
    door: &Door,
    scope: &Scope<'_>,
    request: &mut Request,
    vault: &mut Vault,
) -> Result<Offered, Trouble> {
    let mut offered = Offered::default();
    match wanted {
        Value::Array(all) => {
            for one in all {
                let other = offer(one, door, scope, request, vault)?;
                offered.in_standard_form |= other.in_standard_form;
                offered.proofs.extend(other.proofs);
            }
        }
        Value::String(word) if word == "none" => {}
        Value::Object(map) if map.contains_key("turns") => {
            let all = map.get("turns").and_then(Value::as_array);
            let all = all.filter(|all| !all.is_empty());
            let all = all.ok_or_else(|| "`turns` is no list of credentials".to_owned())?;
            let turn = usize::try_from(scope.bindings.turn).unwrap_or_default();
            if let Some(one) = all.get(turn % all.len()) {
                return offer(one, door, scope, request, vault);
            }
        }
        Value::Object(map) if map.contains_key("raw") => {
            let raw = map.get("raw").map(as_text).unwrap_or_default();
            request.headers.push(Header::new("Authorization", raw));
        }
        _ => {
            let mut ready = make(wanted, door, scope, vault)?;
            offered.proofs.extend(ready.proof.take());
            offered.in_standard_form = carry(&ready, door, scope, request)?;
        }
    }
    Ok(offered)
}

fn make(
    wanted: &Value,
    door: &Door,
    scope: &Scope<'_>,
    vault: &mut Vault,
) -> Result<Ready, Trouble> {
    let empty = Map::new();
    match wanted {
        Value::Null => valid(door, scope, vault),
        Value::String(word) => match word.as_str() {
            "valid" => valid(door, scope, vault),
            "basic" => of_basic(&empty, scope, vault),
            "certificate-bound" if door.introspected => of_introspected(&empty, door, scope, vault),
            "bearer" | "jwt" | "certificate-bound" => of_token(door, scope),
            "dpop" => of_dpop(&empty, door, scope, vault),
            "introspected" => of_introspected(&empty, door, scope, vault),
            "invalid" => Ok(invalid(door, scope)),
            other => Err(format!("`{other}` is no credential").into()),
        },
        Value::Object(map) => {
            if let Some(Value::Object(changes)) = map.get("basic") {
                return of_basic(changes, scope, vault);
            }
            let jwt = map.get("jwt").or_else(|| map.get("certificate-bound"));
            if let Some(Value::Object(changes)) = jwt {
                return of_jwt(changes, door, scope, vault);
            }
            if let Some(Value::Object(changes)) = map.get("dpop") {
                return of_dpop(changes, door, scope, vault);
            }
            if let Some(Value::Object(changes)) = map.get("introspected") {
                return of_introspected(changes, door, scope, vault);
            }
            if let Some(token) = map.get("opaque") {
                return Ok(Ready::token(door, as_text(token)));
            }
            match map.get("valid") {
                Some(Value::Object(changes)) => {
                    Ok(carried_otherwise(valid(door, scope, vault)?, changes))
                }
                _ => Err("no known kind of credential".into()),
            }
        }
        _ => Err("no known kind of credential".into()),
    }
}

/// The valid credential of a door.
fn valid(door: &Door, scope: &Scope<'_>, vault: &mut Vault) -> Result<Ready, Trouble> {
    if door.introspected {
        return of_introspected(&Map::new(), door, scope, vault);
    }
    match door.scheme {
        Scheme::Basic => basic_of("alice", scope),
        Scheme::Bearer | Scheme::Dpop => of_token(door, scope),
        Scheme::Own if scope.world.token.is_some() => of_token(door, scope),
        Scheme::Own if scope.world.profile.basic => basic_of("alice", scope),
        Scheme::Own => Ok(Ready::new("", String::new())),
    }
}

/// A credential of the door's kind that nobody issued.
fn invalid(door: &Door, scope: &Scope<'_>) -> Ready {
    let made_up = scope.bindings.fresh("invalid credential");
    match door.scheme {
        Scheme::Basic => {
            let coded = crate::wire::basic::encode(&format!("nobody-{}", &made_up[..12]), &made_up);
            Ready::new("Basic", coded.trim_start_matches("Basic ").to_owned())
        }
        Scheme::Bearer | Scheme::Dpop | Scheme::Own => Ready::token(door, made_up),
    }
}

fn spell(ready: &mut Ready, changes: &Map<String, Value>) {
    let text = |key: &str| changes.get(key).map(as_text);
    if let Some(scheme) = text("scheme") {
        ready.scheme = (!scheme.is_empty()).then_some(scheme);
        ready.standard = true;
    }
    if let Some(separator) = text("separator") {
        ready.separator = separator;
    }
    if let Some(suffix) = text("suffix") {
        ready.suffix = suffix;
    }
    if let Some(prefix) = text("prefix") {
        ready.prefix = prefix;
    }
}

fn carried_otherwise(mut ready: Ready, changes: &Map<String, Value>) -> Ready {
    spell(&mut ready, changes);
    let text = |key: &str| changes.get(key).map(as_text);
    ready.name = text("name");
    ready.standard |= text("form").is_some();
    ready.carrier = match text("in").as_deref() {
        Some("query") => Carrier::Query,
        Some("form") => Carrier::Form,
        Some("cookie") => Carrier::Cookie,
        _ => Carrier::Header,
    };
    ready
}
