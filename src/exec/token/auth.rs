//! How a client says who it is at the endpoints for clients.

use serde_json::Value;

use crate::model::{Header, Request};
use crate::suite::profile::OAuthClient;
use crate::suite::template::as_text;
use crate::wire::{basic, form};

use super::super::act::{Context, Trouble};
use super::super::signed;
use super::TokenCall;

/// The one `client_assertion_type` for JWTs (RFC 7523 section 2.2).
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl TokenCall {
    /// Client authentication as registered (RFC 6749 section 2.3), or as the case says.
    pub(super) fn authenticate(
        &self,
        client: &OAuthClient,
        request: &mut Request,
        pairs: &mut Vec<(String, String)>,
        context: &mut Context<'_>,
    ) -> Result<(), Trouble> {
        let said = self.args.get("client-auth");
        let text = |key: &str| said.and_then(|said| said.get(key)).map(as_text);
        let id = text("id").unwrap_or_else(|| client.id.clone());
        let secret = text("secret").or_else(|| {
            client
                .secret
                .as_ref()
                .map(|secret| secret.reveal().to_owned())
        });
        let default = match (&secret, client.post) {
            (None, _) if client.attested => "attestation",
            (None, _) if client.key.is_some() => "private_key_jwt",
            (None, _) => "none",
            (Some(_), true) => "client_secret_post",
            (Some(_), false) => "client_secret_basic",
        };
        let method = text("method").unwrap_or_else(|| default.to_owned());
        if matches!(method.as_str(), "client_secret_basic" | "both")
            && let Some(secret) = &secret
        {
            let value = basic::encode(
                &form::encode_component(&id),
                &form::encode_component(secret),
            );
            let value = match text("scheme") {
                Some(scheme) => value.replacen("Basic", &scheme, 1),
                None => value,
            };
            request.headers.push(Header::new("Authorization", value));
        }
        if matches!(
            method.as_str(),
            "client_secret_post" | "both" | "none" | "attestation"
        ) && pairs.iter().all(|(name, _)| name != "client_id")
        {
            pairs.push(("client_id".to_owned(), id));
        }
        if matches!(method.as_str(), "client_secret_post" | "both")
            && let Some(secret) = secret
        {
            pairs.push(("client_secret".to_owned(), secret));
        }
        if method == "attestation" {
            let part = |key: &str| {
                let part = said.and_then(|said| said.get(key));
                part.and_then(Value::as_object).cloned().unwrap_or_default()
            };
            let (changes, proof) = (part("attestation"), part("attestation-proof"));
            let (attestation, proof) = signed::attested(client, &changes, &proof, context)?;
            for (name, value) in [
                ("OAuth-Client-Attestation", attestation),
                ("OAuth-Client-Attestation-PoP", proof),
            ] {
                request.headers.push(Header::new(name, value));
            }
        }
        if method == "private_key_jwt" {
            let changes = said.and_then(|said| said.get("assertion"));
            let changes = changes.and_then(Value::as_object).cloned();
            let assertion = signed::assertion(client, &changes.unwrap_or_default(), context)?;
            let kind = text("assertion-type").unwrap_or_else(|| ASSERTION.to_owned());
            if !kind.is_empty() {
                pairs.push(("client_assertion_type".to_owned(), kind));
            }
            pairs.push(("client_assertion".to_owned(), assertion));
        }
        Ok(())
    }
}
