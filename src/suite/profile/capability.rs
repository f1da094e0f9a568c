//! What the lines of a profile enable.

use std::collections::BTreeSet;

use crate::model::Capability;

use super::Profile;
use super::door::{Door, Scheme};

impl Profile {
    /// What the profile enables.
    pub fn capabilities(&self) -> BTreeSet<Capability> {
        use Capability as C;
        let has_door = |scheme| self.doors.iter().any(|door| door.scheme == scheme);
        let bearer = self.token.is_some() && (has_door(Scheme::Bearer) || has_door(Scheme::Own));
        let bound = |door: &&Door| door.scheme == Scheme::Dpop && self.has_valid(door);
        let dpop = self.doors.iter().any(|door| bound(&door));
        let server = self.server.as_ref();
        let endpoint = |name: &str| {
            server.is_some_and(|server| {
                server.issuer.is_some() || server.endpoints.contains_key(name)
            })
        };
        let user_with = |fits: fn(&str) -> bool| {
            self.users.values().any(|user| {
                user.password
                    .as_ref()
                    .is_some_and(|password| fits(password.reveal()))
            })
        };
        let keyed = |role: &str| {
            let client = self.clients.get(role);
            client.is_some_and(|client| client.key.is_some())
        };
        let certified = |role: &str| {
            let client = self.clients.get(role);
            client.is_some_and(|client| client.certificates.is_some())
        };
        let client = self.client.as_ref();
        let by = |way: &str| client.is_some_and(|client| client.login_by.contains_key(way));
        let published = self.jwks.is_some()
            || self.signing.as_ref().is_some_and(|signing| {
                signing
                    .key
                    .as_ref()
                    .is_none_or(|key| key.public_jwk().is_some())
            });
        let all = [
            (C::Guarded, !self.doors.is_empty()),
            (C::Open, self.open.is_some()),
            (C::GuardedWrite, self.write.is_some()),
            (
                C::ValidCredential,
                self.doors.iter().any(|door| self.has_valid(door)),
            ),
            (C::Basic, self.basic && has_door(Scheme::Basic)),
            (C::Bearer, bearer),
            (C::Jwt, (bearer || dpop) && self.token_is_jwt()),
            (C::SigningKey, self.signing.is_some() && (bearer || dpop)),
            (C::PublishedKey, published && (bearer || dpop)),
            (C::Dpop, dpop),
            (
                C::DpopNonce,
                self.doors
                    .iter()
                    .any(|door| bound(&door) && door.demands_nonce),
            ),
            (
                C::ClientCertificate,
                self.doors
                    .iter()
                    .any(|door| door.certificate_bound && self.has_valid(door)),
            ),
            (C::TrustsProvider, self.provider_signs()),
            (
                C::AsksIntrospection,
                self.doors.iter().any(|door| door.introspected),
            ),
            (C::TokenLogout, self.token_logout.is_some()),
            (C::Listener, self.plays_provider()),
            (
                C::Account,
                self.users.contains_key("alice") || self.client.is_some(),
            ),
            (
                C::SecondUser,
                self.users
                    .get("mallory")
                    .is_some_and(|user| user.password.is_some()),
            ),
            (
                C::ColonPassword,
                self.users.contains_key("colon") && user_with(|password| password.contains(':')),
            ),
            (
                C::NonAsciiPassword,
                self.users.contains_key("non-ascii") && user_with(|password| !password.is_ascii()),
            ),
            (
                C::LongPassword,
                self.users.contains_key("long") && user_with(|password| password.len() > 72),
            ),
            (C::Client, client.is_some()),
            (
                C::Logout,
                client.is_some_and(|client| client.logout.is_some()),
            ),
            (
                C::ClientAccount,
                client.is_some_and(|client| client.who.account.is_some()),
            ),
            (
                C::SecondIssuer,
                client.is_some_and(|client| client.login_evil.is_some()),
            ),
            (C::ProviderTls, self.provider.tls),
            (C::LoginByAssertion, by("assertion")),
            (C::LoginByDpop, by("dpop")),
            (C::LoginByPush, by("push")),
            (C::LoginByResource, by("resource")),
            (C::LoginByPublic, by("public")),
            (C::LoginByHttps, by("https")),
            (C::LoginByThirdParty, by("third-party")),
            (
                C::LoginByEncrypted,
                by("encrypted") && client.is_some_and(|client| client.keys.is_some()),
            ),
            (C::LoginByResponseToken, by("response-token")),
            (
                C::BackChannelLogout,
                client.is_some_and(|client| client.back_channel.is_some()),
            ),
            (C::LoginByApi, by("api")),
            (C::LoginByRequestObject, by("request-object")),
            (C::LoginByRequestUri, by("request-uri")),
            (C::LoginByPushedObject, by("pushed-object")),
            (
                C::LoginByCertificate,
                by("certificate") && self.provider.tls,
            ),
            (C::LoginByDetails, by("details")),
            (
                C::CallsApi,
                client.is_some_and(|client| client.api.is_some()),
            ),
            (
                C::DeviceLogin,
                client.is_some_and(|client| client.device.is_some()),
            ),
            (
                C::RegistersItself,
                client.is_some_and(|client| client.register.is_some()),
            ),
            (
                C::RevokesAtLogout,
                client.is_some_and(|client| client.revokes && client.logout.is_some()),
            ),
            (C::Restart, self.start.is_some()),
            (C::AuthorizationEndpoint, endpoint("authorization")),
            (C::TokenEndpoint, endpoint("token")),
            (C::Introspection, endpoint("introspection")),
            (C::Revocation, endpoint("revocation")),
            (C::Userinfo, endpoint("userinfo")),
            (
                C::Metadata,
                server.is_some_and(|server| server.issuer.is_some()),
            ),
            (
                C::ConfidentialClient,
                self.clients
                    .get("confidential")
                    .is_some_and(|one| one.secret.is_some()),
            ),
            (C::OtherClient, self.clients.contains_key("other")),
            (C::PublicClient, self.clients.contains_key("public")),
            (
                C::QueryClient,
                self.clients
                    .get("with-query")
                    .and_then(|client| client.redirect_uri.as_ref())
                    .is_some_and(|uri| uri.contains('?')),
            ),
            (C::NativeClient, self.clients.contains_key("native")),
            (C::OddSecret, self.clients.contains_key("odd-secret")),
            (C::PushingClient, self.clients.contains_key("pushing")),
            (C::SigningClient, keyed("signing")),
            (C::SealingClient, keyed("sealing")),
            (C::BoundClient, self.clients.contains_key("bound")),
            (C::AttestedClient, keyed("attested")),
            (C::RotatedKey, keyed("rotated")),
            (
                C::Scopes,
                server.is_some_and(|server| server.scopes().is_some()),
            ),
            (
                C::Resources,
                server.is_some_and(|server| server.resources.len() > 1),
            ),
            (
                C::AuthorizationDetails,
                server.is_some_and(|server| server.details.len() > 1),
            ),
            (C::EndSession, endpoint("end-session")),
            (C::PrivateKeyJwt, keyed("private-key-jwt")),
            (C::OtherPrivateKeyJwt, keyed("other-private-key-jwt")),
            (C::TlsClient, certified("tls-client")),
            (C::OtherTlsClient, certified("other-tls-client")),
            (C::ExpiredTlsClient, certified("expired-tls-client")),
            (C::SelfSignedTlsClient, certified("self-signed-tls-client")),
            (C::CertifiedPublic, certified("certified-public")),
            (
                C::PushedAuthorization,
                endpoint("pushed-authorization-request"),
            ),
            (C::DeviceAuthorization, endpoint("device-authorization")),
            (C::Registration, endpoint("registration")),
            (
                C::SignedUserinfo,
                self.clients.contains_key("signed-userinfo"),
            ),
            (
                C::RefreshToken,
                server.is_some_and(|server| server.refresh_token.is_some()),
            ),
            (
                C::Witness,
                server.is_some_and(|server| server.witness.is_some()),
            ),
        ];
        all.into_iter()
            .filter(|(_, has)| *has)
            .map(|(capability, _)| capability)
            .chain(self.given_places())
            .collect()
    }
}
