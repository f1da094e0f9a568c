//! Authorization details (RFC 9396): read, checked by their type, and narrowed at the token endpoint.

use serde_json::Value;

use super::Parameters;
use super::token::bad;
use crate::decisions::grant::Problem;
use crate::state::Server;

/// What a request asks for in detail; nothing where it has no such parameter.
pub(crate) fn asked(server: &Server, form: &Parameters) -> Result<Vec<Value>, Problem> {
    let rules = &server.decisions.grant.details;
    let wrong = bad(rules.error, "these details can't be granted");
    let Some(text) = form.get("authorization_details") else {
        return Ok(Vec::new());
    };
    let entries = (rules.entries)(text).ok_or(wrong.clone())?;
    let sound = |entry: &Value| {
        let kind = entry["type"].as_str().unwrap_or_default();
        (rules.knows)(kind)
            && entry.as_object().is_some_and(|entry| {
                kind != crate::decisions::grant::details::TYPE || (rules.sound)(entry)
            })
    };
    match entries.iter().all(sound) {
        true => Ok(entries),
        false => Err(wrong),
    }
}

/// Refuses details at a grant that the user agreed to none for: what is asked for there was not granted (RFC 9396 sections
/// 5 and 6).
pub(crate) fn none(server: &Server, form: &Parameters) -> Result<(), Problem> {
    narrowed(server, form, &[]).map(drop)
}

/// What a token request may have of what was granted: what it asks for, or all (RFC 9396 section 6).
pub(crate) fn narrowed(
    server: &Server,
    form: &Parameters,
    granted: &[Value],
) -> Result<Vec<Value>, Problem> {
    let rules = &server.decisions.grant.details;
    let asked = asked(server, form)?;
    if asked.is_empty() {
        return Ok(granted.to_vec());
    }
    match (rules.within)(granted, &asked) {
        true => Ok(asked),
        false => Err(bad(rules.error, "these details were not granted")),
    }
}
