//! From the text of a token to its claims, or to the reason why there are none.
//!
//! The order is: form, header, key, signature, claims. Nothing in a token steers anything before its
//! signature stood, except which of the configured issuers and keys it names.

pub(crate) mod json;

use serde_json::Value;

use crate::decisions::bearer::Problem;
use crate::decisions::jwt::{Check, Jwt, Object, Signed, Source};
use crate::keys::{self, Key};
use crate::state::Server;

/// A token whose form is right. Nothing in it is believed yet.
pub(crate) struct Token {
    /// The protected header.
    pub(crate) header: Object,
    /// The claims.
    pub(crate) claims: Object,
    input: String,
    signature: Vec<u8>,
}

/// Whose tokens are taken, and for whom they must be.
pub(crate) struct Expected<'a> {
    /// The issuers, each with its keys.
    pub(crate) issuers: &'a [Issuer],
    /// The names of the recipient.
    pub(crate) audience: &'a [String],
}

/// A trusted issuer.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Issuer {
    /// This server's own authorization server.
    Own(String),
    /// The provider it is configured with.
    Provider(String),
}

impl Issuer {
    fn identifier(&self) -> &str {
        let (Self::Own(identifier) | Self::Provider(identifier)) = self;
        identifier
    }
}

/// The claims of a valid token.
pub(crate) async fn verify(
    server: &Server,
    rules: &Jwt,
    text: &str,
    expected: &Expected<'_>,
) -> Result<Token, Problem> {
    let token = read(rules, text)?;
    (rules.critical)(&token.header)?;
    (rules.kind)(&token.header)?;
    (rules.replicated)(&token.header, &token.claims)?;
    let issuers: Vec<&Issuer> = expected
        .issuers
        .iter()
        .filter(|issuer| (rules.issuer)(&token.claims, issuer.identifier()))
        .collect();
    if issuers.is_empty() {
        return Err(Problem::InvalidToken);
    }
    if !(rules.unsecured)(&token.header, &token.signature) {
        signed(server, rules, &token, &issuers).await?;
    }
    claims(rules, &token.claims, expected.audience, server.clock.now())?;
    Ok(token)
}

/// The same rules for a token whose time may be over.
pub(crate) fn tolerant(rules: &Jwt) -> Jwt {
    Jwt {
        expiry: |_, _| Ok(()),
        ..rules.clone()
    }
}

/// Takes the text apart.
pub(crate) fn read(rules: &Jwt, text: &str) -> Result<Token, Problem> {
    let [header, payload, signature] = (rules.split)(text)?;
    Ok(Token {
        header: (rules.object)(&(rules.decode)(&header)?)?,
        claims: (rules.object)(&(rules.decode)(&payload)?)?,
        signature: (rules.decode)(&signature)?,
        input: format!("{header}.{payload}"),
    })
}

async fn signed(server: &Server, rules: &Jwt, token: &Token, issuers: &[&Issuer]) -> Check {
    let keys = match (rules.source)(&token.header) {
        Source::Embedded(keys) => keys,
        Source::Address { url, trusted } => {
            let fetched = server.fetch_json(&url).await;
            match fetched.filter(|_| trusted) {
                Some(set) => keys::from_set(&set, rules.usable),
                None => gather(server, rules, token, issuers).await?,
            }
        }
        Source::Issuer => gather(server, rules, token, issuers).await?,
    };
    let vouches = |key: &Key| {
        (rules.signature)(&Signed {
            header: &token.header,
            input: token.input.as_bytes(),
            signature: &token.signature,
            key,
        })
    };
    if keys.iter().any(vouches) {
        Ok(())
    } else {
        Err(Problem::InvalidToken)
    }
}

/// The keys of the issuers that the header names; a set is fetched again for a name it lacks.
async fn gather(
    server: &Server,
    rules: &Jwt,
    token: &Token,
    issuers: &[&Issuer],
) -> Result<Vec<Key>, Problem> {
    let mut known = Vec::new();
    for issuer in issuers {
        match issuer {
            Issuer::Own(_) => known.extend(keys::from_set(&keys::own_set(), rules.usable)),
            Issuer::Provider(_) => {
                known.extend(keys::from_set(
                    &server.provider_keys(None).await,
                    rules.usable,
                ));
            }
        }
    }
    let selected = (rules.select)(&token.header, &known)?;
    let kid = token.header.get("kid").and_then(Value::as_str);
    let provider = issuers
        .iter()
        .any(|issuer| matches!(issuer, Issuer::Provider(_)));
    match kid {
        Some(kid) if selected.is_empty() && provider => {
            let fresh = server.provider_keys(Some(kid)).await;
            known.extend(keys::from_set(&fresh, rules.usable));
            (rules.select)(&token.header, &known)
        }
        _ => Ok(selected),
    }
}

fn claims(rules: &Jwt, claims: &Object, audience: &[String], now: u64) -> Check {
    (rules.audience)(claims, audience)?;
    (rules.expiry)(claims, now)?;
    (rules.not_before)(claims, now)?;
    (rules.issued_at)(claims, now)?;
    (rules.subject)(claims)?;
    (rules.required)(claims)
}
