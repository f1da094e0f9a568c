//! An API that takes the provider's access tokens (RFC 6750), and what it says of itself (RFC 9728): what a client does
//! with a token, and with a challenge, shows here.

use serde_json::{Map, Value, json};

use super::userinfo::token_of;
use crate::model::{Header, Response};
use crate::provider::{Call, Endpoint, Provider, Reply};

pub(in crate::provider) fn answer(provider: &mut Provider, call: &Call<'_>) -> Reply {
    let twist = provider.play.turn("api", |script| &script.api);
    provider.say("api", twist, |provider| match token_of(provider, call) {
        Ok(_) => Ok(Map::from_iter([(
            "items".to_owned(),
            json!(["one", "two"]),
        )])),
        Err(refusal) => Err(led(provider, refusal)),
    })
}

/// A refusal that says where to read on (RFC 9728 section 5.1).
fn led(provider: &Provider, mut refusal: Response) -> Response {
    let address = provider.paths.url(Endpoint::ApiMetadata);
    for field in &mut refusal.headers {
        if field.name.eq_ignore_ascii_case("www-authenticate") {
            let challenge = String::from_utf8_lossy(&field.value).into_owned();
            *field = Header::new(
                "www-authenticate",
                format!("{challenge}, resource_metadata=\"{address}\""),
            );
        }
    }
    refusal
}

pub(in crate::provider) fn described(provider: &mut Provider, call: &Call<'_>) -> Reply {
    let twist = provider
        .play
        .turn("api-metadata", |script| &script.api_metadata);
    let signed = twist.as_ref().and_then(|twist| twist.signed.clone());
    provider.say("api-metadata", twist, |provider| {
        let said: Map<String, Value> = [
            ("resource", json!(provider.paths.url(Endpoint::Api))),
            ("authorization_servers", json!([provider.setup.issuer])),
            ("scopes_supported", json!(["openid", "profile"])),
            ("bearer_methods_supported", json!(["header"])),
            ("resource_name", json!("authspec's API")),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        Ok(provider.with_signed("api-metadata", said, signed, call.now))
    })
}
