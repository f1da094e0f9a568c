//! `authorize` and `tokens`: from the authorization request through login and consent to the end.
//!
//! The registered callback is never contacted: the redirect to it is the result.

mod pushed;
pub(super) mod recipe;
mod request;
mod stop;

use serde_json::{Map, Value};
use url::Url;

use crate::model::{Answer, Outcome, Request, Response};
use crate::suite::template::as_text;
use crate::suite::verb::Verb;
use crate::wire::form;

use super::act::{Act, Context, End, Go, Outgoing, Trouble, request_for};
use super::browse::{self, MOST_HOPS, Onward, Site, after, as_browser, as_browser_from};
use super::form_body::set_form;
use super::outcome::unjudged;
use super::page::Page;
use super::token::TokenCall;

pub(super) use pushed::pushed;
use recipe::{Filled, Said};
pub(super) use stop::Stopped;

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
    /// The longest cookie that was set at the login or after it: whoever has it is the user.
    session: Option<String>,
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
            session: None,
        }
    }

    fn start(&mut self, context: &mut Context<'_>) -> Result<Go, Trouble> {
        if self.args.contains_key("of") {
            return Ok(self.go_on(context)?);
        }
        if let Some(url) = self.args.get("at").map(as_text) {
            return self.visit(&url, context);
        }
        let endpoint = context.world.endpoints.get("authorization").cloned();
        let mut endpoint = endpoint.ok_or("the authorization endpoint is not known")?;
        if self.says("over", "tls") && endpoint.origin.scheme != "https" {
            let place = context.world.profile.places.get("issuer-over-tls");
            let place = place.ok_or("the profile does not say where the server speaks TLS")?;
            endpoint.origin = place.endpoint.origin.clone();
        }
        if let Some(why) = self.no_room(context) {
            return Ok(End::trouble(Trouble::DoesNotApply(why)));
        }
        if self.says("browser", "fresh") {
            context.jars.remove(context.actor);
        }
        let pushed = self.args.get("pushed").map(as_text);
        let mut pairs = match pushed.filter(|step| !step.is_empty()) {
            Some(step) => self.of_push(&step, context)?,
            None => self.asked(context)?,
        };
        if self.says("order", "backwards") {
            pairs.reverse();
        }
        let mut request = request_for(&endpoint);
        if self.says("method", "POST") {
            "POST".clone_into(&mut request.method);
            set_form(&mut request, &pairs);
            return Ok(self.send(request, context));
        }
        let sign = if request.target.contains('?') {
            '&'
        } else {
            '?'
        };
        request.target = format!("{}{sign}{}", request.target, form::encode(&pairs));
        Ok(self.send(request, context))
    }

    fn send(&mut self, request: Request, context: &mut Context<'_>) -> Go {
        self.send_from(request, Site::Own, context)
    }

    /// Sends it as a page of this site would.
    fn send_from(&mut self, request: Request, site: Site, context: &mut Context<'_>) -> Go {
        self.hops += 1;
        if self.hops > MOST_HOPS {
            return self.end(Outcome::Stuck, None, context);
        }
        let outgoing = match site {
            Site::Own => as_browser(request, context),
            Site::Another => as_browser_from(request, site, context),
        };
        self.sent = Some(outgoing.clone());
        Go::Send(vec![outgoing])
    }

    /// Whether the case says this word.
    fn says(&self, key: &str, word: &str) -> bool {
        self.args.get(key).and_then(Value::as_str) == Some(word)
    }

    fn answered(&mut self, answer: &Answer, context: &mut Context<'_>) -> Go {
        let at = Value::from(context.transcript.len().saturating_sub(1));
        if self.hops == 1 {
            self.results.insert("first-answer".to_owned(), at.clone());
        }
        if let Some(page) = self.submitted.take() {
            let name = page.replace("-page", "-answer");
            self.results.insert(name, at);
        }
        self.keep_session(answer);
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
        // tokens of the implicit and hybrid flows are given away like a code (RFC 6749 section 4.2.2)
        let token = ["access_token", "id_token"]
            .iter()
            .find_map(|name| value(name));
        self.results.extend(
            value("id_token").map(|token| ("front-id-token".to_owned(), Value::from(token))),
        );
        if let Some(code) = value("code") {
            self.results
                .insert("code".to_owned(), Value::from(code.clone()));
            self.flow.code = Some(code);
            return self.end(Outcome::Accepted, Some(answer), context);
        }
        if let Some(token) = token {
            self.results
                .insert("front-token".to_owned(), Value::from(token));
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
        let Some(filled) = self.filled(page, context) else {
            let outcome = if page.forms.is_empty() || response.status >= 400 {
                Outcome::Refused
            } else {
                Outcome::Stuck
            };
            return self.end(outcome, Some(answer), context);
        };
        let name = filled.page.clone();
        if self.pages.contains(&name) {
            // the login form comes back after a wrong password, and after a right one that was not understood
            let wrong = name == "login-page" && self.args.contains_key("user");
            let outcome = if wrong {
                Outcome::Refused
            } else {
                Outcome::Stuck
            };
            return self.end(outcome, Some(answer), context);
        }
        self.results.insert(
            name.clone(),
            Value::from(context.transcript.len().saturating_sub(1)),
        );
        if self.says("stops-at", &name) {
            return self.stop(page, answer, context);
        }
        if name == "login-page" {
            // what was agreed to before, such as the code that a device shows, is no consent of this user yet
            self.pages.retain(|page| page != "consent-page");
            let asked = self.results.get("consent-page");
            let first = asked.or(self.results.get(&name)).cloned();
            self.results
                .entry("device-page")
                .or_insert(first.unwrap_or_default());
        }
        self.pages.push(name.clone());
        let base = self
            .sent
            .as_ref()
            .and_then(|sent| Url::parse(&sent.request.url()).ok());
        let Some(base) = base else {
            return self.end(Outcome::Stuck, Some(answer), context);
        };
        self.press(filled, &base, Site::Own, Some(answer), context)
    }

    /// The form of a page that a user would send, filled in.
    fn filled(&self, page: &Page, context: &Context<'_>) -> Option<Filled> {
        let users = &context.world.profile.users;
        let user = users.get(context.actor).or_else(|| users.get("alice"));
        let said = Said::of(&self.args);
        let user = said.user(user);
        let server = context.world.profile.server.as_ref();
        server.and_then(|server| recipe::fill(page, server, user.as_ref(), &said))
    }

    /// Sends a form of a page that stands at `base`.
    fn press(
        &mut self,
        filled: Filled,
        base: &Url,
        site: Site,
        answer: Option<&Answer>,
        context: &mut Context<'_>,
    ) -> Go {
        let Filled { form, pairs, page } = filled;
        let Some(pairs) = pairs else {
            let why = "the page has no button that refuses".to_owned();
            return End::trouble(Trouble::DoesNotApply(why));
        };
        self.submitted = Some(page);
        let Ok(action) = base.join(&form.action) else {
            return self.end(Outcome::Stuck, answer, context);
        };
        match browse::submit(&action, &form.method, &pairs, context) {
            Onward::To(request) => self.send_from(*request, site, context),
            Onward::Away(url) => match answer {
                Some(answer) => self.left(&url, answer, context),
                None => End::trouble("the form goes to an address that is not asked"),
            },
            Onward::Here(_) => self.end(Outcome::Stuck, answer, context),
        }
    }

    fn end(&mut self, outcome: Outcome, answer: Option<&Answer>, context: &mut Context<'_>) -> Go {
        self.results.insert(
            "last-page".to_owned(),
            Value::from(context.transcript.len().saturating_sub(1)),
        );
        self.results.extend(
            self.session
                .clone()
                .map(|session| ("session".to_owned(), Value::from(session))),
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
