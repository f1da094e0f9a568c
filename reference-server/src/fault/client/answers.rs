//! Mistakes with what the token endpoint and UserInfo answer, and with new tokens for old ones.

use serde_json::{Map, Value};

use super::super::Fault;
use super::CLIENT;
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-token-answer-closed",
        what: "A token answer with a member that isn't known is refused.",
        models: "deny_unknown_fields; RFC 6749 section 5.1",
        breaks: &["RFC6749-5.1-6", "OIDC-CORE-3.1.3.3-4"],
        install: |d| {
            d.client.answers.readable = |answer| {
                let known = [
                    "access_token",
                    "token_type",
                    "expires_in",
                    "refresh_token",
                    "scope",
                    "id_token",
                ];
                answer.keys().all(|name| known.contains(&name.as_str()))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-expires-in-demanded",
        what: "A token answer without expires_in is refused.",
        models: "KeyError: 'expires_in'",
        breaks: &["CWE-755"],
        install: |d| d.client.answers.readable = |answer| answer.contains_key("expires_in"),
        ..CLIENT
    },
    Fault {
        name: "client-expires-in-as-text-breaks",
        what: "A token answer whose expires_in is text is refused.",
        models: "TypeError: int + str; a field of an integer type",
        breaks: &["CWE-755"],
        install: |d| {
            d.client.answers.readable =
                |answer| answer.get("expires_in").is_none_or(Value::is_number);
        },
        ..CLIENT
    },
    Fault {
        name: "client-scope-demanded",
        what: "A token answer without scope is taken for one with another scope, and refused.",
        models: "Warning: Scope has changed, raised by oauthlib",
        breaks: &["CWE-755"],
        install: |d| {
            d.client.answers.readable = |answer| {
                let scope = answer.get("scope").and_then(Value::as_str);
                scope.is_some_and(|scope| scope.split(' ').any(|one| one == "openid"))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-bears-undefined",
        what: "An access token that isn't there is sent as the word undefined.",
        models: "`Bearer ${tokens.access_token}`",
        breaks: &["CWE-252"],
        install: |d| {
            d.client.answers.access_token = |answer| {
                Some(match &answer["access_token"] {
                    Value::String(token) => token.clone(),
                    Value::Null => "undefined".to_owned(),
                    other => other.to_string(),
                })
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-token-answer-unbounded",
        what: "A token answer is read to its end, however long it is.",
        models: "CWE-770, the default of most HTTP clients",
        breaks: &["CWE-770"],
        install: |d| d.client.answers.limit = usize::MAX,
        ..CLIENT
    },
    Fault {
        name: "client-userinfo-before-the-id-token",
        what: "The access token is used before the ID token was checked.",
        models: "RFC 9700 section 4.5.3.2; Promise.all([verify(idToken), fetchUserinfo(accessToken)])",
        breaks: &["RFC9700-4.5.3.2-2"],
        install: |d| d.client.answers.hurries = true,
        ..CLIENT
    },
    Fault {
        name: "client-asks-again-and-again",
        what: "A UserInfo request that is refused is sent again, thirty times.",
        models: "retry libraries that take 401 for a passing fault; CWE-834",
        breaks: &["CWE-834"],
        install: |d| d.client.answers.attempts = 30,
        ..CLIENT
    },
    Fault {
        name: "client-reads-the-access-token",
        what: "The user is taken from the claims of the access token.",
        models: "jwt_decode(access_token).sub; RFC 9068 section 6",
        breaks: &["RFC9068-6-1", "OAUTH21-1.4-1"],
        install: |d| {
            d.client.answers.subject = |subject, token| {
                let claims = claims_of(token);
                let named = claims
                    .as_ref()
                    .and_then(|claims| claims.get("sub")?.as_str());
                named.unwrap_or(subject).to_owned()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-userinfo-sub-by-containing",
        what: "The sub of UserInfo need only contain that of the ID token.",
        models: "user.sub.includes(sub), which a list and a longer text meet",
        breaks: &["OIDC-CORE-5.3.2-2"],
        install: |d| {
            d.client.same_subject = |subject, user| match &user["sub"] {
                Value::String(text) => text.contains(subject),
                Value::Array(several) => several.iter().any(|one| one == subject),
                _ => false,
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-userinfo-signature-ignored",
        what: "UserInfo that is a token is decoded, and its signature never verified.",
        models: "jwt_decode(userinfo); OIDC Core 5.3.4",
        breaks: &["OIDC-CORE-5.3.4-1"],
        install: |d| d.client.answers.userinfo.unsecured = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-aggregated-claims-believed",
        what: "Claims in a token of another provider are used, and its signature never verified.",
        models: "OIDC Core 5.6.2.1; unpackAggregatedClaims without the keys of the source",
        breaks: &["CWE-347"],
        install: |d| {
            d.client.answers.described = |mut user| {
                let sources = user["_claim_sources"].as_object().cloned();
                for source in sources.unwrap_or_default().values() {
                    let claims = source["JWT"].as_str().and_then(claims_of);
                    for (name, value) in claims.unwrap_or_default() {
                        user[name] = value;
                    }
                }
                Some(user)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-distributed-claims-fetched",
        what: "Claims are fetched from wherever UserInfo says that they are.",
        models: "CWE-918; OIDC Core 5.6.2.2",
        breaks: &["CWE-918"],
        install: |d| d.client.answers.follows_sources = true,
        ..CLIENT
    },
    Fault {
        name: "client-userinfo-redirect-with-token",
        what: "A redirect of UserInfo is followed with the access token, wherever it points.",
        models: "CVE-2018-18074, requests; CVE-2022-31090, Guzzle",
        breaks: &["RFC6750-5.3-3", "CWE-522"],
        install: |d| d.client.answers.follows_userinfo = 1,
        ..CLIENT
    },
    Fault {
        name: "client-refresh-without-authentication",
        what: "A refresh request names the client and doesn't prove it.",
        models: "OIDC Core 12.1; a refresh written apart from the code exchange",
        breaks: &["OIDC-CORE-12.1-1"],
        install: |d| {
            d.client.answers.refreshes = |request| {
                request.authorization = None;
                request.fields.retain(|(name, _)| *name != "client_secret");
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-refresh-widens-the-scope",
        what: "A refresh request asks for all that the client could use, granted or not.",
        models: "RFC 6749 section 6, scope from the configuration of the application",
        breaks: &["RFC6749-6-8"],
        install: |d| {
            d.client.answers.refreshes = |request| {
                let scope = "openid profile email phone address offline_access";
                request.fields.push(("scope", scope.to_owned()));
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-refresh-token-never-replaced",
        what: "The refresh token of the login is used for ever, whatever a refresh brings.",
        models: "session.refresh_token ??= tokens.refresh_token",
        breaks: &["RFC6749-6-7"],
        install: |d| d.client.answers.rotates = |old, _| old,
        ..CLIENT
    },
    Fault {
        name: "client-refreshed-subject-taken",
        what: "After a refresh the user is whom the new ID token names.",
        models: "OIDC Core 12.2; session.user = claims(tokens.id_token)",
        breaks: &["OIDC-CORE-12.2-2"],
        install: |d| d.client.answers.stays = |_, after| Some(after.to_owned()),
        ..CLIENT
    },
    Fault {
        name: "client-session-outlives-the-grant",
        what: "A session whose refresh is refused goes on.",
        models: "catch (e) { /* next time */ }; CWE-613",
        breaks: &["CWE-613"],
        install: |d| d.client.answers.outlives = true,
        ..CLIENT
    },
];

/// The claims of a token that nobody verified.
fn claims_of(token: &str) -> Option<Map<String, Value>> {
    let payload = encoding::base64url_decode(token.split('.').nth(1)?)?;
    serde_json::from_slice(&payload).ok()
}
