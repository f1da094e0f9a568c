//! What a user wrote, with the place of every key and value, and the diagnostics that point into it.
//!
//! Suites, profiles and the catalogue all come through here. This layer knows YAML and text; it refuses to
//! know which keys a suite has, what they mean, or how a file got into memory.

mod diagnostic;
mod nearest;
mod node;
mod render;
pub mod shape;
mod text;
mod visible;
mod yaml;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use nearest::nearest;
pub use node::{Key, Node, Value};
pub use render::render;
pub use text::{Sources, Span};
pub use visible::visible;
pub use yaml::{
    MAX_DEPTH, MAX_DIAGNOSTICS, MAX_FILE_BYTES, MAX_NODES, parse, parse_documents, plain,
};
