//! How answers and requests are read by several kinds of expectation.
//!
//! Reading only: what a page loads, where it leads, which endpoint was called, where a value stands. Whether that
//! is right is for the matchers to say.

pub(crate) mod call;
pub(crate) mod leak;
pub(crate) mod page;
pub(crate) mod place;
pub(crate) mod template;
