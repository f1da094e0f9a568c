//! `back-channel-logout`: the provider's word that a user has logged out there, brought to the client without a browser.

use serde_json::{Map, Value};

use crate::matcher::Identity;
use crate::model::{Answer, Hop, Request};
use crate::provider::LOGOUT_TOKEN;
use crate::suite::template::as_text;
use crate::wire::{form, json};

use super::super::act::{Act, Context, End, Go, Outgoing, request_for, request_to};
use super::super::browse::as_browser;
use super::super::form_body::set_form;
use super::super::outcome;
use super::identity::{identity, who_request};

/// A logout of which the client is told.
pub(in crate::exec) struct Told {
    args: Map<String, Value>,
    stage: Stage,
    said: Option<Answer>,
}

#[derive(Clone, Copy)]
enum Stage {
    Start,
    /// At the provider, which writes the token.
    Asking,
    /// At the client, which is given it.
    Telling,
    /// At who-am-I.
    Looking,
}

impl Told {
    pub(in crate::exec) fn new(args: Map<String, Value>) -> Self {
        Self {
            args,
            stage: Stage::Start,
            said: None,
        }
    }

    fn start(&mut self, context: &mut Context<'_>) -> Result<Go, String> {
        if let Some(step) = self.args.get("of").map(as_text) {
            let known = context.memory.logout_tokens.get(&step).cloned();
            let token = known.ok_or_else(|| format!("step `{step}` brought no logout token"))?;
            return self.tell(&token, context);
        }
        let facts = context.world.provider.as_ref();
        let issuer = &facts.ok_or("authspec's provider does not run")?.issuer;
        let client = client_id(context).ok_or("no login went to authspec's provider before")?;
        let query = form::encode(&[("client_id".to_owned(), client)]);
        let issuer = issuer.trim_end_matches('/');
        let request = request_to("GET", &format!("{issuer}{LOGOUT_TOKEN}?{query}"))?;
        self.stage = Stage::Asking;
        Ok(Go::Send(vec![as_browser(request, context)]))
    }

    fn tell(&mut self, token: &str, context: &mut Context<'_>) -> Result<Go, String> {
        let client = context.world.profile.client.as_ref();
        let endpoint = client.and_then(|client| client.back_channel.as_ref());
        let endpoint = endpoint.ok_or("the profile has no `back-channel-logout`")?;
        let mut request = request_for(endpoint);
        "POST".clone_into(&mut request.method);
        set_form(
            &mut request,
            &[("logout_token".to_owned(), token.to_owned())],
        );
        context.guard(token, "logout_token");
        let step = context.step.to_owned();
        let tokens = &mut context.memory.logout_tokens;
        tokens.insert(step, token.to_owned());
        self.stage = Stage::Telling;
        Ok(Go::Send(vec![as_server(request, context)]))
    }

    fn answered(&mut self, answer: &Answer, context: &mut Context<'_>) -> Result<Go, String> {
        match self.stage {
            Stage::Start | Stage::Asking => {
                let body = answer
                    .response()
                    .and_then(|response| json::parse_lenient(response.body.bytes()));
                let token = body.as_ref().and_then(|body| body["logout_token"].as_str());
                self.tell(
                    token.ok_or("authspec's provider wrote no logout token")?,
                    context,
                )
            }
            Stage::Telling => {
                self.said = Some(answer.clone());
                self.stage = Stage::Looking;
                Ok(Go::Send(vec![who_request(context)?]))
            }
            Stage::Looking => {
                let who = identity(answer, context);
                let stays = who != Identity::Nobody;
                let missed = stays.then(|| "somebody is still logged in".to_owned());
                Ok(Go::End(Box::new(End {
                    outcome: self.said.as_ref().map(outcome::of_plain),
                    missed,
                    who: Some((context.actor.to_owned(), who)),
                    ..End::default()
                })))
            }
        }
    }
}

/// A request that no browser makes.
fn as_server(request: Request, context: &Context<'_>) -> Outgoing {
    Outgoing {
        request,
        hop: Hop::HarnessToTarget,
        actor: context.actor.to_owned(),
    }
}

/// The name under which the client asked our provider last.
fn client_id(context: &Context<'_>) -> Option<String> {
    context.transcript.iter().rev().find_map(|exchange| {
        let asked = exchange.hop == Hop::BrowserToProvider;
        let pairs = form::parse(exchange.request.query());
        let named = pairs.into_iter().find(|(name, _)| name == "client_id");
        named.filter(|_| asked).map(|(_, client)| client)
    })
}

impl Act for Told {
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        let next = match answers.first() {
            None => self.start(context),
            Some(answer) => self.answered(answer, context),
        };
        next.unwrap_or_else(End::trouble)
    }
}
