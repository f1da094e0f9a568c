//! Grants without a code: a client on its own behalf, and a user's password, which a sound server takes from nobody.

use serde_json::Value;

use super::super::proof::Held;
use super::super::store::{Extra, Granted};
use super::super::{Parameters, authorize, details, extension, tokens};
use super::{NO_GRANT, bad};
use crate::accounts;
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
    details::none(server, form)?;
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
            resources: (server.decisions.grant.extension.own_grant_for)(extension::targets(
                server, form,
            )?),
            ..Extra::default()
        }),
        ..Granted::new(client, None, scope.join(" "))
    };
    Ok(tokens::issue_new(server, &granted))
}

/// The password grant, which a sound server doesn't offer (RFC 9700 section 2.4).
pub(super) fn password(
    server: &Server,
    form: &Parameters,
    client: &'static Client,
    held: &Held,
) -> Result<Value, Problem> {
    details::none(server, form)?;
    let given = |name| form.get(name).unwrap_or_default();
    let login = server.decisions.access.login;
    let named = || accounts::find(given("username"));
    let account = match server.decisions.grant.back.password_is_compared {
        true => login(given("username"), given("password")),
        false => named(),
    };
    let account = account.ok_or(NO_GRANT)?;
    let scope = authorize::scope(server, client, form.get("scope"))
        .map_err(|refused| bad(refused.error, refused.description))?;
    let granted = held.granted(Granted::new(client, Some(account), scope));
    Ok(tokens::issue_new(server, &granted))
}
