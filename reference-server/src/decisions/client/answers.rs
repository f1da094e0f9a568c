//! What the client makes of the provider's answers: tokens, the claims that it asked for, UserInfo, and new tokens for
//! old ones.

use serde_json::Value;

use super::super::jwe::Jwe;
use super::super::jwt::{self, Jwt, Object, ensure};
use super::id_token;
use crate::client::exchange::TokenRequest;
use crate::keys::Key;
use crate::upstream::LIMIT;
use crate::{Upstream, encoding};

/// How old a login at the provider may be, in seconds; it is asked for, and the answer held against it.
pub(crate) const MAX_AGE: u32 = 24 * 60 * 60;
/// The classes of authentication that are asked for, the best first.
pub(crate) const CLASSES: [&str; 3] = ["phrh", "phr", "urn:authspec:acr:password"];

/// The decisions about answers.
#[derive(Clone)]
pub(crate) struct Answers {
    /// The longest token answer that is read (CWE-770).
    pub(crate) limit: usize,
    /// Whether a token answer can be used: what isn't known says nothing, and what may be missing may (RFC 6749 5.1).
    pub(crate) readable: fn(&Object) -> bool,
    /// The access token: text that isn't empty (RFC 6749 section 5.1).
    pub(crate) access_token: fn(&Value) -> Option<String>,
    /// Whether the claims of an ID token can be used: those that aren't known say nothing (OIDC Core 2).
    pub(crate) claims: fn(&Object) -> bool,
    /// A secret that vouches for ID tokens beside the keys of the provider: there is none (OIDC Core 3.1.3.7).
    pub(crate) shared: fn(&Upstream) -> Option<Key>,
    /// Whether a nonce counts that another login sent: it doesn't (OIDC Core 3.1.3.7).
    pub(crate) nonce_of_any_login: bool,
    /// Whether time and class of the authentication are what was asked for (OIDC Core 3.1.3.7).
    pub(crate) requested: fn(&Object, u64) -> bool,
    /// Whether c_hash, where present, is the code's (OIDC Core 3.3.2.10).
    pub(crate) c_hash: fn(&Object, &str) -> bool,
    /// Whether s_hash, where present, is the state's (FAPI 1.0 part 2 section 5.2.2.1).
    pub(crate) s_hash: fn(&Object, &str) -> bool,
    /// The decisions about an ID token that came by the browser: TLS stands in for nothing there (OIDC Core 3.2.2.11).
    pub(crate) front: Jwt,
    /// Whether a login by the browser sends a nonce, which it must (OIDC Core 3.2.2.1).
    pub(crate) front_nonce: bool,
    /// Whether the nonce of such a token is compared (OIDC Core 3.2.2.11).
    pub(crate) front_nonce_counts: bool,
    /// Whether at_hash of such a token is the access token's (OIDC Core 3.2.2.9).
    pub(crate) front_at_hash: fn(&Object, &str) -> bool,
    /// Whether hashes of what came along by the browser may be missing (OIDC Core 3.2.2.10, 3.3.2.11).
    pub(crate) hashes_may_miss: bool,
    /// Whether UserInfo is asked before the ID token was looked at: it isn't (RFC 9700 section 4.5.3.2).
    pub(crate) hurries: bool,
    /// How often UserInfo is asked that answers 401: once (RFC 6750 section 3.1).
    pub(crate) attempts: u32,
    /// How often UserInfo is asked that answers 403: once (RFC 9110 section 15.5.4).
    pub(crate) insists: u32,
    /// Who the user is: the subject of the ID token, and nothing of the access token (RFC 9068 section 6).
    pub(crate) subject: fn(&str, &str) -> String,
    /// The decisions about UserInfo as a token (OIDC Core 5.3.2, 5.3.4).
    pub(crate) userinfo: Jwt,
    /// How many redirects of UserInfo are followed, token and all: none (CWE-522).
    pub(crate) follows_userinfo: u32,
    /// Whether claims are fetched from where UserInfo says they are: they aren't (CWE-918).
    pub(crate) follows_sources: bool,
    /// What UserInfo says, claims of other providers left out (OIDC Core 5.6.2).
    pub(crate) described: fn(Value) -> Option<Value>,
    /// What becomes of a refresh request before it is sent: nothing.
    pub(crate) refreshes: fn(&mut TokenRequest),
    /// The refresh token from now on: the new one, if there is one (RFC 6749 section 6).
    pub(crate) rotates: fn(String, Option<String>) -> String,
    /// The subject after a refresh: that of before, or nobody (OIDC Core 12.2).
    pub(crate) stays: fn(&str, &str) -> Option<String>,
    /// How an ID token is opened where the client registered to get them encrypted (OIDC Core 10.2).
    pub(crate) sealed: Jwe,
    /// Whether one that is not encrypted is taken there: it isn't (OIDC Core 3.1.3.7).
    pub(crate) takes_plain: bool,
    /// The decisions about an answer that comes as a token (JARM section 2.4).
    pub(crate) response: Jwt,
    /// Whether an answer that is none is taken where a token was asked for: it isn't (JARM section 2.4).
    pub(crate) takes_loose: bool,
    /// Whether a session goes on whose grant has ended: it doesn't (CWE-613).
    pub(crate) outlives: bool,
}

impl Answers {
    pub(crate) fn right() -> Self {
        Self {
            limit: LIMIT,
            readable: |_| true,
            access_token: |answer| {
                let token = answer["access_token"].as_str();
                token.filter(|token| !token.is_empty()).map(str::to_owned)
            },
            claims: |_| true,
            shared: |_| None,
            nonce_of_any_login: false,
            requested,
            c_hash: |claims, code| is_half_hash(claims.get("c_hash"), code),
            s_hash: |claims, state| is_half_hash(claims.get("s_hash"), state),
            front: id_token(),
            front_nonce: true,
            front_nonce_counts: true,
            front_at_hash: |claims, token| is_half_hash(claims.get("at_hash"), token),
            hashes_may_miss: false,
            hurries: false,
            attempts: 1,
            insists: 1,
            subject: |subject, _| subject.to_owned(),
            userinfo: userinfo(),
            follows_userinfo: 0,
            follows_sources: false,
            described: Some,
            refreshes: |_| {},
            rotates: |old, new| new.unwrap_or(old),
            stays: |before, after| (before == after).then(|| before.to_owned()),
            sealed: Jwe::right(),
            takes_plain: false,
            response: response(),
            takes_loose: false,
            outlives: false,
        }
    }
}

/// The user was seen lately, and in one of the ways asked for, where the provider says how.
pub(crate) fn requested(claims: &Object, now: u64) -> bool {
    let since = jwt::date(claims.get("auth_time")).map(|at| jwt::seconds(now) - at);
    since.is_some_and(|since| since <= f64::from(MAX_AGE) + jwt::LEEWAY)
        && claims
            .get("acr")
            .is_none_or(|acr| CLASSES.iter().any(|class| acr == class))
}

/// Whether a hash that is there is that of a text: the left half of SHA-256, as goes with RS256.
pub(crate) fn is_half_hash(given: Option<&Value>, text: &str) -> bool {
    let hash = encoding::sha256(text.as_bytes());
    let half = encoding::base64url(hash.get(..16).unwrap_or_default());
    given.is_none_or(|given| given == &Value::from(half))
}

/// An authorization response as a token: of the provider, for this client, and not over (JARM section 2.4).
fn response() -> Jwt {
    Jwt {
        kind: |_| Ok(()),
        issued_at: |_, _| Ok(()),
        span: |_, _| Ok(()),
        subject: |_| Ok(()),
        required: |_| Ok(()),
        ..id_token()
    }
}

/// UserInfo as a token: of the provider, for this client; it needs no lifetime (OIDC Core 5.3.2).
pub(crate) fn userinfo() -> Jwt {
    Jwt {
        expiry: |claims, now| match claims.get("exp") {
            None => Ok(()),
            Some(_) => jwt::expiry(claims, now),
        },
        issued_at: |claims, _| {
            ensure(
                claims
                    .get("iat")
                    .is_none_or(|iat| jwt::date(Some(iat)).is_some()),
            )
        },
        span: |_, _| Ok(()),
        ..id_token()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_login_is_recent_and_of_a_class_that_was_asked_for() {
        let now = 2_000_000_000;
        for (claims, good) in [
            (json!({ "auth_time": now }), true),
            (json!({ "auth_time": now, "acr": "phr" }), true),
            (json!({ "auth_time": now, "acr": "0" }), false),
            (json!({ "auth_time": now - 90_000 }), false),
            (json!({ "auth_time": "now" }), false),
            (json!({ "acr": "phr" }), false),
        ] {
            let claims = claims.as_object().unwrap();
            assert_eq!(requested(claims, now), good, "{claims:?}");
        }
    }

    /// OpenID Connect Core appendix A.3.
    #[test]
    fn a_hash_is_half_of_sha_256() {
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        let right = json!("77QmUPtjPfzWtF2AnpK9RQ");
        assert!(is_half_hash(Some(&right), token));
        assert!(is_half_hash(None, token));
        assert!(!is_half_hash(Some(&right), "another"));
        assert!(!is_half_hash(Some(&json!(1)), token));
    }
}
