//! From the code to the user: token request, ID token, UserInfo.

use serde_json::{Map, Value};

use super::browser::{Kept, Login, User};
use super::extension::{self, Way};
use super::userinfo;
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;
use crate::upstream::{Answer, LIMIT, Provider};

/// A token request before it is sent.
pub(crate) struct TokenRequest {
    pub(crate) url: String,
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) authorization: Option<String>,
    pub(crate) carriage: Carriage,
    pub(crate) way: Way,
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

/// What an ID token may be bound to, beside the login.
pub(crate) struct Bound<'a> {
    pub(crate) access_token: &'a str,
    pub(crate) code: &'a str,
    pub(crate) state: &'a str,
    /// It came by the browser.
    pub(crate) front: bool,
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
    let mut request = redemption(server, provider, metadata, login, code)?;
    (rules.redeems)(&mut request);
    let tokens = tokens(server, &request).await?;
    let access_token = (rules.answers.access_token)(&tokens)?;
    if rules.answers.hurries {
        userinfo::said(server, provider, metadata, login.way, &access_token).await;
    }
    let bound = Bound {
        access_token: &access_token,
        code,
        state: given
            .iter()
            .find(|(name, _)| name == "state")
            .map_or("", |(_, state)| state),
        front: false,
    };
    let text = tokens["id_token"].as_str()?;
    let claims = id_token(server, provider, metadata, login, text, &bound).await?;
    let subject = claims.get("sub")?.as_str()?;
    let brought = (rules.brought)(given);
    let bearer = brought.as_deref().unwrap_or(&access_token);
    let name = userinfo::name(server, provider, metadata, login.way, &claims, bearer).await?;
    let refresh_token = tokens["refresh_token"].as_str().map(str::to_owned);
    let sid = claims.get("sid").and_then(Value::as_str);
    Some(User {
        issuer: login.issuer.clone(),
        sid: sid.map(str::to_owned),
        subject: (rules.answers.subject)(subject, &access_token),
        name,
        token: access_token.clone(),
        // a session of an extension ends with its token
        kept: kept(server, &tokens, refresh_token).filter(|_| login.way == Way::Plain),
    })
}

/// A token answer that says yes and can be used.
async fn tokens(server: &Server, request: &TokenRequest) -> Option<Value> {
    let rules = &server.decisions.client;
    let answer = sent(server, request).await?;
    if answer.status != 200 || !answer.is("application/json") {
        return None;
    }
    let tokens: Value = serde_json::from_slice(&answer.body).ok()?;
    let understood = match request.way {
        Way::Dpop => (rules.proofs.bound)(&tokens),
        _ => (rules.token_type)(&tokens),
    };
    let usable = (rules.answers.readable)(tokens.as_object()?) && understood;
    usable.then_some(tokens)
}

/// With what new tokens can be asked for, and when; how long they live may be unsaid (RFC 6749 section 5.1).
pub(super) fn kept(server: &Server, tokens: &Value, refresh_token: Option<String>) -> Option<Kept> {
    let life = tokens["expires_in"].as_u64()?;
    Some(Kept {
        refresh_token: refresh_token?,
        over: server
            .clock
            .millis()
            .saturating_add(life.saturating_mul(1000)),
    })
}

pub(super) async fn sent(server: &Server, request: &TokenRequest) -> Option<Answer> {
    let fields: Vec<(&str, &str)> = request
        .fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    if request.way == Way::Dpop {
        return extension::redeemed(server, request, &fields).await;
    }
    if request.way == Way::Certificate {
        return server
            .http
            .certified()?
            .post_form(&request.url, &fields, None, LIMIT)
            .await;
    }
    let authorization = request.authorization.as_deref();
    let (http, rules) = (&server.http, &server.decisions.client);
    let post = async |url: &str| match request.carriage {
        Carriage::Form => {
            http.post_form(url, &fields, authorization, rules.answers.limit)
                .await
        }
        Carriage::Json => http.post_json(url, &fields, authorization).await,
        Carriage::Query => http.get_form(url, &fields, authorization).await,
    };
    let answer = post(&request.url).await?;
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
        Some(location) if rules.flow.turns_to_get => http.get(location, None).await,
        _ => Some(answer),
    }
}

fn redemption(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    login: &Login,
    code: &str,
) -> Option<TokenRequest> {
    let mut fields = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.to_owned()),
        ("redirect_uri", login.redirect_uri.clone()),
    ];
    fields.extend(
        login
            .verifier
            .clone()
            .map(|verifier| ("code_verifier", verifier)),
    );
    request(server, provider, metadata, fields, login.way)
}

/// A token request of this client, which proves who it is.
pub(super) fn request(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    mut fields: Vec<(&'static str, String)>,
    way: Way,
) -> Option<TokenRequest> {
    let registration = &provider.registration;
    let rules = &server.decisions.client;
    let is_public = way == Way::Public;
    let by_basic = (rules.flow.by_basic)(metadata) && !is_public;
    let extensions = &rules.assertions;
    if way == Way::Resource && extensions.repeats_resource {
        fields.push(("resource", (extensions.resource)(&server.origin)));
    }
    let by_assertion = way.asserts();
    let by_certificate = way == Way::Certificate;
    let mutual = &server.decisions.client.standing;
    let url = if by_certificate {
        super::endpoint((mutual.endpoints)(metadata), "token_endpoint")?.to_owned()
    } else {
        super::endpoint(metadata, "token_endpoint")?.to_owned()
    };
    if by_certificate && mutual.names_itself {
        fields.push(("client_id", registration.client_id.clone()));
    }
    if by_assertion {
        fields.extend(extension::assertion(server, provider, &url));
    }
    if way == Way::Api
        && let Some(api) = &registration.api
    {
        fields.extend((server.decisions.client.api.resource)(api).map(|api| ("resource", api)));
    }
    let by_secret = !by_assertion && !by_certificate;
    let authorization = (by_basic && by_secret).then(|| {
        (server.decisions.client.credentials)(&registration.client_id, &registration.client_secret)
    });
    if !by_basic && by_secret {
        fields.push(("client_id", registration.client_id.clone()));
        // a public client has none
        if !is_public {
            fields.push(("client_secret", registration.client_secret.clone()));
        }
    }
    Some(TokenRequest {
        url,
        fields,
        authorization,
        carriage: Carriage::Form,
        way,
    })
}

/// The claims of an ID token, if it is the provider's, for this client and for this login.
pub(super) async fn id_token(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    login: &Login,
    text: &str,
    bound: &Bound<'_>,
) -> Option<Map<String, Value>> {
    let rules = &server.decisions.client;
    let client_id = &provider.registration.client_id;
    let expected = Expected {
        issuers: &[Issuer::Provider(login.issuer.clone())],
        audience: std::slice::from_ref(client_id),
        shared: (rules.answers.shared)(&provider.registration),
    };
    let checks = if bound.front {
        &rules.answers.front
    } else {
        &rules.id_token
    };
    let mut checks = checks.clone();
    if login.way == Way::Encrypted {
        let is_sealed = text.matches('.').count() == 4;
        if !is_sealed && !rules.answers.takes_plain {
            return None;
        }
        checks.jwe = Some(rules.answers.sealed.clone());
    }
    let token = jwt::verify(server, &checks, text, &expected).await.ok()?;
    let registered =
        (checks.unsecured)(&token.header, &[]) || (rules.algorithm)(&token.header, metadata);
    let good = registered
        && (rules.answers.claims)(&token.claims)
        && ((rules.nonce_matches)(&token.claims, login.nonce.as_deref())
            || bound.front && !rules.answers.front_nonce_counts
            || is_of_any_login(server, &token.claims))
        && (rules.authorized_party)(&token.claims, client_id)
        && (if bound.front {
            rules.answers.front_at_hash
        } else {
            rules.at_hash
        })(&token.claims, bound.access_token)
        && (rules.answers.c_hash)(&token.claims, bound.code)
        && (rules.answers.s_hash)(&token.claims, bound.state)
        && (rules.answers.requested)(&token.claims, server.clock.now());
    good.then_some(token.claims)
}

/// Whether some login sent this nonce, where that is asked for.
fn is_of_any_login(server: &Server, claims: &Map<String, Value>) -> bool {
    let nonce = claims.get("nonce").and_then(Value::as_str);
    nonce.is_some_and(|nonce| server.browsers().nonces.contains(nonce))
}
