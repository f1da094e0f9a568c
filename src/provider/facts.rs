//! What the provider knows and a log of requests doesn't show: which code was given for which request, and whether
//! the verifier that came for it fitted.

use crate::model::Secret;
use crate::provider::Provider;
use crate::provider::store::{Code, Token};

/// All codes and tokens that are remembered, oldest first.
#[derive(Clone, Default)]
pub struct Facts {
    /// Codes given out.
    pub codes: Vec<CodeFact>,
    /// Access, refresh and ID tokens given out, to be hidden in reports.
    pub tokens: Vec<Secret>,
}

/// A code and the authorization request that it answers.
#[derive(Clone)]
pub struct CodeFact {
    /// The code.
    pub code: Secret,
    /// `client_id` of the request.
    pub client: String,
    /// `redirect_uri` of the request, if it had one.
    pub redirect_uri: Option<String>,
    /// `code_challenge` of the request (RFC 7636 section 4.3).
    pub challenge: Option<String>,
    /// Its `code_challenge_method` is S256.
    pub challenge_is_s256: bool,
    /// `nonce` of the request.
    pub nonce: Option<String>,
    /// `state` of the request.
    pub state: Option<String>,
    /// Whose browser brought it.
    pub actor: String,
    /// Tokens were given for it.
    pub redeemed: bool,
    /// One entry for each token request that offered it.
    pub verifiers: Vec<VerifierFact>,
}

/// A `code_verifier` offered for a code, or none.
#[derive(Clone)]
pub struct VerifierFact {
    /// As it came.
    pub verifier: Option<Secret>,
    /// It fits the challenge; where there was no challenge, no verifier fits.
    pub matched: bool,
}

impl Provider {
    /// What was issued so far and is still remembered.
    pub fn facts(&self) -> Facts {
        let store = &self.store;
        let tokens = |kind: &'static str, handle: &str, user: Option<usize>| {
            Secret::new(handle, format!("{kind} of {}", self.actor_name(user)))
        };
        let of_token =
            |kind| move |(handle, token): (&str, &Token)| tokens(kind, handle, token.grant.user);
        Facts {
            codes: self.codes_after(0),
            tokens: store
                .access
                .iter()
                .map(of_token("access token"))
                .chain(store.refresh.iter().map(of_token("refresh token")))
                .chain(
                    store
                        .id_tokens
                        .iter()
                        .map(|(handle, user)| tokens("ID token", handle, Some(*user))),
                )
                .collect(),
        }
    }

    /// How many codes were given out.
    pub fn code_count(&self) -> usize {
        self.store.codes.count()
    }

    /// The codes that were given out after so many, and are still remembered.
    pub fn codes_after(&self, count: usize) -> Vec<CodeFact> {
        let codes = self.store.codes.after(count);
        codes
            .map(|(handle, code)| self.code_fact(handle, code))
            .collect()
    }

    fn code_fact(&self, handle: &str, code: &Code) -> CodeFact {
        CodeFact {
            code: Secret::new(
                handle,
                format!("code of {}", self.actor_name(code.grant.user)),
            ),
            client: code.grant.client.clone(),
            redirect_uri: code.redirect_uri.clone(),
            challenge: code
                .challenge
                .as_ref()
                .map(|(challenge, _)| challenge.clone()),
            challenge_is_s256: code.challenge.as_ref().is_some_and(|(_, s256)| *s256),
            nonce: code.grant.nonce.clone(),
            state: code.state.clone(),
            actor: code.actor.clone(),
            redeemed: code.redeemed,
            verifiers: code
                .verifiers
                .iter()
                .map(|(verifier, matched)| VerifierFact {
                    verifier: verifier.clone(),
                    matched: *matched,
                })
                .collect(),
        }
    }

    fn actor_name(&self, user: Option<usize>) -> &str {
        user.and_then(|user| self.setup.users.get(user))
            .map_or("the client", |user| user.actor.as_str())
    }
}
