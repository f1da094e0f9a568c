//! Where the endpoints are, below the issuer identifier.

use crate::provider::Setup;

/// An endpoint of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// Metadata, at any of its well-known places.
    Metadata,
    /// The key set.
    KeySet,
    /// Where browsers are sent.
    Authorization,
    /// Where codes become tokens.
    Token,
    /// Who the bearer of an access token acts for.
    Userinfo,
    /// Whether a token is active.
    Introspection,
    /// The end of a token.
    Revocation,
    /// Where authorization requests are pushed to.
    Pushed,
    /// Where we ourselves get what tells a client of a logout.
    LogoutToken,
    /// Where devices ask for a code (RFC 8628).
    Device,
    /// Where clients register themselves (RFC 7591).
    Registration,
    /// An API that takes the provider's access tokens.
    Api,
    /// What that API says of itself (RFC 9728).
    ApiMetadata,
}

impl Endpoint {
    /// Every endpoint.
    pub const ALL: &'static [Self] = &[
        Self::Metadata,
        Self::KeySet,
        Self::Authorization,
        Self::Token,
        Self::Userinfo,
        Self::Introspection,
        Self::Revocation,
        Self::Pushed,
        Self::LogoutToken,
        Self::Device,
        Self::Registration,
        Self::Api,
        Self::ApiMetadata,
    ];

    /// Its name in suites and logs: that of the metadata, without the ending.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::KeySet => "jwks",
            Self::Authorization => "authorization",
            Self::Token => "token",
            Self::Userinfo => "userinfo",
            Self::Introspection => "introspection",
            Self::Revocation => "revocation",
            Self::Pushed => "pushed_authorization_request",
            Self::LogoutToken => "logout_token",
            Self::Device => "device_authorization",
            Self::Registration => "registration",
            Self::Api => "api",
            Self::ApiMetadata => "api-metadata",
        }
    }

    /// Its path below the issuer; metadata has several, and that of the API stands before the issuer's path.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Metadata => OPENID_METADATA,
            Self::KeySet => "/jwks",
            Self::Authorization => "/authorize",
            Self::Token => "/token",
            Self::Userinfo => "/userinfo",
            Self::Introspection => "/introspect",
            Self::Revocation => "/revoke",
            Self::Pushed => "/par",
            Self::LogoutToken => LOGOUT_TOKEN,
            Self::Device => "/device_authorization",
            Self::Registration => "/register",
            Self::Api => "/api",
            Self::ApiMetadata => API_METADATA,
        }
    }

    /// The methods it answers, as an Allow field says them.
    pub(super) const fn methods(self) -> &'static str {
        match self {
            Self::Metadata | Self::KeySet | Self::ApiMetadata | Self::LogoutToken => "GET, HEAD",
            Self::Authorization | Self::Userinfo | Self::Api => "GET, HEAD, POST",
            Self::Token
            | Self::Introspection
            | Self::Revocation
            | Self::Pushed
            | Self::Device
            | Self::Registration => "POST",
        }
    }
}

/// Below the issuer: the token that tells a client of a logout.
pub(crate) const LOGOUT_TOKEN: &str = "/logout-token";

const OPENID_METADATA: &str = "/.well-known/openid-configuration";
const OAUTH_METADATA: &str = "/.well-known/oauth-authorization-server";
const API_METADATA: &str = "/.well-known/oauth-protected-resource";

/// What stands before the path of an endpoint for clients that show a certificate (RFC 8705 section 5).
const ALIAS: &str = "/mtls";

/// The issuer as other things are built from it.
#[derive(Clone)]
pub(super) struct Paths {
    /// Issuer identifier without a terminating slash.
    base: String,
    /// The path of that, empty for an issuer without one.
    path: String,
}

impl Paths {
    pub(super) fn of(setup: &Setup) -> Self {
        Self::of_issuer(&setup.issuer)
    }

    pub(super) fn of_issuer(issuer: &str) -> Self {
        let base = issuer.trim_end_matches('/').to_owned();
        let after_scheme = base
            .split_once("://")
            .map_or(base.as_str(), |(_, rest)| rest);
        let path = after_scheme
            .find('/')
            .map_or("", |slash| &after_scheme[slash..])
            .to_owned();
        Self { base, path }
    }

    /// The URL of an endpoint for clients that show a certificate.
    pub(super) fn alias(&self, endpoint: Endpoint) -> String {
        format!("{}{ALIAS}{}", self.base, endpoint.path())
    }

    /// The URL of an endpoint.
    pub(super) fn url(&self, endpoint: Endpoint) -> String {
        if endpoint == Endpoint::ApiMetadata {
            // RFC 9728 section 3.1: between the host and the path of the API
            let host = self.base.strip_suffix(self.path.as_str());
            let host = host.unwrap_or(&self.base);
            let api = Endpoint::Api.path();
            return format!("{host}{API_METADATA}{}{api}", self.path);
        }
        format!("{}{}", self.base, endpoint.path())
    }

    /// The endpoint at the path of a request target. A well-known path stands behind that of the issuer (OpenID
    /// Connect Discovery section 4) or in front of it (RFC 8414 section 3.1).
    pub(super) fn endpoint(&self, path: &str) -> Option<Endpoint> {
        for well_known in [OPENID_METADATA, OAUTH_METADATA] {
            if path.strip_prefix(well_known) == Some(&self.path)
                || path.strip_suffix(well_known) == Some(&self.path)
            {
                return Some(Endpoint::Metadata);
            }
        }
        if let Some(of) = path.strip_prefix(API_METADATA) {
            let api = of.strip_suffix(Endpoint::Api.path());
            return (api == Some(&self.path)).then_some(Endpoint::ApiMetadata);
        }
        let below = path.strip_prefix(self.path.as_str())?;
        let below = below.strip_prefix(ALIAS).unwrap_or(below);
        Endpoint::ALL
            .iter()
            .copied()
            .find(|endpoint| *endpoint != Endpoint::ApiMetadata && endpoint.path() == below)
    }
}
