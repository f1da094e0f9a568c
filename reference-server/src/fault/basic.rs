//! Mistakes with HTTP Basic: reading the credential, checking it, refusing it.

pub(super) mod check;
pub(super) mod read;
pub(super) mod refusal;
pub(super) mod store;
