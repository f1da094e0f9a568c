//! The key set (RFC 7517 section 5).

use serde_json::{Map, Value};

use crate::provider::script::KeysTwist;
use crate::provider::{Provider, Reply, issue};

pub(in crate::provider) fn answer(provider: &mut Provider) -> Reply {
    let published = provider.play.turn("keys", |script| &script.keys);
    let twist = provider.play.turn("key-set", |script| &script.key_set);
    provider.say("key-set", twist, |provider| {
        let own: Vec<Value> = provider.setup.key.public_jwk().into_iter().collect();
        let keys = published.map_or_else(|| own.clone(), |twist| publish(&own, &twist));
        if keys != own {
            provider.play.bit("keys");
        }
        Ok(Map::from_iter([("keys".to_owned(), Value::Array(keys))]))
    })
}

/// Decoys in front, so that a client that takes the first key that looks right takes a wrong one.
fn publish(own: &[Value], twist: &KeysTwist) -> Vec<Value> {
    let added = twist.add.iter().cloned().map(Value::Object);
    let real = own.iter().cloned().chain(added);
    let mut keys: Vec<Value> = issue::decoys(own, &twist.decoys);
    keys.extend(real.filter(|key| !key.as_object().is_some_and(|key| twist.removes(key))));
    keys
}
