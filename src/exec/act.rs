//! What an action is to the execution: it asks for something, is told what came, and ends.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::matcher::Identity;
use crate::model::{
    Answer, Exchange, Header, Hop, Moment, Origin, Outcome, Request, Secret, Vault,
};
use crate::provider;
use crate::suite::profile::Endpoint;
use crate::suite::template::Unresolved;

use super::bindings::{Bindings, Scope};
use super::jar::Jar;
use super::world::World;

/// One request that is to be sent.
#[derive(Clone)]
pub struct Outgoing {
    /// What goes out.
    pub request: Request,
    /// Who speaks to whom.
    pub hop: Hop,
    /// Whose browser.
    pub actor: String,
}

/// What an action wants next.
pub enum Go {
    /// Send these; all at once, if there are several.
    Send(Vec<Outgoing>),
    /// Wait.
    Wait(Duration),
    /// Change what a provider does.
    Script(usize, Box<provider::Script>),
    /// Start the target anew.
    Restart,
    /// The action is over.
    End(Box<End>),
}

/// How an action ended.
#[derive(Clone, Default)]
pub struct End {
    /// In one word, where the action has one.
    pub outcome: Option<Outcome>,
    /// What it gave.
    pub results: Map<String, Value>,
    /// Why the action did not do what a step before the departure must do; none: it held.
    pub missed: Option<String>,
    /// Who is logged in, as asked at the end.
    pub who: Option<(String, Identity)>,
    /// The step could not be carried out at all.
    pub trouble: Option<Trouble>,
}

/// Why an action could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Something is missing or broken.
    CannotBeDone(String),
    /// What it changes is not there to be changed: an HMAC has no other padding.
    DoesNotApply(String),
}

impl From<String> for Trouble {
    fn from(why: String) -> Self {
        Self::CannotBeDone(why)
    }
}

impl From<&str> for Trouble {
    fn from(why: &str) -> Self {
        Self::CannotBeDone(why.to_owned())
    }
}

impl End {
    /// The action could not be carried out.
    pub fn trouble(why: impl Into<Trouble>) -> Go {
        Go::End(Box::new(Self {
            trouble: Some(why.into()),
            ..Self::default()
        }))
    }

    /// The action ended like this; it held if it was accepted.
    pub fn judged(outcome: Outcome, answer: Option<&Answer>, results: Map<String, Value>) -> Go {
        let missed = (outcome != Outcome::Accepted).then(|| missed(outcome, answer));
        Go::End(Box::new(Self {
            outcome: Some(outcome),
            results,
            missed,
            ..Self::default()
        }))
    }
}

/// In words what came instead of what should.
pub fn missed(outcome: Outcome, answer: Option<&Answer>) -> String {
    match answer {
        Some(Answer::Silence(silence)) => silence.to_string(),
        Some(Answer::Response(response)) => {
            let error = crate::wire::json::parse_lenient(response.body.bytes())
                .and_then(|body| body.get("error").and_then(Value::as_str).map(str::to_owned));
            match error {
                Some(error) => format!("{}: status {} {error}", outcome.word(), response.status),
                None => format!("{}: status {}", outcome.word(), response.status),
            }
        }
        None => outcome.word().to_owned(),
    }
}

/// What an action may use while it runs.
pub struct Context<'a> {
    /// The world.
    pub world: &'a World,
    /// Results and fresh values.
    pub bindings: &'a Bindings,
    /// Browsers by actor.
    pub jars: &'a mut BTreeMap<String, Jar>,
    /// Secrets of this case.
    pub vault: &'a mut Vault,
    /// What was exchanged so far.
    pub transcript: &'a [Exchange],
    /// What earlier steps left for later ones, by step name.
    pub memory: &'a mut Memory,
    /// The actor of the step.
    pub actor: &'a str,
    /// The time now.
    pub now: Moment,
    /// The name of the step, for fresh values of its own.
    pub step: &'a str,
}

/// What flows leave for later steps: more than their named results.
#[derive(Default)]
pub struct Memory {
    /// Logins that were begun, by step.
    pub begun: BTreeMap<String, super::login::Begun>,
    /// Authorization flows, by step.
    pub flows: BTreeMap<String, super::walk::Flow>,
    /// Pages at which a walk stopped, by step.
    pub(super) stopped: BTreeMap<String, super::walk::Stopped>,
    /// The step whose client a token belongs to.
    pub clients: BTreeMap<String, String>,
    /// Logout tokens that were brought to the client, by step.
    pub logout_tokens: BTreeMap<String, String>,
    /// The last request of each named step.
    pub requests: BTreeMap<String, Outgoing>,
    /// The same before its proofs, where it has any.
    pub(super) unproved: BTreeMap<String, super::proof::Unproved>,
    /// The last nonce of each origin for proofs (RFC 9449 section 8.2).
    pub nonces: BTreeMap<Origin, String>,
    /// Proofs that were signed, by what was to be signed: the same one is the same text.
    pub proofs: BTreeMap<String, String>,
    /// A credential went in the standard form because the profile's own form is fixed.
    pub went_standard: bool,
}

impl Context<'_> {
    /// Where references are looked up.
    pub fn scope(&self) -> Scope<'_> {
        Scope {
            bindings: self.bindings,
            world: self.world,
            transcript: self.transcript,
            now: self.now,
        }
    }

    /// A fresh value of this step's own.
    pub fn fresh(&self, what: &str) -> String {
        self.bindings.fresh(&format!("{}/{what}", self.step))
    }

    /// Takes a secret in.
    pub fn guard(&mut self, value: &str, label: &str) {
        self.vault.add(&Secret::new(value, label));
    }

    /// The jar of an actor.
    pub fn jar(&mut self, actor: &str) -> &mut Jar {
        self.jars.entry(actor.to_owned()).or_default()
    }
}

/// One action that runs.
pub trait Act {
    /// Goes on: at first without answers, then with those of what it sent.
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go;
}

/// A request for an endpoint of the profile.
pub fn request_for(endpoint: &Endpoint) -> Request {
    let mut request = Request::new(
        endpoint.method.clone(),
        endpoint.origin.clone(),
        endpoint.target.clone(),
    );
    request.headers.extend(
        endpoint
            .headers
            .iter()
            .map(|(name, value)| Header::new(name.clone(), value.clone())),
    );
    if let Some((body, media_type)) = &endpoint.body {
        super::form_body::set_content(&mut request, media_type, body.clone().into_bytes());
    }
    request
}

/// A URL as a request; the error says why it can't be one.
pub fn request_to(method: &str, url: &str) -> Result<Request, String> {
    let (origin, parsed) = Origin::parse(url).map_err(|why| why.to_string())?;
    let query = parsed
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    Ok(Request::new(
        method,
        origin,
        format!("{}{query}", parsed.path()),
    ))
}

/// What is said when a reference has no value.
pub fn unresolved(why: &Unresolved) -> String {
    format!("`${{{}}}` has no value here", why.0)
}
