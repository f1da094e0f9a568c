//! A token bound to a key, and what is wrong with it or with its proof (RFC 9449 section 7).

use serde_json::{Map, Value};

use crate::model::Vault;
use crate::suite::profile::Door;

use super::super::act::Trouble;
use super::super::bindings::Scope;
use super::super::proof::Proof;
use super::token::{forged, of_token};
use super::{Ready, spell};

/// The bound token with a proof, and what the case changes in either.
pub(super) fn of_dpop(
    changes: &Map<String, Value>,
    door: &Door,
    scope: &Scope<'_>,
    vault: &mut Vault,
) -> Result<Ready, Trouble> {
    let mut ready = match changes.get("token") {
        Some(Value::Object(token)) => {
            let token = forged(token, door, scope, vault)?;
            Ready::token(door, token)
        }
        Some(Value::String(token)) => Ready::token(door, token.clone()),
        _ => of_token(door, scope)?,
    };
    ready.proof = match changes.get("proof") {
        None => ready.proof,
        Some(Value::Object(proof)) => Some(Proof::changed(&ready.value, proof.clone())),
        Some(_) => None,
    };
    spell(&mut ready, changes);
    Ok(ready)
}
