//! Mistakes with a key set: how it is fetched, and what is made of entries that are odd.

use std::collections::HashMap;

use serde_json::Value;

use super::super::super::{Fault, ROW};
use crate::decisions::jwt::{Object, Usable};
use crate::keys::{self, Key};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "jwt-key-set-all-or-nothing",
        what: "One key that can't be read makes the whole set useless.",
        models: "keys.map(toKey) that throws; RFC 7517 section 5",
        breaks: &["RFC7517-5-3"],
        install: |d| {
            d.jwt.reads_key_set = |set| {
                let entries = set.get("keys").and_then(Value::as_array);
                entries.is_some_and(|entries| {
                    let read = |entry: &Value| entry.as_object().and_then(Key::material);
                    entries.iter().all(|entry| read(entry).is_some())
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-key-set-members-closed",
        what: "A key or a set with a member that isn't known is refused.",
        models: "deny_unknown_fields; RFC 7517 sections 4 and 5",
        breaks: &["RFC7517-4-2", "RFC7517-5-5"],
        install: |d| {
            d.jwt.key_set = |set, usable| {
                let known = set
                    .as_object()
                    .is_some_and(|set| set.keys().all(|name| name == "keys"));
                let mut keys = set.clone();
                if let Some(entries) = keys.get_mut("keys").and_then(Value::as_array_mut) {
                    entries.retain(|entry| known && entry.as_object().is_some_and(is_plain));
                }
                keys::from_set(&keys, usable)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-use-of-the-first-key-counts",
        what: "Keys are kept by kid, and the use of the first of a name is taken for that of all.",
        models: "a map from kid to keys; RFC 7517 sections 4.2 and 4.5",
        breaks: &["RFC7517-4.2-1"],
        install: |d| d.jwt.key_set = grouped,
        ..ROW
    },
    Fault {
        name: "jwt-key-set-of-any-length",
        what: "A key set is read to its end, however long it is.",
        models: "await (await fetch(jwksUri)).json(); CWE-770",
        breaks: &["CWE-770"],
        install: |d| d.jwt.key_set_length = usize::MAX,
        ..ROW
    },
    Fault {
        name: "jwt-key-set-fetched-for-every-kid",
        what: "The key set is fetched again for each unknown kid, however often.",
        models: "CWE-400, PyJWKClient of PyJWT",
        breaks: &["CWE-400"],
        install: |d| d.jwt.key_set_rest = 0,
        ..ROW
    },
    Fault {
        name: "jwt-key-set-redirect-followed",
        what: "A key set that is said to be elsewhere is fetched there.",
        models: "CWE-918, the default of most HTTP clients",
        breaks: &["CWE-918"],
        install: |d| d.jwt.follows_key_set = true,
        ..ROW
    },
    Fault {
        name: "jwt-any-key-without-kid",
        what: "Without kid every key of the set is tried, whatever it is for.",
        models: "for (const key of jwks.keys) try; RFC 7517 section 4.2",
        breaks: &["RFC7517-4.2-1"],
        install: |d| {
            d.jwt.usable = Key::material;
            d.jwt.select = |header, keys| {
                let may_sign = |key: &&Key| {
                    let jwk = serde_json::from_str::<Value>(key.published()).unwrap_or_default();
                    jwk.as_object().and_then(Key::from_jwk).is_some()
                };
                if header.contains_key("kid") {
                    let known: Vec<Key> = keys.iter().filter(may_sign).cloned().collect();
                    return super::right::select(header, &known);
                }
                let fits = |key: &&Key| Some(key.algorithm()) == super::alg(header);
                Ok(keys.iter().filter(fits).cloned().collect())
            };
        },
        ..ROW
    },
];

fn is_plain(jwk: &Object) -> bool {
    let known = [
        "kty", "use", "key_ops", "alg", "kid", "n", "e", "crv", "x", "y", "x5c", "x5t", "x5t#S256",
    ];
    jwk.keys().all(|name| known.contains(&name.as_str()))
}

fn grouped(set: &Value, usable: Usable) -> Vec<Key> {
    let mut named: HashMap<String, bool> = HashMap::new();
    let entries = set.get("keys").and_then(Value::as_array);
    let mut all = Vec::new();
    for jwk in entries.into_iter().flatten().filter_map(Value::as_object) {
        let own = usable(jwk);
        let kid = jwk.get("kid").and_then(Value::as_str).unwrap_or_default();
        let counts = *named.entry(kid.to_owned()).or_insert(own.is_some());
        all.extend(if counts { Key::material(jwk) } else { own });
    }
    all
}
