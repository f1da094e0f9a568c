//! Declarative auth conformance tests for HTTP Basic, OAuth 2 and JWT.
//!
//! A suite of cases is compiled, run against a target, and judged case by case. The layers below are listed
//! bottom to top; a module uses only what stands above it in this list (`tests/architecture.rs` checks it).

pub mod forge;
pub mod model;
pub mod provider;
pub mod wire;
