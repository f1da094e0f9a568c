//! The world: HTTP client, the provider's socket, launched targets, files, the clock and randomness.
//!
//! This folder implements the ports of [`crate::run::port`]. It judges nothing and writes no report; what it
//! hands up is what was sent and what came, byte for byte and within limits.

pub mod children;
pub mod clock;
pub mod core_limit;
pub mod embedded;
pub mod files;
pub mod http;
pub mod launch;
pub mod provider;
pub mod target;
