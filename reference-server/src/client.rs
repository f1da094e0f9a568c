//! The client: users log in at a provider, and this application knows who they are.

pub(crate) mod api;
pub(crate) mod browser;
pub(crate) mod challenge;
pub(crate) mod device;
pub(crate) mod exchange;
pub(crate) mod extension;
mod front;
pub(crate) mod object;
mod refresh;
pub(crate) mod registration;
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
use crate::decisions::client::answers::{CLASSES, MAX_AGE};
use crate::state::Server;
use crate::upstream::Provider;
use crate::{answer, encoding, guard};
use browser::{Login, User};
use extension::Way;

/// The cookie that names the browser's session.
const COOKIE: &str = "session";

/// The cookie that says whom the login page greets. It proves nothing.
const GREETING: &str = "greeting";

/// `GET /login`: sends the browser to the provider.
pub(crate) async fn begin(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let way = way(&parts);
    started(server, &parts, way, Vec::new()).await
}

/// Begins a login that goes this way and asks for this beside what every login asks for.
async fn started(
    server: Arc<Server>,
    parts: &Parts,
    way: Way,
    further: Vec<(&'static str, String)>,
) -> Response {
    let asked = query(parts);
    let idp = asked.iter().find(|(name, _)| name == "idp");
    if guard::refuses_all(&server) {
        return (server.decisions.client.failure)(&[]);
    }
    let server = server.in_front_of(idp.map(|(_, idp)| idp.as_str()));
    let Some(provider) = &server.provider else {
        return no_provider();
    };
    let Some(metadata) = server.provider_metadata().await else {
        return unreachable_provider();
    };
    let endpoint = metadata
        .get("authorization_endpoint")
        .and_then(Value::as_str)
        .filter(|url| is_safe(url))
        .and_then(|url| Url::parse(url).ok());
    let Some(mut endpoint) = endpoint else {
        return unreachable_provider();
    };
    let rules = &server.decisions.client;
    let wished = query(parts);
    let wish = |name: &str| {
        let mut values = wished.iter().filter(|(wished, _)| wished == name);
        values.next().map(|(_, value)| value.clone())
    };
    let response_type = front::response_type(wish("response_type").as_deref());
    let is_front = front::is_front(response_type);
    let by_code = response_type.starts_with("code");
    let login = Login {
        issuer: provider.registration.issuer.clone(),
        nonce: (rules.nonce)().filter(|_| !is_front || rules.answers.front_nonce),
        verifier: (rules.verifier)().filter(|_| by_code),
        response_type,
        next: wish("next"),
        way,
    };
    let state = (rules.state)();
    let mut asked = vec![
        ("response_type", response_type.to_owned()),
        ("client_id", provider.registration.client_id.clone()),
        ("redirect_uri", redirect_uri(&server)),
        ("scope", (rules.flow.scope)(metadata)),
        ("state", state.clone()),
        ("max_age", MAX_AGE.to_string()),
        ("acr_values", CLASSES.join(" ")),
    ];
    if is_front {
        asked.push(("response_mode", "form_post".to_owned()));
    }
    asked.extend(login.nonce.clone().map(|nonce| ("nonce", nonce)));
    if let Some(verifier) = &login.verifier {
        let (challenge, method) = if server
            .browsers()
            .is_weakened(session(&server, parts).as_deref())
        {
            (verifier.clone(), "plain")
        } else {
            (rules.challenge)(verifier)
        };
        asked.push(("code_challenge", challenge));
        asked.push(("code_challenge_method", method.to_owned()));
    }
    if login.way == Way::Resource {
        asked.push(("resource", (rules.assertions.resource)(&server.origin)));
    }
    if login.way == Way::Api {
        let Some(api) = api::learned(&server, provider).await else {
            return unreachable_provider();
        };
        asked.extend((rules.api.resource)(&api).map(|resource| ("resource", resource)));
    }
    if login.way == Way::Details {
        let details = (rules.objects.details)(&server.origin);
        asked.push(("authorization_details", details.to_string()));
    }
    for (name, value) in further {
        asked.retain(|(known, _)| *known != name);
        asked.push((name, value));
    }
    (rules.asks)(&mut asked, &provider.registration);
    let asked = match extension::carried(&server, provider, metadata, login.way, asked).await {
        Some(asked) => asked,
        None => return unreachable_provider(),
    };
    endpoint.query_pairs_mut().extend_pairs(&asked);
    if rules.answers.nonce_of_any_login {
        server.browsers().nonces.extend(login.nonce.clone());
    }
    let browser = server
        .browsers()
        .begin(session(&server, parts), state, login);
    let mut response = answer::see_other(endpoint.as_str());
    set_cookies(&server, &mut response, &[(COOKIE, browser)]);
    response
}

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
    let code = one("code").unwrap_or_default();
    let user = match server.decisions.access.last_word {
        LastWord::RefuseAll => None,
        LastWord::AcceptOffered => complete(server, provider, &login, given, code)
            .await
            .or_else(|| Some(User::somebody())),
        LastWord::Mechanism | LastWord::Open => {
            complete(server, provider, &login, given, code).await
        }
    };
    match user {
        Some(user) => {
            let to = (rules.destination)(login.next.as_deref());
            let mut response = (rules.arrival)(&(rules.flow.landing)(to, &user));
            let greeting = (GREETING, user.subject.clone());
            let renewed = server
                .browsers()
                .log_in(browser, user, rules.renews_session);
            set_cookies(server, &mut response, &[(COOKIE, renewed), greeting]);
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
    given: &[(String, String)],
    code: &str,
) -> Option<User> {
    let metadata = server.provider_metadata().await?;
    let announced = metadata
        .get("authorization_response_iss_parameter_supported")
        .is_some_and(|announced| announced == true);
    if !(server.decisions.client.answered_by)(given, &login.issuer, announced) {
        return None;
    }
    if front::is_front(login.response_type) {
        return front::complete(server, provider, metadata, login, given).await;
    }
    exchange::redeem(server, provider, metadata, login, given, code).await
}

/// `GET /me`: who is logged in.
pub(crate) async fn me(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let rules = &server.decisions.client.cookies;
    let session = session(&server, &parts);
    if let Some(session) = &session {
        refresh::if_due(&server, session).await;
    }
    revocation::what_is_due(&server).await;
    let known = session
        .as_ref()
        .and_then(|browser| server.browsers().user(browser));
    let greeted = (rules.reads)(&parts, GREETING).filter(|_| rules.believes_greeting);
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
            revocation::revoke(&server, user).await;
        }
    }
    let mut response = answer::json(StatusCode::OK, &json!({ "authenticated": false }));
    let expired = format!("{COOKIE}=; Max-Age=0; {}", rules.cookie);
    answer::add(&mut response, header::SET_COOKIE, &expired);
    response
}

/// The browser's session, as its cookie says.
fn session(server: &Server, parts: &Parts) -> Option<String> {
    (server.decisions.client.cookies.reads)(parts, COOKIE)
}

fn set_cookies(server: &Server, response: &mut Response, cookies: &[(&str, String)]) {
    let secure = if server.origin.starts_with("https:") {
        "; Secure"
    } else {
        ""
    };
    let rules = &server.decisions.client;
    let attributes = rules.cookie;
    let fields = cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}; {attributes}{secure}"));
    for field in (rules.cookies.writes)(fields.collect()) {
        answer::add(response, header::SET_COOKIE, &field);
    }
}

/// The extension that a link to the login asks for.
fn way(parts: &Parts) -> Way {
    let pairs = query(parts);
    let named = pairs.iter().find(|(name, _)| name == "by");
    named.map_or(Way::Plain, |(_, word)| Way::named(word))
}

fn query(parts: &Parts) -> Vec<(String, String)> {
    encoding::form(parts.uri.query().unwrap_or_default().as_bytes())
}

pub(crate) fn redirect_uri(server: &Server) -> String {
    format!("{}/callback", server.origin)
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
