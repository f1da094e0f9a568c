//! Device authorization (RFC 8628): a code for the device, another one for its user, and the page where he types it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Value, json};

use super::proof::Held;
use super::store::Granted;
use super::token::{authenticated, bad, fail};
use super::{Parameters, authorize, details, pages, tokens};
use crate::accounts::Account;
use crate::clients::Client;
use crate::decisions::grant::{Problem, same};
use crate::state::Server;
use crate::{answer, encoding};

/// A device that waits for its user.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    client: &'static str,
    user_code: String,
    scope: String,
    /// Until when it waits, in milliseconds.
    until: u64,
    /// When it asked last, in seconds.
    asked: Option<u64>,
    answer: Answer,
    /// What the page carries on which a user that logged in is asked.
    confirms: Option<(String, &'static Account)>,
}

#[derive(Debug, Clone, Copy)]
enum Answer {
    None,
    Yes(&'static Account),
    No,
    /// Tokens were issued.
    Spent(&'static Account),
}

/// `POST /as/device`.
pub(crate) async fn begin(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let rules = &server.decisions.grant.device;
    let (form, client) = match authenticated(&server, &parts, &body).await {
        Ok(known) => known,
        Err(problem) => return fail(&server, problem),
    };
    let scope = match authorize::scope(&server, client, form.get("scope")) {
        Ok(scope) => scope,
        Err(refused) => return fail(&server, bad(refused.error, refused.description)),
    };
    let mut store = server.store();
    let number = store.next();
    let (name, user_code) = ((rules.code)(number), (rules.user_code)(number));
    let device = Device {
        client: client.id,
        user_code: user_code.clone(),
        scope,
        until: server.clock.millis() + rules.life,
        asked: None,
        answer: Answer::None,
        confirms: None,
    };
    store.keep_device(name.clone(), device);
    drop(store);
    let address = format!("{}/device", server.issuer());
    let mut said = json!({
        "device_code": name,
        "user_code": user_code,
        "verification_uri": (rules.address)(&address, &user_code),
        "verification_uri_complete": format!("{address}?user_code={user_code}"),
        "interval": 5,
    });
    if rules.says_lifetime {
        said["expires_in"] = 600.into();
    }
    answer::json(StatusCode::OK, &said)
}

/// `GET /as/device`: where the user types the code, compares it and confirms.
pub(crate) async fn page(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let query = Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes());
    pages::device(&server, query.get("user_code").unwrap_or_default())
}

/// `POST /as/device/confirm`: the login with the code, and then the user's word.
pub(crate) async fn confirm(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    let form = Parameters::parse(&body);
    let given = |name| form.get(name).unwrap_or_default();
    let rules = &server.decisions.grant.device;
    let login = server.decisions.access.login;
    let account = login(given("username"), given("password"));
    let mut store = server.store();
    let mut devices = store.devices.values_mut();
    let device = devices.find(|device| device.user_code == given("user_code"));
    let known = device.and_then(|device| {
        let asked = device.confirms.take();
        match (asked, account) {
            (Some((mark, account)), _) if same(&mark, given("confirms")) => {
                device.answer = match given("decision") {
                    "allow" => Answer::Yes(account),
                    _ => Answer::No,
                };
                Some(None)
            }
            (_, Some(account)) if !rules.asks => {
                device.answer = Answer::Yes(account);
                Some(None)
            }
            (_, Some(account)) => {
                let mark = encoding::unguessable();
                device.confirms = Some((mark.clone(), account));
                Some(Some((mark, device.clone())))
            }
            _ => None,
        }
    });
    drop(store);
    match known {
        Some(Some((mark, device))) => {
            let (client, code) = (device.client, &device.user_code);
            pages::confirm_device(&server, client, code, &device.scope, &mark)
        }
        Some(None) => pages::error(&server, StatusCode::OK, "You may go back to your device."),
        None => {
            let reason = "The code, the user name or the password is wrong.";
            pages::error(&server, StatusCode::FORBIDDEN, reason)
        }
    }
}

/// The tokens of a device whose user said yes (RFC 8628 section 3.4).
pub(crate) fn tokens(
    server: &Server,
    form: &Parameters,
    client: &'static Client,
    held: &Held,
) -> Result<Value, Problem> {
    details::none(server, form)?;
    let rules = &server.decisions.grant.device;
    let name = form
        .get("device_code")
        .ok_or(bad("invalid_request", "device_code is missing"))?;
    let wrong = bad("invalid_grant", "the device code is not valid");
    let now = server.clock.now();
    let mut store = server.store();
    let device = store.devices.get_mut(name).ok_or(wrong.clone())?;
    if !(rules.of_client)(device.client, client.id) {
        return Err(wrong);
    }
    let account = match device.answer {
        Answer::Yes(account) => account,
        Answer::Spent(account) if !rules.once => account,
        Answer::Spent(_) => return Err(wrong),
        Answer::No => return Err(bad(rules.denied, "the user said no")),
        Answer::None if server.clock.millis() > device.until => {
            return Err(bad(rules.expired, "the time is over"));
        }
        Answer::None => {
            let last = device.asked.replace(now);
            let fast = last.is_some_and(|last| now < last + rules.interval);
            return Err(match fast {
                true => bad("slow_down", "ask less often"),
                false => bad(rules.pending, "the user has not answered"),
            });
        }
    };
    device.answer = Answer::Spent(account);
    let granted = Granted::new(client, Some(account), device.scope.clone());
    let granted = held.granted(granted);
    drop(store);
    Ok(tokens::issue_new(server, &granted))
}
