//! The other file that a user writes: one target, what guards it, and how a valid credential is had.
//!
//! It is read by the same loader as suites. `${env.NAME}` is allowed here and only here; the values are handed
//! in, and what comes of them is a secret.

mod account;
mod capability;
mod certificate;
mod claims;
mod client;
mod door;
mod endpoint;
mod grammar;
mod limits;
mod origins;
mod places;
mod proof;
mod provider;
mod read;
mod recipe;
mod resolve;
mod resource;
mod server;
mod signing;
mod start;
mod token;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::forge::{Certificates, Key};
use crate::model::{Effect, Origin, Secret};

use super::template::Template;

pub use account::User;
pub use client::{ClientApp, DeviceApp, WhoAmI};
pub(in crate::suite) use door::name_of;
pub use door::{Carrier, Demands, Door, Form, Scheme};
pub use endpoint::Endpoint;
pub use grammar::PROFILE;
pub use limits::Limits;
pub use places::{PLACES, Place};
pub use provider::ProviderAt;
pub use read::profile;
pub use recipe::{Kept, Move};
pub use server::{OAuthClient, Server};
pub use signing::Signing;
pub use start::Start;
pub use token::TokenSource;
pub use write::GuardedWrite;

/// A target and all that the user says of it.
#[derive(Clone)]
pub struct Profile {
    /// Where it is.
    pub origin: Origin,
    /// Path put in front of every path of the profile, without a final slash.
    pub base: String,
    /// Guarded endpoints, the first first.
    pub doors: Vec<Door>,
    /// An endpoint that anybody may ask.
    pub open: Option<Endpoint>,
    /// A guarded request that writes.
    pub write: Option<GuardedWrite>,
    /// Places that only some cases are about, by their word in `to:`.
    pub places: BTreeMap<String, Place>,
    /// Accounts by actor; `alice` is the one of `basic:`.
    pub users: BTreeMap<String, User>,
    /// Whether `basic:` was given.
    pub basic: bool,
    /// Where the valid token comes from.
    pub token: Option<TokenSource>,
    /// How a trusted token is made.
    pub signing: Option<Signing>,
    /// The key that the valid token is bound to (RFC 9449), where authspec doesn't bind it itself.
    pub proof_key: Option<Arc<Key>>,
    /// Our client certificate, where the profile gives one, and those of somebody else.
    pub certificates: Option<Certificates>,
    /// Where the issuer publishes its keys.
    pub jwks: Option<Endpoint>,
    /// Metadata of the protected resource, where the profile names it.
    pub resource_metadata: Option<Endpoint>,
    /// A request that ends the token which it carries.
    pub token_logout: Option<Endpoint>,
    /// Clients by role.
    pub clients: BTreeMap<String, OAuthClient>,
    /// An authorization server.
    pub server: Option<Server>,
    /// An application that logs in at authspec's provider.
    pub client: Option<ClientApp>,
    /// Standards that the target claims, beside those always in force.
    pub standards: BTreeSet<String>,
    /// Claims about the target: `target.oidc`, `client.confidential`.
    pub features: BTreeSet<String>,
    /// Named durations.
    pub durations: BTreeMap<String, Duration>,
    /// Effects that are allowed.
    pub allow: BTreeSet<Effect>,
    /// Hosts off loopback that the user may audit.
    pub allow_hosts: BTreeSet<String>,
    /// Further origins that the target's pages live at.
    pub origins: Vec<Origin>,
    /// Plain http off loopback is allowed.
    pub plain_http: bool,
    /// Requests in flight and per second.
    pub limits: Limits,
    /// How authspec launches the target.
    pub start: Option<Start>,
    /// Where authspec's provider listens.
    pub provider: ProviderAt,
    /// PEM file of a private certificate authority.
    pub ca: Option<String>,
    /// What the answer about a good opaque token holds, if the target asks authspec's provider about them.
    pub asks_introspection: Option<Template>,
    /// Every secret of the profile.
    pub secrets: Vec<Secret>,
}

impl Profile {
    /// Whether a valid token is a JWT, as far as is known before one was fetched.
    pub fn token_is_jwt(&self) -> bool {
        match &self.token {
            None => false,
            Some(TokenSource::Value(token)) => crate::wire::jose::read(token.reveal())
                .is_some_and(|token| token.header.contains_key("alg")),
            Some(TokenSource::Introspected) => false,
            Some(_) => true,
        }
    }

    /// The first guarded endpoint that takes a kind of credential.
    pub fn door_for(&self, kind: Option<super::model::CredentialKind>) -> Option<&Door> {
        use super::model::CredentialKind as Kind;
        let of = |scheme| self.doors.iter().filter(move |door| door.scheme == scheme);
        // the valid token is the one that its endpoint takes
        let asks =
            kind == Some(Kind::Bearer) && matches!(self.token, Some(TokenSource::Introspected));
        let taken = |door: &&Door| door.introspected == asks;
        // a door that minds certificates is about them first
        let plain = of(Scheme::Bearer).filter(|door| taken(door) && !door.certificate_bound);
        let mut bearer = plain.chain(of(Scheme::Bearer).filter(taken));
        match kind {
            None => self.doors.first(),
            Some(Kind::Basic) => of(Scheme::Basic).next(),
            Some(Kind::Bearer) => bearer.next(),
            Some(Kind::Jwt) => bearer.next().or_else(|| {
                // the same token, however it is carried and whatever goes with it
                let mut others = of(Scheme::Dpop).chain(of(Scheme::Own));
                others.next().filter(|_| self.token_is_jwt())
            }),
            Some(Kind::CertificateBound) => self.doors.iter().find(|door| door.certificate_bound),
            Some(Kind::Introspected) => self.doors.iter().find(|door| door.introspected),
            // where nonces are demanded, they may stand for the time of a proof
            Some(Kind::Dpop) => of(Scheme::Dpop).min_by_key(|door| door.demands_nonce),
            Some(Kind::DpopNonce) => of(Scheme::Dpop).find(|door| door.demands_nonce),
        }
    }

    /// The door of a name.
    pub fn door(&self, name: &str) -> Option<&Door> {
        self.doors.iter().find(|door| door.name == name)
    }

    /// Whether authspec's provider and listener run: the target has, or may have, a reason to come to them.
    pub fn plays_provider(&self) -> bool {
        self.client.is_some()
            || self.asks_introspection.is_some()
            || self.provider.listen.is_some()
            || self.provider.reaches_listener
            || self.provider_signs()
    }

    /// Whether the target trusts the key of authspec's provider.
    pub fn provider_signs(&self) -> bool {
        self.signing
            .as_ref()
            .is_some_and(|signing| signing.key.is_none())
    }

    /// Whether its tokens are signed with a secret that issuer and target share.
    pub fn shares_its_key(&self) -> bool {
        let key = self.signing.as_ref().and_then(|one| one.key.as_ref());
        key.is_some_and(|key| key.public_jwk().is_none())
    }

    /// Whether a valid credential for an endpoint is known.
    pub fn has_valid(&self, door: &Door) -> bool {
        let fixed = door
            .form
            .as_ref()
            .is_some_and(|form| matches!(form.value, Template::Plain(_)));
        fixed
            || door.introspected
            || match door.scheme {
                Scheme::Basic => self.basic,
                Scheme::Bearer if door.certificate_bound => match self.token {
                    None => false,
                    Some(TokenSource::Minted) => true,
                    Some(_) => self.certificates.is_some(),
                },
                Scheme::Bearer => self.token.is_some(),
                Scheme::Dpop => match self.token {
                    None => false,
                    Some(TokenSource::Minted) => true,
                    Some(_) => self.proof_key.is_some(),
                },
                Scheme::Own => self.token.is_some() || self.basic,
            }
    }
}
