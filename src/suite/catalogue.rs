//! What the standards ask, as far as it can be seen over HTTP, and the list of checks worth having.
//!
//! Looking an id up reads a small generated index. The full texts are parsed only by what shows them (`explain`,
//! `coverage`). This module knows nothing of cases beyond their names.

mod check;
mod coverage;
mod document;
mod index;
mod read;
mod search;
mod standard;

pub use check::{Check, check_exists, checks, nearest_check};
pub use coverage::{
    AreaCoverage, CheckCoverage, Coverage, Detail, DocumentCoverage, NotCovered,
    RequirementCoverage, Standing, Totals, coverage,
};
pub use document::{Document, Requirement, document, full};
pub use index::{
    Entry, check_index_text, entries, find, generated, in_section_of, index_text, nearest,
};
pub use search::{Hit, search};
pub use standard::{InForce, STANDARDS, Standard, standard, standards};
