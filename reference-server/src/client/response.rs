//! Authorization responses that come as a token (JWT Secured Authorization Response Mode).

use super::browser::Login;
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;
use crate::upstream::Provider;

type Pairs = Vec<(String, String)>;

/// The parameters in the token of an answer, if it has one. Nothing of it is believed yet.
pub(super) fn read(server: &Server, given: &[(String, String)]) -> Option<Pairs> {
    let rules = &server.decisions.client.answers.response;
    let token = jwt::read(rules, text(given)?).ok()?;
    let pairs = token.claims.into_iter().filter_map(|(name, value)| {
        let text = value.as_str().map(str::to_owned);
        (name != "aud").then_some((name, text?))
    });
    Some(pairs.collect())
}

/// Whether the token is the provider's answer to this client.
pub(super) async fn is_vouched_for(
    server: &Server,
    provider: &Provider,
    login: &Login,
    given: &[(String, String)],
) -> bool {
    let rules = &server.decisions.client;
    let Some(text) = text(given) else {
        return rules.answers.takes_loose;
    };
    let expected = Expected {
        issuers: &[Issuer::Provider(login.issuer.clone())],
        audience: std::slice::from_ref(&provider.registration.client_id),
        shared: None,
    };
    let checks = &rules.answers.response;
    let Ok(token) = jwt::verify(server, checks, text, &expected).await else {
        return false;
    };
    let metadata = server.provider_metadata().await;
    (checks.unsecured)(&token.header, &[])
        || metadata.is_some_and(|metadata| (rules.algorithm)(&token.header, metadata))
}

fn text(given: &[(String, String)]) -> Option<&str> {
    let mut tokens = given.iter().filter(|(name, _)| name == "response");
    tokens.next().map(|(_, token)| token.as_str())
}
