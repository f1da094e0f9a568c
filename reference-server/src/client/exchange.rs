//! From the code to the user: token request, ID token, UserInfo.

use serde_json::{Map, Value};

use super::browser::{Login, User};
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;
use crate::upstream::{Answer, Provider};

/// A token request before it is sent.
pub(crate) struct TokenRequest {
    pub(crate) url: String,
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) authorization: Option<String>,
    pub(crate) carriage: Carriage,
}

/// How the fields of a token request travel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carriage {
    /// As a form in the content of a POST (RFC 6749 section 4.1.3).
    Form,
    /// As JSON.
    Json,
    /// In the address of a GET.
    Query,
}

/// The user whom the code stands for.
pub(crate) async fn redeem(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    login: &Login,
    given: &[(String, String)],
    code: &str,
) -> Option<User> {
    let rules = &server.decisions.client;
    let mut request = request(server, provider, metadata, login, code)?;
    (rules.redeems)(&mut request);
    let answer = sent(server, &request).await?;
    let is_json = answer
        .media_type
        .to_ascii_lowercase()
        .starts_with("application/json");
    if answer.status != 200 || !is_json {
        return None;
    }
    let tokens: Value = serde_json::from_slice(&answer.body).ok()?;
    let access_token = tokens["access_token"].as_str()?;
    if !(rules.token_type)(&tokens) {
        return None;
    }
    let claims = id_token(
        server,
        provider,
        metadata,
        login,
        tokens["id_token"].as_str()?,
        access_token,
    )
    .await?;
    let subject = claims.get("sub")?.as_str()?.to_owned();
    let brought = (rules.brought)(given);
    let bearer = brought.as_deref().unwrap_or(access_token);
    let name = name(server, metadata, &claims, &subject, bearer).await?;
    Some(User {
        issuer: login.issuer.clone(),
        subject,
        name,
        token: access_token.to_owned(),
    })
}

async fn sent(server: &Server, request: &TokenRequest) -> Option<Answer> {
    let fields: Vec<(&str, &str)> = request
        .fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let authorization = request.authorization.as_deref();
    let http = &server.http;
    let post = async |url: &str| match request.carriage {
        Carriage::Form => http.post_form(url, &fields, authorization).await,
        Carriage::Json => http.post_json(url, &fields, authorization).await,
        Carriage::Query => http.get_form(url, &fields, authorization).await,
    };
    let answer = post(&request.url).await?;
    let rules = &server.decisions.client;
    if (rules.flow.redeems_again)(&answer) {
        let second = post(&request.url).await;
        return if answer.status == 200 {
            Some(answer)
        } else {
            second
        };
    }
    match answer.location.as_deref() {
        Some(location) if rules.follows_redirects => post(location).await,
        _ => Some(answer),
    }
}

fn request(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    login: &Login,
    code: &str,
) -> Option<TokenRequest> {
    let registration = &provider.registration;
    let mut fields = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.to_owned()),
        ("redirect_uri", super::redirect_uri(server)),
    ];
    fields.extend(
        login
            .verifier
            .clone()
            .map(|verifier| ("code_verifier", verifier)),
    );
    let methods = metadata
        .get("token_endpoint_auth_methods_supported")
        .and_then(Value::as_array);
    let by_basic =
        methods.is_none_or(|several| several.iter().any(|method| method == "client_secret_basic"));
    let authorization = by_basic.then(|| {
        (server.decisions.client.credentials)(&registration.client_id, &registration.client_secret)
    });
    if !by_basic {
        fields.push(("client_id", registration.client_id.clone()));
        fields.push(("client_secret", registration.client_secret.clone()));
    }
    Some(TokenRequest {
        url: super::endpoint(metadata, "token_endpoint")?.to_owned(),
        fields,
        authorization,
        carriage: Carriage::Form,
    })
}

async fn id_token(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    login: &Login,
    text: &str,
    access_token: &str,
) -> Option<Map<String, Value>> {
    let rules = &server.decisions.client;
    let client_id = &provider.registration.client_id;
    let expected = Expected {
        issuers: &[Issuer::Provider(login.issuer.clone())],
        audience: std::slice::from_ref(client_id),
    };
    let token = jwt::verify(server, &rules.id_token, text, &expected)
        .await
        .ok()?;
    let registered = (rules.id_token.unsecured)(&token.header, &[])
        || (rules.algorithm)(&token.header, metadata);
    let good = registered
        && (rules.nonce_matches)(&token.claims, login.nonce.as_deref())
        && (rules.authorized_party)(&token.claims, client_id)
        && (rules.at_hash)(&token.claims, access_token);
    good.then_some(token.claims)
}

/// The name to show, from UserInfo where the provider has it, else from the ID token.
async fn name(
    server: &Server,
    metadata: &Map<String, Value>,
    claims: &Map<String, Value>,
    subject: &str,
    access_token: &str,
) -> Option<String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let from_token = text(claims.get("name")).unwrap_or_else(|| subject.to_owned());
    let Some(endpoint) = super::endpoint(metadata, "userinfo_endpoint") else {
        return Some(from_token);
    };
    let rules = &server.decisions.client;
    let (address, bearer) = (rules.bears)(endpoint, access_token);
    let described = if rules.flow.posts_token {
        let fields = [("access_token", access_token)];
        let answer = server.http.post_form(endpoint, &fields, None).await;
        answer.and_then(|answer| serde_json::from_slice(&answer.body).ok())
    } else {
        server.http.get_json(&address, bearer.as_deref()).await
    };
    match described {
        Some(user) if (server.decisions.client.same_subject)(subject, &user) => {
            Some(text(user.get("name")).unwrap_or(from_token))
        }
        // It speaks of someone else: nothing of this login is used (OIDC Core 5.3.2).
        Some(_) => None,
        None => Some(from_token),
    }
}
