//! Declarative auth conformance tests for HTTP Basic, OAuth 2 and JWT.
//!
//! As a dev-dependency this crate runs chosen cases against a server that your own test starts: [`Conformance`] is
//! all that there is to it. The program `authspec` is told about in `README.md`.
//!
//! ```no_run
//! # mod my_app {
//! #     pub async fn start() -> std::io::Result<std::net::SocketAddr> { Ok(([127, 0, 0, 1], 8080).into()) }
//! # }
//! fn main() -> std::process::ExitCode {
//!     authspec::Conformance::of_profile("tests/authspec.yaml")
//!         .server(my_app::start)
//!         .suites(["basic/", "jwt/"])
//!         .main()
//! }
//! ```
//!
//! Everything else that can be named here is for the program and its own tests, and changes without notice: a suite
//! is compiled, run against a target, and judged case by case, in layers, bottom to top: `model`, `source`, `wire`,
//! `forge`, `matcher`, `provider`, `suite`, `exec`, `run`, `edge`, `report`, `cli`. A module uses only what stands
//! before it in this list (`tests/architecture.rs` checks it).

#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod edge;
#[doc(hidden)]
pub mod exec;
#[doc(hidden)]
pub mod forge;
#[doc(hidden)]
pub mod matcher;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod provider;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod run;
#[doc(hidden)]
pub mod source;
#[doc(hidden)]
pub mod suite;
#[doc(hidden)]
pub mod wire;

#[doc(inline)]
pub use cli::library::{
    Address, Conformance, Error, Finding, Outcome, Place, Provider, Report, Verdict,
};
#[doc(inline)]
pub use model::Severity;
