//! From the text of a token to its claims, or to the reason why there are none.
//!
//! The order is: form, header, key, signature, claims. Nothing in a token steers anything before its
//! signature stood, except which of the configured issuers and keys it names.

pub(crate) mod json;

use serde_json::Value;

use crate::clients;
use crate::decisions::bearer::Problem;
use crate::decisions::jwt::{Check, Jwt, Object, Remembers, Signed, Source, Trust};
use crate::jwe::{self, Opened};
use crate::keys::{self, Key};
use crate::state::Server;

/// A token whose form is right. Nothing in it is believed yet.
pub(crate) struct Token {
    /// The protected header.
    pub(crate) header: Object,
    /// The claims.
    pub(crate) claims: Object,
    /// What is signed.
    pub(crate) input: String,
    /// The signature.
    pub(crate) signature: Vec<u8>,
}

impl Token {
    /// What has no signature and needs none, where a fault says so.
    fn believed(header: Object, claims: Object) -> Self {
        Self {
            header,
            claims,
            input: String::new(),
            signature: Vec::new(),
        }
    }
}

/// Whose tokens are taken, and for whom they must be.
pub(crate) struct Expected<'a> {
    /// The issuers, each with its keys.
    pub(crate) issuers: &'a [Issuer],
    /// The names of the recipient.
    pub(crate) audience: &'a [String],
    /// A secret that vouches too.
    pub(crate) shared: Option<Key>,
}

/// A trusted issuer.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Issuer {
    /// This server's own authorization server.
    Own(String),
    /// The provider it is configured with.
    Provider(String),
    /// A registered client, which signs JWTs of its own.
    Client(&'static str),
}

impl Issuer {
    fn identifier(&self) -> &str {
        match self {
            Self::Own(identifier) | Self::Provider(identifier) => identifier,
            Self::Client(identifier) => identifier,
        }
    }
}

/// The claims of a valid token.
pub(crate) async fn verify(
    server: &Server,
    rules: &Jwt,
    text: &str,
    expected: &Expected<'_>,
) -> Result<Token, Problem> {
    let (mut token, believed) = match jwe::open(rules, text).await? {
        Opened::Token(text) => (read(rules, &text)?, false),
        Opened::Believed(header, claims) => (Token::believed(header, claims), true),
    };
    for address in (rules.asks)(&token.header, &token.claims) {
        server.fetch_json(&address).await;
    }
    (rules.critical)(&token.header)?;
    (rules.kind)(&token.header)?;
    (rules.replicated)(&token.header, &mut token.claims)?;
    let mut issuers: Vec<&Issuer> = Vec::new();
    for issuer in expected.issuers {
        if (rules.issuer)(&token.claims, issuer.identifier())? {
            issuers.push(issuer);
        }
    }
    if issuers.is_empty() {
        return Err(Problem::InvalidToken);
    }
    let issuers = if rules.pools_keys {
        expected.issuers.iter().collect()
    } else {
        issuers
    };
    let known = recognised(rules, text).is_some_and(|mark| server.memory().verdicts.contains(mark));
    if !believed && !known && !(rules.unsecured)(&token.header, &token.signature) {
        signed(server, rules, &token, &issuers, expected.shared.as_ref()).await?;
    }
    claims(rules, &token.claims, expected.audience, server.clock.now())?;
    if let Some(mark) = recognised(rules, text) {
        server.memory().verdicts.insert(mark.to_owned());
    }
    Ok(token)
}

/// The part of a token by which an earlier verdict is found: there is none on a sound server.
fn recognised<'a>(rules: &Jwt, text: &'a str) -> Option<&'a str> {
    match rules.remembers {
        Remembers::Nothing => None,
        Remembers::Signature => text.split('.').nth(2),
    }
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

async fn signed(
    server: &Server,
    rules: &Jwt,
    token: &Token,
    issuers: &[&Issuer],
    shared: Option<&Key>,
) -> Check {
    let known = match (rules.source)(&token.header, &token.claims) {
        Source::Embedded(keys) => Known::of(keys),
        Source::Chain(keys) => {
            let ours = published(server, rules, issuers, None).await.keys;
            if keys
                .iter()
                .any(|key| ours.iter().any(|known| known.is(key)))
            {
                Known::of(keys)
            } else {
                gather(server, rules, token, issuers).await?
            }
        }
        Source::Address { url, trust } => {
            match fetched(server, rules, issuers, &url, trust).await {
                Some(keys) => Known::of(keys),
                None => gather(server, rules, token, issuers).await?,
            }
        }
        Source::Issuer => gather(server, rules, token, issuers).await?,
    };
    if known.out_of_reach && known.keys.is_empty() && rules.opens_on_outage {
        return Ok(());
    }
    let vouches = |key: &Key| {
        (rules.signature)(&Signed {
            header: &token.header,
            input: token.input.as_bytes(),
            signature: &token.signature,
            key,
        })
    };
    if known.keys.iter().chain(shared).any(vouches) {
        Ok(())
    } else {
        Err(Problem::InvalidToken)
    }
}

/// The keys behind an address that a token named, if they are used.
async fn fetched(
    server: &Server,
    rules: &Jwt,
    issuers: &[&Issuer],
    url: &str,
    trust: Trust,
) -> Option<Vec<Key>> {
    let set = server.fetch_json(url).await?;
    let keys = keys::from_set(&set, rules.usable);
    let used = match trust {
        Trust::Never => false,
        Trust::Always => true,
        Trust::IfOneIsKnown => {
            let ours = published(server, rules, issuers, None).await.keys;
            keys.iter()
                .any(|key| ours.iter().any(|known| known.kid() == key.kid()))
        }
    };
    used.then_some(keys)
}

/// The keys that may have signed a token.
struct Known {
    keys: Vec<Key>,
    /// Whether a key set could not be fetched.
    out_of_reach: bool,
}

impl Known {
    fn of(keys: Vec<Key>) -> Self {
        Self {
            keys,
            out_of_reach: false,
        }
    }
}

/// The keys of the issuers that the header names; a set is fetched again for a name it lacks.
async fn gather(
    server: &Server,
    rules: &Jwt,
    token: &Token,
    issuers: &[&Issuer],
) -> Result<Known, Problem> {
    let first = published(server, rules, issuers, None).await;
    let selected = (rules.select)(&token.header, &first.keys)?;
    let kid = token.header.get("kid").and_then(Value::as_str);
    if kid.is_none() || !selected.is_empty() {
        return Ok(Known {
            keys: selected,
            ..first
        });
    }
    let again = published(server, rules, issuers, kid).await;
    Ok(Known {
        keys: (rules.select)(&token.header, &again.keys)?,
        ..again
    })
}

/// The key sets of issuers.
async fn published(server: &Server, rules: &Jwt, issuers: &[&Issuer], kid: Option<&str>) -> Known {
    let mut known = Known::of(Vec::new());
    // clients of one owner may have one key
    let mut had = Vec::new();
    for issuer in issuers {
        match issuer {
            Issuer::Own(_) => {
                let own = keys::from_set(&keys::own_set(), rules.usable);
                known.keys.extend(own);
            }
            Issuer::Client(id) => {
                let client = clients::find(id);
                let jwks = client.map(|client| [client.jwk, client.next_jwk]);
                let jwks = jwks.into_iter().flatten().flatten();
                let jwks: Vec<&str> = jwks.filter(|jwk| !had.contains(jwk)).collect();
                had.extend(&jwks);
                let jwks: Vec<Value> = jwks
                    .iter()
                    .filter_map(|jwk| serde_json::from_str(jwk).ok())
                    .collect();
                let set = serde_json::json!({ "keys": jwks });
                known.keys.extend(keys::from_set(&set, rules.usable));
            }
            Issuer::Provider(_) => {
                let theirs = server.provider_keys(rules, kid).await;
                known
                    .keys
                    .extend((rules.key_set)(&theirs.set, rules.usable));
                known.out_of_reach |= theirs.failed;
            }
        }
    }
    known
}

fn claims(rules: &Jwt, claims: &Object, audience: &[String], now: u64) -> Check {
    (rules.audience)(claims, audience)?;
    (rules.expiry)(claims, now)?;
    (rules.not_before)(claims, now)?;
    (rules.issued_at)(claims, now)?;
    (rules.span)(claims, now)?;
    (rules.subject)(claims)?;
    (rules.required)(claims)
}
