//! Logins on another device (RFC 8628): this application shows a code, and asks the provider for tokens while its page
//! is looked at, no more often than it may.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::browser::{Login, User};
use super::exchange::{self, Bound};
use super::extension::Way;
use super::{COOKIE, userinfo};
use crate::state::Server;
use crate::upstream::{LIMIT, Provider};
use crate::{answer, guard};

/// A login that waits for its user.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waiting {
    device_code: String,
    shown: Value,
    /// Seconds between two requests, and those to which it returns.
    interval: u64,
    usual: u64,
    /// When the next request is due, and when the code is over, in milliseconds.
    due: u64,
    over: u64,
    ended: bool,
}

/// How long an answer is waited for: the next request asks again.
const WITHIN: Duration = Duration::from_millis(150);

/// `POST /device`: begins a login.
pub(crate) async fn begin(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    if guard::refuses_all(&server) {
        return (server.decisions.client.failure)(&[]);
    }
    let Some(waiting) = asked(&server).await else {
        return super::unreachable_provider();
    };
    let shown = waiting.shown.clone();
    let session = super::session(&server, &parts);
    let session = server.browsers().wait_for_device(session, waiting);
    let mut response = answer::json(StatusCode::OK, &shown);
    super::set_cookies(&server, &parts, &mut response, &[(COOKIE, session)]);
    response
}

/// A device code.
async fn asked(server: &Server) -> Option<Waiting> {
    let rules = &server.decisions.client.device;
    let provider = server.provider.as_ref()?;
    let metadata = server.provider_metadata().await?;
    let endpoint = super::endpoint(metadata, "device_authorization_endpoint")?;
    let credentials = credentials(server, provider);
    let scope = (server.decisions.client.flow.scope)(metadata);
    let fields = [("scope", scope.as_str())];
    let http = &server.http;
    let answer = http.post_form(endpoint, &fields, credentials.as_deref(), LIMIT);
    let answer = answer.await.filter(|answer| answer.status == 200)?;
    let said: Value = serde_json::from_slice(&answer.body).ok()?;
    let now = server.clock.millis();
    let interval = (rules.interval)(&said);
    let life = said["expires_in"].as_u64()?;
    Some(Waiting {
        device_code: said["device_code"].as_str()?.to_owned(),
        shown: (rules.shows)(&said),
        interval,
        usual: interval,
        due: now.saturating_add(interval.saturating_mul(1000)),
        over: now.saturating_add(life.saturating_mul(1000)),
        ended: false,
    })
}

fn credentials(server: &Server, provider: &Provider) -> Option<String> {
    let rules = &server.decisions.client;
    let registration = &provider.registration;
    let credentials = (rules.credentials)(&registration.client_id, &registration.client_secret);
    Some(credentials).filter(|_| rules.device.authenticates)
}

/// `GET /device`: how the login stands.
pub(crate) async fn page(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let session = super::session(&server, &parts);
    let waiting = session
        .as_deref()
        .and_then(|session| server.browsers().device(session));
    let (Some(session), Some(waiting)) = (session, waiting) else {
        return answer::problem(StatusCode::NOT_FOUND, "No login", "Begin one.");
    };
    match gone_on(&server, waiting).await {
        Stands::Waits(waiting) => {
            let mut shown = waiting.shown.clone();
            shown["ended"] = json!(waiting.ended);
            server.browsers().wait_for_device(Some(session), waiting);
            answer::json(StatusCode::OK, &shown)
        }
        Stands::Done(user) => {
            let renews = server.decisions.client.renews_session;
            let renewed = server.browsers().log_in(Some(session), user, renews);
            let mut response = answer::json(StatusCode::OK, &json!({ "authenticated": true }));
            super::set_cookies(&server, &parts, &mut response, &[(COOKIE, renewed)]);
            response
        }
    }
}

/// How a login stands.
enum Stands {
    Waits(Waiting),
    Done(User),
}

async fn gone_on(server: &Server, mut waiting: Waiting) -> Stands {
    let rules = &server.decisions.client.device;
    let now = server.clock.millis();
    if waiting.ended || now < waiting.due {
        return Stands::Waits(waiting);
    }
    if now >= waiting.over {
        let renewed = match rules.renews_in_time {
            true => asked(server).await,
            false => None,
        };
        let ended = Waiting {
            ended: true,
            ..waiting
        };
        return Stands::Waits(renewed.unwrap_or(ended));
    }
    let answer = polled(server, &waiting.device_code).await;
    let later = |waiting: &mut Waiting| {
        let now = server.clock.millis();
        waiting.due = now.saturating_add(waiting.interval.saturating_mul(1000));
        if rules.forgets {
            waiting.interval = waiting.usual;
        }
    };
    let Some((status, said)) = answer else {
        waiting.interval = (rules.backs_off)(waiting.interval);
        later(&mut waiting);
        return Stands::Waits(waiting);
    };
    if status == 200 {
        if let Some(user) = user(server, &said).await {
            return Stands::Done(user);
        }
        waiting.ended = true;
        return Stands::Waits(waiting);
    }
    let error = said["error"].as_str().unwrap_or_default();
    if error == "expired_token" && rules.renews {
        return Stands::Waits(asked(server).await.unwrap_or(waiting));
    }
    if error == "slow_down" {
        waiting.interval = (rules.slower)(waiting.interval);
    }
    waiting.ended = (rules.ends)(error);
    later(&mut waiting);
    Stands::Waits(waiting)
}

async fn polled(server: &Server, device_code: &str) -> Option<(u16, Value)> {
    let provider = server.provider.as_ref()?;
    let metadata = server.provider_metadata().await?;
    let endpoint = super::endpoint(metadata, "token_endpoint")?;
    let fields = [
        ("grant_type", server.decisions.client.device.grant_type),
        ("device_code", device_code),
    ];
    let credentials = credentials(server, provider);
    let http = &server.http;
    let answer = http.poll(endpoint, &fields, credentials.as_deref(), WITHIN);
    let answer = answer.await?;
    let said = serde_json::from_slice(&answer.body).unwrap_or_default();
    Some((answer.status, said))
}

/// The user whom the tokens speak of.
async fn user(server: &Server, tokens: &Value) -> Option<User> {
    let provider = server.provider.as_ref()?;
    let metadata: &Map<String, Value> = server.provider_metadata().await?;
    let access_token = (server.decisions.client.answers.access_token)(tokens)?;
    let login = Login {
        issuer: provider.registration.issuer.clone(),
        ..Login::default()
    };
    let bound = Bound {
        access_token: &access_token,
        code: "",
        state: "",
        front: false,
    };
    let text = tokens["id_token"].as_str()?;
    let claims = exchange::id_token(server, provider, metadata, &login, text, &bound).await?;
    let name = userinfo::name(
        server,
        provider,
        metadata,
        Way::Plain,
        &claims,
        &access_token,
    );
    Some(User {
        name: name.await?,
        sid: None,
        subject: claims.get("sub")?.as_str()?.to_owned(),
        issuer: login.issuer,
        token: access_token,
        kept: None,
    })
}
