//! Mistakes of the authorization server.

pub(super) mod afterwards;
pub(super) mod client;
pub(super) mod code;
pub(super) mod document;
pub(super) mod front;
pub(super) mod keys;
pub(super) mod published;
pub(super) mod redirect;

use super::{Fault, ROW};

const SERVER: Fault = Fault {
    role: "authorization-server",
    ..ROW
};
