//! A client that authenticates by an attester's word and a proof of the key in it
//! (draft-ietf-oauth-attestation-based-client-auth).

use axum::http::request::Parts;
use serde_json::Value;

use super::client_auth::Unauthenticated;
use super::{Parameters, assertion};
use crate::clients::{self, Client};
use crate::dpop;
use crate::jwt::{self, Expected, Issuer};
use crate::state::Server;

/// Whose key is the attester's.
const ATTESTER: &str = "attested";

/// Whether a request authenticates like this.
pub(crate) fn is_used(parts: &Parts) -> bool {
    parts.headers.contains_key("oauth-client-attestation")
}

/// The client that the attester vouches for, and that has its key.
pub(crate) async fn client(
    server: &Server,
    parts: &Parts,
    form: &Parameters,
) -> Result<&'static Client, Unauthenticated> {
    known(server, parts, form)
        .await
        .ok_or(Unauthenticated::Wrong)
}

async fn known(server: &Server, parts: &Parts, form: &Parameters) -> Option<&'static Client> {
    let rules = &server.decisions.grant.attested;
    let field = |name: &str| parts.headers.get(name)?.to_str().ok();
    let expected = Expected {
        issuers: &[Issuer::Client(ATTESTER)],
        audience: &[],
        shared: None,
    };
    let text = field("oauth-client-attestation")?;
    let said = jwt::verify(server, &rules.rules, text, &expected)
        .await
        .ok()?;
    let jwk = said.claims.get("cnf")?.get("jwk")?.clone();
    let proof = jwt::read(&rules.rules, field("oauth-client-attestation-pop")?).ok()?;
    let signed = dpop::signed_by(server, &proof, jwk);
    let sound = (rules.kind)(&proof.header)
        && (rules.signed)(signed)
        && (rules.sound)(&proof.claims, &server.issuer(), server.clock.now());
    let subject = said.claims.get("sub").and_then(Value::as_str);
    let named = form.get("client_id");
    let id = subject.or(named)?;
    let agrees = named.is_none_or(|named| named == id);
    let client = clients::find(id).filter(|client| client.attested && sound && agrees)?;
    let first = !rules.once || assertion::first(server, "attestation", &proof.claims);
    first.then_some(client)
}
