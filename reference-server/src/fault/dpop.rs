//! Mistakes with tokens that are bound to a key: the proof, what it says of the request, the binding, the refusal.

pub(super) mod binding;
pub(super) mod proof;
pub(super) mod refusal;
pub(super) mod request;
