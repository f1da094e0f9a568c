//! The authorization endpoint (RFC 6749 section 3.1): is this request one that a user may be asked?

mod hint;

use std::sync::Arc;

use super::Parameters;
use super::store::{Asked, Extra};
use super::token::bad;
use super::{by_browser, details, extension, interaction, openid, pages, request};
use crate::clients::{self, clients};
use crate::decisions::access::LastWord;
use crate::decisions::grant::Problem;
use crate::decisions::grant::front::Implicit;
use crate::guard;
use crate::state::Server;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;

/// The parameters that mean something here.
const KNOWN: [&str; 21] = [
    "authorization_details",
    "acr_values",
    "claims",
    "claims_locales",
    "display",
    "ui_locales",
    "login_hint",
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "response_mode",
    "id_token_hint",
    "request",
    "request_uri",
];

/// By GET.
pub(crate) async fn by_get(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let query = parts.uri.query().unwrap_or_default().as_bytes().to_vec();
    answered(&server, &parts, &query).await
}

/// By POST, which OpenID providers take as well (OIDC Core 3.1.2.1).
pub(crate) async fn by_post(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    answered(&server, &parts, &body).await
}

/// What is sent back to the client instead of a code.
#[derive(Clone, Copy)]
pub(crate) struct Refused {
    pub(crate) error: &'static str,
    pub(crate) description: &'static str,
}

fn refused<T>(error: &'static str, description: &'static str) -> Result<T, Refused> {
    Err(Refused { error, description })
}

async fn answered(server: &Server, parts: &Parts, parameters: &[u8]) -> Response {
    let rules = &server.decisions.grant.front;
    if !(rules.method)(parts.method.as_str()) {
        let reason = "This method is not served.";
        return pages::error(server, StatusCode::METHOD_NOT_ALLOWED, reason);
    }
    let parameters = Parameters::read(parameters, rules.counts_empty);
    ask_around(server, &parameters).await;
    let (parameters, pushed) = match request::resolved(server, &parameters).await {
        Ok(resolved) => resolved,
        Err(request::Unresolved::Uri) => return stray_uri(server, &parameters),
        Err(request::Unresolved::For(reason)) => {
            return pages::error(server, StatusCode::BAD_REQUEST, reason);
        }
    };
    let (client, redirect_uri) = match trusted_target(server, &parameters) {
        Ok(target) => target,
        Err(reason) => return untrusted(server, &parameters, reason),
    };
    let state = parameters.get("state");
    match check(server, &parameters, client, &redirect_uri).await {
        Ok(mut asked) => {
            asked.extra.pushed = pushed;
            interaction::begin(server, parts, asked)
        }
        Err(problem) => {
            let kind = parameters.get("response_type");
            let place = by_browser::place(server, &redirect_uri, kind, true);
            refuse(server, &place, state, &problem)
        }
    }
}

/// Whether a request that is pushed would be served.
pub(crate) async fn checked(server: &Server, parameters: &Parameters) -> Result<(), Problem> {
    let (client, redirect_uri) =
        trusted_target(server, parameters).map_err(|reason| bad("invalid_request", reason))?;
    let asked = check(server, parameters, client, &redirect_uri).await;
    asked
        .map(|_| ())
        .map_err(|problem| bad(problem.error, problem.description))
}

/// The addresses of a request that are asked before anything else: none, on a sound server.
async fn ask_around(server: &Server, parameters: &Parameters) {
    let rules = &server.decisions.grant.front;
    let is_address = |text: &&str| text.starts_with("http");
    let asked = |name: &str, asks: bool| parameters.get(name).filter(|_| asks).filter(is_address);
    let addresses = [
        asked("redirect_uri", rules.asks_redirect_uri),
        asked("client_id", rules.asks_client_id),
    ];
    for address in addresses.into_iter().flatten() {
        server.fetch_json(address).await;
    }
}

/// A request_uri that was not pushed: the client is told, where it is known without it (OIDC Core 6.2).
fn stray_uri(server: &Server, parameters: &Parameters) -> Response {
    let problem = Refused {
        error: server.decisions.grant.request.uri_error,
        description: "only requests that were pushed have an address here",
    };
    match trusted_target(server, parameters) {
        Ok((_, redirect_uri)) => refuse(server, &redirect_uri, parameters.get("state"), &problem),
        Err(_) => pages::error(
            server,
            StatusCode::BAD_REQUEST,
            "The pushed request is not known.",
        ),
    }
}

/// Tells the user what the client can't be told.
fn untrusted(server: &Server, parameters: &Parameters, reason: &str) -> Response {
    let known = parameters.get("client_id").and_then(clients::find);
    let problem = Refused {
        error: "unauthorized_client",
        description: "the client is unknown",
    };
    match parameters.get("redirect_uri") {
        Some(given) if known.is_none() && server.decisions.grant.redirects_unknown => {
            refuse(server, given, parameters.get("state"), &problem)
        }
        _ if !server.decisions.grant.front.tells_user => {
            crate::answer::empty(StatusCode::BAD_REQUEST)
        }
        _ => pages::error(server, StatusCode::BAD_REQUEST, reason),
    }
}

/// Client and redirection URI. Where one is wrong there is nobody to send an error to, and the user
/// is told instead (RFC 6749 section 4.1.2.1).
fn trusted_target(
    server: &Server,
    parameters: &Parameters,
) -> Result<(&'static clients::Client, String), &'static str> {
    let repeated = |name| server.decisions.grant.refuses_repeated && parameters.repeats(name);
    if guard::refuses_all(server) || repeated("client_id") || repeated("redirect_uri") {
        return Err("The request can't be read.");
    }
    let accept = server.decisions.access.last_word == LastWord::AcceptOffered;
    let client = parameters
        .get("client_id")
        .and_then(|id| clients::find(id).or_else(|| clients().first().filter(|_| accept)))
        .ok_or("No such client is registered.")?;
    let place = |name| parameters.place(name);
    if server.decisions.grant.front.reads_in_order && place("redirect_uri") < place("client_id") {
        return Err("The request names a redirection URI and no client.");
    }
    let redirect_uri = match parameters.get("redirect_uri") {
        Some(given) => given,
        // OpenID Connect always wants it; OAuth only where there is a choice.
        None if client.more_redirect_uris.is_empty() && !wants_openid(parameters) => {
            client.redirect_uri
        }
        None if server.decisions.grant.front.defaults_redirect_uri => client.redirect_uri,
        None => return Err("The request names no redirection URI."),
    };
    if !(server.decisions.grant.redirect_uri)(client, redirect_uri) {
        return Err("The redirection URI is not one that the client registered.");
    }
    Ok((client, redirect_uri.to_owned()))
}

fn wants_openid(parameters: &Parameters) -> bool {
    let scope = parameters.get("scope").unwrap_or_default();
    scope.split(' ').any(|value| value == "openid")
}

async fn check(
    server: &Server,
    parameters: &Parameters,
    client: &'static clients::Client,
    redirect_uri: &str,
) -> Result<Asked, Refused> {
    let rules = &server.decisions.grant;
    if rules.refuses_repeated && KNOWN.iter().any(|name| parameters.repeats(name)) {
        return refused("invalid_request", "a parameter is repeated");
    }
    if rules.front.refuses_unknown && !parameters.knows_all(&KNOWN) {
        return refused("invalid_request", "a parameter is unknown");
    }
    if rules.front.needs_scope && parameters.get("scope").is_none() {
        return refused("server_error", "scope is missing");
    }
    if rules.front.needs_state && parameters.get("state").is_none() {
        return refused("invalid_request", "state is missing");
    }
    let kind = parameters
        .get("response_type")
        .or(rules.front.default_response_type);
    let tokens = implicit(rules.front.implicit, kind);
    match kind {
        Some(kind)
            if tokens || (rules.response_type)(kind) || (rules.openid.by_browser.serves)(kind) => {}
        Some(_) => return refused("unsupported_response_type", "only code is supported"),
        None => return refused("invalid_request", "response_type is missing"),
    }
    if parameters
        .get("response_mode")
        .is_some_and(|mode| !tokens && !by_browser::may_be_answered(server, kind, mode))
    {
        return refused("invalid_request", "this response mode is not supported");
    }
    let challenge = parameters.get("code_challenge");
    let method = parameters.get("code_challenge_method");
    let protected = challenge.is_some() || parameters.get("nonce").is_some() || tokens;
    let careless = client.secret.is_some() && !protected && !rules.front.unprotected;
    if careless || !tokens && !(rules.challenge)(client, challenge, method) {
        return refused(
            "invalid_request",
            "PKCE with code_challenge_method S256 is required",
        );
    }
    let wishes = openid::wishes(server, parameters)?;
    let hinted = hint::hinted(server, client, parameters.get("id_token_hint")).await?;
    let jkt = parameters.get("dpop_jkt").map(str::to_owned);
    let resources = extension::targets(server, parameters);
    let Ok(resources) = resources else {
        return refused(rules.extension.target_error, "there is no such API");
    };
    let Ok(details) = details::asked(server, parameters) else {
        return refused(rules.details.error, "these details can't be granted");
    };
    let scope = scope(server, client, parameters.get("scope"))?;
    let alone = !details.is_empty() && !rules.details.beside_scope;
    Ok(Asked {
        extra: Extra {
            jkt,
            resources,
            details,
            ..Extra::default()
        },
        client,
        redirect_uri: redirect_uri.to_owned(),
        named_redirect_uri: parameters.get("redirect_uri").is_some(),
        scope: if alone { "read".to_owned() } else { scope },
        state: parameters.get("state").map(str::to_owned),
        nonce: parameters.get("nonce").map(str::to_owned),
        challenge: challenge.map(str::to_owned),
        subject: hinted.or(openid::subject(&wishes)),
        hint: parameters.get("login_hint").map(str::to_owned),
        fresh_login: wishes.login,
        tokens: tokens.then(|| kind.unwrap_or_default().to_owned()),
        in_query: parameters.get("response_mode") == Some("query"),
        asked_scope: parameters.get("scope").unwrap_or_default().to_owned(),
        max_age: max_age(parameters.get("max_age"))?,
        wishes,
    })
}

/// Whether the answer would hold tokens, which it does only where the implicit flow is on.
fn implicit(rule: Implicit, kind: Option<&str>) -> bool {
    let kind = kind.unwrap_or_default();
    let holds = |word: &str| kind.split(' ').any(|value| value == word);
    match rule {
        Implicit::Off => false,
        Implicit::Hybrid => holds("token") && holds("code"),
        Implicit::Token | Implicit::WithRefresh | Implicit::InQuery => kind == "token",
    }
}

fn max_age(given: Option<&str>) -> Result<Option<u64>, Refused> {
    match given.map(str::parse) {
        None => Ok(None),
        Some(Ok(seconds)) => Ok(Some(seconds)),
        Some(Err(_)) => refused("invalid_request", "max_age is no number"),
    }
}

/// The scope to grant: what is known of what was asked (RFC 6749 section 3.3, OIDC Core 3.1.2.1).
pub(crate) fn scope(
    server: &Server,
    client: &clients::Client,
    asked: Option<&str>,
) -> Result<String, Refused> {
    let asked = asked.unwrap_or("read");
    let is_scope = |octet: u8| matches!(octet, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    let well_formed = asked
        .split(' ')
        .all(|value| !value.is_empty() && value.bytes().all(is_scope));
    if !well_formed {
        return refused("invalid_scope", "the scope is malformed");
    }
    let may_have = |value: &&str| (server.decisions.grant.may_have)(client, value);
    let strict = server.decisions.grant.front.refuses_unknown_scope;
    if strict && !asked.split(' ').all(|value| may_have(&value)) {
        return refused("invalid_scope", "a value of the scope is unknown");
    }
    let mut granted: Vec<&str> = asked.split(' ').filter(may_have).collect();
    granted.dedup();
    if granted.is_empty() {
        return refused("invalid_scope", "no value of the scope is known");
    }
    Ok(granted.join(" "))
}

/// Sends an error to the client (RFC 6749 section 4.1.2.1).
pub(crate) fn refuse(
    server: &Server,
    redirect_uri: &str,
    state: Option<&str>,
    problem: &Refused,
) -> Response {
    let rules = &server.decisions.grant;
    let mut problem = *problem;
    (rules.front.error)(&mut problem);
    let mut answer = vec![("error", problem.error.to_owned())];
    if rules.front.says_why {
        answer.push(("error_description", problem.description.to_owned()));
    }
    answer.extend(
        rules
            .front
            .error_uri
            .map(|uri| ("error_uri", uri.to_owned())),
    );
    if rules.front.code_with_errors {
        answer.push(("code", (rules.fresh)(0)));
    }
    send(server, redirect_uri, state, answer)
}

/// Sends the browser back to the client; the query that the URI has is kept.
pub(crate) fn send(
    server: &Server,
    redirect_uri: &str,
    state: Option<&str>,
    mut answer: Vec<(&'static str, String)>,
) -> Response {
    let rules = &server.decisions.grant;
    answer.extend(state.and_then(rules.state).map(|state| ("state", state)));
    answer.extend((rules.iss)(&server.issuer()).map(|iss| ("iss", iss)));
    let Some(address) = (rules.front.address)(redirect_uri, &answer) else {
        return pages::error(
            server,
            StatusCode::BAD_REQUEST,
            "The redirection URI can't be used.",
        );
    };
    let first = address.lines().next().unwrap_or_default();
    // a browser carries the fragment of a page on to an address that has none (RFC 9700 section 4.1.3)
    let end = match rules.front.ends_in_fragment && !first.contains('#') {
        true => "#_",
        false => "",
    };
    let mut response = (rules.redirect)(&format!("{first}{end}"));
    (rules.page)(&mut response);
    (rules.front.lines)(&mut response, &address);
    response
        .headers_mut()
        .remove(header::CONTENT_SECURITY_POLICY);
    response
}
