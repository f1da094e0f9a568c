//! Pushed authorization requests (RFC 9126): what is pushed is remembered under a name, for one use.

use serde_json::json;

use crate::model::Response;
use crate::provider::answers::{self, Refusal};
use crate::provider::parameters::Parameters;
use crate::provider::{Call, Provider, Reply, client, issue};

/// Seconds that a pushed request may wait.
const LIFE: u64 = 60;

pub(in crate::provider) fn answer(provider: &mut Provider, call: &Call<'_>) -> Reply {
    Reply::Response(push(provider, call).unwrap_or_else(|refusal| refusal.response()))
}

fn push(provider: &mut Provider, call: &Call<'_>) -> Result<Response, Refusal> {
    let form = Parameters::of_body(&call.request.body);
    let caller = client::authenticate(&provider.setup, call.request, &form)?;
    if form.get("request_uri").is_some() {
        return Err(Refusal::new(
            "invalid_request",
            "request_uri is what the answer gives",
        ));
    }
    let handle = issue::handle(&call.chance, "request_uri");
    let uri = format!("urn:ietf:params:oauth:request_uri:{handle}");
    let content = String::from_utf8_lossy(&call.request.body).into_owned();
    provider
        .store
        .pushed
        .insert(uri.clone(), (caller.id, content));
    let members = json!({ "request_uri": uri, "expires_in": LIFE });
    let members = members.as_object().cloned().unwrap_or_default();
    Ok(answers::object(201, members))
}
