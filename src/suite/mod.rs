//! From YAML to a compiled suite and profile, and what the program carries with it: bundled suites and the catalogue.

pub mod bundled;
pub mod catalogue;
