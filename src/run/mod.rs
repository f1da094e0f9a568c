//! Many cases: the plan, calibration, windows of twins, the loop that drives them, and the events it tells.
//!
//! This folder knows the world by the traits of [`port`] alone; `edge` implements them.

pub mod port;
