//! The whole server, over its socket: what it does right, and that each fault shows.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; what stops here fails the test"
)]

mod bound;
mod faults;
mod flows;
mod logins;
mod right;
mod support;
mod tokens;
mod walk;
