//! Login and consent: what happens between the request and the code.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;

use super::authorize::{self, Refused};
use super::store::{Asked, Code, Granted, Pending, Session};
use super::{Parameters, by_browser, openid, pages, request, tokens};
use crate::accounts::{self, Account};
use crate::decisions::grant::front::Implicit;
use crate::state::Server;
use crate::{answer, cookie};

/// Shows the page that the request needs next, or none where none may be shown.
pub(crate) fn begin(server: &Server, parts: &Parts, asked: Asked) -> Response {
    let now = server.clock.now();
    let (name, pending, session) = {
        let mut store = server.store();
        let session = store.session(
            session_of(server, parts),
            server.decisions.grant.front.session,
        );
        let state = store.sessions.get(&session).cloned().unwrap_or_default();
        let (name, pending) = store.suspend(asked, session);
        (name, pending, state)
    };
    let known = openid::logged_in(server, &pending.asked, &session)
        .filter(|account| suffices(server, &pending.asked, account, session.since, now));
    if server.decisions.grant.openid.hint_logs_in
        && let Some(account) = known
    {
        let mut store = server.store();
        let own = store.sessions.entry(pending.session.clone()).or_default();
        own.account = Some(account);
    }
    if pending.asked.wishes.quiet {
        return answer_quietly(server, &name, &pending, known, session.since);
    }
    let mut response = match known {
        Some(account) => next_page(server, &name, &pending, account, session.since),
        None => pages::login(server, &name, &pending, false, true),
    };
    set_cookie(server, parts, &mut response, &pending.session);
    response
}

/// Whether the login that the browser has is good enough for this request.
fn suffices(server: &Server, asked: &Asked, account: &Account, since: u64, now: u64) -> bool {
    let rules = &server.decisions.grant.openid;
    let recent = asked
        .max_age
        .is_none_or(|max_age| (rules.recent)(max_age, now.saturating_sub(since)));
    let named = asked
        .subject
        .as_deref()
        .is_none_or(|subject| (rules.is_asked_for)(subject, account.subject));
    !asked.fresh_login && recent && named
}

/// With prompt none there is an error instead of a page (OIDC Core 3.1.2.1).
fn answer_quietly(
    server: &Server,
    name: &str,
    pending: &Pending,
    known: Option<&'static Account>,
    since: u64,
) -> Response {
    server.store().pending.remove(name);
    let rules = &server.decisions.grant.openid;
    let known = known.filter(|_| rules.session_counts);
    if let Some(account) = known.filter(|_| is_agreed(server, pending)) {
        return grant(server, pending, account, since);
    }
    let problem = Refused {
        error: (rules.quiet_error)(known.is_some()),
        description: "the user would have to be asked",
    };
    by_browser::refuse(server, &pending.asked, &problem)
}

/// Whether the user agreed to the same in this browser, and that counts for this request.
fn is_agreed(server: &Server, pending: &Pending) -> bool {
    let asked = &pending.asked;
    let rules = &server.decisions.grant;
    let both = (pending.session.clone(), openid::agreement(asked));
    let counts =
        (rules.openid.remembers)(&asked.wishes) || (rules.front.remembers_consent)(asked.client);
    counts && server.store().agreed.contains_key(&both)
}

fn next_page(
    server: &Server,
    name: &str,
    pending: &Pending,
    account: &'static Account,
    since: u64,
) -> Response {
    let rules = &server.decisions.grant;
    if rules.asks_consent && !is_agreed(server, pending) {
        return pages::consent(server, name, pending, account.name);
    }
    server.store().pending.remove(name);
    grant(server, pending, account, since)
}

/// The request behind a form, if the form was sent by the page that this browser was shown.
fn behind(server: &Server, parts: &Parts, form: &Parameters) -> Option<(String, Pending)> {
    let name = form.get("request")?;
    let pending = server.store().pending.get(name).cloned()?;
    let browser = session_of(server, parts)?;
    let given = form.get("csrf").unwrap_or_default();
    let own =
        (server.decisions.grant.own_form)(parts, server.reached_at(parts), &pending.form, given);
    let mut pending = pending;
    if browser != pending.session {
        if server.decisions.grant.front.own_browser {
            return None;
        }
        pending.session = browser;
    }
    own.then(|| (name.to_owned(), pending))
}

fn stray(server: &Server) -> Response {
    let reason = "This form belongs to no request of this browser.";
    pages::error(server, StatusCode::FORBIDDEN, reason)
}

/// `POST /as/login`.
pub(crate) async fn login(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let form = Parameters::parse(&body);
    let Some((name, pending)) = behind(&server, &parts, &form) else {
        return stray(&server);
    };
    let given = |name| form.get(name).unwrap_or_default();
    let known = accounts::find(given("username"));
    if known.is_some_and(|account| is_locked(&server, account)) {
        return too_many(&server);
    }
    let login = server.decisions.access.login;
    let Some(account) = login(given("username"), given("password")) else {
        if let Some(account) = known {
            count(&server, account);
        }
        return pages::login(&server, &name, &pending, true, known.is_some());
    };
    server.store().tries.remove(account.name);
    let openid = &server.decisions.grant.openid;
    if pending
        .asked
        .subject
        .as_deref()
        .is_some_and(|subject| !(openid.is_asked_for)(subject, account.subject))
    {
        server.store().pending.remove(&name);
        let problem = Refused {
            error: "login_required",
            description: "another user was asked for",
        };
        return by_browser::refuse(&server, &pending.asked, &problem);
    }
    let session = Session {
        account: Some(account),
        since: server.clock.now(),
    };
    let rules = &server.decisions.grant;
    let renew = rules.renews_session.then_some(rules.front.session);
    let renewed = server.store().log_in(&pending.session, session, renew);
    let mut response = (rules.redirect)(&(rules.front.after_login)(&name, &renewed));
    (server.decisions.grant.page)(&mut response);
    set_cookie(&server, &parts, &mut response, &renewed);
    response
}

/// `GET /as/consent`: the page after the login.
pub(crate) async fn consent_page(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let query = Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let name = query.get("request").unwrap_or_default();
    let pending = server.store().pending.get(name).cloned();
    let browser = session_of(&server, &parts);
    let pending = pending.filter(|pending| browser.as_ref() == Some(&pending.session));
    let session = pending
        .as_ref()
        .and_then(|pending| server.store().sessions.get(&pending.session).cloned());
    match (pending, session) {
        (
            Some(pending),
            Some(Session {
                account: Some(account),
                since,
            }),
        ) => next_page(&server, name, &pending, account, since),
        _ => pages::error(
            &server,
            StatusCode::FORBIDDEN,
            "Nobody is logged in for this request.",
        ),
    }
}

/// `POST /as/consent`: the user's word.
pub(crate) async fn consent(
    State(server): State<Arc<Server>>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let form = Parameters::parse(&body);
    let Some((name, pending)) = behind(&server, &parts, &form) else {
        return stray(&server);
    };
    let session = server.store().sessions.get(&pending.session).cloned();
    let Some(Session {
        account: Some(account),
        since,
    }) = session
    else {
        let reason = "Nobody is logged in for this request.";
        return pages::error(&server, StatusCode::FORBIDDEN, reason);
    };
    server.store().pending.remove(&name);
    if form.get("decision") == Some("allow") || !server.decisions.grant.front.hears_no {
        let agreement = openid::agreement(&pending.asked);
        server.store().agree(pending.session.clone(), agreement);
        return grant(&server, &pending, account, since);
    }
    let problem = Refused {
        error: "access_denied",
        description: "the user said no",
    };
    by_browser::refuse(&server, &pending.asked, &problem)
}

fn stray_tokens(server: &Server, asked: &Asked, account: &'static Account, kind: &str) -> Response {
    let granted = Granted::new(asked.client, Some(account), asked.scope.clone());
    let issued = tokens::issue_new(server, &granted);
    let implicit = server.decisions.grant.front.implicit;
    let mut answer = Vec::new();
    for name in ["access_token", "refresh_token", "token_type", "scope"] {
        let kept = name != "refresh_token" || implicit == Implicit::WithRefresh;
        if let Some(value) = issued[name].as_str().filter(|_| kept) {
            answer.push((name, value.to_owned()));
        }
    }
    if kind.split(' ').any(|value| value == "code") {
        let number = server.store().next();
        answer.push(("code", (server.decisions.grant.fresh)(number)));
    }
    let in_query = asked.in_query && implicit == Implicit::InQuery;
    let mark = if in_query { "" } else { "#" };
    let place = format!("{}{mark}", asked.redirect_uri);
    authorize::send(server, &place, asked.state.as_deref(), answer)
}

fn grant(server: &Server, pending: &Pending, account: &'static Account, since: u64) -> Response {
    if let Some(kind) = &pending.asked.tokens {
        return stray_tokens(server, &pending.asked, account, kind);
    }
    let code = {
        let mut store = server.store();
        let number = store.next();
        let code = (server.decisions.grant.fresh)(number);
        let challenge = pending.asked.challenge.as_deref();
        let code = (server.decisions.grant.front.code)(code, challenge);
        let kept = Code {
            asked: pending.asked.clone(),
            account,
            since,
            issued: server.clock.millis(),
            used: None,
        };
        store.keep_code(code.clone(), kept);
        code
    };
    if let Some(uri) = &pending.asked.extra.pushed {
        request::spent(server, uri);
    }
    if server.decisions.grant.front.by_own_page {
        return (server.decisions.grant.redirect)(&format!("/as/done?code={code}"));
    }
    by_browser::answer(server, &pending.asked, account, since, code)
}

/// `GET /as/done`: a page on the way back, which a sound server sends nobody to.
pub(crate) async fn done(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let query = Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let code = query.get("code").unwrap_or_default().to_owned();
    let kept = server.store().codes.get(&code).cloned();
    match kept.filter(|_| server.decisions.grant.front.by_own_page) {
        Some(kept) => by_browser::answer(&server, &kept.asked, kept.account, kept.since, code),
        None => stray(&server),
    }
}

/// `GET` and `POST /as/logout`: the session ends, whoever still has its name.
pub(crate) async fn logout(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let session = session_of(&server, &parts).unwrap_or_default();
    if server.decisions.grant.front.ends_session {
        server.store().sessions.remove(&session);
    }
    let mut response = pages::error(&server, StatusCode::OK, "You are logged out.");
    let secure = is_secure(&server, &parts);
    let gone = (server.decisions.grant.front.cookie)("", secure);
    answer::add(
        &mut response,
        header::SET_COOKIE,
        &format!("{gone}; Max-Age=0"),
    );
    response
}

/// The session that the browser's cookie names. Over TLS it goes by another name than without, and by that one alone:
/// the other one may have been set by whoever answers in the clear (RFC 6265bis section 4.1.3.2).
fn session_of(server: &Server, parts: &Parts) -> Option<String> {
    let own = (server.decisions.grant.front.cookie)("", is_secure(server, parts));
    let (name, _) = own.split_once('=')?;
    cookie::value(parts, name)
}

fn is_secure(server: &Server, parts: &Parts) -> bool {
    server.reached_at(parts).starts_with("https:")
}

fn set_cookie(server: &Server, parts: &Parts, response: &mut Response, session: &str) {
    let secure = is_secure(server, parts);
    let value = (server.decisions.grant.front.cookie)(session, secure);
    answer::add(response, header::SET_COOKIE, &value);
}

/// Seconds for which a login is locked.
const LOCKED_FOR: u64 = 300;

/// Whether too many wrong passwords came for a user.
fn is_locked(server: &Server, account: &Account) -> bool {
    let now = server.clock.now();
    let most = server.decisions.grant.front.most_tries;
    let tries = server.store().tries.get(account.name).copied();
    tries.is_some_and(|(count, last)| count >= most && now < last + LOCKED_FOR)
}

fn count(server: &Server, account: &'static Account) {
    let now = server.clock.now();
    let mut store = server.store();
    let (count, last) = store.tries.entry(account.name).or_default();
    *count = if now < *last + LOCKED_FOR {
        *count + 1
    } else {
        1
    };
    *last = now;
}

fn too_many(server: &Server) -> Response {
    let reason = "Too many wrong passwords. Try again in some minutes.";
    let mut response = pages::error(server, StatusCode::TOO_MANY_REQUESTS, reason);
    answer::set(&mut response, header::RETRY_AFTER, &LOCKED_FOR.to_string());
    response
}
