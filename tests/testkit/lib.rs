//! What test files share.
#![allow(dead_code, reason = "each test binary includes this module and uses its part of it")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

pub mod command;
pub mod document;
pub mod portfolio;
pub mod scenario;
pub mod sweeps;
pub mod synthetic;
