//! How an answer of the authorization endpoint reaches the client: in the query, in the fragment with an ID token
//! beside or instead of the code (OIDC Core 3.2 and 3.3), or posted by a form.

use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::authorize::{self, Refused};
use super::store::{Asked, Granted};
use super::tokens;
use crate::accounts::Account;
use crate::login::LIFE;
use crate::state::Server;
use crate::{answer, encoding};

/// Whether a response type may be answered in this mode: a token never in the query.
pub(crate) fn may_be_answered(server: &Server, kind: Option<&str>, mode: &str) -> bool {
    let token = kind.is_some_and(server.decisions.grant.openid.by_browser.serves);
    match mode {
        "query" => !token,
        "fragment" => token,
        "form_post" => server.decisions.grant.openid.by_browser.posts,
        _ => false,
    }
}

/// The redirection URI, with a final number sign where the answer stands in the fragment.
pub(crate) fn place(
    server: &Server,
    redirect_uri: &str,
    kind: Option<&str>,
    error: bool,
) -> String {
    let rules = &server.decisions.grant.openid.by_browser;
    let in_fragment = match error {
        true => rules.errors_in_fragment,
        false => rules.in_fragment,
    };
    let token = kind.is_some_and(rules.serves);
    let mark = if token && in_fragment { "#" } else { "" };
    format!("{redirect_uri}{mark}")
}

/// Sends an error to the client, where it expects one.
pub(crate) fn refuse(server: &Server, asked: &Asked, problem: &Refused) -> Response {
    let kind = asked.wishes.by_browser.as_deref();
    let place = place(server, &asked.redirect_uri, kind, true);
    let response = authorize::refuse(server, &place, asked.state.as_deref(), problem);
    delivered(server, asked, response)
}

/// Sends what was granted to the client: the code, an ID token, or both.
pub(crate) fn answer(
    server: &Server,
    asked: &Asked,
    account: &'static Account,
    since: u64,
    code: String,
) -> Response {
    let kind = asked.wishes.by_browser.as_deref();
    let has_code = kind.is_none_or(|kind| kind.split(' ').any(|word| word == "code"));
    let code = Some(code).filter(|_| has_code);
    let token = kind.map(|_| id_token(server, asked, account, since, code.as_deref()));
    let mut said = Vec::new();
    said.extend(code.map(|code| ("code", code)));
    said.extend(token.map(|token| ("id_token", token)));
    said.extend(offline(server, asked, account).map(|token| ("refresh_token", token)));
    let place = place(server, &asked.redirect_uri, kind, false);
    let response = authorize::send(server, &place, asked.state.as_deref(), said);
    delivered(server, asked, response)
}

/// A refresh token beside an ID token that comes by the browser: none, on a sound server.
fn offline(server: &Server, asked: &Asked, account: &'static Account) -> Option<String> {
    let wanted = asked
        .asked_scope
        .split(' ')
        .any(|value| value == "offline_access");
    let alone = asked.wishes.by_browser.is_some();
    if !(wanted && alone && server.decisions.grant.openid.by_browser.with_refresh) {
        return None;
    }
    let granted = Granted::new(asked.client, Some(account), asked.scope.clone());
    let number = server.store().keep_grant(granted);
    Some(tokens::refresh_token(server, number, &asked.scope))
}

/// The ID token that comes by the browser.
fn id_token(
    server: &Server,
    asked: &Asked,
    account: &Account,
    since: u64,
    code: Option<&str>,
) -> String {
    let now = server.clock.now();
    let rules = &server.decisions.grant;
    let mut claims = json!({
        "iss": server.issuer(),
        "sub": account.subject,
        "aud": asked.client.id,
        "iat": now,
        "exp": now + LIFE,
        "auth_time": since,
        "acr": (rules.openid.acr)(&asked.wishes),
    });
    if let Some(nonce) = &asked.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    if let Some(code) = code {
        let hash = encoding::sha256(code.as_bytes());
        claims["c_hash"] = encoding::base64url(hash.get(..16).unwrap_or_default()).into();
    }
    (rules.openid.by_browser.claims)(&mut claims);
    (rules.sign_id_token)(&claims)
}

/// The redirect, or a page that posts what it would have carried (OAuth 2.0 Form Post Response Mode).
fn delivered(server: &Server, asked: &Asked, response: Response) -> Response {
    if !asked.wishes.by_form {
        return response;
    }
    let rules = &server.decisions.grant;
    let location = response.headers().get(header::LOCATION);
    let location = location
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let location = location.strip_suffix("#_").unwrap_or(location);
    let (_, said) = location.rsplit_once(['?', '#']).unwrap_or_default();
    let inputs: String = encoding::form(said.as_bytes())
        .iter()
        .map(|(name, value)| {
            let (name, value) = ((rules.escape)(name), (rules.escape)(value));
            format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n")
        })
        .collect();
    let text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><title>Going back</title></head>\n\
         <body onload=\"{script}\">\n<form method=\"post\" action=\"{to}\">\n{inputs}\
         <noscript><button type=\"submit\">Go on</button></noscript>\n</form>\n</body>\n</html>\n",
        script = rules.openid.by_browser.script,
        to = (rules.escape)(&asked.redirect_uri),
    );
    let mut page = answer::html(StatusCode::OK, text);
    (rules.page)(&mut page);
    // the one script of this page sends its one form
    page.headers_mut().remove(header::CONTENT_SECURITY_POLICY);
    (rules.openid.by_browser.posted)(&mut page);
    page
}
