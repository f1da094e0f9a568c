//! What stands before every guarded resource, whatever its mechanism.

use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::accounts::{self, Account};
use crate::answer;
use crate::decisions::access::{LastWord, Memory};
use crate::server::{Caching, Unguarded};
use crate::state::Server;

/// Who passed without the mechanism being asked: nobody, on a sound server.
pub(crate) fn believed(server: &Server, parts: &Parts) -> Option<&'static Account> {
    let access = &server.decisions.access;
    if parts.extensions.get::<Unguarded>().is_some() {
        return accounts::accounts().first();
    }
    match access.last_word {
        LastWord::Open => return accounts::accounts().first(),
        LastWord::AcceptOffered if offers(parts) => {
            return accounts::accounts().first();
        }
        _ => {}
    }
    if let Some(account) = (access.trusted)(parts) {
        return Some(account);
    }
    let remembered = match access.memory {
        Memory::None => false,
        Memory::SharedCache if server.memory().cached.contains(parts.uri.path()) => {
            return accounts::accounts().first();
        }
        Memory::SharedCache => false,
        Memory::Address => true,
        Memory::Cookie => parts
            .headers
            .get(header::COOKIE)
            .is_some_and(|cookie| cookie == GUESSABLE),
    };
    if remembered {
        return server.memory().believed;
    }
    None
}

/// Whether a request carries anything that could be meant as a credential.
fn offers(parts: &Parts) -> bool {
    let ordinary = [
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "accept-language",
        "connection",
        "content-length",
        "content-type",
        "transfer-encoding",
        "origin",
    ];
    let is_form = has(parts, header::CONTENT_TYPE.as_str(), |kind| {
        kind.starts_with("application/x-www-form-urlencoded")
    });
    let extra = parts
        .headers
        .keys()
        .any(|name| !ordinary.contains(&name.as_str()));
    extra || is_form || parts.uri.query().is_some()
}

/// Whether everything is refused. A sound server looks at each request.
pub(crate) fn refuses_all(server: &Server) -> bool {
    server.decisions.access.last_word == LastWord::RefuseAll
}

/// The answer of a guarded resource: for this request and nobody else.
pub(crate) fn finish(
    server: &Server,
    parts: &Parts,
    account: Option<&'static Account>,
    mut response: Response,
) -> Response {
    let access = &server.decisions.access;
    if response.status().is_success() {
        let caching = parts.extensions.get::<Caching>();
        let caching = caching.map_or(access.caching, |caching| caching.0);
        answer::set(&mut response, header::CACHE_CONTROL, caching);
        match access.memory {
            Memory::None => {}
            Memory::SharedCache => {
                server.memory().cached.insert(parts.uri.path().to_owned());
            }
            Memory::Address => remember(server, account),
            Memory::Cookie => {
                remember(server, account);
                answer::add(&mut response, header::SET_COOKIE, GUESSABLE);
            }
        }
    }
    (access.cors)(parts, &mut response);
    response
}

fn remember(server: &Server, account: Option<&'static Account>) {
    server.memory().believed = account.or(accounts::accounts().first());
}

const GUESSABLE: &str = "session=1";

/// The fields of a request whose value is this.
pub(crate) fn has(parts: &Parts, name: &str, test: fn(&str) -> bool) -> bool {
    parts
        .headers
        .get_all(name)
        .iter()
        .filter_map(|value: &HeaderValue| value.to_str().ok())
        .any(test)
}
