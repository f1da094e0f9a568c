//! Issuing: access token, refresh token, ID token.

use serde_json::{Map, Value, json};

use super::openid::{Known, Wishes};
use super::store::{Access, Granted, Refresh};
use crate::accounts::Account;
use crate::encoding;
use crate::login::LIFE;
use crate::state::Server;

/// Seconds that a refresh token lives unused (RFC 9700 section 4.14.2).
const REFRESH_LIFE: u64 = 24 * 60 * 60;

/// What the ID token of a code says beyond the grant.
pub(crate) struct Authentication<'a> {
    pub(crate) nonce: Option<&'a str>,
}

/// The token answer for a grant that is new, with all of its scope.
pub(crate) fn issue_new(server: &Server, granted: &Granted) -> Value {
    let number = server.store().keep_grant(granted.clone());
    issue(server, number, granted, &granted.scope, None)
}

/// The token answer for a grant (RFC 6749 section 5.1).
pub(crate) fn issue(
    server: &Server,
    number: u64,
    granted: &Granted,
    scope: &str,
    authentication: Option<&Authentication<'_>>,
) -> Value {
    let known = server.store().known.get(&number).cloned();
    let known = known.map(|known| login_of(server, known, authentication.is_some()));
    let access_token = access_token(server, number, granted, scope, known.as_ref());
    let mut answer = json!({
        "access_token": access_token,
        "token_type": kind(server, granted),
        "expires_in": LIFE,
        "scope": scope,
    });
    if let Some(account) = granted.account {
        answer["refresh_token"] = refresh_token(server, number, &granted.scope).into();
        if (server.decisions.grant.front.is_openid)(scope) {
            let nonce = authentication.and_then(|one| one.nonce);
            let claims = id_claims(
                server,
                granted,
                account,
                &access_token,
                nonce,
                known.as_ref(),
            );
            answer["id_token"] = (server.decisions.grant.sign_id_token)(&claims).into();
        }
    }
    if !granted.extra.details.is_empty() && server.decisions.grant.details.answered {
        answer["authorization_details"] = granted.extra.details.as_slice().into();
    }
    let back = &server.decisions.grant.back;
    if granted.account.is_none() && back.own_refresh {
        answer["refresh_token"] = refresh_token(server, number, &granted.scope).into();
    }
    (back.members)(&mut answer);
    answer
}

/// The type of a token: bound to a key or not (RFC 9449 section 5).
fn kind(server: &Server, granted: &Granted) -> &'static str {
    match granted.extra.jkt {
        Some(_) => server.decisions.grant.bound.kind,
        None => "Bearer",
    }
}

/// How the user logged in, as the tokens of a code or of a refresh say.
fn login_of(server: &Server, known: Known, first: bool) -> Login {
    let rules = &server.decisions.grant.openid;
    let since = match first {
        true => known.since,
        false => (rules.refreshed_auth_time)(known.since, server.clock.now()),
    };
    Login {
        first,
        since,
        acr: (rules.acr)(&known.wishes),
        wishes: known.wishes,
    }
}

/// How the user logged in.
struct Login {
    /// Whether these are the first tokens of the grant.
    first: bool,
    since: u64,
    acr: Option<String>,
    wishes: Wishes,
}

fn access_token(
    server: &Server,
    number: u64,
    granted: &Granted,
    scope: &str,
    login: Option<&Login>,
) -> String {
    let now = server.clock.now();
    let jti = encoding::unguessable();
    let subject = granted
        .account
        .map_or(granted.client, |account| account.subject);
    let mut claims = json!({
        "iss": server.issuer(),
        "sub": subject,
        "aud": (server.decisions.grant.extension.audience)(&granted.extra.resources, &server.origin),
        "client_id": granted.client,
        "scope": scope,
        "iat": now,
        "exp": now + LIFE,
        "jti": jti,
    });
    let bound = &server.decisions.grant.bound;
    if let Some(jkt) = granted.extra.jkt.as_ref().filter(|_| bound.confirms) {
        claims["cnf"]["jkt"] = jkt.as_str().into();
    }
    let mutual = &server.decisions.grant.mutual;
    let certificate = granted.extra.certificate.as_ref();
    if let Some(thumbprint) = certificate.filter(|_| mutual.confirms) {
        claims["cnf"]["x5t#S256"] = thumbprint.as_str().into();
    }
    if !granted.extra.details.is_empty() {
        let details = granted.extra.details.as_slice().into();
        (server.decisions.grant.details.in_token)(&mut claims, details);
    }
    if let Some(actor) = &granted.extra.actor {
        claims["act"] = json!({ "sub": actor });
    }
    server.store().keep_access(
        jti,
        Access {
            grant: number,
            ended: false,
            details: granted.extra.details.clone(),
        },
    );
    let rules = &server.decisions.grant;
    if let Some(login) = login {
        claims["auth_time"] = login.since.into();
        if let Some(acr) = &login.acr {
            claims["acr"] = acr.as_str().into();
        }
        (rules.openid.access)(&mut claims);
        if !login.first {
            (rules.openid.refreshed_access)(&mut claims, now);
        }
    }
    (rules.access_token)(&mut claims, granted.account);
    (rules.back.claims)(&mut claims);
    let token = (rules.sign_access_token)(rules.access_token_type, &claims);
    let number = server.store().next();
    (rules.back.access_token)(token, number)
}

pub(crate) fn refresh_token(server: &Server, grant: u64, scope: &str) -> String {
    let expires = server.clock.now() + REFRESH_LIFE;
    let mut store = server.store();
    let number = store.next();
    let token = (server.decisions.grant.fresh)(number);
    store.keep_refresh(
        token.clone(),
        Refresh {
            grant,
            used: None,
            expires,
            scope: scope.to_owned(),
        },
    );
    token
}

fn id_claims(
    server: &Server,
    granted: &Granted,
    account: &Account,
    access_token: &str,
    nonce: Option<&str>,
    login: Option<&Login>,
) -> Value {
    let now = server.clock.now();
    let hash = encoding::sha256(access_token.as_bytes());
    let mut claims = json!({
        "iss": server.issuer(),
        "sub": account.subject,
        "aud": granted.client,
        "iat": now,
        "exp": now + LIFE,
        "at_hash": encoding::base64url(hash.get(..16).unwrap_or_default()),
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.into();
    }
    let rules = &server.decisions.grant;
    if let Some(login) = login {
        if (rules.openid.says_auth_time)(&login.wishes) {
            claims["auth_time"] = login.since.into();
        }
        if let Some(acr) = &login.acr {
            claims["acr"] = acr.as_str().into();
        }
        (rules.openid.wished)(&mut claims, &login.wishes);
        if !login.first {
            (rules.openid.refreshed)(&mut claims);
        }
    }
    (rules.id_token)(&mut claims);
    claims
}

/// What UserInfo says for a scope (OIDC Core 5.4).
pub(crate) fn user_claims(account: &Account, scope: &str) -> Map<String, Value> {
    let has = |wanted: &str| scope.split(' ').any(|value| value == wanted);
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), account.subject.into());
    if has("profile") {
        claims.insert("name".to_owned(), account.name.into());
        claims.insert("preferred_username".to_owned(), account.name.into());
    }
    if has("email") {
        claims.insert("email".to_owned(), account.email.into());
        claims.insert("email_verified".to_owned(), true.into());
    }
    claims
}
