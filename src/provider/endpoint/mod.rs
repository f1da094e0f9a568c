//! One file for each endpoint: what an honest provider answers there.

pub(super) mod api;
pub(super) mod authorization;
pub(super) mod device;
pub(super) mod introspection;
pub(super) mod key_set;
pub(super) mod logout_token;
pub(super) mod metadata;
pub(super) mod pushed;
pub(super) mod registration;
mod request_object;
mod response_type;
pub(super) mod revocation;
pub(super) mod token;
pub(super) mod userinfo;
