//! What tells a client that a user has logged out here (OpenID Connect Back-Channel Logout section 2.4). We fetch it
//! ourselves and bring it to the client, so that the client hears of it when a case wants it to.

use serde_json::{Value, json};

use super::authorization::actor;
use crate::provider::answers::{self, Refusal};
use crate::provider::issue::{self, object};
use crate::provider::parameters::Parameters;
use crate::provider::{Call, Provider, Reply};

/// The one event (section 2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

pub(in crate::provider) fn answer(provider: &mut Provider, call: &Call<'_>) -> Reply {
    let query = Parameters::parse(call.request.query());
    let said = query
        .get("client_id")
        .and_then(|client| token(provider, call, client));
    Reply::Response(match said {
        Some(token) => answers::object(200, object([("logout_token", json!(token))])),
        None => Refusal::new("invalid_request", "nobody is logged in there").response(),
    })
}

/// The token about the session of the browser's user at a client.
fn token(provider: &mut Provider, call: &Call<'_>, client: &str) -> Option<String> {
    let actor = actor(call);
    let codes = provider.store.codes.iter().map(|(_, code)| code);
    let grant = codes
        .filter(|code| code.actor == actor && code.grant.client == client)
        .last()?
        .grant
        .clone();
    let user = provider.setup.users.get(grant.user?)?;
    let now = call.now;
    let claims = object([
        ("iss", json!(provider.setup.issuer)),
        ("sub", json!(user.subject)),
        ("aud", json!(client)),
        ("iat", json!(now.unix())),
        ("exp", json!(now.unix().saturating_add(120))),
        ("jti", json!(issue::handle(&call.chance, "logout token"))),
        ("sid", json!(issue::session_of(&grant))),
        ("events", json!({ EVENT: Value::Object(object([])) })),
    ]);
    let twist = provider
        .play
        .turn("logout-token", |script| &script.logout_token);
    provider.sign("logout-token", twist, "logout+jwt", claims)
}
