//! Refresh tokens at the token endpoint (RFC 6749 section 6).

use serde_json::Value;

use super::super::proof::{self, Held};
use super::super::store::{Extra, Granted};
use super::super::{Parameters, assertion, details, extension, tokens};
use super::{NO_GRANT, bad, never_issued};
use crate::clients::Client;
use crate::decisions::grant::{Problem, Used};
use crate::state::Server;

/// When a token counts as used that a second step will spend.
const NEVER: u64 = u64::MAX;

/// Spends the refresh token of a request that was answered, where its look-up did not.
pub(super) async fn spend_late(server: &Server, form: &Parameters) {
    let pause = server.decisions.grant.back.refresh_spends_after;
    let (Some(pause), Some(name)) = (pause, form.get("refresh_token")) else {
        return;
    };
    tokio::time::sleep(pause).await;
    let now = server.clock.millis();
    if let Some(kept) = server.store().refresh.get_mut(name) {
        kept.used = kept.used.map(|from| from.min(now));
    }
}

/// A refresh token, which is replaced at every use (RFC 6749 section 6, RFC 9700 section 4.14.2).
pub(super) fn refresh(
    server: &Server,
    form: &Parameters,
    client: &'static Client,
    held: &Held,
) -> Result<Value, Problem> {
    let name = form
        .get("refresh_token")
        .ok_or(bad("invalid_request", "refresh_token is missing"))?;
    refresh_by(server, form, client, name, held)
}

/// The same for whatever names the token.
pub(super) fn refresh_by(
    server: &Server,
    form: &Parameters,
    client: &'static Client,
    name: &str,
    held: &Held,
) -> Result<Value, Problem> {
    let rules = &server.decisions.grant;
    let now = server.clock.now();
    let moment = server.clock.millis();
    let mut store = server.store();
    let Some(refresh) = store.refresh.get(name).cloned() else {
        drop(store);
        return never_issued(server, client);
    };
    let granted = store.grants.get(&refresh.grant).cloned().ok_or(NO_GRANT)?;
    if !(rules.refresh_client)(granted.client, client.id) {
        return Err(NO_GRANT);
    }
    let used = refresh.used.is_some_and(|from| moment >= from);
    if used && rules.used_refresh == Used::EndsFamily {
        store.end(refresh.grant);
    }
    let spent = used && rules.used_refresh != Used::Works;
    let expired = rules.back.refresh_expires && now >= refresh.expires;
    if spent || granted.ended || expired {
        return Err(NO_GRANT);
    }
    proof::refreshes(server, &granted, client, held)?;
    let key_now = assertion::key_of(form);
    if !(rules.back.refreshes_by)(granted.extra.client_key.as_deref(), key_now.as_deref()) {
        return Err(NO_GRANT);
    }
    let details = details::narrowed(server, form, &granted.extra.details)?;
    let resources = match rules.extension.refreshes_for_one {
        true => extension::narrowed(server, form, &granted.extra.resources)?,
        false => granted.extra.resources.clone(),
    };
    let granted = Granted {
        extra: held.bound(Extra {
            details,
            resources,
            ..granted.extra.clone()
        }),
        ..granted
    };
    let scope = match form.get("scope") {
        Some(asked) if !(rules.refresh_scope)(&refresh.scope, asked) => {
            return Err(bad(
                "invalid_scope",
                "the scope goes beyond what was granted",
            ));
        }
        Some(asked) => (rules.back.narrowed)(&refresh.scope, asked),
        None => (rules.back.unasked)(&refresh.scope),
    };
    if let Some(kept) = store.refresh.get_mut(name) {
        let from = rules.back.refresh_spends_after.map_or(moment, |_| NEVER);
        kept.used.get_or_insert(from);
    }
    drop(store);
    let kept = Granted {
        scope: (rules.back.kept)(&refresh.scope, &scope),
        ..granted
    };
    let answer = tokens::issue(server, refresh.grant, &kept, &scope, None);
    if !rules.back.refreshed_lives {
        server.store().end_last_access(refresh.grant);
    }
    Ok(answer)
}
