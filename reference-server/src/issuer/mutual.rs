//! A client that authenticates by the certificate of its connection (RFC 8705 section 2).

use axum::http::request::Parts;

use super::client_auth::{Presented, Unauthenticated};
use crate::certificate;
use crate::clients::{self, Certificate, Client, clients};
use crate::state::Server;

/// The client with a certificate that a request names, and nothing more than names.
pub(crate) fn named(
    server: &Server,
    parts: &Parts,
    presented: &Presented,
) -> Option<&'static Client> {
    let rules = &server.decisions.grant.mutual;
    match presented {
        Presented::Name { id } => {
            clients::find(id).filter(|client| client.certificate != Certificate::None)
        }
        Presented::Nothing if rules.told_by_certificate => {
            let mut all = clients().iter();
            all.find(|client| owns(server, client, (rules.shown)(parts).as_deref()))
        }
        _ => None,
    }
}

/// The client, if its connection shows its certificate.
pub(crate) fn client(
    server: &Server,
    parts: &Parts,
    client: &'static Client,
) -> Result<&'static Client, Unauthenticated> {
    let rules = &server.decisions.grant.mutual;
    let shown = (rules.shown)(parts);
    match shown.is_none() && rules.believes_names || owns(server, client, shown.as_deref()) {
        true => Ok(client),
        false => Err(Unauthenticated::Wrong),
    }
}

/// Whether a certificate is one by which this client authenticates.
fn owns(server: &Server, client: &Client, shown: Option<&[u8]>) -> bool {
    let rules = &server.decisions.grant.mutual;
    let Some(shown) = shown else { return false };
    match client.certificate {
        Certificate::None => false,
        Certificate::Subject(registered) => {
            let subject = certificate::subject(shown);
            (rules.vouched)(shown, server.clock.now())
                && subject.is_some_and(|subject| (rules.subject)(registered, &subject))
        }
        Certificate::This(pem) => certificate::octets(pem)
            .is_some_and(|registered| (rules.registered)(&registered, shown)),
    }
}

/// What the tokens of a request are bound to, if its client wants that and shows a certificate (section 3.4).
pub(crate) fn thumbprint(server: &Server, parts: &Parts, client: &Client) -> Option<String> {
    let rules = &server.decisions.grant.mutual;
    let shown = (rules.shown)(parts).filter(|_| client.binds)?;
    Some((rules.thumbprint)(&shown))
}
