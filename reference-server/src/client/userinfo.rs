//! What UserInfo says of a user (OpenID Connect Core section 5.3).

use serde_json::{Map, Value};

use super::extension::{self, Way};
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;
use crate::upstream::{Answer, LIMIT, Provider};

/// The name to show, from UserInfo where the provider has it, else from the ID token. None if UserInfo speaks of
/// somebody else.
pub(super) async fn name(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    way: Way,
    claims: &Map<String, Value>,
    access_token: &str,
) -> Option<String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let subject = claims.get("sub")?.as_str()?;
    let from_token = text(claims.get("name")).unwrap_or_else(|| subject.to_owned());
    match said(server, provider, metadata, way, access_token).await {
        Some(user) if (server.decisions.client.same_subject)(subject, &user) => {
            Some(text(user.get("name")).unwrap_or(from_token))
        }
        // It speaks of someone else: nothing of this login is used (OIDC Core 5.3.2).
        Some(_) => None,
        None => Some(from_token),
    }
}

/// The claims, if the endpoint is there and says any.
pub(super) async fn said(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    way: Way,
    access_token: &str,
) -> Option<Value> {
    let rules = &server.decisions.client;
    let endpoint = super::endpoint(metadata, "userinfo_endpoint")?;
    let mut answer = ask(server, endpoint, way, access_token).await?;
    for (refusal, times) in [(401, rules.answers.attempts), (403, rules.answers.insists)] {
        for _ in 1..times {
            if answer.status != refusal {
                break;
            }
            answer = ask(server, endpoint, way, access_token).await?;
        }
    }
    for _ in 0..rules.answers.follows_userinfo {
        let Some(elsewhere) = answer.location.clone() else {
            break;
        };
        answer = ask(server, &elsewhere, way, access_token).await?;
    }
    if answer.status != 200 {
        return None;
    }
    let claims = if answer.is("application/jwt") {
        Value::Object(signed(server, provider, &answer).await?)
    } else {
        serde_json::from_slice(&answer.body).ok()?
    };
    if rules.answers.follows_sources {
        let sources = claims["_claim_sources"].as_object();
        let named = sources.into_iter().flat_map(|sources| sources.values());
        for address in named.filter_map(|source| source["endpoint"].as_str()) {
            server.fetch_json(address).await;
        }
    }
    (rules.answers.described)(claims)
}

async fn ask(server: &Server, endpoint: &str, way: Way, access_token: &str) -> Option<Answer> {
    let rules = &server.decisions.client;
    if way == Way::Dpop {
        return extension::described(server, endpoint, access_token).await;
    }
    if way == Way::Certificate && rules.standing.shows_again {
        return server
            .http
            .certified()?
            .get(endpoint, Some(access_token))
            .await;
    }
    if rules.flow.posts_token {
        let fields = [("access_token", access_token)];
        return server.http.post_form(endpoint, &fields, None, LIMIT).await;
    }
    let (address, bearer) = (rules.bears)(endpoint, access_token);
    server.http.get(&address, bearer.as_deref()).await
}

/// The claims of an answer that is a token.
async fn signed(
    server: &Server,
    provider: &Provider,
    answer: &Answer,
) -> Option<Map<String, Value>> {
    let text = std::str::from_utf8(&answer.body).ok()?;
    let expected = Expected {
        issuers: &[Issuer::Provider(provider.registration.issuer.clone())],
        audience: std::slice::from_ref(&provider.registration.client_id),
        shared: None,
    };
    let rules = &server.decisions.client.answers.userinfo;
    let token = jwt::verify(server, rules, text.trim(), &expected).await;
    token.ok().map(|token| token.claims)
}
