//! The beginning of a login: by a page of ours, or by another site that names an issuer (OpenID Connect Core section 4).

use std::sync::Arc;

use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Map, Value};
use url::Url;

use super::browser::Login;
use super::extension::{self, Way};
use super::{COOKIE, api, front, is_encrypted, is_safe, query, session, set_cookies};
use crate::decisions::client::answers::{CLASSES, MAX_AGE};
use crate::state::Server;
use crate::upstream::Provider;
use crate::{answer, guard};

type Parameters = Vec<(&'static str, String)>;

/// What is wanted of a login.
#[derive(Default)]
struct Wanted {
    way: Way,
    /// The page of ours that another site asked for.
    target: Option<String>,
    /// What it asks for beside what every login asks for.
    further: Parameters,
}

/// `GET /login`: sends the browser to the provider.
pub(crate) async fn begin(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let way = wish(&parts, "by").map_or(Way::Plain, |word| Way::named(&word));
    started(server, &parts, way, Vec::new()).await
}

/// Begins a login that goes this way and asks for this beside what every login asks for.
pub(super) async fn started(
    server: Arc<Server>,
    parts: &Parts,
    way: Way,
    further: Parameters,
) -> Response {
    if guard::refuses_all(&server) {
        return (server.decisions.client.failure)(&[]);
    }
    let named = wish(parts, "idp");
    let wanted = Wanted {
        way,
        target: None,
        further,
    };
    begun(&server.in_front_of(named.as_deref()), parts, wanted).await
}

/// `GET /login/initiate`: the same, where another site asks for it.
pub(crate) async fn initiate(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let rules = &server.decisions.client;
    let issuer = wish(&parts, "iss").unwrap_or_default();
    let front = server.in_front_of(Some(&issuer));
    let is_known = |provider: &Provider| provider.registration.issuer == issuer;
    if guard::refuses_all(&server) || !front.provider.as_ref().is_some_and(is_known) {
        if let Some(address) = (rules.addresses.looks_up)(&issuer) {
            server.fetch_json(&address).await;
        }
        return (rules.failure)(&[]);
    }
    let target = wish(&parts, "target_link_uri");
    let target = target.and_then(|asked| (rules.addresses.target)(&asked, &server.origin));
    let wanted = Wanted {
        target,
        ..Wanted::default()
    };
    begun(&front, &parts, wanted).await
}

async fn begun(server: &Arc<Server>, parts: &Parts, wanted: Wanted) -> Response {
    let Some(provider) = &server.provider else {
        return super::no_provider();
    };
    let Some(metadata) = server.provider_metadata().await else {
        return super::unreachable_provider();
    };
    let endpoint = metadata
        .get("authorization_endpoint")
        .and_then(Value::as_str)
        .filter(|url| is_safe(url))
        .and_then(|url| Url::parse(url).ok());
    let Some(endpoint) = endpoint else {
        return super::unreachable_provider();
    };
    let login = login(server, provider, parts, &wanted);
    let rules = &server.decisions.client;
    let state = (rules.flow.noted)((rules.state)(), login.next.as_deref());
    let mut asked = asked(server, provider, metadata, parts, &login, &state);
    if login.way == Way::Api {
        let Some(api) = api::learned(server, provider).await else {
            return super::unreachable_provider();
        };
        asked.extend((rules.api.resource)(&api).map(|resource| ("resource", resource)));
    }
    for (name, value) in wanted.further {
        asked.retain(|(known, _)| *known != name);
        asked.push((name, value));
    }
    (rules.asks)(&mut asked, &provider.registration);
    let Some(asked) = carried(server, provider, metadata, login.way, asked).await else {
        return super::unreachable_provider();
    };
    if rules.answers.nonce_of_any_login {
        server.browsers().nonces.extend(login.nonce.clone());
    }
    let browser = session(server, parts);
    let browser = server.browsers().begin(browser, state, login);
    let mut response = answer::see_other(&(rules.addresses.asked)(endpoint, &asked));
    set_cookies(server, parts, &mut response, &[(COOKIE, browser)]);
    response
}

/// What is remembered of a login until its answer comes.
fn login(server: &Server, provider: &Provider, parts: &Parts, wanted: &Wanted) -> Login {
    let rules = &server.decisions.client;
    let response_type = front::response_type(wish(parts, "response_type").as_deref());
    let is_front = front::is_front(response_type);
    let by_code = response_type.starts_with("code");
    let origin = if is_encrypted(parts) {
        &server.tls_origin
    } else {
        &server.origin
    };
    Login {
        issuer: provider.registration.issuer.clone(),
        nonce: (rules.nonce)().filter(|_| !is_front || rules.answers.front_nonce),
        verifier: (rules.verifier)().filter(|_| by_code),
        response_type,
        next: wish(parts, "next"),
        target: wanted.target.clone(),
        redirect_uri: (rules.addresses.redirection)(origin, server.is_second),
        way: wanted.way,
    }
}

/// The parameters of the authorization request.
fn asked(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    parts: &Parts,
    login: &Login,
    state: &str,
) -> Vec<(&'static str, String)> {
    let rules = &server.decisions.client;
    let mut asked = vec![
        ("response_type", login.response_type.to_owned()),
        ("client_id", provider.registration.client_id.clone()),
        ("redirect_uri", login.redirect_uri.clone()),
        ("scope", (rules.flow.scope)(metadata)),
        ("state", state.to_owned()),
        ("max_age", MAX_AGE.to_string()),
        ("acr_values", CLASSES.join(" ")),
    ];
    if front::is_front(login.response_type) {
        asked.push(("response_mode", "form_post".to_owned()));
    }
    if login.way == Way::Response {
        asked.push(("response_mode", "query.jwt".to_owned()));
    }
    asked.extend(login.nonce.clone().map(|nonce| ("nonce", nonce)));
    if let Some(verifier) = &login.verifier {
        let session = session(server, parts);
        let (challenge, method) = if server.browsers().is_weakened(session.as_deref()) {
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
    if login.way == Way::Details {
        let details = (rules.objects.details)(&server.origin);
        asked.push(("authorization_details", details.to_string()));
    }
    asked
}

/// The parameters that the browser carries, or their name where it carries none; the key of proofs among them.
async fn carried(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    way: Way,
    mut asked: Vec<(&'static str, String)>,
) -> Option<Vec<(&'static str, String)>> {
    let rules = &server.decisions.client;
    let key = (way == Way::Dpop).then(extension::proof_key).flatten();
    let key = key.map(|thumbprint| ("dpop_jkt", thumbprint));
    if !rules.proofs.key_in_the_open {
        asked.extend(key.clone());
    }
    asked = extension::carried(server, provider, metadata, way, asked).await?;
    if rules.proofs.key_in_the_open {
        asked.extend(key);
    }
    Some(asked)
}

/// What a link to the login says under a name.
fn wish(parts: &Parts, name: &str) -> Option<String> {
    let mut pairs = query(parts).into_iter();
    pairs
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
}
