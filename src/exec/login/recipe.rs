//! The next move of a recipe on a page of the client.

use serde_json::Value;
use url::Url;

use crate::model::Response;
use crate::suite::profile::Move;
use crate::wire::json;

use super::super::act::{Context, Outgoing};
use super::super::browse::{Onward, ours, submit};
use super::super::page::{self, Page};
use super::super::walk::recipe::filled;
use super::identity::actor_of;

/// Makes the next move of a recipe that leads on from a page; none if there is none left. The error says why it can't be
/// made there.
pub(super) fn next(
    moves: &mut Vec<Move>,
    page: &Page,
    sent: &Outgoing,
    response: &Response,
    context: &mut Context<'_>,
) -> Result<Option<Onward>, String> {
    while !moves.is_empty() {
        match moves.remove(0) {
            Move::Keep(places) => super::kept::keep(&places, sent, response, context)?,
            one => return make(one, page, sent, response, context).map(Some),
        }
    }
    Ok(None)
}

fn make(
    one: Move,
    page: &Page,
    sent: &Outgoing,
    response: &Response,
    context: &Context<'_>,
) -> Result<Onward, String> {
    let base = Url::parse(&sent.request.url()).map_err(|why| why.to_string())?;
    let text = || String::from_utf8_lossy(response.body.bytes()).into_owned();
    let to = |address: &str| -> Result<Onward, String> {
        let url = base.join(address).map_err(|why| why.to_string())?;
        Ok(match ours(&url, context) {
            Some(request) => Onward::To(Box::new(request)),
            None => Onward::Away(url),
        })
    };
    match one {
        Move::Open(endpoint) => {
            let request = super::kept::request(&endpoint, context)?;
            Ok(Onward::To(Box::new(request)))
        }
        Move::Keep(_) => Err("nothing is kept here".to_owned()),
        Move::Follow(selector) => match page::link(&text(), &selector) {
            Some(address) => to(&address),
            None => Err(format!("the page has no link `{selector}`")),
        },
        Move::Take(pointer) => {
            let body = json::parse_lenient(response.body.bytes());
            let found = body.as_ref().and_then(|body| body.pointer(&pointer));
            match found.and_then(Value::as_str) {
                Some(address) => to(address),
                None => Err(format!("the answer has nothing at `{pointer}`")),
            }
        }
        Move::Submit {
            form,
            fields,
            button,
        } => {
            let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
            let found = match &form {
                Some(selector) => page.forms_at(selector).into_iter().next(),
                None => page.forms.iter().find(|form| form.has(&names)),
            };
            let found = found.ok_or_else(|| missing(form.as_deref(), &names))?;
            let pressed = match &button {
                Some(button) => Some(
                    found
                        .button(button)
                        .ok_or_else(|| format!("the form has no button `{button}`"))?,
                ),
                None => found.buttons.first(),
            };
            let user = context.world.profile.users.get(actor_of(context));
            let values: Vec<_> = fields
                .iter()
                .map(|(name, value)| (name.clone(), filled(value, user)))
                .collect();
            let action = base.join(&found.action).map_err(|why| why.to_string())?;
            Ok(submit(
                &action,
                &found.method,
                &found.filled(&values, pressed),
                context,
            ))
        }
    }
}

fn missing(selector: Option<&str>, names: &[String]) -> String {
    match selector {
        Some(selector) => format!("the page has no form `{selector}`"),
        None if names.is_empty() => "the page has no form".to_owned(),
        None => format!("the page has no form with the fields {}", names.join(", ")),
    }
}
