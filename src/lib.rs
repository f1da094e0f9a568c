//! Declarative auth conformance tests for HTTP Basic, OAuth 2 and JWT.
//!
//! A suite of cases is compiled, run against a target, and judged case by case. The layers, bottom to top:
//! `model`, `source`, `wire`, `forge`, `matcher`, `provider`, `suite`, `exec`, `run`, `edge`, `report`, `cli`.
//! A module uses only what stands before it in this list (`tests/architecture.rs` checks it).

pub mod cli;
pub mod edge;
pub mod exec;
pub mod forge;
pub mod matcher;
pub mod model;
pub mod provider;
pub mod report;
pub mod run;
pub mod source;
pub mod suite;
pub mod wire;
