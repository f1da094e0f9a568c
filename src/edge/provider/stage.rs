//! wiremock behind the relay: its one mock asks the machine, and what was said is recorded here.
//!
//! wiremock is asked at `/NUMBER`; the request itself waits here, since wiremock would rewrite its target.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::{HeaderName, HeaderValue};
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use super::Shared;
use super::doors::Door;
use crate::model::{Answer, Exchange, Header, Hop, Request, Response, Silence};
use crate::provider::{ACTOR_FIELD, Certificate, Reply};
use crate::run::port::{Chance, Clock};

/// What an exchange is counted at besides its content.
const EXCHANGE: usize = 2048;

/// A request with what the relay found out about it.
pub(super) struct Asked {
    pub(super) request: Request,
    pub(super) door: Door,
    pub(super) hop: Hop,
    /// For the record: whose browser it was, or which provider was asked.
    pub(super) name: String,
    /// For the machine: whose browser it was.
    pub(super) actor: Option<String>,
}

/// wiremock, and what the relay and its mock share.
pub(super) struct Stage {
    server: MockServer,
    client: reqwest::Client,
    desk: Arc<Desk>,
    next: AtomicU64,
    foreign: AtomicU64,
}

struct Desk {
    machines: [Shared; 2],
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    listener: Mutex<Response>,
    waiting: Mutex<HashMap<u64, Asked>>,
    /// Replies that wiremock can't give.
    unsayable: Mutex<HashMap<u64, Reply>>,
    heard: Mutex<Vec<Exchange>>,
}

impl Stage {
    pub(super) async fn open(
        machines: [Shared; 2],
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, String> {
        let fields = vec![Header::new("Content-Type", "application/json")];
        let desk = Arc::new(Desk {
            machines,
            clock,
            chance,
            listener: Mutex::new(Response::new(200, fields, "{}")),
            waiting: Mutex::default(),
            unsayable: Mutex::default(),
            heard: Mutex::default(),
        });
        // not from wiremock's pool, and without its own log, which knows no limit
        let server = MockServer::builder()
            .disable_request_recording()
            .start()
            .await;
        Mock::given(wiremock::matchers::any())
            .respond_with(Prompter(Arc::clone(&desk)))
            .mount(&server)
            .await;
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .tls_certs_only([])
            .build()
            .map_err(|_| "the provider's relay can't be set up".to_owned())?;
        Ok(Self {
            server,
            client,
            desk,
            next: AtomicU64::new(0),
            foreign: AtomicU64::new(0),
        })
    }

    /// Has the machine asked, and brings back what it said.
    pub(super) async fn ask(&self, asked: Asked) -> Reply {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.desk.waiting).insert(number, asked);
        let said = self
            .client
            .post(format!("{}/{number}", self.server.uri()))
            .send()
            .await;
        if let Some(reply) = lock(&self.desk.unsayable).remove(&number) {
            return reply;
        }
        let Ok(said) = said else {
            return Reply::Close;
        };
        let status = said.status().as_u16();
        let headers = said
            .headers()
            .iter()
            .filter(|(name, _)| *name != "content-length")
            .map(|(name, value)| Header::new(name.as_str(), value.as_bytes()))
            .collect();
        match said.bytes().await {
            Ok(content) => Reply::Response(Response::new(status, headers, content)),
            Err(_) => Reply::Close,
        }
    }

    /// What the honest provider shows under TLS; the other lies behind the same address.
    pub(super) fn certificate(&self) -> Certificate {
        lock(&self.desk.machines[0]).certificate()
    }

    pub(super) fn listen_with(&self, response: Response) {
        *lock(&self.desk.listener) = response;
    }

    pub(super) fn take_heard(&self) -> Vec<Exchange> {
        std::mem::take(&mut *lock(&self.desk.heard))
    }

    /// Records what needed no answer of the machine.
    pub(super) fn note(&self, request: Request, answer: Answer) {
        let mut heard = lock(&self.desk.heard);
        let seq = u32::try_from(heard.len()).unwrap_or(u32::MAX);
        heard.push(Exchange {
            seq,
            hop: Hop::TargetToProvider,
            actor: "honest".to_owned(),
            step: 0,
            request,
            answer,
            at: self.desk.clock.now(),
            took: Duration::ZERO,
        });
    }

    /// Whether so much was heard and not taken that no more can be kept.
    pub(super) fn is_full(&self, limit: usize) -> bool {
        lock(&self.desk.heard)
            .iter()
            .map(|exchange| EXCHANGE + exchange.request.body.len())
            .sum::<usize>()
            >= limit
    }

    pub(super) fn count_foreign(&self) {
        self.foreign.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn foreign(&self) -> u64 {
        self.foreign.load(Ordering::Relaxed)
    }
}

/// What wiremock calls.
struct Prompter(Arc<Desk>);

impl Respond for Prompter {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let number = request.url.path().trim_start_matches('/').parse().ok();
        let asked = number.and_then(|number| lock(&self.0.waiting).remove(&number));
        let (Some(number), Some(asked)) = (number, asked) else {
            // somebody found wiremock's own port
            return ResponseTemplate::new(404);
        };
        let reply = self.0.answer(asked);
        if let Reply::Response(response) = &reply
            && let Some(template) = template(response)
        {
            return template;
        }
        lock(&self.0.unsayable).insert(number, reply);
        ResponseTemplate::new(204)
    }
}

impl Desk {
    /// Asks the machine and records, before anything goes out: who has the answer can rely on the record.
    fn answer(&self, asked: Asked) -> Reply {
        let (at, begun) = (self.clock.now(), Instant::now());
        let reply = match asked.door {
            Door::Listener => Reply::Response(lock(&self.listener).clone()),
            Door::Provider(which) => {
                let mut seen = asked.request.clone();
                if let Some(actor) = &asked.actor {
                    seen.headers.push(Header::new(ACTOR_FIELD, actor.as_str()));
                }
                let chance = self.chance.bytes();
                lock(&self.machines[which.min(1)]).answer(&seen, at, chance)
            }
        };
        let mut heard = lock(&self.heard);
        let seq = u32::try_from(heard.len()).unwrap_or(u32::MAX);
        heard.push(Exchange {
            seq,
            hop: asked.hop,
            actor: asked.name,
            step: 0,
            request: asked.request,
            answer: told(&reply),
            at,
            took: begun.elapsed(),
        });
        reply
    }
}

fn told(reply: &Reply) -> Answer {
    match reply {
        Reply::Response(response) => Answer::Response(response.clone()),
        Reply::Close => Answer::Silence(Silence::Closed(
            "the provider closes as it was told to".to_owned(),
        )),
        Reply::Silence(_) => Answer::Silence(Silence::TimedOut),
        Reply::Raw(_) => Answer::Silence(Silence::Malformed(
            "the provider sends octets as it was told to".to_owned(),
        )),
    }
}

/// The answer as wiremock can give it, if it can.
fn template(response: &Response) -> Option<ResponseTemplate> {
    if !(200..=599).contains(&response.status) {
        return None;
    }
    let mut template = ResponseTemplate::new(response.status);
    for Header { name, value } in &response.headers {
        // a framing of the machine's own is meant as it stands
        let framing = ["content-length", "transfer-encoding", "connection"];
        if framing.iter().any(|one| name.eq_ignore_ascii_case(one)) {
            return None;
        }
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let value = HeaderValue::from_bytes(value).ok()?;
        template = template.append_header(name, value);
    }
    Some(template.set_body_bytes(response.body.bytes()))
}

/// What a panicking machine left is still better than none: its panic is reported where it happened.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
