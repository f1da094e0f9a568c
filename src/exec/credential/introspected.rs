//! An opaque token of our provider's: what it will answer about it stands inside.

use serde_json::{Map, Value, json};

use crate::model::{Secret, Vault};
use crate::provider::described;
use crate::suite::profile::Door;

use super::super::act::Trouble;
use super::super::bindings::Scope;
use super::Ready;

/// A token for this run alone, so that no answer that a target keeps is another case's. Where certificates count the
/// answer says that it is bound to ours (RFC 8705 section 3.2).
pub(super) fn of_introspected(
    changes: &Map<String, Value>,
    door: &Door,
    scope: &Scope<'_>,
    vault: &mut Vault,
) -> Result<Ready, Trouble> {
    let mut good = scope.world.introspection.clone();
    let certificates = scope.world.certificates.as_ref();
    if let Some(all) = certificates.filter(|_| door.certificate_bound) {
        let cnf = json!({ "x5t#S256": all.own.thumbprint });
        good.entry("cnf").or_insert(cnf);
    }
    let provider = scope.world.provider.as_ref();
    let provider = provider.ok_or("authspec's provider does not run")?;
    let name = scope.bindings.fresh("introspected token");
    let token = described::token(&good, changes, &name, &provider.seal, scope.now)
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
