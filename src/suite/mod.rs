//! From YAML to a compiled suite and profile, and what the program carries with it: bundled suites and the catalogue.

pub mod bundled;
pub mod catalogue;
pub mod compile;
pub mod departure;
pub mod draft;
pub mod model;
pub mod profile;
pub mod schema;
pub mod template;
pub mod verb;

mod expectation;
mod grammar;
pub mod infer;
pub mod reference;
pub mod references;
mod rows;
mod step;
