//! A name and password: the profile's, or one with a departure.

use serde_json::{Map, Value};

use crate::model::{Secret, Vault};
use crate::suite::template::as_text;
use crate::wire::basic;

use super::super::act::Trouble;
use super::super::bindings::Scope;
use super::{Ready, spell};

pub(super) fn basic_of(actor: &str, scope: &Scope<'_>) -> Result<Ready, Trouble> {
    let user = scope
        .world
        .profile
        .users
        .get(actor)
        .ok_or("the profile has no `basic:`")?;
    let password = user
        .password
        .as_ref()
        .ok_or("the account has no password")?;
    let coded = basic::encode(&user.name, password.reveal());
    Ok(Ready::new(
        "Basic",
        coded.trim_start_matches("Basic ").to_owned(),
    ))
}

pub(super) fn of_basic(
    changes: &Map<String, Value>,
    scope: &Scope<'_>,
    vault: &mut Vault,
) -> Result<Ready, Trouble> {
    let text = |key: &str| changes.get(key).map(as_text);
    let valid = scope.world.profile.users.get("alice");
    let known = |what: fn(&crate::suite::profile::User) -> Option<String>| valid.and_then(what);
    let pair = || -> Result<String, Trouble> {
        let user = text("user").or_else(|| known(|user| Some(user.name.clone())));
        let password = text("password")
            .or_else(|| known(|user| user.password.as_ref().map(|one| one.reveal().to_owned())));
        match (user, password) {
            (Some(user), Some(password)) => Ok(format!("{user}:{password}")),
            _ => Err("the profile has no `basic:`".into()),
        }
    };
    let plain = match text("raw") {
        Some(raw) => raw,
        // written out to the last octet: nobody's name and password are in it
        None if changes.contains_key("bytes") || changes.contains_key("coded") => String::new(),
        None => pair()?,
    };
    let made_up = !changes.contains_key("bytes") && !holds_a_password(&plain, scope);
    let bytes = match (text("bytes"), text("charset").as_deref()) {
        (Some(hex), _) => unhex(&hex).ok_or("`bytes` is not hex")?,
        (None, Some("latin-1")) => latin1(&plain).ok_or("the text has no ISO 8859-1 form")?,
        (None, _) => plain.into_bytes(),
    };
    let coded = basic::encode_raw(&bytes)
        .trim_start_matches("Basic ")
        .to_owned();
    let coded = match text("mutate") {
        Some(name) => crate::forge::basic_mutation::apply(&name, &coded)?,
        None => text("coded").unwrap_or(coded),
    };
    let secret = Secret::new(coded.clone(), "basic credentials");
    if made_up {
        vault.add_made_up(&secret);
    } else {
        vault.add(&secret);
    }
    let mut ready = Ready::new("Basic", coded);
    spell(&mut ready, changes);
    Ok(ready)
}

/// Whether a password of the profile is inside. What a case makes up without one opens nothing.
fn holds_a_password(plain: &str, scope: &Scope<'_>) -> bool {
    let users = scope.world.profile.users.values();
    users
        .filter_map(|user| user.password.as_ref())
        .any(|password| plain.contains(password.reveal()))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    digits
        .chunks(2)
        .map(|pair| {
            u8::from_str_radix(
                std::str::from_utf8(pair)
                    .ok()
                    .filter(|pair| pair.len() == 2)?,
                16,
            )
            .ok()
        })
        .collect()
}

fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|one| u8::try_from(u32::from(one)).ok())
        .collect()
}
