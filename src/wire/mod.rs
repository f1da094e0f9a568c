//! The grammars of the RFCs, and descriptions of APIs: text to value and back.
//!
//! Nothing here decides whether a target behaves well, and nothing reads a clock: a parser says what was written
//! and which rule of the grammar it breaks. What comes in is foreign, so every parser is bounded and none panics.

pub mod basic;
pub mod challenge;
pub mod cookie;
pub mod date;
pub mod fields;
pub mod form;
pub mod jose;
pub mod json;
pub mod oauth;
pub mod openapi;
pub mod pkce;
pub mod tls;
