//! Many cases: the plan, calibration, windows of twins, the loop that drives them, and the events it tells.
//!
//! This folder knows the world by the traits of [`port`] alone; `edge` implements them.

mod bare;
pub mod calibrate;
mod claims;
mod curl;
pub mod drive;
mod in_force;
pub mod outcome;
pub mod plan;
pub mod port;
pub mod prepare;
mod probe;
mod record;
pub mod redact;
pub mod replay;
pub mod runner;
mod said;
pub mod terms;
pub mod twins;
