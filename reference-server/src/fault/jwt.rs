//! Mistakes with tokens: their form, the key that vouches for them, their claims.

pub(super) mod claim;
pub(super) mod envelope;
pub(super) mod form;
pub(super) mod header;
pub(super) mod issued;
pub(super) mod key;
pub(super) mod time;
