//! The client: users log in at a provider, and this application knows who they are.

pub(crate) mod api;
mod back_channel;
mod begin;
pub(crate) mod browser;
pub(crate) mod challenge;
pub(crate) mod device;
pub(crate) mod exchange;
pub(crate) mod extension;
mod front;
pub(crate) mod object;
mod refresh;
pub(crate) mod registration;
mod response;
mod revocation;
mod userinfo;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value, json};
use url::Url;

use crate::decisions::access::LastWord;
use crate::state::Server;
use crate::tls::OverTls;
use crate::upstream::Provider;
use crate::{answer, encoding};
use browser::{Login, User};
use extension::Way;

pub(crate) use back_channel::logout as back_channel_logout;
use begin::started;
pub(crate) use begin::{begin, initiate};

/// The cookie that names the browser's session.
const COOKIE: &str = "session";

/// The cookie that says whom the login page greets. It proves nothing.
const GREETING: &str = "greeting";

/// `GET /callback`: the provider's answer.
pub(crate) async fn callback(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    answered(&server, &parts, &query(&parts)).await
}

/// `POST /callback`: the answer as a form (OAuth 2.0 Form Post Response Mode).
pub(crate) async fn posted(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    answered(&server, &parts, &encoding::form(&body)).await
}

async fn answered(server: &Arc<Server>, parts: &Parts, given: &[(String, String)]) -> Response {
    let rules = &server.decisions.client;
    let came = given;
    let opened = response::read(server, came);
    let given = opened.as_deref().unwrap_or(came);
    let one = |name: &str| {
        let mut values = given.iter().filter(|(given, _)| given == name);
        values.next().map(|(_, value)| value.as_str())
    };
    let browser = session(server, parts);
    let login = {
        let mut browsers = server.browsers();
        let named = (rules.take)(&mut browsers, browser.as_deref(), one("state"));
        let own = browser.as_deref().filter(|_| named.is_none());
        let own = own.and_then(|own| browsers.get_mut(own));
        named.or_else(|| own.and_then(rules.stateless))
    };
    let given_up = server.browsers().has_given_up(browser.as_deref());
    let coherent = |login: &Login| {
        if front::is_front(login.response_type) {
            front::coherent(login.response_type, given)
        } else {
            (rules.coherent)(given)
        }
    };
    let Some(login) = login.filter(|login| coherent(login) && !given_up) else {
        if one("error").is_some_and(rules.flow.weakens) {
            server.browsers().weaken(browser.as_deref());
        }
        return (rules.failure)(given);
    };
    let server = &server.in_front_of(Some(&login.issuer));
    let Some(provider) = &server.provider else {
        return no_provider();
    };
    let fits = match login.way {
        Way::Response => response::is_vouched_for(server, provider, &login, came).await,
        _ => opened.is_none(),
    };
    let last_word = server.decisions.access.last_word;
    let done = if fits && last_word != LastWord::RefuseAll {
        complete(server, provider, &login, parts, given).await
    } else {
        None
    };
    let user = match last_word {
        LastWord::AcceptOffered => done.or_else(|| Some(User::somebody())),
        LastWord::RefuseAll | LastWord::Mechanism | LastWord::Open => done,
    };
    match user {
        Some(user) => {
            let destination = || (rules.destination)(login.next.as_deref());
            let to = login.target.clone().unwrap_or_else(destination);
            let mut response = (rules.arrival)(&(rules.flow.landing)(to, &user));
            let greeting = (GREETING, user.subject.clone());
            let renewed = server
                .browsers()
                .log_in(browser, user, rules.renews_session);
            set_cookies(server, parts, &mut response, &[(COOKIE, renewed), greeting]);
            response
        }
        None => {
            if rules.gives_up {
                server.browsers().give_up(browser.as_deref());
            }
            (rules.failure)(given)
        }
    }
}

async fn complete(
    server: &Server,
    provider: &Provider,
    login: &Login,
    parts: &Parts,
    given: &[(String, String)],
) -> Option<User> {
    let metadata = server.provider_metadata().await?;
    let announced = metadata
        .get("authorization_response_iss_parameter_supported")
        .is_some_and(|announced| announced == true);
    let rules = &server.decisions.client;
    let expected = Url::parse(&login.redirect_uri).ok()?;
    // who says it is what the token of an answer is checked for
    let is_named = login.way == Way::Response;
    if !is_named && !(rules.answered_by)(given, &login.issuer, announced)
        || !(rules.addresses.arrives)(expected.path(), parts.uri.path(), announced)
    {
        return None;
    }
    if front::is_front(login.response_type) {
        return front::complete(server, provider, metadata, login, given).await;
    }
    let code = given.iter().find(|(name, _)| name == "code");
    let code = code.map_or("", |(_, code)| code);
    exchange::redeem(server, provider, metadata, login, given, code).await
}

/// `GET /me`: who is logged in.
pub(crate) async fn me(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let rules = &server.decisions.client.cookies;
    let session = session(&server, &parts);
    if let Some(session) = &session {
        let user = server.browsers().user(session);
        let front = front_of(&server, user.as_ref());
        refresh::if_due(&front, session).await;
    }
    for front in server.fronts() {
        revocation::what_is_due(front).await;
    }
    let known = session
        .as_ref()
        .and_then(|browser| server.browsers().user(browser));
    let greeting = named(&server, &parts, GREETING);
    let greeted = (rules.reads)(&parts, &greeting).filter(|_| rules.believes_greeting);
    let known = greeted
        .and_then(|subject| User::of_subject(&subject))
        .or(known);
    let user = match server.decisions.access.last_word {
        LastWord::Mechanism => known,
        LastWord::RefuseAll => None,
        LastWord::AcceptOffered => known.or_else(|| session.is_some().then(User::somebody)),
        LastWord::Open => known.or_else(|| Some(User::somebody())),
    };
    match user {
        Some(user) => answer::json(
            StatusCode::OK,
            &json!({ "authenticated": true, "sub": user.subject, "name": user.name, "iss": user.issuer, "account": (server.decisions.transport.account)(&user) }),
        ),
        None => {
            let mut response =
                answer::json(StatusCode::UNAUTHORIZED, &json!({ "authenticated": false }));
            // No scheme of RFC 9110 opens this; the field names what does.
            answer::set(
                &mut response,
                header::WWW_AUTHENTICATE,
                r#"Cookie realm="authspec""#,
            );
            response
        }
    }
}

/// `POST /logout`: ends the session.
pub(crate) async fn logout(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let rules = &server.decisions.client;
    if !(rules.may_log_out)(&parts, &server.origin) {
        return answer::problem(
            StatusCode::FORBIDDEN,
            "Not logged out",
            "Another site asked for this.",
        );
    }
    if let Some(browser) = session(&server, &parts) {
        let user = server.browsers().user(&browser);
        if rules.ends_session {
            server.browsers().remove(&browser);
        }
        if let Some(user) = user {
            let front = front_of(&server, Some(&user));
            revocation::revoke(&front, user).await;
        }
    }
    let mut response = answer::json(StatusCode::OK, &json!({ "authenticated": false }));
    let name = named(&server, &parts, COOKIE);
    let secure = secure(&server, &parts);
    let expired = format!("{name}=; Max-Age=0; {}{secure}", rules.cookie);
    answer::add(&mut response, header::SET_COOKIE, &expired);
    response
}

/// The application in front of the provider that a user comes from: tokens go back to who issued them (RFC 9700 section
/// 4.4).
fn front_of(server: &Arc<Server>, user: Option<&User>) -> Arc<Server> {
    server.in_front_of(user.map(|user| user.issuer.as_str()))
}

/// The browser's session, as its cookie says.
fn session(server: &Server, parts: &Parts) -> Option<String> {
    let name = named(server, parts, COOKIE);
    (server.decisions.client.cookies.reads)(parts, &name)
}

fn is_encrypted(parts: &Parts) -> bool {
    parts.extensions.get::<OverTls>().is_some()
}

/// The name of a cookie where this request came in.
fn named(server: &Server, parts: &Parts, cookie: &str) -> String {
    let prefix = server.decisions.client.cookies.prefix;
    let prefix = if is_encrypted(parts) { prefix } else { "" };
    format!("{prefix}{cookie}")
}

fn secure(server: &Server, parts: &Parts) -> &'static str {
    if is_encrypted(parts) || server.origin.starts_with("https:") {
        server.decisions.client.cookies.secure
    } else {
        ""
    }
}

fn set_cookies(
    server: &Server,
    parts: &Parts,
    response: &mut Response,
    cookies: &[(&str, String)],
) {
    let secure = secure(server, parts);
    let rules = &server.decisions.client;
    let attributes = rules.cookie;
    let fields = cookies.iter().map(|(name, value)| {
        let name = named(server, parts, name);
        format!("{name}={value}; {attributes}{secure}")
    });
    for field in (rules.cookies.writes)(fields.collect()) {
        answer::add(response, header::SET_COOKIE, &field);
    }
}

fn query(parts: &Parts) -> Vec<(String, String)> {
    encoding::form(parts.uri.query().unwrap_or_default().as_bytes())
}

/// An endpoint that credentials may go to: TLS, or this machine (RFC 8414 section 2).
pub(crate) fn is_safe(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    })
}

/// An endpoint of the metadata.
pub(crate) fn endpoint<'a>(metadata: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    metadata.get(name)?.as_str().filter(|url| is_safe(url))
}

fn no_provider() -> Response {
    answer::problem(
        StatusCode::NOT_FOUND,
        "No provider",
        "This server has no provider to log in at.",
    )
}

fn unreachable_provider() -> Response {
    answer::problem(
        StatusCode::BAD_GATEWAY,
        "Provider unreachable",
        "The provider's metadata can't be used.",
    )
}
