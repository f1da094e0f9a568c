//! A client's own grant at the token endpoint (RFC 6749 section 4.4).

use serde_json::Value;

use super::super::proof::Held;
use super::super::store::{Extra, Granted};
use super::super::{Parameters, authorize, extension, tokens};
use super::bad;
use crate::clients::Client;
use crate::decisions::grant::Problem;
use crate::state::Server;

/// A client on its own behalf (RFC 6749 section 4.4).
pub(super) fn own(
    server: &Server,
    form: &Parameters,
    client: &'static Client,
    held: &Held,
) -> Result<Value, Problem> {
    if !(server.decisions.grant.own_grant)(client) {
        return Err(bad(
            "unauthorized_client",
            "only clients with a secret may use this grant",
        ));
    }
    let scope = authorize::scope(server, client, form.get("scope"))
        .map_err(|refused| bad(refused.error, refused.description))?;
    // There is no user: what only makes sense with one is left out.
    let of_user = ["openid", "profile", "email"];
    let scope: Vec<&str> = scope
        .split(' ')
        .filter(|value| !of_user.contains(value))
        .collect();
    if scope.is_empty() {
        return Err(bad("invalid_scope", "the scope speaks of a user"));
    }
    let granted = Granted {
        extra: held.bound(Extra {
            resources: extension::targets(server, form)?,
            ..Extra::default()
        }),
        client: client.id,
        account: None,
        scope: scope.join(" "),
        ended: false,
    };
    let number = server.store().keep_grant(granted.clone());
    Ok(tokens::issue(
        server,
        number,
        &granted,
        &granted.scope,
        None,
    ))
}
