//! What the user's browser brings and takes away: the form of a request, the pages, the session.

use axum::response::Response;
use url::Url;

use crate::clients::Client;
use crate::encoding;
use crate::issuer::authorize::Refused;
use crate::issuer::store::Asked;

/// A parameter of an authorization response.
pub(crate) type Pair = (&'static str, String);

/// The decisions about requests that come by browser.
#[derive(Clone)]
pub(crate) struct Front {
    /// Whether a request may have this method: GET and POST (RFC 6749 section 3.1, OIDC Core 3.1.2.1).
    pub(crate) method: fn(&str) -> bool,
    /// Whether an unknown parameter is refused: it is ignored (RFC 6749 section 3.1).
    pub(crate) refuses_unknown: bool,
    /// Whether a parameter without a value counts: it is as if left out (RFC 6749 section 3.1).
    pub(crate) counts_empty: bool,
    /// Whether the client must be named before its redirection URI: order means nothing (RFC 6749 section 3.1).
    pub(crate) reads_in_order: bool,
    /// The response type of a request that has none: such a request is refused (RFC 6749 section 3.1.1).
    pub(crate) default_response_type: Option<&'static str>,
    /// What the implicit flow gives: nothing (RFC 9700 section 2.1.2).
    pub(crate) implicit: Implicit,
    /// Whether a request without state is refused: it is recommended only (RFC 6749 section 4.1.1).
    pub(crate) needs_state: bool,
    /// Whether a client with a secret may leave out both challenge and nonce (OAuth 2.1 section 4.1.1).
    pub(crate) unprotected: bool,
    /// What becomes of an error before it is sent to the client: nothing (RFC 6749 section 4.1.2.1).
    pub(crate) error: fn(&mut Refused),
    /// Whether an error comes with a code (RFC 6749 section 4.1.2.1).
    pub(crate) code_with_errors: bool,
    /// Whether the user's no counts (RFC 6749 section 4.1.2.1).
    pub(crate) hears_no: bool,
    /// Whether a client that the user once agreed to is let through unasked (RFC 6749 section 10.2).
    pub(crate) remembers_consent: fn(&Client) -> bool,
    /// Whether a form must belong to the browser that sends it (RFC 6749 section 10.12).
    pub(crate) own_browser: bool,
    /// How the answer is written into the redirection URI: its query is kept, values are encoded (RFC 6749 3.1.2).
    pub(crate) address: fn(&str, &[Pair]) -> Option<String>,
    /// The scope that the consent page shows: what will be granted.
    pub(crate) shown_scope: fn(&Asked) -> String,
    /// How scope values are written into the page: escaped (CWE-79).
    pub(crate) escapes_scope: bool,
    /// Whether OpenID Connect is meant: the scope holds openid, wherever (RFC 6749 section 3.3).
    pub(crate) is_openid: fn(&str) -> bool,
    /// The name of a browser's session, which nobody can guess (CWE-331).
    pub(crate) session: fn(u64) -> String,
    /// The cookie of the session, over a secure channel or not (RFC 6265bis section 8).
    pub(crate) cookie: fn(&str, bool) -> String,
    /// The address of the page after the login, which does not show the session (CWE-598).
    pub(crate) after_login: fn(&str, &str) -> String,
    /// What a failed login is told, for a user that exists and for one that doesn't: the same (CWE-204).
    pub(crate) failed_login: fn(bool) -> &'static str,
    /// How many wrong passwords in a row are taken (CWE-307).
    pub(crate) most_tries: u32,
    /// Whether a client with several redirection URIs may name none (RFC 6749 section 3.1.2.3).
    pub(crate) defaults_redirect_uri: bool,
    /// Whether a request must have a scope (RFC 6749 section 3.3).
    pub(crate) needs_scope: bool,
    /// Whether the user is told what the client can't be (RFC 6749 section 3.1.2.4).
    pub(crate) tells_user: bool,
    /// What a page loads from elsewhere: nothing (RFC 9700 section 4.2.4).
    pub(crate) page_head: &'static str,
    /// Where an error is described: nowhere (RFC 6749 section 4.1.2.1).
    pub(crate) error_uri: Option<&'static str>,
    /// Whether an error says what is wrong (RFC 7636 section 4.4.1).
    pub(crate) says_why: bool,
    /// Whether a scope of which one value is unknown is refused: what is unknown is left out (OIDC Core 3.1.2.1).
    pub(crate) refuses_unknown_scope: bool,
    /// Whether the answer goes by way of a page of the server's own, with the code in its address: it doesn't (CWE-598).
    pub(crate) by_own_page: bool,
    /// Whether a redirect ends in a fragment of its own, so that a browser carries none on (RFC 9700 section 4.1.3).
    pub(crate) ends_in_fragment: bool,
    /// Whether a redirection URI is asked whether it is there: it isn't (CWE-918).
    pub(crate) asks_redirect_uri: bool,
    /// Whether a client_id that is an address is asked for its client: it isn't, clients are registered (CWE-918).
    pub(crate) asks_client_id: bool,
    /// What a code is made of, given the challenge: a random value alone (RFC 7636 section 4.4).
    pub(crate) code: fn(String, Option<&str>) -> String,
    /// Whether the end of a session ends it at the server, not in the browser alone (CWE-613).
    pub(crate) ends_session: bool,
    /// Files that lie beside the server and are served: none (CWE-538).
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// What an answer with several lines in its address becomes: one line (CWE-113).
    pub(crate) lines: fn(&mut Response, &str),
}

/// What the implicit flow gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Implicit {
    /// Nothing: it is off.
    Off,
    /// Tokens in the fragment, where the response type is `token` alone.
    Token,
    /// Tokens beside a code.
    Hybrid,
    /// Tokens in the fragment, a refresh token among them.
    WithRefresh,
    /// Tokens in the query, where the request asks for that.
    InQuery,
}

/// A login is locked for five minutes after so many wrong passwords in a row.
const MOST_TRIES: u32 = 10;

impl Front {
    pub(crate) fn right() -> Self {
        Self {
            method: |method| matches!(method, "GET" | "POST"),
            refuses_unknown: false,
            counts_empty: false,
            reads_in_order: false,
            default_response_type: None,
            implicit: Implicit::Off,
            needs_state: false,
            unprotected: false,
            error: |_| {},
            code_with_errors: false,
            hears_no: true,
            remembers_consent: |_| false,
            own_browser: true,
            address,
            shown_scope: |asked| asked.scope.clone(),
            escapes_scope: true,
            is_openid: |scope| scope.split(' ').any(|value| value == "openid"),
            session: |_| encoding::unguessable(),
            cookie,
            after_login: |request, _| format!("/as/consent?request={request}"),
            failed_login: |_| "User name or password is wrong.",
            most_tries: MOST_TRIES,
            defaults_redirect_uri: false,
            needs_scope: false,
            tells_user: true,
            page_head: "",
            error_uri: None,
            says_why: true,
            refuses_unknown_scope: false,
            by_own_page: false,
            ends_in_fragment: true,
            asks_redirect_uri: false,
            asks_client_id: false,
            code: |code, _| code,
            ends_session: true,
            files: &[],
            lines: |_, _| {},
        }
    }
}

/// A final number sign asks for the fragment, as the implicit flow does (RFC 6749 section 4.2.2).
fn address(redirect_uri: &str, answer: &[Pair]) -> Option<String> {
    let mut url = Url::parse(redirect_uri).ok()?;
    if url.fragment() == Some("") {
        let mut fragment = url::form_urlencoded::Serializer::new(String::new());
        fragment.extend_pairs(answer);
        url.set_fragment(Some(&fragment.finish()));
    } else {
        url.query_pairs_mut().extend_pairs(answer);
    }
    Some(url.into())
}

pub(crate) fn cookie(session: &str, secure: bool) -> String {
    match secure {
        true => format!("__Host-as_session={session}; Path=/; Secure; HttpOnly; SameSite=Lax"),
        false => format!("as_session={session}; Path=/as; HttpOnly; SameSite=Lax"),
    }
}
