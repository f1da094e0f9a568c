//! The provider's answer as a case has the browser bring it to the client: changed, replaced, or brought elsewhere.

use serde_json::{Map, Value};
use url::Url;

use crate::suite::template::as_text;
use crate::wire::form;

use super::super::act::Trouble;
use super::super::token::patch;
use super::tamper::tampered;

/// The address with these parameters, changed as the arguments of the step say.
pub(super) fn answer(
    args: &Map<String, Value>,
    patched: bool,
    mut url: Url,
    mut pairs: Vec<(String, String)>,
) -> Result<Url, Trouble> {
    let text = |name: &str| args.get(name).map(as_text);
    if let Some(Value::Object(answer)) = args.get("answer") {
        pairs.retain(|(name, _)| matches!(name.as_str(), "state" | "iss"));
        let given = answer.iter();
        pairs.extend(given.map(|(name, value)| (name.clone(), as_text(value))));
    }
    if patched {
        patch(&mut pairs, args.get("query"));
    }
    if let Some(page) = text("state-says") {
        let state = pairs.iter_mut().find(|(name, _)| name == "state");
        let said = state.and_then(|(_, state)| Some((tampered(state, &page)?, state)));
        let none = || Trouble::DoesNotApply("state names no page that can be read".to_owned());
        let (other, state) = said.ok_or_else(none)?;
        *state = other;
    }
    if let Some(to) = text("to") {
        let elsewhere = |why| Trouble::CannotBeDone(format!("`to: {to}`: {why}"));
        url = Url::parse(&to).map_err(elsewhere)?;
    }
    url.set_query(Some(&form::encode(&pairs)));
    Ok(url)
}
