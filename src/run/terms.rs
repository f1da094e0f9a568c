//! What a run may and can do: by the profile alone, and by what the target showed before the first case.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::{Capability, Effect};
use crate::suite::catalogue::{self, InForce};
use crate::suite::model::Case;
use crate::suite::profile::Profile;
use crate::wire::jose;

use super::claims::claims_standard;
use super::prepare::Prepared;

/// What the run may and can do.
pub struct Terms<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// What it enables.
    pub capabilities: BTreeSet<Capability>,
    /// Claims about the target, from profile and metadata.
    pub features: BTreeSet<String>,
    /// Effects that are allowed.
    pub allowed: BTreeSet<Effect>,
}

/// What claims begin with that `grant_types_supported` makes.
const GRANT: &str = "grant.";
/// What claims begin with that `token_endpoint_auth_methods_supported` makes.
const METHOD: &str = "client-auth.";
/// Members of the metadata, and the claims that they make by being there with another value than `false`.
const ANNOUNCED: &[(&str, &str)] = &[
    ("request_parameter_supported", "server.request-objects"),
    ("require_signed_request_object", "server.request-objects"),
    ("request_uri_parameter_supported", "server.request-uris"),
    ("dpop_signing_alg_values_supported", "server.dpop"),
    (
        "authorization_details_types_supported",
        "server.authorization-details",
    ),
    (
        "introspection_signing_alg_values_supported",
        "server.signed-introspection",
    ),
];

/// Whether a member of the metadata makes this claim, as [`Terms::of`] reads it.
fn may_be_announced(claim: &str) -> bool {
    claim.starts_with(GRANT)
        || claim.starts_with(METHOD)
        || ANNOUNCED.iter().any(|(_, feature)| *feature == claim)
}

impl<'a> Terms<'a> {
    /// What the profile alone lets and claims; the embedded server is ours and lets everything.
    pub fn of_profile(profile: &'a Profile, ours: bool) -> Self {
        let allowed = if ours {
            Effect::ALL.iter().copied().collect()
        } else {
            profile.allow.clone()
        };
        let mut capabilities = profile.capabilities();
        if ours {
            capabilities.insert(Capability::Restart);
        }
        Self {
            profile,
            capabilities,
            features: profile.features.clone(),
            allowed,
        }
    }

    /// The same, with all that metadata might add which nobody asked for yet: what these terms leave out, the run
    /// leaves out too.
    pub fn at_most(profile: &'a Profile, ours: bool, cases: &[Case]) -> Self {
        let mut terms = Self::of_profile(profile, ours);
        let server = profile.server.as_ref();
        if server.is_some_and(|server| server.issuer.is_some()) {
            let claims = cases.iter().flat_map(|case| &case.only_if);
            let announced = claims.filter(|claim| may_be_announced(claim));
            terms.features.extend(announced.cloned());
            let standards = catalogue::standards()
                .filter(|one| matches!(one.in_force, InForce::WhereClaimed { announced_by } if !announced_by.is_empty()));
            let standards = standards.map(|one| format!("standard.{}", one.word));
            terms.features.extend(standards);
        }
        terms
    }

    /// The same, with what token, refusal and metadata add and take away.
    pub fn of(prepared: &'a Prepared, ours: bool) -> Self {
        let world = &prepared.world;
        let mut terms = Self::of_profile(&world.profile, ours);
        let is_jwt =
            |token: &String| jose::read(token).is_some_and(|jwt| jwt.header.contains_key("alg"));
        if world.token.as_ref().is_some_and(|token| !is_jwt(token)) {
            terms.capabilities.remove(&Capability::Jwt);
        }
        if let Some(metadata) = &world.metadata {
            let there = |name: &str| world.endpoints.contains_key(name);
            terms.announced(metadata, there);
        }
        terms
    }

    /// Whether the target claims a standard, by its profile or its metadata.
    pub(super) fn has_in_force(&self, word: &str) -> bool {
        claims_standard(word, self.profile) || self.features.contains(&format!("standard.{word}"))
    }

    /// The standards that are in force here and not everywhere.
    pub fn in_force(&self) -> Vec<String> {
        let words = catalogue::standards().map(|one| one.word);
        words
            .filter(|word| self.has_in_force(word))
            .map(str::to_owned)
            .collect()
    }

    /// What the metadata of an authorization server says and leaves out.
    fn announced(&mut self, metadata: &Value, there: impl Fn(&str) -> bool) {
        for (capability, endpoint) in [
            (Capability::AuthorizationEndpoint, "authorization"),
            (Capability::TokenEndpoint, "token"),
            (Capability::Introspection, "introspection"),
            (Capability::Revocation, "revocation"),
            (Capability::Userinfo, "userinfo"),
            (
                Capability::PushedAuthorization,
                "pushed-authorization-request",
            ),
            (Capability::DeviceAuthorization, "device-authorization"),
            (Capability::Registration, "registration"),
            (Capability::EndSession, "end-session"),
        ] {
            if !there(endpoint) {
                self.capabilities.remove(&capability);
            }
        }
        let grants = metadata.get("grant_types_supported");
        for grant in grants.and_then(Value::as_array).into_iter().flatten() {
            let name = grant.as_str().unwrap_or_default().rsplit(':').next();
            self.features
                .insert(format!("{GRANT}{}", name.unwrap_or_default()));
        }
        let methods = metadata.get("token_endpoint_auth_methods_supported");
        let methods = methods.and_then(Value::as_array).into_iter().flatten();
        self.features.extend(
            methods
                .filter_map(Value::as_str)
                .map(|method| format!("{METHOD}{method}")),
        );
        for (member, feature) in ANNOUNCED {
            if !matches!(metadata.get(member), None | Some(Value::Bool(false))) {
                self.features.insert((*feature).to_owned());
            }
        }
        let says =
            |member: &&str| !matches!(metadata.get(*member), None | Some(Value::Bool(false)));
        for standard in catalogue::standards() {
            if let InForce::WhereClaimed { announced_by } = standard.in_force
                && announced_by.iter().any(says)
            {
                self.features.insert(format!("standard.{}", standard.word));
            }
        }
    }
}
