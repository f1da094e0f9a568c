//! `authorize` and `tokens`: from the authorization request through login and consent to the end.
//!
//! The registered callback is never contacted: the redirect to it is the result.

pub(super) mod recipe;

use serde_json::{Map, Value};
use url::Url;

use crate::forge::redirect_trick;
use crate::model::{Answer, Outcome, Request, Response};
use crate::suite::template::as_text;
use crate::suite::verb::Verb;
use crate::wire::{form, pkce};

use super::act::{Act, Context, End, Go, Outgoing, Trouble, request_for};
use super::browse::{self, MOST_HOPS, Onward, after, as_browser};
use super::outcome::unjudged;
use super::page::Page;
use super::token::{TokenCall, patch};

use recipe::Filled;

/// What an authorization request leaves for the exchange.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Role of the client.
    pub client: String,
    /// The code, once it came.
    pub code: Option<String>,
    /// The redirection URI that was sent.
    pub redirect_uri: Option<String>,
    /// The verifier of the challenge that was sent.
    pub verifier: Option<String>,
}

/// A walk; `tokens` exchanges at its end.
pub(super) struct Walk {
    args: Map<String, Value>,
    exchange: bool,
    flow: Flow,
    redirect: Option<Url>,
    hops: usize,
    pages: Vec<String>,
    /// The page whose form was just sent: what comes now is its answer.
    submitted: Option<String>,
    sent: Option<Outgoing>,
    /// Values of the request, for references.
    results: Map<String, Value>,
    token: Option<TokenCall>,
}

impl Walk {
    /// A walk of this request.
    pub(super) fn new(args: Map<String, Value>, exchange: bool) -> Self {
        Self {
            args,
            exchange,
            flow: Flow::default(),
            redirect: None,
            hops: 0,
            pages: Vec::new(),
            submitted: None,
            sent: None,
            results: Map::new(),
            token: None,
        }
    }

    fn start(&mut self, context: &mut Context<'_>) -> Result<Go, String> {
        let endpoint = context.world.endpoints.get("authorization").cloned();
        let endpoint = endpoint.ok_or("the authorization endpoint is not known")?;
        if let Some(why) = self.no_room(context) {
            return Ok(End::trouble(Trouble::DoesNotApply(why)));
        }
        let pairs = self.parameters(context)?;
        let mut request = request_for(&endpoint);
        let sign = if request.target.contains('?') {
            '&'
        } else {
            '?'
        };
        request.target = format!("{}{sign}{}", request.target, form::encode(&pairs));
        Ok(self.send(request, context))
    }

    /// The honest request (RFC 6749 section 4.1.1, RFC 7636 section 4.3), changed as the case says.
    fn parameters(&mut self, context: &mut Context<'_>) -> Result<Vec<(String, String)>, String> {
        let text = |key: &str| self.args.get(key).map(as_text);
        let role = text("client").unwrap_or_else(|| "confidential".to_owned());
        let profile = context.world.profile.clone();
        let client = profile
            .clients
            .get(&role)
            .ok_or_else(|| format!("the profile has no client `{role}`"))?;
        let server = profile
            .server
            .as_ref()
            .ok_or("the profile has no authorization server")?;
        let scope = text("scope").or_else(|| server.scope.clone());
        let (state, nonce, verifier) = (
            context.fresh("state"),
            context.fresh("nonce"),
            context.fresh("verifier"),
        );
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut pairs = vec![pair("response_type", "code"), pair("client_id", &client.id)];
        if let Some(uri) = &client.redirect_uri {
            pairs.push(pair("redirect_uri", uri));
            self.redirect = Url::parse(uri).ok();
        }
        pairs.push(pair("state", &state));
        pairs.push(pair("nonce", &nonce));
        pairs.extend(scope.map(|scope| pair("scope", &scope)));
        if text("wants").as_deref() == Some("refresh-token") {
            for (name, value) in server.refresh_token.iter().flatten() {
                pairs.retain(|(known, _)| known != name);
                pairs.push(pair(name, value));
            }
        }
        match text("pkce").as_deref() {
            Some("none") => {}
            Some("plain") => {
                pairs.extend([
                    pair("code_challenge", &verifier),
                    pair("code_challenge_method", "plain"),
                ]);
                self.flow.verifier = Some(verifier.clone());
            }
            _ => {
                let challenge = pkce::challenge_s256(&verifier);
                pairs.extend([
                    pair("code_challenge", &challenge),
                    pair("code_challenge_method", "S256"),
                ]);
                self.results
                    .insert("challenge".to_owned(), Value::from(challenge));
                self.flow.verifier = Some(verifier.clone());
            }
        }
        let changes = self.tricked(client.redirect_uri.as_deref())?;
        patch(&mut pairs, changes.as_ref());
        self.flow.client = role;
        let sent = |name: &str| {
            pairs
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        self.flow.redirect_uri = sent("redirect_uri");
        for (name, value) in [
            ("state", sent("state")),
            ("nonce", sent("nonce")),
            ("verifier", self.flow.verifier.clone()),
        ] {
            self.results
                .extend(value.map(|value| (name.to_owned(), Value::from(value))));
        }
        self.results
            .insert("started".to_owned(), Value::from(context.now.unix()));
        super::bindings::guard(&self.results, context.vault);
        Ok(pairs)
    }

    /// The trick for which the registered redirection URI leaves no room: no port on a loopback address, say.
    fn no_room(&self, context: &Context<'_>) -> Option<String> {
        let role = self
            .args
            .get("client")
            .map_or("confidential".to_owned(), as_text);
        let uri = context
            .world
            .profile
            .clients
            .get(&role)?
            .redirect_uri
            .clone()?;
        let url = Url::parse(&uri).ok()?;
        let changes = self.args.get("query").and_then(Value::as_object)?;
        changes
            .values()
            .filter_map(|value| value.get("like-registered").map(as_text))
            .filter_map(|name| redirect_trick::named(&name))
            .find(|row| (row.make)(&url).is_none())
            .map(|row| format!("`{}` can't be made from {uri}", row.name))
    }

    /// The changes of the case, with `like-registered` made from the registered redirection URI.
    fn tricked(&self, registered: Option<&str>) -> Result<Option<Value>, String> {
        let Some(Value::Object(changes)) = self.args.get("query") else {
            return Ok(None);
        };
        let mut changes = changes.clone();
        for value in changes.values_mut() {
            let Some(name) = value.get("like-registered").map(as_text) else {
                continue;
            };
            let row = redirect_trick::named(&name)
                .ok_or_else(|| format!("there is no redirect-trick `{name}`"))?;
            let url = registered
                .and_then(|uri| Url::parse(uri).ok())
                .ok_or("the client has no redirection URI")?;
            *value = Value::from(
                (row.make)(&url).ok_or_else(|| format!("`{name}` does not apply to {url}"))?,
            );
        }
        Ok(Some(Value::Object(changes)))
    }

    fn send(&mut self, request: Request, context: &mut Context<'_>) -> Go {
        self.hops += 1;
        if self.hops > MOST_HOPS {
            return self.end(Outcome::Stuck, None, context);
        }
        let outgoing = as_browser(request, context);
        self.sent = Some(outgoing.clone());
        Go::Send(vec![outgoing])
    }

    fn answered(&mut self, answer: &Answer, context: &mut Context<'_>) -> Go {
        if let Some(page) = self.submitted.take() {
            let at = context.transcript.len().saturating_sub(1);
            let name = page.replace("-page", "-answer");
            self.results.insert(name, Value::from(at));
        }
        if let Some(outcome) = unjudged(answer) {
            return self.end(outcome, Some(answer), context);
        }
        let (Some(response), Some(sent)) = (answer.response().cloned(), self.sent.clone()) else {
            return End::trouble("nothing was sent");
        };
        match after(&sent, &response, context) {
            Onward::Away(url) => self.left(&url, answer, context),
            Onward::To(request) => match Url::parse(&request.url()) {
                Ok(url) if self.is_callback(&url) => self.left(&url, answer, context),
                _ => self.send(*request, context),
            },
            Onward::Here(page) => self.on_page(&page, &response, answer, context),
        }
    }

    fn is_callback(&self, url: &Url) -> bool {
        self.redirect.as_ref().is_some_and(|redirect| {
            redirect.scheme() == url.scheme()
                && redirect.host_str() == url.host_str()
                && redirect.port_or_known_default() == url.port_or_known_default()
                && redirect.path() == url.path()
        })
    }

    /// The browser would leave the server: the answer of the authorization endpoint, or a leak.
    fn left(&mut self, url: &Url, answer: &Answer, context: &mut Context<'_>) -> Go {
        let mut pairs = form::parse(url.query().unwrap_or_default());
        pairs.extend(form::parse(url.fragment().unwrap_or_default()));
        let value = |name: &str| {
            pairs
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        self.results
            .insert("redirect".to_owned(), Value::from(url.as_str()));
        for name in ["iss", "error"] {
            self.results
                .extend(value(name).map(|value| (name.to_owned(), Value::from(value))));
        }
        if let Some(code) = value("code") {
            self.results
                .insert("code".to_owned(), Value::from(code.clone()));
            self.flow.code = Some(code);
            return self.end(Outcome::Accepted, Some(answer), context);
        }
        self.end(Outcome::Refused, Some(answer), context)
    }

    fn on_page(
        &mut self,
        page: &Page,
        response: &Response,
        answer: &Answer,
        context: &mut Context<'_>,
    ) -> Go {
        if response.status >= 500 {
            return self.end(Outcome::Errored, Some(answer), context);
        }
        let user = context
            .world
            .profile
            .users
            .get(context.actor)
            .or_else(|| context.world.profile.users.get("alice"))
            .cloned();
        let server = context.world.profile.server.as_ref();
        let filled = server.and_then(|server| recipe::fill(page, server, user.as_ref()));
        let Some(Filled {
            form,
            pairs,
            page: name,
        }) = filled
        else {
            let outcome = if page.forms.is_empty() || response.status >= 400 {
                Outcome::Refused
            } else {
                Outcome::Stuck
            };
            return self.end(outcome, Some(answer), context);
        };
        if self.pages.iter().filter(|known| **known == name).count() >= 1 {
            return self.end(Outcome::Stuck, Some(answer), context);
        }
        self.results.insert(
            name.clone(),
            Value::from(context.transcript.len().saturating_sub(1)),
        );
        self.pages.push(name.clone());
        self.submitted = Some(name);
        let base = self
            .sent
            .as_ref()
            .and_then(|sent| Url::parse(&sent.request.url()).ok());
        let Some(action) = base.and_then(|base| base.join(&form.action).ok()) else {
            return self.end(Outcome::Stuck, Some(answer), context);
        };
        match browse::submit(&action, &form.method, &pairs, context) {
            Onward::To(request) => self.send(*request, context),
            Onward::Away(url) => self.left(&url, answer, context),
            Onward::Here(_) => self.end(Outcome::Stuck, Some(answer), context),
        }
    }

    fn end(&mut self, outcome: Outcome, answer: Option<&Answer>, context: &mut Context<'_>) -> Go {
        self.results.insert(
            "last-page".to_owned(),
            Value::from(context.transcript.len().saturating_sub(1)),
        );
        super::bindings::guard(&self.results, context.vault);
        context
            .memory
            .flows
            .insert(context.step.to_owned(), self.flow.clone());
        context
            .memory
            .clients
            .insert(context.step.to_owned(), self.flow.client.clone());
        if self.exchange && outcome == Outcome::Accepted {
            let mut args = Map::new();
            args.insert("of".to_owned(), Value::from(context.step));
            let mut call = TokenCall::new(Verb::Exchange, args);
            let go = call.go(context, &[]);
            self.token = Some(call);
            return go;
        }
        End::judged(outcome, answer, std::mem::take(&mut self.results))
    }
}

impl Act for Walk {
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        if let Some(call) = &mut self.token {
            let mut go = call.go(context, answers);
            if let Go::End(end) = &mut go {
                let mut results = std::mem::take(&mut self.results);
                results.append(&mut end.results);
                end.results = results;
            }
            return go;
        }
        match answers.first() {
            None => self.start(context).unwrap_or_else(End::trouble),
            Some(answer) => self.answered(answer, context),
        }
    }
}
