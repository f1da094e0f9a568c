//! Who is logged in at a client, asked of its who-am-I request with the actor's cookies.

use serde_json::Value;

use crate::matcher::{Identity, Seen};
use crate::model::{Answer, Outcome, Response};
use crate::suite::profile::WhoAmI;
use crate::suite::template::as_text;
use crate::wire::json;

use super::super::act::{Context, Outgoing};
use super::super::browse::as_browser;
use super::super::outcome;

/// The account that an actor's browser is in front of: any name but mallory's is alice's.
pub(super) fn actor_of<'a>(context: &'a Context<'_>) -> &'a str {
    if context.actor == "mallory" {
        "mallory"
    } else {
        "alice"
    }
}

/// The who-am-I request of the context's actor.
pub(in crate::exec) fn who_request(context: &mut Context<'_>) -> Result<Outgoing, String> {
    let client = context
        .world
        .profile
        .client
        .as_ref()
        .ok_or("the profile has no `client:`")?;
    let request = super::kept::request(&client.who.endpoint, context)?;
    Ok(as_browser(request, context))
}

/// What the application calls the account, where the profile says where that stands.
pub(super) fn account(answer: &Answer, context: &Context<'_>) -> Option<Value> {
    let client = context.world.profile.client.as_ref()?;
    let body = json::parse_lenient(answer.response()?.body.bytes())?;
    let found = body.pointer(client.who.account.as_deref()?)?;
    Some(found.clone()).filter(|found| !found.is_null())
}

/// How a login ended, by who is logged in and the status of its last answer; and why it did not hold.
pub(super) fn outcome(
    identity: &Identity,
    status: u16,
    context: &Context<'_>,
) -> (Outcome, Option<String>) {
    match identity {
        Identity::Actor(name) if name == actor_of(context) => (Outcome::Accepted, None),
        Identity::Actor(name) => (Outcome::Accepted, Some(format!("{name} is logged in"))),
        Identity::Nobody if status >= 500 => (
            Outcome::Errored,
            Some(format!("nobody is logged in: status {status}")),
        ),
        Identity::Nobody => (
            Outcome::Refused,
            Some(format!(
                "nobody is logged in: the last answer was status {status}"
            )),
        ),
        Identity::Stranger(who) => (
            Outcome::Accepted,
            Some(format!("somebody else is logged in: {who}")),
        ),
        Identity::Unclear(why) => (Outcome::Unclear, Some(why.clone())),
    }
}

/// Who an answer of who-am-I says is logged in.
pub(in crate::exec) fn identity(answer: &Answer, context: &Context<'_>) -> Identity {
    let Some(client) = &context.world.profile.client else {
        return Identity::Unclear("no client".to_owned());
    };
    if let Some(outcome) = outcome::unjudged(answer) {
        return Identity::Unclear(format!("who-am-I is {}", outcome.word()));
    }
    let Some(response) = answer.response() else {
        return Identity::Unclear("who-am-I is silent".to_owned());
    };
    if is_nobody(&client.who, response, context) {
        return Identity::Nobody;
    }
    let body = String::from_utf8_lossy(response.body.bytes()).into_owned();
    let said = match &client.who.name {
        Some(pointer) => {
            let found = json::parse_lenient(response.body.bytes());
            match found.as_ref().and_then(|body| body.pointer(pointer)) {
                None | Some(Value::Null | Value::Bool(false)) => return Identity::Nobody,
                Some(value) => as_text(value),
            }
        }
        None => body,
    };
    let users = context.world.profile.players();
    let is = |said: &str, exact: bool| {
        users.iter().find(|(_, user)| {
            [&user.name, &user.subject, &user.email]
                .into_iter()
                .filter(|known| !known.is_empty())
                .any(|known| {
                    if exact {
                        said == known
                    } else {
                        said.contains(known.as_str())
                    }
                })
        })
    };
    match is(&said, client.who.name.is_some()) {
        Some((actor, _)) => Identity::Actor((*actor).to_owned()),
        None if client.who.name.is_some() => Identity::Stranger(said),
        None => Identity::Nobody,
    }
}

fn is_nobody(who: &WhoAmI, response: &Response, context: &Context<'_>) -> bool {
    let Some(rule) = &who.nobody else {
        return !(200..300).contains(&response.status);
    };
    let exchange = context
        .transcript
        .last()
        .cloned()
        .into_iter()
        .collect::<Vec<_>>();
    let seen = Seen {
        exchanges: std::borrow::Cow::Owned(exchange),
        ..Seen::default()
    };
    rule.any_of.iter().any(|one| {
        one.into_iter().all(|(kind, argument)| {
            argument
                .expand(&mut |_| None)
                .is_ok_and(|argument| (kind.examine)(&argument, &seen).is_ok())
        })
    })
}
