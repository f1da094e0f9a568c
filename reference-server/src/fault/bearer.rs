//! Mistakes with bearer tokens: where one is read and what it may open, and how it is refused.

pub(super) mod access;
pub(super) mod binding;
pub(super) mod challenge;
pub(super) mod life;
pub(super) mod refusal;
pub(super) mod step_up;
