//! Declarative auth conformance tests.

pub mod forge;
pub mod wire;
