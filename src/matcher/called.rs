//! `called`: how often each endpoint of our provider was asked. Silence counts only where the target could be heard.

use serde_json::{Value, json};

use super::evidence::call::is_at;
use super::value::{check, spoilt_count, words};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::model::Hop;
use crate::source::shape::{Field, Shape};

pub(super) const KIND: Kind = Kind {
    name: "called",
    doc: "How many requests reached an endpoint of the provider: `{ token: 0 }`.",
    shape: Shape::Map(&[
        Field::new(
            "authorize",
            value::SHAPE,
            "Browsers at the authorization endpoint.",
        ),
        Field::new("token", value::SHAPE, "The target at the token endpoint."),
        Field::new(
            "userinfo",
            value::SHAPE,
            "The target at the userinfo endpoint.",
        ),
        Field::new("jwks", value::SHAPE, "The target at the key set."),
        Field::new(
            "introspect",
            value::SHAPE,
            "The target at the introspection endpoint.",
        ),
        Field::new("par", value::SHAPE, "The target pushing a request."),
        Field::new(
            "device",
            value::SHAPE,
            "The target asking for a device code.",
        ),
        Field::new("revoke", value::SHAPE, "The target revoking a token."),
        Field::new("register", value::SHAPE, "The target registering itself."),
        Field::new("api", value::SHAPE, "The target at the API."),
        Field::new(
            "api-metadata",
            value::SHAPE,
            "The target reading what the API says of itself.",
        ),
        Field::new("metadata", value::SHAPE, "The target at the metadata."),
        Field::new(
            "old-handshake",
            value::SHAPE,
            "Handshakes that went on in an old version of TLS.",
        ),
    ]),
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    for (endpoint, wanted) in wanted.as_object().into_iter().flatten() {
        let calls: Vec<u32> = seen
            .exchanges
            .iter()
            .filter(|exchange| is_at(exchange, endpoint))
            .map(|exchange| exchange.seq)
            .collect();
        if calls.is_empty() && endpoint != "authorize" && !seen.ear_works {
            return Err(Miss::unknown(
                "the target was never heard at the provider in this run, so its silence means nothing",
            ));
        }
        check(wanted, Some(&Value::from(calls.len()))).map_err(|_| {
            Miss::shown_by(
                calls.clone(),
                format!("{} requests at the {endpoint} endpoint", words(wanted)),
                format!("{} came", calls.len()),
            )
        })?;
    }
    Ok(())
}

fn spoil(wanted: &mut Value, seen: &mut Seen<'_>) {
    let exchanges = seen.exchanges.to_mut();
    exchanges.clear();
    for (endpoint, wanted) in wanted.as_object().into_iter().flatten() {
        let hop = if endpoint == "authorize" {
            Hop::BrowserToProvider
        } else {
            Hop::TargetToProvider
        };
        let path = match endpoint.as_str() {
            "metadata" => "/s/.well-known/openid-configuration".to_owned(),
            "device" => "/s/device_authorization".to_owned(),
            "api-metadata" => "/.well-known/oauth-protected-resource/s/api".to_owned(),
            other => format!("/s/{other}"),
        };
        let call = super::sample::call(hop, "honest", "POST", &path, "a=b");
        exchanges.extend(std::iter::repeat_n(call, spoilt_count(wanted)));
    }
}

fn examples() -> Vec<Example> {
    let call = |target| super::sample::call(Hop::TargetToProvider, "honest", "GET", target, "");
    vec![
        Example {
            argument: json!({ "token": 0, "userinfo": 0 }),
            seen: super::sample::heard(vec![
                call("/s/.well-known/openid-configuration"),
                call("/s/jwks"),
            ]),
        },
        Example {
            argument: json!({ "jwks": { "at-least": 1 }, "metadata": 1 }),
            seen: super::sample::heard(vec![
                call("/.well-known/oauth-authorization-server/s"),
                call("/s/jwks"),
            ]),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::super::sample::{call, heard};
    use super::*;

    #[test]
    fn silence_needs_an_ear_and_a_call_does_not() {
        let token = call(
            Hop::TargetToProvider,
            "honest",
            "POST",
            "/x/token?a",
            "code=c",
        );
        let browser = call(Hop::BrowserToProvider, "alice", "GET", "/x/token", "");
        for (exchanges, ear, wanted, met) in [
            (vec![], true, json!({ "token": 0 }), Some(true)),
            (vec![], false, json!({ "token": 0 }), None),
            (vec![], false, json!({ "authorize": 0 }), Some(true)),
            (
                vec![token.clone()],
                false,
                json!({ "token": 0 }),
                Some(false),
            ),
            (vec![browser], true, json!({ "token": 0 }), Some(true)),
            (
                vec![token.clone(), token],
                true,
                json!({ "token": { "at-most": 1 } }),
                Some(false),
            ),
        ] {
            let mut seen = heard(exchanges);
            seen.ear_works = ear;
            let found = match examine(&wanted, &seen) {
                Ok(()) => Some(true),
                Err(Miss::Finding { .. }) => Some(false),
                Err(Miss::Unknown(_)) => None,
            };
            assert_eq!(found, met, "{wanted} {ear}");
        }
    }
}
