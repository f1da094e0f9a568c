//! One file for each endpoint: what an honest provider answers there.

pub(super) mod authorization;
pub(super) mod introspection;
pub(super) mod key_set;
pub(super) mod logout_token;
pub(super) mod metadata;
pub(super) mod pushed;
mod response_type;
pub(super) mod revocation;
pub(super) mod token;
pub(super) mod userinfo;
