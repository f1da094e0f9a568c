//! Metadata (RFC 8414 section 2, OpenID Connect Discovery section 3).

use serde_json::{Map, Value, json};

use crate::model::Moment;
use crate::provider::script::JwtTwist;
use crate::provider::{Call, Endpoint, Provider, Reply, issue};

pub(in crate::provider) fn answer(provider: &mut Provider, call: &Call<'_>) -> Reply {
    let twist = provider.play.turn("metadata", |script| &script.metadata);
    let signed = twist.as_ref().and_then(|twist| twist.signed.clone());
    provider.say("metadata", twist, |provider| {
        let said = honest(provider);
        Ok(provider.with_signed("metadata", said, signed, call.now))
    })
}

impl Provider {
    /// Metadata, and the same once more in a token that says who made it (RFC 8414 section 2.1, RFC 9728 section 2.2).
    pub(in crate::provider) fn with_signed(
        &mut self,
        key: &'static str,
        mut said: Map<String, Value>,
        how: Option<JwtTwist>,
        now: Moment,
    ) -> Map<String, Value> {
        let Some(how) = how else { return said };
        let mut claims = said.clone();
        claims.insert("iss".to_owned(), json!(self.setup.issuer));
        claims.insert("iat".to_owned(), json!(now.unix()));
        claims.insert("exp".to_owned(), json!(issue::expiry(now).unix()));
        // that there is a token is the change, counted once, whoever signed it
        if let Some(token) = self.sign("signed_metadata", Some(how), "JWT", claims) {
            self.play.bit(key);
            said.insert("signed_metadata".to_owned(), json!(token));
        }
        said
    }
}

fn honest(provider: &Provider) -> Map<String, Value> {
    let url = |endpoint| provider.paths.url(endpoint);
    let offers = provider.setup.offers;
    let mut methods = vec!["client_secret_basic", "client_secret_post", "none"];
    methods.extend(offers.assertion.then_some("private_key_jwt"));
    let by_certificate = offers
        .certificate
        .then_some(["tls_client_auth", "self_signed_tls_client_auth"]);
    methods.extend(by_certificate.into_iter().flatten());
    let client_auth = json!(methods);
    let members = [
        ("issuer", json!(provider.setup.issuer)),
        (
            "authorization_endpoint",
            json!(url(Endpoint::Authorization)),
        ),
        ("token_endpoint", json!(url(Endpoint::Token))),
        ("userinfo_endpoint", json!(url(Endpoint::Userinfo))),
        ("jwks_uri", json!(url(Endpoint::KeySet))),
        (
            "introspection_endpoint",
            json!(url(Endpoint::Introspection)),
        ),
        ("revocation_endpoint", json!(url(Endpoint::Revocation))),
        (
            "scopes_supported",
            // nobody who logs users in needs the last
            json!(["openid", "profile", "email", "offline_access", "payments"]),
        ),
        (
            "response_types_supported",
            json!(["code", "code id_token", "id_token", "id_token token"]),
        ),
        (
            "response_modes_supported",
            json!(["query", "fragment", "form_post"]),
        ),
        (
            "grant_types_supported",
            json!([
                "authorization_code",
                "implicit",
                "refresh_token",
                "client_credentials"
            ]),
        ),
        ("subject_types_supported", json!(["public"])),
        (
            "id_token_signing_alg_values_supported",
            json!([provider.setup.key.alg().name()]),
        ),
        ("token_endpoint_auth_methods_supported", client_auth.clone()),
        (
            "introspection_endpoint_auth_methods_supported",
            client_auth.clone(),
        ),
        ("revocation_endpoint_auth_methods_supported", client_auth),
        ("code_challenge_methods_supported", json!(["S256", "plain"])),
        (
            "claims_supported",
            json!([
                "iss",
                "sub",
                "aud",
                "exp",
                "iat",
                "auth_time",
                "acr",
                "nonce",
                "at_hash",
                "name",
                "email",
                "email_verified"
            ]),
        ),
        ("claims_parameter_supported", json!(false)),
        ("request_parameter_supported", json!(offers.request_object)),
        ("request_uri_parameter_supported", json!(offers.request_uri)),
        // RFC 9207 section 3: whoever sends `iss` says so
        (
            "authorization_response_iss_parameter_supported",
            json!(true),
        ),
    ];
    let modes = ["query", "fragment", "form_post", "query.jwt"];
    let of_logout = [
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
    ];
    let alg = || json!([provider.setup.key.alg().name()]);
    let of_responses = "authorization_signing_alg_values_supported";
    let algs = || json!(["RS256", "PS256", "ES256", "EdDSA"]);
    let of_assertions = "token_endpoint_auth_signing_alg_values_supported";
    let of_proofs = "dpop_signing_alg_values_supported";
    let of_pushes = "pushed_authorization_request_endpoint";
    let extensions = [
        (offers.assertion.then(|| (of_assertions, algs()))),
        (offers.dpop.then(|| (of_proofs, algs()))),
        (offers
            .push
            .then(|| (of_pushes, json!(url(Endpoint::Pushed))))),
        (offers.logout.then(|| (of_logout[0], json!(true)))),
        (offers.logout.then(|| (of_logout[1], json!(true)))),
        (offers.response_tokens.then(|| (of_responses, alg()))),
        (offers
            .response_tokens
            .then(|| ("response_modes_supported", json!(modes)))),
        (offers
            .request_object
            .then(|| ("request_object_signing_alg_values_supported", algs()))),
        (offers.certificate.then(|| {
            let alias = |endpoint| json!(provider.paths.alias(endpoint));
            let aliases = json!({
                "token_endpoint": alias(Endpoint::Token),
                "userinfo_endpoint": alias(Endpoint::Userinfo),
                "revocation_endpoint": alias(Endpoint::Revocation),
            });
            ("mtls_endpoint_aliases", aliases)
        })),
        (offers.certificate.then(|| {
            let bound = "tls_client_certificate_bound_access_tokens";
            (bound, json!(true))
        })),
        (offers.device.then(|| {
            let endpoint = json!(url(Endpoint::Device));
            ("device_authorization_endpoint", endpoint)
        })),
        (offers
            .registration
            .then(|| ("registration_endpoint", json!(url(Endpoint::Registration))))),
    ];
    members
        .into_iter()
        .chain(extensions.into_iter().flatten())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
