//! What OpenID Connect adds: how the user logged in, what the client asked for, and what UserInfo says.

use axum::response::Response;
use serde_json::{Map, Value};

use crate::decisions::bearer::Problem;
use crate::issuer::openid::Wishes;

/// How a password login is called in `acr`.
pub(crate) const ACR: &str = "urn:authspec:acr:password";

/// The client that registered userinfo_signed_response_alg.
const SIGNED_USERINFO: &str = "other";

/// The decisions of the OpenID provider.
#[derive(Clone)]
pub(crate) struct OpenId {
    /// Whether no page may be shown: with prompt none (OIDC Core 3.1.2.1).
    pub(crate) quiet: fn(&[&str]) -> bool,
    /// Whether prompt none may stand beside others: it stands alone (OIDC Core 3.1.2.1).
    pub(crate) none_alone: bool,
    /// The error where a page would be needed, by whether somebody is logged in (OIDC Core 3.1.2.6).
    pub(crate) quiet_error: fn(bool) -> &'static str,
    /// Whether a login of this browser counts where no page may be shown (OIDC Core 3.1.2.3).
    pub(crate) session_counts: bool,
    /// Whether a prompt asks for a new login: login and select_account do (OIDC Core 3.1.2.1).
    pub(crate) logs_in_anew: fn(&str) -> bool,
    /// Whether the user's earlier yes to the same request lets it through unasked: only where no page may be shown.
    pub(crate) remembers: fn(&Wishes) -> bool,
    /// Whether a login of this age is recent enough for max_age (OIDC Core 3.1.2.1).
    pub(crate) recent: fn(max_age: u64, age: u64) -> bool,
    /// Whether the user is one of those that were asked for, each on a line (OIDC Core 3.1.2.2).
    pub(crate) is_asked_for: fn(asked: &str, user: &str) -> bool,
    /// Whether the user whom a hint names is taken for logged in: a hint is no login (OIDC Core 3.1.2.1).
    pub(crate) hint_logs_in: bool,
    /// Whether an id_token_hint must have our signature (OIDC Core 3.1.2.2).
    pub(crate) hint_is_verified: bool,
    /// Whether an expired id_token_hint is taken: it is (OIDC Core 3.1.2.2).
    pub(crate) hint_may_be_old: bool,
    /// Whether a request without nonce is refused: in the code flow it isn't (OIDC Core 3.1.2.1).
    pub(crate) needs_nonce: bool,
    /// Whether a request with this parameter is refused: with none (OIDC Core 15.1).
    pub(crate) refuses: fn(&str) -> bool,
    /// Whether an acr that can't be reached is refused where it must be reached (RFC 9470 section 5).
    pub(crate) refuses_unmet_acr: bool,
    /// The acr of tokens, given what was asked for: that of the login (OIDC Core 2).
    pub(crate) acr: fn(&Wishes) -> Option<String>,
    /// Whether an unknown member of the claims parameter is refused: it is ignored (OIDC Core 5.5).
    pub(crate) refuses_unknown_claims: bool,
    /// Whether an essential claim that isn't there is an error: it isn't (OIDC Core 5.5.1).
    pub(crate) refuses_missing_claims: bool,
    /// What becomes of an ID token's claims, given what was asked for: nothing (OIDC Core 5.5).
    pub(crate) wished: fn(&mut Value, &Wishes),
    /// Whether an ID token says when the user logged in: it always does (OIDC Core 2).
    pub(crate) says_auth_time: fn(&Wishes) -> bool,
    /// When the user logged in, as a refreshed token says: when they did (OIDC Core 12.2).
    pub(crate) refreshed_auth_time: fn(since: u64, now: u64) -> u64,
    /// What becomes of a refreshed ID token: nothing (OIDC Core 12.2).
    pub(crate) refreshed: fn(&mut Value),
    /// What becomes of the claims of a refreshed access token: nothing (RFC 9068 section 2.2.1).
    pub(crate) refreshed_access: fn(&mut Value, now: u64),
    /// What an access token says about the login (RFC 9470 section 5).
    pub(crate) access: fn(&mut Value),
    /// Answers that reach the client by the browser alone.
    pub(crate) by_browser: ByBrowser,
    /// UserInfo.
    pub(crate) info: Info,
}

/// The decisions about answers that reach the client by the browser alone.
#[derive(Clone)]
pub(crate) struct ByBrowser {
    /// Whether a response type brings an ID token: code id_token and id_token, never with token (RFC 9700 2.1.2).
    pub(crate) serves: fn(&str) -> bool,
    /// Whether such a request needs a nonce (OIDC Core 3.2.2.1).
    pub(crate) needs_nonce: bool,
    /// What becomes of such an ID token: nothing (OIDC Core 3.3.2.11).
    pub(crate) claims: fn(&mut Value),
    /// Whether such answers stand in the fragment (OIDC Core 3.2.2.5).
    pub(crate) in_fragment: bool,
    /// Whether errors of such requests do too (OIDC Core 3.2.2.6).
    pub(crate) errors_in_fragment: bool,
    /// What becomes of a page that posts the answer: it is not stored (OAuth 2.0 Form Post section 4).
    pub(crate) posted: fn(&mut Response),
    /// Whether an ID token comes with a refresh token where offline_access was asked for: never by the browser
    /// (OIDC Core 11).
    pub(crate) with_refresh: bool,
    /// Whether form_post is served (OAuth 2.0 Form Post section 2).
    pub(crate) posts: bool,
    /// The script of that page.
    pub(crate) script: &'static str,
}

impl ByBrowser {
    fn right() -> Self {
        Self {
            serves: |kind| matches!(kind, "code id_token" | "id_token code" | "id_token"),
            needs_nonce: true,
            claims: |_| {},
            in_fragment: true,
            errors_in_fragment: true,
            posted: |_| {},
            with_refresh: false,
            posts: true,
            script: "document.forms[0].submit()",
        }
    }
}

/// The decisions of UserInfo.
#[derive(Clone)]
pub(crate) struct Info {
    /// Whether a request that is refused for this is served all the same: it isn't (OIDC Core 5.3).
    pub(crate) open: fn(&Problem) -> bool,
    /// Whether a request may have this method: GET and POST (OIDC Core 5.3.1).
    pub(crate) method: fn(&str) -> bool,
    /// Whether an ID token opens it: it doesn't (RFC 8725 section 3.12).
    pub(crate) takes_id_tokens: bool,
    /// The scope that decides what is said: that of the token (OIDC Core 5.4).
    pub(crate) scope: fn(&str) -> String,
    /// Whether the client registered to get a signed answer (OIDC Core 5.3.2).
    pub(crate) signs_for: fn(&str) -> bool,
    /// What becomes of the claims of a signed answer: nothing (OIDC Core 5.3.2).
    pub(crate) signed: fn(&mut Value),
    /// What becomes of the claims: nothing (OIDC Core 5.3.2).
    pub(crate) claims: fn(&mut Map<String, Value>),
    /// What becomes of the answer: nothing (OIDC Core 5.3.2).
    pub(crate) answer: fn(&mut Response),
    /// Seconds for which a proxy in front keeps an answer: none, it may not be stored (RFC 9111 section 5.2.2.5).
    pub(crate) kept_in_front: u64,
    /// What becomes of a refusal: nothing (OIDC Core 5.3.3).
    pub(crate) refusal: fn(&mut Response),
}

impl OpenId {
    pub(crate) fn right() -> Self {
        Self {
            quiet: |prompt| prompt == ["none"],
            none_alone: true,
            quiet_error: |somebody| match somebody {
                true => "consent_required",
                false => "login_required",
            },
            session_counts: true,
            logs_in_anew: |prompt| matches!(prompt, "login" | "select_account"),
            remembers: |wishes| wishes.quiet,
            recent: |max_age, age| age <= max_age,
            is_asked_for: |asked, user| asked.lines().any(|one| one == user),
            hint_logs_in: false,
            hint_is_verified: true,
            hint_may_be_old: true,
            needs_nonce: false,
            refuses: |_| false,
            refuses_unmet_acr: true,
            acr: |_| Some(ACR.to_owned()),
            refuses_unknown_claims: false,
            refuses_missing_claims: false,
            wished: |_, _| {},
            says_auth_time: |_| true,
            refreshed_auth_time: |since, _| since,
            refreshed: |_| {},
            refreshed_access: |_, _| {},
            access: |_| {},
            by_browser: ByBrowser::right(),
            info: Info::right(),
        }
    }
}

impl Info {
    fn right() -> Self {
        Self {
            open: |_| false,
            method: |method| matches!(method, "GET" | "POST"),
            takes_id_tokens: false,
            scope: str::to_owned,
            signs_for: |client| client == SIGNED_USERINFO,
            signed: |_| {},
            claims: |_| {},
            answer: |_| {},
            kept_in_front: 0,
            refusal: |_| {},
        }
    }
}
