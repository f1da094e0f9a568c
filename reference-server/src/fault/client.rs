//! Mistakes of a client that logs its users in at a provider.

pub(super) mod addresses;
pub(super) mod answers;
pub(super) mod api;
pub(super) mod cookies;
pub(super) mod device;
pub(super) mod exposure;
pub(super) mod extensions;
pub(super) mod flow;
pub(super) mod heed;
pub(super) mod id_token;
pub(super) mod keys;
pub(super) mod logout;
pub(super) mod objects;
pub(super) mod request;
pub(super) mod sealed;
pub(super) mod session;
pub(super) mod standing;
pub(super) mod transport;

use super::{Fault, ROW};

const CLIENT: Fault = Fault {
    role: "client",
    ..ROW
};
