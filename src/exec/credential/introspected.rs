//! An opaque token of our provider's: what it will answer about it stands inside.

use serde_json::{Map, Value};

use crate::model::{Secret, Vault};
use crate::provider::described;

use super::super::act::Trouble;
use super::super::bindings::Scope;
use super::Ready;

/// A token for this run alone, so that no answer that a target keeps is another case's.
pub(super) fn of_introspected(
    changes: &Map<String, Value>,
    scope: &Scope<'_>,
    vault: &mut Vault,
) -> Result<Ready, Trouble> {
    let good = &scope.world.introspection;
    let provider = scope.world.provider.as_ref();
    let provider = provider.ok_or("authspec's provider does not run")?;
    let name = scope.bindings.fresh("introspected token");
    let token = described::token(good, changes, &name, &provider.seal, scope.now)
        .map_err(|why| why.to_string())?;
    vault.add(&Secret::new(token.clone(), "access_token"));
    Ok(Ready::new("Bearer", token))
}

/// Whether a case has the provider fail in its answer about the token that it offers.
pub(in crate::exec) fn provokes(credential: Option<&Value>) -> bool {
    let changes = credential
        .and_then(|one| one.get("introspected"))
        .and_then(Value::as_object);
    changes.is_some_and(described::fails)
}
