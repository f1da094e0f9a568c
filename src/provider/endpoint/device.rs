//! Devices (RFC 8628): a code for the device and one for its user, who agrees behind the client's back after its first
//! poll.

use serde_json::{Map, json};

use crate::provider::answers::Refusal;
use crate::provider::client::{Caller, authenticate};
use crate::provider::parameters::Parameters;
use crate::provider::store::{Device, Grant};
use crate::provider::{Call, Provider, Reply, issue};

/// Seconds that a device code lives.
const LIFE: u64 = 600;
/// Letters that nobody confuses (section 6.1).
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";

pub(in crate::provider) fn answer(provider: &mut Provider, call: &Call<'_>) -> Reply {
    let twist = provider.play.turn("device", |script| &script.device);
    provider.say("device", twist, |provider| {
        begin(provider, call).map_err(Refusal::response)
    })
}

fn begin(
    provider: &mut Provider,
    call: &Call<'_>,
) -> Result<Map<String, serde_json::Value>, Refusal> {
    let form = Parameters::of_body(&call.request.body);
    form.once_each()?;
    let caller = authenticate(&provider.setup, call.request, &form)?;
    let code = issue::handle(&call.chance, "device code");
    let device = Device {
        client: caller.id,
        scope: form.get("scope").map(str::to_owned),
        issued: call.now,
        polls: 0,
        redeemed: false,
    };
    provider.store.devices.insert(code.clone(), device);
    let user_code = user_code(&call.chance);
    let page = format!("{}/device", provider.setup.issuer.trim_end_matches('/'));
    let said = json!({
        "device_code": code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "expires_in": LIFE,
        "interval": 1,
    });
    Ok(said.as_object().cloned().unwrap_or_default())
}

/// Eight letters in two halves, as people read them aloud.
fn user_code(chance: &[u8; 32]) -> String {
    let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
    let half = |bytes: &[u8]| bytes.iter().map(letter).collect::<String>();
    format!("{}-{}", half(&chance[..4]), half(&chance[4..8]))
}

/// What a device code stands for, once its user has agreed (section 3.5).
pub(in crate::provider) fn granted(
    provider: &mut Provider,
    call: &Call<'_>,
    form: &Parameters,
    caller: &Caller,
) -> Result<Grant, Refusal> {
    let code = form.need("device_code", "device_code is missing")?;
    let family = provider.store.new_family();
    let device = provider.store.devices.get_mut(code);
    let Some(device) = device.filter(|device| device.client == caller.id && !device.redeemed)
    else {
        return Err(Refusal::new("invalid_grant", "the device code is unknown"));
    };
    if call.now.since(device.issued).as_secs() >= LIFE {
        return Err(Refusal::new("expired_token", "the device code has expired"));
    }
    device.polls = device.polls.saturating_add(1);
    if device.polls == 1 {
        return Err(Refusal::new(
            "authorization_pending",
            "the user has not answered yet",
        ));
    }
    device.redeemed = true;
    Ok(Grant {
        client: device.client.clone(),
        user: Some(0),
        scope: device.scope.clone(),
        nonce: None,
        acr: None,
        auth_time: call.now,
        family,
    })
}
