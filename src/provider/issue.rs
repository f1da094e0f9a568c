//! Makes codes and tokens.

use aws_lc_rs::digest::{self, SHA256, SHA384, SHA512, digest};
use serde_json::{Map, Value, json};

use crate::forge::{self, Alg, PublicKey, Recipe, SignWith, key_decoy, stranger_shared};
use crate::model::Moment;
use crate::provider::Provider;
use crate::provider::patch::merge_members;
use crate::provider::script::{JwtTwist, Signer};
use crate::provider::store::{Grant, TOKEN_LIFETIME, Token};
use crate::wire::jose::base64url;

/// A text that only its holder knows: 256 bits of the request's randomness, another one for each label.
pub(super) fn handle(chance: &[u8; 32], label: &str) -> String {
    let mut context = digest::Context::new(&SHA256);
    context.update(chance);
    context.update(label.as_bytes());
    base64url(context.finish().as_ref())
}

/// What an ID token names by its hash (OpenID Connect Core sections 3.1.3.6 and 3.3.2.11).
#[derive(Default)]
pub(super) struct Bound {
    pub(super) access_token: Option<String>,
    pub(super) code: Option<String>,
}

/// Keys that fit nothing, by their names; the real keys show them what to look like.
pub(super) fn decoys(own: &[Value], names: &[String]) -> Vec<Value> {
    let Some(real) = own.first() else {
        return Vec::new();
    };
    let rows = names.iter().filter_map(|name| key_decoy::named(name));
    rows.map(|row| (row.make)(real)).collect()
}

/// Left half of the hash that goes with the signature (OpenID Connect Core section 3.1.3.6).
pub(super) fn half_hash(alg: Alg, token: &str) -> String {
    let hash = match alg {
        Alg::HS384 | Alg::RS384 | Alg::PS384 | Alg::ES384 => &SHA384,
        Alg::HS512 | Alg::RS512 | Alg::PS512 | Alg::ES512 | Alg::EdDSA | Alg::Ed25519 => &SHA512,
        _ => &SHA256,
    };
    let whole = digest(hash, token.as_bytes());
    let (left, _) = whole.as_ref().split_at(whole.as_ref().len() / 2);
    base64url(left)
}

/// A token of another issuer that nobody signed (RFC 7519 section 6).
pub(super) fn unsecured(claims: &Map<String, Value>, key: &forge::Key) -> Option<String> {
    let mut all = object([("iss", json!("https://claims.example"))]);
    all.extend(claims.clone());
    let minted = forge::mint(&object([("typ", json!("JWT"))]), &all, key).ok()?;
    let recipe = Recipe {
        header: object([("alg", json!("none")), ("kid", Value::Null)]),
        sign_with: SignWith::None,
        ..Recipe::default()
    };
    forge::forge(&minted, &recipe).ok()
}

/// The name of the user's session (OpenID Connect Back-Channel Logout section 2.1).
pub(super) fn session_of(grant: &Grant) -> String {
    format!("session-{}", grant.family)
}

pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

pub(super) fn expiry(now: Moment) -> Moment {
    Moment(now.0.saturating_add(TOKEN_LIFETIME))
}

impl Provider {
    /// `aud` of access tokens.
    pub(super) fn audience(&self) -> &str {
        let api = self.setup.api_audience.as_deref();
        api.unwrap_or(&self.setup.issuer)
    }

    /// An access token that is good from now on.
    pub(super) fn bearer_token(
        &mut self,
        grant: &Grant,
        chance: &[u8; 32],
        now: Moment,
    ) -> Option<String> {
        let jti = handle(chance, "jti");
        let access = self.access_token(grant, &jti, now)?;
        let token = Token {
            grant: grant.clone(),
            issued: now,
            expires: Some(expiry(now)),
            audience: Some(self.audience().to_owned()),
            jti,
            ended: false,
        };
        self.store.access.insert(access.clone(), token);
        Some(access)
    }

    /// An access token (RFC 9068 section 2).
    fn access_token(&mut self, grant: &Grant, jti: &str, now: Moment) -> Option<String> {
        let user = grant.user.and_then(|user| self.setup.users.get(user));
        let subject = user.map_or(&grant.client, |user| &user.subject);
        let mut claims = object([
            ("iss", json!(self.setup.issuer)),
            ("sub", json!(subject)),
            ("aud", json!(self.audience())),
            ("client_id", json!(grant.client)),
            ("iat", json!(now.unix())),
            ("exp", json!(expiry(now).unix())),
            ("jti", json!(jti)),
        ]);
        if let Some(scope) = &grant.scope {
            claims.insert("scope".to_owned(), json!(scope));
        }
        merge_members(&mut claims, &self.setup.api_claims);
        let twist = self
            .play
            .turn("access-token", |script| &script.access_token);
        self.sign("access-token", twist, "at+jwt", claims)
    }

    /// An ID token (OpenID Connect Core sections 2 and 3.1.3.6).
    pub(super) fn id_token(&mut self, grant: &Grant, bound: &Bound, now: Moment) -> Option<String> {
        let index = grant.user?;
        let user = self.setup.users.get(index)?;
        let mut claims = object([
            ("iss", json!(self.setup.issuer)),
            ("aud", json!(grant.client)),
            ("iat", json!(now.unix())),
            ("exp", json!(expiry(now).unix())),
            ("auth_time", json!(grant.auth_time.unix())),
        ]);
        if self.setup.offers.logout {
            claims.insert("sid".to_owned(), json!(session_of(grant)));
        }
        for (name, text) in [("at_hash", &bound.access_token), ("c_hash", &bound.code)] {
            if let Some(text) = text {
                let hash = half_hash(self.setup.key.alg(), text);
                claims.insert(name.to_owned(), json!(hash));
            }
        }
        claims.extend(self.profile_of(user));
        if let Some(acr) = &grant.acr {
            claims.insert("acr".to_owned(), json!(acr));
        }
        if let Some(nonce) = &grant.nonce {
            claims.insert("nonce".to_owned(), json!(nonce));
        }
        let twist = self.play.turn("id-token", |script| &script.id_token);
        let token = self.sign("id-token", twist, "JWT", claims)?;
        self.store.id_tokens.insert(token.clone(), index);
        Some(token)
    }

    /// Signs, and twists. A twist that does not fit this token leaves it honest and is not counted as done.
    pub(super) fn sign(
        &mut self,
        key: &'static str,
        twist: Option<JwtTwist>,
        typ: &str,
        claims: Map<String, Value>,
    ) -> Option<String> {
        let header = object([("typ", json!(typ))]);
        let honest = forge::mint(&header, &claims, &self.setup.key).ok()?;
        let Some(mut twist) = twist else {
            return Some(honest);
        };
        // a nonce that the client never sent can't be wrong in an ID token
        if key == "id-token" && !claims.contains_key("nonce") {
            twist.claims.shift_remove("nonce");
        }
        let sealed = twist.sealed.take();
        let changes_signer = !matches!(twist.signer, Signer::Provider | Signer::Keep);
        let breaks = changes_signer || !twist.mutate.is_empty();
        let Some(recipe) = self.recipe(twist) else {
            return Some(honest);
        };
        let Ok(twisted) = forge::forge(&honest, &recipe) else {
            return Some(honest);
        };
        let seal = |(set, row): (String, String)| forge::envelope::seal(&twisted, &set, &row).ok();
        let envelope = sealed.and_then(seal);
        if breaks || envelope.is_some() || unsigned(&twisted) != unsigned(&honest) {
            self.play.bit(key);
        }
        Some(envelope.unwrap_or(twisted))
    }

    fn recipe(&self, twist: JwtTwist) -> Option<Recipe> {
        let key = &self.setup.key;
        let sign_with = match twist.signer {
            Signer::Provider => SignWith::Key(key.clone()),
            Signer::Keep => SignWith::Keep,
            Signer::Stranger => SignWith::Key(stranger_shared(key.alg().name()).clone()),
            Signer::Nobody => SignWith::None,
            Signer::PublicKeyAs(form) => SignWith::PublicKeyAs {
                form,
                key: PublicKey::from_jwk(&key.public_jwk()?).ok()?,
            },
            Signer::Text(text) => SignWith::Text(text.into_bytes()),
        };
        Some(Recipe {
            header: twist.header,
            claims: twist.claims,
            repeat: twist.repeat,
            mutate: twist.mutate,
            sign_with,
        })
    }
}

/// Header and payload: what the randomness of a signature can't change.
fn unsigned(token: &str) -> &str {
    token
        .rsplit_once('.')
        .map_or(token, |(unsigned, _)| unsigned)
}
