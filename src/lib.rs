//! Declarative auth conformance tests.
