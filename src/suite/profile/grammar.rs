//! What may be written in a profile: the keys, in the order of the documentation. Each is
//! defined beside its reading.

use crate::source::shape::Shape;

use super::{
    account, claims, client, door, endpoint, limits, places, proof, provider, server, signing,
    start, token, write,
};

/// A profile.
pub const PROFILE: Shape = Shape::Map(&[
    endpoint::TARGET_KEY,
    door::GUARDED_KEY,
    endpoint::OPEN_KEY,
    write::GUARDED_WRITE_KEY,
    places::ADMIN_ONLY_KEY,
    places::OBJECTS_KEY,
    places::SOCKET_KEY,
    places::GRAPHQL_KEY,
    places::ACCOUNT_CHANGES_KEY,
    places::OPENAPI_KEY,
    places::PLAIN_HTTP_KEY,
    account::BASIC_KEY,
    account::USERS_KEY,
    token::TOKEN_KEY,
    token::LOGIN_KEY,
    token::GRANT_KEY,
    signing::KEY_KEY,
    signing::TRUSTS_PROVIDER_KEY,
    proof::DPOP_KEY,
    provider::ASKS_INTROSPECTION_KEY,
    endpoint::RESOURCE_METADATA_KEY,
    endpoint::TOKEN_LOGOUT_KEY,
    endpoint::JWKS_KEY,
    server::CLIENTS_KEY,
    server::AUTHORIZATION_SERVER_KEY,
    client::CLIENT_KEY,
    claims::STANDARDS_KEY,
    claims::CLAIMS_KEY,
    limits::DURATIONS_KEY,
    limits::ALLOW_KEY,
    limits::ALLOW_HOST_KEY,
    limits::ALLOW_PLAIN_HTTP_KEY,
    limits::ORIGINS_KEY,
    limits::LIMITS_KEY,
    start::START_KEY,
    provider::PROVIDER_KEY,
    start::TLS_KEY,
]);
