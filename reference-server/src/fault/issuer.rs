//! Mistakes of the authorization server.

pub(super) mod afterwards;
pub(super) mod asked;
pub(super) mod assertion;
pub(super) mod attested;
pub(super) mod bound;
pub(super) mod browser;
pub(super) mod client;
pub(super) mod code;
pub(super) mod details;
pub(super) mod device;
pub(super) mod document;
pub(super) mod extension;
pub(super) mod front;
pub(super) mod handed;
pub(super) mod keys;
pub(super) mod mutual;
pub(super) mod nonce;
pub(super) mod object;
pub(super) mod oidc;
pub(super) mod oidc_by_browser;
pub(super) mod oidc_tokens;
pub(super) mod oidc_userinfo;
pub(super) mod published;
pub(super) mod pushed;
pub(super) mod redirect;
pub(super) mod refreshed;
pub(super) mod register;
pub(super) mod resource;
pub(super) mod secure;
pub(super) mod surroundings;

use super::{Fault, ROW};

const SERVER: Fault = Fault {
    role: "authorization-server",
    ..ROW
};
