//! The authorization server: who may ask, who is asked, what is issued, for whom and how long.

pub(crate) mod afterwards;
pub(crate) mod assertion;
pub(crate) mod attested;
pub(crate) mod back;
pub(crate) mod bound;
pub(crate) mod details;
pub(crate) mod device;
pub(crate) mod extension;
pub(crate) mod front;
pub(crate) mod mutual;
pub(crate) mod openid;
pub(crate) mod register;
pub(crate) mod request;

use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use crate::accounts::Account;
use crate::clients::{self, Client};
use crate::issuer::client_auth::{Presented, Unauthenticated};
use crate::{answer, cookie, encoding, keys};

/// The decisions of the authorization server.
#[derive(Clone)]
pub(crate) struct Grant {
    /// What comes by browser.
    pub(crate) front: front::Front,
    /// What is handed out at the token endpoint.
    pub(crate) back: back::Back,
    /// Whether the client registered this redirection URI: the same string, except for the port of
    /// a loopback address (RFC 9700 section 2.1, RFC 8252 section 7.3).
    pub(crate) redirect_uri: fn(&Client, &str) -> bool,
    /// Whether an error about an unknown client is sent to the address in the request: it is told to
    /// the user (RFC 6749 section 4.1.2.1).
    pub(crate) redirects_unknown: bool,
    /// Whether an authorization request may have this response type: code alone.
    pub(crate) response_type: fn(&str) -> bool,
    /// Whether the challenge suffices, given who asks: S256, and never none from a public client
    /// (RFC 7636 section 4.4.1, RFC 9700 section 2.1.1).
    pub(crate) challenge: fn(&Client, Option<&str>, Option<&str>) -> bool,
    /// Whether the verifier fits what was bound to the code (RFC 7636 section 4.6, RFC 9700 4.8.2).
    pub(crate) verifier: fn(Option<&str>, Option<&str>) -> bool,
    /// The state of the answer: that of the request (RFC 6749 section 4.1.2).
    pub(crate) state: fn(&str) -> Option<String>,
    /// The iss of the answer: the issuer (RFC 9207 section 2).
    pub(crate) iss: fn(&str) -> Option<String>,
    /// Whether a repeated parameter is refused (RFC 6749 section 3.1 and 3.2).
    pub(crate) refuses_repeated: bool,
    /// Whether the user must have logged in before consent (RFC 6749 section 3.1).
    pub(crate) asks_consent: bool,
    /// Whether a form was sent by the page that this browser was shown (RFC 6749 section 10.12).
    pub(crate) own_form: fn(&Parts, &str, &str, &str) -> bool,
    /// Whether the session gets a new identifier at login (CWE-384).
    pub(crate) renews_session: bool,
    /// The fields of pages and redirects: not framed, not stored, no referrer (RFC 9700 4.2.4, 4.16).
    pub(crate) page: fn(&mut Response),
    /// How text of the request is written into a page: escaped (CWE-79).
    pub(crate) escape: fn(&str) -> String,
    /// The status of redirects: 303 (RFC 9700 section 4.12).
    pub(crate) redirect: fn(&str) -> Response,
    /// A new code, token or identifier that nobody can guess (RFC 6749 section 10.10).
    pub(crate) fresh: fn(u64) -> String,
    /// Whom a code or refresh token stands for that was never issued: nobody (RFC 6749 section 4.1.3).
    pub(crate) never_issued: fn() -> Option<&'static Account>,
    /// Milliseconds that a code lives (RFC 6749 section 4.1.2).
    pub(crate) code_life: u64,
    /// What a used code does: it fails, and ends what it gave (RFC 6749 section 4.1.2).
    pub(crate) used_code: Used,
    /// Milliseconds between the use of a code and its being spent: none, both are one step (CWE-367).
    pub(crate) spends_after: u64,
    /// Whether the code was issued to this client (RFC 6749 section 4.1.3).
    pub(crate) code_client: fn(&str, &str) -> bool,
    /// Whether redirect_uri is that of the authorization request (RFC 6749 section 4.1.3).
    pub(crate) code_redirect: fn(Option<&str>, Option<&str>) -> bool,
    /// Who the client is (RFC 6749 section 2.3).
    pub(crate) client: fn(&Presented) -> Result<&'static Client, Unauthenticated>,
    /// Whether a client may use client_credentials: with a secret only (RFC 6749 section 4.4).
    pub(crate) own_grant: fn(&Client) -> bool,
    /// What a used refresh token does: it fails, and ends its family (RFC 9700 section 4.14.2).
    pub(crate) used_refresh: Used,
    /// Whether the refresh token was issued to this client (RFC 6749 section 6).
    pub(crate) refresh_client: fn(&str, &str) -> bool,
    /// Whether the scope asked for at refresh is within the granted one (RFC 6749 section 6).
    pub(crate) refresh_scope: fn(&str, &str) -> bool,
    /// Whether a scope value may be granted to a client at all.
    pub(crate) may_have: fn(&Client, &str) -> bool,
    /// What a token answer gets besides its tokens: no-store and no-cache (RFC 6749 section 5.1).
    pub(crate) token_answer: fn(&mut Response),
    /// What becomes of an error before it is sent: nothing (RFC 6749 section 5.2).
    pub(crate) token_error: fn(&mut Problem),
    /// Whether the password grant is offered: it isn't (RFC 9700 section 2.4).
    pub(crate) password_grant: bool,
    /// Whether parameters in the query of the token endpoint count (RFC 6749 section 2.3.1).
    pub(crate) reads_query: bool,
    /// Whether a GET at the token endpoint is served (RFC 6749 section 3.2).
    pub(crate) token_by_get: bool,
    /// How an ID token is signed: with the published key (OIDC Core 2).
    pub(crate) sign_id_token: fn(&Value) -> String,
    /// What becomes of an ID token's claims: nothing (OIDC Core 2).
    pub(crate) id_token: fn(&mut Value),
    /// What becomes of an access token's claims: nothing; of the user it says who it is (CWE-312).
    pub(crate) access_token: fn(&mut Value, Option<&Account>),
    /// How an access token is signed, by its typ: with the published key (RFC 9068 section 2.1).
    pub(crate) sign_access_token: fn(&str, &Value) -> String,
    /// The typ of access tokens (RFC 9068 section 2.1).
    pub(crate) access_token_type: &'static str,
    /// Whether a client may revoke a token of this client (RFC 7009 section 2.1).
    pub(crate) revokes: fn(&str, &str) -> bool,
    /// Whether revocation ends anything at all (RFC 7009 section 2.1).
    pub(crate) revocation_works: bool,
    /// Whether revoking a refresh token ends the access tokens of its grant (RFC 7009 section 2.1).
    pub(crate) revokes_family: bool,
    /// Whether introspection asks who calls (RFC 7662 section 2.1).
    pub(crate) introspection_asks: bool,
    /// Whether a caller may know of a token of this client (RFC 7662 section 2.2).
    pub(crate) introspects: fn(&Client, &str) -> bool,
    /// Whether introspection looks at expiry and revocation (RFC 7662 section 4).
    pub(crate) introspection_checks: bool,
    /// Tokens that are bound to a key.
    pub(crate) bound: bound::Bound,
    /// Clients with certificates.
    pub(crate) mutual: mutual::Mutual,
    /// Requests that are pushed or signed.
    pub(crate) request: request::Requests,
    /// Clients that somebody vouches for.
    pub(crate) attested: attested::Attested,
    /// Details of what is asked for.
    pub(crate) details: details::Details,
    /// Codes for devices.
    pub(crate) device: device::Devices,
    /// Grants beside those of RFC 6749.
    pub(crate) extension: extension::Extensions,
    /// Clients that register themselves.
    pub(crate) registration: register::Registration,
    /// Clients that sign what says who they are.
    pub(crate) assertion: assertion::Assertion,
    /// What OpenID Connect adds.
    pub(crate) openid: openid::OpenId,
    /// Revocation and introspection.
    pub(crate) afterwards: afterwards::Afterwards,
    /// Where the metadata is: at the inserted path, and for OpenID at the appended one too (RFC 8414 section 3.1).
    pub(crate) metadata_inserted: bool,
    /// What becomes of the copy that is signed: nothing (RFC 8414 section 2.1).
    pub(crate) signed_metadata: fn(&mut Value),
    /// What becomes of the OpenID document alone: nothing, both are one (RFC 8414 section 5).
    pub(crate) openid_metadata: fn(&mut Value),
    /// What becomes of the answer that holds metadata or keys: nothing (RFC 8414 section 3.2).
    pub(crate) document: fn(&mut Response),
    /// What becomes of the metadata: nothing (RFC 8414 section 2).
    pub(crate) metadata: fn(&mut Value, &Parts),
    /// What becomes of the key set: nothing (RFC 7517 section 9.2).
    pub(crate) key_set: fn(&mut Value),
    /// Which token opens UserInfo: one with the scope openid (OIDC Core 5.3).
    pub(crate) userinfo_scope: fn(&Value) -> bool,
}

/// What using something again does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Used {
    /// It fails, and what came of the first use ends.
    EndsFamily,
    /// It fails.
    Fails,
    /// It works.
    Works,
}

/// An error of the token endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) description: &'static str,
    pub(crate) challenge: bool,
}

impl Grant {
    pub(crate) fn right() -> Self {
        Self {
            front: front::Front::right(),
            back: back::Back::right(),
            redirect_uri,
            redirects_unknown: false,
            response_type: |kind| kind == "code",
            challenge,
            verifier,
            state: |state| Some(state.to_owned()),
            iss: |issuer| Some(issuer.to_owned()),
            refuses_repeated: true,
            asks_consent: true,
            own_form,
            renews_session: true,
            page,
            escape,
            redirect: answer::see_other,
            fresh: |_| encoding::unguessable(),
            never_issued: || None,
            code_life: 60_000,
            used_code: Used::EndsFamily,
            spends_after: 0,
            code_client: |owner, asking| owner == asking,
            code_redirect: |asked, given| asked == given,
            client,
            own_grant: Client::is_confidential,
            used_refresh: Used::EndsFamily,
            refresh_client: |owner, asking| owner == asking,
            refresh_scope: |granted, asked| {
                asked
                    .split(' ')
                    .all(|value| granted.split(' ').any(|granted| granted == value))
            },
            may_have: |_, scope| SCOPES.contains(&scope),
            token_answer: |response| {
                answer::set(response, header::CACHE_CONTROL, "no-store");
                answer::set(response, header::PRAGMA, "no-cache");
            },
            token_error: |_| {},
            password_grant: false,
            reads_query: false,
            token_by_get: false,
            sign_id_token: |claims| keys::sign("JWT", claims),
            id_token: |_| {},
            access_token: |_, _| {},
            sign_access_token: keys::sign,
            access_token_type: "at+jwt",
            revokes: |owner, asking| owner == asking,
            revocation_works: true,
            revokes_family: true,
            introspection_asks: true,
            introspects: |caller, owner| caller.id == owner || caller.id == "resource",
            introspection_checks: true,
            bound: bound::Bound::right(),
            mutual: mutual::Mutual::right(),
            request: request::Requests::right(),
            attested: attested::Attested::right(),
            details: details::Details::right(),
            device: device::Devices::right(),
            extension: extension::Extensions::right(),
            registration: register::Registration::right(),
            assertion: assertion::Assertion::right(),
            openid: openid::OpenId::right(),
            afterwards: afterwards::Afterwards::right(),
            metadata_inserted: true,
            signed_metadata: |_| {},
            openid_metadata: |_| {},
            document: |_| {},
            metadata: |_, _| {},
            key_set: |_| {},
            userinfo_scope: |claims| {
                claims["scope"]
                    .as_str()
                    .is_some_and(|scope| scope.split(' ').any(|value| value == "openid"))
            },
        }
    }
}

/// The scope values that users and clients can be given here.
pub(crate) const SCOPES: [&str; 5] = ["openid", "profile", "email", "read", "write"];

pub(crate) fn redirect_uri(client: &Client, given: &str) -> bool {
    client
        .redirect_uris()
        .any(|registered| registered == given || is_loopback_variant(registered, given))
}

/// The registered URI with some port, where it is a loopback address (RFC 8252 section 7.3).
fn is_loopback_variant(registered: &str, given: &str) -> bool {
    ["http://127.0.0.1", "http://[::1]"].iter().any(|host| {
        let (Some(path), Some(rest)) = (registered.strip_prefix(host), given.strip_prefix(host))
        else {
            return false;
        };
        let port = rest
            .strip_suffix(path)
            .and_then(|port| port.strip_prefix(':'));
        port.is_some_and(|port| {
            (1..=5).contains(&port.len()) && port.bytes().all(|digit| digit.is_ascii_digit())
        })
    })
}

pub(crate) fn challenge(client: &Client, challenge: Option<&str>, method: Option<&str>) -> bool {
    match challenge {
        Some(challenge) => method == Some("S256") && is_pkce_text(challenge),
        None => client.is_confidential() && method.is_none(),
    }
}

/// 43 to 128 unreserved characters (RFC 7636 section 4.1).
pub(crate) fn is_pkce_text(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || b"-._~".contains(&octet))
}

pub(crate) fn verifier(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let hash = encoding::base64url(&encoding::sha256(verifier.as_bytes()));
            is_pkce_text(verifier) && same(&hash, challenge)
        }
        // A verifier without a challenge is a downgrade, a challenge without a verifier an injection.
        _ => false,
    }
}

/// Compares without telling how far two texts agree.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

pub(crate) fn own_form(parts: &Parts, origin: &str, expected: &str, given: &str) -> bool {
    cookie::same_origin(parts, origin) && same(expected, given)
}

pub(crate) fn page(response: &mut Response) {
    answer::set(response, header::CACHE_CONTROL, "no-store");
    answer::set(response, header::REFERRER_POLICY, "no-referrer");
    answer::set(response, header::X_FRAME_OPTIONS, "DENY");
    answer::set(
        response,
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
}

pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            plain => escaped.push(plain),
        }
    }
    escaped
}

pub(crate) fn client(presented: &Presented) -> Result<&'static Client, Unauthenticated> {
    match presented {
        Presented::Basic { id, secret } | Presented::Form { id, secret } => {
            let client = clients::find(id);
            let expected = client.and_then(|client| client.secret).unwrap_or_default();
            let matches = same(expected, secret) && !expected.is_empty();
            client.filter(|_| matches).ok_or(Unauthenticated::Wrong)
        }
        // Public clients only say who they are (RFC 6749 section 3.2.1).
        Presented::Name { id } => clients::find(id)
            .filter(|client| !client.is_confidential())
            .ok_or(Unauthenticated::Wrong),
        Presented::Nothing => Err(Unauthenticated::Missing),
        Presented::Several { .. } => Err(Unauthenticated::Several),
        Presented::Unreadable => Err(Unauthenticated::Wrong),
    }
}

#[cfg(test)]
mod tests;
